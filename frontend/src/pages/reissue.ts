/** 密碼補發: which of its parts stands on this page is for the host to say; each comes to life by itself. */

import { tell } from "../alert.ts";
import { proveCertificate } from "../claim-key.ts";
import { count } from "../code-clock.ts";
import { find } from "../dom.ts";
import { offerDemo } from "../demo-customers.ts";
import { Refusal } from "../refusal.ts";
import * as robot from "../robot.ts";
import { say } from "../words.ts";

export function attach(root: HTMLElement): void {
  const identify = root.querySelector<HTMLFormElement>("form[data-identify]");
  const device = root.querySelector<HTMLElement>("[data-device]");
  const choice = root.querySelector<HTMLElement>("[data-choice]");
  const code = root.querySelector<HTMLElement>("[data-pass-code]");
  if (identify) {
    robot.attach(identify);
    offerDemo(root, identify);
  }
  if (device) void look(root, device);
  if (choice) narrow(choice);
  if (code) count(code, "reissue");
}

/** Try the keys of this browser, then go on as the host says. */
async function look(root: HTMLElement, device: HTMLElement): Promise<void> {
  const status = find(device, "[data-status]");
  try {
    const found = await proveCertificate("reissue", device.dataset["device"] ?? "");
    status.textContent = say(found ? "reissue.found" : "reissue.none");
    if (found) location.replace(location.href);
    else find<HTMLFormElement>(device, "form[data-without]").submit();
  } catch (thrown) {
    status.textContent = "";
    tell(find(root, "[data-alert]"), Refusal.of(thrown));
  }
}

/** One business line at a time: the list of accounts holds only those of the line that is chosen. */
function narrow(choice: HTMLElement): void {
  const accounts = choice.querySelector<HTMLSelectElement>("select[name=account]");
  if (!accounts) return; // one password for everything, and no account to choose
  const lines = [...choice.querySelectorAll<HTMLInputElement>("input[name=line]")];
  const groups = [...accounts.querySelectorAll("optgroup")];
  const show = () => {
    const chosen = lines.find(({ checked }) => checked)?.value;
    for (const group of groups) group.disabled = group.hidden = group.dataset["line"] !== chosen;
    const inside = accounts.selectedOptions[0]?.closest("optgroup");
    if (inside?.disabled) accounts.value = "";
  };
  for (const line of lines) line.addEventListener("change", show);
  find(choice, "[data-lines]").hidden = false;
  show();
}
