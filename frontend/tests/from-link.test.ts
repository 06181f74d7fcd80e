import assert from "node:assert/strict";
import { test } from "node:test";

import { carried } from "../src/from-link.ts";

function address(hash: string): { hash: string; forgotten: number; forget(): void } {
  return { hash, forgotten: 0, forget() { this.forgotten += 1; } };
}

test("a mailed link gives its secret once and the address forgets it", () => {
  const place = address("#Ab3_-Zz09kQ");
  assert.equal(carried(place), "Ab3_-Zz09kQ");
  assert.equal(place.forgotten, 1);
});

test("an address without anything carries nothing and is left alone", () => {
  const place = address("");
  assert.equal(carried(place), "");
  assert.equal(place.forgotten, 0);
});

test("what cannot be a secret is not taken, and is cleared away all the same", () => {
  for (const hash of ["#", "#short", "#<b>no markup</b>", "#with space in it", `#${"x".repeat(81)}`, "#main/../../etc"]) {
    const place = address(hash);
    assert.equal(carried(place), "", hash);
    assert.equal(place.forgotten, 1, hash);
  }
});
