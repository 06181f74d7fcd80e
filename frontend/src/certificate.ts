/** What the pages need to know of an X.509 certificate (RFC 5280). It is read, never trusted here. */

import { child, children, DerError, read, readTime, type Value } from "./der-read.ts";
import { toHex, type Octets } from "./octets.ts";

export interface Certificate {
  readonly der: Octets;
  readonly issuer: Octets;
  readonly subject: Octets;
  /** The INTEGER, whole. */
  readonly serial: Octets;
  /** Upper-case hex without leading zeros, as `plainSerial` writes it. */
  readonly serialFull: string;
  readonly publicKey: Octets;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const VERSION = 0xa0;

/** @throws DerError when the octets are not a certificate. */
export function readCertificate(der: Octets): Certificate {
  const fields = children(child(read(der), 0)).filter((field) => field.tag !== VERSION);
  const [serial, , issuer, validity, subject, publicKey] = fields as (Value | undefined)[];
  if (!serial || !issuer || !validity || !subject || !publicKey) throw new DerError("not a certificate");
  return {
    der,
    issuer: issuer.whole,
    subject: subject.whole,
    serial: serial.whole,
    serialFull: plainSerial(toHex(serial.content)),
    publicKey: publicKey.whole,
    notBefore: readTime(child(validity, 0)),
    notAfter: readTime(child(validity, 1)),
  };
}

/** One spelling of a serial, whoever wrote it. */
export function plainSerial(hex: string): string {
  return hex.toUpperCase().replace(/^0+(?=.)/, "");
}

/** The eight digits that customers see (P158). */
export function shortSerial(serialFull: string): string {
  return serialFull.padStart(8, "0").slice(-8);
}
