"""Mail by a real relay on loopback: its answers, its silence, its absence."""

import ssl
from pathlib import Path
from socket import create_server

import pytest
from cryptography.hazmat.primitives import serialization

from cinnabar.messages.deliver import Tally, tick
from cinnabar.messages.kinds import State
from cinnabar.messages.smtp import SmtpChannel, SmtpServer
from tests.messages.support import MAILBOX, mail_signer, post_change, post_code, row, tls_files
from tests.support.smtp import SmtpTwin

pytestmark = pytest.mark.django_db


@pytest.fixture
def relay():
    with SmtpTwin() as twin:
        yield twin


def channel(port: int, **more) -> SmtpChannel:
    server = SmtpServer(host="127.0.0.1", port=port, hello="worker.example.com", **more)
    return SmtpChannel(server, mail_signer())


def test_a_mail_arrives_at_its_address_from_the_firms(env, relay):
    message = post_code(env, "email")
    assert tick(env, {"email": channel(relay.port)}) == Tally(handed_over=1)
    [mail] = relay.mails
    assert (mail.sender, mail.to) == ("notice@example.com", (MAILBOX,))
    assert message in mail.message["Message-ID"]
    assert row(message).state == State.SENT


def test_a_batch_goes_over_one_connection(env, relay):
    for n in range(5):
        post_change(env, key=str(n))
    tick(env, {"email": channel(relay.port)})
    assert (len(relay.mails), relay.connections) == (5, 1)


def test_a_relay_that_is_down_gets_its_mail_when_it_is_up_again(env, relay):
    message = post_change(env)
    relay.stop()
    assert tick(env, {"email": channel(relay.port)}) == Tally(later=1)
    assert row(message).last_error == "smtp ConnectionRefusedError"
    relay.start()
    assert tick(env, {"email": channel(relay.port)}) == Tally(), "not before its pause is over"
    env.clock.move(seconds=2)
    assert tick(env, {"email": channel(relay.port)}) == Tally(handed_over=1)
    assert len(relay.mails) == 1


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.3.0 later, fredric@example.com", (State.WAITING, "smtp 451 4.3.0")),
        ("452 full", (State.WAITING, "smtp 452")),
        ("421 4.3.2 closing", (State.WAITING, "smtp 421 4.3.2")),
        ("550 5.1.1 <fredric@example.com> unknown", (State.FAILED, "smtp 550 5.1.1")),
        ("552 too much", (State.FAILED, "smtp 552")),
        ("554 5.7.1 relay denied", (State.WAITING, "smtp 554 5.7.1")),
    ],
)
def test_what_the_relays_answers_mean_for_a_mail(env, relay, stage, answer, outcome):
    message = post_change(env)
    relay.answer(stage, answer)
    tick(env, {"email": channel(relay.port)})
    assert (row(message).state, row(message).last_error) == outcome
    assert not relay.mails


def test_a_relay_that_is_closing_is_not_offered_the_rest(env, relay):
    ids = [post_change(env, key=str(n)) for n in range(3)]
    relay.answer("RCPT", "421 4.3.2 closing")
    assert tick(env, {"email": channel(relay.port)}) == Tally(later=1)
    assert sum(row(message).attempts for message in ids) == 1


def test_one_refused_address_does_not_keep_the_others(env, relay):
    bad = post_change(env, key="1", to="gone@example.com")
    good = post_change(env, key="2")
    relay.refuse("gone@example.com", "550 5.1.1 gone")
    tick(env, {"email": channel(relay.port)})
    assert (row(bad).state, row(good).state) == (State.FAILED, State.SENT)
    assert relay.connections == 1


def test_a_relay_that_does_not_take_our_sender_is_no_fault_of_the_mail(env, relay):
    message = post_change(env)
    relay.answer("MAIL", "550 5.7.1 not you")
    assert tick(env, {"email": channel(relay.port)}) == Tally(later=1)
    assert row(message).state == State.WAITING


def test_an_address_that_is_none_never_reaches_the_relay(env, relay):
    message = post_change(env, to="a@example.com>\r\nRCPT TO:<thief@example.net")
    tick(env, {"email": channel(relay.port)})
    assert (row(message).state, row(message).last_error) == (State.FAILED, "not a mail address")
    assert not relay.mails


def test_a_relay_that_says_nothing_is_left_alone_after_the_time_out(env):
    message = post_change(env)
    with create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert tick(env, {"email": channel(port, timeout=0.2)}) == Tally(later=1)
    assert row(message).last_error == "smtp timeout"


def test_a_relay_without_starttls_gets_nothing_when_it_is_asked_for(env, relay):
    post_change(env)
    assert tick(env, {"email": channel(relay.port, starttls=True)}).later == 1
    assert not relay.mails


def test_mail_is_encrypted_on_its_way_when_starttls_is_asked_for(env, tmp_path):
    chain, context = _tls(tmp_path)
    post_change(env)
    with SmtpTwin(context) as relay:
        way = channel(relay.port, starttls=True, ca_file=chain)
        assert tick(env, {"email": way}) == Tally(handed_over=1)
    assert [mail.encrypted for mail in relay.mails] == [True]


def test_a_relay_nobody_vouches_for_gets_nothing(env, tmp_path):
    _, context = _tls(tmp_path)
    message = post_change(env)
    with SmtpTwin(context) as relay:
        assert tick(env, {"email": channel(relay.port, starttls=True)}).later == 1
    assert not relay.mails
    assert row(message).last_error == "smtp SSLCertVerificationError"


def _tls(place: Path) -> tuple[Path, ssl.SSLContext]:
    key, certificate, root = tls_files()
    pem = serialization.Encoding.PEM
    own, chain = place / "relay.pem", place / "root.pem"
    own.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + b"".join(one.public_bytes(pem) for one in certificate)
    )
    chain.write_bytes(root.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    return chain, context
