/** Warns before the session ends for want of use, and offers to stay (WCAG 2.2.1). */

import { channel, get, PLACES } from "./api.ts";
import { ask } from "./dialog.ts";
import { say } from "./words.ts";

const WARNING = 120; // seconds before the end; less when the firm allows but a few minutes

/** `limit` is the firm's idle time in seconds; every call to the host, from any tab, begins it anew. */
export function watch(limit: number): void {
  const warning = Math.min(WARNING, limit / 3);
  let warned = 0;
  let ended = 0;

  const end = () => location.reload(); // shows that the session is over, and no more of the customer

  const warn = async () => {
    const stay = await ask({
      title: say("idle.title"), text: say("idle.text", { n: Math.round(warning) }), yes: say("idle.stay"), no: say("idle.leave"),
    });
    if (!stay) document.querySelector<HTMLFormElement>('form[action="/sign-out/"]')?.requestSubmit();
    else await get(PLACES.host).catch(end);
  };

  const begin = () => {
    window.clearTimeout(warned);
    window.clearTimeout(ended);
    warned = window.setTimeout(() => void warn(), (limit - warning) * 1000);
    ended = window.setTimeout(end, limit * 1000 + 2000);
  };

  channel().addEventListener("message", begin);
  begin();
}
