"""The extensions of a revocation list: number, scope, delta (RFC 5280 5.2)."""

from dataclasses import dataclass

from cinnabar.pki import oids
from cinnabar.pki.certificate import Extension, extension, read_extension, read_extensions
from cinnabar.pki.der import Cursor, DerError, context, integer, oid, sequence, tlv
from cinnabar.pki.profile import authority_key_extension

_URI = context(6, constructed=False)
_KNOWN = {
    oid(oids.AUTHORITY_KEY_IDENTIFIER): False,
    oid(oids.CRL_NUMBER): False,
    oid(oids.DELTA_CRL_INDICATOR): True,
    oid(oids.ISSUING_DISTRIBUTION_POINT): True,
    oid(oids.FRESHEST_CRL): False,
}
"""What may stand in a list of ours, and whether it is critical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a list says of itself besides its lines.

    `number` rises from list to list, full and delta in one series (5.2.3). `point` is the URL
    of the one distribution point whose certificates it covers, empty for all of the issuer's
    (5.2.5). `base` is the number of the full list that a delta adds to, None in a full one
    (5.2.4). `freshest` is where the delta to a full list lies, empty if there is none (5.2.6).
    """

    number: int
    point: str = ""
    base: int | None = None
    freshest: str = ""


def write_marks(marks: Marks, authority_key: bytes) -> bytes:
    """Return the extensions of a list, DER, in their explicit tag."""
    found = [
        authority_key_extension(authority_key),
        extension(oids.CRL_NUMBER, integer(marks.number)),
    ]
    if marks.base is not None:
        found.append(extension(oids.DELTA_CRL_INDICATOR, integer(marks.base), critical=True))
    if marks.point:
        value = sequence(_point_name(marks.point))
        found.append(extension(oids.ISSUING_DISTRIBUTION_POINT, value, critical=True))
    if marks.freshest:
        value = sequence(sequence(_point_name(marks.freshest)))
        found.append(extension(oids.FRESHEST_CRL, value))
    return tlv(context(0), sequence(*found))


def _point_name(url: str) -> bytes:
    return tlv(context(0), tlv(context(0), tlv(_URI, url.encode())))


def read_marks(tagged: Cursor) -> tuple[Marks, bytes]:
    """Return the marks inside their explicit tag and the authority's key; raise `DerError`."""
    found = [read_extension(whole) for whole in read_extensions(tagged)]
    by_kind = {one.kind: one for one in found}
    if len(by_kind) != len(found) or any(_KNOWN.get(o.kind) is not o.critical for o in found):
        msg = "an extension that is unknown, twice or of the wrong criticality"
        raise DerError(msg)
    try:
        number = _integer(by_kind[oid(oids.CRL_NUMBER)])
        key = _authority_key(by_kind[oid(oids.AUTHORITY_KEY_IDENTIFIER)])
    except KeyError as problem:
        msg = "no number or no authority key"
        raise DerError(msg) from problem
    delta = by_kind.get(oid(oids.DELTA_CRL_INDICATOR))
    point = by_kind.get(oid(oids.ISSUING_DISTRIBUTION_POINT))
    freshest = by_kind.get(oid(oids.FRESHEST_CRL))
    return Marks(
        number=number,
        base=_integer(delta) if delta else None,
        point=_point(Cursor(point.value)) if point else "",
        freshest=_freshest(freshest) if freshest else "",
    ), key


def _integer(found: Extension) -> int:
    cursor = Cursor(found.value)
    value = cursor.integer()
    cursor.finish()
    return value


def _authority_key(found: Extension) -> bytes:
    inside = Cursor(found.value).enter()
    identifier = inside.content(context(0, constructed=False))
    inside.finish()
    return identifier


def _freshest(found: Extension) -> str:
    outer = Cursor(found.value)
    points = outer.enter()
    outer.finish()
    return _point(points)


def _point(outer: Cursor) -> str:
    """Return the URL of the only point, which says nothing else; raise `DerError`."""
    point = outer.enter()
    outer.finish()
    name = point.enter(context(0))
    point.finish()
    full = name.enter(context(0))
    name.finish()
    url = full.content(_URI)
    full.finish()
    try:
        return url.decode("ascii")
    except UnicodeDecodeError as problem:
        msg = "an address that is not ASCII"
        raise DerError(msg) from problem
