import assert from "node:assert/strict";
import { test } from "node:test";
import { solve, type Sum } from "../src/sum.ts";

/** Given out by altcha 2.3.0 for Python, whose own solver finds 777. */
const SUM: Sum = {
  parameters: {
    algorithm: "SHA-256", cost: 1, keyLength: 32, keyPrefix: "e542677959f08dd3fa186a050c2bf830",
    nonce: "eaf09c2e1f995d0bf02c5f33f435bc7a", salt: "e201a9603cdd44250da3ef37274b4f13",
    data: { most: 1000, life: 600, until: 1700000000 } as Sum["parameters"]["data"],
  },
  signature: "9cafddbb3d6c81b0ca224a956d2efe75c42b8ea1ec8e2194dcad102fc9605804",
};
const FOUND = { counter: 777, derivedKey: "e542677959f08dd3fa186a050c2bf83096ae335f9166920f2fb94155010cfaae" };

const opened = (answer: string) => JSON.parse(atob(answer)) as { challenge: Sum; solution: typeof FOUND };

test("the sum is solved as altcha solves it, and comes back unchanged", async () => {
  const answer = opened(await solve(SUM));
  assert.deepEqual(answer.solution, FOUND);
  assert.deepEqual(answer.challenge, SUM);
});

test("the last number counts, one less is not enough", async () => {
  const upTo = (most: number): Sum => ({ ...SUM, parameters: { ...SUM.parameters, data: { most, life: 600 } } });
  assert.equal(opened(await solve(upTo(777))).solution.counter, 777);
  await assert.rejects(solve(upTo(776)));
});

test("where each number costs more rounds, each digest is digested again", async () => {
  const dear: Sum = { ...SUM, parameters: { ...SUM.parameters, cost: 3, keyPrefix: "7ee2", data: { most: 200_000, life: 600 } } };
  const { counter, derivedKey } = opened(await solve(dear)).solution;
  assert.match(derivedKey, /^7ee2[0-9a-f]{60}$/);
  assert.ok(counter <= 200_000);
});

test("the progress that is told rises and stays below the whole", async () => {
  const told: number[] = [];
  const none: Sum = { ...SUM, parameters: { ...SUM.parameters, keyPrefix: "00".repeat(16), data: { most: 100_000, life: 600 } } };
  await assert.rejects(solve(none, (share) => told.push(share)));
  assert.ok(told.length > 0);
  assert.deepEqual(told, [...told].sort((a, b) => a - b));
  assert.ok(told.every((share) => share > 0 && share < 1));
});
