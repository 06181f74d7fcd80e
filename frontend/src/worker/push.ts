/** What the worker does when it is woken by a push: it says that something waits, and never what (MSG-07). */

/** Of several notices the newest is shown. */
const WAKE = "wake";

/** The notice, in the language of the page that brought the worker, and where a tap leads. */
export interface Wake {
  readonly title: string;
  readonly body: string;
  readonly icon: string;
  readonly lang: string;
  readonly place: string;
}

export function listen(scope: ServiceWorkerGlobalScope, { title, place, ...said }: Wake): void {
  const pages = () => scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shows = (page: WindowClient) => new URL(page.url).pathname === place;

  const wake = async () => {
    const open = await pages();
    for (const page of open) page.postMessage("wake");
    // Whoever looks at it is told without a sound. Not at all will not do: some browsers count that as abuse.
    const silent = open.some((page) => shows(page) && page.visibilityState === "visible");
    const how = { ...said, silent, tag: WAKE, renotify: !silent, badge: said.icon };
    await scope.registration.showNotification(title, how);
  };
  const lead = async () => {
    const there = (await pages()).find(shows);
    await (there ? there.focus() : scope.clients.openWindow(place));
  };
  // What was sent is not even read.
  scope.addEventListener("push", (event) => event.waitUntil(wake()));
  scope.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(lead());
  });
}
