/** Forms that go off once at a time, so that a second click is not a second request. */

/** Shut the buttons of `form` while it is under way; coming back to the page opens them again. */
export function once(form: HTMLFormElement): void {
  const buttons = [...form.querySelectorAll<HTMLButtonElement>("[type=submit]")];
  form.addEventListener("submit", () => {
    // After the browser has read the fields: a button shut earlier would stop the submission in some.
    queueMicrotask(() => { for (const button of buttons) button.disabled = true; });
  });
  window.addEventListener("pageshow", () => { for (const button of buttons) button.disabled = false; });
}
