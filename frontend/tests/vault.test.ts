import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../src/octets.ts";
import { ECDSA } from "../src/signature.ts";
import { newPair, unwrap, wrap, type Halves } from "../src/vault.ts";
import { Dice } from "./support/dice.ts";

const halves = (): Halves => ({ share: "01J9Z", host: random(32), device: random(32) });

test("a wrapped key signs for the same public key, and cannot be read out any more", async () => {
  const pair = await newPair();
  const both = halves();
  const key = await unwrap(await wrap(pair.privateKey, both), both);
  const message = random(100);
  const signature = await crypto.subtle.sign(ECDSA, key, message);
  assert.ok(await crypto.subtle.verify(ECDSA, pair.publicKey, signature, message));
  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
});

test("without the host's half, this browser's half, or the share's name the key stays shut", async () => {
  const both = halves();
  const wrapped = await wrap((await newPair()).privateKey, both);
  for (const wrong of [{ ...both, host: random(32) }, { ...both, device: random(32) }, { ...both, share: "01J9Y" }]) {
    await assert.rejects(unwrap(wrapped, wrong));
  }
});

test("every flipped bit of what is stored is noticed", async () => {
  const dice = new Dice(6);
  const both = halves();
  const wrapped = await wrap((await newPair()).privateKey, both);
  for (const part of ["salt", "iv", "sealed"] as const) {
    for (let i = 0; i < 25; i += 1) {
      const changed = { ...wrapped, [part]: wrapped[part].slice() };
      const at = dice.number(changed[part].length);
      changed[part][at] = (changed[part][at] as number) ^ (1 << dice.number(8));
      await assert.rejects(unwrap(changed, both));
    }
  }
});

test("the same key wrapped twice looks different each time", async () => {
  const both = halves();
  const { privateKey } = await newPair();
  const [one, two] = await Promise.all([wrap(privateKey, both), wrap(privateKey, both)]);
  assert.notDeepEqual(one.sealed, two.sealed);
  assert.notDeepEqual(one.salt, two.salt);
});

test("a key that waits for a PIN opens with it alone, and one that waits for none with none", async () => {
  const pin = random(32);
  const both = halves();
  const pair = await newPair();
  const waiting = await wrap(pair.privateKey, { ...both, pin });
  assert.equal((await unwrap(waiting, { ...both, pin })).extractable, false);
  for (const wrong of [both, { ...both, pin: random(32) }, { ...both, pin, host: random(32) }, { ...both, pin, device: random(32) }]) {
    await assert.rejects(unwrap(waiting, wrong));
  }
  const free = await wrap(pair.privateKey, both);
  await assert.rejects(unwrap(free, { ...both, pin }));
});

test("halves that make the same octets when joined are not the same key", async () => {
  const [host, device, pin] = [random(32), random(32), random(32)];
  const { privateKey } = await newPair();
  const wrapped = await wrap(privateKey, { share: "01J9Z", host, device, pin });
  const joined = new Uint8Array([...device, ...pin]);
  await assert.rejects(unwrap(wrapped, { share: "01J9Z", host, device: joined }));
});
