/** The file's structure (RFC 7292 4): its safes, and the bags in them. */

import { TAG } from "../der.ts";
import { definite, stringOf } from "../der-ber.ts";
import { child, children, DerError, read, readOid, type Value } from "../der-read.ts";
import { toHex, type Octets } from "../octets.ts";
import { members } from "./algorithm.ts";
import { unsupported } from "./error.ts";
import { readMac, type Mac } from "./mac.ts";
import { OID } from "./oids.ts";
import { readScheme, type Scheme } from "./scheme.ts";

const EXPLICIT = 0xa0;
const IMPLICIT_STRING = 0x80;
const NESTED = 4;

/** Octets, and how they are encrypted if they are. */
export interface Sealed {
  readonly octets: Octets;
  readonly scheme: Scheme | undefined;
}

export interface Labels {
  readonly name: string;
  /** localKeyID in hexadecimal; empty when there is none. */
  readonly id: string;
}

export interface KeyBag extends Sealed, Labels {}

export interface CertificateBag extends Labels {
  readonly der: Octets;
}

export interface Bags {
  readonly keys: KeyBag[];
  readonly certificates: CertificateBag[];
}

export function readFile(file: Octets): { content: Octets; mac: Mac | undefined } {
  const [version, safe, mac] = members(read(definite(file)), 2, 3) as [Value, Value, Value?];
  if (version.tag !== TAG.integer || toHex(version.content) !== "03") throw new DerError("not version 3");
  const [type, content] = members(safe, 2, 2) as [Value, Value];
  if (readOid(type) !== OID.data) throw unsupported(`outer content ${readOid(type)}`);
  return { content: stringOf(only(content)), mac: mac && readMac(mac) };
}

/** What is inside `[0]`. */
function only(value: Value): Value {
  if (value.tag !== EXPLICIT || children(value).length !== 1) throw new DerError("not one value");
  return child(value, 0);
}

export function readSafes(content: Octets): Sealed[] {
  return members(read(definite(content)), 0, 100).map((info) => {
    const [type, value] = members(info, 2, 2) as [Value, Value];
    const oid = readOid(type);
    if (oid === OID.data) return { octets: stringOf(only(value)), scheme: undefined };
    if (oid === OID.encryptedData) return encryptedData(only(value));
    throw unsupported(`content ${oid}`);
  });
}

function encryptedData(value: Value): Sealed {
  const [, info] = members(value, 2, 3);
  const [, algorithm, sealed] = members(info, 3, 3) as [Value, Value, Value];
  return { octets: stringOf(sealed, IMPLICIT_STRING), scheme: readScheme(algorithm) };
}

/** The bags of one opened safe. */
export function readBags(safe: Octets): Bags {
  const bags: Bags = { keys: [], certificates: [] };
  gather(read(definite(safe)), bags, 0);
  return bags;
}

function gather(safe: Value, into: Bags, depth: number): void {
  if (depth > NESTED) throw unsupported("safes in safes");
  for (const bag of members(safe, 0, 1000)) {
    const [type, wrapped, attributes] = members(bag, 2, 3) as [Value, Value, Value?];
    const oid = readOid(type);
    const value = only(wrapped);
    const labels = labelsOf(attributes);
    if (oid === OID.keyBag) into.keys.push({ octets: value.whole, scheme: undefined, ...labels });
    else if (oid === OID.shroudedKeyBag) into.keys.push({ ...shrouded(value), ...labels });
    else if (oid === OID.certBag) into.certificates.push(...certificate(value, labels));
    else if (oid === OID.safeContentsBag) gather(value, into, depth + 1);
  }
}

function shrouded(value: Value): Sealed {
  const [algorithm, sealed] = members(value, 2, 2) as [Value, Value];
  return { octets: stringOf(sealed), scheme: readScheme(algorithm) };
}

function certificate(value: Value, labels: Labels): CertificateBag[] {
  const [type, wrapped] = members(value, 2, 2) as [Value, Value];
  return readOid(type) === OID.x509Certificate ? [{ der: stringOf(only(wrapped)), ...labels }] : [];
}

/** Name and id; what else programs write there, or write wrongly, is left out. */
function labelsOf(attributes: Value | undefined): Labels {
  const values = new Map((attributes ? children(attributes) : []).map((attribute) => {
    const [type, set] = members(attribute, 2, 2) as [Value, Value];
    return [readOid(type), children(set)[0]] as const;
  }));
  const name = values.get(OID.friendlyName);
  const id = values.get(OID.localKeyId);
  return {
    // Some programs end the name with a zero, as C does.
    name: name?.tag === TAG.bmpString ? new TextDecoder("utf-16be").decode(name.content).replace(/\0+$/, "") : "",
    id: id?.tag === TAG.octetString ? toHex(id.content) : "",
  };
}
