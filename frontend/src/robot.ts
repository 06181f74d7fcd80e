/** 我不是機器人: a tick that sets the browser to work, and a form that waits for it. */

import { sum } from "./api.ts";
import { find } from "./dom.ts";
import { solve } from "./sum.ts";
import { say } from "./words.ts";

const SPARE = 30; // seconds before the end in which nobody should begin to send

/**
 * Bring the check of `form` to life (parts/robot_check.html); without one there, nothing happens.
 * A form sent while the browser still works is sent when it is done. Attach this before what else
 * listens to the form's submission: that then hears of the one that counts.
 */
export function attach(form: HTMLFormElement): void {
  const box = form.querySelector<HTMLElement>("[data-robot]");
  if (box) new Check(form, box);
}

class Check {
  private readonly tick: HTMLInputElement;
  private readonly field: HTMLInputElement;
  private readonly bar: HTMLProgressElement;
  private readonly status: HTMLElement;
  private working = false;
  private sender: HTMLElement | null = null;
  private end = 0;

  constructor(private readonly form: HTMLFormElement, private readonly box: HTMLElement) {
    this.tick = find(box, "input[type=checkbox]");
    this.field = find(box, "input[type=hidden]");
    this.bar = find(box, "progress");
    this.status = find(box, "[role=status]");
    this.tick.addEventListener("change", () => void this.changed());
    form.addEventListener("submit", (event) => this.hold(event), { capture: true });
    // A page that comes back from the browser's memory has been sent before.
    window.addEventListener("pageshow", ({ persisted }) => { if (persisted) this.reset(""); });
    this.tick.disabled = false;
    this.reset("");
  }

  private async changed(): Promise<void> {
    if (this.working || this.field.value !== "") {
      this.tick.checked = true; // what is begun goes on, what is done stays done
      return;
    }
    this.tick.setCustomValidity("");
    this.working = true;
    this.bar.value = 0;
    this.bar.hidden = false;
    this.status.textContent = say("robot.working");
    try {
      await this.work();
    } catch {
      this.reset(say("robot.failed"));
    }
  }

  private async work(): Promise<void> {
    const given = await sum(this.box.dataset["robot"] ?? "");
    this.field.value = await solve(given, (share) => { this.bar.value = share; });
    this.working = false;
    this.bar.hidden = true;
    this.status.textContent = say("robot.done");
    this.end = window.setTimeout(() => this.reset(say("robot.expired")), (given.parameters.data.life - SPARE) * 1000);
    if (this.sender) this.form.requestSubmit(this.sender);
  }

  private hold(event: SubmitEvent): void {
    if (!this.working) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.sender = event.submitter;
  }

  private reset(told: string): void {
    window.clearTimeout(this.end);
    this.working = false;
    this.sender = null;
    this.field.value = "";
    this.tick.checked = false;
    this.tick.setCustomValidity(say("robot.please"));
    this.bar.hidden = true;
    this.status.textContent = told;
  }
}
