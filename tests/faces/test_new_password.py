"""The field for a new password: what it says of the firm's rules, and what comes back."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, cast

import pytest
from django.shortcuts import render
from django.test import RequestFactory

from cinnabar.faces.web import new_password
from cinnabar.faces.web.request import WebRequest
from cinnabar.firm import load_firm
from cinnabar.firm.password import Blocked
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.words import Words, catalogue

TAIWAN, STRONG = load_firm("taiwan"), load_firm("strong")
OWN = "National ID or company number, birth date, mobile number, account number"
HONG_KONG = replace(
    TAIWAN,
    password=replace(
        TAIWAN.password,
        live_ticks=True,
        advice={"zh-Hant-TW": "請定期更改密碼。", "en": "Please change it now and then."},
        login=replace(
            TAIWAN.password.login,
            min=8,
            max=64,
            min_letters=1,
            min_digits=1,
            history=1,
            max_age=timedelta(days=90),
            blocklist=frozenset({"common"}),
        ),
    ),
)


def ask(env, firm, language="en", **sent):
    """Return a request as a view of that firm has it."""
    factory = RequestFactory()
    request = cast("WebRequest", factory.post("/", sent) if sent else factory.get("/"))
    request.env = replace(env, firm=firm)
    request.words = Words(firm, language)
    return request


def shown(env, firm, kind=PasswordKind.LOGIN, language="en", template="new_password", **more):
    request = ask(env, firm, language)
    asked = new_password.asked(request, kind, "fresh")
    context = {"asked": asked, "words": request.words, "lang": language, **more}
    return render(request, f"parts/{template}.html", context).content.decode()


def lines(env, firm, kind, language="en"):
    return [line.says for line in new_password.asked(ask(env, firm, language), kind).lines]


def test_taiwans_rules_are_listed_plainly(env):
    assert lines(env, TAIWAN, PasswordKind.LOGIN) == [
        "7 to 10 characters",
        "only half-width letters and digits, no blanks or symbols",
        "capitals and small letters differ",
        f"nothing of your own in it: {OWN}",
        "both are the same",
    ]
    assert "data-rule" not in shown(env, TAIWAN)
    assert lines(env, TAIWAN, PasswordKind.WITHDRAWAL)[0] == "exactly 6 characters"


def test_where_the_firm_wants_it_each_rule_that_a_page_can_tell_is_ticked(env):
    """P91: length, characters, a letter, a digit, twice the same; the rest is listed."""
    page = shown(env, HONG_KONG)
    assert page.count("data-rule=") == page.count("data-kept") == 5
    assert "at least 1 of the digits" in page
    assert "not your last password" in page
    assert "not one that many people use<" in page
    assert "Please change it now and then." in page


@pytest.mark.parametrize("language", ["zh-Hant-TW", "en"])
@pytest.mark.parametrize("kind", PasswordKind)
@pytest.mark.parametrize("firm", [TAIWAN, STRONG, HONG_KONG], ids=["taiwan", "strong", "both"])
def test_every_kind_of_every_firm_has_its_field(env, firm, kind, language):
    page = shown(env, firm, kind, language)
    assert "{" not in page
    for name in ("fresh", "fresh_again"):
        assert f'id="{name}" name="{name}" type="password"' in page
    assert page.count('autocomplete="new-password"') == 2
    assert "maxlength=" not in page  # PWD-02: nothing cuts what is pasted
    assert "onpaste" not in page


def test_a_manager_is_told_what_fits(env):
    """PWD-07."""
    assert 'passwordrules="minlength: 7; maxlength: 10; allowed: upper, lower, digit;"' in shown(
        env, TAIWAN
    )
    both = new_password.asked(ask(env, HONG_KONG), PasswordKind.LOGIN).for_managers
    assert both.endswith("required: upper, lower; required: digit;")


def test_a_page_may_name_its_fields_itself(env):
    """P99 M-RE-INIT: the reissue calls it the electronic and voice password."""
    page = shown(env, TAIWAN, label="For pages and telephone", again="Once more")
    assert ">For pages and telephone</label>" in page
    assert ">Once more</label>" in page


def test_the_letters_of_the_telephone_are_the_firms(env):
    """P99: E.161, in the order of the keys."""
    page = shown(env, TAIWAN, template="letters")
    assert re.findall(r"<b>(\d)</b> <span>(\w*)</span>", page) == [
        *(("1", ""), ("2", "ABC"), ("3", "DEF"), ("4", "GHI"), ("5", "JKL"), ("6", "MNO")),
        *(("7", "PQRS"), ("8", "TUV"), ("9", "WXYZ"), ("0", "")),
    ]


def test_where_the_voice_password_is_one_of_its_own_no_letters_are_shown(env):
    assert shown(env, STRONG, template="letters").strip() == ""


def test_what_was_typed_twice_comes_back(env):
    request = ask(env, TAIWAN, fresh="Abc1234", fresh_again="Abc1234")
    assert new_password.typed(request, "fresh").reveal() == "Abc1234"


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        ({"new": "Abc1234", "new_again": "abc1234"}, Refusal.PASSWORD_DIFFERS),
        ({"new": "Abc1234", "new_again": "Abc1234 "}, Refusal.PASSWORD_DIFFERS),
        ({"new": "Abc1234"}, Refusal.INPUT_MISSING),
        ({"new": "", "new_again": ""}, Refusal.INPUT_MISSING),
        ({"new": ["a", "b"], "new_again": "a"}, Refusal.INPUT_REPEATED),
        ({"new": "x" * 1001, "new_again": "x" * 1001}, Refusal.INPUT_TOO_LONG),
        ({"new": "a\x00b", "new_again": "a\x00b"}, Refusal.INPUT_MALFORMED),
    ],
)
def test_what_was_not_is_refused_by_name(env, sent, refusal):
    with pytest.raises(Refused) as refused:
        new_password.typed(ask(env, TAIWAN, **sent))
    assert refused.value.refusal is refusal


class Listening(Words):
    """Words that remember what was asked of them."""

    said: ClassVar[set[str]] = set()

    def say(self, key, /, **facts):
        self.said.add(key)
        return super().say(key, **facts)


FIRM: frozenset[Blocked] = frozenset({"firm"})
LISTS: tuple[tuple[int, frozenset[Blocked]], ...] = (
    (8, frozenset({"common"})),
    (9, frozenset({"breached"})),
    (9, frozenset({"common", "breached"})),
)


def of_every_shape():
    """Return firms with every choice there is about a new password."""
    for charset in ("letters-and-digits", "any"):
        for most, listed in LISTS:
            changed = replace(
                HONG_KONG.password.login,
                min=8,
                max=most,
                charset=charset,
                history=1 if charset == "any" else 3,
                blocklist=TAIWAN.password.login.blocklist | listed | FIRM,
            )
            voice = replace(HONG_KONG.password.voice, min=8, max=most)
            passwords = replace(HONG_KONG.password, login=changed, voice=voice)
            yield replace(HONG_KONG, password=passwords)


def test_every_sentence_about_new_passwords_is_said_somewhere(env):
    for firm in of_every_shape():
        request = ask(env, firm)
        request.words = Listening(firm, "en")
        for kind in PasswordKind:
            asked = new_password.asked(request, kind)
            context = {"asked": asked, "words": request.words, "lang": "en"}
            for template in ("new_password", "letters"):
                render(request, f"parts/{template}.html", context)
    known = {k for k in catalogue("en") if k.startswith(("new-password.", "letters."))}
    assert known == {k for k in Listening.said if k.startswith(("new-password.", "letters."))}
