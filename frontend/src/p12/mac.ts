/** What proves that a file is unchanged: MacData (RFC 7292 4) in the old way and as PBMAC1 (RFC 9879). */

import { stringOf } from "../der-ber.ts";
import type { Value } from "../der-read.ts";
import { same, type Octets } from "../octets.ts";
import { algorithmOf, countOf, digestOf, hmacOf, members, readPbkdf2, saltOf, type Algorithm } from "./algorithm.ts";
import { P12Error } from "./error.ts";
import { effort, pbkdf2, pkcs12Key, PURPOSE, sizeOf, type Derivation, type HashName, type Secret } from "./kdf.ts";
import { OID } from "./oids.ts";
import type { Pace } from "./pace.ts";

export interface Mac {
  readonly rounds: number;
  /** Was it made over `content` with this passphrase? */
  fits(content: Octets, secret: Secret, pace: Pace): Promise<boolean>;
}

export function readMac(value: Value): Mac {
  const [info, salt, rounds] = members(value, 2, 3) as [Value, Value, Value?];
  const [algorithm, digest] = members(info, 2, 2) as [Value, Value];
  const by = algorithmOf(algorithm);
  const expected = stringOf(digest);
  if (by.oid === OID.pbmac1) return ofPbmac1(by, expected);
  const derivation = { hash: digestOf(by), salt: saltOf(salt), rounds: rounds ? countOf(rounds) : 1 };
  return {
    rounds: effort(derivation),
    fits: async (content, secret, pace) => same(expected, await macOf(content, derivation, secret, pace)),
  };
}

/** Salt and rounds of MacData itself mean nothing here (RFC 9879 section 4). */
function ofPbmac1({ parameters }: Algorithm, expected: Octets): Mac {
  const [by, scheme] = members(parameters, 2, 2);
  const derivation = readPbkdf2(by);
  const hash = hmacOf(algorithmOf(scheme));
  const length = derivation.length;
  if (length === undefined || length < 20 || length > 1024) throw new P12Error("damaged", "PBMAC1 without a fair length of its key");
  return {
    rounds: derivation.rounds,
    fits: async (content, secret, pace) => same(expected, await hmac(hash, await pbkdf2(derivation, secret, length, pace), content)),
  };
}

/** The MAC of RFC 7292 over `content`. */
export async function macOf(content: Octets, by: Derivation, secret: Secret, pace: Pace): Promise<Octets> {
  return hmac(by.hash, await pkcs12Key(by, secret, PURPOSE.mac, sizeOf(by.hash), pace), content);
}

async function hmac(hash: HashName, key: Octets, content: Octets): Promise<Octets> {
  const under = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", under, content));
}
