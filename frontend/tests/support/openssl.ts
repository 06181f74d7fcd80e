/** The second opinion: openssl, run on what our modules made. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECDSA } from "../../src/signature.ts";
import type { Octets } from "../../src/octets.ts";

export class Desk {
  private readonly folder = mkdtempSync(join(tmpdir(), "cinnabar-pages-"));

  path(name: string): string {
    return join(this.folder, name);
  }

  put(name: string, content: Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  take(name: string): Octets {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  run(...words: string[]): string {
    return execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Exit code and everything that was said. */
  ask(...words: string[]): { code: number | null; said: string } {
    const { status, stdout, stderr } = spawnSync("openssl", words, { encoding: "utf8" });
    return { code: status, said: stdout + stderr };
  }

  /** A throwaway certificate for signing, with its key as WebCrypto has it. */
  async signer(serial = "0x00ff606d4881"): Promise<{ key: CryptoKey; certificate: Octets }> {
    this.run(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
      "-subj", "/C=TW/O=Cinnabar Securities/CN=SUBJECT-00-CN01", "-set_serial", serial,
      "-addext", "keyUsage=critical,digitalSignature,nonRepudiation",
      "-keyout", this.path("key.pem"), "-out", this.path("certificate.pem"),
    );
    this.run("x509", "-in", this.path("certificate.pem"), "-outform", "DER", "-out", this.path("certificate.der"));
    this.run("pkcs8", "-topk8", "-nocrypt", "-in", this.path("key.pem"), "-outform", "DER", "-out", this.path("key.der"));
    const key = await crypto.subtle.importKey("pkcs8", this.take("key.der"), ECDSA, false, ["sign"]);
    return { key, certificate: this.take("certificate.der") };
  }

  clear(): void {
    rmSync(this.folder, { recursive: true });
  }
}
