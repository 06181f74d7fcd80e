/** The fields for a new PIN (app/parts/new_pin.html): typed twice, its rules ticked as they are met. */

import { find } from "../dom.ts";
import { mark } from "../new-password.ts";
import { say } from "../words.ts";
import { broken, type Fault } from "./pin-rules.ts";

/** Bring the fields under `root` to life. The answer gives the PIN, or null after saying at the field what is wrong. */
export function attach(root: HTMLElement): () => string | null {
  const part = find(root, "[data-new-pin]");
  const first = find<HTMLInputElement>(part, "[data-first]");
  const again = find<HTMLInputElement>(part, "[data-again]");
  const shape = { min: Number(part.dataset["min"]), max: Number(part.dataset["max"]) };
  const look = (): void => {
    const faults: readonly Fault[] = broken(digits(first), shape);
    const same = digits(first) === digits(again);
    const told: readonly [string, boolean, boolean][] = [
      ["length", first.value !== "", !faults.includes("length")],
      ["plain", first.value !== "", !faults.includes("plain")],
      ["same", again.value !== "", same],
    ];
    for (const [rule, touched, kept] of told) mark(find(part, `[data-rule="${rule}"]`), touched, kept, ["pin.kept", "pin.not_kept"]);
    first.setCustomValidity(faults[0] ? say(`pin.${faults[0]}`) : "");
    again.setCustomValidity(same ? "" : say("pin.differs"));
  };
  for (const field of [first, again]) field.addEventListener("input", look);
  look();
  return () => (first.reportValidity() && again.reportValidity() ? digits(first) : null);
}

/** What was typed, as a keyboard for Latin letters would have typed it. */
export const digits = (field: HTMLInputElement): string => field.value.normalize("NFKC").trim();

/** The PIN in `field`, or null after asking for one there. */
export function given(field: HTMLInputElement): string | null {
  field.setCustomValidity(digits(field) === "" ? say("pin.missing") : "");
  return field.reportValidity() ? digits(field) : null;
}
