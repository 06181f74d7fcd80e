/** 檢查憑證: every certificate of this browser, line by line, and one sentence over it all. */

import { shortSerial } from "../certificate.ts";
import { examine } from "../check.ts";
import { conclude, type Conclusion, type Exam, type Line } from "../check-judge.ts";
import { find, make } from "../dom.ts";
import { fetchHost, held } from "../host.ts";
import { records } from "../keystore.ts";
import { line, overall } from "../lines.ts";
import { press } from "../press.ts";
import { say, said } from "../words.ts";

export function attach(root: HTMLElement): void {
  const list = find(root, "[data-exams]");
  const start = find<HTMLButtonElement>(root, "[data-check]");
  const region = find(root, "[data-overall]");

  press(start, find(root, "[data-alert]"), async () => {
    region.replaceChildren();
    list.replaceChildren();
    const host = await fetchHost();
    const here = await records(host.subject).catch(() => null);
    if (!here) return tell({ says: "all-storage", tone: "bad", to: "/computer/" }, 0);
    const exams: Exam[] = [];
    for (const one of held(here)) exams.push(await examine(one, host));
    list.replaceChildren(...exams.map((exam) => card(exam)));
    const days = exams.find(({ daysLeft }) => daysLeft !== null)?.daysLeft ?? 0;
    tell(conclude(host, exams, here.length - exams.length), days);
    start.textContent = say("check.again");
    start.classList.add("quiet");
  });

  const tell = ({ says, tone, to }: Conclusion, days: number) => {
    const link = to ? make("a", { class: "btn", href: to }, say(`check.${says}-act`)) : null;
    overall(region, tone, say(`check.${says}`, { days }), say(`check.${says}-next`, { days }), link);
  };
}

function card({ held: { certificate }, lines, daysLeft }: Exam): HTMLElement {
  const serial = shortSerial(certificate.serialFull);
  const heading = make("h2", { id: `exam-${serial}` }, say("check.certificate"), " ", make("span", { class: "figures" }, serial));
  const items = lines.map((one) => item(one, daysLeft ?? 0));
  return make("section", { class: "card slim", "aria-labelledby": `exam-${serial}` }, heading, make("ul", { class: "checks" }, ...items));
}

const item = ({ says, tone }: Line, days: number) => line(tone, say(`check.${says}`, { days: Math.abs(days) }), tone === "ok" ? "" : said(`check.${says}-next`));
