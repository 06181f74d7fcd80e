/** Choosing a passphrase: two fields, the rules beside them, and a word for its strength. */

import { find } from "./dom.ts";
import { broken, strength, type Known } from "./passphrase.ts";
import { say } from "./words.ts";

/** Bring the fields to life; `changed` is told whether all rules are kept. The answer gives the passphrase. */
export function attach(root: HTMLElement, known: Known, changed: (good: boolean) => void): () => string {
  const first = find<HTMLInputElement>(root, "[data-first]");
  const second = find<HTMLInputElement>(root, "[data-second]");
  const word = find(root, "[data-strength]");

  const mark = (rule: string, kept: boolean, touched: boolean) => {
    const line = find(root, `[data-rule="${rule}"]`);
    line.className = kept && touched ? "ok" : touched ? "bad" : "";
    find(line, "[data-kept]").textContent = touched ? say(kept ? "export.kept" : "export.not_kept") : "";
  };

  const look = () => {
    const faults: readonly string[] = broken(first.value, known);
    const typed = first.value !== "";
    for (const rule of ["length", "own", "plain"]) mark(rule, !faults.includes(rule), typed);
    mark("same", first.value === second.value, second.value !== "");
    word.textContent = typed ? say(`export.strength_${strength(first.value, known)}`) : "";
    changed(faults.length === 0 && first.value === second.value);
  };

  for (const field of [first, second]) field.addEventListener("input", look);
  look();
  return () => first.value;
}
