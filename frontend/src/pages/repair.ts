/** 憑證修復: what was found, what would be done about it, and after a yes what came of it. */

import { tell } from "../alert.ts";
import type { Finding } from "../diagnose.ts";
import { ask } from "../dialog.ts";
import { find, make } from "../dom.ts";
import { line, overall } from "../lines.ts";
import { press, shut } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { lookAround, mend } from "../repair.ts";
import { said, say } from "../words.ts";

/** A finding on the page; the box is there if something can be done. */
interface Shown {
  readonly finding: Finding;
  readonly item: HTMLLIElement;
  readonly box: HTMLInputElement | null;
}

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const region = find(root, "[data-overall]");
  const card = find(root, "[data-found]");
  const list = find(root, "[data-findings]");
  const go = find<HTMLButtonElement>(root, "[data-mend]");
  const again = find<HTMLButtonElement>(root, "[data-again]");
  let shown: readonly Shown[] = [];

  const look = async () => {
    const findings = await lookAround();
    shown = findings.map(show);
    list.replaceChildren(...shown.map(({ item }) => item));
    card.hidden = findings.length === 0;
    go.hidden = !findings.some(({ act }) => act);
    for (const { box } of shown) box?.addEventListener("change", count);
    count();
    const open = findings.filter(({ tone }) => tone !== "ok").length;
    const says = open === 0 ? "all-fine" : go.hidden ? "all-told" : "all-found";
    overall(region, open > 0 ? "warn" : "ok", say(`repair.${says}`, { n: open }), say(`repair.${says}-next`), null);
  };

  const chosen = () => shown.filter(({ box }) => box?.checked);
  const count = () => shut(go, chosen().length === 0);

  press(go, alert, async () => {
    const of = (act: string) => chosen().filter(({ finding }) => finding.act === act).length;
    const sure = await ask({
      title: say("repair.sure"), text: say("repair.sure-means", { fetch: of("fetch"), clear: of("clear") }),
      yes: say("common.ok"), no: say("common.cancel"), danger: of("clear") > 0,
    });
    if (!sure) return;
    for (const one of chosen()) await act(one);
    for (const { box } of shown) if (box) box.disabled = true;
    go.hidden = true;
    overall(region, "ok", say("repair.all-done"), say("repair.all-done-next"), null);
    again.focus();
  });
  await look().catch((thrown: unknown) => tell(alert, Refusal.of(thrown)));
  press(again, alert, look);
}

/** Put one thing right, and say under it what came of it. What fails leaves the others alone. */
async function act({ finding, item }: Shown): Promise<void> {
  try {
    await mend(finding);
    item.replaceWith(line("ok", title(finding), say(`repair.done-${finding.act ?? ""}`)));
  } catch (thrown) {
    const { problem } = Refusal.of(thrown);
    item.replaceWith(line("bad", title(finding), `${problem.title} ${problem.next}`));
  }
}

const title = ({ says, serial }: Finding) => say(`repair.${says}`, { serial });

function show(finding: Finding): Shown {
  const { says, tone, act: todo, safe, to } = finding;
  const item = line(tone, title(finding), said(`repair.${says}-next`));
  const inside = item.firstElementChild ?? item;
  if (to) inside.append(make("p", {}, make("a", { href: to }, say(`repair.to-${to.split("/").at(-2) ?? ""}`))));
  if (!todo) return { finding, item, box: null };
  const box = make("input", { type: "checkbox" });
  box.checked = safe;
  inside.append(make("label", { class: "tick" }, box, " ", make("span", {}, say(`repair.do-${todo}`), make("span", { class: "unseen" }, ` ${title(finding)}`))));
  return { finding, item, box };
}
