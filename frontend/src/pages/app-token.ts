/** 啟用保安編碼器: this browser becomes the customer's token, step by step; it goes on where it stopped. */

import { at, post } from "../api.ts";
import { tell } from "../alert.ts";
import * as code from "../code.ts";
import { countdown } from "../countdown.ts";
import { find } from "../dom.ts";
import * as camera from "../app/camera.ts";
import * as newPin from "../app/new-pin.ts";
import { proved } from "../app/proved.ts";
import { forget, held, keep, make, secret, type Token } from "../app/token.ts";
import { toBase64 } from "../octets.ts";
import { press, shut, working } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { goTo } from "../steps.ts";
import { say } from "../words.ts";

interface About { readonly subject: string; readonly label: string }

interface Stage {
  readonly flow: string;
  readonly step: "code" | "pin" | "registration" | "done";
  /** The PIN that protects a mobile certificate here is this token's too. */
  readonly has_pin: boolean;
  readonly pair?: string;
  readonly mailed?: string;
  /** Seconds. */
  readonly resend_after?: number;
}

/** What the host has ended is no token any more: the browser makes another. */
const ENDED = new Set(["token-none", "token-locked"]);

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const about = JSON.parse(find(document, "#binding").textContent ?? "{}") as About;
  const registering = find(root, '[data-step="registration"]');
  let token: Token | undefined;
  let stage: Stage | undefined;

  const place = (name: string) => at(`/token/flows/${encodeURIComponent(stage?.flow ?? "")}/${name}`);

  const show = async (next: Stage) => {
    stage = { ...next, flow: next.flow || (stage?.flow ?? "") };
    for (const pair of root.querySelectorAll("[data-pair]")) pair.textContent = stage.pair ?? pair.textContent;
    const to = root.querySelector("[data-mailed]");
    if (to) to.textContent = stage.mailed ?? "";
    if (stage.resend_after !== undefined) holdMail(stage.resend_after);
    if (stage.step === "done" && token) await keep({ ...token, bound: true });
    find(root, "[data-pin-new]").hidden = next.has_pin;
    find(root, "[data-pin-known]").hidden = !next.has_pin;
    find(root, "[data-bar]").hidden = false;
    goTo(root, stage.step);
  };

  const begin = async (own: Token): Promise<Stage> =>
    proved<Stage>(at("/token/begin"), own, "bind", { public_key: toBase64(own.publicKey) });

  const agreed = async () => {
    token ??= await make(about.subject, about.label);
    await show(await begin(token));
    if (stage?.step === "code") find<HTMLButtonElement>(root, "[data-ask]").click();
  };

  const holdMail = (seconds: number) => {
    const again = root.querySelector<HTMLButtonElement>("[data-mail]");
    if (!again) return;
    shut(again, seconds > 0);
    countdown(seconds, (left) => {
      find(root, "[data-mail-wait]").textContent = left > 0 ? say("token.mail_wait", { left: say("common.seconds", { n: left }) }) : "";
      if (left === 0) shut(again, false);
    });
  };

  /** A flow that ended with its session, or took too long: begin it anew for the same key. */
  const again = async (thrown: unknown): Promise<never> => {
    if (Refusal.of(thrown).kind.startsWith("flow-")) goTo(root, "start");
    throw thrown;
  };

  const register = async (data: { scanned: string } | { identifier: string; code: string }) => {
    if (!token) throw Refusal.local("trouble");
    await show(await proved<Stage>(place("register"), token, "register", { flow: stage?.flow ?? "", ...data }).catch(again));
  };

  /** What this browser has of the customer, and where the host says it stands. */
  const start = async () => {
    token = (await held(about.subject))[0];
    if (!token) return goTo(root, "start", false);
    try {
      await show(await begin(token));
    } catch (thrown) {
      const { kind } = Refusal.of(thrown);
      if (ENDED.has(kind)) await forget(token.key);
      if (kind !== "token-suspended") goTo(root, "start", false);
      token = ENDED.has(kind) ? undefined : token;
      if (!ENDED.has(kind)) throw thrown;
    }
  };

  code.attach(find(root, '[data-step="code"]'), alert, {
    step: (_, name) => place(name),
    prepare: async () => stage?.flow ?? "",
    async accepted() {
      if (stage) await show({ ...stage, step: "pin" });
    },
    async cancelled() {
      goTo(root, "start");
    },
    async closed() {
      goTo(root, "start");
      throw Refusal.local("ended");
    },
  });

  const chosenPin = newPin.attach(find(root, "[data-pin-new]"));
  press(find<HTMLButtonElement>(root, "[data-set-pin]"), alert, async () => {
    const known = stage?.has_pin;
    const chosen = known ? newPin.given(find<HTMLInputElement>(root, "#known-pin")) : chosenPin();
    if (!token || chosen === null) return;
    const flow = stage?.flow ?? "";
    if (known) return show(await proved<Stage>(place("pin"), token, "bind-pin", { flow }, chosen).catch(again));
    await show(await proved<Stage>(place("pin"), token, "bind-pin", { flow, otp: await secret(token, chosen) }).catch(again));
  });

  press(find<HTMLButtonElement>(root, "[data-agree]"), alert, agreed);
  const scan = registering.querySelector<HTMLElement>("[data-scan]");
  if (scan) camera.attach(scan, alert, (scanned) => register({ scanned }));
  const typed = registering.querySelector<HTMLFormElement>("[data-typed]");
  typed?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!typed.reportValidity()) return;
    const value = (name: string) => find<HTMLInputElement>(typed, `input[name=${name}]`).value.trim();
    void working(find<HTMLButtonElement>(typed, "[data-register]"), alert, () => register({ identifier: value("identifier"), code: value("code") }));
  });
  const mail = root.querySelector<HTMLButtonElement>("[data-mail]");
  if (mail) press(mail, alert, async () => show(await post<Stage>(place("mail"))));

  await start().catch((thrown: unknown) => tell(alert, Refusal.of(thrown)));
  find(root, "[data-looking]").hidden = true;
}
