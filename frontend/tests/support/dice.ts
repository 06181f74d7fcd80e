/** Loaded dice: the same throws in every run (mulberry32). */

import type { Octets } from "../../src/octets.ts";

export class Dice {
  constructor(private seed: number) {}

  /** A whole number from 0 up to, not including, `below`. */
  number(below: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  octets(length: number): Octets {
    return Uint8Array.from({ length }, () => this.number(256));
  }
}
