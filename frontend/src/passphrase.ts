/** Is a passphrase good enough to be all that protects a file (PWD-01, PWD-05)? Judged here, never sent. */

const MOST = 128;
const KINDS = 6; // different letters, below which a text is mostly one thing again and again

export type Rule = "length" | "own" | "plain";

/** What the page may know of the customer: both masked, stars where something is hidden. */
export interface Known {
  readonly id: string;
  readonly phone: string;
  /** How many letters there must be. */
  readonly least: number;
}

/** The rules that `text` breaks. `own`: the customer's number, telephone or a date is in it. */
export function broken(text: string, known: Known): Rule[] {
  const letters = [...text.normalize("NFC")];
  const plain = text.normalize("NFKC").toUpperCase();
  const found: Rule[] = [];
  if (letters.length < known.least || letters.length > MOST) found.push("length");
  if ([known.id, known.phone].some((masked) => holds(plain, masked)) || holdsDate(plain)) found.push("own");
  if (new Set(letters).size < KINDS || runs(letters) * 2 > letters.length) found.push("plain");
  return found;
}

/** Does `text` hold what is masked as `masked`? Four stars hide any number of digits of ours. */
function holds(text: string, masked: string): boolean {
  const [first = "", last = ""] = masked.toUpperCase().split(/\*+/);
  if (first.length + last.length < 4) return false; // so little is shown that anything would fit
  const literal = (part: string) => part.replace(/[^\w]/g, "\\$&");
  return new RegExp(`${literal(first)}\\d{4}${literal(last)}`).test(text.replace(/[\s-]/g, ""));
}

/** A day of a life in it, as people write them: 19800131, 1980-1-31, 0690131. */
function holdsDate(text: string): boolean {
  return /(19|20)\d\d\D?(0?[1-9]|1[0-2])\D?(0[1-9]|[12]\d|3[01]|[1-9](?!\d))/.test(text)
    || /(?<!\d)0?\d{2,3}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)/.test(text);
}

/** How many letters only repeat the one before, or go one on from it. */
function runs(letters: readonly string[]): number {
  const steps = letters.slice(1).map((letter, i) => (letter.codePointAt(0) ?? 0) - (letters[i]?.codePointAt(0) ?? 0));
  return steps.filter((step) => Math.abs(step) <= 1).length;
}

export type Strength = "weak" | "fair" | "good" | "strong";

/** A word for the number of guesses, roughly: its length times the kinds of letters in it. */
export function strength(text: string, known: Known): Strength {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[ -~](?<![A-Za-z\d])/, /[^ -~]/].filter((kind) => kind.test(text)).length;
  const score = [...text].length + 3 * kinds;
  if (broken(text, known).length > 0) return "weak";
  return score < 22 ? "fair" : score < 28 ? "good" : "strong";
}
