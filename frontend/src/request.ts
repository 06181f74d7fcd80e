/** PKCS#10 certification request (RFC 2986) for a WebCrypto P-256 key pair. */

import { bitString, context, oid, sequence, setOf, small, utf8String } from "./der.ts";
import { OID } from "./oids.ts";
import type { Octets } from "./octets.ts";
import { sign } from "./signature.ts";

export const ecdsaWithSha256 = (): Octets => sequence(oid(OID.ecdsaWithSha256));

/** A Name with one common name. The host decides the certificate's real subject. */
function name(commonName: string): Octets {
  return sequence(setOf(sequence(oid(OID.commonName), utf8String(commonName))));
}

/** The request, DER, signed by the key itself: that proves its possession. */
export async function certificationRequest(pair: CryptoKeyPair, commonName: string): Promise<Octets> {
  const publicKey = await publicKeyOf(pair.publicKey);
  const info = sequence(small(0), name(commonName), publicKey, context(0));
  return sequence(info, ecdsaWithSha256(), bitString(await sign(pair.privateKey, info)));
}

/** SubjectPublicKeyInfo, DER. */
export async function publicKeyOf(key: CryptoKey): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.exportKey("spki", key));
}
