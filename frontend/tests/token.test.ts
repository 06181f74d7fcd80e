import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { canonical, type Data } from "../src/app/canonical.ts";
import { broken } from "../src/app/pin-rules.ts";
import { code, fresh, hotp, secret, signed, statement, vaultKey, type Token } from "../src/app/token.ts";
import { fromBase64, fromHex, toHex, utf8 } from "../src/octets.ts";
import { ECDSA } from "../src/signature.ts";

/** The same values as the host's tests read: tests/tokens/test_signed.py. */
const VECTORS = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "..", "tests", "support", "token-vectors.json"), "utf8")) as {
  readonly seed: string; readonly salt: string; readonly pin: string; readonly key: string; readonly k_otp: string; readonly k_vault: string;
  readonly purpose: string; readonly challenge: string; readonly data: Data; readonly canonical: string; readonly statement: string; readonly proof: string;
  readonly codes: Readonly<Record<string, string>>;
};

const SIX = { min: 6, max: 12 };

async function known(): Promise<Token> {
  const token = await fresh("0123456789abcdef", "9999-****");
  return { ...token, key: VECTORS.key, seed: fromHex(VECTORS.seed), salt: fromHex(VECTORS.salt) };
}

test("what a PIN makes is what the host's own arithmetic makes of it", async () => {
  const token = await known();
  assert.equal(toHex(fromBase64(await secret(token, VECTORS.pin))).toLowerCase(), VECTORS.k_otp);
  assert.equal(toHex(await vaultKey(token, VECTORS.pin)).toLowerCase(), VECTORS.k_vault);
});

test("data have the spelling that the host gives them", () => {
  assert.equal(canonical(VECTORS.data), VECTORS.canonical);
});

test("a number that is not whole and a name beyond ASCII have no one spelling", () => {
  assert.throws(() => canonical({ a: 0.5 }));
  assert.throws(() => canonical({ a: 2 ** 60 }));
  assert.throws(() => canonical({ "臺": 1 }));
});

test("the statement, the proof of the PIN and its signature are those the host takes", async () => {
  const token = await known();
  const body = await signed(token, VECTORS.purpose, VECTORS.challenge, VECTORS.data, VECTORS.pin);
  assert.equal(body.pin, VECTORS.proof);
  assert.deepEqual(await statement(token, VECTORS.purpose, VECTORS.challenge, VECTORS.data, body.pin), utf8(VECTORS.statement));
  const publicKey = await crypto.subtle.importKey("spki", token.publicKey, ECDSA, false, ["verify"]);
  assert.ok(await crypto.subtle.verify(ECDSA, publicKey, fromBase64(body.signature), utf8(VECTORS.statement)));
  assert.equal(body["number"], VECTORS.data["number"]);
});

test("without a PIN the statement says so", async () => {
  const token = await known();
  const body = await signed(token, VECTORS.purpose, VECTORS.challenge, {});
  assert.equal(body.pin, "-");
});

test("a token is called by its key's hash, and scripts cannot read the key out", async () => {
  const token = await fresh("0123456789abcdef", "9999-****");
  const digest = await crypto.subtle.digest("SHA-256", token.publicKey);
  assert.equal(token.key, toHex(new Uint8Array(digest)).toLowerCase());
  assert.equal(token.privateKey.extractable, false);
  const other = await fresh("0123456789abcdef", "9999-****");
  assert.notDeepEqual(other.seed, token.seed);
  assert.notDeepEqual(other.salt, token.salt);
});

test("offline codes are those of RFC 6238 with SHA-256, section appendix B", async () => {
  const key = utf8("12345678901234567890123456789012");
  const told: readonly [number, string][] = [[59, "46119246"], [1111111109, "68084774"], [1111111111, "67062674"], [1234567890, "91819424"], [2000000000, "90698825"], [20000000000, "77737706"]];
  for (const [seconds, right] of told) assert.equal(await hotp(key, Math.floor(seconds / 30), 8), right);
});

test("an offline code is the same as the host computes, and a wrong PIN gives another that looks as good", async () => {
  const token = await known();
  const shape = { digits: 6, period: 30 };
  for (const [at, right] of Object.entries(VECTORS.codes)) assert.equal(await code(token, VECTORS.pin, new Date(at), shape), right);
  const [at, right] = Object.entries(VECTORS.codes)[0] as [string, string];
  const wrong = await code(token, "271849", new Date(at), shape);
  assert.match(wrong, /^\d{6}$/);
  assert.notEqual(wrong, right);
});

test("PINs that anybody tries first are not taken", () => {
  for (const pin of "111111 123456 654321 012345 890123 987654 246802 121212 123123 12312312 121221 112233 147258 159753 000000 5201314 123321".split(" ")) {
    assert.deepEqual(broken(pin, SIX), ["plain"], pin);
  }
});

test("a PIN is digits, as many as the firm wants", () => {
  for (const pin of ["", "83402", "8340275139264", "83402a", "８３４０２７", " 83402"]) assert.ok(broken(pin, SIX).includes("length"), pin);
  for (const pin of ["834027", "480275139264", "730951"]) assert.deepEqual(broken(pin, SIX), [], pin);
});
