/** The panel after applying and renewing: serial and end of the new certificate. */

import { readCertificate, shortSerial } from "./certificate.ts";
import { find } from "./dom.ts";
import type { Host } from "./host.ts";
import type { KeyRecord } from "./keystore.ts";
import { Refusal } from "./refusal.ts";
import { written } from "./when.ts";

/** Fill the panel; `data-until` holds the firm's pattern for the instant. */
export function showIssued(panel: HTMLElement, record: KeyRecord, host: Host): void {
  if (!record.certificate) throw Refusal.local("trouble");
  const certificate = readCertificate(record.certificate);
  const until = find(panel, "[data-until]");
  find(panel, "[data-serial]").textContent = shortSerial(certificate.serialFull);
  until.textContent = written(certificate.notAfter, until.dataset["until"] ?? "", host.time_zone);
}
