/** 電腦檢測, the doing: everything is found out by trying it. */

import { get } from "./api.ts";
import type { Measured } from "./computer-judge.ts";
import { holds, lasting, signs } from "./probe.ts";

interface Answer {
  readonly now: string;
  readonly cookie: string;
}

const ASKED = 3; // times; the answer that took the least says the time best

/** Measure all that needs no press; `pressed` is what the customer's presses showed before. */
export async function measure(pressed: Pick<Measured, "popup" | "download">): Promise<Measured & { now: string | null }> {
  const keys = await signs().catch(() => false);
  return {
    ...pressed, safe: window.isSecureContext, keys, store: keys ? await holds().catch(() => false) : null,
    lasting: await lasting(), ...(await askHost().catch(() => UNREACHED)),
    languages: navigator.languages, agent: navigator.userAgent, width: window.innerWidth,
  };
}

const UNREACHED = { skew: null, spread: 0, cookie: null, now: null };

/** The host's time and whether cookies come back; each call names a cookie that the next must bring. */
async function askHost(): Promise<Pick<Measured, "skew" | "spread" | "cookie"> & { now: string }> {
  const asked = [];
  let named = "";
  for (let i = 0; i < ASKED; i += 1) {
    const before = named;
    named = crypto.randomUUID().replaceAll("-", "");
    const left = Date.now();
    const { now, cookie } = await get<Answer>(`/computer/probe.json?n=${named}`);
    const back = Date.now();
    asked.push({ skew: (left + back) / 2 - Date.parse(now), spread: (back - left) / 2, cookie: i > 0 && cookie === before, now });
  }
  const best = asked.reduce((a, b) => (b.spread < a.spread ? b : a));
  return { skew: best.skew, spread: best.spread, cookie: asked.slice(1).every(({ cookie }) => cookie), now: asked.at(-1)?.now ?? "" };
}

/** Does a press open a window? It is closed again at once. */
export function opensWindow(): boolean {
  const opened = window.open("about:blank", "_blank", "popup,width=320,height=200");
  opened?.close();
  return opened !== null;
}

/** Let the browser save `text` as a file. Whether it did, it tells nobody. */
export function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
