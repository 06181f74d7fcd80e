"""What is written about passwords: the right figures, no link where none may be, nothing twice."""

import dataclasses
import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from cinnabar.env import Env
from cinnabar.firm import load_firm
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.secrets import Digits, Secret
from cinnabar.messages.actions import post
from cinnabar.messages.channel import Rendered, TryLaterError
from cinnabar.messages.claims import Claimed
from cinnabar.messages.deliver import tick
from cinnabar.messages.envelope import seal_facts, seal_to
from cinnabar.messages.kinds import ACCOUNT_EVENTS, PASSWORD_EVENTS, Facts, Kind
from cinnabar.messages.models import Outbox
from cinnabar.messages.render import render
from tests.messages.support import MAILBOX, MING, PHONE, TAIWANS, Shelf
from tests.messages.test_secrets import everything_in_the_database
from tests.support.world import TEN_IN_TAIPEI, make_env

LANGUAGES = ("zh-Hant-TW", "en")
AT = TEN_IN_TAIPEI.isoformat()
LONG, SHORT = "k7" * 26, "8JQ4M2ZX7C"
DAY = timedelta(hours=24)


def rendered(
    env: Env,
    kind: Kind,
    channel: str,
    facts: Facts,
    *,
    language: str = "zh-Hant-TW",
    life: timedelta | None = None,
) -> Rendered:
    now = env.clock.now()
    return render(
        env,
        Claimed(
            id="01",
            kind=kind,
            channel=channel,
            customer_id=1,
            subject=MING,
            language=language,
            to_sealed=seal_to(env, "01", PHONE if channel == "sms" else MAILBOX),
            facts_sealed=seal_facts(env, "01", facts),
            attempts=1,
            created_at=now,
            expires_at=None if life is None else now + life,
            claim_until=now,
        ),
    )


def pass_code(env, channel, language="zh-Hant-TW"):
    facts = {"code": "8501985", "asked_at": AT}
    life = timedelta(seconds=300)
    return rendered(env, Kind.PASS_CODE, channel, facts, language=language, life=life)


def link(env, token, *, at=AT, language="zh-Hant-TW", life=DAY):
    facts = {"token": token, "asked_at": at}
    return rendered(env, Kind.REISSUE_LINK, "email", facts, language=language, life=life)


def impossible(env, channel, language="zh-Hant-TW"):
    return rendered(env, Kind.REISSUE_IMPOSSIBLE, channel, {"asked_at": AT}, language=language)


def changed(env, channel, undo, *, event="login", language="zh-Hant-TW"):
    facts = {"event": event, "at": AT, "undo": undo}
    return rendered(env, Kind.PASSWORD_CHANGED, channel, facts, language=language)


def notice_of(event, undo):
    seen = {"browser": "Chrome", "system": "Windows", "address": "203.0.113.*"}
    return {"event": event, "at": AT, "undo": undo, **seen}


def account(env, channel, undo, *, event="new-device", language="zh-Hant-TW"):
    facts = notice_of(event, undo)
    return rendered(env, Kind.ACCOUNT_NOTICE, channel, facts, language=language)


def alert(env, language="zh-Hant-TW"):
    facts = {"event": "not-me", "at": AT, "subject": MING}
    return rendered(env, Kind.STAFF_ALERT, "email", facts, language=language)


@pytest.fixture(params=TAIWANS)
def env(request) -> Env:
    return make_env(firm=load_firm(request.param))


def every(env):
    for language in LANGUAGES:
        yield link(env, SHORT, language=language)
        yield link(env, LONG, language=language)
        for channel in ("sms", "email"):
            yield pass_code(env, channel, language)
            yield impossible(env, channel, language)
            for undo in (SHORT, LONG):
                for event in sorted(PASSWORD_EVENTS):
                    yield changed(env, channel, undo, event=event, language=language)
                for event in sorted(ACCOUNT_EVENTS):
                    yield account(env, channel, undo, event=event, language=language)


def test_the_pass_code_says_what_it_is_for_how_long_and_that_it_is_for_this_request(env):
    for channel in ("sms", "email"):
        for body in (pass_code(env, channel).text, html.unescape(pass_code(env, channel).html)):
            for said in ("補發", "暫時通行碼", "8501985", "5 分鐘", "限當筆有效"):
                assert said in body or not body


def test_a_pass_code_or_a_notice_by_sms_fits_one_part(env):
    for language, longest in (("zh-Hant-TW", 70), ("en", 160)):
        sms = [pass_code(env, "sms", language), impossible(env, "sms", language)]
        for undo in (SHORT, LONG):
            sms += [changed(env, "sms", undo, event=e, language=language) for e in PASSWORD_EVENTS]
            sms += [account(env, "sms", undo, event=e, language=language) for e in ACCOUNT_EVENTS]
        assert [one.text for one in sms if len(one.text) > longest] == []
        assert language != "en" or all(one.text.isascii() for one in sms)


def test_g19_the_reissue_mail_shows_the_instant_and_the_hours_the_link_lives():
    asked = datetime(2023, 4, 10, 4, 31, 25, tzinfo=UTC)  # 12:31:25 in Taipei
    env = make_env(clock=FrozenClock(asked))
    mail = link(env, LONG, at=asked.isoformat())
    for body in (mail.text, html.unescape(mail.html)):
        assert "2023/04/10 12:31:25" in body
        assert "24 小時" in body


def test_a_long_secret_is_a_link_to_our_own_page_and_stands_behind_the_hash(env):
    for mail, page in (
        (link(env, LONG), "link"),
        (changed(env, "email", LONG), "not-me"),
    ):
        address = f"http://127.0.0.1:8000/passwords/{page}/#{LONG}"
        assert re.findall(r"https?://\S+", mail.text) == [address]
        assert re.findall(r'href="([^"]*)"', mail.html) == [address]


def test_a_short_secret_is_typed_and_its_mail_holds_no_link(env):
    for mail in (link(env, SHORT), changed(env, "email", SHORT)):
        assert "官網 › 客服中心 › 密碼中心" in mail.text, "the way is told in words"
        assert "8JQ4M-2ZX7C" in mail.text
        assert "8JQ4M-2ZX7C" in mail.html
        assert not re.search(r"https?:|href|src=|url\(", mail.text + mail.html)


def test_no_sms_holds_a_link_and_no_message_anything_personal(env):
    for one in every(env):
        if one.channel == "sms":
            assert "http" not in one.text
            assert LONG not in one.text
        for personal in (PHONE, MAILBOX, MING):
            assert personal not in one.subject + one.text + one.html


def test_no_secret_stands_in_a_subject_or_is_printed(env):
    for one in (*every(env), pass_code(env, "email")):
        for secret in (SHORT, LONG, "8JQ4M-2ZX7C", "8501985"):
            assert secret not in one.subject
            assert secret not in f"{one!r} {one}"


def test_every_change_is_told_with_what_to_do_if_it_was_not_you(env):
    for event in sorted(PASSWORD_EVENTS):
        for language, said in (("zh-Hant-TW", "若不是您本人"), ("en", "If it was not you")):
            mail = changed(env, "email", LONG, event=event, language=language)
            assert said in mail.text
            assert "02-5555-0100" in mail.text
            assert "2026/11/20 10:00:00" in mail.text


def test_all_of_these_mails_are_signed(env):
    mails = [link(env, LONG), pass_code(env, "email"), impossible(env, "email"), alert(env)]
    assert all(mail.signed for mail in [*mails, changed(env, "email", LONG)])


def test_staff_read_a_pseudonym_and_are_not_greeted_as_investors(env):
    for language in LANGUAGES:
        mail = alert(env, language)
        assert MING in mail.subject
        assert MING in mail.text
        greeting = env.firm.notify.greeting[language]
        assert greeting not in mail.text
        assert greeting not in html.unescape(mail.html)


def test_a_firm_may_name_the_reissue_mail(env):
    named = {"zh-Hant-TW": "重設密碼", "en": "Password Reset"}
    notify = dataclasses.replace(env.firm.notify, reset_mail_subject=named)
    other = dataclasses.replace(env, firm=dataclasses.replace(env.firm, notify=notify))
    assert link(other, LONG).subject == "重設密碼"
    assert link(env, LONG).subject == env.firm.notify.reissue_mail_heading["zh-Hant-TW"]


def put(env, kind, channel, facts, life=None):
    with transaction.atomic():
        return post(
            env,
            kind=kind,
            customer_id=1,
            subject=MING,
            channel=channel,
            to=PHONE if channel == "sms" else MAILBOX,
            language="en",
            facts=facts,
            key=f"{kind}:{channel}",
            expires_at=None if life is None else env.clock.now() + life,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(set(Kind)))
def test_the_table_takes_every_kind(env, kind):
    facts = {
        Kind.CODE: {"code": Digits("1"), "purpose": "apply", "asked_at": AT},
        Kind.CODE_NOTICE: {"purpose": "apply", "asked_at": AT},
        Kind.CERTIFICATE_CHANGED: {"event": "apply", "at": AT, "serial": "1"},
        Kind.PASS_CODE: {"code": Digits("1"), "asked_at": AT},
        Kind.SIGN_IN_CODE: {"code": Digits("1"), "purpose": "sign-in", "asked_at": AT},
        Kind.REISSUE_LINK: {"token": Secret(LONG), "asked_at": AT},
        Kind.REISSUE_IMPOSSIBLE: {"asked_at": AT},
        Kind.RESET_LINK: {
            "token": Secret(LONG),
            "asked_at": AT,
            "account": "A12345****",
            "why": "new-account",
        },
        Kind.RESET_IMPOSSIBLE: {"asked_at": AT},
        Kind.PASSWORD_CHANGED: {"event": "login", "at": AT, "undo": Secret(SHORT)},
        Kind.ACCOUNT_NOTICE: notice_of("new-device", Secret(SHORT)),
        Kind.PASSWORD_ENDS: {"at": AT},
        Kind.TOKEN_REGISTRATION: {
            "code": Secret(f"TOKEN:{SHORT} {SHORT}"),
            "asked_at": AT,
            "account": "9999-9990",
        },
        Kind.APPROVAL_WAITING: {"asked_at": AT},
        Kind.STAFF_ALERT: {"event": "not-me", "at": AT, "subject": MING},
    }[kind]
    way = "push" if kind is Kind.APPROVAL_WAITING else "email"
    put(env, kind, way, facts, DAY)
    shelf = Shelf()
    tick(env, {way: shelf})
    assert len(shelf.taken) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "channel", "facts", "error"),
    [
        (Kind.PASS_CODE, "sms", {"code": "1", "asked_at": AT}, TypeError),
        (Kind.PASS_CODE, "sms", {"code": Digits("1"), "asked_at": AT}, ValueError),
        (Kind.REISSUE_LINK, "email", {"token": Secret(LONG), "asked_at": AT}, ValueError),
        (Kind.REISSUE_LINK, "sms", {"token": Secret(LONG), "asked_at": AT}, ValueError),
        (Kind.PASSWORD_CHANGED, "sms", {"event": "login", "at": AT, "undo": LONG}, TypeError),
        (
            Kind.PASSWORD_CHANGED,
            "sms",
            {"event": "apply", "at": AT, "undo": Secret(LONG)},
            ValueError,
        ),
        (Kind.STAFF_ALERT, "sms", {"event": "not-me", "at": AT, "subject": MING}, ValueError),
    ],
)
def test_what_would_print_a_secret_outlive_it_or_go_the_wrong_way_is_refused(
    env, kind, channel, facts, error
):
    with pytest.raises(error):
        put(env, kind, channel, facts)
    assert not Outbox.objects.exists()


@pytest.mark.django_db
def test_a_link_waits_out_a_relay_that_is_down_for_an_hour_and_goes_out_then(env):
    put(env, Kind.REISSUE_LINK, "email", {"token": Secret(LONG), "asked_at": AT}, DAY)
    shelf = Shelf()
    for _ in range(60):
        shelf.troubles.append(TryLaterError("later"))
        tick(env, {"email": shelf})
        shelf.troubles.clear()
        env.clock.move(seconds=60)
    env.clock.move(seconds=7200)
    tick(env, {"email": shelf})
    assert len(shelf.taken) == 1


@pytest.mark.django_db
def test_a_link_does_not_leave_after_its_end_and_nothing_of_it_stays(env):
    put(env, Kind.REISSUE_LINK, "email", {"token": Secret(LONG), "asked_at": AT}, DAY)
    env.clock.move(seconds=86400)
    shelf = Shelf()
    tick(env, {"email": shelf})
    assert (shelf.taken, Outbox.objects.get().facts_sealed) == ([], None)


@pytest.mark.django_db
@pytest.mark.parametrize("planted", [SHORT, LONG])
def test_nothing_of_a_mailed_secret_stays_once_it_has_left(env, planted, capfd, caplog):
    secret = Secret(planted)
    put(env, Kind.REISSUE_LINK, "email", {"token": secret, "asked_at": AT}, DAY)
    for channel in ("sms", "email"):
        told = {"event": "login", "at": AT, "undo": secret}
        put(env, Kind.PASSWORD_CHANGED, channel, told)
    shelf = Shelf()
    tick(env, {"sms": shelf, "email": shelf})
    assert len(shelf.taken) == 3
    kept = everything_in_the_database()
    logged = "".join(capfd.readouterr()) + caplog.text
    for text in (planted, planted[:5] + "-" + planted[5:]):
        assert text not in logged
        assert text.encode() not in kept
        assert text.encode().hex().encode() not in kept
