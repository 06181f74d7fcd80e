/** The page's sentences, in the customer's language, from the data block that the server wrote. */

let table: Readonly<Record<string, string>> | null = null;

function read(): Readonly<Record<string, string>> {
  const block = document.getElementById("words")?.textContent ?? "{}";
  return JSON.parse(block) as Record<string, string>;
}

/** The sentence `key` with `{name}` replaced by `facts.name`. @throws Error on an unknown key. */
export function say(key: string, facts: Readonly<Record<string, string | number>> = {}): string {
  table ??= read();
  const sentence = table[key];
  if (sentence === undefined) throw new Error(`no words for ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

/** The sentence `key`, or nothing where the language has none: what is well needs no next step. */
export function said(key: string): string {
  table ??= read();
  return table[key] ?? "";
}
