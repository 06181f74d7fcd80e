/** Applying in the app: storage, PIN, then code and consent with one confirmation. */

import { tell } from "../alert.ts";
import { PLACES } from "../api.ts";
import * as pinStep from "../app/pin-step.ts";
import { Applying } from "../applying.ts";
import type { Lock } from "../ceremony.ts";
import * as code from "../code.ts";
import * as consent from "../consent.ts";
import { find } from "../dom.ts";
import { showIssued } from "../issued.ts";
import { hostInPage, mayApply, type AppHost } from "../host.ts";
import type { KeyRecord } from "../keystore.ts";
import { press } from "../press.ts";
import { fit } from "../probe-view.ts";
import { Declined, Refusal } from "../refusal.ts";
import { goTo } from "../steps.ts";
import { say } from "../words.ts";

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const news = find(root, "[data-news]");
  const host = hostInPage() as AppHost;
  const agreeing = root.querySelector<HTMLElement>("[data-agreeing]");
  let under: Lock | null = null;
  const applying = new Applying(host, agreeing !== null, async () => {
    if (!under) throw new Declined();
    return under;
  });

  const done = (record: KeyRecord) => {
    news.textContent = "";
    showIssued(find(root, '[data-step="done"]'), record, host);
    goTo(root, "done");
  };

  /** The code is accepted: the confirmation is all that is left, and may be repeated. */
  const confirming = () => {
    for (const part of root.querySelectorAll<HTMLElement>("[data-coding]")) part.hidden = true;
    find(root, "[data-accepted]").hidden = false;
    news.textContent = say("common.code_accepted");
  };

  const asking = () => {
    for (const part of root.querySelectorAll<HTMLElement>("[data-coding]")) part.hidden = false;
    find(root, "[data-accepted]").hidden = true;
    news.textContent = "";
    unasked();
    text?.renew();
    goTo(root, "code");
  };

  const agreed = (): boolean => {
    const missing = text !== null && text.agreed() === null;
    if (missing) find(root, "[data-unagreed]").textContent = say("mobile.unagreed");
    if (missing) find(root, "[data-consent]").focus();
    return !missing;
  };

  const finish = async () => {
    if (!agreed()) return;
    try {
      done(await applying.finish(text?.agreed() ?? undefined));
    } catch (thrown) {
      if (Refusal.of(thrown).kind === "ended") asking();
      throw thrown;
    }
  };

  const stop = async () => {
    await applying.drop();
    location.assign(PLACES.certificates);
  };

  /** Key and request, under a PIN that the host has just found right. */
  const begin = async (lock: Lock) => {
    under = lock;
    await applying.prepare();
    asking();
  };

  const start = async () => {
    const { recovered, ended } = await applying.resume();
    if (recovered) return done(recovered);
    if (applying.current) {
      asking();
      return confirming();
    }
    if (!mayApply(host)) return goTo(root, "already", false);
    await pinStep.attach(root, alert, host, begin);
    goTo(root, "pin", false);
    if (ended) throw Refusal.local("ended");
  };

  const check = async () => {
    if (await fit(root)) await start();
  };

  const text = agreeing && consent.reading(agreeing, () => { find(root, "[data-unagreed]").textContent = ""; });
  const unasked = code.attach(find(root, '[data-step="code"]'), alert, {
    prepare: () => applying.prepare(),
    ready: agreed,
    async accepted() {
      await applying.accepted();
      confirming();
      await finish();
    },
    closed: () => applying.closed(),
    cancelled: stop,
  });
  press(find<HTMLButtonElement>(root, "[data-finish]"), alert, finish);
  press(find<HTMLButtonElement>(root, "[data-leave]"), alert, stop);
  press(find<HTMLButtonElement>(root, "[data-recheck]"), alert, check);
  await check().catch((thrown: unknown) => tell(alert, Refusal.of(thrown)));
}
