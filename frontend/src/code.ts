/** The certificate code: ask, wait, type, confirm (P29–P51). */

import { post, step } from "./api.ts";
import { Boxes } from "./boxes.ts";
import { countdown } from "./countdown.ts";
import { find, make } from "./dom.ts";
import { press, shut, working } from "./press.ts";
import { Refusal } from "./refusal.ts";
import { sentence, type Sent } from "./sent.ts";
import { say } from "./words.ts";

export interface Hooks {
  /** Make ready what the code is for; answers the flow. Called at each press of 取得認證碼. */
  prepare(): Promise<string>;
  accepted(): Promise<void>;
  ready?(): boolean; // is all there that one press confirms with the code? Says itself what is missing
  cancelled(): Promise<void>;
  /** The host has closed the flow: what was prepared is void. May throw what is to be told instead. */
  closed(): Promise<void>;
  readonly step?: (flow: string, name: "code" | "code/try") => string; // where the steps are, if not among those of certificates
}

/** Bring a code section (parts/code_*.html) to life; `alert` is the page's alert region. The answer takes it back to its beginning. */
export function attach(root: HTMLElement, alert: HTMLElement, hooks: Hooks): () => void {
  const askButton = find<HTMLButtonElement>(root, "[data-ask]");
  const confirm = find<HTMLButtonElement>(root, "[data-confirm]");
  const cancel = find<HTMLButtonElement>(root, "[data-cancel]");
  const form = find<HTMLFormElement>(root, "form[data-entry]");
  const wrong = find(root, "[data-wrong]");
  const status = find(root, "[data-status]");
  const wait = find(root, "[data-wait]"), life = find(root, "[data-life]");
  const boxes = new Boxes(root);
  const at = hooks.step ?? step;
  let flow = "", stops: (() => void)[] = [];

  const stopClocks = () => stops.splice(0).forEach((stop) => stop());

  const show = (asked: boolean) => {
    for (const part of root.querySelectorAll<HTMLElement>("[data-asked]")) part.hidden = !asked;
    askButton.classList.toggle("quiet", asked);
  };

  const holdBack = (seconds: number) => {
    shut(askButton, seconds > 0);
    stops.push(countdown(seconds, (left) => {
      wait.textContent = left > 0 ? say("common.code_wait", { left: say("common.seconds", { n: left }) }) : say("common.code_again");
      if (left === 0) shut(askButton, false);
    }));
  };

  const watchExpiry = (seconds: number) => {
    const warned = Math.min(60, Math.floor(seconds / 2));
    stops.push(countdown(seconds, (left) => {
      if (left === warned) status.textContent = say("common.code_ending", { n: left });
      if (left > 0) return;
      dead();
      wrong.textContent = say("common.code_expired");
    }));
  };

  const dead = () => {
    boxes.clear();
    status.textContent = "";
    shut(confirm, true);
    askButton.classList.remove("quiet");
  };

  const began = (sent: Sent) => {
    stopClocks();
    show(true);
    shut(confirm, false);
    wrong.textContent = "";
    boxes.expect(sent.length, sent.alphabet);
    status.textContent = sentence(sent);
    life.textContent = say("common.code_life", { minutes: Math.round(sent.expires_in / 60) });
    holdBack(sent.resend_after);
    watchExpiry(sent.expires_in);
    boxes.focus();
  };

  const reset = () => {
    stopClocks();
    dead();
    show(false);
    shut(askButton, false);
    wait.textContent = "";
    wrong.textContent = "";
  };

  const closed = async () => {
    reset();
    askButton.focus();
    await hooks.closed();
  };

  press(askButton, alert, async () => {
    flow = await hooks.prepare();
    try {
      began(await post<Sent>(at(flow, "code")));
    } catch (thrown) {
      const refusal = Refusal.of(thrown);
      if (refusal.kind.startsWith("flow-")) await closed();
      if (refusal.problem.retry_after) holdBack(refusal.problem.retry_after);
      throw refusal;
    }
  });

  const attempt = async () => {
    if (!boxes.complete) {
      wrong.textContent = say("common.code_short", { length: boxes.length });
      boxes.mark(true);
      boxes.focus();
      return;
    }
    wrong.textContent = "";
    if (hooks.ready?.() === false) return;
    try {
      await post(at(flow, "code/try"), { code: boxes.value });
    } catch (thrown) {
      await refused(Refusal.of(thrown));
      return;
    }
    stopClocks();
    status.textContent = say("common.code_accepted");
    await hooks.accepted();
  };

  const refused = async (refusal: Refusal) => {
    if (refusal.kind.startsWith("flow-")) await closed();
    if (!refusal.kind.startsWith("code-")) throw refusal;
    const { title, detail, next } = refusal.problem;
    boxes.clear();
    boxes.mark(true);
    const alive = refusal.kind === "code-wrong" && refusal.problem["tries_left"] !== 0;
    if (!alive) dead();
    wrong.replaceChildren(make("strong", {}, title), ` ${detail} ${next}`);
    (alive ? boxes : askButton.disabled ? wrong : askButton).focus();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void working(confirm, alert, attempt);
  });
  press(cancel, alert, async () => {
    reset();
    await hooks.cancelled();
  });
  return reset;
}
