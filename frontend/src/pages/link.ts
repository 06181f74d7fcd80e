/** 由郵件繼續: taking the secret out of the address, and sending it once when the customer says so. */

import { find } from "../dom.ts";
import { fromLink } from "../from-link.ts";
import { once } from "../once.ts";

export function attach(root: HTMLElement): void {
  const form = root.querySelector<HTMLFormElement>("form[data-link]");
  if (!form) return;
  const field = find<HTMLInputElement>(form, "input[name=token]");
  const typed = find(form, "[data-typed]");
  const submit = find<HTMLButtonElement>(form, "[type=submit]");
  // What came with the link is not shown: it is long, says nothing, and somebody may look on.
  const arrived = (): void => {
    typed.hidden = true;
    for (const word of root.querySelectorAll<HTMLElement>("[data-arrived]")) word.hidden = word.dataset["arrived"] !== "yes";
    submit.focus();
  };
  fromLink(field, arrived);
  once(form);
}
