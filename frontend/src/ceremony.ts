/** From a new key to a certificate in the browser, for applying and for renewing. */

import { base, get, post, share as sharePath, step, PLACES } from "./api.ts";
import { pinLock } from "./app/pin-vault.ts";
import { readCertificate } from "./certificate.ts";
import { fetchHost, type Host, type Issued } from "./host.ts";
import { deviceSecret, forget, keep, recordOf, records, type KeyRecord } from "./keystore.ts";
import { fromBase64, same, toBase64 } from "./octets.ts";
import { Refusal } from "./refusal.ts";
import { certificationRequest, publicKeyOf } from "./request.ts";
import { sign } from "./signature.ts";
import { newPair, unwrap, wrap, type Halves } from "./vault.ts";

/** How the secrets of a key are had: on the web by the session alone, in the app with a PIN, asked once for an act. */
export interface Lock {
  /** A new share. @throws Refusal */
  make(): Promise<Halves>;
  /** The share of a record. @throws Refusal */
  open(record: KeyRecord): Promise<Halves>;
  /** What a record must name besides. */
  readonly marks: Pick<KeyRecord, "token">;
}

export interface Given {
  readonly share: string;
  readonly secret: string;
}

const webLock: Lock = {
  marks: {},
  make: async () => halves(await post<Given>(PLACES.shares)),
  open: async ({ share }) => halves({ ...(await post<Given>(sharePath(share, "release"))), share }),
};

export const halves = async ({ share, secret }: Given): Promise<Halves> => ({ share, host: fromBase64(secret), device: await deviceSecret() });

/** What opens and makes keys on this page. The app asks a PIN here, once for all that is done under the lock: that of `token`, else of the newest. @throws Refusal, Declined */
export const lock = async (subject: string, token?: string): Promise<Lock> => (base() === "" ? webLock : pinLock(subject, token));

/** Make a key, keep it wrapped, and send its request; a renewal's is signed by the old key too. */
export async function begin(
  host: Host, flow: string, kind: KeyRecord["kind"], under: Lock, oldKey: CryptoKey | null = null,
): Promise<KeyRecord> {
  const given = await under.make();
  const pair = await newPair();
  const record: KeyRecord = {
    ...under.marks, share: given.share, subject: host.subject, maskedId: host.masked_id, kind, flow, accepted: false,
    publicKey: await publicKeyOf(pair.publicKey), wrapped: await wrap(pair.privateKey, given),
    created: new Date(), certificate: null, chain: [],
  };
  await keep(record).catch(() => { throw Refusal.local("storage"); });
  const csr = await certificationRequest(pair, host.subject);
  const proof = oldKey ? { signature: toBase64(await sign(oldKey, csr)) } : {};
  try {
    await post(step(flow, "request"), { csr: toBase64(csr), share: given.share, ...proof });
  } catch (thrown) {
    await giveUp(record);
    throw thrown;
  }
  return record;
}

/**
 * Finish the flow and keep the certificate. When the answer is lost, the host is asked whether it
 * issued after all: nothing is issued twice, and nothing issued is given up.
 */
export async function conclude(record: KeyRecord, consent: { consent_version?: string }): Promise<KeyRecord> {
  try {
    return await adopt(record, await post<Issued>(step(record.flow, "finish"), { ...consent, confirm: true }));
  } catch (thrown) {
    const found = await fetchHost().then((host) => adoptIfOurs(record, host)).catch(() => null);
    if (found) return found;
    throw thrown;
  }
}

/** Put the certificate to its key, and read both back from the store. @throws Refusal */
export async function adopt(record: KeyRecord, issued: Issued): Promise<KeyRecord> {
  const certificate = fromBase64(issued.certificate);
  if (!same(readCertificate(certificate).publicKey, record.publicKey)) throw Refusal.local("foreign");
  const whole: KeyRecord = { ...record, certificate, chain: issued.chain.map(fromBase64) };
  await keep(whole).catch(() => { throw Refusal.local("storage"); });
  if (!(await recordOf(record.share))?.certificate) throw Refusal.local("storage");
  return whole;
}

async function adoptIfOurs(record: KeyRecord, host: Host): Promise<KeyRecord | null> {
  const { certificate, chain } = host;
  if (!certificate) return null;
  const ours = same(readCertificate(fromBase64(certificate)).publicKey, record.publicKey);
  return ours ? adopt(record, { certificate, chain }) : null;
}

/** What this browser holds of the customer. */
export interface Gathered {
  readonly records: readonly KeyRecord[];
  /** A pending record that was completed just now: the host had issued its certificate. */
  readonly recovered: KeyRecord | null;
}

export async function gather(host: Host): Promise<Gathered> {
  let recovered: KeyRecord | null = null;
  const found: KeyRecord[] = [];
  for (const record of await records(host.subject)) {
    // An import is finished on its own page: the host must first know of this copy.
    const pending = record.certificate === null && record.kind !== "import";
    const completed = pending ? await adoptIfOurs(record, host) : null;
    recovered = completed ?? recovered;
    found.push(completed ?? record);
  }
  return { records: found, recovered };
}

/** The key of `record`, for signing: the host gives its share to this browser. @throws Refusal, Declined */
export async function unlock(record: KeyRecord, under?: Lock): Promise<CryptoKey> {
  const given = await (under ?? (await lock(record.subject, record.token))).open(record);
  const tries = [record.wrapped, ...(record.next ? [record.next] : [])].map((form) => unwrap(form, given));
  return Promise.any(tries).catch(() => { throw Refusal.local("key"); });
}

/** Remove a key for good, at the host first: without its share no copy of it opens again. */
export async function remove(record: KeyRecord): Promise<void> {
  try {
    await post(sharePath(record.share, "erase"));
  } catch (thrown) {
    if (Refusal.of(thrown).kind !== "share-gone") throw thrown;
  }
  await forget(record.share);
}

/** Does the flow of `record` go on? A flow ends with its session. When the host cannot be asked, its next step will tell. */
export async function goesOn(record: KeyRecord): Promise<boolean> {
  return get(`${PLACES.host}?flow=${encodeURIComponent(record.flow)}`).then(() => true, (thrown: unknown) => !Refusal.of(thrown).kind.startsWith("flow-"));
}

/**
 * Give up a pending record: its flow, its share, its key. The key stays if the host does not say
 * that it may go: perhaps its certificate was issued and only the answer was lost.
 */
export async function giveUp(record: KeyRecord): Promise<void> {
  await post(step(record.flow, "abandon")).catch(() => undefined);
  await remove(record).catch(() => undefined);
}
