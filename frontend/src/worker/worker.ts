/**
 * The service worker of the app. It keeps one page without anybody's data, and the files that page
 * needs, under a name that changes with any of them; every other request goes to the network and
 * leaves nothing here (WEB-04).
 */
import { listen, type Wake } from "./push.ts";

/** What the server writes before this script: addresses to keep, and the name to keep them under. */
interface Shell {
  readonly name: string;
  readonly page: string;
  readonly files: readonly string[];
  readonly home: string;
  readonly wake: Wake;
}

declare const self: ServiceWorkerGlobalScope & { readonly SHELL: Shell };

const { name, page, files, home } = self.SHELL;
const KEPT = "app-";
const OURS = KEPT + name;

/** Without cookies, so that nothing of whoever is signed in can be in it. */
async function keep(): Promise<void> {
  const asked = [page, ...files].map((address) => new Request(address, { credentials: "omit", cache: "reload" }));
  await (await caches.open(OURS)).addAll(asked);
}

async function forget(): Promise<void> {
  const old = (await caches.keys()).filter((one) => one.startsWith(KEPT) && one !== OURS);
  await Promise.all(old.map((one) => caches.delete(one)));
}

const kept = async (address: string): Promise<Response | undefined> => (await caches.open(OURS)).match(address);

async function withoutNetwork(asked: Request): Promise<Response> {
  try {
    return await fetch(asked);
  } catch {
    return (await kept(page)) ?? Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forget().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.mode === "navigate" && pathname.startsWith(home)) event.respondWith(withoutNetwork(event.request));
  else if (origin === self.location.origin && files.includes(pathname + search)) {
    event.respondWith(kept(pathname + search).then((found) => found ?? fetch(event.request)));
  }
});
listen(self, self.SHELL.wake);
