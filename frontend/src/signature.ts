/** ECDSA P-256 with SHA-256: WebCrypto answers r‖s, X.509 and CMS want a DER SEQUENCE of both. */

import { sequence, unsigned } from "./der.ts";
import type { Octets } from "./octets.ts";

export const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Sign `message` with a P-256 private key; DER (RFC 3279 2.2.3). */
export async function sign(key: CryptoKey, message: Octets): Promise<Octets> {
  return toDer(new Uint8Array(await crypto.subtle.sign(ECDSA, key, message)));
}

/** r‖s (two halves of equal length) as DER. */
export function toDer(raw: Octets): Octets {
  const half = raw.length / 2;
  return sequence(unsigned(raw.subarray(0, half)), unsigned(raw.subarray(half)));
}

export async function sha256(octets: Octets): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
}
