/** What the host says of the customer's certificates, and what follows for a local one (P161). */

import { get, PLACES } from "./api.ts";
import { plainSerial, readCertificate, type Certificate } from "./certificate.ts";
import type { KeyRecord } from "./keystore.ts";
import type { Octets } from "./octets.ts";
import { renewalWindow } from "./when.ts";

export interface Issued {
  /** DER in base64. */
  readonly certificate: string;
  readonly chain: readonly string[];
}

export interface Host {
  /** The full serial of the live certificate, hex, and the certificate itself with its chain. */
  readonly live: string | null;
  readonly certificate: string | null;
  readonly chain: readonly string[];
  readonly subject: string;
  readonly masked_id: string;
  /** The host's clock; the browser's own may be wrong. */
  readonly now: string;
  /** Days before and after the end in which a certificate may be renewed. */
  readonly window_days: readonly [number, number];
  readonly time_zone: string;
  readonly serials: Readonly<Record<string, { readonly state: string; readonly not_after: string }>>;
}

/** What it says in the app besides: the tokens of this device whose PIN opens something, and whether each is a factor. */
export interface AppHost extends Host {
  readonly vault: Readonly<Record<string, boolean>>;
}

export const fetchHost = (): Promise<Host> => get<Host>(PLACES.host);

/** The facts the server wrote into the page. */
export function hostInPage(): Host {
  return JSON.parse(document.getElementById("host")?.textContent ?? "{}") as Host;
}

/** A record that has its certificate. */
export interface Held {
  readonly record: KeyRecord;
  readonly certificate: Certificate;
}

/** A record whose certificate cannot be read counts as one that has none: repairing finds it. */
export function held(records: readonly KeyRecord[]): Held[] {
  return records.flatMap((record) => {
    const certificate = record.certificate && readable(record.certificate);
    return certificate ? [{ record, certificate }] : [];
  });
}

/** The certificate in `der`, or null if it is none. */
export function readable(der: Octets): Certificate | null {
  try {
    return readCertificate(der);
  } catch {
    return null;
  }
}

/** Is `certificate` the one that the host has as live? */
export function isLive(certificate: Certificate, host: Host): boolean {
  return host.live !== null && plainSerial(host.live) === certificate.serialFull;
}

/** 有效: the host's live one, and in date. Everything else is 無效. */
export function isValid(certificate: Certificate, host: Host): boolean {
  const now = new Date(host.now);
  return isLive(certificate, host) && certificate.notBefore <= now && now <= certificate.notAfter;
}

/** May `certificate` still be renewed? Then its key must stay: only it can sign the renewal. */
export function isNeeded(certificate: Certificate, host: Host): boolean {
  return isLive(certificate, host) && new Date(host.now) <= renewalWindow(certificate.notAfter, host.window_days)[1];
}

/** Is there nothing live that stands in the way of applying? The host decides; this only guides. */
export function mayApply(host: Host): boolean {
  const end = host.live === null ? undefined : host.serials[host.live]?.not_after;
  return end === undefined || new Date(host.now) > renewalWindow(new Date(end), host.window_days)[1];
}
