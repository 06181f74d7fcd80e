/** Renewing: the old key signs the new key's request; a code only when the host asks for one. */

import { post, PLACES } from "./api.ts";
import { begin, conclude, giveUp, lock, unlock } from "./ceremony.ts";
import * as code from "./code.ts";
import { ask } from "./dialog.ts";
import { find, reveal } from "./dom.ts";
import { isLive, type Held, type Host } from "./host.ts";
import { showIssued } from "./issued.ts";
import type { KeyRecord } from "./keystore.ts";
import { press } from "./press.ts";
import { Refusal } from "./refusal.ts";
import { say } from "./words.ts";

/** Bring 更新 to life, if the page has it. `held` is what this browser holds. */
export function attach(root: HTMLElement, alert: HTMLElement, host: Host, held: readonly Held[]): void {
  const button = root.querySelector<HTMLButtonElement>("[data-renew]");
  if (!button) return;
  const old = held.find(({ certificate }) => isLive(certificate, host));
  const tables = find(root, "[data-tables]");
  const proving = find(root, "[data-renew-code]");
  let current: KeyRecord | null = null;

  const done = (record: KeyRecord) => {
    tables.hidden = true;
    proving.hidden = true;
    const panel = find(root, "[data-renewed]");
    showIssued(panel, record, host);
    reveal(panel);
  };

  const finish = async () => {
    if (!current) throw Refusal.local("trouble");
    done(await conclude(current, {}));
  };

  const stop = async () => {
    if (current) await giveUp(current);
    current = null;
    proving.hidden = true;
    tables.hidden = false;
    button.focus();
  };

  const start = async (): Promise<boolean> => {
    if (!old) throw Refusal.local("key");
    const under = await lock(host.subject, old.record.token);
    const oldKey = await unlock(old.record, under);
    const { flow, code_required } = await post<{ flow: string; code_required: boolean }>(PLACES.flows, { kind: "renew" });
    current = await begin(host, flow, "renew", under, oldKey);
    return code_required;
  };

  press(button, alert, async () => {
    if (!old) return reveal(find(root, "[data-no-key]"));
    const sure = await ask({ title: say("certificates.renew_sure"), yes: say("common.ok"), no: say("common.cancel") });
    if (!sure) return;
    if (current) await giveUp(current);
    if (!(await start())) return finish();
    tables.hidden = true; // a second press there would give up the code that is being waited for
    reveal(proving);
  });

  code.attach(proving, alert, {
    async prepare() {
      if (!current) await start();
      return current?.flow ?? "";
    },
    accepted: finish,
    closed: stop,
    cancelled: stop,
  });
}
