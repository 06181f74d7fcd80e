/** The steps bar and its sections: one is shown at a time, and the reader is taken to it. */

import { find, reveal } from "./dom.ts";

/** Show the section `data-step=name`; what stands before it in the bar is done. */
export function goTo(root: HTMLElement, name: string, move = true): void {
  let before = true;
  for (const mark of root.querySelectorAll<HTMLElement>("[data-mark]")) {
    const here = mark.dataset["mark"] === name;
    if (here) before = false;
    mark.classList.toggle("done", before);
    if (here) mark.setAttribute("aria-current", "step");
    else mark.removeAttribute("aria-current");
  }
  for (const section of root.querySelectorAll<HTMLElement>("[data-step]")) section.hidden = section.dataset["step"] !== name;
  if (move) reveal(find(root, `[data-step="${name}"]`));
}
