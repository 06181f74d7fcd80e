/** Applying: check this computer, code, consent, done. */

import { tell } from "../alert.ts";
import { PLACES } from "../api.ts";
import { Applying } from "../applying.ts";
import { lock } from "../ceremony.ts";
import * as code from "../code.ts";
import * as consent from "../consent.ts";
import { find } from "../dom.ts";
import { showIssued } from "../issued.ts";
import { hostInPage, mayApply } from "../host.ts";
import type { KeyRecord } from "../keystore.ts";
import { press } from "../press.ts";
import { fit } from "../probe-view.ts";
import { Refusal } from "../refusal.ts";
import { goTo } from "../steps.ts";
import { say } from "../words.ts";

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const news = find(root, "[data-news]");
  const host = hostInPage();
  const agreeing = root.querySelector<HTMLElement>('[data-step="consent"]');
  const applying = new Applying(host, agreeing !== null, () => lock(host.subject));

  const consenting = () => {
    news.textContent = say("common.code_accepted");
    unread();
    goTo(root, "consent");
  };

  const done = (record: KeyRecord) => {
    news.textContent = "";
    showIssued(find(root, '[data-step="done"]'), record, host);
    goTo(root, "done");
  };

  const finish = async (consentVersion?: string) => {
    try {
      done(await applying.finish(consentVersion));
    } catch (thrown) {
      if (Refusal.of(thrown).kind === "ended") {
        news.textContent = "";
        unasked();
        goTo(root, "code");
      }
      throw thrown;
    }
  };

  const stop = async () => {
    await applying.drop();
    location.assign(PLACES.certificates);
  };

  /** Go on with what an earlier visit left behind, or clear it away; then show where things stand. */
  const start = async () => {
    const { recovered, ended } = await applying.resume();
    if (recovered) return done(recovered);
    if (applying.current) return consenting();
    goTo(root, mayApply(host) ? "code" : "already", false);
    if (ended && mayApply(host)) throw Refusal.local("ended");
  };

  const check = async () => {
    if (await fit(root)) await start();
  };

  const unasked = code.attach(find(root, '[data-step="code"]'), alert, {
    prepare: () => applying.prepare(),
    async accepted() {
      await applying.accepted();
      if (agreeing) consenting();
      else await finish();
    },
    closed: () => applying.closed(),
    cancelled: stop,
  });
  const unread = agreeing ? consent.attach(agreeing, alert, { agreed: finish, declined: stop }) : () => undefined;
  press(find<HTMLButtonElement>(root, "[data-recheck]"), alert, check);
  await check().catch((thrown: unknown) => tell(alert, Refusal.of(thrown)));
}
