/** Counting down by the clock, so that a sleeping tab is right when it wakes. */

/** Call `each` with the whole seconds left, now and whenever they change, the last time with 0. Returns how to stop. */
export function countdown(seconds: number, each: (left: number) => void): () => void {
  const end = Date.now() + seconds * 1000;
  let told = Number.NaN;
  let timer = 0;
  const look = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (left !== told) each(left);
    told = left;
    if (left === 0) stop();
  };
  const stop = () => window.clearInterval(timer);
  timer = window.setInterval(look, 250);
  look();
  return stop;
}
