/** 憑證查詢與申請: both tables, and what may be done with each certificate. */

import { tell } from "../alert.ts";
import { gather, remove } from "../ceremony.ts";
import { shortSerial } from "../certificate.ts";
import { ask } from "../dialog.ts";
import { find } from "../dom.ts";
import { held, hostInPage, isLive, type Held } from "../host.ts";
import { fill } from "../local-table.ts";
import { working } from "../press.ts";
import * as pager from "../pager.ts";
import { Refusal } from "../refusal.ts";
import * as renew from "../renew.ts";
import { say } from "../words.ts";

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const host = hostInPage();
  const table = find<HTMLTableElement>(root, "[data-local]");
  const status = find(root, "[data-status]");

  const leaf = pager.attach<Held>(find(root, "[data-pager]"), alert, (rows) => {
    fill(table, rows, host, (one, button) => void working(button, alert, () => drop(one)));
  });

  const show = async (): Promise<Held[]> => {
    const { records, recovered } = await gather(host);
    const certificates = held(records);
    leaf(certificates);
    table.hidden = certificates.length === 0;
    find(root, "[data-local-none]").hidden = certificates.length > 0;
    find(root, "[data-pending]").hidden = !records.some(({ certificate, kind }) => certificate === null && kind === "apply");
    find(root, "[data-unfinished]").hidden = !records.some(({ certificate, kind }) => certificate === null && kind === "import");
    find(root, "[data-elsewhere]").hidden = host.live === null || certificates.some(({ certificate }) => isLive(certificate, host));
    if (recovered) status.textContent = say("certificates.recovered");
    return certificates;
  };

  const drop = async ({ record, certificate }: Held) => {
    const serial = shortSerial(certificate.serialFull);
    const sure = await ask({
      title: say("certificates.remove_sure", { serial }),
      text: say(isLive(certificate, host) ? "certificates.remove_copy" : "certificates.remove_means"),
      yes: say("common.ok"), no: say("common.cancel"), danger: true,
    });
    if (!sure) return;
    await remove(record);
    await show();
    status.textContent = say("certificates.removed", { serial });
    find(root, "#local-heading").focus();
  };

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // the host's facts in a page from the cache are old
  });
  try {
    renew.attach(root, alert, host, await show());
  } catch {
    renew.attach(root, alert, host, []);
    tell(alert, Refusal.local("storage"));
  }
}
