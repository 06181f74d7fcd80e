/** The page that shows a number for the app: it waits, and goes on when the app has answered. */

import { tell } from "../alert.ts";
import { get } from "../api.ts";
import { countdown } from "../countdown.ts";
import { find } from "../dom.ts";
import { minutes } from "../minutes.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

const PAUSE = 2000; // milliseconds between two looks

export function attach(root: HTMLElement): void {
  const asked = root.querySelector<HTMLElement>("[data-approval]");
  if (!asked) return;
  const life = find(asked, "[data-life]");
  countdown(Number(asked.dataset["ends"] ?? "0"), (left) => {
    life.textContent = left > 0 ? say("approval.ends_in", { left: minutes(left) }) : say("approval.ended");
  });
  void wait(root, asked, asked.dataset["approval"] ?? "");
}

/** Look until the app has answered: then press the page's own button, or show what has become of it. */
async function wait(root: HTMLElement, asked: HTMLElement, place: string): Promise<void> {
  for (;;) {
    await new Promise((resolve) => window.setTimeout(resolve, PAUSE));
    const state = await look(place).catch((thrown: unknown) => Refusal.of(thrown));
    if (state instanceof Refusal) {
      tell(find(root, "[data-alert]"), state);
      if (state.kind === "unreachable") continue;
      // A number that nobody can answer any more is not left standing.
      asked.hidden = true;
      find(root, "form[data-go]").hidden = true;
      return;
    }
    if (state === "approved") {
      find(asked, "[data-status]").textContent = say("approval.approved");
      find<HTMLFormElement>(root, "form[data-go]").requestSubmit();
      return;
    } else if (state !== "open") {
      location.assign(place);
      return;
    }
  }
}

const look = async (place: string): Promise<string> => (await get<{ state: string }>(`${place}state.json`)).state;
