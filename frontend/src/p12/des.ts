/** Triple DES (FIPS 46-3), encrypt-decrypt-encrypt, which WebCrypto does not have. */

import type { Octets } from "../octets.ts";
import type { Block } from "./cbc.ts";

/** S1 to S8, row by row, a hexadecimal digit for each value. */
const BOXES = [
  "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
  "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
  "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
  "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
  "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
  "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
  "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
  "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b",
];
/** Permutations, in the standard's counting of bits from 1 at the left. */
const P = [16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25];
const KEPT = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
  63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4];
const PICKED = [14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
  41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32];
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
/** IP takes every eighth bit, backwards, first of the even columns; FP is its inverse. */
const FIRST = [58, 60, 62, 64, 57, 59, 61, 63].flatMap((start) => Array.from({ length: 8 }, (_, i) => start - 8 * i));
const LAST = FIRST.map((_, i) => FIRST.indexOf(i + 1) + 1);

/** A box and P in one step: what six bits of the half become in the other half. */
const SPREAD = BOXES.map((box, i) =>
  Int32Array.from({ length: 64 }, (_, six) => {
    const row = ((six >> 4) & 2) | (six & 1);
    const out = Number.parseInt(box[row * 16 + ((six >> 1) & 15)] as string, 16);
    const placed = out << (28 - 4 * i);
    return P.reduce((whole, from, at) => whole | (((placed >>> (32 - from)) & 1) << (31 - at)), 0);
  }),
);

/** Sixteen round keys of eight times six bits. */
function schedule(key: Octets): number[][] {
  const bit = (n: number): number => ((key[(n - 1) >> 3] as number) >> (7 - ((n - 1) & 7))) & 1;
  let kept = KEPT.map(bit);
  return SHIFTS.map((shift) => {
    const [left, right] = [kept.slice(0, 28), kept.slice(28)];
    kept = [left, right].flatMap((half) => [...half.slice(shift), ...half.slice(0, shift)]);
    const picked = PICKED.map((n) => kept[n - 1] as number);
    return Array.from({ length: 8 }, (_, i) => picked.slice(i * 6, i * 6 + 6).reduce((six, one) => six * 2 + one, 0));
  });
}

/** Both halves, permuted as `table` says. */
function permute([left, right]: Halves, table: readonly number[]): Halves {
  const half = (from: number): number => {
    let out = 0;
    for (let i = from; i < from + 32; i += 1) {
      const n = table[i] as number;
      out = (out << 1) | (((n > 32 ? right : left) >>> ((64 - n) & 31)) & 1);
    }
    return out;
  };
  return [half(0), half(32)];
}

type Halves = readonly [number, number];

/** One DES without its outer permutations, which meet and vanish between two of them. */
function rounds([left, right]: Halves, keys: readonly number[][]): Halves {
  for (const key of keys) {
    let mixed = 0;
    for (let i = 0; i < 8; i += 1) {
      const turn = (27 - 4 * i) & 31;
      const six = ((right >>> turn) | (right << (32 - turn))) & 63;
      mixed ^= (SPREAD[i] as Int32Array)[six ^ (key[i] as number)] as number;
    }
    [left, right] = [right, left ^ mixed];
  }
  return [right, left];
}

function through(stages: readonly number[][][]): Block {
  return (octets, at) => {
    const view = new DataView(octets.buffer, octets.byteOffset + at, 8);
    let halves = permute([view.getInt32(0), view.getInt32(4)], FIRST);
    for (const keys of stages) halves = rounds(halves, keys);
    halves = permute(halves, LAST);
    view.setInt32(0, halves[0]);
    view.setInt32(4, halves[1]);
  };
}

/** Three keys of eight octets; two mean that the first is also the third. */
function stages(key: Octets): number[][][] {
  const [first, second, third] = [0, 8, 16].map((at) => schedule(key.subarray(at % key.length, (at % key.length) + 8)));
  return [first as number[][], [...(second as number[][])].reverse(), third as number[][]];
}

export const encryption = (key: Octets): Block => through(stages(key));

export const decryption = (key: Octets): Block => through(stages(key).reverse().map((keys) => [...keys].reverse()));
