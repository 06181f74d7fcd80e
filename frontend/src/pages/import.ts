/** 憑證匯入: a certificate and its key from a file to this browser. */

import { tell } from "../alert.ts";
import { readCertificate, shortSerial } from "../certificate.ts";
import { bring, clear, resume, unfinished } from "../copies.ts";
import { ask } from "../dialog.ts";
import { find, make } from "../dom.ts";
import { hostInPage } from "../host.ts";
import { showIssued } from "../issued.ts";
import type { KeyRecord } from "../keystore.ts";
import type { Octets } from "../octets.ts";
import { MOST_OCTETS, P12Error, readP12, type Entry, type Opened } from "../p12/index.ts";
import { press, shut } from "../press.ts";
import { askToLast } from "../probe-view.ts";
import { Refusal } from "../refusal.ts";
import * as showing from "../reveal-password.ts";
import { goTo } from "../steps.ts";
import { written } from "../when.ts";
import { say } from "../words.ts";

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const host = hostInPage();
  const form = find<HTMLFormElement>(root, "form[data-open]");
  const button = find<HTMLButtonElement>(form, "[data-take]");
  const picker = find<HTMLInputElement>(form, "input[type=file]");
  const passphrase = find<HTMLInputElement>(form, "[data-passphrase]");
  const bar = find<HTMLProgressElement>(root, "progress");
  let chosen: File | null = null;

  const done = (record: KeyRecord) => {
    passphrase.value = "";
    showIssued(find(root, '[data-step="done"]'), record, host);
    goTo(root, "done");
  };

  const choose = (file: File | null | undefined) => {
    chosen = file ?? null;
    find(root, "[data-chosen]").textContent = chosen ? say("import.chosen", { name: chosen.name }) : "";
    shut(button, chosen === null);
    if (chosen) passphrase.focus();
  };

  const take = async (entry: Entry) => {
    await askToLast();
    done(await bring(entry, host));
  };

  const open = async () => {
    if (!chosen) return;
    if (chosen.size > MOST_OCTETS) throw Refusal.said("import", "too_large");
    bar.hidden = false;
    const opened = await read(chosen, passphrase.value, form.dataset["withoutMac"] === "warn", (share) => { bar.value = share; })
      .finally(() => { bar.hidden = true; });
    if (!(await accepted(opened))) return;
    const [only, ...more] = opened.entries;
    if (only && more.length === 0) await take(only);
    else offer(opened.entries);
  };

  const offer = (entries: readonly Entry[]) => {
    const list = find(root, "[data-entries]");
    list.replaceChildren(...entries.map((entry, i) => {
      const radio = make("input", { type: "radio", name: "entry", value: String(i) });
      radio.checked = i === 0;
      return make("label", { class: "tick" }, radio, make("span", {}, described(entry)));
    }));
    picked = () => entries[Number(find<HTMLInputElement>(list, "input:checked").value)] as Entry;
    goTo(root, "entries");
  };
  let picked: (() => Entry) | null = null;

  const described = (entry: Entry) => {
    const { serialFull, notAfter } = readCertificate(entry.certificate);
    const until = written(notAfter, form.dataset["until"] ?? "", host.time_zone);
    return say("import.entry", { serial: shortSerial(serialFull), until });
  };

  picker.addEventListener("change", () => choose(picker.files?.[0]));
  receive(find(root, "[data-drop]"), choose);
  showing.attach(form);
  form.addEventListener("submit", (event) => event.preventDefault());
  press(button, alert, open);
  press(find<HTMLButtonElement>(root, "[data-pick]"), alert, async () => { if (picked) await take(picked()); });
  press(find<HTMLButtonElement>(root, "[data-back]"), alert, async () => goTo(root, "file"));
  picker.disabled = false;
  passphrase.disabled = false;

  for (const record of await unfinished(host).catch(() => [])) {
    try {
      done(await resume(record, host));
    } catch (thrown) {
      const refusal = Refusal.of(thrown);
      await clear(record, refusal).catch(() => undefined);
      tell(alert, refusal);
    }
  }
}

async function read(file: File, passphrase: string, allowNoMac: boolean, progress: (done: number) => void): Promise<Opened> {
  const octets: Octets = new Uint8Array(await file.arrayBuffer());
  return readP12(octets, passphrase, { allowNoMac, progress }).catch((thrown: unknown) => {
    if (thrown instanceof P12Error) throw Refusal.said("import", thrown.kind.replace(/-/g, "_"));
    throw thrown;
  });
}

/** What is weak about a file is said, and the customer decides. */
async function accepted(opened: Opened): Promise<boolean> {
  const doubts = [...(opened.weak ? ["weak"] : []), ...(opened.mac ? [] : ["unproved"])];
  for (const doubt of doubts) {
    const sure = await ask({
      title: say(`import.${doubt}_sure`), text: say(`import.${doubt}_means`), yes: say("import.go_on"), no: say("common.cancel"), danger: true,
    });
    if (!sure) return false;
  }
  return true;
}

/** Files may be dropped on `place`; elsewhere a dropped file would replace the page. */
function receive(place: HTMLElement, choose: (file: File | undefined) => void): void {
  for (const kind of ["dragover", "drop"] as const) {
    window.addEventListener(kind, (event) => event.preventDefault());
  }
  place.addEventListener("dragover", () => place.classList.add("over"));
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    place.classList.remove("over");
    choose(event.dataTransfer?.files[0]);
  });
}
