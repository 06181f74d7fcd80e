/** On every page of somebody signed in: the warning before the session ends. */

import { watch } from "../idle.ts";

export function attach(root: HTMLElement): void {
  const limit = Number(root.dataset["idle"]);
  if (limit > 0) watch(limit);
}
