/** A demo's customers under a form: one press fills in who they are. */

import { find } from "./dom.ts";

/** Fill `identifier`, and `password` or `birth`, whichever the form asks for (parts/demo_customers.html). */
export function offerDemo(root: HTMLElement, form: HTMLFormElement): void {
  for (const use of root.querySelectorAll<HTMLButtonElement>("[data-use]")) {
    use.hidden = false;
    use.addEventListener("click", () => {
      const { use: identifier = "", password, birth } = use.dataset;
      find<HTMLInputElement>(form, "input[name=identifier]").value = identifier;
      if (password !== undefined) find<HTMLInputElement>(form, "input[name=password]").value = password;
      if (birth !== undefined) find<HTMLInputElement>(form, "input[name=birth]").value = birth;
      find(form, "button:not([type=button]), [data-now]").focus();
    });
  }
}
