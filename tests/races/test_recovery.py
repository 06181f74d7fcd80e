"""The way back in under races: one mail, one link, five a day, one new password, one unlock."""

from collections import Counter
from functools import partial

import pytest

from cinnabar.centre import finish, mailed, opening, reissue
from cinnabar.codes.models import Link
from cinnabar.flows.kinds import ProofKind
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits, Password
from tests.support.claims import Claim, own_password, with_accounts
from tests.support.crowd import at_once
from tests.support.mailed import asked_by_mail, confirm, letters, mails, secret, without
from tests.support.signing import sign_in

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_of_thirty_openings_at_once_one_goes_on(env, db):
    """RST-01, incident 5."""
    with_accounts(env, consolidated=True)
    confirm(without(env))
    text = secret(mails(env)[0])
    browsers = [Claim(env, at=f"{n:064x}").stranger for n in range(30)]
    answers = at_once(*[partial(opening.open_link, env, b, text) for b in browsers])
    assert answers.count(Refusal.LINK_DEAD) == 29
    assert Proof.objects.filter(kind=ProofKind.LINK).count() == 1


def test_of_ten_requests_at_once_five_are_taken(env, db):
    """G25."""
    with_accounts(env, consolidated=True)
    claims = [without(env, at=f"{n:064x}") for n in range(10)]
    answers = at_once(*[partial(confirm, claim, "securities.0") for claim in claims])
    assert answers.count(Refusal.REISSUE_LIMIT) == 5
    assert answers.count(None) == 5


def test_one_claim_asks_once_however_often_it_is_pressed(env, db):
    with_accounts(env, consolidated=True)
    claim = without(env)
    press = partial(mailed.request, env, claim.stranger, claim.flow, "securities.0")
    answers = at_once(*[press] * 4)
    assert answers.count(None) == 1
    assert len(mails(env)) == 1
    # What was refused was not counted: four more go through.
    for _ in range(4):
        confirm(without(env))


def test_two_workers_send_each_mail_once(env, db):
    with_accounts(env, consolidated=True)
    confirm(without(env))
    assert sorted(at_once(*[partial(mailed.send_waiting, env)] * 4), key=str) == [0, 0, 0, 1]
    assert len(mails(env)) == 1


def test_a_request_beside_the_worker_never_leaves_two_live_links(env, db):
    with_accounts(env, consolidated=True)
    for _ in range(2):
        confirm(without(env))
        again = without(env, at="c" * 64)
        at_once(partial(mailed.send_waiting, env), partial(confirm, again, "securities.0"))
        newest = Flow.objects.get(pk=again.flow)
        letters(env)
        live = Link.objects.get(state=Link.OPEN)
        assert live.flow == newest.id


def ready_to_type(env) -> Claim:
    """Everything up to the SMS, which has come."""
    with_accounts(env, consolidated=True)
    claim = asked_by_mail(env)
    reissue.ask_again(env, claim.stranger, claim.flow)
    return claim


def test_of_fifty_pass_codes_at_once_three_are_compared(env, db):
    """COD-06, incident 4."""
    claim = ready_to_type(env)
    wrong = "0" * env.firm.pass_code.length
    press = partial(reissue.try_code, env, claim.stranger, claim.flow, wrong)
    answers = Counter(at_once(*[press] * 50))
    most = env.firm.pass_code.max_wrong
    assert answers[Refusal.PASS_CODE_WRONG] == most - 1
    assert answers[Refusal.PASS_CODE_CLOSED] == 50 - (most - 1)
    compared = Entry.objects.filter(event__in=[Event.CODE_WRONG, Event.CODE_EXHAUSTED])
    assert compared.count() == most


def test_of_twenty_right_pass_codes_at_once_one_is_accepted(env, db):
    claim = ready_to_type(env)
    press = partial(reissue.try_code, env, claim.stranger, claim.flow, claim.code())
    answers = at_once(*[press] * 20)
    assert answers.count(None) == 1
    assert Entry.objects.filter(event=Event.CODE_ACCEPTED).count() == 1


def test_one_initial_password_is_given_where_the_firm_gives_any(env, db):
    claim = ready_to_type(env)
    reissue.try_code(env, claim.stranger, claim.flow, claim.code())
    given = at_once(*[partial(finish.initial, env, claim.stranger, claim.flow)] * 8)
    assert sum(isinstance(one, Digits) for one in given) == bool(env.firm.password.initial.length)


def test_one_new_password_is_taken(env, db):
    claim = ready_to_type(env)
    reissue.try_code(env, claim.stranger, claim.flow, claim.code())
    own = own_password(env).reveal()
    tries = [Password(own[:-1] + last) for last in "3456"]
    ends = [partial(finish.finish, env, claim.stranger, claim.flow, one) for one in tries]
    answers = at_once(*ends)
    assert answers.count(None) == 1
    assert set(answers) <= {None, Refusal.FLOW_CLOSED, Refusal.FLOW_OUT_OF_ORDER, Refusal.BUSY}
    taken = answers.index(None)
    sign_in(env, "A123456789", tries[taken], address="198.51.100.7")
    with pytest.raises(Refused):
        sign_in(env, "A123456789", tries[taken - 1], address="198.51.100.7")
