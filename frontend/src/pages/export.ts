/** 憑證匯出: a backup of the valid certificate of this browser, made here. */

import { post, PLACES, step } from "../api.ts";
import { backup, fileName, type Wish } from "../backup.ts";
import { gather } from "../ceremony.ts";
import { shortSerial } from "../certificate.ts";
import * as choosing from "../choose-passphrase.ts";
import * as code from "../code.ts";
import { find } from "../dom.ts";
import { held, hostInPage, isValid, type Held } from "../host.ts";
import type { Octets } from "../octets.ts";
import type { Form } from "../p12/index.ts";
import { press, shut } from "../press.ts";
import { Refusal } from "../refusal.ts";
import * as showing from "../reveal-password.ts";
import { goTo } from "../steps.ts";
import { tell } from "../alert.ts";
import { written } from "../when.ts";

export async function attach(root: HTMLElement): Promise<void> {
  const alert = find(root, "[data-alert]");
  const host = hostInPage();
  const found = await gather(host).catch(() => { tell(alert, Refusal.local("storage")); return null; });
  const ours = held(found?.records ?? []).find(({ certificate }) => isValid(certificate, host));
  goTo(root, ours ? "choose" : "none", false);
  if (ours) serve(root, alert, ours);
}

function serve(root: HTMLElement, alert: HTMLElement, { record, certificate }: Held): void {
  const host = hostInPage();
  const form = find<HTMLFormElement>(root, "form[data-wish]");
  const button = find<HTMLButtonElement>(form, "[data-make]");
  const serial = shortSerial(certificate.serialFull);
  const { id = "", phone = "", name = "", least = "" } = form.dataset;
  let flow = "";
  let saved = "";

  for (const place of root.querySelectorAll("[data-serial]")) place.textContent = serial;
  const until = find(root, "[data-until]");
  until.textContent = written(certificate.notAfter, until.dataset["until"] ?? "", host.time_zone);
  const passphrase = choosing.attach(form, { id, phone, least: Number(least) }, (good) => shut(button, !good));
  showing.attach(form);
  form.addEventListener("submit", (event) => event.preventDefault());

  const begin = () => post<{ flow: string; code_required: boolean }>(PLACES.exporting, { share: record.share });

  const make = async () => {
    goTo(root, "making");
    try {
      const { secret } = await post<{ secret: string }>(step(flow, "finish"), { confirm: true });
      offer(await backup(record, secret, wish(), progress));
    } catch (thrown) {
      goTo(root, "choose", false);
      throw thrown;
    }
  };

  const wish = (): Wish => {
    const chosen = find<HTMLInputElement>(form, "input[name=form]:checked").value as Form;
    return { form: chosen, passphrase: passphrase().normalize("NFC"), name: `${name} ${serial}` };
  };

  const bar = find<HTMLProgressElement>(root, "progress");
  const progress = (done: number) => { bar.value = done; };

  const offer = (file: Octets) => {
    const link = find<HTMLAnchorElement>(root, "[data-save]");
    URL.revokeObjectURL(saved);
    saved = URL.createObjectURL(new Blob([file], { type: "application/x-pkcs12" }));
    link.href = saved;
    link.download = fileName(record, new Date(host.now), host.time_zone);
    find(root, "[data-file]").textContent = link.download;
    for (const field of form.querySelectorAll<HTMLInputElement>("input[data-first], input[data-second]")) field.value = "";
    goTo(root, "done");
  };

  press(button, alert, async () => {
    const begun = await begin();
    flow = begun.flow;
    if (begun.code_required) goTo(root, "code");
    else await make();
  });

  const back = async () => {
    await post(step(flow, "abandon")).catch(() => undefined);
    goTo(root, "choose");
  };
  code.attach(find(root, '[data-step="code"]'), alert, {
    prepare: async () => flow,
    accepted: make,
    closed: async () => goTo(root, "choose", false),
    cancelled: back,
  });
}
