/** Show and hide what is typed into password fields. */

import { find } from "./dom.ts";
import { say } from "./words.ts";

const WORDS = {
  passphrase: ["passphrase.show", "passphrase.show_name", "passphrase.hide", "passphrase.hide_name"],
  new_password: ["new_password.show", "new_password.show_name", "new_password.hide", "new_password.hide_name"],
  sign_in: ["sign_in.show", "sign_in.show_name", "sign_in.hide", "sign_in.hide_name"],
} as const;

/** The button `[data-show]` of `root` shows and hides all password fields in it, in the words of `topic`. */
export function attach(root: HTMLElement, topic: keyof typeof WORDS = "passphrase"): void {
  const [show, showName, hide, hideName] = WORDS[topic];
  const button = find<HTMLButtonElement>(root, "[data-show]");
  const fields = [...root.querySelectorAll<HTMLInputElement>("input[type=password]")];
  const showAll = (shown: boolean) => {
    for (const field of fields) field.type = shown ? "text" : "password";
    button.textContent = say(shown ? hide : show);
    button.setAttribute("aria-label", say(shown ? hideName : showName));
  };
  button.hidden = false;
  button.addEventListener("click", () => showAll(fields.some(({ type }) => type === "password")));
  // A manager offers to keep what was in fields that are password fields when they are sent.
  button.form?.addEventListener("submit", () => showAll(false));
}
