"""Taking a SignedData with one signer apart (RFC 5652 5.1, 5.3, 11)."""

from dataclasses import dataclass
from datetime import datetime

from cinnabar.pki import oids
from cinnabar.pki.certificate import CertificateFacts
from cinnabar.pki.der import (
    NULL,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    Cursor,
    DerError,
    context,
    oid,
)

MAX_CERTIFICATES = 8
_KEY_IDENTIFIER = context(0, constructed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """The signed attributes CAdES-BES needs; `signed` is the DER the signature is over."""

    signed: bytes
    message_digest: bytes
    signing_time: datetime
    signing_certificate: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """The one signer. `signature_digest` is None if the algorithm names no digest (bare RSA)."""

    issuer: bytes | None
    serial: int | None
    key_identifier: bytes | None
    digest: str
    signature_digest: str | None
    attributes: Attributes
    signature: bytes

    def names(self, certificate: CertificateFacts) -> bool:
        """Tell whether this signer says to be the holder of `certificate`."""
        fields = certificate.fields
        if self.key_identifier is not None:
            return fields.subject_key_identifier == self.key_identifier
        return (fields.issuer, fields.serial) == (self.issuer, self.serial)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """A detached SignedData: the certificates it carries (DER) and its one signer."""

    certificates: tuple[bytes, ...]
    signer: SignerInfo


def read_signed_data(cms: bytes) -> SignedData:
    """Return the parts of `cms`; raise `DerError` unless detached, of one signer, strict DER."""
    outer = Cursor(cms)
    info = outer.enter()
    outer.finish()
    _expect(info.whole(OID), oids.SIGNED_DATA)
    explicit = info.enter(context(0))
    info.finish()
    data = explicit.enter()
    explicit.finish()
    data.integer()
    data.whole(SET)
    content = data.enter()
    _expect(content.whole(OID), oids.DATA)
    content.finish()  # nothing inside: the content travels apart
    certificates = _certificates(data)
    if data.peek() == context(1):
        data.whole(context(1))
    signers = data.enter(SET)
    data.finish()
    signer = _signer(signers.enter())
    signers.finish()
    return SignedData(certificates=certificates, signer=signer)


def _expect(found: bytes, dotted: str) -> None:
    if found != oid(dotted):
        msg = f"expected {dotted}"
        raise DerError(msg)


def _certificates(data: Cursor) -> tuple[bytes, ...]:
    listed = data.enter(context(0))
    found: list[bytes] = []
    while listed.peek() != -1:
        if len(found) == MAX_CERTIFICATES:
            msg = "too many certificates"
            raise DerError(msg)
        found.append(listed.whole())
    return tuple(found)


def _signer(info: Cursor) -> SignerInfo:
    info.integer()
    issuer = serial = key_identifier = None
    if info.peek() == _KEY_IDENTIFIER:
        key_identifier = info.content(_KEY_IDENTIFIER)
    else:
        named = info.enter()
        issuer, serial = named.whole(), named.integer()
        named.finish()
    digest = _algorithm(info, _DIGESTS)
    attributes = _attributes(info.whole(context(0)))
    signature_digest = _algorithm(info, _SIGNATURES)
    signature = info.content(OCTET_STRING)
    if info.peek() == context(1):
        info.whole(context(1))
    info.finish()
    if digest is None:
        msg = "no digest algorithm"
        raise DerError(msg)
    return SignerInfo(
        issuer=issuer,
        serial=serial,
        key_identifier=key_identifier,
        digest=digest,
        signature_digest=signature_digest,
        attributes=attributes,
        signature=signature,
    )


_DIGESTS: dict[bytes, str | None] = {
    oid(oids.SHA256): "sha256",
    oid(oids.SHA384): "sha384",
    oid(oids.SHA512): "sha512",
}
_SIGNATURES: dict[bytes, str | None] = {
    oid(oids.ECDSA_SHA256): "sha256",
    oid(oids.ECDSA_SHA384): "sha384",
    oid(oids.ECDSA_SHA512): "sha512",
    oid(oids.RSA_SHA256): "sha256",
    oid(oids.RSA_SHA384): "sha384",
    oid(oids.RSA_SHA512): "sha512",
    oid(oids.RSA_ENCRYPTION): None,
}


def _algorithm(info: Cursor, known: dict[bytes, str | None]) -> str | None:
    algorithm = info.enter()
    kind = algorithm.whole(OID)
    if algorithm.peek() == NULL:
        algorithm.content(NULL)
    algorithm.finish()
    if kind not in known:
        msg = "an algorithm that is not accepted"
        raise DerError(msg)
    return known[kind]


def _attributes(whole: bytes) -> Attributes:
    signed = bytes((SET,)) + whole[1:]  # the signature is over the SET, not the tag (RFC 5652 5.4)
    found = _by_kind(Cursor(signed).enter(SET))
    try:
        content_type = found[oid(oids.CONTENT_TYPE)]
        digest = found[oid(oids.MESSAGE_DIGEST)]
        signing_time = found[oid(oids.SIGNING_TIME)]
        certificate = found[oid(oids.SIGNING_CERTIFICATE_V2)]
    except KeyError as problem:
        msg = "a signed attribute is missing"
        raise DerError(msg) from problem
    _expect(content_type, oids.DATA)
    return Attributes(
        signed=signed,
        message_digest=Cursor(digest).content(OCTET_STRING),
        signing_time=Cursor(signing_time).time(),
        signing_certificate=certificate,
    )


def _by_kind(listed: Cursor) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    before = b""
    while listed.peek() != -1:
        whole = listed.whole(SEQUENCE)
        attribute = Cursor(whole).enter()
        kind = attribute.whole(OID)
        values = attribute.enter(SET)
        attribute.finish()
        if kind in found or whole < before:
            msg = "signed attributes repeated or out of order"
            raise DerError(msg)
        found[kind], before = values.any(), whole
        values.finish()
    return found
