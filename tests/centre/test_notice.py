"""Every change of a password is told where whoever made it may not be looking (MSG-03)."""

import dataclasses

import pytest
from django.db import transaction

from cinnabar.centre.notice import tell
from cinnabar.codes import links
from cinnabar.messages.kinds import PASSWORD_EVENTS
from cinnabar.messages.models import Outbox
from tests.support.notices import secret_in, told

pytestmark = pytest.mark.django_db

SMS, EMAIL = frozenset({"sms"}), frozenset({"email"})


def with_notify(env, **changes):
    notify = dataclasses.replace(env.firm.notify, **changes)
    return dataclasses.replace(env, firm=dataclasses.replace(env.firm, notify=notify))


def with_delivery(env, delivery):
    link = dataclasses.replace(env.firm.link, delivery=delivery)
    return dataclasses.replace(env, firm=dataclasses.replace(env.firm, link=link))


def ways(letters):
    return [letter.channel for letter in letters]


@pytest.mark.parametrize(
    ("wanted", "used", "expected"),
    [
        (("email",), frozenset(), ["email"]),
        (("email", "sms"), frozenset(), ["email", "sms"]),
        (("email", "sms"), EMAIL, ["sms"]),
        (("email", "sms"), SMS, ["email"]),
        (("email",), EMAIL, ["sms"]),
        (("email",), EMAIL | SMS, ["email", "sms"]),
        ((), frozenset(), ["email", "sms"]),
    ],
)
def test_it_goes_by_the_firms_channels_but_not_by_the_one_that_was_used(
    env, ming, wanted, used, expected
):
    env = with_notify(env, password_change_channels=wanted)
    assert ways(told(env, ming, used=used)) == expected


@pytest.mark.parametrize("used", [frozenset(), SMS])
def test_whoever_has_a_telephone_only_is_told_by_telephone(env, mei, used):
    env = with_notify(env, password_change_channels=("email",))
    assert ways(told(env, mei, used=used)) == ["sms"]


def test_whoever_has_nothing_on_file_hinders_no_change(env, lin):
    assert told(env, lin) == []


@pytest.mark.parametrize("event", sorted(PASSWORD_EVENTS))
def test_every_event_is_told_in_words(env, ming, event):
    assert all("若" in letter.text for letter in told(env, ming, event))


def test_one_act_is_told_once(env, ming):
    first = told(env, ming, key="flow")
    assert first
    assert told(env, ming, key="flow") == []
    assert len(told(env, ming, key="another")) == len(first)


def test_a_change_that_is_taken_back_tells_nobody(env, ming):
    with transaction.atomic():
        tell(env, ming.id, "login", key="1")
        transaction.set_rollback(True)
    assert not Outbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_told_with_its_change_or_not_at_all(env, ming):
    with pytest.raises(RuntimeError):
        tell(env, ming.id, "login", key="1")
    assert not Outbox.objects.exists()


def test_by_mail_a_link_by_sms_none_where_the_firm_mails_links(env, ming):
    env = with_delivery(with_notify(env, password_change_channels=("email", "sms")), "hyperlink")
    mail, sms = told(env, ming)
    assert len(secret_in(mail)) == 64
    assert secret_in(sms) == ""
    assert "http" not in sms.text


def test_the_same_characters_to_type_on_all_channels_where_it_mails_none(env, ming):
    env = with_delivery(with_notify(env, password_change_channels=("email", "sms")), "code")
    mail, sms = told(env, ming)
    assert "http" not in mail.text + sms.text
    assert secret_in(mail) == secret_in(sms) != ""


def test_a_second_change_does_not_kill_the_answer_to_the_first(env, ming):
    first = secret_in(told(env, ming, key="1")[0])
    told(env, ming, key="2")
    assert links.look(env, "not-me", first) is not None
