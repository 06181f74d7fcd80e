/** Being woken (docs/flows/push.md): the browser subscribes with the host's key, the device tells the host where. */

import { at, get } from "../api.ts";
import { database } from "../idb.ts";
import { toBase64, toBase64Url } from "../octets.ts";
import { bound } from "./bound.ts";
import { proved } from "./proved.ts";
import { ready } from "./worker.ts";

/** How it went: woken; nothing is sent here; no token yet; no answer. */
export type Woken = "granted" | "off" | "later" | "failed";

const HOUR = 3_600_000, DAY = 24 * HOUR; // milliseconds; between two times the host is told
const PATIENCE = 15_000; // milliseconds; some browsers never answer
const STORE = "told"; // when the host was told, by the names of the tokens

const within = database("cinnabar-woken", (fresh) => { fresh.createObjectStore(STORE); });

/** The browser's subscription under `key`; one under an older key is given up. */
async function subscription(key: string): Promise<PushSubscription> {
  const pushes = (await ready())?.pushManager;
  if (!pushes) throw new Error("no push");
  const old = await pushes.getSubscription();
  const under = old?.options.applicationServerKey;
  if (old && under && toBase64Url(new Uint8Array(under)) === key) return old;
  await old?.unsubscribe();
  const late = new Promise<never>((_, reject) => { window.setTimeout(reject, PATIENCE); });
  return Promise.race([late, pushes.subscribe({ userVisibleOnly: true, applicationServerKey: key })]);
}

const part = (from: PushSubscription, name: PushEncryptionKeyName): string => toBase64(new Uint8Array(from.getKey(name) ?? []));

const tell = (names: string, when: number) => within(STORE, "readwrite", (store) => store.put(when, names));

/** Tell the host where this browser is woken, for every token in it: once a day, or `now`. @throws Refusal */
export async function wakeMe(now = false): Promise<Woken> {
  if (!("Notification" in window) || Notification.permission !== "granted") return "failed";
  const tokens = await bound();
  if (tokens.length === 0) return "later";
  const names = tokens.map((one) => one.key).join();
  const told = await within<unknown>(STORE, "readonly", (store) => store.get(names));
  if (!now && typeof told === "number" && Date.now() - told < DAY) return "granted";
  // What fails is tried again in an hour: some browsers have a push service that they cannot reach.
  await tell(names, Date.now() - DAY + HOUR);
  const { key } = await get<{ key: string }>(at("/push/key.json"));
  if (!key) return "off";
  const made = await subscription(key).catch(() => null);
  if (!made) return "failed";
  const place = { endpoint: made.endpoint, p256dh: part(made, "p256dh"), auth: part(made, "auth"), key };
  for (const token of tokens) await proved(at("/push/subscribe"), token, "push-subscribe", place);
  await tell(names, Date.now());
  return "granted";
}

/** Take the notice away: its reader is where it leads. */
export async function seen(): Promise<void> {
  for (const notice of (await (await ready())?.getNotifications()) ?? []) notice.close();
}

/** Be woken no more: nobody's token is here. */
export async function sleep(): Promise<void> {
  if ((await bound()).length > 0) return;
  await within(STORE, "readwrite", (store) => store.clear());
  await (await (await ready())?.pushManager?.getSubscription())?.unsubscribe();
}
