/** On every page of somebody signed in: the warning before the session ends, and what came back from a step-up. */

import { watch } from "../idle.ts";
import { restore } from "../kept.ts";

export function attach(root: HTMLElement): void {
  const { idle = "0", warn = "0", left = "0" } = root.dataset;
  if (Number(idle) > 0) watch({ idle: Number(idle), warn: Number(warn), left: Number(left) });
  restore(root);
}
