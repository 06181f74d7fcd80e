"""Binding a soft token: five proofs for one key, in their order, and nobody else's code."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.codes.rules import Verdict
from cinnabar.flows.models import Flow
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import sessions
from cinnabar.login.sessions import Ending
from cinnabar.login.soft import binding, own_tokens
from cinnabar.tokens.models import Registration, SoftToken
from cinnabar.tokens.soft import registration
from tests.support.binding import Phone, facts, mobile, typed, with_token
from tests.support.mail import received
from tests.support.passkeys import recorded
from tests.support.people import called
from tests.support.soft import PIN, App, bind, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def env(env):
    return with_token(env, devices_max=1)


@pytest.fixture
def phone(env, ming):
    return Phone(env, mobile(env, ming))


def refused(act, *args):
    with pytest.raises(Refused) as no:
        act(*args)
    return no.value.refusal


def test_code_pin_and_picture_bind_the_app(env, phone, ming):
    assert phone.begin().step == "code"
    assert phone.code() is Verdict.ACCEPTED
    stage = phone.pin()
    assert stage.step == "registration"
    assert "@" in stage.mailed.to
    phone.scan(facts(env)[0])
    bound = row(phone.app)
    assert (bound.state, bound.factor, bound.customer_id) == ("active", True, ming.id)
    assert phone.begin().step == "done"
    (told,) = recorded(Event.TOKEN_BOUND)
    assert told["details"]["key"] == phone.app.key_id


def test_user_name_and_registration_code_bind_it_too(env, phone):
    phone.up_to_the_mail()
    code = typed(env)
    phone.type(code.lower().replace("-", " "), called(env, "ming"))
    assert row(phone.app).state == "active"


def test_the_mail_shows_a_picture_with_the_code_above_it(env, phone):
    phone.up_to_the_mail()
    mail = next(one for one in received(env) if one.picture)
    assert mail.picture.startswith(b"\x89PNG")
    assert typed(env) in mail.text
    assert "TOKEN:" not in mail.text


def test_another_name_with_the_right_code_is_a_wrong_try(env, phone, mei):
    phone.up_to_the_mail()
    code = facts(env)[1]
    name = called(env, "mei")
    assert refused(phone.type, code, name) is Refusal.TOKEN_REGISTRATION_WRONG
    assert Registration.objects.get().tries == 1
    assert row(phone.app).state == "pending"


def test_the_fifth_wrong_code_kills_it(env, phone):
    phone.up_to_the_mail()
    right = facts(env)[0]
    wrong = [refused(phone.scan, f"TOKEN:{n}") for n in range(5)]
    assert wrong == [Refusal.TOKEN_REGISTRATION_WRONG] * 4 + [Refusal.TOKEN_REGISTRATION_DEAD]
    assert refused(phone.scan, right) is Refusal.TOKEN_REGISTRATION_DEAD


def test_what_is_no_code_of_ours_is_not_counted(env, phone):
    phone.up_to_the_mail()
    assert refused(phone.scan, "https://example.com") is Refusal.INPUT_MALFORMED
    assert Registration.objects.get().tries == 0


def test_the_picture_is_useless_to_another_app_of_the_same_customer(env, phone, ming):
    phone.up_to_the_mail()
    stolen = facts(env)[0]
    other = Phone(env, mobile(env, ming)).up_to_the_mail()
    assert refused(other.scan, stolen) is Refusal.TOKEN_REGISTRATION_WRONG


def test_the_picture_is_useless_to_another_customer(env, phone, company):
    phone.up_to_the_mail()
    stolen = facts(env)[0]
    other = Phone(env, mobile(env, company)).up_to_the_mail()
    assert refused(other.scan, stolen) is Refusal.TOKEN_REGISTRATION_WRONG
    assert SoftToken.objects.filter(state="active").count() == 0


def test_another_customer_cannot_bind_a_key_that_is_somebodys(env, phone, company):
    phone.up_to_the_mail()
    thief = Phone(env, mobile(env, company), phone.app)
    assert refused(thief.begin) is Refusal.TOKEN_NOT_PROVED


def test_no_step_comes_before_its_turn(env, phone):
    phone.begin()
    assert refused(phone.pin) is Refusal.FLOW_OUT_OF_ORDER
    assert refused(phone.scan, "TOKEN:X") is Refusal.FLOW_OUT_OF_ORDER
    phone.code()
    assert refused(phone.scan, "TOKEN:X") is Refusal.FLOW_OUT_OF_ORDER


def test_a_key_that_another_flow_is_about_takes_no_step_in_it(env, phone, ming):
    phone.begin()
    phone.code()
    stranger = Phone(env, phone.visitor, App())
    stranger.flow = phone.flow
    assert refused(stranger.pin) is Refusal.TOKEN_NOT_PROVED


def test_an_interrupted_binding_goes_on_with_the_same_mail(env, phone, ming):
    phone.up_to_the_mail()
    right = facts(env)[0]
    again = Phone(env, mobile(env, ming, phone.visitor.device), phone.app)
    env.clock.move(timedelta(hours=3))
    again.visitor = mobile(env, ming, phone.visitor.device)
    assert again.begin().step == "code"
    again.code()
    again.pin()
    assert Registration.objects.count() == 1
    again.scan(right)
    assert row(phone.app).state == "active"


def test_where_the_firm_does_not_take_the_earlier_mail_a_new_one_comes(env, ming):
    strict = with_token(env, retry_same_mail=False)
    phone = Phone(strict, mobile(strict, ming)).up_to_the_mail()
    first = facts(strict)[0]
    env.clock.move(timedelta(minutes=2))
    again = Phone(strict, mobile(strict, ming, phone.visitor.device), phone.app).up_to_the_mail()
    assert refused(again.scan, first) is Refusal.TOKEN_REGISTRATION_WRONG
    again.scan(facts(strict)[0])


def test_in_the_same_session_a_reload_goes_on_with_the_step_that_is_missing(phone):
    phone.begin()
    phone.code()
    assert phone.begin().step == "pin"
    phone.pin()
    assert phone.begin().step == "registration"
    assert Flow.objects.filter(kind="bind").count() == 1


def test_the_code_lives_as_long_as_the_firm_says(env, phone):
    phone.up_to_the_mail()
    right = facts(env)[0]
    env.clock.move(env.firm.token.bind)
    phone.visitor = replace(phone.visitor)
    Flow.objects.update(expires_at=env.clock.now() + timedelta(minutes=1))
    assert refused(phone.scan, right) is Refusal.TOKEN_REGISTRATION_DEAD


def test_a_new_mail_makes_the_one_before_worthless(env, phone):
    phone.up_to_the_mail()
    first = facts(env)[0]
    wait = refused(binding.mail_again, env, phone.visitor, phone.flow)
    assert wait is Refusal.CODE_TOO_SOON
    env.clock.move(env.firm.activation_code.resend_after)
    binding.mail_again(env, phone.visitor, phone.flow)
    assert refused(phone.scan, first) is Refusal.TOKEN_REGISTRATION_WRONG
    phone.scan(facts(env)[0])


def test_no_more_devices_than_the_firm_allows(env, phone, ming):
    phone.bound()
    second = Phone(env, mobile(env, ming))
    assert refused(second.begin) is Refusal.TOKEN_LIMIT
    (held,) = own_tokens.own(env, phone.visitor)
    own_tokens.suspend(env, second.visitor, held.id)
    assert refused(second.begin) is Refusal.TOKEN_LIMIT
    own_tokens.remove(env, with_two(env, second.visitor), held.id)
    second.bound()


def with_two(env, visitor):
    return replace(visitor, amr=visitor.amr | {"sms"}, proved_at=env.clock.now())


def test_a_device_bound_anew_replaces_its_own(env, phone, ming):
    phone.bound()
    env.clock.move(timedelta(minutes=2))
    anew = Phone(env, mobile(env, ming, phone.visitor.device)).bound()
    assert (row(phone.app).state, row(anew.app).state) == ("cleared", "active")
    assert anew.begin().step == "done"


def test_the_pin_of_a_mobile_certificate_becomes_the_tokens(env, phone, ming):
    bind(env, ming, phone.app, factor=False, device=phone.visitor.device)
    assert phone.begin().has_pin
    phone.code()
    assert refused(phone.pin) is Refusal.FLOW_OUT_OF_ORDER
    data = {"flow": phone.flow}
    signed = phone.app.sign("bind-pin", phone.challenge(), data, typed=PIN)
    assert binding.prove_pin(env, phone.visitor, phone.flow, signed).step == "registration"
    phone.scan(facts(env)[0])
    assert (row(phone.app).state, row(phone.app).factor) == ("active", True)


def test_a_cleared_key_makes_way_for_another(env, phone):
    phone.bound()
    (held,) = own_tokens.own(env, phone.visitor)
    own_tokens.remove(env, with_two(env, phone.visitor), held.id)
    assert refused(phone.begin) is Refusal.TOKEN_NONE


def test_a_session_that_has_ended_binds_nothing(env, phone):
    phone.up_to_the_mail()
    sessions.end(env, phone.visitor, Ending.ELSEWHERE)
    assert refused(phone.scan, facts(env)[0]) is Refusal.SIGNED_OUT
    assert row(phone.app).state == "pending"
    assert Registration.objects.get().state == "open"


def test_who_has_no_mailbox_is_told_before_he_begins(env, mei, lin):
    assert refused(Phone(env, mobile(env, mei)).begin) is Refusal.NO_CONTACT
    assert refused(Phone(env, mobile(env, lin)).begin) is Refusal.NO_CONTACT
    assert not SoftToken.objects.exists()


def test_the_customer_is_told_with_a_way_to_undo_it(env, phone):
    phone.bound()
    mails = [letter.text for letter in received(env) if letter.channel == "email"]
    assert any("Android" in text for text in mails)


def test_only_keyed_hashes_of_the_code_rest(env, phone):
    phone.up_to_the_mail()
    long, short = facts(env)
    kept = Registration.objects.get()
    for secret in (long, short):
        assert secret not in (kept.id, kept.typed)
    assert registration.waiting(env, kept.token_id).expires_at == kept.expires_at


def test_a_firm_without_a_token_has_no_binding(env, ming):
    second = replace(env.firm.login.second_factor, methods=("sms",))
    login = replace(env.firm.login, second_factor=second)
    plain = replace(env, firm=replace(env.firm, login=login))
    assert refused(Phone(plain, mobile(env, ming)).begin) is Refusal.NOT_FOUND
