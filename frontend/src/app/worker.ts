/** The service worker, from the page's side: `/app/worker.js` keeps the offline page and wakes for a push. */

interface Types { createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): string } }

let coming: Promise<ServiceWorkerRegistration | null> | null = null;

/** The one address that may become a worker: the page's own, which the server wrote, and no other. */
function address(): string {
  const path = document.querySelector<HTMLMetaElement>('meta[name="worker"]')?.content ?? "";
  const types = (window as { trustedTypes?: Types }).trustedTypes;
  const only = (asked: string) => {
    if (!asked.startsWith("/app/worker.js?")) throw new TypeError("no worker of ours");
    return asked;
  };
  return types ? types.createPolicy("app-sw", { createScriptURL: only }).createScriptURL(path) : only(path);
}

/** The worker's registration, begun once a page; null where the browser has no workers or will not. */
export function ready(): Promise<ServiceWorkerRegistration | null> {
  coming ??= (async () => {
    if (!("serviceWorker" in navigator)) return null;
    try {
      return await navigator.serviceWorker.register(address(), { scope: "/app/", updateViaCache: "none" });
    } catch {
      return null; // a private window, a full disk: the app works without
    }
  })();
  return coming;
}
