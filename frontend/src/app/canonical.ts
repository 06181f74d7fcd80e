/** JSON with one spelling for each value, as kernel/canonical.py writes it: what is signed is its hash. */

export type Value = string | number | boolean | null | readonly Value[] | Data;
export interface Data { readonly [name: string]: Value }

/** `value` with sorted names and no blanks. @throws Error for a number that is not whole, and for names beyond ASCII: two languages sort those differently. */
export function canonical(value: Value): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error(`no one spelling for ${value}`);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  if (!names.every((name) => /^[\x20-\x7e]*$/.test(name))) throw new Error("names are ASCII");
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Value)}`).join(",")}}`;
}

const isList = (value: readonly Value[] | Data): value is readonly Value[] => Array.isArray(value);
