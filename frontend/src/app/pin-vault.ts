/**
 * The vault of a mobile certificate's key: the host's share leaves only with a proof of the PIN, and
 * the PIN's own half, K_vault, never leaves this device (docs/flows/mobile-certificate.md).
 */

import { share as sharePath, PLACES } from "../api.ts";
import { halves, type Given, type Lock } from "../ceremony.ts";
import { keep, records, type KeyRecord } from "../keystore.ts";
import { Refusal } from "../refusal.ts";
import { unwrap, wrap, type Halves, type Wrapped } from "../vault.ts";
import { say } from "../words.ts";
import { askPin } from "./ask-pin.ts";
import { proved } from "./proved.ts";
import { held, vaultKey, type Token } from "./token.ts";

/** The customer's token in this browser: that of a record, else the newest. */
async function tokenOf(subject: string, key?: string): Promise<Token> {
  const all = await held(subject);
  const found = key ? all.find((token) => token.key === key) : all[0];
  if (!found) throw Refusal.local("key");
  return found;
}

/** The lock of the customer's token, once its PIN was asked. @throws Refusal, Declined */
export async function pinLock(subject: string, key?: string): Promise<Lock> {
  const token = await tokenOf(subject, key);
  return lockWith(token, await askPin(say("vault.ask")));
}

/** The lock of a token under a PIN that was typed; whether it is right the host says at the first act. */
export function lockWith(token: Token, pin: string): Lock {
  let vault: ReturnType<typeof vaultKey> | null = null;
  const whole = async (given: Given): Promise<Halves> => {
    vault ??= vaultKey(token, pin);
    return { ...(await halves(given)), pin: await vault };
  };
  return {
    marks: { token: token.key },
    make: async () => whole(await proved<Given>(PLACES.shares, token, "vault-make", {}, pin)),
    open: async ({ share }) => whole({ share, secret: await secretOf(share, token, pin) }),
  };
}

async function secretOf(share: string, token: Token, pin: string): Promise<string> {
  return (await proved<Given>(sharePath(share, "release"), token, "vault-open", { share }, pin)).secret;
}

const ofToken = async ({ subject, key }: Token): Promise<KeyRecord[]> =>
  (await records(subject)).filter(({ token, certificate }) => token === key && certificate !== null);

/** Does the key of a certificate in this browser wait for this token's PIN? */
export const hasVault = async (token: Token): Promise<boolean> => (await ofToken(token)).length > 0;

/**
 * Before the host is asked to take a new PIN: wrap each key for both. Whatever breaks off now leaves
 * a key that opens with the PIN that the host knows. @throws Refusal
 */
export async function rewrap(token: Token, oldPin: string, newPin: string): Promise<void> {
  for (const record of await ofToken(token)) {
    const now = await lockWith(token, oldPin).open(record).catch(unlessGone);
    if (!now) continue; // its certificate has ended: nothing is left to open
    const later = { ...now, pin: await vaultKey(token, newPin) };
    const { key, form } = await opened(record, now);
    await keep({ ...record, wrapped: form, next: await wrap(key, later) }).catch(() => { throw Refusal.local("storage"); });
  }
}

/** Nothing for a key that is void; any other refusal is thrown on. */
function unlessGone(thrown: unknown): null {
  if (Refusal.of(thrown).kind !== "vault-gone") throw thrown;
  return null;
}

/** The form that opens, and what is in it: after a change that broke off it may be either. */
async function opened(record: KeyRecord, under: Halves): Promise<{ key: CryptoKey; form: Wrapped }> {
  for (const form of [record.wrapped, record.next]) {
    const key = form && (await unwrap(form, under, true).catch(() => null));
    if (form && key) return { key, form };
  }
  throw Refusal.local("key");
}

/** The host has taken the new PIN: the old form goes. */
export async function settle(token: Token): Promise<void> {
  for (const { next, ...record } of await ofToken(token)) {
    if (next) await keep({ ...record, wrapped: next });
  }
}
