/** A certificate in this browser backs the claim of somebody who has not signed in: its key signs a challenge of the host. */

import { post } from "./api.ts";
import { signDetached } from "./cms.ts";
import { deviceSecret, everyHeld, type KeyRecord } from "./keystore.ts";
import { fromBase64, toBase64, utf8 } from "./octets.ts";
import { Refusal } from "./refusal.ts";
import { unwrap } from "./vault.ts";

export type ClaimKind = "reissue" | "unlock";

/** A browser shared by a family holds a few; nobody waits for more. */
const MOST = 8;

/** What is signed: the same text as in certificates/challenges.py. It says that it is no order. */
export const claimStatement = (challenge: string): string => `cinnabar certificate claim v1\nthis is not an order\n${challenge}\n`;

/** What the host says of a signature; `next`: where it leads, if it opened something. */
export interface Answer { valid: boolean; next?: string }

/** Does a key in this browser show a valid certificate of the customer whom the flow names? The host decides. @throws Refusal when it cannot be asked or has closed the flow. */
export async function proveCertificate(kind: ClaimKind, flow: string): Promise<boolean> {
  return (await proveAt(`/passwords/claims/${kind}/${encodeURIComponent(flow)}/`)) !== null;
}

/** The host's answer to the first key here that it takes, null if it takes none; `base` is where the flow's `share`, `challenge` and `certificate` are. @throws Refusal as above. */
export async function proveAt(base: string): Promise<Answer | null> {
  const held = await everyHeld().catch(() => []);
  for (const record of held.slice(0, MOST)) {
    const answer = await proves(base, record);
    if (answer?.valid) return answer;
  }
  return null;
}

async function proves(base: string, record: KeyRecord): Promise<Answer | null> {
  const key = await opened(base, record);
  if (!key || !record.certificate) return null;
  const { challenge } = await post<{ challenge: string }>(`${base}challenge`);
  const message = utf8(claimStatement(challenge));
  const signature = await signDetached(message, key, record.certificate, record.chain, new Date()).catch(() => null);
  if (!signature) return null;
  return post<Answer>(`${base}certificate`, { challenge, signature: toBase64(signature) });
}

/** The key, or null: the host gives anybody something, and only the right customer on the right device gets what opens. */
async function opened(base: string, record: KeyRecord): Promise<CryptoKey | null> {
  const given = await post<{ secret: string }>(`${base}share`, { share: record.share });
  const device = await deviceSecret().catch(() => { throw Refusal.local("storage"); });
  return unwrap(record.wrapped, { share: record.share, host: fromBase64(given.secret), device }).catch(() => null);
}
