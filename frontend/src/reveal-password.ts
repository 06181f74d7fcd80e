/** Show and hide what is typed into password fields. */

import { find } from "./dom.ts";
import { say } from "./words.ts";

/** The button `[data-show]` of `root` shows and hides all password fields in it. */
export function attach(root: HTMLElement): void {
  const button = find<HTMLButtonElement>(root, "[data-show]");
  const fields = [...root.querySelectorAll<HTMLInputElement>("input[type=password]")];
  button.hidden = false;
  button.addEventListener("click", () => {
    const hidden = fields.some(({ type }) => type === "password");
    for (const field of fields) field.type = hidden ? "text" : "password";
    button.textContent = say(hidden ? "passphrase.hide" : "passphrase.show");
    button.setAttribute("aria-label", say(hidden ? "passphrase.hide_name" : "passphrase.show_name"));
  });
}
