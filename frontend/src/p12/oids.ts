/** Object identifiers of PKCS#12 (RFC 7292), PKCS#5 (RFC 8018) and what they point to. */

const PKCS5 = "1.2.840.113549.1.5";
const PKCS7 = "1.2.840.113549.1.7";
const PKCS9 = "1.2.840.113549.1.9";
const PBE = "1.2.840.113549.1.12.1";
const BAG = "1.2.840.113549.1.12.10.1";
const HMAC = "1.2.840.113549.2";
const NIST = "2.16.840.1.101.3.4";

export const OID = {
  data: `${PKCS7}.1`, encryptedData: `${PKCS7}.6`,
  keyBag: `${BAG}.1`, shroudedKeyBag: `${BAG}.2`, certBag: `${BAG}.3`, safeContentsBag: `${BAG}.6`,
  friendlyName: `${PKCS9}.20`, localKeyId: `${PKCS9}.21`, x509Certificate: `${PKCS9}.22.1`,
  pbkdf2: `${PKCS5}.12`, pbes2: `${PKCS5}.13`, pbmac1: `${PKCS5}.14`,
  pbe3Des: `${PBE}.3`, pbe2KeyDes: `${PBE}.4`, pbeRc2: `${PBE}.5`, pbeRc2Of40: `${PBE}.6`,
  hmacSha1: `${HMAC}.7`, hmacSha256: `${HMAC}.9`, hmacSha384: `${HMAC}.10`, hmacSha512: `${HMAC}.11`,
  sha1: "1.3.14.3.2.26", sha256: `${NIST}.2.1`, sha384: `${NIST}.2.2`, sha512: `${NIST}.2.3`,
  aes128: `${NIST}.1.2`, aes192: `${NIST}.1.22`, aes256: `${NIST}.1.42`, des3: "1.2.840.113549.3.7",
  ecPublicKey: "1.2.840.10045.2.1", rsaEncryption: "1.2.840.113549.1.1.1",
  p256: "1.2.840.10045.3.1.7", p384: "1.3.132.0.34", p521: "1.3.132.0.35",
} as const;
