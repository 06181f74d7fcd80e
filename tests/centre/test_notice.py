"""Every change of a password is told where whoever made it may not be looking (MSG-03)."""

import dataclasses

import pytest
from django.db import transaction

from cinnabar.centre.change import Wish, change
from cinnabar.centre.notice import tell
from cinnabar.centre.unlock import By, by_staff
from cinnabar.codes import links
from cinnabar.login.actions import resume
from cinnabar.messages.kinds import PASSWORD_EVENTS
from cinnabar.messages.models import Outbox
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.lock import Lift
from tests.support.claims import Claim, with_certificate
from tests.support.mail import received
from tests.support.notices import secret_in, told
from tests.support.passwords import NEW, NEWER, WRONG, new_withdrawal, opens
from tests.support.people import PASSWORD, WITHDRAWAL, give_withdrawal, visit
from tests.support.signing import sign_in

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


def notices_of(customer):
    return Outbox.objects.filter(kind="password-changed", customer_id=customer.id).count()


def test_a_reissue_is_told_once_and_as_soon_as_the_password_before_is_gone(env, ming):
    claim = Claim(env).identify()
    claim.prove(with_certificate(env, ming))
    claim.request(channel="sms")
    initial = claim.verify()
    assert notices_of(ming) == (0 if initial is None else 1)
    claim.finish()
    assert notices_of(ming) == 1


def test_a_change_of_every_kind_is_told_for_what_it_is(env, ming):
    give_withdrawal(env, ming.id)
    login = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    cash = Wish(kind=PasswordKind.WITHDRAWAL, old=WITHDRAWAL, new=new_withdrawal(env))
    change(env, visit(env, ming), [login], account=None, voice=False)
    assert "登入密碼修改" in received(env)[0].text
    login = Wish(kind=PasswordKind.LOGIN, old=NEW, new=NEWER)
    tokens = sign_in(env, ming.identifier, NEW, address="127.0.0.1")
    again = resume(env, tokens.session, tokens.device, address="127.0.0.1")
    assert again is not None
    change(env, again, [login, cash], account=None, voice=False)
    assert any("登入與出金密碼修改" in letter.text for letter in received(env))


@pytest.mark.parametrize("by", By)
def test_an_unlock_by_staff_is_told_too(env, ming, by):
    for _ in range(env.firm.login.max_wrong):
        assert not opens(env, ming, WRONG)
    assert by_staff(env, ming, by=by, case="7") is Lift.LIFTED
    assert "密碼解鎖" in received(env)[0].text
