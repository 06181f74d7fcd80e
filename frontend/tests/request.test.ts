import assert from "node:assert/strict";
import { after, test } from "node:test";
import { certificationRequest } from "../src/request.ts";
import { newPair } from "../src/vault.ts";
import { Desk } from "./support/openssl.ts";

const desk = new Desk();
after(() => desk.clear());

test("openssl takes the request, its key and its signature", async () => {
  for (let i = 0; i < 12; i += 1) {
    const request = desk.put("request.der", await certificationRequest(await newPair(), "9F3K2M7Q1X0ABCDE"));
    const { code, said } = desk.ask("req", "-inform", "DER", "-in", request, "-verify", "-noout", "-text");
    assert.equal(code, 0, said);
    assert.match(said, /verify OK/);
    assert.match(said, /CN = 9F3K2M7Q1X0ABCDE/);
    assert.match(said, /NIST CURVE: P-256/);
    assert.match(said, /ecdsa-with-SHA256/);
  }
});

test("a request whose name was changed no longer verifies", async () => {
  const request = await certificationRequest(await newPair(), "9F3K2M7Q1X0ABCDE");
  const at = Buffer.from(request).indexOf("9F3K");
  request[at] = "8".charCodeAt(0);
  const { said } = desk.ask("req", "-inform", "DER", "-in", desk.put("changed.der", request), "-verify", "-noout");
  assert.doesNotMatch(said, /verify OK/);
});
