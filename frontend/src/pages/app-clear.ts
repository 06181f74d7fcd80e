/** 清除: the host ends the token of this device, then the device forgets it. */

import { hasVault } from "../app/pin-vault.ts";
import { forget, held } from "../app/token.ts";
import { sleep } from "../app/push.ts";
import { post } from "../api.ts";
import { ask } from "../dialog.ts";
import { find, reveal } from "../dom.ts";
import { press } from "../press.ts";

export function attach(root: HTMLElement): void {
  const part = root.querySelector<HTMLElement>("[data-clear]");
  if (!part) return;
  const button = find<HTMLButtonElement>(part, "[data-submit]");
  void warn(part);
  const { ask: title = "", no = "" } = button.dataset;
  press(button, find(part, "[data-alert]"), async () => {
    if (!(await ask({ title, yes: button.textContent ?? "", no, danger: true }))) return;
    await post("/app/device/clear/now");
    await forget(part.dataset["key"] ?? "");
    await sleep().catch(() => undefined); // the host wakes it no more in any case
    part.hidden = true;
    reveal(find(root, "[data-done]"));
  });
}

/** Say it before the press where a certificate's key is lost with it. */
async function warn(part: HTMLElement): Promise<void> {
  const token = (await held().catch(() => [])).find(({ key }) => key === part.dataset["key"]);
  const lost = part.querySelector<HTMLElement>("[data-certificate]");
  if (lost && token) lost.hidden = !(await hasVault(token).catch(() => true));
}
