/** A question that must be answered: a modal dialog with two buttons. */

import { make } from "./dom.ts";

export interface Question {
  readonly title: string;
  readonly text?: string;
  readonly yes: string;
  readonly no: string;
  /** Stands between the text and the buttons; its Enter is the answer yes. */
  readonly part?: HTMLElement;
  /** The answer yes destroys something: the safe answer has the focus. */
  readonly danger?: boolean;
  /** Takes the question back; that counts as no. */
  readonly until?: AbortSignal;
}

let asked = 0;

/** Ask; Escape and closing mean no. The browser gives the focus back to where it was. */
export function ask(question: Question): Promise<boolean> {
  asked += 1;
  const id = `question-${asked}`;
  const title = make("h2", { id }, question.title);
  const yes = make("button", { type: "button", class: question.danger ? "btn danger" : "btn" }, question.yes);
  const no = make("button", { type: "button", class: "btn quiet" }, question.no);
  const dialog = make("dialog", { "aria-labelledby": id }, title);
  if (question.text) {
    dialog.append(make("p", { id: `${id}-text` }, question.text));
    dialog.setAttribute("aria-describedby", `${id}-text`);
  }
  if (question.part) dialog.append(question.part);
  dialog.append(make("div", { class: "row" }, yes, no));
  if (!question.part) (question.danger ? no : yes).autofocus = true;
  document.body.append(dialog);
  return new Promise((resolve) => {
    yes.addEventListener("click", () => dialog.close("yes"));
    question.part?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      dialog.close("yes");
    });
    no.addEventListener("click", () => dialog.close("no"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    question.until?.addEventListener("abort", () => dialog.close("no"), { once: true });
    dialog.showModal();
  });
}
