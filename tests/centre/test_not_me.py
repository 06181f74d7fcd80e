"""This was not me: everything is shut at once, staff know, and nobody can undo it online."""

from datetime import timedelta

import pytest
from django.db import transaction

from cinnabar.centre import not_me
from cinnabar.centre.change import Wish, change
from cinnabar.codes import links
from cinnabar.flows.visitor import Stranger
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.actions import resume
from cinnabar.login.models import Session
from cinnabar.passwords import lock, voice
from cinnabar.passwords.kinds import PasswordKind
from tests.support.claims import Claim, own_password, ready_to_finish, with_certificate
from tests.support.face import Browser
from tests.support.mail import received
from tests.support.notices import secret, secret_in
from tests.support.passwords import NEW, NEWER, opens
from tests.support.people import PASSWORD, visit
from tests.support.signing import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/passwords/not-me/"
SOMEBODY = Stranger(visit="0" * 64, address="203.0.113.9")


def index(env, customer):
    return lock.name(env, env.firm.login.identifier(customer.identifier))


def lift(env, customer):
    with transaction.atomic():
        return lock.lift(env, index(env, customer), lock.caps(env.firm))


def taken(old, new):
    return Wish(kind=PasswordKind.LOGIN, old=old, new=new)


def refused(env, typed):
    with pytest.raises(Refused) as caught:
        not_me.report(env, SOMEBODY, typed)
    return caught.value.refusal


def test_sign_in_is_locked_every_session_ends_and_the_line_is_suspended(env, ming, mei):
    visit(env, ming)
    visit(env, ming)
    visit(env, mei)
    not_me.report(env, SOMEBODY, secret(env, ming))
    assert list(Session.objects.filter(ended_at=None).values_list("customer_id")) == [(mei.id,)]
    with pytest.raises(Refused) as caught:
        sign_in(env, ming.identifier, PASSWORD, address="203.0.113.9")
    assert caught.value.refusal is Refusal.SIGN_IN_FAILED
    with transaction.atomic():
        assert not voice.hold_open(env, ming.id)
    visit(env, mei)


def test_whoever_took_the_account_over_is_shut_out_by_the_answer_to_his_own_change(env, ming):
    thief = visit(env, ming)
    change(env, thief, [taken(PASSWORD, NEW)], account=None, voice=False)
    tokens = sign_in(env, ming.identifier, NEW, address="192.0.2.66")
    within = resume(env, tokens.session, tokens.device, address="192.0.2.66")
    assert within is not None
    told = next(filter(None, map(secret_in, received(env))))
    not_me.report(env, SOMEBODY, told)
    assert resume(env, tokens.session, tokens.device, address="192.0.2.66") is None
    assert not opens(env, ming, NEW)
    with pytest.raises(Refused):
        change(env, within, [taken(NEW, NEWER)], account=None, voice=False)


def test_a_claim_that_is_under_way_is_closed_and_so_is_its_mail(env, ming):
    claim = Claim(env).identify()
    claim.prove(with_certificate(env, ming))
    with transaction.atomic():
        mailed = links.make(env, ming.id, "reissue", flow="", life=timedelta(hours=24)).reveal()
    not_me.report(env, SOMEBODY, secret(env, ming))
    with pytest.raises(Refused) as caught:
        claim.request()
    assert caught.value.refusal is Refusal.FLOW_CLOSED
    assert links.look(env, "reissue", mailed) is None


def test_the_way_back_in_is_a_new_password(env, ming):
    held = with_certificate(env, ming)
    not_me.report(env, SOMEBODY, secret(env, ming))
    claim = ready_to_finish(env, held)
    claim.finish()
    assert opens(env, ming, own_password(env))


def test_neither_page_nor_telephone_lifts_it_but_a_new_password_or_the_counter_does(env, ming):
    not_me.report(env, SOMEBODY, secret(env, ming))
    assert lift(env, ming) is lock.Lift.SPENT
    with transaction.atomic():
        assert lock.end_cycle(index(env, ming))
    visit(env, ming)


def test_it_locks_whoever_was_locked_already_for_good(env, ming):
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(env, ming.identifier, type(PASSWORD)("wrong"), address="203.0.113.9")
    not_me.report(env, SOMEBODY, secret(env, ming))
    assert lift(env, ming) is lock.Lift.SPENT


def test_staff_are_told_once_under_a_pseudonym_and_the_journal_says_what_it_answers(env, ming):
    typed = secret(env, ming, "withdrawal")
    not_me.report(env, SOMEBODY, typed)
    alerts = [one for one in received(env) if one.to == env.firm.notify.staff_mail]
    assert len(alerts) == 1
    assert ming.subject in alerts[0].subject
    assert ming.identifier not in alerts[0].text
    entry = Entry.objects.get(event=Event.NOTICE_DISOWNED)
    assert entry.subject == ming.subject


def test_the_answer_is_taken_once(env, ming):
    typed = secret(env, ming)
    not_me.report(env, SOMEBODY, typed)
    assert refused(env, typed) is Refusal.NOT_ME_DEAD
    assert Entry.objects.filter(event=Event.NOTICE_DISOWNED).count() == 1


def test_one_answer_serves_for_all_notices_of_that_time(env, ming):
    first, second = secret(env, ming, key="1"), secret(env, ming, key="2")
    not_me.report(env, SOMEBODY, first)
    assert refused(env, second) is Refusal.NOT_ME_DEAD


def test_the_answer_is_taken_as_long_as_the_firm_says_and_no_longer(env, clock, ming, company):
    early, late = secret(env, ming), secret(env, company)
    clock.move(env.firm.link.not_me - timedelta(seconds=1))
    not_me.report(env, SOMEBODY, early)
    clock.move(timedelta(seconds=2))
    assert refused(env, late) is Refusal.NOT_ME_DEAD


@pytest.mark.parametrize("typed", ["0000000000", "f" * 64, "A123456789", "不是我", "x", "'--"])
def test_what_was_never_made_shuts_nobody_out(env, ming, typed):
    secret(env, ming)
    assert refused(env, typed) is Refusal.NOT_ME_DEAD
    visit(env, ming)


def test_whoever_guesses_is_stopped_by_his_address_and_nobody_else_is(env, ming):
    typed = secret(env, ming)
    for _ in range(env.firm.login.per_address_wrong_per_day):
        assert refused(env, "0000000000") is Refusal.NOT_ME_DEAD
    assert refused(env, typed) is Refusal.TOO_MANY_TRIES
    not_me.report(env, Stranger(visit="1" * 64, address="198.51.100.7"), typed)


def test_looking_at_the_page_changes_nothing(env, ming):
    typed, browser = secret(env, ming), Browser()
    for address in (PAGE, f"{PAGE}?token={typed}"):
        for method in (browser.client.get, browser.client.head):
            assert method(address).status_code == 200
    visit(env, ming)
    assert not Entry.objects.filter(event=Event.NOTICE_DISOWNED).exists()


def test_the_page_takes_what_was_typed_and_says_what_was_done(env, ming):
    typed, browser = secret(env, ming), Browser()
    browser.get(PAGE)
    answer = browser.form(PAGE, {"token": f" {typed} "})
    assert answer.status_code == 200
    assert "已經鎖住" in answer.content.decode()
    assert browser.form(PAGE, {"token": typed}).status_code == 409


def test_whoever_answers_in_his_own_session_is_signed_out_of_it(env, ming, mei):
    own, other = Browser(), Browser()
    own.sign_in(ming.identifier)
    other.sign_in(mei.identifier)
    typed = secret(env, ming)
    answer = own.form(PAGE, {"token": typed})
    assert answer.cookies["__Host-session"].value == ""
    assert ming.masked_identifier not in answer.content.decode()
    assert own.get("/certificates/").status_code == 401
    assert "__Host-session" not in other.form(PAGE, {"token": "0000000000"}).cookies
    assert other.get("/certificates/").status_code == 200


def test_another_site_cannot_answer_for_anybody(env, ming):
    typed, browser = secret(env, ming), Browser()
    answer = browser.client.post(PAGE, {"token": typed}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    visit(env, ming)
