/** On every page of the app: its worker, and the offer to install it. */

import { find } from "../dom.ts";
import { press } from "../press.ts";
import { wakeMe } from "../app/push.ts";
import { ready } from "../app/worker.ts";

/** Chromium's event, which waits for a press of ours. */
interface Offer extends Event { prompt(): Promise<unknown> }

const isInstalled = (): boolean => matchMedia("(display-mode: standalone)").matches || "standalone" in navigator && navigator.standalone === true;

function offer(part: HTMLElement): void {
  if (isInstalled()) return;
  const go = find<HTMLButtonElement>(part, "[data-install-go]");
  let waiting: Offer | null = null;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    waiting = event as Offer;
    go.hidden = false;
    find(part, "[data-install-how]").hidden = true;
  });
  window.addEventListener("appinstalled", () => { part.hidden = true; });
  const alert = find(part, "[data-alert]");
  press(go, alert, async () => { await waiting?.prompt(); });
  part.hidden = false;
}

export function attach(root: HTMLElement): void {
  void ready();
  wakeMe().catch(() => undefined); // the app works without
  if (isInstalled()) void navigator.storage?.persist?.();
  const part = root.querySelector<HTMLElement>("[data-install]");
  if (part) offer(part);
}
