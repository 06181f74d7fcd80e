"""What is decided about passkeys without asking anybody."""

import pytest

from cinnabar.flows.assurance import Assurance, assurance
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens import rules
from cinnabar.tokens.ceremony import Shown
from cinnabar.tokens.factor import factors


@pytest.mark.parametrize(
    ("base", "domain", "origin"),
    [
        ("https://login.broker.example", "login.broker.example", "https://login.broker.example"),
        (
            "https://Login.Broker.Example:443",
            "login.broker.example",
            "https://login.broker.example",
        ),
        ("https://broker.example:8443", "broker.example", "https://broker.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://127.0.0.1:8000", None, "http://127.0.0.1:8000"),
        ("https://[2001:db8::1]:8000", None, None),
    ],
)
def test_a_passkey_belongs_to_the_domain_of_the_configured_address(base, domain, origin):
    assert rules.rp_id(base) == domain
    if origin:
        assert rules.origin(base) == origin


def test_fid_02_a_touch_without_verification_is_one_factor():
    def proved(*, verified):
        return factors(Shown(count=1, can_sync=False, synced=False, verified=verified))

    assert assurance(proved(verified=False)) is Assurance.SINGLE
    assert assurance(proved(verified=True)) is Assurance.RESISTANT
    assert assurance(proved(verified=False) | {"pwd"}) is Assurance.RESISTANT


def test_a_name_is_tidied_and_never_empty():
    assert rules.tidied_name(" Ａ\u200b\tmy\n\u202ephone ") == "Ａ my phone"
    assert rules.tidied_name("x" * 40) == "x" * 40
    for wrong in ("", "\u200b", "x" * 41):
        with pytest.raises(Refused) as caught:
            rules.tidied_name(wrong)
        assert caught.value.refusal is Refusal.PASSKEY_NAME
