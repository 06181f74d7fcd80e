/** Which passphrases may protect a file, and which may not. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { broken, strength } from "../src/passphrase.ts";

const MING = { id: "A12345****", phone: "0958****74", least: 15 };

test("some unrelated words are good, in any language", () => {
  for (const good of ["Herbst Kiefer 42 Laterne", "correct horse battery staple", "山茶花與燈塔守著半夜的風雨和你我", "a1!b2@c3#d4$e5%f6"]) {
    assert.deepEqual(broken(good, MING), [], good);
  }
});

test("it has as many letters as the page asks for, and no more than can be kept", () => {
  assert.deepEqual(broken("Kiefer Laterne", MING), ["length"]);
  assert.deepEqual(broken("Kiefer Laterne7", MING), []);
  assert.deepEqual(broken("Kiefer Laterne ".repeat(9), MING), ["length"]);
  assert.deepEqual(broken("👩‍🌾🌲🏮🌊🎋🦊🐚", { ...MING, least: 9 }), [], "signs count once, not by their octets");
});

test("the customer's own number, telephone and days are not in it, however they are written", () => {
  const own = [
    "Laterne A123456789", "laterne a123456789!", "Laterne Ａ123456789", "Laterne 0958123474", "Laterne 0958-123-474 x",
    "Laterne 19800131 x", "Laterne 1980-01-31", "Laterne 1980/1/31 ok", "Laterne 690131 kiefer", "Laterne 0690131 kiefer",
  ];
  for (const bad of own) assert.ok(broken(bad, MING).includes("own"), bad);
  for (const good of ["Laterne A12 Kiefer", "Laterne 0958 Kiefer", "Laterne 42 4711 Kiefer"]) assert.deepEqual(broken(good, MING), [], good);
});

test("a customer without a telephone on file, and one whose mask shows nothing, are served too", () => {
  assert.deepEqual(broken("Laterne 4711 Kiefer", { id: "****", phone: "", least: 15 }), []);
  assert.deepEqual(broken("Laterne 22099131 x", { id: "2209****", phone: "", least: 15 }), ["own"]);
});

test("what repeats or counts up is no passphrase", () => {
  for (const bad of ["aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "1234567890123456", "ababababababababab", "zyxwvutsrqponmlk"]) {
    assert.ok(broken(bad, MING).includes("plain"), bad);
  }
});

test("its strength grows with its length, and what breaks a rule is weak", () => {
  assert.equal(strength("aaaaaaaaaaaaaaaa", MING), "weak");
  assert.equal(strength("laternekieferax", MING), "fair");
  assert.equal(strength("laterne kiefer axt", MING), "good");
  assert.equal(strength("Herbst Kiefer 42 Laterne", MING), "strong");
});
