"""A mail's octets: its header, its parts, and what nobody can put into them."""

from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.messages.channel import RefusedForGoodError, Rendered
from cinnabar.messages.mime import compose
from tests.messages.support import mail_signer
from tests.support.world import make_env

_ENV = make_env()
HEADER = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]


def letter(**facts) -> Rendered:
    given = {
        "id": "01a1f6ae99007cd0acd8be6f9f6209c2",
        "channel": "email",
        "language": "zh-Hant-TW",
        "to": "fredric@example.com",
        "subject": "丹砂證券憑證認證碼",
        "text": "您好：\n\n認證碼 5523\n",
        "html": "<p>您好：</p>\n<p>認證碼 5523</p>\n",
    }
    return Rendered(**{**given, **facts})


def parsed(octets: bytes):
    return message_from_bytes(octets, policy=default)


@pytest.fixture(params=[False, True], ids=["plain", "signed"])
def octets(request) -> bytes:
    return compose(_ENV, letter(), mail_signer() if request.param else None)


def test_the_header_is_whole_and_says_who_when_and_that_a_machine_wrote_it(octets):
    mail = parsed(octets)
    assert mail["From"].addresses[0].display_name == "丹砂證券"
    assert mail["From"].addresses[0].addr_spec == "notice@example.com"
    assert mail["To"].addresses[0].addr_spec == "fredric@example.com"
    assert mail["Subject"] == "丹砂證券憑證認證碼"
    assert mail["Message-ID"] == "<01a1f6ae99007cd0acd8be6f9f6209c2@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]) == _ENV.clock.now()
    assert mail["Date"].endswith("+0800")
    assert "List-Unsubscribe" not in mail


def test_every_header_stands_there_once(octets):
    assert parsed(octets).keys()[:8] == HEADER[:8]
    assert sorted(parsed(octets).keys()) == sorted(HEADER)


def test_names_in_other_letters_travel_as_rfc_2047_says(octets):
    header = octets.partition(b"\r\n\r\n")[0]
    assert b"Subject: =?utf-8?" in header
    assert b"From: =?utf-8?" in header


def test_nothing_a_relay_might_recode(octets):
    assert octets.isascii()
    assert b"\r" not in octets.replace(b"\r\n", b"")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert not any(line.startswith((b".", b"From ")) for line in octets.split(b"\r\n"))


def test_text_and_html_arrive_as_they_were_written(octets):
    mail = parsed(octets)
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    # Text travels with CRLF inside the base64 as well (RFC 2046 section 4.1.1).
    assert text.get_content() == "您好：\r\n\r\n認證碼 5523\r\n"
    assert page.get_content() == "<p>您好：</p>\r\n<p>認證碼 5523</p>\r\n"


def test_the_same_message_composed_twice_has_the_same_id():
    first, second = (parsed(compose(_ENV, letter(), None)) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    "to",
    [
        "fredric@example.com\r\nBcc: thief@example.net",
        "fredric@example.com, thief@example.net",
        "fredric@example.com>\r\nRCPT TO:<thief@example.net",
        "=?utf-8?q?a=0d=0aBcc=3a_t=40example=2enet?=@example.com\n",
    ],
)
def test_an_address_that_carries_more_is_refused(to):
    with pytest.raises(RefusedForGoodError, match="not a mail address"):
        compose(_ENV, letter(to=to), None)


_SNEAKY = st.text(st.sampled_from("aB\r\n\t :<>@,;\"'=?_.王\x00\x0b\x0c\x85\u2028"), max_size=60)


@given(_SNEAKY | st.text(max_size=80))
def test_no_subject_adds_a_header(subject):
    for signer in (None, mail_signer()):
        octets = compose(_ENV, letter(subject=f"通知 {subject}\r\nBcc: thief@example.net"), signer)
        header = octets.partition(b"\r\n\r\n")[0]
        assert not [line for line in header.split(b"\r\n") if line.lower().startswith(b"bcc")]
        assert parsed(octets).keys()[:8] == HEADER[:8]


@given(_SNEAKY | st.text(max_size=80))
def test_no_recipient_adds_a_header_or_a_recipient(name):
    to = f"{name}@example.com"
    try:
        octets = compose(_ENV, letter(to=to), None)
    except RefusedForGoodError:
        return
    assert [a.addr_spec for a in parsed(octets)["To"].addresses] == [to]
    assert parsed(octets).keys()[:8] == HEADER[:8]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_text_arrives_with_its_lines(text):
    mail = parsed(compose(_ENV, letter(text=text), mail_signer()))
    body = mail.get_body(("plain",))
    assert body is not None
    raw = body.get_payload(decode=True)
    assert isinstance(raw, bytes)
    assert raw.splitlines() == text.encode().splitlines()
