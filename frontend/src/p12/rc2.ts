/** RC2 (RFC 2268), decryption only: some old programs still write it. */

import type { Octets } from "../octets.ts";
import type { Block } from "./cbc.ts";

/** The permutation of RFC 2268 section 2, in hexadecimal. */
const PI = Uint8Array.from(
  (
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2" +
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82" +
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
  ).match(/../g) ?? [],
  (pair) => Number.parseInt(pair, 16),
);

/** 64 words from a key of which `bits` are effective (RFC 2268 section 2). */
function expand(key: Octets, bits: number): Uint16Array {
  const long = new Uint8Array(128);
  long.set(key);
  const pi = (index: number): number => PI[index & 0xff] as number;
  const at = (index: number): number => long[index] as number;
  for (let i = key.length; i < 128; i += 1) long[i] = pi(at(i - 1) + at(i - key.length));
  const start = 128 - bits / 8;
  long[start] = pi(at(start));
  for (let i = start - 1; i >= 0; i -= 1) long[i] = pi(at(i + 1) ^ at(i + bits / 8));
  return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8));
}

const TURNS = [1, 2, 3, 5];

/** Every octet of `key` is effective, as in both PKCS#12 schemes: five or sixteen. */
export function decryption(key: Octets): Block {
  const words = expand(key, key.length * 8);
  return (octets, at) => {
    const view = new DataView(octets.buffer, octets.byteOffset + at, 8);
    const r = [0, 2, 4, 6].map((i) => view.getUint16(i, true)) as [number, number, number, number];
    let next = 63;
    for (let round = 15; round >= 0; round -= 1) {
      for (let i = 3; i >= 0; i -= 1) unmix(r, i, words[next--] as number);
      if (round === 11 || round === 5) for (let i = 3; i >= 0; i -= 1) unmash(r, i, words);
    }
    r.forEach((word, i) => view.setUint16(i * 2, word, true));
  };
}

const word = (r: readonly number[], i: number): number => r[i & 3] as number;

function unmix(r: number[], i: number, key: number): void {
  const turn = TURNS[i] as number;
  const turned = (word(r, i) >>> turn) | (word(r, i) << (16 - turn));
  r[i] = (turned - key - (word(r, i + 3) & word(r, i + 2)) - (~word(r, i + 3) & word(r, i + 1))) & 0xffff;
}

function unmash(r: number[], i: number, words: Uint16Array): void {
  r[i] = (word(r, i) - (words[word(r, i + 3) & 63] as number)) & 0xffff;
}
