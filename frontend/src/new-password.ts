/** The field for a new password (parts/new_password.html): shown, repeated, its rules ticked as they are met. */

import { find } from "./dom.ts";
import * as showing from "./reveal-password.ts";
import { say } from "./words.ts";

/** What the firm asks, as far as a page can tell; what else it asks, the host judges. */
export interface Asked {
  readonly min: number;
  readonly max: number;
  readonly charset: string;
  readonly letters: number;
  readonly digits: number;
}

export type Rule = "length" | "charset" | "needs-letter" | "needs-digit";

const CHARSETS: Readonly<Record<string, RegExp>> = {
  digits: /^[0-9]*$/,
  "letters-and-digits": /^[0-9A-Za-z]*$/,
  any: /^(?:[^\p{C}\p{Zl}\p{Zp}]|[\u200c\u200d])*$/u,
};

/** The rules that `text` breaks. Characters are counted as the host counts them: code points, after NFC. */
export function broken(text: string, asked: Asked): Rule[] {
  const plain = text.normalize("NFC");
  const count = (kind: RegExp) => plain.match(kind)?.length ?? 0;
  const length = count(/[^]/gu);
  const found: readonly [Rule, boolean][] = [
    ["length", length < asked.min || length > asked.max],
    ["charset", CHARSETS[asked.charset]?.test(plain) === false],
    ["needs-letter", count(/\p{L}/gu) < asked.letters],
    ["needs-digit", count(/\p{Nd}/gu) < asked.digits],
  ];
  return found.filter(([, broke]) => broke).map(([rule]) => rule);
}

/** Bring every such field of `root` to life. */
export function attach(root: HTMLElement): void {
  for (const part of root.querySelectorAll<HTMLElement>("[data-new-password]")) serve(part);
}

function serve(part: HTMLElement): void {
  const first = find<HTMLInputElement>(part, "[data-first]");
  const again = find<HTMLInputElement>(part, "[data-again]");
  const { min, max, charset = "any", letters, digits } = part.dataset;
  const asked: Asked = { min: Number(min), max: Number(max), charset, letters: Number(letters), digits: Number(digits) };

  const look = () => {
    const faults: readonly string[] = broken(first.value, asked);
    const same = first.value === again.value;
    for (const line of part.querySelectorAll<HTMLElement>("[data-rule]")) {
      const rule = line.dataset["rule"] ?? "";
      const touched = (rule === "same" ? again : first).value !== "";
      mark(line, touched, rule === "same" ? same : !faults.includes(rule));
    }
    // The browser says so itself, beside the field, when the form is about to be sent.
    again.setCustomValidity(same || again.value === "" ? "" : say("new_password.differs"));
  };

  showing.attach(part, "new_password");
  for (const field of [first, again]) field.addEventListener("input", look);
  look();
}

const SAID: readonly [string, string] = ["new_password.kept", "new_password.not_kept"];

/** Tick the line of a rule, and say so to whoever does not see it: the first of `said` for a rule that is kept. */
export function mark(line: HTMLElement, touched: boolean, kept: boolean, said = SAID): void {
  line.className = touched ? (kept ? "ok" : "bad") : "";
  find(line, "[data-kept]").textContent = touched ? say(said[kept ? 0 : 1]) : "";
}
