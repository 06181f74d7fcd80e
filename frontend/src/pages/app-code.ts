/** 離線編碼: an account of this browser, its PIN, and the code of the moment. Nothing is asked of the host. */

import { clear, tell } from "../alert.ts";
import { given } from "../app/new-pin.ts";
import { held, hotp, otpKey, type Token } from "../app/token.ts";
import { find, make } from "../dom.ts";
import { minutes } from "../minutes.ts";
import type { Octets } from "../octets.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

/** Seconds after which a code is no longer shown: whoever walks by must not find it. */
const SHOWN = 120;

export async function attach(root: HTMLElement): Promise<void> {
  const part = root.querySelector<HTMLElement>("[data-otp]");
  if (!part) return;
  const tokens = (await held().catch(() => [])).filter(({ bound }) => bound);
  find(part, tokens.length ? "[data-ask]" : "[data-none]").hidden = false;
  if (tokens.length) serve(part, tokens);
}

function serve(part: HTMLElement, tokens: readonly Token[]): void {
  const whose = find<HTMLSelectElement>(part, "[data-whose]");
  const field = find<HTMLInputElement>(part, "[data-pin]");
  const button = find<HTMLButtonElement>(part, "[data-show]");
  whose.append(...tokens.map(({ key, label }) => make("option", { value: key }, label)));
  find(part, "[data-which]").hidden = tokens.length === 1;
  let stop = (): void => undefined;
  press(button, find(part, "[data-alert]"), async () => {
    const pin = given(field);
    const token = tokens.find(({ key }) => key === whose.value) ?? tokens[0];
    if (pin === null || !token) return;
    const key = await otpKey(token, pin);
    field.value = "";
    stop = show(part, key);
  });
  field.addEventListener("keydown", ({ key }) => { if (key === "Enter") button.click(); });
  press(find<HTMLButtonElement>(part, "[data-hide]"), find(part, "[data-alert]"), async () => {
    stop();
    field.focus();
  });
}

/** Show the codes of `key`, one after the other, for a while; the answer hides them. */
function show(part: HTMLElement, key: Octets): () => void {
  const [asking, shown, code, left] = ["ask", "shown", "code", "left"].map((name) => find(part, `[data-${name}]`)) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const [digits, period] = [Number(part.dataset["digits"]), Number(part.dataset["period"])];
  const until = Date.now() + SHOWN * 1000;
  let told = Number.NaN;
  const look = async (): Promise<void> => {
    const now = Date.now();
    const step = Math.floor(now / 1000 / period);
    if (now >= until) return stop();
    left.textContent = say("otp.left", { left: minutes((step + 1) * period - Math.floor(now / 1000)) });
    if (step === told) return;
    told = step;
    code.textContent = (await hotp(key, step, digits)).replace(/^(...)/, "$1 ");
  };
  const swap = (asks: boolean): void => { asking.hidden = !asks; shown.hidden = asks; };
  const stop = (): void => {
    window.clearInterval(timer);
    code.textContent = "";
    swap(true);
  };
  const alert = find(part, "[data-alert]");
  const timer = window.setInterval(() => void look(), 250);
  clear(alert);
  swap(false);
  look().then(() => code.focus(), (thrown: unknown) => tell(alert, Refusal.of(thrown)));
  return stop;
}
