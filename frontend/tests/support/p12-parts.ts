/** PKCS#12 files put together by hand, in clear and without a MAC, and ways to spoil them. */

import { concat, type Octets } from "../../src/octets.ts";
import { context, octetString, oid, sequence, setOf, small, TAG, tlv } from "../../src/der.ts";
import { children, read, type Value } from "../../src/der-read.ts";
import { bmp } from "../../src/p12/kdf.ts";
import { OID } from "../../src/p12/oids.ts";

const labels = (name: string, id: string): Octets =>
  setOf(
    sequence(oid(OID.friendlyName), setOf(tlv(TAG.bmpString, bmp(name)))),
    ...(id ? [sequence(oid(OID.localKeyId), setOf(octetString(new TextEncoder().encode(id))))] : []),
  );

export const keyBag = (pkcs8: Octets, name: string, id = ""): Octets =>
  sequence(oid(OID.keyBag), context(0, pkcs8), labels(name, id));

export const certificateBag = (der: Octets, id = ""): Octets =>
  sequence(oid(OID.certBag), context(0, sequence(oid(OID.x509Certificate), context(0, octetString(der)))), labels("", id));

/** A safe among the bags of another. */
export const nested = (...bags: Octets[]): Octets => sequence(oid(OID.safeContentsBag), context(0, sequence(...bags)));

export const data = (content: Octets): Octets => sequence(oid(OID.data), context(0, octetString(content)));

export const fileOf = (...bags: Octets[]): Octets => fileAround(sequence(data(sequence(...bags))));

export const fileAround = (content: Octets, ...mac: Octets[]): Octets => sequence(small(3), data(content), ...mac);

/** The same value as careless programs write it: no lengths, strings in pieces of a hundred. */
export function careless(der: Octets): Octets {
  return looser(read(der));
}

const END = Uint8Array.of(0, 0);

function looser(value: Value): Octets {
  const open = (tag: number, parts: Octets[]): Octets => concat(Uint8Array.of(tag, 0x80), ...parts, END);
  if (value.tag & 0x20) return open(value.tag, children(value).map(looser));
  if (value.tag !== TAG.octetString || value.content.length < 100) return value.whole;
  const pieces: Octets[] = [];
  for (let at = 0; at < value.content.length; at += 100) pieces.push(octetString(value.content.subarray(at, at + 100)));
  return open(TAG.octetString | 0x20, pieces);
}

/** `octets` with one changed at `at`. */
export function spoilt(octets: Octets, at: number, by: number): Octets {
  const copy = octets.slice();
  copy[at] = (copy[at] as number) ^ by;
  return copy;
}
