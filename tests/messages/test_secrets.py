"""A planted code is found nowhere after it was delivered, failed or expired (COD-11, law 8)."""

import pytest
import structlog
from django.db import connection

from cinnabar.kernel.secrets import Secret
from cinnabar.messages.channel import RefusedForGoodError
from cinnabar.messages.deliver import tick
from cinnabar.messages.sms import SmsChannel, SmsGateway
from cinnabar.messages.smtp import SmtpChannel, SmtpServer
from tests.messages.support import MAILBOX, PHONE, Shelf, mail_signer, post_change, post_code
from tests.support.sms_gateway import SmsTwin
from tests.support.smtp import SmtpTwin

pytestmark = pytest.mark.django_db

PLANTED = "QX7ZK9WP"
PASSWORD = "gateway-password"


def everything_in_the_database() -> bytes:
    """Return each value of each table, however it is stored."""
    found = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            found += [bytes(v) if isinstance(v, memoryview) else v for r in cursor for v in r]
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in found)


def hand_all_over(env):
    with SmsTwin(PASSWORD) as gateway, SmtpTwin() as relay:
        sms = SmsChannel(SmsGateway(url=gateway.url, password=Secret(PASSWORD)))
        mail = SmtpChannel(SmtpServer(host="127.0.0.1", port=relay.port), mail_signer())
        tally = tick(env, {"sms": sms, "email": mail})
    assert PLANTED in gateway.texts[0].text, "the code did go out"
    return tally


def refuse_all(env):
    shelf = Shelf()
    shelf.troubles.extend([RefusedForGoodError("no")] * 2)
    return tick(env, {"sms": shelf, "email": shelf})


def let_all_expire(env):
    env.clock.move(seconds=300)
    return tick(env, {"sms": Shelf(), "email": Shelf()})


@pytest.mark.parametrize("fate", [hand_all_over, refuse_all, let_all_expire])
def test_nothing_of_a_code_stays(env, fate, capfd, caplog):
    for channel in ("sms", "email"):
        post_code(env, channel, digits=PLANTED)
    with structlog.testing.capture_logs() as events:
        fate(env)
    out, err = capfd.readouterr()
    logged = f"{out}{err}{caplog.text}{events!r}"
    kept = everything_in_the_database()
    for secret in (PLANTED, PHONE, MAILBOX, PASSWORD):
        assert secret not in logged
        assert secret.encode() not in kept
        assert secret.encode().hex().encode() not in kept


def test_not_even_sealed_digits_stay(env):
    from cinnabar.messages.models import Outbox

    for channel in ("sms", "email"):
        post_code(env, channel, digits=PLANTED)
    assert Outbox.objects.exclude(facts_sealed=None).count() == 2
    hand_all_over(env)
    assert Outbox.objects.exclude(facts_sealed=None).count() == 0


def test_a_relay_that_quotes_the_address_does_not_bring_it_into_the_log(env, capfd):
    post_change(env)
    with SmtpTwin() as relay:
        relay.answer("RCPT", f"550 5.1.1 <{MAILBOX}>: no such user")
        tick(
            env,
            {"email": SmtpChannel(SmtpServer(host="127.0.0.1", port=relay.port), mail_signer())},
        )
    assert MAILBOX not in "".join(capfd.readouterr())
    assert MAILBOX.encode() not in everything_in_the_database()


def test_an_error_while_rendering_keeps_its_place_and_not_its_text(env, capfd):
    from cinnabar.messages.models import Outbox

    def fail(_):
        msg = f"cannot send {PLANTED} to {PHONE}"
        raise ValueError(msg)

    post_code(env, digits=PLANTED)
    tick(env, {"sms": Shelf(before=fail)})
    assert Outbox.objects.get().last_error == "ValueError in fail"
    assert PLANTED not in "".join(capfd.readouterr())
