/** The consent text: its end must have been in view before it can be agreed to. */

import { find } from "./dom.ts";
import { press, shut } from "./press.ts";

/**
 * Call `agreed` with the version when the text was read to its end, ticked and confirmed.
 * The answer shuts it all again: each application is agreed to anew.
 */
export function attach(
  root: HTMLElement, alert: HTMLElement, hooks: { agreed(version: string): Promise<void>; declined(): Promise<void> },
): () => void {
  const text = find(root, "[data-consent]");
  const tick = find<HTMLInputElement>(root, "[data-agree]");
  const confirm = find<HTMLButtonElement>(root, "[data-confirm]");
  const hint = find(root, "[data-unread]");

  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    tick.disabled = false;
    hint.hidden = true;
  }, { root: text });

  const renew = () => {
    tick.checked = false; // also what the browser remembered of an earlier visit
    tick.disabled = true;
    hint.hidden = false;
    text.scrollTop = 0;
    shut(confirm, true);
    seen.disconnect();
    seen.observe(find(text, "[data-end]"));
  };

  tick.addEventListener("change", () => shut(confirm, !tick.checked));
  press(confirm, alert, () => hooks.agreed(text.dataset["consent"] ?? ""));
  press(find<HTMLButtonElement>(root, "[data-cancel]"), alert, () => hooks.declined());
  renew();
  return renew;
}
