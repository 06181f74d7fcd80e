"""A reset by mail under races: one mail, one opening, five a day, one password."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.centre import reset, reset_code, reset_finish, reset_invite, reset_open
from cinnabar.codes.models import Link
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Password
from cinnabar.login.models import Session
from tests.support.crowd import at_once
from tests.support.customers import add_customer
from tests.support.people import CALLED, PASSWORD
from tests.support.resets import (
    OWN,
    ask,
    asked_by_mail,
    at,
    fits,
    letters,
    mails,
    open_mail,
    resetting,
    secret,
    sign_in,
)

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def env(env):
    return resetting(env)


def test_of_thirty_openings_at_once_one_goes_on(env, ming):
    """RST-01, incident 5."""
    ask(env)
    text = secret(mails(env)[0])
    browsers = [at(f"{n:064x}") for n in range(30)]
    answers = at_once(*[partial(reset_open.open_link, env, one, text) for one in browsers])
    assert answers.count(Refusal.LINK_DEAD) == 29
    assert Proof.objects.filter(kind=ProofKind.LINK).count() == 1


def test_of_ten_requests_at_once_five_are_taken(env, ming):
    answers = at_once(*[partial(ask, env)] * 10)
    assert answers.count(None) == env.firm.reissue.per_day
    assert answers.count(Refusal.REISSUE_LIMIT) == 10 - env.firm.reissue.per_day


def test_two_workers_send_each_mail_once(env, ming):
    ask(env)
    assert sorted(at_once(*[partial(reset.send_waiting, env)] * 4), key=str) == [0, 0, 0, 1]
    assert len(mails(env)) == 1


def test_a_request_beside_the_worker_never_leaves_two_live_secrets(env, ming):
    for _ in range(2):
        ask(env)
        at_once(partial(reset.send_waiting, env), partial(ask, env))
        letters(env)
        assert Link.objects.filter(state=Link.OPEN).count() == 1


def test_a_new_customer_is_invited_once_however_many_invite(env):
    new = add_customer(
        env, name="新客戶", identifier=CALLED["ming"], mobile="", email="n@example.com"
    )
    answers = Counter(at_once(*[partial(reset_invite.invite, env, new.id)] * 4))
    assert answers[reset_invite.Invited.INVITED] == 1
    assert len(mails(env)) == 1


def test_one_password_is_taken_of_several_sent_at_once(env, ming):
    flow = asked_by_mail(env)
    tries = [Password(f"pekoe20{n}tea"[: env.firm.password.login.max]) for n in range(20, 24)]
    answers = at_once(*[partial(reset_finish.finish, env, at(), flow, one) for one in tries])
    assert answers.count(None) == 1
    assert set(answers) <= {None, Refusal.FLOW_CLOSED, Refusal.FLOW_OUT_OF_ORDER, Refusal.BUSY}
    # Only this one is tried: wrong ones would lock the account before it is compared.
    assert fits(env, ming, tries[answers.index(None)])
    assert Entry.objects.filter(event=Event.PASSWORD_RESET).count() == 1


def test_two_resets_of_one_customer_end_in_one_password(env, ming):
    """Two mails, the older opened before the newer was asked for."""
    first, second = asked_by_mail(env), ""
    ask(env)
    second = open_mail(env, secret(mails(env)[0]), at="c" * 64)
    ends = [
        partial(reset_finish.finish, env, at(), first, OWN),
        partial(reset_finish.finish, env, at("c" * 64), second, Password("sencha20x")),
    ]
    answers = at_once(*ends)
    assert answers.count(None) == 1
    states = Flow.objects.filter(kind=FlowKind.RESET).values_list("state", flat=True)
    assert sorted(states) == ["abandoned", "done"]


def test_of_fifty_codes_at_once_three_are_compared(env, ming):
    """COD-06, incident 4."""
    strict = resetting(env, needs_second_factor=True)
    flow = asked_by_mail(strict)
    reset_code.ask(strict, at(), flow)
    wrong = "0" * env.firm.pass_code.length
    answers = Counter(at_once(*[partial(reset_code.try_code, strict, at(), flow, wrong)] * 50))
    most = env.firm.pass_code.max_wrong
    assert answers[Refusal.PASS_CODE_WRONG] == most - 1
    compared = Entry.objects.filter(event__in=[Event.CODE_WRONG, Event.CODE_EXHAUSTED])
    assert compared.count() == most


def test_a_sign_in_with_the_old_password_beside_the_reset_leaves_no_session(env, ming):
    """PWD-15: whatever comes first, after the reset nothing that the old one opened is open."""
    flow = asked_by_mail(env)

    def old_one() -> None:
        try:
            sign_in(env, ming, PASSWORD)
        except AssertionError:
            return  # the reset came first

    answers = at_once(old_one, partial(reset_finish.finish, env, at(), flow, OWN))
    assert answers[1] is None
    assert not Session.objects.filter(customer=ming.id, ended_at=None).exists()
