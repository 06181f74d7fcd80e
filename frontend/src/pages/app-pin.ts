/** 變更 PIN: the present PIN proves, and what the new one gives is sent once. */

import * as newPin from "../app/new-pin.ts";
import { rewrap, settle } from "../app/pin-vault.ts";
import { proved } from "../app/proved.ts";
import { held, secret } from "../app/token.ts";
import { find, reveal } from "../dom.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

export async function attach(root: HTMLElement): Promise<void> {
  const part = root.querySelector<HTMLElement>("[data-change]");
  if (!part) return;
  const token = (await held().catch(() => [])).find(({ key }) => key === part.dataset["key"]);
  find(root, "[data-none]").hidden = token !== undefined;
  part.hidden = token === undefined;
  if (!token) return;
  const chosen = newPin.attach(part);
  const field = find<HTMLInputElement>(part, "[data-old]");
  const status = find(part, "[data-status]");
  press(find<HTMLButtonElement>(part, "[data-submit]"), find(part, "[data-alert]"), async () => {
    const old = newPin.given(field);
    const pin = old === null ? null : chosen();
    if (old === null || pin === null) return;
    if (old === pin) throw Refusal.said("pin", "old");
    status.textContent = say("pin.working");
    try {
      await rewrap(token, old, pin);
      await proved("/app/device/pin/change", token, "pin-change", { secret: await secret(token, pin) }, old);
      await settle(token);
    } finally {
      status.textContent = "";
    }
    for (const input of part.querySelectorAll("input")) input.value = "";
    part.hidden = true;
    reveal(find(root, "[data-done]"));
  });
}
