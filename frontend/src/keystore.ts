/** What this browser keeps, in IndexedDB: its own secret, and a record per key. */

import { base } from "./api.ts";
import { database } from "./idb.ts";
import { random, type Octets } from "./octets.ts";
import type { Wrapped } from "./vault.ts";

/** A key made or imported here. Pending until its certificate has come. */
export interface KeyRecord {
  /** The host's share it is wrapped under; also its name in the store. */
  readonly share: string;
  readonly subject: string;
  readonly maskedId: string;
  readonly kind: "apply" | "renew" | "import";
  readonly flow: string;
  /** The code was accepted: only consent and finish are left. */
  readonly accepted: boolean;
  readonly publicKey: Octets;
  readonly wrapped: Wrapped;
  /** The same key under a new PIN, while the host is asked to take that one. */
  readonly next?: Wrapped;
  /** The device key whose PIN it waits for, in the app: its hash. None on the web. */
  readonly token?: string;
  readonly created: Date;
  readonly certificate: Octets | null;
  readonly chain: readonly Octets[];
}

const DATABASE = "cinnabar";
const CERTIFICATES = "certificates";
const DEVICE = "device";

const within = database(DATABASE, (fresh) => {
  fresh.createObjectStore(CERTIFICATES, { keyPath: "share" });
  fresh.createObjectStore(DEVICE);
});

export async function keep(record: KeyRecord): Promise<void> {
  await within(CERTIFICATES, "readwrite", (store) => store.put(record));
}

export async function forget(share: string): Promise<void> {
  await within(CERTIFICATES, "readwrite", (store) => store.delete(share));
}

/** Is the record one of these pages: the app's wait for a PIN, the web's do not, and a browser may hold both (P155). */
const ofThisFace = ({ token }: KeyRecord): boolean => Boolean(token) === (base() !== "");

/** The records of one customer, oldest first; another customer's on the same browser stay unseen. */
export async function records(subject: string): Promise<KeyRecord[]> {
  const all = (await within(CERTIFICATES, "readonly", (store) => store.getAll())) as KeyRecord[];
  return all.filter((record) => record.subject === subject && ofThisFace(record)).sort((a, b) => a.created.getTime() - b.created.getTime());
}

/** Everybody's records on this browser that have a certificate and wait for no PIN, newest first: before a sign-in nobody knows whose page it is. */
export async function everyHeld(): Promise<KeyRecord[]> {
  const all = (await within(CERTIFICATES, "readonly", (store) => store.getAll())) as KeyRecord[];
  return all.filter(({ certificate, token }) => certificate && !token).sort((a, b) => b.created.getTime() - a.created.getTime());
}

export async function recordOf(share: string): Promise<KeyRecord | undefined> {
  return (await within(CERTIFICATES, "readonly", (store) => store.get(share))) as KeyRecord | undefined;
}

/** This browser's secret, 32 octets, made at first use. `add` refuses to replace one that another tab made. */
export async function deviceSecret(): Promise<Octets> {
  const known = (await within(DEVICE, "readonly", (store) => store.get("secret"))) as Octets | undefined;
  if (known) return known;
  await within(DEVICE, "readwrite", (store) => store.add(random(32), "secret")).catch(() => undefined);
  const made = (await within(DEVICE, "readonly", (store) => store.get("secret"))) as Octets | undefined;
  if (!made) throw new Error("the browser's store does not keep what is put in");
  return made;
}
