/** Detached CAdES-BES signatures: CMS SignedData (RFC 5652) with signing-certificate-v2 (RFC 5035). */

import { readCertificate, type Certificate } from "./certificate.ts";
import { context, octetString, oid, sequence, setOf, small, time, tlv } from "./der.ts";
import { OID } from "./oids.ts";
import { concat, type Octets } from "./octets.ts";
import { ecdsaWithSha256 } from "./request.ts";
import { sha256, sign } from "./signature.ts";

const sha256Algorithm = (): Octets => sequence(oid(OID.sha256));

const attribute = (type: string, value: Octets): Octets => sequence(oid(type), setOf(value));

/** IssuerSerial of RFC 5035: a GeneralName [4] holds the issuer's Name. */
const issuerSerial = (signer: Certificate): Octets =>
  sequence(sequence(context(4, signer.issuer)), signer.serial);

async function signedAttributes(message: Octets, signer: Certificate, at: Date): Promise<Octets[]> {
  // ESSCertIDv2's hash algorithm is left out: SHA-256 is its default, and DER leaves defaults out.
  const id = sequence(octetString(await sha256(signer.der)), issuerSerial(signer));
  return [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.signingTime, time(at)),
    attribute(OID.messageDigest, octetString(await sha256(message))),
    attribute(OID.signingCertificateV2, sequence(sequence(id))),
  ];
}

/** Sign `message` for the certificate `der`; the message itself stays outside. */
export async function signDetached(
  message: Octets, key: CryptoKey, der: Octets, chain: readonly Octets[], at: Date,
): Promise<Octets> {
  const signer = readCertificate(der);
  const attributes = setOf(...(await signedAttributes(message, signer, at)));
  // What is signed carries the SET tag, what is sent [0] (RFC 5652 5.4).
  const sent = concat(Uint8Array.of(0xa0), attributes.subarray(1));
  const signerInfo = sequence(
    small(1), sequence(signer.issuer, signer.serial), sha256Algorithm(), sent,
    ecdsaWithSha256(), octetString(await sign(key, attributes)),
  );
  const signedData = sequence(
    small(1), setOf(sha256Algorithm()), sequence(oid(OID.data)),
    tlv(0xa0, der, ...chain), setOf(signerInfo),
  );
  return sequence(oid(OID.signedData), context(0, signedData));
}
