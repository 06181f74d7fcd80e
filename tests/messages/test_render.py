"""What customers read: short, true, in their language, without links, ids or markup of others."""

import dataclasses
import html
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.firm import load_firm
from cinnabar.kernel.vault import VaultError
from cinnabar.messages.channel import Rendered
from cinnabar.messages.claims import Claimed
from cinnabar.messages.envelope import seal_facts, seal_to
from cinnabar.messages.kinds import Facts, Kind
from cinnabar.messages.render import render
from tests.messages.support import MAILBOX, MING, PHONE, TAIWANS
from tests.support.world import TEN_IN_TAIPEI, make_env

LANGUAGES = ("zh-Hant-TW", "en")
EVENTS = ("apply", "renew", "revoke")
AT = TEN_IN_TAIPEI.isoformat()


def rendered(
    env: Env, kind: Kind, channel: str, facts: Facts, language: str = "zh-Hant-TW"
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
            expires_at=None if kind is Kind.CERTIFICATE_CHANGED else now + env.firm.code.ttl,
            claim_until=now,
        ),
    )


def code(env, channel, *, purpose="apply", digits="0902", language="zh-Hant-TW"):
    facts = {"code": digits, "purpose": purpose, "asked_at": AT}
    return rendered(env, Kind.CODE, channel, facts, language)


def notice(env, channel, *, purpose="apply", language="zh-Hant-TW"):
    return rendered(env, Kind.CODE_NOTICE, channel, {"purpose": purpose, "asked_at": AT}, language)


def change(env, channel, *, event="apply", serial="1A2B3C4D", language="zh-Hant-TW"):
    facts = {"event": event, "at": AT, "serial": serial}
    return rendered(env, Kind.CERTIFICATE_CHANGED, channel, facts, language)


@pytest.fixture(params=TAIWANS)
def env(request) -> Env:
    return make_env(firm=load_firm(request.param))


def every(env):
    for language in LANGUAGES:
        for channel in ("sms", "email"):
            for event in EVENTS:
                yield code(env, channel, purpose=event, language=language)
                yield notice(env, channel, purpose=event, language=language)
                yield change(env, channel, event=event, language=language)


def test_the_code_by_sms_says_firm_purpose_code_minutes_and_that_it_is_for_this_item(env):
    text = code(env, "sms").text
    for said in ("丹砂證券", "申請", "0902", "5 分鐘", "限當筆有效"):
        assert said in text


def test_the_code_by_sms_fits_one_part_in_chinese_with_the_longest_code(env):
    for purpose in EVENTS:
        assert len(code(env, "sms", purpose=purpose, digits="12345678").text) <= 70


def test_the_code_by_sms_fits_one_part_in_english(env):
    for purpose in EVENTS:
        text = code(env, "sms", purpose=purpose, digits="12345678", language="en").text
        assert len(text) <= 160
        assert text.isascii()


def test_a_change_by_sms_fits_one_part(env):
    for event in EVENTS:
        assert len(change(env, "sms", event=event).text) <= 70
        assert len(change(env, "sms", event=event, language="en").text) <= 160


def test_the_code_comes_before_any_other_figures_of_the_same_length(env):
    for channel in ("sms", "email"):
        assert re.findall(r"\d{4}", code(env, channel).text)[0] == "0902"


def test_the_code_mail_names_day_minutes_and_code_as_the_document_does(env):
    mail = code(env, "email")
    for body in (mail.text, html.unescape(mail.html)):
        assert "2026/11/20" in body
        assert "5 分鐘" in body
        assert "限當筆有效" in body
        assert "0902" in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_a_mail_stands_there_twice(env, language):
    facts = {"event": "renew", "at": AT, "serial": "606D43B6"}
    text = rendered(env, Kind.CERTIFICATE_CHANGED, "email", facts, language).text
    lines = [line for line in text.splitlines() if line]
    assert len(set(lines)) == len(lines)


def test_the_code_stands_in_no_subject(env):
    for language in LANGUAGES:
        assert "0902" not in code(env, "email", language=language).subject


def test_a_firm_may_leave_the_day_out(env):
    firm = dataclasses.replace(
        env.firm, code=dataclasses.replace(env.firm.code, mail_shows_request_date=False)
    )
    mail = code(dataclasses.replace(env, firm=firm), "email")
    assert "2026" not in mail.text + mail.html


def test_a_notice_of_a_code_holds_no_digits_of_it(env):
    mail = notice(env, "email")
    assert "不含認證碼" in mail.text
    assert not re.search(r"\b\d{4}\b", mail.text.replace("2026/11/20", "").replace("-", ""))


@pytest.mark.parametrize(
    ("event", "said"), [("apply", "憑證申請"), ("renew", "憑證更新"), ("revoke", "憑證註銷")]
)
def test_the_change_mail_says_what_when_and_what_to_do_if_it_was_not_you(env, event, said):
    mail = change(env, "email", event=event)
    for body in (mail.text, html.unescape(mail.html)):
        for needed in (said, "2026/11/20", "1A2B3C4D", "若不是您本人", "02-5555-0100"):
            assert needed in body


def test_days_are_the_firms_days():
    env = make_env()
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # 00:30 of the 21st in Taipei
    facts = {"event": "apply", "at": late.isoformat(), "serial": "1A2B3C4D"}
    assert "2026/11/21" in rendered(env, Kind.CERTIFICATE_CHANGED, "email", facts).text


def test_the_reader_gets_the_language_on_file_or_else_the_firms(env):
    assert "minutes" in code(env, "sms", language="en").text
    assert "分鐘" in code(env, "sms", language="fr").text
    assert code(env, "email", language="fr").language == "zh-Hant-TW"


def test_no_message_holds_a_link_or_asks_for_anything_by_name(env):
    for one in every(env):
        assert not re.search(r"https?:|www\.|href|src=|url\(", one.text + one.html, re.IGNORECASE)
        for personal in (PHONE, MAILBOX, MING, "A123456789", "王小明"):
            assert personal not in one.subject + one.text + one.html


def test_a_mail_calls_itself_signed_if_and_only_if_it_will_be(env):
    assert code(env, "email").signed
    assert "數位簽章" in code(env, "email").text
    firm = dataclasses.replace(
        env.firm, notify=dataclasses.replace(env.firm.notify, smime_signed=frozenset())
    )
    plain = code(dataclasses.replace(env, firm=firm), "email")
    assert not plain.signed
    assert "數位簽章" not in plain.text + html.unescape(plain.html)
    assert not code(env, "sms").signed


def test_the_gateway_is_told_the_minutes_that_are_left(env):
    assert code(env, "sms").valid_minutes == 4
    assert change(env, "sms").valid_minutes is None


def test_a_rendered_message_prints_without_code_and_address(env):
    for one in (code(env, "sms"), code(env, "email")):
        printed = f"{one!r} {one}"
        for secret in ("0902", PHONE, MAILBOX):
            assert secret not in printed


def test_what_was_sealed_for_another_message_is_not_rendered():
    env = make_env()
    with pytest.raises(VaultError):
        render(
            env,
            Claimed(
                id="02",
                kind="code",
                channel="sms",
                customer_id=1,
                subject=MING,
                language="en",
                to_sealed=seal_to(env, "01", PHONE),
                facts_sealed=seal_facts(env, "01", {}),
                attempts=1,
                created_at=env.clock.now(),
                expires_at=None,
                claim_until=env.clock.now(),
            ),
        )


class _Page(HTMLParser):
    """Keeps tags and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _page(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    return page


_ENV = make_env()
_TAGS = _page(change(_ENV, "email").html).tags


@given(st.text(min_size=1, max_size=40))
def test_no_fact_becomes_markup(serial):
    page = _page(change(_ENV, "email", serial=serial).html)
    assert page.tags == _TAGS
    # A parser of HTML 4 reads some references without their semicolon; ours end all of theirs.
    assert serial.replace("\x00", "") in "".join(page.said).replace("\x00", "")


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.strip() == name))
def test_no_name_of_a_firm_becomes_markup(name):
    names = {"zh-Hant-TW": name, "en": name}
    identity = dataclasses.replace(_ENV.firm.identity, names=names)
    firm = dataclasses.replace(_ENV.firm, identity=identity)
    assert _page(change(dataclasses.replace(_ENV, firm=firm), "email").html).tags == _TAGS


def test_the_mail_loads_nothing(env):
    tags = set(_page(code(env, "email").html).tags)
    assert not tags & {"img", "link", "script", "iframe", "object", "a", "form", "input"}
