/**
 * Biometrics: the device's own passkey signs the very octets that the token's key has signed
 * (docs/flows/biometrics.md). Nothing is asked of the host for that but the statement's challenge.
 */

import { toBase64Url } from "../octets.ts";
import { use } from "../passkey.ts";
import { sha256 } from "../signature.ts";
import type { Data } from "./canonical.ts";
import { signed, statement, type Token } from "./token.ts";

const PATIENCE = 120_000; // milliseconds

/** Whether this device verifies its owner for pages at all. */
export async function able(): Promise<boolean> {
  if (typeof PublicKeyCredential !== "function") return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/** Whether biometrics may be offered for `token`: switched on in this browser, and the device can. */
export const ready = async (token: Token): Promise<boolean> => token.biometrics !== undefined && able();

/** The body of a request that the device's key and its owner's finger or face stand for. @throws Refusal */
export async function signedByBiometrics<D extends Data>(token: Token, purpose: string, challenge: string, data: D): Promise<object> {
  const said = await statement(token, purpose, challenge, data);
  const { credential, client_data, authenticator_data, signature } = await use({
    challenge: toBase64Url(await sha256(said)), timeout: PATIENCE, userVerification: "required",
    allowCredentials: [{ type: "public-key", id: token.biometrics ?? "", transports: ["internal"] }],
  }, "biometrics");
  return { ...(await signed(token, purpose, challenge, data)), credential, client_data, authenticator_data, assertion: signature };
}
