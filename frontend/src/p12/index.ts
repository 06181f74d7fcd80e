/** PKCS#12 files, written and read in the browser, so that no private key ever reaches the host. */

export type { Entry } from "./entries.ts";
export { P12Error, type Kind } from "./error.ts";
export { MOST_OCTETS, readP12, type Opened, type Options } from "./reader.ts";
export { writeP12, type Contents, type Form } from "./writer.ts";
