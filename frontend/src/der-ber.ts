/** BER (X.690 8.1) as some programs write it: indefinite and long lengths, strings in pieces. */

import { tlv, TAG } from "./der.ts";
import { children, DerError, type Value } from "./der-read.ts";
import { concat, type Octets } from "./octets.ts";

const DEPTH = 32;
const VALUES = 20_000;
const CONSTRUCTED = 0x20;

/**
 * The one value that fills `octets`, with definite and shortest lengths, for `read`.
 * @throws DerError also when values lie deeper, or are more, than any honest file's.
 */
export function definite(octets: Octets): Octets {
  const reader = new Reader(octets);
  const value = reader.value(0);
  if (reader.at !== octets.length) throw new DerError("something follows the value");
  return value;
}

class Reader {
  at = 0;
  private seen = 0;

  constructor(private readonly octets: Octets) {}

  value(depth: number): Octets {
    this.seen += 1;
    if (depth > DEPTH || this.seen > VALUES) throw new DerError("too deep or too many values");
    const tag = this.next();
    if ((tag & 0x1f) === 0x1f) throw new DerError("long tags are not used here");
    const length = this.length();
    if (tag & CONSTRUCTED) return tlv(tag, ...this.parts(length, depth + 1));
    if (length === undefined) throw new DerError("a plain value without a length");
    this.at += length;
    return tlv(tag, this.octets.subarray(this.at - length, this.at));
  }

  private next(): number {
    const octet = this.octets[this.at];
    if (octet === undefined) throw new DerError("the value is cut off");
    this.at += 1;
    return octet;
  }

  /** Undefined when the end is marked by two zeros instead. */
  private length(): number | undefined {
    const first = this.next();
    if (first === 0x80) return undefined;
    let length = first;
    if (first > 0x80) {
      length = 0;
      for (let left = first & 0x7f; left > 0 && length < 2 ** 32; left -= 1) length = length * 256 + this.next();
    }
    if (this.at + length > this.octets.length) throw new DerError("the value is cut off");
    return length;
  }

  private parts(length: number | undefined, depth: number): Octets[] {
    const found: Octets[] = [];
    const end = length === undefined ? undefined : this.at + length;
    while (end === undefined ? !this.marked() : this.at < end) found.push(this.value(depth));
    if (end === undefined) this.at += 2;
    else if (this.at !== end) throw new DerError("a value is longer than what holds it");
    return found;
  }

  private marked(): boolean {
    return this.octets[this.at] === 0 && this.octets[this.at + 1] === 0;
  }
}

/** The content of an OCTET STRING, also one in pieces; `tag` when it is tagged anew. */
export function stringOf(value: Value, tag: number = TAG.octetString): Octets {
  if (value.tag === tag) return value.content;
  if (value.tag !== (tag | CONSTRUCTED)) throw new DerError("not an octet string");
  return concat(...children(value).map((piece) => stringOf(piece)));
}
