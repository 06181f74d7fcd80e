/** What a customer had typed, kept in this tab while he proves once more that it is he. Never a secret. */

const KEPT = "cinnabar-typed";
const SECRET = new Set(["password", "hidden", "file"]);

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Fields of the forms marked `data-keep` that hold no secret, by form and name. */
function fields(root: ParentNode): Map<string, Field> {
  const found = new Map<string, Field>();
  root.querySelectorAll<HTMLFormElement>("form[data-keep]").forEach((form, at) => {
    for (const field of form.querySelectorAll<Field>("input[name], select[name], textarea[name]")) {
      if (SECRET.has(field.type) || field.autocomplete.includes("password") || field.autocomplete === "one-time-code") continue;
      const choice = field.type === "radio" || field.type === "checkbox" ? `=${field.value}` : "";
      found.set(`${at}/${field.name}${choice}`, field);
    }
  });
  return found;
}

const ticks = (field: Field): field is HTMLInputElement => field.type === "radio" || field.type === "checkbox";

/** Keep what is typed on this page for its next visit in this tab. */
export function keep(root: ParentNode): void {
  const typed = [...fields(root)].map(([name, field]) => [name, ticks(field) ? field.checked : field.value]);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, typed: Object.fromEntries(typed) }));
  } catch { /* a browser that keeps nothing: the customer types again */ }
}

/** Fill in what was kept for this page, once. */
export function restore(root: ParentNode): void {
  let kept: { path?: unknown; typed?: Readonly<Record<string, unknown>> } = {};
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as typeof kept;
    if (kept.path === location.pathname) sessionStorage.removeItem(KEPT);
  } catch { /* likewise */ }
  if (kept.path !== location.pathname || !kept.typed) return;
  for (const [name, field] of fields(root)) {
    const value = kept.typed[name];
    if (typeof value === "boolean" && ticks(field)) field.checked = value;
    else if (typeof value === "string" && !ticks(field)) field.value = value;
  }
}
