/** The code's field: one input, drawn as boxes. */

import { find, make } from "./dom.ts";

export type Alphabet = "digits" | "base32";

/** What was typed or pasted, as the code's alphabet has it: full-width folded, blanks dropped, zeros kept. */
export function tidy(typed: string, alphabet: Alphabet, length: number): string {
  const plain = typed.normalize("NFKC").toUpperCase();
  const kept =
    alphabet === "digits"
      ? plain.replace(/[^0-9]/g, "")
      : plain.replace(/O/g, "0").replace(/[IL]/g, "1").replace(/[^0-9A-HJKMNP-TV-Z]/g, "");
  return kept.slice(0, length);
}

export class Boxes {
  private readonly input: HTMLInputElement;
  private readonly frame: HTMLElement;
  private alphabet: Alphabet = "digits";
  length: number;

  constructor(root: ParentNode) {
    this.frame = find(root, "[data-boxes]");
    this.input = find<HTMLInputElement>(this.frame, "input");
    this.length = Number(this.frame.dataset["boxes"]);
    this.input.addEventListener("input", () => this.typed());
    for (const moved of ["focus", "click", "keyup"]) this.input.addEventListener(moved, () => this.toEnd());
    this.draw();
  }

  get value(): string {
    return this.input.value;
  }

  get complete(): boolean {
    return this.input.value.length === this.length;
  }

  /** The host said how long the code is (a firm under attack asks for longer ones). */
  expect(length: number, alphabet: Alphabet): void {
    this.length = length;
    this.alphabet = alphabet;
    this.input.inputMode = alphabet === "digits" ? "numeric" : "text";
    this.clear();
  }

  clear(): void {
    this.input.value = "";
    this.mark(false);
    this.draw();
  }

  mark(wrong: boolean): void {
    this.input.setAttribute("aria-invalid", String(wrong));
  }

  focus(): void {
    this.input.focus();
  }

  private typed(): void {
    this.input.value = tidy(this.input.value, this.alphabet, this.length);
    this.mark(false);
    this.draw();
  }

  private toEnd(): void {
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  private draw(): void {
    const letters = Array.from({ length: this.length }, (_, i) => this.input.value[i] ?? "");
    const present = Math.min(this.input.value.length, this.length - 1);
    const boxes = letters.map((letter, i) => make("span", i === present ? { class: "now" } : {}, letter));
    this.frame.classList.toggle("many", this.length > 5);
    find(this.frame, "[data-drawn]").replaceChildren(...boxes);
  }
}
