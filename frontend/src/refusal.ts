/** A refusal as the customer sees it: what happened, why, what to do next. */

import { say } from "./words.ts";

export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly next: string;
  readonly status?: number;
  /** Seconds. */
  readonly retry_after?: number;
  readonly [fact: string]: unknown;
}

/** The refusals that arise in the browser itself; their sentences are `common.<name>_title` and so on. */
export type Local = "unreachable" | "trouble" | "storage" | "key" | "foreign" | "ended";

/** The customer thought better of it: nothing is told. */
export class Declined extends Error {}

export class Refusal extends Error {
  constructor(readonly kind: string, readonly problem: Problem) {
    super(problem.title);
  }

  static local(kind: Local): Refusal {
    return Refusal.said("common", kind);
  }

  /** One whose sentences are those of a page: `<topic>.<kind>_title` and so on. */
  static said(topic: string, kind: string): Refusal {
    const part = (name: string) => say(`${topic}.${kind}_${name}`);
    return new Refusal(kind, { title: part("title"), detail: part("detail"), next: part("next") });
  }

  /** Whatever was thrown, as something that can be told. */
  static of(thrown: unknown): Refusal {
    return thrown instanceof Refusal ? thrown : Refusal.local("trouble");
  }
}
