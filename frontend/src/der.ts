/** Writing DER (X.690): the few types that requests and signatures need. */

import { compare, concat, utf8, type Octets } from "./octets.ts";

export const TAG = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, utf8String: 0x0c,
  utcTime: 0x17, generalizedTime: 0x18, bmpString: 0x1e, sequence: 0x30, set: 0x31,
} as const;

/** One value: tag, definite length, content. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Octets {
  const body = concat(...content);
  return concat(Uint8Array.of(tag), lengthOf(body.length), body);
}

function lengthOf(length: number): Octets {
  if (length < 0x80) return Uint8Array.of(length);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.of(0x80 | digits.length, ...digits);
}

export const sequence = (...parts: readonly Uint8Array[]): Octets => tlv(TAG.sequence, ...parts);

/** SET OF: DER wants the encodings in ascending order. */
export const setOf = (...parts: readonly Uint8Array[]): Octets => tlv(TAG.set, ...[...parts].sort(compare));

export const octetString = (content: Uint8Array): Octets => tlv(TAG.octetString, content);

export const bitString = (content: Uint8Array): Octets => tlv(TAG.bitString, Uint8Array.of(0), content);

export const utf8String = (text: string): Octets => tlv(TAG.utf8String, utf8(text));

/** A context-specific constructed tag, `[n]`. */
export const context = (n: number, ...content: readonly Uint8Array[]): Octets => tlv(0xa0 | n, ...content);

/** A non-negative INTEGER from big-endian octets of any length, in the fewest octets. */
export function unsigned(magnitude: Uint8Array): Octets {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1;
  const least = magnitude.slice(start);
  const first = least[0] ?? 0;
  return tlv(TAG.integer, first >= 0x80 || least.length === 0 ? Uint8Array.of(0) : Uint8Array.of(), least);
}

/** A non-negative INTEGER below 2³¹. */
export const small = (value: number): Octets => unsigned(Uint8Array.of(value >> 24, value >> 16, value >> 8, value));

/** OBJECT IDENTIFIER from its dotted text. */
export function oid(dotted: string): Octets {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tlv(TAG.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return digits;
}

/** Time as RFC 5652 wants it: UTCTime until 2049, GeneralizedTime after, whole seconds, Z. */
export function time(instant: Date): Octets {
  const digits = instant.toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:T]/g, "");
  const year = instant.getUTCFullYear();
  return year >= 1950 && year < 2050 ? tlv(TAG.utcTime, utf8(digits.slice(2))) : tlv(TAG.generalizedTime, utf8(digits));
}
