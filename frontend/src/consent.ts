/** The consent text: its end must have been in view before it can be agreed to. */

import { find } from "./dom.ts";
import { press, shut } from "./press.ts";

export interface Reading {
  /** Shut it all again: each application is agreed to anew. */
  renew(): void;
  /** The version that is agreed to, null while none is. */
  agreed(): string | null;
}

/** Let the tick open once the end of the text was seen; `ticked` hears of every change. */
export function reading(root: HTMLElement, ticked: (on: boolean) => void): Reading {
  const text = find(root, "[data-consent]");
  const tick = find<HTMLInputElement>(root, "[data-agree]");
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
    ticked(false);
    seen.disconnect();
    seen.observe(find(text, "[data-end]"));
  };

  tick.addEventListener("change", () => ticked(tick.checked));
  renew();
  return { renew, agreed: () => (tick.checked ? (text.dataset["consent"] ?? "") : null) };
}

/**
 * Call `agreed` with the version when the text was read to its end, ticked and confirmed.
 * The answer shuts it all again.
 */
export function attach(
  root: HTMLElement, alert: HTMLElement, hooks: { agreed(version: string): Promise<void>; declined(): Promise<void> },
): () => void {
  const confirm = find<HTMLButtonElement>(root, "[data-confirm]");
  const text = reading(root, (on) => shut(confirm, !on));
  press(confirm, alert, () => hooks.agreed(text.agreed() ?? ""));
  press(find<HTMLButtonElement>(root, "[data-cancel]"), alert, () => hooks.declined());
  return text.renew;
}
