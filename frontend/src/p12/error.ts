/** Why a file could not be opened, in the kinds that a page has words for. */

/**
 * `damaged`: not a PKCS#12 file, cut off or changed; `no-key`: nothing in it is a private key with
 * its certificate; `no-mac`: nothing proves that it is unchanged; `unsupported`: made in a way, or
 * with so many rounds, that is not read here.
 */
export type Kind = "damaged" | "passphrase" | "no-key" | "no-mac" | "unsupported" | "too-large";

export class P12Error extends Error {
  constructor(readonly kind: Kind, message: string) {
    super(message);
  }
}

export const unsupported = (what: string): P12Error => new P12Error("unsupported", what);
