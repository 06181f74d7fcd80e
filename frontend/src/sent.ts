/** What the host answers to 取得認證碼: where the code went, and how long it counts. */

import type { Alphabet } from "./boxes.ts";
import { say } from "./words.ts";

export interface Sent {
  readonly sms: string | null;
  readonly email: string | null;
  readonly resend_after: number;
  readonly expires_in: number;
  readonly length: number;
  readonly alphabet: Alphabet;
}

/** Only the contacts on file are named (P41). */
export function sentence(sent: Sent): string {
  if (sent.sms && sent.email) return say("common.code_sent_both", { sms: sent.sms, email: sent.email });
  return sent.sms ? say("common.code_sent_sms", { sms: sent.sms }) : say("common.code_sent_email", { email: sent.email ?? "" });
}
