/** A certificate and its key that come from a file: judged by the host, then kept like those made here. */

import { post, share as sharePath, step, PLACES } from "./api.ts";
import { readCertificate } from "./certificate.ts";
import { remove, unlock } from "./ceremony.ts";
import type { Host, Issued } from "./host.ts";
import { deviceSecret, forget, keep, recordOf, records, type KeyRecord } from "./keystore.ts";
import { fromBase64, same, toBase64, utf8, type Octets } from "./octets.ts";
import type { Entry } from "./p12/index.ts";
import { Refusal } from "./refusal.ts";
import { ECDSA, sign } from "./signature.ts";
import { wrap } from "./vault.ts";

interface Begun {
  readonly flow: string;
  readonly challenge: string;
}

/** Bring `entry` to this browser. Until the host has said yes nothing of it is kept. @throws Refusal */
export async function bring(entry: Entry, host: Host): Promise<KeyRecord> {
  const key = await keyOf(entry);
  const { serialFull, publicKey } = readCertificate(entry.certificate);
  const kept = (await records(host.subject)).filter(({ certificate }) => certificate !== null);
  const here = kept.some(({ certificate }) => certificate && readCertificate(certificate).serialFull === serialFull);
  const begun = await post<Begun>(PLACES.importing, { certificate: toBase64(entry.certificate), anew: !here });
  const given = await post<{ share: string; secret: string }>(PLACES.shares);
  try {
    await prove(begun, given.share, key);
    const halves = { share: given.share, host: fromBase64(given.secret), device: await deviceSecret() };
    const record: KeyRecord = {
      share: given.share, subject: host.subject, maskedId: host.masked_id, kind: "import", flow: begun.flow, accepted: true,
      publicKey, wrapped: await wrap(key, halves), created: new Date(), certificate: null, chain: [],
    };
    await keep(record).catch(() => { throw Refusal.local("storage"); });
    return await conclude(record, begun.flow);
  } catch (thrown) {
    if (Refusal.of(thrown).kind !== "unreachable") await giveBack(given.share);
    throw thrown;
  }
}

/** Leave nothing of what was begun: no share at the host, no key here. */
async function giveBack(share: string): Promise<void> {
  await post(sharePath(share, "erase")).catch(() => undefined);
  await forget(share).catch(() => undefined);
}

/** Finish an import that was cut off, under the share it began with. @throws Refusal */
export async function resume(record: KeyRecord, host: Host): Promise<KeyRecord> {
  const { certificate } = host;
  if (!certificate || !same(readCertificate(fromBase64(certificate)).publicKey, record.publicKey)) throw Refusal.said("import", "ended");
  const key = await unlock(record);
  const begun = await post<Begun>(PLACES.importing, { certificate, share: record.share });
  await prove(begun, record.share, key);
  return conclude(record, begun.flow);
}

/** What is left of imports that were cut off. */
export const unfinished = async (host: Host): Promise<KeyRecord[]> =>
  (await records(host.subject)).filter(({ kind, certificate }) => kind === "import" && certificate === null);

/** Clear away an import that cannot be finished; one that the host could not be asked about stays. */
export async function clear(record: KeyRecord, why: Refusal): Promise<void> {
  if (why.kind !== "unreachable" && why.kind !== "signed-out") await remove(record);
}

async function prove(begun: Begun, share: string, key: CryptoKey): Promise<void> {
  const message = utf8(["cinnabar import", begun.flow, share, begun.challenge].join("\n"));
  await post(step(begun.flow, "possession"), { share, signature: toBase64(await sign(key, message)) });
}

/** The last step may be repeated: the host answers the same again. */
async function conclude(record: KeyRecord, flow: string): Promise<KeyRecord> {
  const finish = () => post<Issued>(step(flow, "finish"), { confirm: true });
  const issued = await finish().catch((thrown: unknown) => {
    if (Refusal.of(thrown).kind === "unreachable") return finish();
    throw thrown;
  });
  const whole: KeyRecord = { ...record, certificate: fromBase64(issued.certificate), chain: issued.chain.map(fromBase64) };
  await keep(whole).catch(() => { throw Refusal.local("storage"); });
  if (!(await recordOf(record.share))?.certificate) throw Refusal.local("storage");
  return whole;
}

/** The key of a file as this browser's own kind of key; only P-256 keys are certified here. */
async function keyOf(entry: Entry): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", entry.key as Octets, ECDSA, true, ["sign"]).catch(() => { throw Refusal.said("import", "unsupported"); });
}
