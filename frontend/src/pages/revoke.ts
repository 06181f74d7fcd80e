/** 憑證註銷: with a code, or at once after a loss. */

import { post, PLACES, step } from "../api.ts";
import * as code from "../code.ts";
import { ask } from "../dialog.ts";
import { find, reveal } from "../dom.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

interface Opened {
  readonly flow: string;
  readonly code_required: boolean;
}

export function attach(root: HTMLElement): void {
  const alert = find(root, "[data-alert]");
  const work = root.querySelector<HTMLElement>("[data-revoke]");
  if (!work) return; // nothing to revoke
  let current: Opened | null = null;
  let lost = false;

  const finish = async () => {
    if (!current) throw Refusal.local("trouble");
    await post(step(current.flow, "finish"), { confirm: true });
    work.hidden = true;
    reveal(find(root, lost ? "[data-reported]" : "[data-revoked]"));
  };

  const stop = async () => {
    if (current) await post(step(current.flow, "abandon")).catch(() => undefined);
    current = null;
    lost = false;
  };

  const open = async () => {
    current = await post<Opened>(PLACES.flows, { kind: "revoke", reason: lost ? "lost" : "ordinary" });
    return current;
  };

  const sure = (key: string) =>
    ask({ title: say("revoke.sure"), text: say(key), yes: say("common.ok"), no: say("common.cancel"), danger: true });

  code.attach(find(root, "[data-code]"), alert, {
    async prepare() {
      return (current ?? (await open())).flow;
    },
    async accepted() {
      if (await sure("revoke.sure_means")) await finish();
      else await again();
    },
    closed: stop,
    cancelled: stop,
  });

  /** The customer thought better of it: the accepted code is given back unused. */
  const again = async () => {
    await stop();
    location.reload();
  };

  press(find<HTMLButtonElement>(root, "[data-lost]"), alert, async () => {
    if (!(await sure("revoke.lost_means"))) return;
    await stop();
    lost = true;
    if ((await open()).code_required) reveal(find(root, "[data-code]"));
    else await finish();
  });
}
