/** The first run: the browser's own question about notifications, and the disclaimer's end. */

import { find } from "../dom.ts";
import { press, shut } from "../press.ts";

function notify(button: HTMLButtonElement, root: HTMLElement): void {
  const { then = "/app/", blocked = "" } = button.dataset;
  press(button, find(root, "[data-alert]"), async () => {
    const can = "Notification" in window && await Notification.requestPermission() !== "denied";
    if (can) location.assign(then);
    else find(root, "[data-notify-said]").textContent = blocked;
  });
}

/** The button opens when the end of the text has been in view. */
function read(form: HTMLFormElement, root: HTMLElement): void {
  const button = find<HTMLButtonElement>(form, "button");
  const hint = find(form, "[data-unread]");
  const seen = new IntersectionObserver((entries) => {
    const done = entries.some((entry) => entry.isIntersecting);
    shut(button, !done);
    hint.hidden = done;
    if (done) seen.disconnect();
  });
  seen.observe(find(root, "[data-end]"));
}

export function attach(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>("[data-notify]");
  if (button) notify(button, root);
  const form = root.querySelector<HTMLFormElement>("[data-read]");
  if (form) read(form, root);
}
