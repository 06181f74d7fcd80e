/** Opening a PKCS#12 file: is it unchanged, does the passphrase fit, what is in it. */

import { definite } from "../der-ber.ts";
import { DerError } from "../der-read.ts";
import type { Octets } from "../octets.ts";
import { wrongPassphrase } from "./cbc.ts";
import { entriesOf, type Entry, type OpenKey } from "./entries.ts";
import { P12Error } from "./error.ts";
import { secretOf, type Secret } from "./kdf.ts";
import { Pace } from "./pace.ts";
import { readKey } from "./pairs.ts";
import { readBags, readFile, readSafes, type Bags, type CertificateBag, type Sealed } from "./safes.ts";

export interface Opened {
  readonly entries: readonly Entry[];
  /** Something in it was sealed with RC2 of 40 bits. */
  readonly weak: boolean;
  /** It was proved to be unchanged. */
  readonly mac: boolean;
}

export interface Options {
  readonly allowNoMac: boolean;
  /** Told the share of the work done, 0 to 1, while it takes long. */
  progress?(done: number): void;
}

export const MOST_OCTETS = 1024 * 1024;

/** @throws P12Error, and nothing else. */
export async function readP12(file: Octets, passphrase: string, options: Options): Promise<Opened> {
  try {
    return await opened(file, passphrase, options);
  } catch (error) {
    throw error instanceof P12Error ? error : new P12Error("damaged", String(error));
  }
}

async function opened(file: Octets, passphrase: string, options: Options): Promise<Opened> {
  if (file.length > MOST_OCTETS) throw new P12Error("too-large", `${file.length} octets`);
  const { content, mac } = readFile(file);
  if (!mac && !options.allowNoMac) throw new P12Error("no-mac", "nothing proves that it is unchanged");
  const safes = readSafes(content);
  const pace = new Pace((share) => options.progress?.(share));
  safes.forEach(({ scheme }) => pace.plan(scheme?.rounds ?? 0));
  for (const secret of secretsOf(passphrase)) {
    pace.plan(mac?.rounds ?? 0);
    if (mac && !(await mac.fits(content, secret, pace))) continue;
    const tried = await openSafes(safes, secret, pace);
    if (mac || tried.shut === 0) return { ...(await sorted(tried)), mac: mac !== undefined };
    if (tried.opened > 0) throw new P12Error("damaged", "one part opens, another does not");
  }
  if (mac) await blame(safes, passphrase, pace);
  throw wrongPassphrase();
}

/** An empty passphrase is written as two zeros by some programs and as nothing by others. */
function secretsOf(passphrase: string): Secret[] {
  const secret = secretOf(passphrase);
  return passphrase === "" ? [secret, { ...secret, bmp: new Uint8Array() }] : [secret];
}

/**
 * The proof does not fit; if something opens all the same, that is not for the passphrase. Two
 * parts are tried: damage in one place leaves the other whole.
 */
async function blame(safes: readonly Sealed[], passphrase: string, pace: Pace): Promise<void> {
  const parts = safes.flatMap((safe) => (safe.scheme ? [safe] : readBags(safe.octets).keys)).filter(({ scheme }) => scheme);
  for (const secret of secretsOf(passphrase)) {
    for (const part of parts.slice(0, 2)) {
      if (await parsed(part, secret, pace, definite)) throw new P12Error("damaged", "the passphrase fits, the proof does not");
    }
  }
}

interface Tried {
  readonly keys: OpenKey[];
  readonly certificates: CertificateBag[];
  readonly weak: boolean;
  /** How many encrypted parts opened, and how many did not. */
  readonly opened: number;
  readonly shut: number;
}

async function openSafes(safes: readonly Sealed[], secret: Secret, pace: Pace): Promise<Tried> {
  const attempts = { opened: 0, shut: 0 };
  const attempt = async <T>(sealed: Sealed, parse: (octets: Octets) => T): Promise<T | undefined> => {
    if (!sealed.scheme) return parse(sealed.octets);
    const found = await parsed(sealed, secret, pace, parse);
    attempts[found === undefined ? "shut" : "opened"] += 1;
    return found;
  };
  const bags: Bags[] = [];
  for (const safe of safes) bags.push((await attempt(safe, readBags)) ?? { keys: [], certificates: [] });
  const sealedKeys = bags.flatMap((bag) => bag.keys);
  sealedKeys.forEach(({ scheme }) => pace.plan(scheme?.rounds ?? 0));
  const keys: OpenKey[] = [];
  for (const bag of sealedKeys) {
    const octets = await attempt(bag, checked);
    if (octets) keys.push({ octets, name: bag.name, id: bag.id });
  }
  const weak = [...safes, ...sealedKeys].some(({ scheme }) => scheme?.weak);
  return { keys, certificates: bags.flatMap((bag) => bag.certificates), weak, ...attempts };
}

function checked(pkcs8: Octets): Octets {
  readKey(pkcs8);
  return pkcs8;
}

/** Undefined when it does not open; one wrong passphrase in 256 meets a right padding by chance. */
async function parsed<T>({ octets, scheme }: Sealed, secret: Secret, pace: Pace, parse: (octets: Octets) => T): Promise<T | undefined> {
  try {
    return parse(scheme ? await scheme.open(octets, secret, pace) : octets);
  } catch (error) {
    if (error instanceof DerError || (error instanceof P12Error && error.kind !== "unsupported")) return undefined;
    throw error;
  }
}

/** The file is unchanged: what stays shut then has a passphrase of its own. */
async function sorted(tried: Tried): Promise<{ entries: Entry[]; weak: boolean }> {
  if (tried.keys.length === 0 && tried.shut > 0) throw wrongPassphrase();
  return { entries: await entriesOf(tried.keys, tried.certificates), weak: tried.weak };
}
