/** 通行密鑰: making one. Names and removals are forms. */

import { post } from "../api.ts";
import { find } from "../dom.ts";
import { able, make, type Making } from "../passkey.ts";
import { press } from "../press.ts";

const HOME = "/account/passkeys/";

export function attach(root: HTMLElement): void {
  const form = root.querySelector<HTMLFormElement>("form[data-make]");
  if (!form) return;
  const add = find<HTMLButtonElement>(form, "[data-add]");
  const here = location.origin === form.dataset["origin"];
  find(root, "[data-elsewhere]").hidden = here;
  find(root, "[data-passkey-unable]").hidden = able() || !here;
  if (!here || !able()) return;
  press(add, find(root, "[data-alert]"), async () => {
    if (!form.reportValidity()) return;
    const made = await make(await post<Making>(`${HOME}begin`));
    const name = find<HTMLInputElement>(form, "input[name=name]").value;
    const { passkey } = await post<{ passkey: string }>(`${HOME}finish`, { ...made, name });
    location.assign(`${HOME}?made=${encodeURIComponent(passkey)}`);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add.click();
  });
}
