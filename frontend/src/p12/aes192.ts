/** AES with a key of 192 bits (FIPS 197), decryption only: Chromium's WebCrypto has not that length. */

import type { Octets } from "../octets.ts";
import type { Block } from "./cbc.ts";

const ROUNDS = 12;

/** The product in GF(2⁸) modulo x⁸+x⁴+x³+x+1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let i = 0; i < 8; i += 1) {
    if ((b >> i) & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return product;
}

/** The powers of 3, which are all octets but zero: the inverse of the i-th is the (255-i)-th. */
const POWERS = [1];
while (POWERS.length < 255) POWERS.push(times(POWERS.at(-1) as number, 3));

/** Of each octet: the inverse, then the affine map of FIPS 197 5.1.1. */
const BOX = Uint8Array.from({ length: 256 }, (_, a) => {
  const inverse = a === 0 ? 0 : (POWERS[(255 - POWERS.indexOf(a)) % 255] as number);
  return [1, 2, 3, 4].reduce((sum, turn) => sum ^ (inverse << turn) ^ (inverse >> (8 - turn)), inverse ^ 0x63);
});
const UNBOX = BOX.map((_, a) => BOX.indexOf(a));
/** Multiples of each octet, in the order in which a column's octets take them when it is unmixed. */
const UNMIX = [14, 11, 13, 9].map((factor) => UNBOX.map((_, a) => times(a, factor)));

function schedule(key: Octets): Octets {
  const keys = new Uint8Array(16 * (ROUNDS + 1));
  keys.set(key);
  const at = (i: number): number => keys[i] as number;
  let constant = 1;
  for (let i = key.length; i < keys.length; i += 4) {
    const fresh = i % key.length === 0;
    for (let j = 0; j < 4; j += 1) {
      const last = fresh ? (BOX[at(i - 4 + ((j + 1) & 3))] as number) ^ (j === 0 ? constant : 0) : at(i - 4 + j);
      keys[i + j] = at(i + j - key.length) ^ last;
    }
    if (fresh) constant = times(constant, 2);
  }
  return keys;
}

export function decryption(key: Octets): Block {
  const keys = schedule(key);
  return (octets, at) => {
    let state = octets.slice(at, at + 16).map((octet, i) => octet ^ (keys[ROUNDS * 16 + i] as number));
    for (let round = ROUNDS - 1; round >= 0; round -= 1) {
      // Row r, the octets at 4c+r, has turned by r columns.
      state = state.map((_, i, old) => (UNBOX[old[(i + 12 * (i & 3)) & 15] as number] as number) ^ (keys[round * 16 + i] as number));
      if (round > 0) state = state.map((_, i, old) => UNMIX.reduce((sum, table, j) => sum ^ (table[old[(i & 12) | ((i + j) & 3)] as number] as number), 0));
    }
    octets.set(state, at);
  };
}
