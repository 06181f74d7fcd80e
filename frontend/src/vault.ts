/**
 * How a trading key rests: PKCS#8 under AES-256-GCM, the wrapping key from HKDF-SHA-256 over the
 * host's share and this browser's secret. Either alone opens nothing, so a copied profile is
 * useless without the host (docs/decisions/0006-browser-keys.md). A mobile certificate's key rests
 * under a third secret, which its PIN gives (docs/flows/mobile-certificate.md).
 */

import { concat, random, utf8, type Octets } from "./octets.ts";
import { ECDSA } from "./signature.ts";

export interface Wrapped {
  readonly salt: Octets;
  readonly iv: Octets;
  readonly sealed: Octets;
}

/** Both halves of the secret, 32 octets each, and the share's name, which the seal is bound to. */
export interface Halves {
  readonly share: string;
  readonly host: Octets;
  readonly device: Octets;
  /** K_vault, 32 octets, where the key waits for a PIN too. */
  readonly pin?: Octets;
}

const INFO = "cinnabar key wrap v1";
const INFO_WITH_PIN = "cinnabar key wrap with pin v1";

async function wrappingKey(halves: Halves, salt: Octets): Promise<CryptoKey> {
  const secrets = concat(halves.host, halves.device, halves.pin ?? new Uint8Array());
  const material = await crypto.subtle.importKey("raw", secrets, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info: utf8(halves.pin ? INFO_WITH_PIN : INFO) };
  return crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

const gcm = (iv: Octets, share: string) => ({ name: "AES-GCM", iv, additionalData: utf8(share) });

/** Wrap an extractable private key. */
export async function wrap(key: CryptoKey, halves: Halves): Promise<Wrapped> {
  const salt = random(32);
  const iv = random(12);
  const under = await wrappingKey(halves, salt);
  const sealed = await crypto.subtle.wrapKey("pkcs8", key, under, gcm(iv, halves.share));
  return { salt, iv, sealed: new Uint8Array(sealed) };
}

/**
 * The key again, for signing only: scripts cannot read it out, unless it is for a backup.
 * @throws DOMException when a half, the share's name or the sealed octets are not the right ones.
 */
export async function unwrap(wrapped: Wrapped, halves: Halves, forBackup = false): Promise<CryptoKey> {
  const under = await wrappingKey(halves, wrapped.salt);
  return crypto.subtle.unwrapKey("pkcs8", wrapped.sealed, under, gcm(wrapped.iv, halves.share), ECDSA, forBackup, ["sign"]);
}

/** A new P-256 pair; extractable only so that it can be wrapped, once, right after this. */
export async function newPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
}
