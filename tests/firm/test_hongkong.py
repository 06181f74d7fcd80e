"""The Hong Kong firm: the matrix's HK column, and what follows from what it offers."""

from datetime import timedelta

import pytest

from cinnabar.firm import Firm, FirmFileError, load_firm, parse_firm, shipped
from cinnabar.firm.load import _bytes
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import rules
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Rule

HONG_KONG = load_firm("hongkong")
ASKED = rules.standard(HONG_KONG.password, PasswordKind.LOGIN)


@pytest.mark.parametrize(
    ("typed", "broken"),
    [
        ("abcd1234", ()),
        ("abcdefgh", (Rule.NEEDS_DIGIT,)),
        ("12345678", (Rule.NEEDS_LETTER,)),
        ("abc-1234", (Rule.SYMBOL,)),
        ("abc1234", (Rule.TOO_SHORT,)),
    ],
)
def test_g22_what_may_be_a_password(typed, broken):
    assert rules.shape(ASKED, Password(typed)) == broken


def test_g22_the_last_one_does_not_come_back_and_one_ends_after_ninety_days():
    login = HONG_KONG.password.login
    assert (login.history, login.max_age) == (1, timedelta(days=90))


def test_the_rules_of_the_documents_are_in_the_file():
    firm = HONG_KONG
    assert (firm.login.id_kinds, firm.login.max_wrong, firm.lock.final_wrong) == (
        ("account_no",),
        5,
        10,
    )
    second = firm.login.second_factor
    assert (second.when, second.customer_chooses) == ("every-sign-in", True)
    assert second.methods[:3] == ("email", "sms", "soft-token")
    assert (firm.link.reset, firm.link.delivery) == (timedelta(hours=8), "hyperlink")
    assert (firm.sign_in_code.length, firm.sign_in_code.ttl) == (6, timedelta(seconds=120))
    assert (firm.login.idle, firm.login.absolute) == (timedelta(minutes=15), timedelta(hours=12))
    assert firm.password.live_ticks
    assert str(firm.identity.timezone) == "Asia/Hong_Kong"


def test_what_a_firm_offers_follows_from_its_file():
    def offers(firm: Firm) -> dict[str, bool]:
        names = ("certificates", "reissue", "reset", "unlock", "voice")
        return {name: getattr(firm, f"offers_{name}") for name in names}

    assert offers(HONG_KONG) == {
        "certificates": False,
        "reissue": False,
        "reset": True,
        "unlock": False,
        "voice": False,
    }
    taiwan = offers(load_firm("taiwan"))
    assert taiwan == {**dict.fromkeys(taiwan, True), "reset": False}
    assert all(offers(load_firm("strong")).values())


@pytest.mark.parametrize(
    ("line", "instead", "key"),
    [
        ("unlock_online = false", "unlock_online = true", "lock.unlock_online"),
        ('"soft-token", "passkey"]', '"trading-certificate"]', "login.second_factor.methods"),
        ('final_remedy = ["reset"]', 'final_remedy = ["reissue"]', "lock.final_remedy"),
        ('voice_line = ""', 'voice_line = "(852) 0555 0190"', "identity.entries.voice.zh-Hant-HK"),
        ('modes = ["single"]', 'modes = ["single", "per-account"]', "accounts.modes"),
        ('starts = ["new-account", "forgotten-password"]', "starts = []", "reset.starts"),
    ],
)
def test_help_that_is_not_there_is_not_promised(line, instead, key):
    document = _bytes("hongkong").decode()
    assert line in document
    if key == "reset.starts":
        document = document.replace('final_remedy = ["reset"]', 'final_remedy = ["counter"]')
    with pytest.raises(FirmFileError) as refused:
        parse_firm(document.replace(line, instead, 1).encode(), "mine")
    assert refused.value.key == key


def test_account_numbers_and_company_numbers_look_alike_and_are_not_taken_together():
    document = _bytes("hongkong").decode()
    both = document.replace('["account_no"]', '["uniform_no", "account_no"]')
    with pytest.raises(FirmFileError, match=r"login\.id_kinds"):
        parse_firm(both.encode(), "mine")


def test_the_three_shipped_firms_have_the_same_keys():
    """A firm file states everything once: `load_firm` refuses what is missing or unknown."""
    assert shipped() == ("hongkong", "strong", "taiwan")
