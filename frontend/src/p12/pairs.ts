/** Which certificate belongs to a key: proved with a signature, never believed. */

import { bitString, context, octetString, oid, sequence, small, TAG, tlv } from "../der.ts";
import { definite, stringOf } from "../der-ber.ts";
import { DerError, read, readOid, type Value } from "../der-read.ts";
import { concat, random, type Octets } from "../octets.ts";
import { algorithmOf, members } from "./algorithm.ts";
import { OID } from "./oids.ts";

const CURVES: Readonly<Record<string, { namedCurve: string; size: number }>> = {
  [OID.p256]: { namedCurve: "P-256", size: 32 },
  [OID.p384]: { namedCurve: "P-384", size: 48 },
  [OID.p521]: { namedCurve: "P-521", size: 66 },
};

/** A private key, taken from its PKCS#8 wrapping. */
export interface PrivateKey {
  readonly inner: Octets;
  /** Undefined when the key is of RSA. */
  readonly curve: string | undefined;
}

/** @throws DerError when it is not PKCS#8. @returns undefined for a kind that is not used here. */
export function readKey(pkcs8: Octets): PrivateKey | undefined {
  const [, value, wrapped] = members(read(definite(pkcs8)), 3, 5) as [Value, Value, Value];
  const algorithm = algorithmOf(value);
  const inner = stringOf(wrapped);
  if (algorithm.oid === OID.rsaEncryption) return { inner, curve: undefined };
  if (algorithm.oid !== OID.ecPublicKey || algorithm.parameters?.tag !== TAG.oid) return undefined;
  const curve = readOid(algorithm.parameters);
  return CURVES[curve] ? { inner, curve } : undefined;
}

/**
 * The key as every browser takes it, with the public key that Java leaves out and without the
 * attributes that Windows adds; undefined when it is not the key of `publicKey`, an SPKI.
 */
export async function keyOf(key: PrivateKey, publicKey: Octets): Promise<Octets | undefined> {
  const pkcs8 = rewrapped(key, publicKey);
  return (await proved(key, pkcs8, publicKey).catch(() => false)) ? pkcs8 : undefined;
}

function rewrapped({ inner, curve }: PrivateKey, publicKey: Octets): Octets {
  if (curve === undefined) return sequence(small(0), sequence(oid(OID.rsaEncryption), tlv(TAG.null)), octetString(inner));
  const [, scalar] = members(read(definite(inner)), 2, 4) as [Value, Value];
  const point = members(read(publicKey), 2, 2)[1] as Value;
  const plain = sequence(small(1), octetString(sized(stringOf(scalar), CURVES[curve]?.size ?? 0)), context(1, bitString(point.content.subarray(1))));
  return sequence(small(0), sequence(oid(OID.ecPublicKey), oid(curve)), octetString(plain));
}

/** A number in exactly `size` octets. */
function sized(number: Octets, size: number): Octets {
  const start = Math.max(0, number.length - size);
  if (number.subarray(0, start).some((octet) => octet !== 0)) throw new DerError("not a number of that curve");
  return concat(new Uint8Array(size - number.length + start), number.subarray(start));
}

async function proved({ curve }: PrivateKey, pkcs8: Octets, publicKey: Octets): Promise<boolean> {
  const kind = curve === undefined
    ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
    : { name: "ECDSA", hash: "SHA-256", namedCurve: CURVES[curve]?.namedCurve ?? "" };
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, kind, false, ["sign"]);
  const other = await crypto.subtle.importKey("spki", publicKey, kind, false, ["verify"]);
  const message = random(32);
  return crypto.subtle.verify(kind, other, await crypto.subtle.sign(kind, key, message), message);
}
