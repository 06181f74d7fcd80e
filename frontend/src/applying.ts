/** An application from its key to its certificate, whatever the page around it looks like. */

import { post, PLACES } from "./api.ts";
import { begin, conclude, gather, giveUp, goesOn, type Lock } from "./ceremony.ts";
import type { Host } from "./host.ts";
import { keep, type KeyRecord } from "./keystore.ts";
import { askToLast } from "./probe.ts";
import { Refusal } from "./refusal.ts";

/** A flow whose code was accepted can go on after a reload for so long. */
const RESUMABLE = 20 * 60_000; // milliseconds

/** What an earlier visit left: a certificate that had come after all, a flow that goes on, or one that ended. */
export interface Left {
  readonly recovered: KeyRecord | null;
  readonly ended: boolean;
}

export class Applying {
  current: KeyRecord | null = null;

  /** `agreeing`: the page asks for a consent, which a flow may be waiting for. */
  constructor(private readonly host: Host, private readonly agreeing: boolean, private readonly lock: () => Promise<Lock>) {}

  /** Make ready what the code is for: the key and its request, once. Answers the flow. @throws Refusal */
  async prepare(): Promise<string> {
    if (this.current) return this.current.flow;
    await askToLast();
    const under = await this.lock();
    const { flow } = await post<{ flow: string }>(PLACES.flows, { kind: "apply" });
    this.current = await begin(this.host, flow, "apply", under);
    return flow;
  }

  /** The code was accepted. */
  async accepted(): Promise<void> {
    if (!this.current) throw Refusal.local("trouble");
    this.current = { ...this.current, accepted: true };
    await keep(this.current);
  }

  /** Fetch the certificate. @throws Refusal, of kind `ended` when the host knows the flow no more */
  async finish(consent?: string): Promise<KeyRecord> {
    if (!this.current) throw Refusal.local("trouble");
    try {
      return await conclude(this.current, consent ? { consent_version: consent } : {});
    } catch (thrown) {
      if (!Refusal.of(thrown).kind.startsWith("flow-")) throw thrown;
      return this.closed();
    }
  }

  async drop(): Promise<void> {
    if (this.current) await giveUp(this.current);
    this.current = null;
  }

  /** The host knows the flow no more: begin anew, and say why. */
  async closed(): Promise<never> {
    await this.drop();
    throw Refusal.local("ended");
  }

  /** Go on with what an earlier visit left behind, or clear it away. */
  async resume(): Promise<Left> {
    const { records, recovered } = await gather(this.host);
    let ended = false;
    for (const record of recovered ? [] : records.filter(({ certificate, kind }) => certificate === null && kind !== "import")) {
      const young = Date.now() - record.created.getTime() < RESUMABLE;
      const begun = record.kind === "apply" && record.accepted && this.agreeing;
      if (begun && young && (await goesOn(record))) this.current = record;
      else await giveUp(record);
      ended ||= begun;
    }
    return { recovered, ended: ended && !this.current };
  }
}
