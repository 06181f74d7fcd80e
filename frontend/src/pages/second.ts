/** The second stage of a sign-in: the clocks of a code, and a certificate that signs. */

import { attachHere } from "../app/bound.ts";
import { proveAt } from "../claim-key.ts";
import { count } from "../code-clock.ts";
import { find } from "../dom.ts";
import { press } from "../press.ts";
import * as remember from "../remember.ts";
import { say } from "../words.ts";

export function attach(root: HTMLElement): void {
  const code = root.querySelector<HTMLElement>("[data-code-clock]");
  const certificate = root.querySelector<HTMLButtonElement>("[data-certificate]");
  void attachHere(root);
  if (code) count(code, "second");
  remember.attach(root);
  if (certificate) press(certificate, find(root, "[data-alert]"), () => sign(root, certificate.dataset["certificate"] ?? ""));
}

/** Let the keys of this browser sign for the flow at the address `base`, and go where that leads. */
async function sign(root: HTMLElement, base: string): Promise<void> {
  const status = find(root, "[data-status]");
  let told = "";
  status.textContent = say("second.signing");
  try {
    const answer = await proveAt(base);
    if (answer?.next) location.assign(answer.next);
    else told = say("second.none");
  } finally {
    status.textContent = told;
  }
}
