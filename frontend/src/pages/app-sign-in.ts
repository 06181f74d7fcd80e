/** 登入 in the app: on a device with a token by its PIN; the form of the web pages for everybody else. */

import { bound, onPin } from "../app/bound.ts";
import type { Token } from "../app/token.ts";
import { at } from "../api.ts";
import { clear } from "../alert.ts";
import { find, make, reveal } from "../dom.ts";
import { press } from "../press.ts";
import * as form from "./sign-in.ts";

export async function attach(root: HTMLElement): Promise<void> {
  form.attach(root);
  const part = root.querySelector<HTMLElement>("[data-bound-device]");
  const tokens = part ? await bound() : [];
  if (!part || tokens.length === 0) return;
  const account = find(root, "[data-account]"), region = find(root, "[data-alert]");
  const chosen = choose(part, tokens);
  void onPin(part, region, { path: at("/sign-in/device"), purpose: "sign-in", data: {} }, chosen);

  const show = async (pin: boolean): Promise<void> => {
    clear(region);
    account.hidden = pin;
    part.hidden = !pin;
    reveal(pin ? part : account);
  };
  press(find(part, "[data-other]"), region, () => show(false));
  const back = find(root, "[data-by-pin]");
  back.hidden = false;
  press(find(back, "button"), region, () => show(true));
  // Whoever was just refused with the password goes on there.
  if (part.dataset["later"] !== undefined) return;
  account.hidden = true;
  part.hidden = false;
}

/** Let the customer say whose token he means, where this browser has several; name the only one. */
function choose(part: HTMLElement, tokens: readonly Token[]): () => Token {
  const [only] = tokens;
  if (only && tokens.length === 1) {
    const one = find(part, "[data-one]");
    find(one, "b").textContent = only.label;
    one.hidden = only.label === "";
    return () => only;
  }
  const select = find<HTMLSelectElement>(part, "select");
  select.append(...tokens.map((one) => make("option", { value: one.key }, one.label)));
  find(part, "[data-whose]").hidden = false;
  return () => tokens.find((one) => one.key === select.value) ?? (tokens[0] as Token);
}
