/** The app's approvals: pulled by the device, answered with the number that the other page shows. */

import { clear, tell } from "../alert.ts";
import { at, post } from "../api.ts";
import { ready, signedByBiometrics } from "../app/biometrics.ts";
import { seen } from "../app/push.ts";
import { proved } from "../app/proved.ts";
import { held, type Token } from "../app/token.ts";
import { countdown } from "../countdown.ts";
import { ask } from "../dialog.ts";
import { find } from "../dom.ts";
import { minutes } from "../minutes.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

const PAUSE = 5000; // milliseconds between two looks

/** What is shown of an approval, and signed over as it stands. */
interface Seen extends Record<string, string> {
  readonly approval: string;
  readonly flow: string;
  readonly act: string;
  readonly site: string;
  readonly asked_at: string;
  readonly region: string;
  readonly browser: string;
  readonly system: string;
}

/** Digits as people type them: full-width ones count, blanks do not. */
const digits = (typed: string): string => typed.normalize("NFKC").replace(/\s/g, "");

interface Waiting { readonly approvals: readonly (Seen & { readonly at: string; readonly left: number })[] }

export async function attach(root: HTMLElement): Promise<void> {
  const tokens = await held().catch(() => []);
  find(root, "[data-looking]").hidden = true;
  find(root, "[data-no-token]").hidden = tokens.length > 0;
  if (tokens.length === 0) return;
  const cards = new Map<string, HTMLElement>();
  for (;;) {
    if (!document.hidden) await Promise.all([pull(root, tokens, cards), seen().catch(() => undefined)]);
    await nextLook();
  }
}

/** Until it is time to look again: after the pause, when the page comes into sight, when the worker was woken. */
const nextLook = (): Promise<void> => new Promise((resolve) => {
  const over = new AbortController();
  const done = (): void => { over.abort(); resolve(); };
  window.setTimeout(done, PAUSE);
  document.addEventListener("visibilitychange", done, over);
  navigator.serviceWorker?.addEventListener("message", done, over);
});

/** Show what waits now: a card that is there stays as it is, with what was typed. */
async function pull(root: HTMLElement, tokens: readonly Token[], cards: Map<string, HTMLElement>): Promise<void> {
  const seen = new Set<string>();
  let refused: Refusal | undefined;
  for (const token of tokens) {
    try {
      const { approvals } = await proved<Waiting>(at("/approvals/waiting"), token, "approvals", {});
      for (const one of approvals) {
        seen.add(one.approval);
        if (!cards.has(one.approval)) cards.set(one.approval, card(root, token, one));
      }
    } catch (thrown) {
      refused = Refusal.of(thrown);
      // A suspended token answers nothing; another one in this browser may.
      if (refused.kind.startsWith("token-")) continue;
      tellOnce(root, refused);
      return;
    }
  }
  tellOnce(root, refused);
  for (const [name, shown] of cards) {
    if (seen.has(name)) continue;
    shown.remove();
    cards.delete(name);
  }
  find(root, "[data-nothing]").hidden = cards.size > 0 || refused !== undefined;
  find(root, "[data-several]").hidden = cards.size < 2;
}

/** Say what the look was refused for, when that is new; take it back when the next one is not. */
function tellOnce(root: HTMLElement, refused: Refusal | undefined): void {
  const region = find(root, "[data-alert]");
  const before = region.dataset["looked"] ?? "";
  const now = refused?.kind ?? "";
  if (refused && now !== before) tell(region, refused);
  if (!refused && before) clear(region);
  region.dataset["looked"] = now;
}

function card(root: HTMLElement, token: Token, { at: when, left, ...seen }: Waiting["approvals"][number]): HTMLElement {
  const made = find<HTMLTemplateElement>(root, "template[data-card]").content.cloneNode(true) as DocumentFragment;
  const shown = find(made, "section");
  const region = find(root, "[data-alert]");
  const number = find<HTMLInputElement>(shown, "[data-number]");
  const pin = find<HTMLInputElement>(shown, "[data-pin]");
  const facts: Record<string, string> = { ...seen, at: when, with: [seen.browser, seen.system].filter(Boolean).join(" · ") || "–" };
  find(shown, "[data-act]").textContent = say(`approvals.${seen.act}`);
  for (const place of shown.querySelectorAll<HTMLElement>("[data-fact]")) place.textContent = facts[place.dataset["fact"] ?? ""] ?? "";
  countdown(left, (still) => { find(shown, "[data-life]").textContent = say("approvals.ends_in", { left: minutes(still) }); });
  const on = (name: string, act: () => Promise<void>) => press(find<HTMLButtonElement>(shown, `[data-${name}]`), region, act);
  on("approve", async () => {
    if (!number.reportValidity() || !pin.reportValidity()) return;
    const typed = digits(pin.value);
    pin.value = "";
    await proved(at("/approvals/approve"), token, "approve", { ...seen, number: digits(number.value) }, typed);
    done(root, shown, "approved");
  });
  const biometrics = find(shown, "[data-biometrics]");
  void ready(token).then((able) => { biometrics.hidden = !able; });
  on("biometrics", async () => {
    if (!number.reportValidity()) return;
    const { challenge } = await post<{ challenge: string }>(at("/device/challenge"));
    const said = { ...seen, number: digits(number.value) };
    await post(at("/approvals/approve"), await signedByBiometrics(token, "approve", challenge, said));
    done(root, shown, "approved");
  });
  on("cancel", async () => {
    await proved(at("/approvals/cancel"), token, "cancel", seen);
    done(root, shown, "cancelled");
  });
  on("deny", async () => {
    const sure = await ask({ title: say("approvals.sure"), text: say("approvals.sure_means"), yes: say("approvals.sure_yes"), no: say("common.cancel"), danger: true });
    if (!sure) return;
    await proved(at("/approvals/deny"), token, "deny", seen);
    done(root, shown, "denied");
  });
  find(root, "[data-list]").append(shown);
  return shown;
}

/** Say what was answered; what waits otherwise stays. */
function done(root: HTMLElement, shown: HTMLElement, name: string): void {
  clear(find(root, "[data-alert]"));
  shown.hidden = true;
  const status = find(root, "[data-status]");
  status.textContent = say(`approvals.${name}`);
  status.tabIndex = -1;
  status.focus();
}
