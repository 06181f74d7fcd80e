"""The mail that a password is set with says what its reader needs (M-HK-RESET-1 to -10, P203)."""

import dataclasses
import html
from datetime import timedelta

import pytest

from cinnabar.kernel.secrets import Secret
from cinnabar.messages.kinds import Kind
from cinnabar.words.catalogue import languages
from tests.messages.test_password_messages import AT, LONG, SHORT, rendered

EIGHT = timedelta(hours=8)


@pytest.fixture
def env(env):
    """The world of a firm whose mails live eight hours, and which advises to change passwords.

    How it greets has tests of its own.
    """
    spoken = env.firm.identity.languages
    link = dataclasses.replace(
        env.firm.link, reset=EIGHT, reset_label=dict.fromkeys(spoken, "press here")
    )
    advice = dict.fromkeys(spoken, "Change it now and then.")
    password = dataclasses.replace(env.firm.password, advice=advice)
    greeting = dict.fromkeys(env.firm.notify.greeting, "Good day,")
    notify = dataclasses.replace(env.firm.notify, greeting=greeting)
    return dataclasses.replace(
        env, firm=dataclasses.replace(env.firm, link=link, password=password, notify=notify)
    )


def mail(env, token=LONG, *, why="forgotten-password", language="zh-Hant-TW"):
    facts = {"token": Secret(token), "asked_at": AT, "account": "A12345****", "why": why}
    return rendered(env, Kind.RESET_LINK, "email", facts, language=language, life=EIGHT)


def test_it_names_the_account_the_hours_the_link_and_where_to_sign_in(env):
    text = mail(env).text
    for said in (
        "A12345****",
        "8 小時",
        f"{env.base_url}/reset/#{LONG}",
        f"{env.base_url}/sign-in/",
        "忘記密碼",
        "Change it now and then.",
    ):
        assert said in text


def test_the_hours_count_from_the_sending_and_do_not_shrink_while_it_waits(env, clock):
    waiting = mail(env).text
    clock.move(timedelta(hours=3))
    assert mail(env).text == waiting


def test_its_link_says_what_the_firm_calls_it(env):
    found = mail(env)
    assert "press here" in found.text
    assert "press here" in found.html


def test_a_mail_with_a_code_names_no_address_at_all(env):
    found = mail(env, SHORT)
    assert f"{SHORT[:5]}-{SHORT[5:]}" in found.text
    assert "://" not in found.text
    assert "href" not in found.html


def test_the_subject_is_the_firms_own_where_it_has_one(env):
    spoken = env.firm.identity.languages
    notify = dataclasses.replace(
        env.firm.notify, reset_mail_subject=dict.fromkeys(spoken, "Password Reset")
    )
    own = dataclasses.replace(env, firm=dataclasses.replace(env.firm, notify=notify))
    assert mail(own).subject == "Password Reset"
    assert mail(env).subject


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("why", ["forgotten-password", "new-account"])
@pytest.mark.parametrize("token", [LONG, SHORT])
def test_every_language_says_all_of_it_as_text_and_as_html(env, language, why, token):
    found = mail(env, token, why=why, language=language)
    plain = html.unescape(found.html)
    for said in ("A12345****", "8", env.firm.identity.hotline):
        assert said in found.text
        assert said in plain
    assert "{" not in found.text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_that_it_cannot_be_done_is_said_with_what_helps(env, channel, language):
    facts = {"asked_at": AT}
    found = rendered(env, Kind.RESET_IMPOSSIBLE, channel, facts, language=language, life=EIGHT)
    assert env.firm.identity.hotline in found.text
    assert "://" not in found.text
