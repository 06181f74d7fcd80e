/** The table 檢核此台電腦匯入的憑證狀況: what this browser holds, judged by the host's facts (P161, P176). */

import { shortSerial } from "./certificate.ts";
import { make } from "./dom.ts";
import { isLive, isNeeded, isValid, type Held, type Host } from "./host.ts";
import { renewalWindow, written } from "./when.ts";
import { say } from "./words.ts";

/** The firm's columns, labels and patterns, as the template wrote them on the table. */
interface Style {
  readonly columns: readonly string[];
  readonly format: string;
  readonly usage: string;
  readonly validity: string;
  readonly window: string;
  readonly span: string;
  /** Where a valid one is exported; "" where the firm does not offer it. */
  readonly exporting: string;
}

function styleOf(table: HTMLTableElement): Style {
  const { columns = "", format = "", usage = "", validity = "", window = "", span = "", exporting = "" } = table.dataset;
  return { columns: columns.split(" "), format, usage, validity, window, span, exporting };
}

/** Fill the table's body, one row per certificate; `remove` acts on the button 移除. */
export function fill(
  table: HTMLTableElement, certificates: readonly Held[], host: Host, remove: (held: Held, button: HTMLButtonElement) => void,
): void {
  const style = styleOf(table);
  const labels = new Map(Array.from(table.tHead?.rows[0]?.cells ?? [], (cell, i) => [style.columns[i], cell.textContent ?? ""]));
  const rows = certificates.map((held) => {
    const cells = style.columns.map((column) => {
      const content = cell(column, held, host, style, remove);
      return make("td", { role: "cell", "data-l": labels.get(column) ?? "" }, ...content);
    });
    return make("tr", { role: "row" }, ...cells);
  });
  table.tBodies[0]?.replaceChildren(...rows);
}

function cell(column: string, held: Held, host: Host, style: Style, remove: (held: Held, button: HTMLButtonElement) => void): (Node | string)[] {
  const { record, certificate } = held;
  switch (column) {
    case "id": return [figures(record.maskedId)];
    case "serial": return [figures(shortSerial(certificate.serialFull))];
    case "format": return [style.format];
    case "usage": return [style.usage];
    case "validity": return [span(certificate.notBefore, certificate.notAfter, style.validity, style.span, host.time_zone)];
    case "window": return [span(...renewalWindow(certificate.notAfter, host.window_days), style.window, style.span, host.time_zone)];
    case "status": return [tag(isValid(certificate, host))];
    default: return action(held, host, style, remove);
  }
}

const figures = (text: string) => make("span", { class: "figures" }, text);

const tag = (valid: boolean) => make("span", { class: `tag ${valid ? "ok" : "bad"}` }, say(valid ? "certificates.valid" : "certificates.invalid"));

/** Two instants, joined as the firm does: the pattern has {start} and {end}. */
function span(start: Date, end: Date, pattern: string, join: string, zone: string): HTMLElement {
  const instant = (at: Date) => make("time", { datetime: at.toISOString(), class: "figures" }, written(at, pattern, zone));
  const pieces = join.split(/(\{start\}|\{end\})/).map((piece) =>
    piece === "{start}" ? instant(start) : piece === "{end}" ? instant(end) : piece,
  );
  return make("span", { class: "span" }, ...pieces);
}

/**
 * 匯出 for a valid one, 移除 for one that is not (P162, P243). A copy that was imported may go while
 * the key where it was made remains; that one may be expired and still be needed to renew.
 */
function action(held: Held, host: Host, style: Style, remove: (held: Held, button: HTMLButtonElement) => void): (Node | string)[] {
  const { record, certificate } = held;
  if (!isLive(certificate, host)) return [removal(held, remove)];
  const valid = isValid(certificate, host);
  const actions: Node[] = [];
  if (valid && style.exporting) actions.push(make("a", { class: "btn quiet small", href: style.exporting }, say("certificates.export")));
  if (record.kind === "import") actions.push(removal(held, remove));
  else if (!valid && isNeeded(certificate, host)) actions.push(make("span", { class: "soft" }, say("certificates.needed")));
  return actions.length > 0 ? [make("span", { class: "acts" }, ...actions)] : ["—"];
}

function removal(held: Held, remove: (held: Held, button: HTMLButtonElement) => void): HTMLButtonElement {
  const button = make("button", { type: "button", class: "btn danger small" }, say("certificates.remove"));
  button.addEventListener("click", () => remove(held, button));
  return button;
}
