/** Warns before the session ends, for want of use or because it has lasted as long as one may (WCAG 2.2.1). */

import { at, channel, post, PLACES } from "./api.ts";
import { countdown } from "./countdown.ts";
import { ask } from "./dialog.ts";
import { say } from "./words.ts";

export interface Times {
  /** Seconds without use after which the session ends. */
  readonly idle: number;
  /** Seconds before an end at which to say so. */
  readonly warn: number;
  /** Seconds until it ends whatever is done. */
  readonly left: number;
}

/** Every call to the host, from any tab, begins the idle time anew and takes the warning away. */
export function watch({ idle, warn, left }: Times): void {
  const over = Date.now() + left * 1000;
  const timers: number[] = [];
  let shown = new AbortController();

  const end = () => location.reload(); // shows that the session is over, and no more of the customer
  const signOut = () => document.querySelector<HTMLFormElement>(`form[action="${at("/sign-out/")}"]`)?.requestSubmit();
  const later = (act: () => void, seconds: number) => timers.push(window.setTimeout(act, Math.max(0, seconds) * 1000));

  /** Ask, with the seconds counted in the text; false also when the warning was taken away. */
  const warned = async (title: string, words: string, seconds: number, yes: string): Promise<boolean | null> => {
    const mine = new AbortController();
    shown = mine;
    const answer = ask({
      title: say(title), text: say(words, { n: seconds }), yes, no: say("idle.leave"), until: mine.signal,
    });
    const text = document.querySelector("dialog[open] p");
    text?.setAttribute("aria-live", "polite");
    const stop = countdown(seconds, (n) => {
      if (text && n < seconds && n % 30 === 0 && n > 0) text.textContent = say(words, { n });
    });
    const stay = await answer;
    stop();
    return mine.signal.aborted ? null : stay;
  };

  const warnIdle = async () => {
    const stay = await warned("idle.title", "idle.text", warn, say("idle.stay"));
    if (stay) await post(at(PLACES.stay)).catch(end);
    else if (stay === false) signOut();
  };

  const warnLast = async () => {
    const read = await warned("idle.last_title", "idle.last", Math.round((over - Date.now()) / 1000), say("idle.read"));
    if (read === false) signOut();
  };

  const begin = () => {
    shown.abort();
    timers.splice(0).forEach((timer) => window.clearTimeout(timer));
    const rest = (over - Date.now()) / 1000;
    if (idle < rest) {
      later(() => void warnIdle(), idle - warn);
      later(end, idle + 2);
    } else {
      later(() => void warnLast(), rest - warn);
      later(end, rest + 2);
    }
  };

  channel().addEventListener("message", begin);
  begin();
}
