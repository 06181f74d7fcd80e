/** 密碼解鎖: who it is, a signature of the certificate in this browser, and the lock is lifted. */

import { post } from "../api.ts";
import { proveCertificate } from "../claim-key.ts";
import { offerDemo } from "../demo-customers.ts";
import { find, reveal } from "../dom.ts";
import { press } from "../press.ts";
import { say } from "../words.ts";

const HOME = "/passwords/unlock/";

export function attach(root: HTMLElement): void {
  const form = find<HTMLFormElement>(root, "[data-who]");
  const now = find<HTMLButtonElement>(root, "[data-now]");
  const status = find(root, "[data-status]");
  const typed = (name: string) => find<HTMLInputElement>(form, `input[name=${name}]`).value;

  press(now, find(root, "[data-alert]"), async () => {
    if (!form.reportValidity()) return;
    status.textContent = say("unlock.looking");
    try {
      const { flow } = await post<{ flow: string }>(`${HOME}begin`, { identifier: typed("identifier"), birth: typed("birth") });
      // Whether anything was proved is the host's to say: it answers the same to all that was not.
      await proveCertificate("unlock", flow);
      await post(`${HOME}${encodeURIComponent(flow)}/lift`);
    } finally {
      status.textContent = "";
    }
    find(root, "[data-unlock]").hidden = true;
    reveal(find(root, "[data-unlocked]"));
  });

  offerDemo(root, form);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    now.click();
  });
}
