/** Key and certificate as a PKCS#12 file, made here and opened again before anybody relies on it. */

import { readCertificate, shortSerial } from "./certificate.ts";
import { deviceSecret, type KeyRecord } from "./keystore.ts";
import { fromBase64, same, type Octets } from "./octets.ts";
import { readP12, writeP12, type Form } from "./p12/index.ts";
import { Refusal } from "./refusal.ts";
import { unwrap } from "./vault.ts";
import { written } from "./when.ts";

export interface Wish {
  readonly form: Form;
  readonly passphrase: string;
  /** What programs show for the certificate. */
  readonly name: string;
}

/** The file, proved to open and to hold exactly key and certificate of `record`. @throws Refusal */
export async function backup(record: KeyRecord, secret: string, wish: Wish, progress: (done: number) => void): Promise<Octets> {
  const certificate = record.certificate as Octets;
  const halves = { share: record.share, host: fromBase64(secret), device: await deviceSecret() };
  const opened = await unwrap(record.wrapped, halves, true).catch(() => { throw Refusal.local("key"); });
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", opened));
  const file = await writeP12({ ...wish, key, certificate, chain: record.chain });
  const again = await readP12(file, wish.passphrase, { allowNoMac: false, progress }).catch(() => null);
  const [entry] = again?.entries ?? [];
  if (!entry || !same(entry.certificate, certificate) || !(await isSame(entry.key, key))) throw Refusal.said("export", "unmade");
  return file;
}

/** The same private key; PKCS#8 leaves some freedom in how it is written. */
async function isSame(one: Octets, other: Octets): Promise<boolean> {
  const numberOf = async (key: Octets) => {
    const read = await crypto.subtle.importKey("pkcs8", key, { name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
    return (await crypto.subtle.exportKey("jwk", read)).d;
  };
  return (await numberOf(one)) === (await numberOf(other));
}

/** Masked id, serial and day: to be told apart in a folder, without the id itself. */
export function fileName(record: KeyRecord, now: Date, zone: string): string {
  const serial = shortSerial(readCertificate(record.certificate as Octets).serialFull);
  return `${record.maskedId.replace(/\*/g, "x")}-${serial}-${written(now, "%Y%m%d", zone)}.pfx`;
}
