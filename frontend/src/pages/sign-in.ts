/** 登入: showing the password, filling in a demo customer, one submission at a time. */

import { offerDemo } from "../demo-customers.ts";
import { find } from "../dom.ts";
import * as robot from "../robot.ts";
import { say } from "../words.ts";

export function attach(root: HTMLElement): void {
  const form = find<HTMLFormElement>(root, "form[data-sign-in]");
  const password = find<HTMLInputElement>(form, "input[name=password]");
  const show = find<HTMLButtonElement>(form, "[data-show]");
  const submit = find<HTMLButtonElement>(form, "[type=submit]");

  robot.attach(form);
  show.hidden = false;
  show.addEventListener("click", () => {
    const hidden = password.type === "password";
    password.type = hidden ? "text" : "password";
    show.textContent = say(hidden ? "sign_in.hide" : "sign_in.show");
    show.setAttribute("aria-label", say(hidden ? "sign_in.hide_name" : "sign_in.show_name"));
  });

  offerDemo(root, form);

  form.addEventListener("submit", () => {
    password.type = "password";
    // After the browser has read the fields: a button shut earlier would stop the submission in some.
    queueMicrotask(() => { submit.disabled = true; });
  });
  window.addEventListener("pageshow", () => { submit.disabled = false; });
}
