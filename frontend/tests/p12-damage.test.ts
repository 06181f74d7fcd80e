import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { context, octetString, oid, sequence, small, TAG, tlv } from "../src/der.ts";
import { concat, same, type Octets } from "../src/octets.ts";
import { MOST_OCTETS, P12Error, readP12 } from "../src/p12/index.ts";
import { OID } from "../src/p12/oids.ts";
import { Dice } from "./support/dice.ts";
import { Desk } from "./support/openssl.ts";
import { careless, data, fileAround, fileOf, keyBag, nested, spoilt } from "./support/p12-parts.ts";

const desk = new Desk();
after(() => desk.clear());

const STRICT = { allowNoMac: false };
const LENIENT = { allowNoMac: true };

let key: Octets;
before(async () => {
  await desk.signer();
  key = desk.take("key.der");
});

/** A file by openssl; one round each, so that thousands can be read. */
function made(...words: string[]): Octets {
  const [out, from] = [desk.path("made.p12"), desk.path("certificate.pem")];
  desk.run("pkcs12", "-export", "-inkey", desk.path("key.pem"), "-in", from, "-passout", "pass:p", "-iter", "1", "-out", out, ...words);
  return desk.take("made.p12");
}

const kindOf = (file: Octets, options = STRICT, passphrase = "p"): Promise<string> =>
  readP12(file, passphrase, options).then(
    ({ entries }) => (entries.every((entry) => same(entry.key, key)) ? "opened" : "another key"),
    (error: unknown) => (error instanceof P12Error ? error.kind : `${String(error)} came through`),
  );

const FILES: [name: string, words: string[]][] = [["modern", []], ["legacy", ["-legacy"]], ["SHA-512", ["-macalg", "sha512"]]];

for (const [name, words] of FILES) {
  test(`no single changed octet of a ${name} file opens it, or leads to anything but a named refusal`, async () => {
    const dice = new Dice(12);
    for (const file of [made(...words), careless(made(...words))]) {
      assert.equal(await kindOf(file), "opened");
      for (let at = 0; at < file.length; at += 1) {
        const by = 1 << dice.number(8);
        const kind = await kindOf(spoilt(file, at, by));
        assert.match(kind, /^(damaged|passphrase|unsupported|no-mac)$/, `octet ${at} changed by ${by}: ${kind}`);
      }
    }
  });

  test(`a ${name} file cut off anywhere is damaged`, async () => {
    const file = made(...words);
    for (let length = 0; length < file.length; length += 7) assert.equal(await kindOf(file.subarray(0, length)), "damaged", `${length}`);
  });
}

test("what is changed in the sealed parts is called damage, not another passphrase", async () => {
  const file = made();
  const middle = file.length >> 1;
  for (let at = middle - 150; at < middle + 150; at += 10) assert.equal(await kindOf(spoilt(file, at, 1)), "damaged", `${at}`);
  assert.equal(await kindOf(file, STRICT, "q"), "passphrase");
});

test("without a MAC, no changed octet leads to another key", async () => {
  const dice = new Dice(13);
  const file = made("-nomac");
  for (let at = 0; at < file.length; at += 1) {
    const kind = await kindOf(spoilt(file, at, 1 << dice.number(8)), LENIENT);
    assert.match(kind, /^(opened|damaged|passphrase|unsupported|no-key)$/, `octet ${at}: ${kind}`);
  }
});

/** Milliseconds; what it guards against would take minutes. */
const SOON = { timeout: 30_000 };

/** PKCS#12's own 3DES over nothing, with `rounds` as they stand there. */
const sealedWith = (...rounds: Octets[]): Octets =>
  sequence(oid(OID.encryptedData), context(0, sequence(small(0), sequence(
    oid(OID.data), sequence(oid(OID.pbe3Des), sequence(octetString(new Uint8Array(8)), ...rounds)), tlv(0x80, new Uint8Array(16)),
  ))));

const integer = (...octets: number[]): Octets => tlv(TAG.integer, Uint8Array.from(octets));

test("rounds that nobody would wait for are refused at once", SOON, async () => {
  const file = (...rounds: Octets[]): Octets => fileAround(sequence(...rounds.map((one) => sealedWith(one))));
  assert.equal(await kindOf(file(small(10_000_001)), LENIENT), "unsupported");
  assert.equal(await kindOf(file(integer(0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)), LENIENT), "unsupported");
  assert.equal(await kindOf(file(...Array.from({ length: 6 }, () => small(3_000_000))), LENIENT), "unsupported");
  for (const odd of [integer(0), integer(0xff), integer(), octetString(Uint8Array.of(1))]) assert.equal(await kindOf(file(odd), LENIENT), "damaged");
});

test("lengths that lie, and values without end, are damage, found in no time", SOON, async () => {
  const opened = (times: number): Octets => concat(...Array.from({ length: times }, () => Uint8Array.of(0x30, 0x80)));
  const hostile = [
    Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0x30, 0xff, ...new Uint8Array(200).fill(0xff)),
    Uint8Array.of(0x30, 0x80),
    Uint8Array.of(0x04, 0x80, 0x00, 0x00),
    opened(100_000),
    new Uint8Array(MOST_OCTETS),
    sequence(new Uint8Array(MOST_OCTETS - 100)),
    new Uint8Array(MOST_OCTETS).fill(0x30),
    sequence(small(3), data(opened(50_000))),
    tlv(0x3f, new Uint8Array(3)),
  ];
  for (const [i, file] of hostile.entries()) assert.equal(await kindOf(file, LENIENT), "damaged", `${i}`);
});

test("safes may lie in safes, but not without end", async () => {
  let bag = keyBag(key, "");
  const kinds: string[] = [];
  for (let depth = 0; depth < 6; depth += 1) {
    kinds.push(await kindOf(fileOf(bag), LENIENT));
    bag = nested(bag);
  }
  assert.deepEqual(kinds, ["no-key", "no-key", "no-key", "no-key", "no-key", "unsupported"]);
});

test("neither an empty file, nor a picture, nor another version is taken for one", async () => {
  const other = sequence(small(4), data(sequence()));
  for (const file of [new Uint8Array(), Uint8Array.of(0x89, 0x50, 0x4e, 0x47), other]) assert.equal(await kindOf(file, LENIENT), "damaged");
});
