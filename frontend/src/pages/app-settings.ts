/** The app's general settings: what this browser lets it do, said as it is. */

import { tell } from "../alert.ts";
import { wakeMe } from "../app/push.ts";
import { find } from "../dom.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

/** Show what the browser says of notifications; ask it where nothing was decided. */
function notify(root: HTMLElement, alert: HTMLElement): void {
  const state = root.querySelector<HTMLElement>("[data-notify-state]");
  if (!state) return;
  const ask = find<HTMLButtonElement>(root, "[data-notify-ask]");
  const show = () => {
    const has = "Notification" in window;
    const said = has ? Notification.permission : "none";
    ask.hidden = said !== "default";
    if (said === "granted") return void wake(state, alert);
    state.textContent = say(`app_settings.notify_${said}`);
  };
  press(ask, alert, async () => {
    await Notification.requestPermission();
    show();
  });
  show();
}

/** Show whether this browser is woken, once that is known: allowed is not yet sent. */
async function wake(state: HTMLElement, alert: HTMLElement): Promise<void> {
  try {
    const how = state.dataset["wakes"] === "on" ? await wakeMe(true) : "off";
    state.textContent = say(how === "granted" ? "app_settings.notify_granted" : `push.${how}`);
  } catch (thrown) {
    tell(alert, Refusal.of(thrown));
  }
}

/** Show whether the browser has promised to keep what is stored; ask it to. */
function keep(root: HTMLElement, alert: HTMLElement): void {
  const state = find(root, "[data-keep-state]");
  const ask = find<HTMLButtonElement>(root, "[data-keep-ask]");
  const show = (kept: boolean) => {
    state.textContent = say(kept ? "app_settings.kept" : "app_settings.not_kept");
    ask.hidden = kept || !navigator.storage?.persist;
  };
  press(ask, alert, async () => show(await navigator.storage.persist()));
  void (navigator.storage?.persisted?.() ?? Promise.resolve(false)).then(show, () => show(false));
}

export function attach(root: HTMLElement): void {
  const alert = find(root, "[data-alert]");
  notify(root, alert);
  keep(root, alert);
}
