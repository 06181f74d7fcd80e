/** How something in the file is encrypted: PBES2 (RFC 8018) or PKCS#12's own (RFC 7292 appendix C). */

import { stringOf } from "../der-ber.ts";
import type { Value } from "../der-read.ts";
import type { Octets } from "../octets.ts";
import { algorithmOf, members, readOwn, readPbkdf2, type Algorithm } from "./algorithm.ts";
import { decryption as aes192 } from "./aes192.ts";
import { open, wrongPassphrase, type Block } from "./cbc.ts";
import { decryption as des3 } from "./des.ts";
import { P12Error, unsupported } from "./error.ts";
import { pbkdf2, pkcs12Key, PURPOSE, type Secret } from "./kdf.ts";
import { OID } from "./oids.ts";
import type { Pace } from "./pace.ts";
import { decryption as rc2 } from "./rc2.ts";

export interface Scheme {
  readonly rounds: number;
  /** RC2 with 40 bits: anybody opens it in minutes. */
  readonly weak: boolean;
  /** @throws P12Error when it does not open. */
  open(sealed: Octets, secret: Secret, pace: Pace): Promise<Octets>;
}

type Cipher = (key: Octets, iv: Octets, sealed: Octets) => Promise<Octets>;

const own = (block: (key: Octets) => Block): Cipher => async (key, iv, sealed) => open(block(key), iv, sealed);

const aes: Cipher = async (key, iv, sealed) => {
  if (sealed.length % 16 !== 0) throw new P12Error("damaged", "not whole blocks");
  const under = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, under, sealed).catch(() => undefined);
  if (!plain) throw wrongPassphrase();
  return new Uint8Array(plain);
};

interface Kind {
  readonly key: number;
  readonly iv: number;
  readonly cipher: Cipher;
}

const PBES2: Readonly<Record<string, Kind>> = {
  [OID.aes128]: { key: 16, iv: 16, cipher: aes },
  [OID.aes192]: { key: 24, iv: 16, cipher: own(aes192) },
  [OID.aes256]: { key: 32, iv: 16, cipher: aes },
  [OID.des3]: { key: 24, iv: 8, cipher: own(des3) },
};
const OWN: Readonly<Record<string, Kind>> = {
  [OID.pbe3Des]: { key: 24, iv: 8, cipher: own(des3) },
  [OID.pbe2KeyDes]: { key: 16, iv: 8, cipher: own(des3) },
  [OID.pbeRc2]: { key: 16, iv: 8, cipher: own(rc2) },
  [OID.pbeRc2Of40]: { key: 5, iv: 8, cipher: own(rc2) },
};

/** @throws P12Error when the scheme is not one of those above. */
export function readScheme(value: Value | undefined): Scheme {
  const algorithm = algorithmOf(value);
  return algorithm.oid === OID.pbes2 ? ofPbes2(algorithm) : ofOwn(algorithm);
}

function ofPbes2({ parameters }: Algorithm): Scheme {
  const [by, encryption] = members(parameters, 2, 2);
  const derivation = readPbkdf2(by);
  const { oid, parameters: vector } = algorithmOf(encryption);
  const kind = PBES2[oid];
  if (!kind || !vector) throw unsupported(`cipher ${oid}`);
  const iv = stringOf(vector);
  if (iv.length !== kind.iv || (derivation.length ?? kind.key) !== kind.key) throw new P12Error("damaged", "key or vector of a wrong length");
  return {
    rounds: derivation.rounds,
    weak: false,
    open: async (sealed, secret, pace) => kind.cipher(await pbkdf2(derivation, secret, kind.key, pace), iv, sealed),
  };
}

function ofOwn({ oid, parameters }: Algorithm): Scheme {
  const kind = OWN[oid];
  if (!kind) throw unsupported(`scheme ${oid}`);
  const by = readOwn(parameters);
  const derive = (purpose: number, length: number, secret: Secret, pace: Pace) => pkcs12Key(by, secret, purpose, length, pace);
  return {
    rounds: by.rounds * (1 + Math.ceil(kind.key / 20)),
    weak: oid === OID.pbeRc2Of40,
    open: async (sealed, secret, pace) => {
      const key = await derive(PURPOSE.key, kind.key, secret, pace);
      return kind.cipher(key, await derive(PURPOSE.iv, kind.iv, secret, pace), sealed);
    },
  };
}
