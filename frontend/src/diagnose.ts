/** 憑證修復, the judging: what this browser holds against what the host says. Pure. */

import { plainSerial, shortSerial, type Certificate } from "./certificate.ts";
import { isLive, isNeeded, isValid, readable, type Host } from "./host.ts";
import type { KeyRecord } from "./keystore.ts";
import type { Tone } from "./probe.ts";

/** What the host has of the share that a key is wrapped under. */
export interface ShareFact {
  /** It can be handed out to this browser. */
  readonly usable: boolean;
  /** The state of the certificate for its key; null if none was ever begun. */
  readonly state: string | null;
  /** The certificate, DER in base64, while it is live. */
  readonly certificate: string | null;
  readonly chain: readonly string[];
}

export interface Facts {
  readonly host: Host;
  /** The customer's keys in this browser. */
  readonly records: readonly KeyRecord[];
  /** Keys that a check of this browser left behind when it was cut off. */
  readonly debris: readonly KeyRecord[];
  readonly shares: Readonly<Record<string, ShareFact>>;
  /** The shares of keys that were tried and did not open. */
  readonly shut: ReadonlySet<string>;
}

/** One thing found; `js.repair.<says>` has the sentence, `<says>-next` what is done or can be done. */
export interface Finding {
  readonly says: string;
  readonly tone: Tone;
  /** What can be done here, if the customer says yes: take the certificate, or clear the key away. */
  readonly act: "fetch" | "clear" | null;
  /** Nothing of worth can be lost by it. */
  readonly safe: boolean;
  readonly record: KeyRecord | null;
  readonly serial: string;
  /** A page that helps on. */
  readonly to: string | null;
}

const CERTIFICATES = "/certificates/";
const APPLY = "/certificates/apply/";
const IMPORT = "/certificates/import/";

type Part = Partial<Omit<Finding, "says">>;
const found = (says: string, part: Part): Finding => ({ says, tone: "warn", act: null, safe: true, record: null, serial: "", to: null, ...part });

export function diagnose(facts: Facts): Finding[] {
  const { host, records, debris } = facts;
  const findings = records.map((record) => {
    const certificate = record.certificate && readable(record.certificate);
    return certificate ? ofWhole(record, certificate, facts) : ofPending(record, facts.shares[record.share]);
  });
  const leftover = debris.map((record) => found("debris", { act: "clear", record }));
  const absent = host.live !== null && !findings.some(({ says }) => HERE.has(says));
  return [...findings, ...leftover, ...(absent ? [found("elsewhere", { serial: shortSerial(plainSerial(host.live ?? "")), to: IMPORT })] : [])];
}

/** What is said of a key that belongs to the host's live certificate. */
const HERE = new Set(["fine", "late", "expired", "issued", "spoilt", "cut-off", "shut"]);

/** A key whose certificate never came, or cannot be read. */
function ofPending(record: KeyRecord, fact: ShareFact | undefined): Finding {
  if (fact?.certificate) return found(record.certificate ? "spoilt" : "issued", { act: "fetch", record });
  if (fact?.state === "issuing") return found("issuing", { tone: "none", record });
  if (fact?.state) return found("came-to-nothing", { act: "clear", record });
  if (record.kind === "import") return found("import-cut", { act: "clear", safe: !fact?.usable, record, to: fact?.usable ? IMPORT : null });
  // Where the share still stands, another tab may be in the middle of it.
  return found("unfinished", { act: "clear", safe: !fact?.usable, record, to: record.kind === "apply" && fact?.usable ? APPLY : null });
}

function ofWhole(record: KeyRecord, certificate: Certificate, { host, shares, shut }: Facts): Finding {
  const part = { record, serial: shortSerial(certificate.serialFull) };
  if (!isLive(certificate, host)) return found(ended(certificate, host), { ...part, act: "clear" });
  if (!isNeeded(certificate, host)) return found("expired", { ...part, act: "clear", to: APPLY });
  if (shut.has(record.share)) {
    const says = shares[record.share]?.usable ? "shut" : "cut-off";
    return found(says, { ...part, tone: "bad", act: "clear", safe: false, to: IMPORT });
  }
  return isValid(certificate, host) ? found("fine", { ...part, tone: "ok" }) : found("late", { ...part, to: CERTIFICATES });
}

function ended(certificate: Certificate, host: Host): string {
  const state = Object.entries(host.serials).find(([serial]) => plainSerial(serial) === certificate.serialFull)?.[1].state;
  return state === "superseded" || state === "revoked" ? state : "unknown";
}
