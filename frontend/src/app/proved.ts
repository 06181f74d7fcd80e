/** One request of the app as a device: a challenge of the host, and the device's statement over it. */

import { at, post } from "../api.ts";
import type { Data } from "./canonical.ts";
import { signed, type Token } from "./token.ts";

/** POST `data` to `path`, signed by the device and, with a PIN, proved by it. @throws Refusal */
export async function proved<T>(path: string, token: Token, purpose: string, data: Data, pin?: string): Promise<T> {
  const { challenge } = await post<{ challenge: string }>(at("/device/challenge"));
  return post<T>(path, await signed(token, purpose, challenge, data, pin));
}
