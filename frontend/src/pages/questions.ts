/** 常見問題: narrowing the list as one types, and opening the answer that an address names. */

import { find } from "../dom.ts";
import { say } from "../words.ts";

export function attach(root: HTMLElement): void {
  const search = find<HTMLInputElement>(root, "[data-search] input");
  const found = find(root, "[data-found]");
  const questions = [...root.querySelectorAll<HTMLElement>("[data-question]")];
  const texts = new Map(questions.map((question) => [question, plain(question.textContent)]));
  const subjects = [...root.querySelectorAll<HTMLElement>("[data-subject]")];

  const narrow = (): void => {
    const words = plain(search.value).split(" ").filter((word) => word !== "");
    for (const [question, text] of texts) question.hidden = !words.every((word) => text.includes(word));
    for (const subject of subjects) subject.hidden = !subject.querySelector("[data-question]:not([hidden])");
    const n = questions.filter((question) => !question.hidden).length;
    found.textContent = words.length === 0 ? "" : n === 0 ? say("questions.none") : say("questions.found", { n });
  };

  find(root, "[data-search]").hidden = false;
  search.addEventListener("input", narrow);
  const open = (): void => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details");
    if (!named) return;
    named.open = true;
    named.scrollIntoView({ block: "start" });
  };
  window.addEventListener("hashchange", open);
  open();
  narrow();
}

/** Full-width and capital letters are the same as plain ones. */
function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
}
