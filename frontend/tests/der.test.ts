import assert from "node:assert/strict";
import { test } from "node:test";
import { bitString, oid, octetString, sequence, setOf, small, TAG, time, tlv, unsigned, utf8String } from "../src/der.ts";
import { child, children, DerError, read, readOid, readTime } from "../src/der-read.ts";
import { compare, same, toHex, type Octets } from "../src/octets.ts";
import { toDer } from "../src/signature.ts";
import { Dice } from "./support/dice.ts";

test("values written are read back, whatever their length", () => {
  const dice = new Dice(1);
  for (const length of [0, 1, 127, 128, 255, 256, 65535, 65536, ...Array.from({ length: 60 }, () => dice.number(2000))]) {
    const content = dice.octets(length);
    const value = read(octetString(content));
    assert.equal(value.tag, TAG.octetString);
    assert.ok(same(value.content, content));
  }
});

test("known encodings come out octet for octet", () => {
  const known: readonly (readonly [Octets, string])[] = [
    [oid("1.2.840.10045.4.3.2"), "06082A8648CE3D040302"],
    [oid("2.16.840.1.101.3.4.2.1"), "0609608648016503040201"],
    [oid("2.5.4.3"), "0603550403"],
    [small(0), "020100"], [small(127), "02017F"], [small(128), "02020080"], [small(256), "02020100"],
    [utf8String("丹砂"), "0C06E4B8B9E7A082"],
    [bitString(Uint8Array.of(1)), "03020001"],
    [tlv(TAG.sequence, new Uint8Array(200)).slice(0, 3), "3081C8"],
  ];
  for (const [made, wanted] of known) assert.equal(toHex(made), wanted);
});

test("integers are never negative and never longer than they must be", () => {
  const dice = new Dice(2);
  for (let i = 0; i < 300; i += 1) {
    const magnitude = dice.octets(1 + dice.number(32));
    if (dice.number(3) === 0) magnitude.fill(0, 0, dice.number(magnitude.length + 1));
    const { content } = read(unsigned(magnitude));
    assert.ok((content[0] as number) < 0x80, "negative");
    assert.ok(content.length === 1 || content[0] !== 0 || (content[1] as number) >= 0x80, "too long");
    assert.equal(BigInt(`0x${toHex(content)}`), BigInt(`0x${toHex(magnitude)}`));
  }
});

test("object identifiers are read back, large numbers in them too", () => {
  const dice = new Dice(3);
  for (let i = 0; i < 200; i += 1) {
    const rest = Array.from({ length: 1 + dice.number(8) }, () => dice.number(2 ** 31));
    const dotted = [dice.number(2), dice.number(40), ...rest].join(".");
    assert.equal(readOid(read(oid(dotted))), dotted);
  }
});

test("a set is in ascending order however its members were given", () => {
  const dice = new Dice(4);
  for (let i = 0; i < 100; i += 1) {
    const members = Array.from({ length: 6 }, () => octetString(dice.octets(dice.number(5))));
    const found = children(read(setOf(...members))).map((value) => value.whole);
    for (let at = 1; at < found.length; at += 1) assert.ok(compare(found[at - 1] as Octets, found[at] as Octets) <= 0);
  }
});

test("times are UTCTime to 2049 and GeneralizedTime from 2050, and read back to the second", () => {
  const cases = { "1950-01-01T00:00:00Z": TAG.utcTime, "2026-11-20T02:00:00Z": TAG.utcTime, "2049-12-31T23:59:59Z": TAG.utcTime, "2050-01-01T00:00:00Z": TAG.generalizedTime };
  for (const [text, tag] of Object.entries(cases)) {
    const value = read(time(new Date(text)));
    assert.equal(value.tag, tag);
    assert.equal(readTime(value).getTime(), new Date(text).getTime());
  }
  assert.equal(readTime(read(time(new Date("2026-11-20T02:00:00.999Z")))).toISOString(), "2026-11-20T02:00:00.000Z");
});

test("a value that is cut off, followed by something, or longer written than needed is refused", () => {
  const whole = sequence(small(1), octetString(new Uint8Array(200)));
  for (let length = 0; length < whole.length; length += 1) assert.throws(() => read(whole.slice(0, length)), DerError);
  assert.throws(() => read(Uint8Array.of(...whole, 0)), DerError);
  assert.throws(() => read(Uint8Array.of(0x04, 0x81, 0x01, 0x00)), DerError);
  assert.throws(() => read(Uint8Array.of(0x04, 0x80, 0x00, 0x00)), DerError);
  assert.throws(() => child(read(whole), 0, TAG.octetString), DerError);
});

test("noise is refused or read, never anything else", () => {
  const dice = new Dice(5);
  for (let i = 0; i < 3000; i += 1) {
    try {
      children(read(dice.octets(dice.number(40))));
    } catch (thrown) {
      assert.ok(thrown instanceof DerError);
    }
  }
});

test("both halves of a signature become integers, also those with leading zeros or high bits", () => {
  const raw = new Uint8Array(64);
  raw[31] = 0x7f;
  raw[32] = 0x80;
  assert.equal(toHex(toDer(raw)), `302602017F022100${"80"}${"00".repeat(31)}`);
});
