import assert from "node:assert/strict";
import { after, test } from "node:test";
import { signDetached } from "../src/cms.ts";
import { utf8 } from "../src/octets.ts";
import { Desk } from "./support/openssl.ts";

const desk = new Desk();
after(() => desk.clear());

const ORDER = utf8("樣本委託\n買進 1,000 股\n");

const verify = (signature: string, content: string) =>
  desk.ask("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", signature, "-content", content, "-CAfile", desk.path("certificate.pem"), "-purpose", "any", "-out", desk.path("out"));

test("openssl verifies the detached CAdES-BES signature, over and over", async () => {
  const { key, certificate } = await desk.signer();
  const content = desk.put("order", ORDER);
  for (let i = 0; i < 12; i += 1) {
    const signature = desk.put("signature.der", await signDetached(ORDER, key, certificate, [], new Date()));
    const { code, said } = verify(signature, content);
    assert.equal(code, 0, said);
  }
});

test("a changed order does not verify, nor one signed by another key", async () => {
  const first = await desk.signer("0x01");
  const second = await desk.signer("0x02");
  const signature = desk.put("signature.der", await signDetached(ORDER, second.key, second.certificate, [], new Date()));
  assert.equal(verify(signature, desk.put("order", ORDER)).code, 0);
  assert.notEqual(verify(signature, desk.put("changed", utf8("樣本委託\n買進 9,000 股\n"))).code, 0);
  const crossed = desk.put("crossed.der", await signDetached(ORDER, first.key, second.certificate, [], new Date()));
  assert.notEqual(verify(crossed, desk.path("order")).code, 0);
});

test("the signature names its time, its certificate and its chain, and not the order", async () => {
  const { key, certificate } = await desk.signer();
  const chain = desk.take("certificate.der");
  const signature = await signDetached(ORDER, key, certificate, [chain], new Date("2026-11-20T02:00:00Z"));
  const { said } = desk.ask("cms", "-cmsout", "-print", "-inform", "DER", "-in", desk.put("signature.der", signature));
  assert.match(said, /Nov 20 02:00:00 2026 GMT/);
  assert.match(said, /signingCertificateV2/);
  assert.match(said, /eContent: <ABSENT>/);
  assert.equal(said.match(/d\.certificate:/g)?.length, 2);
});
