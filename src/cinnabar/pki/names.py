"""Distinguished names as DER (RFC 5280 4.1.2.4): country, organisation, common name."""

import re

from cinnabar.pki import oids
from cinnabar.pki.der import (
    PRINTABLE_STRING,
    SET,
    UTF8_STRING,
    Cursor,
    DerError,
    oid,
    sequence,
    tlv,
)

MAX_LENGTH = 64
"""The upper bound of organisation and common name, in characters (RFC 5280 appendix A.1)."""

# A whole word that looks like a Taiwanese id, resident permit or uniform number (CRT-05). Whole
# words only: inside a random subject such a run happens once in some 40,000 customers.
_NATIONAL_ID = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z][A-D1289][0-9]{8}|[0-9]{8})(?![0-9A-Za-z])")


def attribute(kind: str, text: str) -> bytes:
    """Return one relative distinguished name; a country is printable, the others are UTF-8."""
    tag = PRINTABLE_STRING if kind == oids.COUNTRY else UTF8_STRING
    if not 0 < len(text) <= MAX_LENGTH:
        msg = f"a name attribute has 1 to {MAX_LENGTH} characters"
        raise DerError(msg)
    return tlv(SET, sequence(oid(kind), tlv(tag, text.encode())))


def read_name(cursor: Cursor) -> list[tuple[bytes, str]]:
    """Step over a name and return its (encoded OID, text) pairs in order; raise `DerError`."""
    pairs = []
    rdns = cursor.enter()
    while rdns.peek() != -1:
        rdn = rdns.enter(SET)
        pair = rdn.enter()
        rdn.finish()
        kind = pair.whole(0x06)
        tag = pair.peek()
        if tag not in {PRINTABLE_STRING, UTF8_STRING}:
            msg = "a name attribute that is no text"
            raise DerError(msg)
        pairs.append((kind, _text(pair.content(tag))))
        pair.finish()
    return pairs


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as problem:
        msg = "a name attribute that is not UTF-8"
        raise DerError(msg) from problem


def shows_national_id(text: str) -> bool:
    """Tell whether `text` has a word of the shape of a national id or company number."""
    return _NATIONAL_ID.search(text) is not None
