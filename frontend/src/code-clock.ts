/** The clocks of a code that was sent: until it may be sent again, and until it ends. */

import { countdown } from "./countdown.ts";
import { find } from "./dom.ts";
import { minutes } from "./minutes.ts";
import { say } from "./words.ts";

/** Count what `code` carries (`data-resend`, `data-ends`, seconds) in the words of `topic`. */
export function count(code: HTMLElement, topic: string): void {
  const again = code.querySelector<HTMLButtonElement>("[data-again]");
  const wait = find(code, "[data-wait]");
  const life = find(code, "[data-life]");
  const { resend = "0", ends = "0" } = code.dataset;
  countdown(Number(resend), (left) => {
    wait.textContent = left > 0 ? say(`${topic}.resend_in`, { left: minutes(left) }) : "";
    if (again) again.disabled = left > 0;
  });
  countdown(Number(ends), (left) => {
    life.textContent = left > 0 ? say(`${topic}.ends_in`, { left: minutes(left) }) : say(`${topic}.ended`);
  });
}
