/** 電腦檢測: one line per thing, a verdict, and a report for the call centre. */

import { clear } from "../alert.ts";
import { download, measure, opensWindow } from "../computer.ts";
import { judge, verdict, type Line, type Measured, type Needs } from "../computer-judge.ts";
import { find } from "../dom.ts";
import { line, overall } from "../lines.ts";
import { press } from "../press.ts";
import { askToLast } from "../probe.ts";
import { written } from "../when.ts";
import { said, say } from "../words.ts";

type Found = Measured & { readonly now: string | null };

export async function attach(root: HTMLElement): Promise<void> {
  const needs = JSON.parse(document.getElementById("needs")?.textContent ?? "{}") as Needs;
  const alert = find(root, "[data-alert]");
  const report = find(root, "[data-report]");
  const came = find(root, "[data-came]");
  const button = (name: string) => find<HTMLButtonElement>(root, `[data-${name}]`);
  let pressed: Pick<Measured, "popup" | "download"> = { popup: null, download: null };

  const show = (found: Found) => {
    const lines = judge(found, needs);
    const tone = verdict(lines);
    overall(find(root, "[data-overall]"), tone, say(`computer.all-${tone}`), say(`computer.all-${tone}-next`), null);
    find(root, "[data-lines]").replaceChildren(...lines.map((one) => line(one.tone, sentence(one), remedy(one))));
    report.textContent = asText(lines, found, needs);
    button("last").hidden = found.lasting !== false;
    for (const part of root.querySelectorAll<HTMLElement>("[data-results]")) part.hidden = false;
  };

  let found = await measure(pressed);
  const again = async () => show((found = await measure(pressed)));
  const knowing = (more: Partial<typeof pressed>) => {
    pressed = { ...pressed, ...more };
    show((found = { ...found, ...pressed }));
  };

  press(button("run"), alert, again);
  press(button("last"), alert, async () => {
    await askToLast();
    await again();
  });
  press(button("popup"), alert, async () => knowing({ popup: opensWindow() }));
  press(button("download"), alert, async () => {
    download(report.textContent ?? "", say("computer.file"));
    came.hidden = false;
  });
  for (const [name, answer] of [["came-yes", true], ["came-no", false]] as const) {
    press(button(name), alert, async () => {
      came.hidden = true;
      knowing({ download: answer });
      button("download").focus();
    });
  }
  press(button("copy"), alert, async () => {
    clear(alert);
    const copied = await navigator.clipboard.writeText(report.textContent ?? "").then(() => true, () => false);
    if (!copied) getSelection()?.selectAllChildren(report);
    find(root, "[data-copied]").textContent = say(copied ? "computer.copied" : "computer.selected");
  });
  show(found);
}

/** A line's facts in words: a length of time is a number and a unit. */
function inWords({ facts }: Line): Record<string, string | number> {
  const { unit } = facts;
  return typeof unit === "string" ? { ...facts, time: say(`computer.${unit}`, facts) } : { ...facts };
}

const sentence = (one: Line) => say(`computer.${one.says}`, inWords(one));

const remedy = ({ says, tone }: Line) => (tone === "ok" ? "" : said(`computer.${says}-next`));

/** Plain text, without anything about the customer. */
function asText(lines: readonly Line[], found: Found, needs: Needs): string {
  const pattern = "%Y-%m-%d %H:%M:%S";
  const head = {
    host: found.now ? written(new Date(found.now), pattern, needs.time_zone) : "—",
    here: written(new Date(), pattern, needs.time_zone),
    version: needs.version, agent: found.agent, origin: location.origin, width: found.width,
  };
  const body = lines.map((one) => `${say(`computer.mark-${one.tone}`)} ${sentence(one)}`);
  return [document.title, say("computer.head", head), "", ...body, "", say(`computer.all-${verdict(lines)}`)].join("\n");
}
