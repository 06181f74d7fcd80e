/**
 * Will this browser hold a key? Found out by doing it, before a code is asked for: make a key, wrap
 * it, store it, read it back through a new connection, unwrap it, sign.
 */

import { forget, keep, recordOf, type KeyRecord } from "./keystore.ts";
import { random, same, utf8 } from "./octets.ts";
import { publicKeyOf } from "./request.ts";
import { ECDSA } from "./signature.ts";
import { newPair, unwrap, wrap } from "./vault.ts";

/** The owner of the key that `holds` stores for a moment. */
export const PROBE = "probe";

export type Part = "safe" | "keys" | "store" | "lasting";
/** How a finding is meant; "none": it cannot be told. */
export type Tone = "ok" | "warn" | "bad" | "none";

export interface Finding {
  readonly part: Part;
  readonly tone: Tone;
}

/** What was found, part by part; after a `bad` one nothing further is tried. */
export async function probe(): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tests: readonly (readonly [Part, () => Promise<boolean>])[] = [
    ["safe", async () => window.isSecureContext],
    ["keys", signs],
    ["store", holds],
  ];
  for (const [part, test] of tests) {
    const good = await test().catch(() => false);
    findings.push({ part, tone: good ? "ok" : "bad" });
    if (!good) return findings;
  }
  return [...findings, { part: "lasting", tone: (await lasting()) ? "ok" : "warn" }];
}

export async function signs(): Promise<boolean> {
  const pair = await newPair();
  const message = random(32);
  const signature = await crypto.subtle.sign(ECDSA, pair.privateKey, message);
  return crypto.subtle.verify(ECDSA, pair.publicKey, signature, message);
}

export async function holds(): Promise<boolean> {
  const halves = { share: `probe-${crypto.randomUUID()}`, host: random(32), device: random(32) };
  const pair = await newPair();
  const record: KeyRecord = {
    share: halves.share, subject: PROBE, maskedId: "", kind: "apply", flow: "", accepted: false,
    publicKey: await publicKeyOf(pair.publicKey), wrapped: await wrap(pair.privateKey, halves),
    created: new Date(), certificate: null, chain: [],
  };
  try {
    await keep(record);
    const found = await recordOf(halves.share);
    if (!found || !same(found.publicKey, record.publicKey)) return false;
    const message = utf8("probe");
    const signature = await crypto.subtle.sign(ECDSA, await unwrap(found.wrapped, halves), message);
    return await crypto.subtle.verify(ECDSA, pair.publicKey, signature, message);
  } finally {
    await forget(halves.share);
  }
}

/** Does the browser promise not to clear the store by itself? Private windows never do. */
export async function lasting(): Promise<boolean> {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
}

/** Ask for that promise; some browsers ask the customer, so only after a press. */
export async function askToLast(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}
