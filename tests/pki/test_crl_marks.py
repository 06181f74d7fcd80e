"""What a list says of itself: number, distribution point, delta, where the freshest lies."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki import oids
from cinnabar.pki.assemble import assemble_crl
from cinnabar.pki.authority import addresses, list_name, shard_for, shard_of
from cinnabar.pki.certificate import extension
from cinnabar.pki.crl import Reason, RevokedEntry, crl_tbs, read_crl, read_crl_tbs
from cinnabar.pki.crl_marks import Marks, read_marks, write_marks
from cinnabar.pki.der import Cursor, DerError, context, integer, sequence, tlv
from tests.pki.support import NOW

POINT = "http://127.0.0.1:8000/crl/0123456789abcdef-20261115.crl"
DELTA = "http://127.0.0.1:8000/crl/0123456789abcdef-20261115-delta.crl"
KEY = bytes(range(20))
URLS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200)


def _signed(env: Env, marks: Marks) -> x509.CertificateRevocationList:
    until = NOW + timedelta(hours=1)
    tbs = crl_tbs(env.signer.authority(), marks, this_update=NOW, next_update=until, entries=())
    return x509.load_der_x509_crl(assemble_crl(tbs, b"not looked at"))


def test_the_library_reads_the_point_critical_and_word_for_word(env):
    found = _signed(env, Marks(number=7, point=POINT)).extensions
    point = found.get_extension_for_class(x509.IssuingDistributionPoint)
    assert point.critical
    assert [name.value for name in point.value.full_name or ()] == [POINT]
    assert not point.value.only_contains_user_certs
    assert not point.value.indirect_crl


def test_the_library_reads_a_delta_critical_with_its_base(env):
    found = _signed(env, Marks(number=9, base=7)).extensions
    indicator = found.get_extension_for_class(x509.DeltaCRLIndicator)
    assert (indicator.critical, indicator.value.crl_number) == (True, 7)


def test_the_library_reads_where_the_freshest_lies(env):
    found = _signed(env, Marks(number=9, freshest=DELTA)).extensions
    freshest = found.get_extension_for_class(x509.FreshestCRL)
    assert [name.value for name in freshest.value[0].full_name or ()] == [DELTA]
    assert not freshest.critical


@given(
    st.integers(1, 1 << 60),
    st.one_of(st.just(""), URLS),
    st.one_of(st.none(), st.integers(1, 1 << 60)),
    st.one_of(st.just(""), URLS),
)
def test_what_was_written_reads_back(number, point, base, freshest):
    marks = Marks(number=number, point=point, base=base, freshest=freshest)
    assert read_marks(Cursor(write_marks(marks, KEY)).enter(context(0))) == (marks, KEY)


@given(st.binary(max_size=120))
def test_garbage_says_nothing(octets):
    with pytest.raises(DerError):
        read_marks(Cursor(octets))


_NUMBER = extension(oids.CRL_NUMBER, integer(7))
_OTHER = extension("1.3.6.1.4.1.32473.7", integer(7))
_AUTHORITY = Cursor(write_marks(Marks(number=7), KEY)).enter(context(0)).enter().whole()


@pytest.mark.parametrize(
    "found",
    [
        (_NUMBER,),
        (_AUTHORITY,),
        (_AUTHORITY, _NUMBER, _NUMBER),
        (_AUTHORITY, _NUMBER, _OTHER),
        (_AUTHORITY, extension(oids.CRL_NUMBER, integer(7), critical=True)),
        (_AUTHORITY, _NUMBER, extension(oids.DELTA_CRL_INDICATOR, integer(5))),
        (_AUTHORITY, _NUMBER, extension(oids.DELTA_CRL_INDICATOR, b"x", critical=True)),
        (_AUTHORITY, _NUMBER, extension(oids.FRESHEST_CRL, sequence(sequence()))),
        (
            _AUTHORITY,
            _NUMBER,
            extension(oids.ISSUING_DISTRIBUTION_POINT, sequence(b"\x81\x01\xff"), critical=True),
        ),
    ],
)
def test_a_list_that_says_more_less_or_something_else_is_not_read(found):
    with pytest.raises(DerError):
        read_marks(Cursor(tlv(context(0), sequence(*found))).enter(context(0)))


def _lines(*lines: bytes) -> bytes:
    """Return a list whose lines are these octets, whatever they are."""
    tbs = Cursor(_EMPTY).enter()
    head = [tbs.any() for _ in range(5)]
    return sequence(*head, sequence(*lines), tbs.any())


class _Anybody:
    issuing_name, issuing_key_identifier = sequence(), KEY


_EMPTY = crl_tbs(
    _Anybody(),  # type: ignore[arg-type]
    Marks(number=7),
    this_update=NOW,
    next_update=NOW + timedelta(hours=1),
    entries=(),
)
_TIME = b"\x17\x0d261120020000Z"
_GOOD = sequence(integer(5), _TIME)


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ((_GOOD,), 1),
        ((_GOOD, _GOOD), 2),
        ((sequence(integer(1 << 150), b"\x18\x0f20501120020000Z", sequence()),), 1),
    ],
)
def test_lines_are_counted(lines, count):
    assert read_crl_tbs(_lines(*lines)).entries == count


@pytest.mark.parametrize(
    "line",
    [
        b"0",
        b"\x30\x7f",
        b"\x00",
        sequence(),
        sequence(integer(5)),
        sequence(_TIME),
        sequence(b"\x02\x00", _TIME, b"\x30\x02\x05\x00"),
        sequence(b"\x02\x02\x00\x05", _TIME),
        sequence(integer(5), b"\x17\x0d26112002000aZ"),
        sequence(integer(5), b"\x17\x0d2611200200000"),
        sequence(integer(5), b"\x18\x0d261120020000Z"),
        sequence(integer(5), _TIME, b"\x30"),
        sequence(integer(5), _TIME, b"\x30\x05\x00"),
        sequence(integer(5), _TIME, b"\x05\x00"),
        _GOOD[:-1],
        _GOOD + b"\x00",
    ],
)
def test_what_is_no_line_makes_no_list(line):
    with pytest.raises(DerError):
        read_crl_tbs(_lines(_GOOD, line))


@given(st.integers(0, 400), st.integers(0, 7))
def test_a_bit_turned_anywhere_is_read_or_refused_but_never_trips(at, bit):
    entry = RevokedEntry(serial=1 << 126, revoked_at=NOW, reason=Reason.SUPERSEDED)
    whole = bytearray(_lines(_GOOD, sequence(integer(entry.serial), _TIME)))
    whole[at % len(whole)] ^= 1 << bit
    try:
        read_crl(sequence(bytes(whole), sequence(), b"\x03\x01\x00"))
    except DerError:
        return


@pytest.mark.parametrize(
    ("issued", "days", "shard"),
    [
        (datetime(2026, 11, 20, 2, tzinfo=UTC), 0, ""),
        (datetime(2026, 11, 20, 2, tzinfo=UTC), 1, "20261120"),
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC), 1, "20261120"),
        (datetime(2026, 11, 21, tzinfo=UTC), 1, "20261121"),
    ],
)
def test_a_shard_is_named_after_the_first_day_of_its_period(issued, days, shard):
    assert shard_for(issued, days) == shard


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), st.integers(1, 366))  # noqa: DTZ001 - made aware below
def test_a_period_has_as_many_days_as_the_firm_says(at, days):
    at = at.replace(tzinfo=UTC)
    first = datetime.strptime(shard_for(at, days), "%Y%m%d").replace(tzinfo=UTC)
    assert first <= at < first + timedelta(days=days)
    assert shard_for(first, days) == shard_for(first + timedelta(days=days - 1), days)
    assert shard_for(first + timedelta(days=days), days) != shard_for(first, days)


def test_names_and_addresses_say_issuer_shard_and_delta():
    key = "0123456789abcdef" * 2 + "01234567"
    assert list_name(key) == "0123456789abcdef"
    assert list_name(key, delta=True) == "0123456789abcdef-delta"
    assert addresses("http://127.0.0.1:8000", key, "20261115").crl == POINT
    assert addresses("http://127.0.0.1:8000", key, "20261115").delta == DELTA
    assert shard_of(POINT) == "20261115"
    assert [shard_of(url) for url in ("", DELTA, POINT + "x", POINT.replace("-", "_"))] == [""] * 4
