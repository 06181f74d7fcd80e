/** 密碼修改 and 密碼歸戶: sections open as their boxes say, old passwords can be shown, one submission at a time. */

import { find } from "../dom.ts";
import { once } from "../once.ts";
import * as reveal from "../reveal-password.ts";

export function attach(root: HTMLElement): void {
  const form = find<HTMLFormElement>(root, "form[data-change]");
  for (const old of form.querySelectorAll<HTMLElement>("[data-old]")) reveal.attach(old, "sign_in");
  for (const section of form.querySelectorAll<HTMLElement>("[data-section]")) follow(section);
  once(form);
}

/** What a section asks is there while its box is ticked; otherwise nothing of it is sent. */
function follow(section: HTMLElement): void {
  const box = find<HTMLInputElement>(section, "input[type=checkbox]");
  const fields = find<HTMLFieldSetElement>(section, "[data-fields]");
  // Without a script they cannot be required, for either section may be done alone.
  for (const field of fields.querySelectorAll<HTMLInputElement>("input[type=password]")) field.required = true;
  const show = (): void => {
    fields.hidden = !box.checked;
    fields.disabled = !box.checked;
  };
  box.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
