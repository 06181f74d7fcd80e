/** Leafing through more rows than are shown at once: (1/2), as the documents write it (P166). */

import { find } from "./dom.ts";
import { press, shut } from "./press.ts";
import { say } from "./words.ts";

const ROWS = 5;

/** Bring the pager `root` to life; the answer takes the rows, and `show` gets those of the page. */
export function attach<T>(root: HTMLElement, alert: HTMLElement, show: (rows: readonly T[]) => void): (rows: readonly T[]) => void {
  const back = find<HTMLButtonElement>(root, "[data-back]");
  const on = find<HTMLButtonElement>(root, "[data-on]");
  let rows: readonly T[] = [];
  let at = 0;

  const turn = (to: number) => {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    at = Math.min(Math.max(to, 0), pages - 1);
    root.hidden = pages === 1;
    find(root, "[data-place]").textContent = say("certificates.pages", { i: at + 1, n: pages });
    shut(back, at === 0);
    shut(on, at === pages - 1);
    show(rows.slice(at * ROWS, (at + 1) * ROWS));
  };

  press(back, alert, async () => turn(at - 1));
  press(on, alert, async () => turn(at + 1));
  return (all) => {
    rows = all;
    turn(at);
  };
}
