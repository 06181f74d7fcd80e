/** Reading DER: a value, its children, and the few leaf types that certificates need. */

import { TAG } from "./der.ts";
import type { Octets } from "./octets.ts";

/** One value. `whole` includes tag and length; both parts share the memory they were read from. */
export interface Value {
  readonly tag: number;
  readonly content: Octets;
  readonly whole: Octets;
}

export class DerError extends Error {}

/** The one value that fills `octets`. @throws DerError when it is not DER or something follows. */
export function read(octets: Octets): Value {
  const value = readAt(octets, 0);
  if (value.whole.length !== octets.length) throw new DerError("something follows the value");
  return value;
}

/** The values inside a constructed one. */
export function children(value: Value): Value[] {
  const found: Value[] = [];
  for (let at = 0; at < value.content.length; ) {
    const child = readAt(value.content, at);
    found.push(child);
    at += child.whole.length;
  }
  return found;
}

/** The child at `index`; it must be there and, if `tag` is given, be of that tag. */
export function child(value: Value, index: number, tag?: number): Value {
  const found = children(value)[index];
  if (!found || (tag !== undefined && found.tag !== tag)) throw new DerError(`no such value at ${index}`);
  return found;
}

function readAt(octets: Octets, at: number): Value {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined) throw new DerError("the value is cut off");
  if ((tag & 0x1f) === 0x1f) throw new DerError("long tags are not used here");
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError("the length is not DER");
    length = 0;
    for (const digit of octets.subarray(start, start + count)) length = length * 256 + digit;
    start += count;
    if (length < 0x80 || octets[start - count] === 0) throw new DerError("the length is not the shortest");
  }
  if (start + length > octets.length) throw new DerError("the value is cut off");
  return { tag, content: octets.subarray(start, start + length), whole: octets.subarray(at, start + length) };
}

export function readOid(value: Value): string {
  if (value.tag !== TAG.oid) throw new DerError("not an object identifier");
  const numbers: number[] = [];
  let number = 0;
  for (const digit of value.content) {
    number = number * 128 + (digit & 0x7f);
    if (digit < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [joined = 0, ...rest] = numbers;
  const first = Math.min(2, Math.floor(joined / 40));
  return [first, joined - first * 40, ...rest].join(".");
}

/** UTCTime (RFC 5280 4.1.2.5.1: below 50 means 20xx) or GeneralizedTime. */
export function readTime(value: Value): Date {
  const text = new TextDecoder().decode(value.content);
  const century = value.tag === TAG.utcTime ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") : "";
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + text);
  if (!parts) throw new DerError("not a time");
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
