/** Showing what was found out about this browser. */

import { find, make } from "./dom.ts";
import { probe } from "./probe.ts";
import { say } from "./words.ts";

export { askToLast } from "./probe.ts";

/** Check the browser, list the findings, and answer whether it will do. */
export async function fit(root: HTMLElement): Promise<boolean> {
  const findings = await probe();
  const good = findings.every(({ tone }) => tone !== "bad");
  const lines = findings.map(({ part, tone }) => make("li", { class: tone }, say(`common.${part}_${tone}`)));
  for (const list of root.querySelectorAll("[data-findings]")) list.replaceChildren(...lines.map((line) => line.cloneNode(true)));
  find(root, "[data-checking]").hidden = true;
  find(root, "[data-unfit]").hidden = good;
  return good;
}
