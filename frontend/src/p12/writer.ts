/** Making a PKCS#12 file, in one of two forms (docs/decisions/0010-pkcs12.md). */

import { context, octetString, oid, sequence, setOf, small, TAG, tlv } from "../der.ts";
import { random, type Octets } from "../octets.ts";
import { seal as sealBlocks } from "./cbc.ts";
import { encryption } from "./des.ts";
import { bmp, pbkdf2, pkcs12Key, PURPOSE, secretOf, type Derivation, type HashName, type Secret } from "./kdf.ts";
import { macOf } from "./mac.ts";
import { OID } from "./oids.ts";
import { Pace } from "./pace.ts";

/** By purpose: for today's programs, or for older ones that know only 3DES and SHA-1. */
export type Form = "strong" | "compatible";

export interface Contents {
  /** PKCS#8, DER. */
  readonly key: Octets;
  readonly certificate: Octets;
  readonly chain: readonly Octets[];
  /** What programs show for it. */
  readonly name: string;
  readonly passphrase: string;
  readonly form: Form;
}

/** Encrypted octets and the AlgorithmIdentifier that says how. */
interface Sealed {
  readonly algorithm: Octets;
  readonly octets: Octets;
}

interface Recipe {
  readonly mac: { readonly hash: HashName; readonly oid: string; readonly salt: number; readonly rounds: number };
  seal(plain: Octets, secret: Secret, pace: Pace): Promise<Sealed>;
}

const STRONG: Recipe = {
  mac: { hash: "SHA-256", oid: OID.sha256, salt: 16, rounds: 100_000 },
  async seal(plain, secret, pace) {
    const by = { hash: "SHA-256", salt: random(16), rounds: 100_000 } as const;
    const iv = random(16);
    const under = await crypto.subtle.importKey("raw", await pbkdf2(by, secret, 32, pace), "AES-CBC", false, ["encrypt"]);
    const octets = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, under, plain));
    const prf = sequence(oid(OID.hmacSha256), tlv(TAG.null));
    const derivation = sequence(oid(OID.pbkdf2), sequence(octetString(by.salt), small(by.rounds), prf));
    return { algorithm: sequence(oid(OID.pbes2), sequence(derivation, sequence(oid(OID.aes256), octetString(iv)))), octets };
  },
};

const COMPATIBLE: Recipe = {
  mac: { hash: "SHA-1", oid: OID.sha1, salt: 8, rounds: 50_000 },
  async seal(plain, secret, pace) {
    const by: Derivation = { hash: "SHA-1", salt: random(8), rounds: 50_000 };
    const key = await pkcs12Key(by, secret, PURPOSE.key, 24, pace);
    const iv = await pkcs12Key(by, secret, PURPOSE.iv, 8, pace);
    const algorithm = sequence(oid(OID.pbe3Des), sequence(octetString(by.salt), small(by.rounds)));
    return { algorithm, octets: sealBlocks(encryption(key), iv, plain) };
  },
};

/** The layout of OpenSSL's writer: certificates encrypted first, then the key in its own shroud. */
export async function writeP12(contents: Contents): Promise<Octets> {
  const { mac, seal } = contents.form === "strong" ? STRONG : COMPATIBLE;
  const secret = secretOf(contents.passphrase);
  const pace = new Pace();
  const labels = await labelsOf(contents);
  const certificates = await seal(certificateBags(contents, labels), secret, pace);
  const key = await seal(contents.key, secret, pace);
  const shrouded = bag(OID.shroudedKeyBag, sequence(key.algorithm, octetString(key.octets)), labels);
  const safe = sequence(encryptedData(certificates), data(sequence(shrouded)));
  const by: Derivation = { hash: mac.hash, salt: random(mac.salt), rounds: mac.rounds };
  const digest = await macOf(safe, by, secret, pace);
  const info = sequence(sequence(oid(mac.oid), tlv(TAG.null)), octetString(digest));
  return sequence(small(3), data(safe), sequence(info, octetString(by.salt), small(by.rounds)));
}

const attribute = (type: string, value: Octets): Octets => sequence(oid(type), setOf(value));

/** Name and SHA-1 of the certificate: by them readers find the pair. */
async function labelsOf({ certificate, name }: Contents): Promise<Octets[]> {
  const id = new Uint8Array(await crypto.subtle.digest("SHA-1", certificate));
  return [setOf(attribute(OID.friendlyName, tlv(TAG.bmpString, bmp(name))), attribute(OID.localKeyId, octetString(id)))];
}

const bag = (type: string, value: Octets, labels: readonly Octets[]): Octets => sequence(oid(type), context(0, value), ...labels);

const certificateBag = (der: Octets, labels: readonly Octets[]): Octets =>
  bag(OID.certBag, sequence(oid(OID.x509Certificate), context(0, octetString(der))), labels);

function certificateBags({ certificate, chain }: Contents, labels: readonly Octets[]): Octets {
  return sequence(certificateBag(certificate, labels), ...chain.map((der) => certificateBag(der, [])));
}

const data = (content: Octets): Octets => sequence(oid(OID.data), context(0, octetString(content)));

function encryptedData({ algorithm, octets }: Sealed): Octets {
  return sequence(oid(OID.encryptedData), context(0, sequence(small(0), sequence(oid(OID.data), algorithm, tlv(0x80, octets)))));
}
