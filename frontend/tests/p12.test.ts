import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readP12, writeP12, type Form, type P12Error } from "../src/p12/index.ts";
import type { Octets } from "../src/octets.ts";
import { Desk } from "./support/openssl.ts";

const desk = new Desk();
after(() => desk.clear());

const PASSPHRASE = "朱砂 Cinnabar 2026";
const NAME = "測試客戶 CN01";
const STRICT = { allowNoMac: false };

let key: Octets;
let certificate: Octets;
before(async () => {
  certificate = (await desk.signer()).certificate;
  key = desk.take("key.der");
});

const write = (form: Form, passphrase = PASSPHRASE) => writeP12({ key, certificate, chain: [], name: NAME, passphrase, form });

const refusal = (kind: P12Error["kind"]) => (error: P12Error) => error.kind === kind;

for (const form of ["strong", "compatible"] as const) {
  test(`what is written in the ${form} form is read again, key, certificate and name`, async () => {
    const opened = await readP12(await write(form), PASSPHRASE, STRICT);
    assert.equal(opened.entries.length, 1);
    assert.deepEqual(opened.entries[0]?.key, key);
    assert.deepEqual(opened.entries[0]?.certificate, certificate);
    assert.equal(opened.entries[0]?.name, NAME);
    assert.deepEqual([opened.mac, opened.weak], [true, false]);
  });

  test(`openssl opens the ${form} form`, async () => {
    const file = desk.put("made.p12", await write(form));
    const said = desk.run("pkcs12", "-legacy", "-in", file, "-passin", `pass:${PASSPHRASE}`, "-nodes");
    assert.match(said, /BEGIN PRIVATE KEY/);
    assert.match(said, /BEGIN CERTIFICATE/);
  });

  test(`another passphrase does not open the ${form} form, and a changed octet is told apart from it`, async () => {
    const file = await write(form);
    await assert.rejects(readP12(file, `${PASSPHRASE}.`, STRICT), refusal("passphrase"));
    file[200] = (file[200] as number) ^ 1;
    await assert.rejects(readP12(file, PASSPHRASE, STRICT), refusal("damaged"));
    await assert.rejects(readP12(file.subarray(0, 300), PASSPHRASE, STRICT), refusal("damaged"));
  });
}

test("a file that is far too large is refused before it is looked at", async () => {
  await assert.rejects(readP12(new Uint8Array(1024 * 1024 + 1), "", STRICT), refusal("too-large"));
});
