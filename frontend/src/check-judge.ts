/** 檢查憑證, the judging: what is said of a certificate, and what of the computer as a whole. Pure. */

import { isLive, type Held, type Host } from "./host.ts";
import type { Tone } from "./probe.ts";
import { renewalWindow } from "./when.ts";

/** One thing that is right or wrong; `js.check.<says>` has the sentence, `<says>-next` what to do. */
export interface Line {
  readonly says: string;
  readonly tone: Tone;
}

/** One certificate of this browser, examined. */
export interface Exam {
  readonly held: Held;
  readonly lines: readonly Line[];
  /** The firm's calendar days to the end, as the host counts them; null if it was not asked. */
  readonly daysLeft: number | null;
}

/** What is said in one sentence, and where the next step leads. */
export interface Conclusion {
  readonly says: string;
  readonly tone: Tone;
  readonly to: string | null;
}

const APPLY = "/certificates/apply/";
const CERTIFICATES = "/certificates/";
const IMPORT = "/certificates/import/";
const REPAIR = "/certificates/repair/";
const COMPUTER = "/computer/";

const conclusion = (says: string, tone: Tone, to: string | null): Conclusion => ({ says: `all-${says}`, tone, to });

/** What can be said of a certificate that signs nothing: the host's facts, and no more. */
export function unsigned({ certificate }: Held, host: Host): Line[] {
  const fact = Object.entries(host.serials).find(([serial]) => serial.toUpperCase().replace(/^0+/, "") === certificate.serialFull)?.[1];
  if (!fact) return [{ says: "own-bad", tone: "bad" }];
  const now = new Date(host.now);
  const last = renewalWindow(certificate.notAfter, host.window_days)[1];
  const dates = now <= certificate.notAfter ? "dates-in" : now <= last ? "dates-late" : "dates-expired";
  return [
    { says: "own-ok", tone: "ok" },
    { says: `status-${fact.state}`, tone: fact.state === "live" ? "ok" : "bad" },
    { says: dates, tone: dates === "dates-in" ? "ok" : "bad" },
  ];
}

/** The one sentence. Of several certificates the host's live one decides. */
export function conclude(host: Host, exams: readonly Exam[], pending: number): Conclusion {
  const live = exams.find(({ held }) => isLive(held.certificate, host));
  if (live) return ofLive(new Set(live.lines.map(({ says }) => says)));
  if (pending > 0) return conclusion("pending", "warn", REPAIR);
  if (host.live !== null) return conclusion("elsewhere", "warn", IMPORT);
  return conclusion(exams.length > 0 ? "ended" : "none", "warn", APPLY);
}

const WRONG = ["own-bad", "signature-bad", "chain-bad", "channel-bad", "status-revoked", "status-superseded"];

function ofLive(says: ReadonlySet<string>): Conclusion {
  if (says.has("opens-shut") || says.has("opens-spoilt")) return conclusion("broken", "bad", REPAIR);
  if (WRONG.some((line) => says.has(line))) return conclusion("wrong", "bad", null);
  if (says.has("dates-expired")) return conclusion("expired", "bad", APPLY);
  if (says.has("dates-late")) return conclusion("late", "bad", CERTIFICATES);
  if (says.has("dates-early") || says.has("clock-bad")) return conclusion("clock", "warn", COMPUTER);
  if (says.has("dates-renew")) return conclusion("renew", "warn", CERTIFICATES);
  return conclusion("good", "ok", null);
}
