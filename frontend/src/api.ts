/** Calls to our own host: JSON there, JSON or a problem document (RFC 9457) back. One try each. */

import { Refusal, type Problem } from "./refusal.ts";
import { solve, type Sum } from "./sum.ts";

const PATIENCE = 30_000; // milliseconds

/** Where the scripts of all tabs tell each other that the host was asked, so that the session goes on. */
export const channel = (): BroadcastChannel => new BroadcastChannel("cinnabar");
let telling: BroadcastChannel | null = null;

/** What stands before the addresses of these pages: "/app" in the app, nothing on the web. */
export const base = (): string => globalThis.document?.querySelector<HTMLMetaElement>('meta[name="base"]')?.content ?? "";

/** The address in this face of what the web has at `path`. */
export const at = (path: string): string => base() + path;

function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
}

async function call(path: string, init: RequestInit): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      ...init, credentials: "same-origin", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw Refusal.local("unreachable");
  }
  telling ??= channel();
  telling.postMessage("touched");
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body;
  throw asRefusal(body);
}

function asRefusal(body: unknown): Refusal {
  const problem = body as Partial<Problem & { type: string }> | null;
  if (!problem?.type || !problem.title) return Refusal.local("trouble");
  const { title, detail = "", next = "" } = problem;
  return new Refusal(problem.type.split("/").pop() ?? "", { ...problem, title, detail, next });
}

/**
 * POST `body`; the answer is our own host's and is taken as `T`. Where the host wants to see first
 * that this is no robot, the check is done and the body sent again, once. @throws Refusal
 */
export async function post<T>(path: string, body: object = {}): Promise<T> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  try {
    return (await call(path, init)) as T;
  } catch (thrown) {
    const page = thrown instanceof Refusal && thrown.kind === "robot-check-needed" ? thrown.problem["page"] : null;
    if (typeof page !== "string") throw thrown;
    const answer = await solve(await sum(page));
    return (await call(path, { ...init, headers: { ...headers, "Robot-Check": answer } })) as T;
  }
}

/** A fresh sum of the check against robots, for the page that goes by this name. @throws Refusal */
export const sum = (page: string): Promise<Sum> => get<Sum>(at(`/robot-check/${encodeURIComponent(page)}`));

/** @throws Refusal */
export async function get<T>(path: string): Promise<T> {
  return (await call(path, {})) as T;
}

export const PLACES = {
  host: at("/certificates/host.json"),
  stay: at("/account/stay/"),
  flows: at("/certificates/flows/"),
  shares: at("/certificates/shares/"),
  exporting: "/certificates/export/begin",
  importing: "/certificates/import/begin",
  verify: at("/certificates/try-sign/verify"),
  challenge: "/certificates/check/challenge",
  checked: "/certificates/check/verify",
  look: "/certificates/repair/look",
  certificates: at("/certificates/"),
} as const;

export type Step = "request" | "signature" | "possession" | "code" | "code/try" | "finish" | "abandon";

/** The address of one step of a flow. */
export const step = (flow: string, name: Step): string => `${PLACES.flows}${encodeURIComponent(flow)}/${name}`;

/** The address of what is done with a share. */
export const share = (id: string, name: "release" | "erase"): string => `${PLACES.shares}${encodeURIComponent(id)}/${name}`;
