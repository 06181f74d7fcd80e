/** The passphrase as octets, and keys from it: PKCS#12's own way and PBKDF2. */

import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { CHash } from "@noble/hashes/utils.js";
import { concat, utf8, type Octets } from "../octets.ts";
import type { Pace } from "./pace.ts";

export type HashName = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

/** Octets of a digest and of a block. The two large ones are rare, and their code is not small. */
const HASHES: Readonly<Record<HashName, { readonly size: number; readonly block: number; readonly script?: CHash }>> = {
  "SHA-1": { size: 20, block: 64, script: sha1 },
  "SHA-256": { size: 32, block: 64, script: sha256 },
  "SHA-384": { size: 48, block: 128 },
  "SHA-512": { size: 64, block: 128 },
};

/** One hash of those costs as much as so many of the others. */
const SLOW = 20;

/** Rounds as `Pace` counts them. */
export const effort = ({ hash, rounds }: Derivation): number => (HASHES[hash].script ? rounds : rounds * SLOW);

export const sizeOf = (hash: HashName): number => HASHES[hash].size;

/** One passphrase, in the two ways that keys are made from it. */
export interface Secret {
  /** For PBKDF2 (RFC 8018). */
  readonly utf8: Octets;
  /** For PKCS#12's own derivation: UTF-16BE and a zero (RFC 7292 B.1). */
  readonly bmp: Octets;
}

export function secretOf(passphrase: string): Secret {
  return { utf8: utf8(passphrase), bmp: bmp(`${passphrase}\0`) };
}

/** BMPString, UTF-16 in big-endian order. */
export function bmp(text: string): Octets {
  const octets = new Uint8Array(text.length * 2);
  const view = new DataView(octets.buffer);
  for (let i = 0; i < text.length; i += 1) view.setUint16(i * 2, text.charCodeAt(i));
  return octets;
}

/** What a derived key is for (RFC 7292 B.3). */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

export interface Derivation {
  readonly hash: HashName;
  readonly salt: Octets;
  readonly rounds: number;
}

const CHUNK = 1_000; // rounds between two looks at the clock

/** `length` octets by RFC 7292 B.2; `pace` must have planned the rounds. */
export async function pkcs12Key(by: Derivation, secret: Secret, purpose: number, length: number, pace: Pace): Promise<Octets> {
  const { size, block, script } = HASHES[by.hash];
  const input = concat(filled(by.salt, block), filled(secret.bmp, block));
  const key = new Uint8Array(Math.ceil(length / size) * size);
  for (let at = 0; at < key.length; at += size) {
    const first = concat(new Uint8Array(block).fill(purpose), input);
    const digest = script ? await inScript(script, first, by.rounds, pace) : await inBrowser(by.hash, first, by.rounds, pace);
    key.set(digest, at);
    for (let j = 0; j < input.length; j += block) addOne(input.subarray(j, j + block), digest);
  }
  return key.subarray(0, length);
}

/** A hash in script: a hundred thousand calls of WebCrypto take seconds, of this a twentieth. */
async function inScript(hash: CHash, first: Octets, rounds: number, pace: Pace): Promise<Octets> {
  const digest = hash(first) as Octets;
  const blank = hash.create();
  const work = hash.create();
  for (let round = 1; round < rounds; round += 1) {
    // The library's own way to start over: half the time of a new object for each.
    blank._cloneInto(work).update(digest).digestInto(digest);
    if (round % CHUNK === 0) await pace.advance(CHUNK);
  }
  await pace.advance(rounds % CHUNK);
  return digest;
}

async function inBrowser(name: HashName, first: Octets, rounds: number, pace: Pace): Promise<Octets> {
  let digest = first;
  for (let round = 1; round <= rounds; round += 1) {
    digest = new Uint8Array(await crypto.subtle.digest(name, digest));
    await pace.advance(SLOW);
  }
  return digest;
}

/** `octets` over and over, up to a whole number of blocks. */
function filled(octets: Octets, block: number): Octets {
  const length = Math.ceil(octets.length / block) * block;
  return Uint8Array.from({ length }, (_, i) => octets[i % octets.length] as number);
}

/** `part` plus the repeated `digest` plus one, modulo its size. */
function addOne(part: Octets, digest: Octets): void {
  let carry = 1;
  for (let i = part.length - 1; i >= 0; i -= 1) {
    carry += (part[i] as number) + (digest[i % digest.length] as number);
    part[i] = carry & 0xff;
    carry >>= 8;
  }
}

/** `length` octets by PBKDF2 (RFC 8018 5.2), off the page's thread. */
export async function pbkdf2(by: Derivation, secret: Secret, length: number, pace: Pace): Promise<Octets> {
  const material = await crypto.subtle.importKey("raw", secret.utf8, "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: by.hash, salt: by.salt, iterations: by.rounds };
  const key = new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, length * 8));
  await pace.advance(by.rounds);
  return key;
}
