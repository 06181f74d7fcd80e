/** The box "remember this device" beside the ways to prove oneself: noted at once, whichever way is taken then. */

import { clear, tell } from "./alert.ts";
import { post } from "./api.ts";
import { find } from "./dom.ts";
import { Refusal } from "./refusal.ts";

export function attach(root: HTMLElement): void {
  const part = root.querySelector<HTMLElement>("[data-remember]");
  if (!part) return;
  const box = find<HTMLInputElement>(part, "input");
  const ways = find<HTMLFieldSetElement>(root, "[data-ways]");
  box.checked = box.defaultChecked; // what the host knows, not what a browser restores
  part.hidden = false;
  box.addEventListener("change", () => void note(root, part.dataset["remember"] ?? "", box, ways));
}

/** Nobody goes on by one of `ways` before the host knows. */
async function note(root: HTMLElement, at: string, box: HTMLInputElement, ways: HTMLFieldSetElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  clear(alert);
  box.disabled = ways.disabled = true;
  try {
    await post(at, { remember: box.checked ? "yes" : "no" });
  } catch (thrown) {
    box.checked = !box.checked;
    tell(alert, Refusal.of(thrown));
  } finally {
    box.disabled = ways.disabled = false;
    box.focus({ preventScroll: true });
  }
}
