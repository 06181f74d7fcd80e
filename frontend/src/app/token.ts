/**
 * The soft token of this browser: a key, a seed, and what a PIN makes of them. Nothing here can
 * tell a right PIN from a wrong one; only the host can (docs/flows/soft-token-pin.md).
 */

import { database } from "../idb.ts";
import { concat, random, toBase64, toHex, utf8, type Octets } from "../octets.ts";
import { publicKeyOf } from "../request.ts";
import { ECDSA, sha256 } from "../signature.ts";
import { canonical, type Data } from "./canonical.ts";

/** One customer's token on this browser. `key` is its name at the host: SHA-256 of the SPKI, hex. */
export interface Token {
  readonly key: string;
  readonly subject: string;
  /** How the customer knows whose it is: the masked account, no secret. */
  readonly label: string;
  readonly publicKey: Octets;
  readonly privateKey: CryptoKey;
  readonly seed: Octets;
  readonly salt: Octets;
  readonly made: Date;
  /** The credential that is this token's biometrics, where they are on. */
  readonly biometrics?: string;
  /** Binding is done: with its PIN it signs its owner in. */
  readonly bound?: true;
}

/** What is posted besides the data. */
export interface Signed {
  readonly token: string;
  readonly challenge: string;
  readonly pin: string;
  readonly signature: string;
}

/** Digits and seconds of an offline code. */
export interface Shape { readonly digits: number; readonly period: number }

const STORE = "tokens";
const ROUNDS = 600_000;
const HMAC = { name: "HMAC", hash: "SHA-256" } as const;
const NO_PIN = "-";

const within = database("cinnabar-app", (fresh) => { fresh.createObjectStore(STORE, { keyPath: "key" }); });

/** The tokens in this browser, of one customer or of all, the newest first. */
export async function held(subject?: string): Promise<Token[]> {
  const all = (await within(STORE, "readonly", (store) => store.getAll())) as Token[];
  return all.filter((one) => subject === undefined || one.subject === subject).sort((a, b) => b.made.getTime() - a.made.getTime());
}

/** Keep a token, new or changed. */
export async function keep(token: Token): Promise<void> {
  await within(STORE, "readwrite", (store) => store.put(token));
}

/** Forget key, seed and salt for good. */
export async function forget(key: string): Promise<void> {
  await within(STORE, "readwrite", (store) => store.delete(key));
}

/** Make a token and keep it. */
export async function make(subject: string, label: string): Promise<Token> {
  const token = await fresh(subject, label);
  await keep(token);
  return token;
}

/** A key that scripts cannot read out, a seed and a salt, not yet kept. */
export async function fresh(subject: string, label: string): Promise<Token> {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  const publicKey = await publicKeyOf(pair.publicKey);
  const key = toHex(await sha256(publicKey)).toLowerCase();
  return { key, subject, label, publicKey, privateKey: pair.privateKey, seed: random(32), salt: random(16), made: new Date() };
}

async function hmac(key: Octets, message: Octets): Promise<Octets> {
  const imported = await crypto.subtle.importKey("raw", key, HMAC, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(HMAC, imported, message));
}

/** What `pin` gives for one purpose: the seed keeps it from being searched without this device. */
async function derived(token: Token, pin: string, info: string): Promise<Octets> {
  const typed = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const stretch = { name: "PBKDF2", hash: "SHA-256", salt: token.salt, iterations: ROUNDS };
  const stretched = new Uint8Array(await crypto.subtle.deriveBits(stretch, typed, 256));
  return hmac(token.seed, concat(utf8(info), stretched));
}

/** What offline codes are made with, and the proof of the PIN. */
export const otpKey = (token: Token, pin: string): Promise<Octets> => derived(token, pin, "cinnabar otp v1");

/** What the host keeps of a PIN, base64: sent once, when it is set or changed. */
export const secret = async (token: Token, pin: string): Promise<string> => toBase64(await otpKey(token, pin));

/** The PIN's part of the key that a certificate's key is wrapped under; it never leaves the device. */
export const vaultKey = (token: Token, pin: string): Promise<Octets> => derived(token, pin, "cinnabar vault v1");

const digest = async (data: Data): Promise<string> => toHex(await sha256(utf8(canonical(data)))).toLowerCase();

/** The octets that are signed: the same text as in tokens/soft/signed.py. `pin` is the proof or "-". */
export async function statement(token: Token, purpose: string, challenge: string, data: Data, pin = NO_PIN): Promise<Octets> {
  return utf8(`cinnabar soft token v1\npurpose: ${purpose}\ntoken: ${token.key}\nchallenge: ${challenge}\ndata: ${await digest(data)}\npin: ${pin}\n`);
}

/** `data` as the body of a request of this device, signed, with the proof of `pin` where one is given. */
export async function signed<D extends Data>(token: Token, purpose: string, challenge: string, data: D, pin?: string): Promise<D & Signed> {
  const proof = pin === undefined ? NO_PIN : await proofOf(token, pin, `cinnabar pin v1\n${purpose}\n${challenge}\n${await digest(data)}`);
  const said = await statement(token, purpose, challenge, data, proof);
  const signature = toBase64(new Uint8Array(await crypto.subtle.sign(ECDSA, token.privateKey, said)));
  return { ...data, token: token.key, challenge, pin: proof, signature };
}

async function proofOf(token: Token, pin: string, said: string): Promise<string> {
  return url(await hmac(await otpKey(token, pin), utf8(said)));
}

const url = (octets: Octets): string => toBase64(octets).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** The offline code of the step that `at` falls into (RFC 6238 with SHA-256). A wrong PIN gives one that looks as good. */
export async function code(token: Token, pin: string, at: Date, shape: Shape): Promise<string> {
  return hotp(await otpKey(token, pin), Math.floor(at.getTime() / 1000 / shape.period), shape.digits);
}

/** RFC 4226, section 5.3, with SHA-256. */
export async function hotp(key: Octets, counter: number, digits: number): Promise<string> {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(counter));
  const mac = await hmac(key, message);
  const at = (mac[mac.length - 1] as number) & 15;
  const number = new DataView(mac.buffer).getUint32(at) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}
