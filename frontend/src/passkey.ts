/** Passkeys: what the host asks with, the browser's own dialog, and the answer as octets in base64. */

import { post } from "./api.ts";
import { clear } from "./alert.ts";
import { find } from "./dom.ts";
import { fromBase64, toBase64, type Octets } from "./octets.ts";
import { press } from "./press.ts";
import { Refusal } from "./refusal.ts";

interface Named {
  readonly id: string;
  readonly type: "public-key";
  readonly transports?: AuthenticatorTransport[];
}

/** What makes a passkey, as the host writes it: octets in base64url. */
export interface Making extends Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials"> {
  readonly challenge: string;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly excludeCredentials: readonly Named[];
}

/** What uses one. */
export interface Using extends Omit<PublicKeyCredentialRequestOptions, "challenge" | "allowCredentials"> {
  readonly challenge: string;
  readonly allowCredentials: readonly Named[];
}

/** Whether this browser knows passkeys at all. */
export const able = (): boolean => typeof PublicKeyCredential === "function";

/** Let the browser make a passkey; the answer is what the host takes. `topic` says it when it does not. @throws Refusal */
export async function make(asked: Making, topic = "passkey"): Promise<Record<string, unknown>> {
  const publicKey = {
    ...asked, challenge: octets(asked.challenge), user: { ...asked.user, id: octets(asked.user.id) },
    excludeCredentials: named(asked.excludeCredentials),
  };
  const made = await told(() => navigator.credentials.create({ publicKey }), topic);
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    credential: text(made.rawId), client_data: text(response.clientDataJSON), attestation: text(response.attestationObject),
    transports: response.getTransports(),
  };
}

/** Let the browser show a passkey; the answer is what the host takes. @throws Refusal */
export async function use(asked: Using, topic = "passkey"): Promise<Record<string, string>> {
  const publicKey = { ...asked, challenge: octets(asked.challenge), allowCredentials: named(asked.allowCredentials) };
  const shown = await told(() => navigator.credentials.get({ publicKey }), topic);
  const response = shown.response as AuthenticatorAssertionResponse;
  const handle = response.userHandle && response.userHandle.byteLength > 0 ? { handle: text(response.userHandle) } : {};
  return {
    credential: text(shown.rawId), client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData), signature: text(response.signature), ...handle,
  };
}

/** Bring the buttons to life that show a passkey: asked at their address, answered beside it, led on by the answer. */
export function attach(root: HTMLElement): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-passkey]")) {
    const at = button.dataset["passkey"] ?? "";
    if (!able()) {
      const sorry = root.querySelector<HTMLElement>("[data-passkey-unable]");
      if (sorry) sorry.hidden = false;
      continue;
    }
    press(button, find(root, "[data-alert]"), async () => {
      clear(find(root, "[data-alert]"));
      const answer = await use(await post<Using>(at));
      const { next } = await post<{ next: string }>(`${at}/prove`, answer);
      location.assign(new URL(next, location.origin).pathname);
    });
  }
}

/** What the browser says of its own accord, in our words. */
async function told(act: () => Promise<Credential | null>, topic: string): Promise<PublicKeyCredential> {
  try {
    const found = await act();
    if (found instanceof PublicKeyCredential) return found;
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : "";
    const known: Readonly<Record<string, string>> = { InvalidStateError: "here", SecurityError: "place", NotAllowedError: "cancelled", AbortError: "cancelled" };
    throw Refusal.said(topic, known[name] ?? "failed");
  }
  throw Refusal.said(topic, "failed");
}

function octets(text: string): Octets {
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

const text = (buffer: ArrayBuffer): string => toBase64(new Uint8Array(buffer));

const named = (list: readonly Named[]) => list.map((one) => ({ ...one, id: octets(one.id) }));
