import assert from "node:assert/strict";
import { after, test } from "node:test";
import { conclude, unsigned, type Exam } from "../src/check-judge.ts";
import { diagnose, type ShareFact } from "../src/diagnose.ts";
import { readCertificate } from "../src/certificate.ts";
import type { Host } from "../src/host.ts";
import type { KeyRecord } from "../src/keystore.ts";
import { fromBase64 } from "../src/octets.ts";
import { Desk } from "./support/openssl.ts";

const DAY = 86_400_000; // milliseconds
const desk = new Desk();
after(() => desk.clear());
const { certificate: der } = await desk.signer();
const certificate = readCertificate(der);
const serial = certificate.serialFull;
/** Days before (negative) or after the certificate's end. */
const at = (days: number) => new Date(certificate.notAfter.getTime() + days * DAY).toISOString();
const ends = at(0);

const host = (change: Partial<Host> = {}): Host => ({
  live: serial, certificate: null, chain: [], subject: "S", masked_id: "", now: at(-1), window_days: [30, 30],
  time_zone: "Asia/Taipei", serials: { [serial]: { state: "live", not_after: ends } }, ...change,
});

const record = (change: Partial<KeyRecord> = {}): KeyRecord => ({
  share: "one", subject: "S", maskedId: "", kind: "apply", flow: "f", accepted: false, publicKey: der, wrapped: { salt: der, iv: der, sealed: der },
  created: new Date(0), certificate: der, chain: [], ...change,
});

const fact = (change: Partial<ShareFact> = {}): ShareFact => ({ usable: true, state: "live", certificate: null, chain: [], ...change });

function found(change: Partial<KeyRecord>, share: ShareFact | null, facts: Host = host(), shut: string[] = []) {
  return diagnose({ host: facts, records: [record(change)], debris: [], shares: share ? { one: share } : {}, shut: new Set(shut) });
}

const says = (...args: Parameters<typeof found>) => found(...args).map((one) => [one.says, one.act, one.safe]);
const ended = (state: string) => host({ live: null, serials: { [serial]: { state, not_after: ends } } });
const PENDING = { certificate: null };
const none = host({ live: null, serials: {} });

test("a key and its live certificate that open need nothing", () => {
  assert.deepEqual(says({}, fact()), [["fine", null, true]]);
});

test("a key whose certificate the host issued can fetch it", () => {
  assert.deepEqual(says(PENDING, fact({ certificate: "AAAA" })), [["issued", "fetch", true]]);
  assert.deepEqual(says({ certificate: fromBase64("AQID") }, fact({ certificate: "AAAA" })), [["spoilt", "fetch", true]]);
});

test("a key whose certificate is being issued is left alone", () => {
  assert.deepEqual(says(PENDING, fact({ state: "issuing" }), none), [["issuing", null, true]]);
});

test("a key that got none can go; where its share stands another tab may be at work", () => {
  assert.deepEqual(says(PENDING, fact({ state: null }), none), [["unfinished", "clear", false]]);
  assert.deepEqual(says(PENDING, fact({ state: null, usable: false }), none), [["unfinished", "clear", true]]);
  assert.deepEqual(says(PENDING, null, none), [["unfinished", "clear", true]]);
  assert.deepEqual(says({ ...PENDING, kind: "import" }, fact({ state: null })).slice(0, 1), [["import-cut", "clear", false]]);
  assert.deepEqual(says(PENDING, fact({ state: "revoked" }), none), [["came-to-nothing", "clear", true]]);
});

test("a live one whose key does not open is not ticked beforehand", () => {
  assert.deepEqual(says({}, fact(), host(), ["one"]), [["shut", "clear", false]]);
  assert.deepEqual(says({}, fact({ usable: false }), host(), ["one"]), [["cut-off", "clear", false]]);
});

test("what has ended can go", () => {
  for (const state of ["superseded", "revoked"]) assert.deepEqual(says({}, fact(), ended(state)), [[state, "clear", true]]);
  assert.deepEqual(says({}, fact(), none), [["unknown", "clear", true]]);
});

test("an expired one stays as long as it can be renewed", () => {
  assert.deepEqual(says({}, fact(), host({ now: at(1) })), [["late", null, true]]);
  assert.deepEqual(says({}, fact(), host({ now: at(31) })), [["expired", "clear", true]]);
});

test("a live one that is not here is told, and only then", () => {
  const absent = diagnose({ host: host(), records: [], debris: [], shares: {}, shut: new Set() });
  assert.deepEqual(absent.map((one) => one.says), ["elsewhere"]);
  assert.deepEqual(says(PENDING, fact({ state: null })).map(([first]) => first), ["unfinished", "elsewhere"]);
});

const held = { record: record(), certificate };
const exam = (...lines: string[]): Exam => ({ held, lines: lines.map((one) => ({ says: one, tone: "bad" })), daysLeft: 1 });
const over = (facts: Host, exams: Exam[], pending = 0) => conclude(facts, exams, pending).says;

test("the one sentence: the worst of the live one, or what there is instead", () => {
  assert.equal(over(host(), [exam("signature-ok")]), "all-good");
  assert.equal(over(host(), [exam("dates-renew")]), "all-renew");
  assert.equal(over(host(), [exam("dates-renew", "clock-bad")]), "all-clock");
  assert.equal(over(host(), [exam("dates-late", "clock-bad")]), "all-late");
  assert.equal(over(host(), [exam("dates-expired")]), "all-expired");
  assert.equal(over(host(), [exam("dates-late", "chain-bad")]), "all-wrong");
  assert.equal(over(host(), [exam("opens-shut", "own-bad")]), "all-broken");
  assert.equal(over(host(), []), "all-elsewhere");
  assert.equal(over(host(), [], 1), "all-pending");
  assert.equal(over(none, [exam()]), "all-ended");
  assert.equal(over(none, []), "all-none");
});

test("of a key that signs nothing the host's facts are told", () => {
  assert.deepEqual(unsigned(held, host()).map((one) => one.says), ["own-ok", "status-live", "dates-in"]);
  assert.deepEqual(unsigned(held, ended("revoked")).map((one) => one.says), ["own-ok", "status-revoked", "dates-in"]);
  assert.deepEqual(unsigned(held, none).map((one) => one.says), ["own-bad"]);
});
