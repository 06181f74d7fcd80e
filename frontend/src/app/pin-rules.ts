/** Which PINs a device does not take. Nobody else can judge: the host never sees one (TOK-03). */

/** "length": too few, too many, or no digits at all; "plain": among the first that anybody tries. */
export type Fault = "length" | "plain";

export interface Shape { readonly min: number; readonly max: number }

/** What many people take, beyond what is found by its pattern. */
const COMMON = new Set("112233 111222 123321 332211 102030 100200 147258 258369 147369 159753 159357 741852 852963 963852 131420 5201314 1314520 521125 168888 888168 201314 142857 314159 31415926 271828 123654 147852369 1122334455 112358 11223344 12344321 1234554321 19491001".split(" "));

/** The rules that `pin` breaks. */
export function broken(pin: string, shape: Shape): Fault[] {
  const found: readonly [Fault, boolean][] = [
    ["length", !/^[0-9]*$/.test(pin) || pin.length < shape.min || pin.length > shape.max],
    ["plain", pin.length > 1 && (isRow(pin) || isCycle(pin) || COMMON.has(pin) || new Set(pin).size < 3)],
  ];
  return found.filter(([, broke]) => broke).map(([fault]) => fault);
}

/** Each digit as far from the one before as the next: 111111, 123456, 987654, 246802. */
function isRow(pin: string): boolean {
  const digits = Array.from(pin, Number);
  const steps = digits.slice(1).map((digit, at) => (digit - (digits[at] as number) + 10) % 10);
  return steps.every((step) => step === steps[0]);
}

/** A short group over and over, the last time perhaps not whole: 123123, 12312312. */
function isCycle(pin: string): boolean {
  for (let length = 1; length <= pin.length / 2; length += 1) {
    if (pin.slice(length) === pin.slice(0, pin.length - length)) return true;
  }
  return false;
}
