import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { Octets } from "../src/octets.ts";
import { decryption as aes192 } from "../src/p12/aes192.ts";
import { open, seal, type Block } from "../src/p12/cbc.ts";
import * as des from "../src/p12/des.ts";
import { decryption as rc2 } from "../src/p12/rc2.ts";
import { Dice } from "./support/dice.ts";

const hex = (octets: Octets): string => Buffer.from(octets).toString("hex");

/** The same by openssl. */
function encrypted(name: string, key: Octets, iv: Octets, plain: Octets): Octets {
  const words = ["enc", "-provider", "legacy", "-provider", "default", `-${name}`, "-K", hex(key), "-iv", hex(iv)];
  return new Uint8Array(execFileSync("openssl", words, { input: plain }));
}

const CIPHERS: [name: string, key: number, block: number, open: (key: Octets) => Block][] = [
  ["des-ede3-cbc", 24, 8, des.decryption],
  ["des-ede-cbc", 16, 8, des.decryption],
  ["rc2-cbc", 16, 8, rc2],
  ["rc2-40-cbc", 5, 8, rc2],
  ["aes-192-cbc", 24, 16, aes192],
];

for (const [name, size, block, decryption] of CIPHERS) {
  test(`what openssl encrypts with ${name} is decrypted`, () => {
    const dice = new Dice(192);
    for (const length of [0, 1, 7, 8, 15, 16, 17, 100]) {
      const [key, iv, plain] = [dice.octets(size), dice.octets(block), dice.octets(length)];
      assert.deepEqual(open(decryption(key), iv, encrypted(name, key, iv, plain)), plain);
    }
  });
}

test("what is encrypted with triple DES is what openssl makes of it", () => {
  const dice = new Dice(3);
  for (const length of [0, 7, 8, 9, 200]) {
    const [key, iv, plain] = [dice.octets(24), dice.octets(8), dice.octets(length)];
    assert.deepEqual(seal(des.encryption(key), iv, plain), encrypted("des-ede3-cbc", key, iv, plain));
  }
});

test("wrong padding, no block and half a block are refused", () => {
  const dice = new Dice(5);
  const [key, iv] = [dice.octets(24), dice.octets(8)];
  const good = seal(des.encryption(key), iv, dice.octets(16));
  const bad = good.slice();
  bad[15] = (bad[15] as number) ^ 1; // the padding's last octet: 8 becomes 9
  for (const sealed of [bad, good.subarray(0, 12), good.subarray(0, 0)]) assert.throws(() => open(des.decryption(key), iv, sealed), { name: "Error" });
});
