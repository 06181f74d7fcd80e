import assert from "node:assert/strict";
import { test } from "node:test";
import type { Certificate } from "../src/certificate.ts";
import { isNeeded, isValid, mayApply, type Host } from "../src/host.ts";
import { renewalWindow, written } from "../src/when.ts";

const NONE = new Uint8Array();
const TAIPEI = "Asia/Taipei";

const certificate = (serialFull: string, notBefore: string, notAfter: string): Certificate => ({
  der: NONE, issuer: NONE, subject: NONE, serial: NONE, publicKey: NONE, serialFull, notBefore: new Date(notBefore), notAfter: new Date(notAfter),
});

const host = (live: string | null, now: string, ends = "2022-02-02T23:59:59+08:00"): Host => ({
  live, certificate: null, chain: [], subject: "S", masked_id: "A12345****", now, window_days: [30, 30], time_zone: TAIPEI,
  serials: live ? { [live]: { state: "live", not_after: ends } } : {},
});

const OLD = certificate("606D43C6", "2022-01-18T11:30:37+08:00", "2022-02-01T23:59:59+08:00");
const NEW = certificate("606D4881", "2022-01-19T10:27:08+08:00", "2022-02-02T23:59:59+08:00");

test("G9: of two local ones the host's is valid, the older is not", () => {
  const facts = host("00606d4881", "2022-01-19T11:00:00+08:00");
  assert.equal(isValid(NEW, facts), true);
  assert.equal(isValid(OLD, facts), false);
});

test("G10: without a record at the host a local one is invalid though in date", () => {
  assert.equal(isValid(NEW, host(null, "2022-01-19T11:00:00+08:00")), false);
});

test("the host's one is valid to the last second of its date, and not before its first", () => {
  assert.equal(isValid(NEW, host("606D4881", "2022-02-02T23:59:59+08:00")), true);
  assert.equal(isValid(NEW, host("606D4881", "2022-02-03T00:00:00+08:00")), false);
  assert.equal(isValid(NEW, host("606D4881", "2022-01-19T10:27:07+08:00")), false);
});

test("an expired one is needed to its window's last second, and only if it is the host's", () => {
  const lastSecond = host("606D4881", "2022-03-04T23:59:59+08:00");
  assert.equal(isValid(NEW, lastSecond), false);
  assert.equal(isNeeded(NEW, lastSecond), true);
  assert.equal(isNeeded(NEW, host("606D4881", "2022-03-05T00:00:00+08:00")), false);
  assert.equal(isNeeded(OLD, lastSecond), false);
});

test("G1 to G3: the window is written as the documents have it", () => {
  const golden = {
    "2022-02-02": ["2022-01-03 23:59:59", "2022-03-04 23:59:59"],
    "2022-02-01": ["2022-01-02 23:59:59", "2022-03-03 23:59:59"],
    "2022-01-21": ["2021-12-22 23:59:59", "2022-02-20 23:59:59"],
  };
  for (const [day, wanted] of Object.entries(golden)) {
    const window = renewalWindow(new Date(`${day}T23:59:59+08:00`), [30, 30]);
    assert.deepEqual(window.map((at) => written(at, "%Y-%m-%d %H:%M:%S", TAIPEI)), wanted);
  }
});

test("midnight is written 00, in the firm's zone wherever the browser is", () => {
  assert.equal(written(new Date("2026-11-19T16:00:00Z"), "%Y/%m/%d %H:%M", TAIPEI), "2026/11/20 00:00");
  assert.equal(written(new Date("2026-11-19T16:00:00Z"), "%H:%M:%S.0", "UTC"), "16:00:00.0");
});

test("applying is offered without a live one, and after the window of an expired one has closed", () => {
  assert.equal(mayApply(host(null, "2022-01-19T11:00:00+08:00")), true);
  assert.equal(mayApply(host("606D4881", "2022-03-04T23:59:59+08:00")), false);
  assert.equal(mayApply(host("606D4881", "2022-03-05T00:00:00+08:00")), true);
});
