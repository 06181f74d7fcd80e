/** 憑證資訊 in the app: what this browser holds of it, 憑證展期 and 憑證刪除. */

import { tell } from "../alert.ts";
import { post, step, PLACES } from "../api.ts";
import { gather, remove, unlock } from "../ceremony.ts";
import { shortSerial } from "../certificate.ts";
import { ask } from "../dialog.ts";
import { find, make, reveal } from "../dom.ts";
import { held, hostInPage, isLive, type AppHost, type Held } from "../host.ts";
import { forget } from "../keystore.ts";
import { toBase64, utf8 } from "../octets.ts";
import { press, working } from "../press.ts";
import { Refusal } from "../refusal.ts";
import * as renew from "../renew.ts";
import { sign } from "../signature.ts";
import { say } from "../words.ts";

interface Deletion {
  readonly flow: string;
  /** What the key must sign, where the firm asks that. */
  readonly sign: string | null;
}

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const status = find(root, "[data-status]");
  const host = hostInPage() as AppHost;

  /** The host's live one, and its key opens here: the host knows of no wiped or suspended PIN. */
  const opens = ({ record, certificate }: Held) => isLive(certificate, host) && (record.token ?? "") in host.vault;

  const show = async (): Promise<Held[]> => {
    const { records, recovered } = await gather(host);
    const certificates = held(records);
    const ours = certificates.some(opens);
    const pending = records.some(({ certificate, kind }) => certificate === null && kind === "apply");
    if (recovered) status.textContent = say("mobile.recovered");
    for (const part of root.querySelectorAll<HTMLElement>("[data-no-key]")) part.hidden = ours;
    for (const part of root.querySelectorAll<HTMLElement>("[data-with-key]")) part.hidden = !ours;
    for (const part of root.querySelectorAll<HTMLElement>("[data-pending]")) part.hidden = !pending;
    listEnded(certificates.filter(({ certificate }) => !isLive(certificate, host)));
    return certificates;
  };

  /** What has ended and lies here still (無效, G10): it may go. */
  const listEnded = (ended: readonly Held[]) => {
    const rows = ended.map((one) => {
      const serial = shortSerial(one.certificate.serialFull);
      const button = make("button", { type: "button", class: "btn quiet small" }, say("certificates.remove"));
      button.addEventListener("click", () => void working(button, alert, () => drop(one, serial)));
      return make("li", {}, make("span", { class: "figures" }, serial), ` ${say("certificates.invalid")} `, button);
    });
    find(root, "[data-ended-list]").replaceChildren(...rows);
    find(root, "[data-ended]").hidden = rows.length === 0;
  };

  const drop = async ({ record }: Held, serial: string) => {
    const title = say("certificates.remove_sure", { serial });
    const text = say("certificates.remove_means");
    if (!(await ask({ title, text, yes: say("common.ok"), no: say("common.cancel"), danger: true }))) return;
    await remove(record);
    await show();
    tellGood(say("certificates.removed", { serial }));
  };

  const tellGood = (sentence: string) => {
    status.textContent = sentence;
    status.focus();
  };

  /** The host revokes first; only then does the browser forget the key. */
  const end = async (ours: Held | undefined) => {
    const { flow, sign: text } = await post<Deletion>(`${PLACES.certificates}delete/`, { here: ours !== undefined });
    if (text !== null && ours) {
      const signature = await sign(await unlock(ours.record), utf8(text));
      await post(step(flow, "signature"), { signature: toBase64(signature) });
    }
    const { serial } = await post<{ serial: string }>(step(flow, "finish"), { confirm: true });
    if (ours) await forget(ours.record.share).catch(() => undefined);
    return serial;
  };

  const attachDeletion = (certificates: readonly Held[]) => {
    const button = root.querySelector<HTMLButtonElement>("[data-delete]");
    if (!button) return;
    const { title = "", yes = "", no = "", code } = button.dataset;
    const ours = certificates.find(opens);
    press(button, alert, async () => {
      if (!ours && code) return location.assign(code); // without the key it takes a code
      if (!(await ask({ title, yes, no, danger: true }))) return;
      const serial = await end(ours);
      find(root, "[data-tables]").hidden = true;
      const done = find(root, "[data-deleted]");
      find(done, "[data-told]").textContent = say("mobile.deleted", { serial });
      reveal(done);
    });
  };

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // the host's facts in a page from the cache are old
  });
  const certificates = await show().catch(() => { tell(alert, Refusal.local("storage")); return []; });
  renew.attach(root, alert, host, certificates);
  attachDeletion(certificates);
}
