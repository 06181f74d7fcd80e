/** Cipher block chaining with the padding of RFC 8018, for ciphers that browsers do not have. */

import type { Octets } from "../octets.ts";
import { P12Error } from "./error.ts";

/** Turns the block at `at` into its image, in place. */
export type Block = (octets: Octets, at: number) => void;

const xor = (octets: Octets, at: number, other: Octets, from: number, size: number): void => {
  for (let i = 0; i < size; i += 1) octets[at + i] = (octets[at + i] as number) ^ (other[from + i] as number);
};

export function seal(encrypt: Block, iv: Octets, plain: Octets): Octets {
  const size = iv.length;
  const pad = size - (plain.length % size);
  const sealed = new Uint8Array(plain.length + pad).fill(pad);
  sealed.set(plain);
  for (let at = 0; at < sealed.length; at += size) {
    xor(sealed, at, at === 0 ? iv : sealed, Math.max(0, at - size), size);
    encrypt(sealed, at);
  }
  return sealed;
}

/** @throws P12Error when the padding is wrong: another passphrase, or damage. */
export function open(decrypt: Block, iv: Octets, sealed: Octets): Octets {
  const size = iv.length;
  const plain = sealed.slice();
  if (sealed.length % size !== 0) throw new P12Error("damaged", "not whole blocks");
  for (let at = 0; at < plain.length; at += size) {
    decrypt(plain, at);
    xor(plain, at, at === 0 ? iv : sealed, Math.max(0, at - size), size);
  }
  const pad = plain.at(-1) ?? 0;
  const padding = plain.subarray(plain.length - pad);
  if (pad < 1 || pad > size || padding.some((octet) => octet !== pad)) throw wrongPassphrase();
  return plain.subarray(0, plain.length - pad);
}

export const wrongPassphrase = (): P12Error => new P12Error("passphrase", "it does not open with this passphrase");
