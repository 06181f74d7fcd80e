/** Buttons that work once at a time. */

import { clear, tell } from "./alert.ts";
import { Declined, Refusal } from "./refusal.ts";

/**
 * Run `act` on each press; meanwhile the button is shut, and a refusal is told in `region`.
 * The templates write such buttons shut, so that no press is lost before this listens.
 */
export function press(button: HTMLButtonElement, region: HTMLElement, act: () => Promise<void>): void {
  button.addEventListener("click", () => void working(button, region, act));
  button.disabled = button.dataset["shut"] === "yes";
}

/** Run `act` with `button` shut and marked busy. Focus comes back, unless `act` moved it. */
export async function working(button: HTMLButtonElement, region: HTMLElement, act: () => Promise<void>): Promise<void> {
  if (button.disabled) return;
  clear(region);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (thrown) {
    if (!(thrown instanceof Declined)) tell(region, Refusal.of(thrown));
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = button.dataset["shut"] === "yes";
    if (document.activeElement === document.body && !button.disabled) button.focus({ preventScroll: true });
  }
}

/** Keep a button shut, or open it, also beyond the work that is going on. */
export function shut(button: HTMLButtonElement, closed: boolean): void {
  button.dataset["shut"] = closed ? "yes" : "no";
  if (!button.hasAttribute("aria-busy")) button.disabled = closed;
}
