/** What the worker does when it is woken by a push: it says that something waits, and never what (MSG-07). */

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
    // Whoever is looking at it need not be told.
    if (open.some((page) => shows(page) && page.visibilityState === "visible")) return;
    await scope.registration.showNotification(title, { ...said, tag: "wake", badge: said.icon });
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
