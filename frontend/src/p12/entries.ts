/** From bags to what a person has: keys, each with its certificate and the chain above it. */

import { readCertificate, type Certificate } from "../certificate.ts";
import { same, type Octets } from "../octets.ts";
import { P12Error, unsupported } from "./error.ts";
import { keyOf, readKey, type PrivateKey } from "./pairs.ts";
import type { CertificateBag, Labels } from "./safes.ts";

export interface Entry {
  /** PKCS#8, DER: P-256, P-384, P-521 or RSA. */
  readonly key: Octets;
  readonly certificate: Octets;
  /** The issuers that the file holds, each above the one before. */
  readonly chain: readonly Octets[];
  readonly name: string;
}

/** A key that has been opened: PKCS#8. */
export interface OpenKey extends Labels {
  readonly octets: Octets;
}

interface Candidate extends Labels {
  readonly certificate: Certificate;
}

const MOST_KEYS = 20;
const MOST_CERTIFICATES = 200;

/** @throws P12Error `no-key` when no key has its certificate, `damaged` when one says so wrongly. */
export async function entriesOf(keys: readonly OpenKey[], bags: readonly CertificateBag[]): Promise<Entry[]> {
  if (keys.length > MOST_KEYS || bags.length > MOST_CERTIFICATES) throw unsupported("that many keys or certificates");
  const all = bags.map((bag) => ({ name: bag.name, id: bag.id, certificate: readCertificate(bag.der) }));
  const found: Entry[] = [];
  for (const bag of keys) {
    const key = readKey(bag.octets);
    const entry = key && (await paired(key, bag, all));
    if (entry) found.push(entry);
  }
  if (found.length > 0) return found;
  if (keys.length > 0 && keys.every((bag) => !readKey(bag.octets))) throw unsupported("keys of that kind");
  if (keys.some((bag) => all.some((other) => linked(bag, other)))) throw new P12Error("damaged", "a key is not the one of its certificate");
  throw new P12Error("no-key", "no private key with its certificate");
}

const linked = (a: Labels, b: Labels): boolean => a.id !== "" && a.id === b.id;

/** The certificate that the key names first, then the one that ends last. */
async function paired(key: PrivateKey, labels: Labels, all: readonly Candidate[]): Promise<Entry | undefined> {
  const rank = (one: Candidate): number => one.certificate.notAfter.getTime() + (linked(labels, one) ? 1e15 : 0);
  for (const candidate of [...all].sort((a, b) => rank(b) - rank(a))) {
    const pkcs8 = await keyOf(key, candidate.certificate.publicKey);
    if (!pkcs8) continue;
    const { certificate, name } = candidate;
    return { key: pkcs8, certificate: certificate.der, chain: chainAbove(certificate, all), name: labels.name || name };
  }
  return undefined;
}

/** By names only: what signed what, the host decides. */
function chainAbove(certificate: Certificate, all: readonly Candidate[]): Octets[] {
  const chain: Certificate[] = [];
  for (let below = certificate; chain.length < 10 && !same(below.issuer, below.subject); ) {
    const above = all.map((one) => one.certificate).find((other) => same(other.subject, below.issuer));
    if (!above || chain.includes(above)) break;
    chain.push(above);
    below = above;
  }
  return chain.map((one) => one.der);
}
