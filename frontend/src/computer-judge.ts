/** 電腦檢測, the judging: what was measured, as lines with a tone, and a verdict over them. Pure. */

import type { Tone } from "./probe.ts";

/** What was measured. null: it was not, or cannot be. Times in milliseconds. */
export interface Measured {
  readonly safe: boolean;
  readonly keys: boolean;
  readonly store: boolean | null;
  readonly lasting: boolean | null;
  /** This computer's clock less the host's, and how far off that may be: half the way there and back. */
  readonly skew: number | null;
  readonly spread: number;
  readonly cookie: boolean | null;
  readonly languages: readonly string[];
  readonly agent: string;
  readonly width: number;
  readonly popup: boolean | null;
  readonly download: boolean | null;
}

/** What the firm asks of a computer. */
export interface Needs {
  /** Seconds that a certificate begins before its issue: what a clock may lag. */
  readonly backdate: number;
  readonly languages: readonly string[];
  readonly time_zone: string;
  readonly version: string;
}

/** `js.computer.<says>` has the sentence, `<says>-next` the remedy. */
export interface Line {
  readonly says: string;
  readonly tone: Tone;
  readonly facts: Readonly<Record<string, string | number>>;
}

const line = (says: string, tone: Tone, facts: Line["facts"] = {}): Line => ({ says, tone, facts });

/** `true`, `false` and not known, each as one line. */
const threeWays = (part: string, found: boolean | null, worse: Tone): Line =>
  found === null ? line(`${part}-none`, "none") : found ? line(`${part}-ok`, "ok") : line(`${part}-${worse}`, worse);

export function judge(found: Measured, needs: Needs): Line[] {
  return [
    threeWays("safe", found.safe, "bad"),
    threeWays("keys", found.keys, "bad"),
    threeWays("store", found.store, "bad"),
    threeWays("lasting", found.lasting, "warn"),
    privacy(found),
    clock(found, needs.backdate * 1000),
    threeWays("cookie", found.cookie, "bad"),
    threeWays("language", speaks(found.languages, needs.languages), "warn"),
    threeWays("popup", found.popup, "warn"),
    threeWays("download", found.download, "warn"),
    browser(found.agent),
    found.width >= NARROWEST ? line("width-ok", "ok", { n: found.width }) : line("width-warn", "warn", { n: found.width }),
  ];
}

/** The worst of the lines; what cannot be told changes nothing. */
export function verdict(lines: readonly Line[]): Tone {
  const tones = new Set(lines.map(({ tone }) => tone));
  return tones.has("bad") ? "bad" : tones.has("warn") ? "warn" : "ok";
}

/** No browser tells a page that its window is private; only a promise to keep data rules it out. */
function privacy({ lasting, store }: Measured): Line {
  if (lasting) return line("private-ok", "ok");
  return store === false ? line("private-warn", "warn") : line("private-none", "none");
}

/** A clock is off only by what the way to the host cannot explain. */
function clock({ skew, spread }: Measured, tolerated: number): Line {
  if (skew === null) return line("clock-none", "none");
  const facts = lasting(Math.abs(skew));
  if (Math.abs(skew) - spread <= tolerated) return line("clock-ok", "ok", facts);
  return line(skew > 0 ? "clock-fast" : "clock-slow", "warn", facts);
}

/** A length of time as people say it: the words for `unit` stand under `js.computer`. */
function lasting(milliseconds: number): { n: number; unit: string } {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return { n: seconds, unit: "seconds" };
  if (seconds < 7200) return { n: Math.round(seconds / 60), unit: "minutes" };
  return seconds < 172_800 ? { n: Math.round(seconds / 3600), unit: "hours" } : { n: Math.round(seconds / 86_400), unit: "days" };
}

const base = (tag: string) => tag.toLowerCase().split("-")[0];

function speaks(theirs: readonly string[], ours: readonly string[]): boolean {
  return theirs.some((tag) => ours.some((own) => base(own) === base(tag)));
}

const NARROWEST = 320; // CSS pixels (WCAG 1.4.10)

/** The oldest versions the pages are built for, as in build.mjs; the order matters, as each claims to be the next. */
const KNOWN: readonly (readonly [string, RegExp, number])[] = [
  ["Edge", /Edg(?:A|iOS)?\/(\d+\.?\d*)/, 111],
  ["Firefox", /Firefox\/(\d+\.?\d*)/, 115],
  ["Chrome", /Chrome\/(\d+\.?\d*)/, 111],
  ["Safari", /Version\/(\d+\.?\d*).* Safari\//, 16.4],
];
const WITHIN_AN_APP = /\bLine\/|FBA[NV]|Instagram|MicroMessenger|; wv\)/;

function browser(agent: string): Line {
  const [name, version, oldest] = KNOWN.flatMap(([known, pattern, least]) => {
    const found = pattern.exec(agent)?.[1];
    return found ? [[known, found, least] as const] : [];
  })[0] ?? ["", "", 0];
  const facts = { name, version: name === "Safari" ? version : version.split(".")[0] ?? "" };
  if (WITHIN_AN_APP.test(agent)) return line("browser-app", "warn");
  if (name === "") return line("browser-none", "none");
  return Number(version) >= oldest ? line("browser-ok", "ok", facts) : line("browser-bad", "bad", facts);
}
