/** 憑證修復, the doing: find out how things stand, and put one thing right at a time. */

import { post, PLACES, step } from "./api.ts";
import { adopt, remove, unlock } from "./ceremony.ts";
import { diagnose, type Finding, type ShareFact } from "./diagnose.ts";
import { fetchHost, held, isNeeded, type Host } from "./host.ts";
import { forget, records, type KeyRecord } from "./keystore.ts";
import { PROBE } from "./probe.ts";
import { Refusal } from "./refusal.ts";

interface Seen {
  readonly host: Host;
  readonly shares: Readonly<Record<string, ShareFact>>;
}

const MOST = 100; // shares that the host looks up at once
const A_WHILE = 60_000; // milliseconds; a check of the browser takes a second

/** Everything that is found. Nothing is changed. @throws Refusal */
export async function lookAround(): Promise<Finding[]> {
  const { subject } = await fetchHost();
  const stored = (whose: string) => records(whose).catch(() => { throw Refusal.local("storage"); });
  const here = await stored(subject);
  const debris = (await stored(PROBE)).filter(({ created }) => Date.now() - created.getTime() > A_WHILE);
  const { host, shares } = await post<Seen>(PLACES.look, { shares: here.slice(0, MOST).map(({ share }) => share) });
  return diagnose({ host, records: here, debris, shares, shut: await shutOnes(here, host) });
}

/** The keys that should open and do not. */
async function shutOnes(here: readonly KeyRecord[], host: Host): Promise<Set<string>> {
  const shut = new Set<string>();
  for (const { record, certificate } of held(here)) {
    if (isNeeded(certificate, host) && !(await opens(record))) shut.add(record.share);
  }
  return shut;
}

async function opens(record: KeyRecord): Promise<boolean> {
  try {
    await unlock(record);
    return true;
  } catch (thrown) {
    if (["share-gone", "key"].includes(Refusal.of(thrown).kind)) return false;
    throw thrown;
  }
}

/** Do what `finding` says can be done. @throws Refusal */
export async function mend({ act, record }: Finding): Promise<void> {
  if (!record) return;
  if (act === "fetch") await fetchCertificate(record);
  else if (record.subject === PROBE) await forget(record.share);
  else await clear(record);
}

/** The host is asked once more, so that it is what holds now. */
async function fetchCertificate(record: KeyRecord): Promise<void> {
  const { shares } = await post<Seen>(PLACES.look, { shares: [record.share] });
  const { certificate, chain } = shares[record.share] ?? { certificate: null, chain: [] };
  if (!certificate) throw Refusal.local("trouble");
  await adopt(record, { certificate, chain });
}

/**
 * At the host first, then here. Where the certificate is live the host keeps its share: a key that
 * does not open may still be cleared away here, but never one whose certificate may yet be fetched.
 */
async function clear(record: KeyRecord): Promise<void> {
  if (!record.certificate && record.flow) await post(step(record.flow, "abandon")).catch(() => undefined);
  try {
    await remove(record);
  } catch (thrown) {
    if (!record.certificate || Refusal.of(thrown).kind !== "already-live") throw thrown;
    await forget(record.share);
  }
}
