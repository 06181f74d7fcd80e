/** Rounds of derivation, counted: told to the page, which breathes between them, and bounded. */

import { BREATH, breathe } from "../breathe.ts";
import { unsupported } from "./error.ts";

/** Of one derivation. NSS and GnuTLS write 600,000. */
export const MOST_ROUNDS = 10_000_000;
/** Of a whole file: GnuTLS seals each certificate by itself, three derivations for each with 3DES. */
const MOST_IN_ALL = 50_000_000;

export class Pace {
  private planned = 0;
  private done = 0;
  private shown = 0;
  private breathed = performance.now();

  constructor(private readonly progress: (share: number) => void = () => undefined) {}

  /** @throws P12Error when the file asks for more than is honest. */
  plan(rounds: number): void {
    this.planned += rounds;
    if (this.planned > MOST_IN_ALL) throw unsupported(`${this.planned} rounds`);
  }

  /** Call after some rounds; the share that is told never falls. */
  async advance(rounds: number): Promise<void> {
    this.done += rounds;
    this.shown = Math.max(this.shown, Math.min(1, this.done / Math.max(1, this.planned)));
    if (performance.now() - this.breathed < BREATH) return;
    this.progress(this.shown);
    await breathe();
    this.breathed = performance.now();
  }
}
