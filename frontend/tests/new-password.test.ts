import assert from "node:assert/strict";
import { test } from "node:test";

import { broken, type Asked } from "../src/new-password.ts";

const TAIWAN: Asked = { min: 7, max: 10, charset: "letters-and-digits", letters: 0, digits: 0 };
const WITHDRAWAL: Asked = { ...TAIWAN, min: 6, max: 6 };
const BOTH: Asked = { ...TAIWAN, min: 8, max: 64, letters: 1, digits: 1 };
const ANY: Asked = { min: 8, max: 64, charset: "any", letters: 0, digits: 0 };
const PIN: Asked = { min: 6, max: 12, charset: "digits", letters: 0, digits: 0 };

test("G21: the page ticks what the host accepts in Taiwan", () => {
  assert.deepEqual(broken("abc1234", TAIWAN), []);
  assert.deepEqual(broken("abc123", TAIWAN), ["length"]);
  assert.deepEqual(broken("abcdefg12345", TAIWAN), ["length"]);
  for (const typed of ["abc 1234", "abc/1234", "ａｂｃ1234", "密碼abc12"]) assert.deepEqual(broken(typed, TAIWAN), ["charset"]);
});

test("G22, G23: letters and digits where both are asked, six where six are", () => {
  assert.deepEqual(broken("abcd1234", BOTH), []);
  assert.deepEqual(broken("abcdefgh", BOTH), ["needs-digit"]);
  assert.deepEqual(broken("12345678", BOTH), ["needs-letter"]);
  assert.deepEqual(broken("ab12CD", WITHDRAWAL), []);
  assert.deepEqual(broken("ab12C", WITHDRAWAL), ["length"]);
  assert.deepEqual(broken("ab12CDE", WITHDRAWAL), ["length"]);
});

test("whatever prints, where the firm takes it, counted as people count", () => {
  for (const typed of ["correct horse battery", "密碼可以是一句中文", "🦔🦔🦔🦔🦔🦔🦔🦔", "two\u200djoined", "e\u0301".repeat(64)]) assert.deepEqual(broken(typed, ANY), []);
  assert.deepEqual(broken("é".repeat(65), ANY), ["length"]);
  for (const typed of ["with\ttab and", "un\u202eseen text", "\ud83elone half"]) assert.deepEqual(broken(typed, ANY), ["charset"]);
});

test("a PIN has digits of the keyboard only", () => {
  assert.deepEqual(broken("402817", PIN), []);
  for (const typed of ["40281a", "40281७", "40281７", "402 817"]) assert.deepEqual(broken(typed, PIN), ["charset"]);
});
