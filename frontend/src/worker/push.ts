/** What the worker does when it is woken by a push. */

export function listen(scope: ServiceWorkerGlobalScope): void {
  void scope;
}
