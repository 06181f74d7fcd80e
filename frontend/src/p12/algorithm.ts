/** AlgorithmIdentifiers and the numbers in them, read without good faith. */

import { TAG } from "../der.ts";
import { stringOf } from "../der-ber.ts";
import { children, DerError, readOid, type Value } from "../der-read.ts";
import type { Octets } from "../octets.ts";
import { unsupported } from "./error.ts";
import type { Derivation, HashName } from "./kdf.ts";
import { OID } from "./oids.ts";
import { MOST_ROUNDS } from "./pace.ts";

export interface Algorithm {
  readonly oid: string;
  readonly parameters: Value | undefined;
}

/** The members of a SEQUENCE, at least `least` and at most `most`. */
export function members(value: Value | undefined, least: number, most: number): Value[] {
  if (value?.tag !== TAG.sequence) throw new DerError("not a sequence");
  const found = children(value);
  if (found.length < least || found.length > most) throw new DerError("too few or too many members");
  return found;
}

export function algorithmOf(value: Value | undefined): Algorithm {
  const [oid, parameters] = members(value, 1, 2) as [Value, Value?];
  return { oid: readOid(oid), parameters };
}

/** Parameters that say nothing: absent, or NULL. */
export function nothing(parameters: Value | undefined): void {
  if (parameters && (parameters.tag !== TAG.null || parameters.content.length > 0)) throw new DerError("parameters where none belong");
}

/** A count of rounds or octets: 1 and more. @throws P12Error when it is more than is honest. */
export function countOf(value: Value | undefined): number {
  const [first = 0x80] = value?.content ?? [];
  if (value?.tag !== TAG.integer || first >= 0x80) throw new DerError("not a count");
  const count = value.content.reduce((sum, octet) => sum * 256 + octet, 0);
  if (count < 1) throw new DerError("not a count");
  if (count > MOST_ROUNDS) throw unsupported(`${count} rounds`);
  return count;
}

const DIGESTS: Readonly<Record<string, HashName>> = {
  [OID.sha1]: "SHA-1", [OID.sha256]: "SHA-256", [OID.sha384]: "SHA-384", [OID.sha512]: "SHA-512",
};
const HMACS: Readonly<Record<string, HashName>> = {
  [OID.hmacSha1]: "SHA-1", [OID.hmacSha256]: "SHA-256", [OID.hmacSha384]: "SHA-384", [OID.hmacSha512]: "SHA-512",
};

function named(names: Readonly<Record<string, HashName>>, { oid, parameters }: Algorithm): HashName {
  const hash = names[oid];
  if (!hash) throw unsupported(`hash ${oid}`);
  nothing(parameters);
  return hash;
}

export const digestOf = (algorithm: Algorithm): HashName => named(DIGESTS, algorithm);

export const hmacOf = (algorithm: Algorithm): HashName => named(HMACS, algorithm);

/** PBKDF2-params (RFC 8018 A.2), with the length of the key where it is given. */
export interface Pbkdf2 extends Derivation {
  readonly length: number | undefined;
}

export function readPbkdf2(value: Value | undefined): Pbkdf2 {
  const { oid, parameters } = algorithmOf(value);
  if (oid !== OID.pbkdf2) throw unsupported(`derivation ${oid}`);
  const [salt, rounds, ...rest] = members(parameters, 2, 4) as [Value, Value, ...Value[]];
  const length = rest[0]?.tag === TAG.integer ? countOf(rest.shift()) : undefined;
  const hash = rest.length > 0 ? hmacOf(algorithmOf(rest.shift())) : "SHA-1";
  if (rest.length > 0) throw new DerError("too many parameters");
  return { hash, salt: saltOf(salt), rounds: countOf(rounds), length };
}

/** `PBEParameter` of RFC 8018 A.1, which PKCS#12's own schemes share. */
export function readOwn(parameters: Value | undefined): Derivation {
  const [salt, rounds] = members(parameters, 2, 2) as [Value, Value];
  return { hash: "SHA-1", salt: saltOf(salt), rounds: countOf(rounds) };
}

export function saltOf(value: Value): Octets {
  const salt = stringOf(value);
  if (salt.length > 1024) throw unsupported("a salt that long");
  return salt;
}
