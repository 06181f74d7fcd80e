import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";

const ROOT = join(import.meta.dirname, "..", "..");
const SOURCES = (readdirSync(join(ROOT, "src"), { recursive: true }) as string[])
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(ROOT, "src", name), "utf8") }));

/** The keys of a flat topic file: `[table]` and `name = `; the scripts' without their `js.`. */
function keysOf(language: string, topic: string): Set<string> {
  const found = new Set<string>();
  let table = "";
  for (const line of readFileSync(join(ROOT, "..", "src", "cinnabar", "words", language, `${topic}.toml`), "utf8").split("\n")) {
    table = /^\[(?:js\.)?(.+)\]$/.exec(line)?.[1] ?? table;
    const name = /^([\w-]+) = /.exec(line)?.[1];
    if (name) found.add(`${table}.${name}`);
  }
  return found;
}

/** What checking, repairing and measuring find. `ill` and `over` have a next step, `over` begins with `all-`. */
const FOUND: Readonly<Record<string, Readonly<Record<"well" | "ill" | "over", string>>>> = {
  check: {
    well: "present-ok opens-ok signature-ok own-ok chain-ok dates-ok dates-in status-live channel-ok clock-ok untried opens-ended",
    ill: "opens-shut opens-spoilt signature-bad own-bad chain-bad dates-renew dates-late dates-expired dates-early status-superseded status-revoked channel-bad clock-bad",
    over: "good wrong renew late expired clock broken pending elsewhere ended none storage",
  },
  repair: {
    well: "fine do-fetch do-clear done-fetch done-clear to-certificates to-apply to-import",
    ill: "issued issuing spoilt unfinished import-cut came-to-nothing superseded revoked unknown expired late shut cut-off elsewhere debris",
    over: "fine found told done",
  },
  computer: {
    well: "safe-ok keys-ok store-ok store-none lasting-ok lasting-none private-ok clock-ok cookie-ok language-ok popup-ok popup-none download-ok download-none browser-ok width-ok seconds minutes hours days mark-ok mark-warn mark-bad mark-none",
    ill: "safe-bad keys-bad store-bad lasting-warn private-warn private-none clock-fast clock-slow clock-none cookie-bad cookie-none language-warn popup-warn download-warn browser-bad browser-app browser-none width-warn",
    over: "ok warn bad",
  },
};
const LEADING = "renew late expired clock broken pending elsewhere ended none storage"; // to another page, by a button

function* saidOfFindings(): Iterable<string> {
  for (const [topic, { well, ill, over }] of Object.entries(FOUND)) {
    for (const one of well.split(" ")) yield `${topic}.${one}`;
    for (const one of [...ill.split(" "), ...over.split(" ").map((name) => `all-${name}`)]) yield* [`${topic}.${one}`, `${topic}.${one}-next`];
  }
  for (const one of LEADING.split(" ")) yield `check.all-${one}-act`;
}

const TOPICS = new Set([...keysOf("en", "js")].map((key) => key.split(".")[0]));
const TOPIC_KEY = new RegExp(`"((?:${[...TOPICS].join("|")})\\.[\\w-]+)"`, "g");

/** Every key that the scripts say: written out, or put together from the parts listed here. */
/** Every language there are sentences in. */
const LANGUAGES = ["zh-Hant-TW", "zh-Hant-HK", "en"];

function saidBySources(): Set<string> {
  const said = new Set(SOURCES.flatMap(({ text }) => Array.from(text.matchAll(TOPIC_KEY), (found) => found[1] as string)));
  for (const key of saidOfFindings()) said.add(key);
  for (const part of ["safe", "keys", "store"]) for (const tone of ["ok", "bad"]) said.add(`common.${part}_${tone}`);
  for (const tone of ["ok", "warn"]) said.add(`common.lasting_${tone}`);
  for (const kind of ["unreachable", "trouble", "storage", "key", "foreign", "ended"]) for (const part of ["title", "detail", "next"]) said.add(`common.${kind}_${part}`);
  for (const strength of ["weak", "fair", "good", "strong"]) said.add(`export.strength_${strength}`);
  for (const kind of ["damaged", "passphrase", "no_key", "no_mac", "unsupported", "too_large", "ended"]) for (const part of ["title", "detail", "next"]) said.add(`import.${kind}_${part}`);
  for (const part of ["title", "detail", "next"]) said.add(`export.unmade_${part}`);
  for (const doubt of ["unproved", "weak"]) for (const part of ["sure", "means"]) said.add(`import.${doubt}_${part}`);
  for (const name of ["signer", "masked_id", "serial", "status_label", "signed_at", "verified_at"]) said.add(`try_sign.${name}`);
  return said;
}

function agree(known: ReadonlySet<string>, said: ReadonlySet<string>): void {
  assert.deepEqual({ unsaid: [...known].filter((key) => !said.has(key)), unknown: [...said].filter((key) => !known.has(key)) }, { unsaid: [], unknown: [] });
}

for (const language of LANGUAGES) {
  test(`what the scripts say is in the ${language} catalogue, and nothing else is`, () => {
    agree(keysOf(language, "js"), saidBySources());
  });
}

const TEMPLATES = join(ROOT, "..", "src", "cinnabar", "faces", "web", "templates");
const MARKUP = (readdirSync(TEMPLATES, { recursive: true }) as string[])
  .filter((name) => name.endsWith(".html"))
  .map((name) => ({ name, text: readFileSync(join(TEMPLATES, name), "utf8") }));

/** Groups whose keys are put together in a template or said by a view. */
const GROUPS = ["column", "state.web", "state.host", "act", "channel", "menu", "finding", "demo", "site.language", "history"];

/** Topics of which only some sentences stand in templates: the rest is what they show. */
const READING = ["reading", "manual", "formats", "passwords", "centre", "robot", "reissue", "reissue_mail", "reset", "not_me", "unlock", "voice", "account", "devices", "expiry", "second", "step_up", "passkeys",
  "app", "app_pin", "approvals", "token", "token_notices", "app_sign_in", "app_settings", "app_biometrics", "app_certificates", "push",
];

for (const language of LANGUAGES) {
  test(`what the templates say is in the ${language} catalogue, and nothing else is`, () => {
    const inGroup = (key: string) => GROUPS.some((group) => key.startsWith(`${group}.`));
    const said = new Set(MARKUP.flatMap(({ text }) => Array.from(text.matchAll(/say "([^"]+[^".])"/g), (found) => found[1] as string)));
    const known = keysOf(language, "pages");
    const read = new Set(READING.flatMap((topic) => [...keysOf(language, topic)]));
    agree(new Set([...known].filter((key) => !inGroup(key))), new Set([...said].filter((key) => !inGroup(key) && !read.has(key))));
    for (const key of said) assert.ok(known.has(key) || read.has(key), key);
  });
}

test("no template holds script, style, or a word of its own", () => {
  for (const { name, text } of MARKUP) {
    assert.doesNotMatch(text, /<script|<style|style=|\son\w+=|\|safe/, name);
    const bare = text.replace(/\{[%{].*?[%}]\}/gs, "").replace(/<[^>]*>/gs, "").replace(/&\w+;|\?(?:page|q)=/g, "");
    assert.doesNotMatch(bare, /[A-Za-z\u4e00-\u9fff]/, `${name}: ${bare.trim()}`);
  }
});

test("no script parses markup, runs text, or keeps anything outside IndexedDB", () => {
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|sessionStorage|document\.cookie|setAttribute\("style"/;
  // What was typed and is no secret outlives one page, in its own tab: kept.ts, and nothing else.
  const tab = /sessionStorage/g;
  for (const { name, text } of SOURCES) assert.doesNotMatch(name === "kept.ts" ? text.replace(tab, "") : text, forbidden, name);
});

test("every module is short, and says at its head what it is", () => {
  for (const { name, text } of SOURCES) {
    assert.ok(text.split("\n").length <= 150, `${name} is long`);
    assert.match(text, /^\/\*\*/, name);
  }
});

test("what is sent packed is the file beside it", () => {
  const built = join(ROOT, "..", "src", "cinnabar", "static", "app");
  const packed = readdirSync(built).filter((name) => name.endsWith(".br"));
  assert.ok(packed.length > 2);
  for (const name of packed) {
    assert.deepEqual(brotliDecompressSync(readFileSync(join(built, name))), readFileSync(join(built, name.slice(0, -3))), name);
  }
});
