/** 生物認證服務: switched on with the terms, the PIN and the device; off with the PIN. */

import { at, post } from "../api.ts";
import { able } from "../app/biometrics.ts";
import { proved } from "../app/proved.ts";
import { held, keep, type Token } from "../app/token.ts";
import { attach as attachConsent } from "../consent.ts";
import { find } from "../dom.ts";
import { make, type Making } from "../passkey.ts";
import { press } from "../press.ts";
import { goTo } from "../steps.ts";

/** Make the device's key once the PIN was right, and remember its name beside the token's. @throws Refusal */
async function switchOn(root: HTMLElement, token: Token, terms: string, pin: string): Promise<void> {
  const asked = await proved<Making>(at("/biometrics/begin"), token, "biometrics-on", { terms }, pin);
  const told = find(root, "[data-device]");
  told.hidden = false;
  const { credential, ...made } = await make(asked, "biometrics").finally(() => { told.hidden = true; });
  await post(at("/biometrics/finish"), { terms, credential, ...made });
  await keep({ ...token, biometrics: credential as string });
  goTo(root, "done");
}

async function switchOff(token: Token, pin: string): Promise<void> {
  await proved(at("/biometrics/off"), token, "biometrics-off", {}, pin);
  const { biometrics: _, ...bare } = token;
  await keep(bare);
  location.assign(at("/biometrics/?off"));
}

/** The token that the host means, and a device that can; else the page says what is lacking. */
async function here(page: HTMLElement): Promise<Token | null> {
  const token = (await held()).find((one) => one.key === page.dataset["biometrics"]);
  const can = await able();
  find(page, "[data-lost]").hidden = token !== undefined;
  find(page, "[data-unable]").hidden = can || token === undefined;
  return can && token ? token : null;
}

export async function attach(root: HTMLElement): Promise<void> {
  const page = root.querySelector<HTMLElement>("[data-biometrics]");
  const token = page && (await here(page));
  if (!page || !token) return;
  const alert = find(root, "[data-alert]");
  const terms = find(page, "[data-consent]").dataset["consent"] ?? "";
  const form = find<HTMLFormElement>(page, "form[data-step]");
  const field = find<HTMLInputElement>(form, "input");
  const buttons = ["on", "off"].map((name) => find<HTMLButtonElement>(form, `[data-${name}]`));
  const [on, off] = buttons as [HTMLButtonElement, HTMLButtonElement];

  /** Ask for the PIN, to switch on or off. */
  const askPin = (way: HTMLButtonElement) => {
    for (const button of buttons) button.hidden = button !== way;
    field.value = "";
    goTo(page, "pin");
    field.focus();
  };
  const typed = () => { const pin = field.value.normalize("NFKC").replace(/\s/g, ""); field.value = ""; return pin; };
  const back = async () => goTo(page, "start");

  attachConsent(page, alert, { agreed: async () => askPin(on), declined: back });
  for (const button of page.querySelectorAll<HTMLButtonElement>("[data-ask]")) {
    // Who has agreed to these very words is not asked again.
    const on_ = button.dataset["ask"] === "on";
    press(button, alert, async () => (on_ && page.dataset["agreed"] !== terms ? goTo(page, "terms") : askPin(on_ ? on : off)));
  }
  press(on, alert, async () => { if (form.reportValidity()) await switchOn(page, token, terms, typed()); });
  press(off, alert, async () => { if (form.reportValidity()) await switchOff(token, typed()); });
  press(find<HTMLButtonElement>(form, "[data-back]"), alert, back);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    (on.hidden ? off : on).click();
  });
}
