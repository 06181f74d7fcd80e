/** A list of findings: a mark, a sentence, and under it what to do. */

import { make } from "./dom.ts";
import type { Tone } from "./probe.ts";

/** One `li` of a `.checks` list. */
export function line(tone: Tone, sentence: string, next = ""): HTMLLIElement {
  const said = make("div", {}, make("p", {}, sentence));
  if (next !== "") said.append(make("p", { class: "soft" }, next));
  return make("li", { class: tone }, said);
}

/** The sentence over it all, in `region` (role=status): what it comes to and the one next step. */
export function overall(region: HTMLElement, tone: Tone, title: string, next: string, link: Node | null): void {
  region.className = tone === "ok" ? "good" : tone === "bad" ? "alert" : "note";
  region.replaceChildren(make("strong", {}, title), make("p", {}, next));
  if (link) region.append(make("div", { class: "row" }, link));
}
