import assert from "node:assert/strict";
import { after, test } from "node:test";
import { plainSerial, readCertificate, shortSerial } from "../src/certificate.ts";
import { DerError } from "../src/der-read.ts";
import { same } from "../src/octets.ts";
import { Desk } from "./support/openssl.ts";

const desk = new Desk();
after(() => desk.clear());

test("serial, validity and key are those that openssl reads", async () => {
  for (const serial of ["0x7F00000000000000000000606D4881", "0xFFEEDDCCBBAA0099", "0x01"]) {
    const { certificate } = await desk.signer(serial);
    const found = readCertificate(certificate);
    const at = desk.path("certificate.pem");
    const said = desk.run("x509", "-in", at, "-noout", "-serial", "-dates", "-dateopt", "iso_8601");
    assert.equal(found.serialFull, plainSerial(said.match(/serial=(\w+)/)?.[1] ?? ""));
    assert.equal(found.notBefore.getTime(), Date.parse((said.match(/notBefore=(.+)/)?.[1] ?? "").replace(" ", "T")));
    assert.equal(found.notAfter.getTime(), Date.parse((said.match(/notAfter=(.+)/)?.[1] ?? "").replace(" ", "T")));
    desk.run("x509", "-in", at, "-noout", "-pubkey", "-out", desk.path("public.pem"));
    desk.run("pkey", "-pubin", "-in", desk.path("public.pem"), "-outform", "DER", "-out", desk.path("public.der"));
    assert.ok(same(found.publicKey, desk.take("public.der")));
  }
});

test("eight digits of a serial are shown, short ones with zeros in front", () => {
  assert.equal(shortSerial(plainSerial("7f00000000000000000000606d4881")), "606D4881");
  assert.equal(shortSerial(plainSerial("0001")), "00000001");
});

test("something that is no certificate is refused", () => {
  assert.throws(() => readCertificate(Uint8Array.of(0x30, 0x02, 0x30, 0x00)), DerError);
});
