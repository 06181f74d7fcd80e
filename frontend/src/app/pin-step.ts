/** The PIN that a certificate's key will wait for: the one that this browser has, or a new one (app/apply.html). */

import { PLACES } from "../api.ts";
import type { Lock } from "../ceremony.ts";
import { find } from "../dom.ts";
import type { AppHost } from "../host.ts";
import { toBase64 } from "../octets.ts";
import { press, working } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { digits } from "./ask-pin.ts";
import * as newPin from "./new-pin.ts";
import { lockWith } from "./pin-vault.ts";
import { proved } from "./proved.ts";
import { forget, fresh, held, keep, secret, type Token } from "./token.ts";

/** Ask the PIN that this browser has for the customer, or let him set one; `begin` goes on under it. */
export async function attach(root: HTMLElement, alert: HTMLElement, host: AppHost, begin: (lock: Lock) => Promise<void>): Promise<void> {
  const known = find<HTMLFormElement>(root, "form[data-pin-known]");
  const choosing = find<HTMLFormElement>(root, "form[data-pin-new]");
  const token = (await held(host.subject)).find(({ key }) => key in host.vault);
  const setting = (on: boolean) => { known.hidden = on; choosing.hidden = !on; };

  const going = (form: HTMLFormElement, lock: () => Promise<Lock | null>) => {
    const button = find<HTMLButtonElement>(form, "[data-go]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void working(button, alert, async () => {
        const made = await lock();
        if (made) await begin(made);
      });
    });
  };

  const field = find<HTMLInputElement>(known, "input");
  going(known, async () => {
    const pin = digits(field.value);
    field.value = "";
    if (pin === "") field.focus();
    return token && pin !== "" ? lockWith(token, pin) : null;
  });
  const chosen = newPin.attach(choosing);
  going(choosing, async () => {
    const pin = chosen();
    return pin === null ? null : lockWith(await set(host, pin), pin);
  });
  const forgotten = find<HTMLButtonElement>(known, "[data-forgotten]");
  forgotten.hidden = token === undefined || host.vault[token.key] === true; // a soft token's PIN is reset where it was bound
  press(forgotten, alert, async () => setting(true));
  setting(token === undefined);
}

/** A PIN for certificates alone: kept here first, then told to the host. */
async function set(host: AppHost, pin: string): Promise<Token> {
  const token = await fresh(host.subject, host.masked_id);
  await keep(token).catch(() => { throw Refusal.local("storage"); });
  try {
    const data = { public_key: toBase64(token.publicKey), secret: await secret(token, pin) };
    await proved(`${PLACES.certificates}vault/`, token, "vault-begin", data);
  } catch (thrown) {
    await forget(token.key).catch(() => undefined);
    throw thrown;
  }
  return token;
}
