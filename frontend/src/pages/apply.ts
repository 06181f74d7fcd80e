/** Applying: check this computer, code, consent, done. */

import { tell } from "../alert.ts";
import { post, PLACES } from "../api.ts";
import { begin, conclude, gather, giveUp, goesOn } from "../ceremony.ts";
import * as code from "../code.ts";
import * as consent from "../consent.ts";
import { find } from "../dom.ts";
import { showIssued } from "../issued.ts";
import { hostInPage, mayApply } from "../host.ts";
import { keep, type KeyRecord } from "../keystore.ts";
import { press } from "../press.ts";
import { askToLast, fit } from "../probe-view.ts";
import { Refusal } from "../refusal.ts";
import { goTo } from "../steps.ts";
import { say } from "../words.ts";

/** A flow whose code was accepted can go on after a reload for so long. */
const RESUMABLE = 20 * 60_000; // milliseconds

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const news = find(root, "[data-news]");
  const host = hostInPage();
  const agreeing = root.querySelector<HTMLElement>('[data-step="consent"]');
  let current: KeyRecord | null = null;

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

  const drop = async () => {
    if (current) await giveUp(current);
    current = null;
  };

  /** The host knows the flow no more: begin anew, and say why. */
  const closed = async (): Promise<never> => {
    await drop();
    throw Refusal.local("ended");
  };

  const finish = async (consentVersion?: string) => {
    if (!current) throw Refusal.local("trouble");
    try {
      done(await conclude(current, consentVersion ? { consent_version: consentVersion } : {}));
    } catch (thrown) {
      if (!Refusal.of(thrown).kind.startsWith("flow-")) throw thrown;
      news.textContent = "";
      unasked();
      goTo(root, "code");
      await closed();
    }
  };

  const stop = async () => {
    await drop();
    location.assign(PLACES.certificates);
  };

  /** Go on with what an earlier visit left behind, or clear it away; then show where things stand. */
  const start = async () => {
    const { records, recovered } = await gather(host);
    if (recovered) return done(recovered);
    let ended = false;
    for (const record of records.filter(({ certificate, kind }) => certificate === null && kind !== "import")) {
      const young = Date.now() - record.created.getTime() < RESUMABLE;
      const begun = record.kind === "apply" && record.accepted && agreeing;
      if (begun && young && (await goesOn(record))) current = record;
      else await giveUp(record);
      ended ||= Boolean(begun);
    }
    if (current) return consenting();
    goTo(root, mayApply(host) ? "code" : "already", false);
    if (ended && mayApply(host)) throw Refusal.local("ended");
  };

  const check = async () => {
    if (await fit(root)) await start();
  };

  const unasked = code.attach(find(root, '[data-step="code"]'), alert, {
    async prepare() {
      if (current) return current.flow;
      await askToLast();
      const { flow } = await post<{ flow: string }>(PLACES.flows, { kind: "apply" });
      current = await begin(host, flow, "apply");
      return flow;
    },
    async accepted() {
      if (!current) throw Refusal.local("trouble");
      current = { ...current, accepted: true };
      await keep(current);
      if (agreeing) consenting();
      else await finish();
    },
    closed,
    cancelled: stop,
  });
  const unread = agreeing ? consent.attach(agreeing, alert, { agreed: finish, declined: stop }) : () => undefined;
  press(find<HTMLButtonElement>(root, "[data-recheck]"), alert, check);
  await check().catch((thrown: unknown) => tell(alert, Refusal.of(thrown)));
}
