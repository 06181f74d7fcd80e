/** Long work without a worker: a breath now and then, in which the page lives. */

export const BREATH = 24; // milliseconds of work between two breaths

/** A task of its own: timers would be slowed to one a second on a page in the background. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
