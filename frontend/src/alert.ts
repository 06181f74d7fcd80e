/** The page's alert region: a refusal in full, with the way on. */

import { at } from "./api.ts";
import { make } from "./dom.ts";
import { keep } from "./kept.ts";
import type { Refusal } from "./refusal.ts";
import { say } from "./words.ts";

/** Show `refusal` in `region` (role=alert, in the page from the start) and bring it into view. */
export function tell(region: HTMLElement, refusal: Refusal): void {
  const { title, detail, next } = refusal.problem;
  const lines = [detail, next].filter((line) => line !== "").map((line) => make("p", {}, ...unbroken(line)));
  region.replaceChildren(make("strong", {}, title), ...lines);
  if (refusal.kind === "signed-out") region.append(make("p", {}, signInLink()));
  if (refusal.kind === "step-up-needed") region.append(stepUp());
  if (typeof refusal.problem["help"] === "string") region.append(make("p", {}, helpLink(refusal.problem["help"])));
  region.scrollIntoView({ block: "nearest" });
}

/** Telephone numbers, dates and hours whole: a dash in them ends no line. */
function unbroken(line: string): (Node | string)[] {
  return line.split(/(\d[\d:]*(?:[-–][\d:]+)+)/).map((piece, at) => (at % 2 ? make("span", { class: "keep" }, piece) : piece));
}

export function clear(region: HTMLElement): void {
  region.replaceChildren();
}

/** The question that the refusal is answered under; in a tab of its own, so that nothing begun here is lost. */
function helpLink(address: string): HTMLAnchorElement {
  return make("a", { href: address, target: "_blank" }, say("common.more"));
}

function signInLink(): HTMLAnchorElement {
  const address = document.querySelector<HTMLMetaElement>('meta[name="sign-in"]')?.content ?? "/";
  return make("a", { href: address }, say("common.sign_in_again"));
}

/** The way to /step-up/ and back to this page, with what was typed here where it is no secret. */
function stepUp(): HTMLFormElement {
  const hidden = (name: string, value: string) => make("input", { type: "hidden", name, value });
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
  const form = make(
    "form", { method: "post", action: at("/step-up/"), class: "row" },
    hidden("csrfmiddlewaretoken", csrf), hidden("back", location.pathname), make("button", { class: "btn" }, say("common.step_up")),
  );
  form.addEventListener("submit", () => keep(document));
  return form;
}
