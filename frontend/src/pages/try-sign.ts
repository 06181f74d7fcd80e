/** 試簽: sign a sample order with the key in this browser, and see what the host sees. */

import { PLACES, post } from "../api.ts";
import { gather, unlock } from "../ceremony.ts";
import { signDetached } from "../cms.ts";
import { find, make, reveal } from "../dom.ts";
import { held, hostInPage, isValid } from "../host.ts";
import { toBase64, utf8 } from "../octets.ts";
import { press } from "../press.ts";
import { say } from "../words.ts";

interface Verdict {
  readonly signer: string;
  readonly masked_id: string;
  readonly serial: string;
  readonly status: string;
  readonly status_label: string;
  readonly signed_at: string;
  readonly verified_at: string;
  readonly valid: boolean;
  readonly findings: readonly string[];
}

const FACTS = ["signer", "masked_id", "serial", "status_label", "signed_at", "verified_at"] as const;

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const host = hostInPage();
  const order = find(root, "[data-order]").textContent ?? "";
  const { records } = await gather(host).catch(() => ({ records: [] }));
  const ours = held(records).find(({ certificate }) => isValid(certificate, host));

  find(root, "[data-ready]").hidden = !ours;
  find(root, "[data-keyless]").hidden = Boolean(ours);
  if (!ours) return;

  press(find<HTMLButtonElement>(root, "[data-sign]"), alert, async () => {
    const { record, certificate } = ours;
    const key = await unlock(record);
    const signature = await signDetached(utf8(order), key, certificate.der, record.chain, new Date());
    show(await post<Verdict>(PLACES.verify, { order, signature: toBase64(signature) }));
  });

  const show = (verdict: Verdict) => {
    const facts = FACTS.flatMap((name) => [make("dt", {}, say(`try_sign.${name}`)), make("dd", {}, verdict[name])]);
    const outcome = make("span", { class: `tag ${verdict.valid ? "ok" : "bad"}` }, say(verdict.valid ? "try_sign.good" : "try_sign.bad"));
    const findings = verdict.findings.map((finding) => make("li", {}, finding));
    find(root, "[data-outcome]").replaceChildren(outcome);
    find(root, "[data-facts]").replaceChildren(...facts);
    find(root, "[data-remarks]").replaceChildren(...findings);
    reveal(find(root, "[data-verdict]"));
  };
}
