/** The device that a token is bound to, at the app's doors: its PIN instead of the password, its key after it. */

import { at, post } from "../api.ts";
import { find } from "../dom.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { ready, signedByBiometrics } from "./biometrics.ts";
import { proved } from "./proved.ts";
import { held, type Token } from "./token.ts";

/** What the host says of a proof that was right: where to go. */
interface Way { readonly next: string }

/** Whoever has bound a token in this browser, the newest first; nobody where the browser keeps nothing. */
export const bound = async (): Promise<Token[]> => (await held().catch(() => [])).filter((one) => one.bound);

/** What is proved, and where. */
export interface Act { readonly path: string; readonly purpose: string; readonly data: Readonly<Record<string, string>> }

const go = ({ next }: Way): void => location.assign(new URL(next, location.origin).pathname);

/** Prove this device, and its PIN where one is given, and go where that leads. @throws Refusal */
export const prove = async ({ path, purpose, data }: Act, token: Token, pin?: string): Promise<void> =>
  go(await proved<Way>(path, token, purpose, data, pin));

/** The same with biometrics in place of the PIN. @throws Refusal */
async function proveOwner({ path, purpose, data }: Act, token: Token): Promise<void> {
  const { challenge } = await post<{ challenge: string }>(at("/device/challenge"));
  go(await post<Way>(path, await signedByBiometrics(token, purpose, challenge, data)));
}

/** Bring field and buttons to life (app/parts/pin_field.html): `chosen` proves `act` by PIN, or biometrics where they are on. */
export async function onPin(part: HTMLElement, region: HTMLElement, act: Act, chosen: () => Token): Promise<void> {
  const field = find<HTMLInputElement>(part, "[data-pin]");
  const enter = find<HTMLButtonElement>(part, "[data-enter]");
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) enter.click();
  });
  press(enter, region, async () => {
    const pin = field.value.normalize("NFKC").replace(/\s/g, "");
    field.value = "";
    field.focus();
    if (pin === "") throw Refusal.said("app_sign_in", "pin");
    await prove(act, chosen(), pin);
  });
  const owner = find<HTMLButtonElement>(part, "[data-owner]");
  press(owner, region, () => proveOwner(act, chosen()));
  const offer = async (): Promise<void> => { owner.hidden = !(await ready(chosen())); };
  part.querySelector("select")?.addEventListener("change", () => void offer());
  await offer();
}

/** The second stage of a sign-in and the step-up: this device, where the page names its key and the browser has it. */
export async function attachHere(root: HTMLElement): Promise<void> {
  const part = root.querySelector<HTMLElement>("[data-bound-here]");
  const token = part && (await bound()).find((one) => one.key === part.dataset["token"]);
  if (!part || !token) return;
  const path = part.dataset["boundHere"] ?? "";
  const flow = path.split("/").at(-2) ?? "";
  const region = find(root, "[data-alert]");
  part.hidden = false;
  if (part.querySelector("[data-pin]")) {
    return onPin(part, region, { path, purpose: "step-up", data: { flow } }, () => token);
  }
  const enter = find<HTMLButtonElement>(part, "[data-enter]");
  press(enter, region, () => prove({ path, purpose: "second-factor", data: { flow } }, token));
  if (enter.dataset["atOnce"] !== undefined) enter.click();
}
