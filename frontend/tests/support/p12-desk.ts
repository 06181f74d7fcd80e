/** For tests in Python: says in JSON what our writer makes and our reader finds. Octets are base64. */

import { readFileSync } from "node:fs";
import { P12Error, readP12, writeP12, type Form } from "../../src/p12/index.ts";
import { fromBase64, toBase64, type Octets } from "../../src/octets.ts";

interface Asked {
  readonly write?: { key: string; certificate: string; chain: string[]; name: string; passphrase: string; form: Form };
  readonly read?: { file: string; passphrase: string; allowNoMac: boolean };
}

async function answer({ write, read }: Asked): Promise<unknown> {
  if (write) {
    const [key, certificate] = [fromBase64(write.key), fromBase64(write.certificate)];
    return { file: toBase64(await writeP12({ ...write, key, certificate, chain: write.chain.map(fromBase64) })) };
  }
  if (!read) return {};
  const { entries, weak, mac } = await readP12(fromBase64(read.file), read.passphrase, read);
  const plain = (octets: Octets) => toBase64(octets);
  return { weak, mac, entries: entries.map((one) => ({ name: one.name, key: plain(one.key), certificate: plain(one.certificate), chain: one.chain.map(plain) })) };
}

const told = await answer(JSON.parse(readFileSync(0, "utf8")) as Asked).catch((error: unknown) => {
  if (error instanceof P12Error) return { refused: error.kind };
  throw error;
});
process.stdout.write(JSON.stringify(told));
