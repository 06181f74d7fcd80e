/** Octet strings: joining, comparing, and their texts. */

export type Octets = Uint8Array<ArrayBuffer>;

export function concat(...parts: readonly Uint8Array[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return compare(a, b) === 0;
}

/** Order as DER wants it in a SET OF: octet by octet, the shorter first. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function utf8(text: string): Octets {
  return new TextEncoder().encode(text) as Octets;
}

export function toHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("").toUpperCase();
}

/** The octets of an even number of hexadecimal digits. */
export function fromHex(text: string): Octets {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toBase64(octets: Uint8Array): string {
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(""));
}

/** As WebAuthn and JOSE write octets (RFC 4648, section 5), without padding. */
export function toBase64Url(octets: Uint8Array): string {
  return toBase64(octets).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws DOMException when the text is not base64. */
export function fromBase64(text: string): Octets {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function random(length: number): Octets {
  return crypto.getRandomValues(new Uint8Array(length));
}
