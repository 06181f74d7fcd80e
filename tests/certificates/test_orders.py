"""Signing a sample order: what the server sees (試簽)."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cinnabar.certificates.orders import Finding, check_order
from cinnabar.certificates.states import State
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.pki.test_cms import Made
from tests.support.centre import Customer
from tests.support.device import Device
from tests.support.people import visit

ORDER = "買進 1000 股"


def signed(customer, issued, *, order=ORDER, key=None, ago=timedelta()):
    at = customer.env.clock.now().replace(microsecond=0) - ago
    made = Made(key=key or customer.device.key, at=at)
    return made.sign(issued.der, order.encode())


def forge(device, *, serial, at):
    """Return a certificate that names itself, with a serial of somebody's choice."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forged")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=device.key.public_key(),
        serial_number=serial,
        not_valid_before=at,
        not_valid_after=at + timedelta(days=1),
    ).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(device.key.public_key()), critical=False
    )
    return builder.sign(device.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_his_own_signature_is_good_and_says_so(env, at_home):
    issued = at_home.apply()
    checked = check_order(env, at_home.visitor, ORDER, signed(at_home, issued))
    assert checked.findings == ()
    assert (checked.signer, checked.masked_id) == ("王小明", "A12345****")
    assert (checked.state, checked.serial) == (State.LIVE, issued.serial[-8:].upper())
    assert checked.signed_at == checked.verified_at.replace(microsecond=0)


def test_an_altered_order_is_found(env, at_home):
    issued = at_home.apply()
    signature = signed(at_home, issued)
    checked = check_order(env, at_home.visitor, "買進 9000 股", signature)
    assert checked.findings == (Finding.BROKEN,)


def test_a_signature_of_another_key_is_found(env, at_home):
    issued = at_home.apply()
    signature = signed(at_home, issued, key=Device().key)
    assert check_order(env, at_home.visitor, ORDER, signature).findings == (Finding.BROKEN,)


def test_after_a_revocation_it_is_worth_nothing(env, at_home):
    """REV-06."""
    issued = at_home.apply()
    env.clock.move(seconds=61)
    at_home.revoke()
    checked = check_order(env, at_home.visitor, ORDER, signed(at_home, issued))
    assert checked.findings == (Finding.ENDED,)
    assert checked.state is State.REVOKED


def test_after_its_end_it_is_worth_nothing(env, at_home):
    issued = at_home.apply()
    env.clock.move(timedelta(days=400))
    checked = check_order(env, at_home.visitor, ORDER, signed(at_home, issued))
    assert Finding.EXPIRED in checked.findings


def test_a_clock_that_differs_is_told(env, at_home):
    issued = at_home.apply()
    late = signed(at_home, issued, ago=timedelta(minutes=11))
    assert check_order(env, at_home.visitor, ORDER, late).findings == (Finding.CLOCK,)


def test_of_somebody_elses_certificate_nothing_is_told(env, at_home, mei):
    """PRV-01."""
    hers = Customer(env, visit(env, mei))
    issued = hers.apply()
    checked = check_order(env, at_home.visitor, ORDER, signed(hers, issued))
    assert checked.findings == (Finding.UNKNOWN,)
    assert (checked.signer, checked.masked_id, checked.serial) == ("", "", "")


def test_a_certificate_somebody_made_up_is_unknown_whatever_its_number(env, at_home):
    issued = at_home.apply()
    stranger = Device()
    forged = forge(stranger, serial=int(issued.serial, 16), at=env.clock.now())
    signature = Made(key=stranger.key, at=env.clock.now().replace(microsecond=0)).sign(
        forged, ORDER.encode()
    )
    assert check_order(env, at_home.visitor, ORDER, signature).findings == (Finding.UNKNOWN,)


@pytest.mark.parametrize("octets", [b"", b"\x30\x80", b"not a signature at all"])
def test_what_is_no_signature_is_refused(env, at_home, octets):
    with pytest.raises(Refused) as refused:
        check_order(env, at_home.visitor, ORDER, octets)
    assert refused.value.refusal is Refusal.SIGNATURE_MALFORMED


def test_the_verdict_is_in_the_journal(env, at_home):
    issued = at_home.apply()
    check_order(env, at_home.visitor, "another", signed(at_home, issued))
    entry = Entry.objects.get(event=Event.ORDER_TEST_SIGNED)
    assert '"findings":["broken"]' in entry.payload
