/** The PIN, asked in a dialog for one act; it stays in this page's memory and no longer than the act. */

import { ask } from "../dialog.ts";
import { make } from "../dom.ts";
import { Declined } from "../refusal.ts";
import { say } from "../words.ts";

/** Digits as people type them: full-width ones count, blanks do not. */
export const digits = (typed: string): string => typed.normalize("NFKC").replace(/\s/g, "");

/** Ask; `title` says what for. @throws Declined when nothing is typed or the customer cancels. */
export async function askPin(title: string): Promise<string> {
  const field = make("input", {
    id: "asked-pin", class: "field figures", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: "16", autofocus: "",
  });
  const part = make("p", {}, make("label", { class: "label", for: "asked-pin" }, say("vault.pin")), field);
  const sure = await ask({ title, text: say("vault.pin_means"), part, yes: say("common.ok"), no: say("common.cancel") });
  const pin = digits(field.value);
  field.value = "";
  if (!sure || pin === "") throw new Declined();
  return pin;
}
