import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, verdict, type Measured, type Needs } from "../src/computer-judge.ts";

const NEEDS: Needs = { backdate: 60, languages: ["zh-Hant-TW", "en"], time_zone: "Asia/Taipei", version: "1" };
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const WELL: Measured = {
  safe: true, keys: true, store: true, lasting: true, skew: 0, spread: 10, cookie: true, languages: ["zh-TW"],
  agent: CHROME, width: 1366, popup: true, download: true,
};

const said = (change: Partial<Measured>) => judge({ ...WELL, ...change }, NEEDS).map(({ says }) => says);
const of = (change: Partial<Measured>) => verdict(judge({ ...WELL, ...change }, NEEDS));

test("a computer on which all is well is well in every line", () => {
  assert.equal(of({}), "ok");
  assert.equal(judge(WELL, NEEDS).every(({ tone }) => tone === "ok"), true);
});

test("each thing that stops a certificate is bad, each that only hinders is a warning", () => {
  for (const part of ["safe", "keys", "store", "cookie"] as const) assert.equal(of({ [part]: false }), "bad", part);
  for (const part of ["lasting", "popup", "download"] as const) assert.equal(of({ [part]: false }), "warn", part);
  assert.equal(of({ languages: ["fr-FR", "de"] }), "warn");
  assert.equal(of({ width: 319 }), "warn");
  assert.equal(of({ width: 320 }), "ok");
});

test("what cannot be told changes no verdict", () => {
  assert.equal(of({ lasting: null, skew: null, cookie: null, popup: null, download: null, agent: "Lynx/2.8" }), "ok");
});

test("the clock may be off by the backdating and half the way to the host, and no more", () => {
  const skew = (milliseconds: number) => said({ skew: milliseconds, spread: 500 }).find((one) => one.startsWith("clock"));
  assert.equal(skew(60_500), "clock-ok");
  assert.equal(skew(60_501), "clock-fast");
  assert.equal(skew(-60_500), "clock-ok");
  assert.equal(skew(-60_501), "clock-slow");
});

test("how far it is off is said as people say it", () => {
  const facts = (milliseconds: number) => judge({ ...WELL, skew: milliseconds }, NEEDS).find(({ says }) => says.startsWith("clock"))?.facts;
  assert.deepEqual(facts(119_000), { n: 119, unit: "seconds" });
  assert.deepEqual(facts(-120_000), { n: 2, unit: "minutes" });
  assert.deepEqual(facts(8 * 3_600_000), { n: 8, unit: "hours" });
  assert.deepEqual(facts(-400 * 86_400_000), { n: 400, unit: "days" });
});

test("a private window is never claimed, only ruled out or suspected", () => {
  assert.ok(said({ lasting: true }).includes("private-ok"));
  assert.ok(said({ lasting: false }).includes("private-none"));
  assert.ok(said({ lasting: null, store: false }).includes("private-warn"));
});

test("browsers are known by what they call themselves", () => {
  const browser = (agent: string) => judge({ ...WELL, agent }, NEEDS).find(({ says }) => says.startsWith("browser"));
  const safari = (version: string) => `Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`;
  assert.deepEqual(browser(`${CHROME} Edg/140.0.0.0`)?.facts, { name: "Edge", version: "140" });
  assert.deepEqual(browser(CHROME)?.facts, { name: "Chrome", version: "140" });
  assert.deepEqual(browser("Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0")?.facts, { name: "Firefox", version: "128" });
  assert.equal(browser("Mozilla/5.0 Gecko/20100101 Firefox/114.0")?.says, "browser-bad");
  assert.equal(browser(CHROME.replace("140", "110"))?.says, "browser-bad");
  assert.equal(browser(CHROME.replace("140", "111"))?.says, "browser-ok");
  assert.equal(browser(safari("16.3"))?.says, "browser-bad");
  assert.equal(browser(safari("16.4"))?.says, "browser-ok");
  assert.equal(browser(`${safari("17.0")} Line/14.0`)?.says, "browser-app");
  assert.equal(browser("Lynx/2.8")?.says, "browser-none");
});
