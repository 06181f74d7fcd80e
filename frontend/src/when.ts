/** Instants in the firm's time zone and patterns (P182, P183), as the host writes them. */

const FIELDS = { Y: "year", m: "month", d: "day", H: "hour", M: "minute", S: "second" } as const;

/** `at` written with a strftime pattern of %Y %m %d %H %M %S. */
export function written(at: Date, pattern: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  return pattern.replace(/%([YmdHMS])/g, (_, field: keyof typeof FIELDS) => parts.get(FIELDS[field]) ?? "");
}

const DAY = 86_400_000; // milliseconds; the firm's zones keep no summer time that a window could cross

/** The instants between which a certificate that ends at `end` may be renewed (G1). */
export function renewalWindow(end: Date, [before, after]: readonly [number, number]): readonly [Date, Date] {
  return [new Date(end.getTime() - before * DAY), new Date(end.getTime() + after * DAY)];
}
