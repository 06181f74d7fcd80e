/** The sum of the check against robots: altcha's, version 2, with SHA-256. */

import { sha256 } from "@noble/hashes/sha2.js";

import { BREATH, breathe } from "./breathe.ts";
import { fromHex, toHex } from "./octets.ts";

/** What the host gave out; it comes back with the answer, unchanged, for it is signed. */
export interface Sum {
  readonly parameters: {
    readonly nonce: string;
    readonly salt: string;
    readonly cost: number;
    readonly keyPrefix: string;
    /** Up to which number to count; how many seconds the answer is good for. */
    readonly data: { readonly most: number; readonly life: number };
    readonly [more: string]: unknown;
  };
  readonly signature: string;
}

const EACH = 256; // tries between two looks at the clock

/**
 * Count until the digest begins as it should; the answer as altcha writes it, in base64.
 * @param progress is told the share of the whole that was counted; on average it ends at half.
 * @throws Error when no number will do, so that the sum is not one.
 */
export async function solve(sum: Sum, progress: (share: number) => void = () => undefined): Promise<string> {
  const { nonce, salt, cost, keyPrefix, data } = sum.parameters;
  const head = fromHex(salt + nonce);
  const message = new Uint8Array(head.length + 4);
  message.set(head);
  const counting = new DataView(message.buffer, head.length);
  const prefix = fromHex(keyPrefix);
  let breathed = performance.now();
  for (let counter = 0; counter <= data.most; counter++) {
    counting.setUint32(0, counter);
    let digest = sha256(message);
    for (let round = 1; round < cost; round++) digest = sha256(digest);
    if (prefix.every((octet, at) => digest[at] === octet)) {
      return btoa(JSON.stringify({ challenge: sum, solution: { counter, derivedKey: toHex(digest).toLowerCase() } }));
    }
    if (counter % EACH !== 0 || performance.now() - breathed < BREATH) continue;
    progress(counter / data.most);
    await breathe();
    breathed = performance.now();
  }
  throw new Error("no number solves the sum");
}
