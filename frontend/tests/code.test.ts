import assert from "node:assert/strict";
import { test } from "node:test";
import { tidy } from "../src/boxes.ts";
import { Dice } from "./support/dice.ts";

test("a code keeps its leading zero, and pasted blanks and full-width digits do no harm", () => {
  assert.equal(tidy("0902", "digits", 4), "0902");
  assert.equal(tidy(" 09 02\n", "digits", 4), "0902");
  assert.equal(tidy("０９-０２", "digits", 4), "0902");
  assert.equal(tidy("您的認證碼為 1143，請", "digits", 4), "1143");
  assert.equal(tidy("123456", "digits", 4), "1234");
});

test("letters that are taken for digits become those digits", () => {
  assert.equal(tidy("o1lk", "base32", 4), "011K");
  assert.equal(tidy("u-7z", "base32", 4), "7Z");
});

test("whatever is typed, only the alphabet is left, never too much of it, and tidying again changes nothing", () => {
  const dice = new Dice(7);
  for (let i = 0; i < 1000; i += 1) {
    const typed = String.fromCharCode(...Array.from({ length: dice.number(12) }, () => dice.number(0xd800)));
    for (const [alphabet, shape] of [["digits", /^[0-9]{0,6}$/], ["base32", /^[0-9A-HJKMNP-TV-Z]{0,6}$/]] as const) {
      const once = tidy(typed, alphabet, 6);
      assert.match(once, shape);
      assert.equal(tidy(once, alphabet, 6), once);
    }
  }
});
