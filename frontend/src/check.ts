/** 檢查憑證, the doing: the key signs a challenge of the host, and the host says what it sees. */

import { post, PLACES } from "./api.ts";
import { unlock } from "./ceremony.ts";
import { unsigned, type Exam, type Line } from "./check-judge.ts";
import { signDetached } from "./cms.ts";
import { isLive, type Held, type Host } from "./host.ts";
import { toBase64, utf8 } from "./octets.ts";
import { Refusal } from "./refusal.ts";

interface Seen {
  readonly days_left: number;
  readonly lines: readonly Line[];
}

/** What is signed: the same text as in certificates/challenges.py. It says that it is no order. */
export const statement = (challenge: string): string => `cinnabar certificate check v1\nthis is not an order\n${challenge}\n`;

/** Examine one certificate; the key of one that has ended is shut off, and nothing is tried with it. @throws Refusal when the host cannot be asked or will not answer. */
export async function examine(held: Held, host: Host): Promise<Exam> {
  const present: Line = { says: "present-ok", tone: "ok" };
  if (!isLive(held.certificate, host)) return { held, lines: [present, { says: "opens-ended", tone: "none" }, ...unsigned(held, host)], daysLeft: null };
  const key = await unlock(held.record).catch(asLine);
  if (!(key instanceof CryptoKey)) return { held, lines: [present, key, ...unsigned(held, host), { says: "untried", tone: "none" }], daysLeft: null };
  const seen = await shown(held, key);
  return { held, lines: [present, { says: "opens-ok", tone: "ok" }, ...seen.lines], daysLeft: seen.days_left };
}

/** Why a key did not open, if it is the key's own fault. @throws what else went wrong */
function asLine(thrown: unknown): Line {
  const { kind } = Refusal.of(thrown);
  if (kind === "share-gone") return { says: "opens-shut", tone: "bad" };
  if (kind === "key") return { says: "opens-spoilt", tone: "bad" };
  throw thrown;
}

async function shown({ record, certificate }: Held, key: CryptoKey): Promise<Seen> {
  const { challenge } = await post<{ challenge: string }>(PLACES.challenge);
  const signature = await signDetached(utf8(statement(challenge)), key, certificate.der, record.chain, new Date());
  try {
    return await post<Seen>(PLACES.checked, { challenge, signature: toBase64(signature) });
  } catch (thrown) {
    if (Refusal.of(thrown).kind !== "certificate-not-yours") throw thrown;
    return { days_left: 0, lines: [{ says: "own-bad", tone: "bad" }] };
  }
}
