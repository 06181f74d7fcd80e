"""SMS pumping: codes asked for only so that SMS to certain numbers are paid for (COD-10)."""

import json
from dataclasses import replace

import pytest

from cinnabar.codes.actions.ask import ask
from cinnabar.codes.models import Code
from cinnabar.codes.queries import sms_this_hour
from cinnabar.codes.rules import REISSUE
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from tests.attack.crowds import begins, people
from tests.codes.test_ask import errand
from tests.support.mail import received

pytestmark = pytest.mark.django_db

PUMPED = 581


@pytest.fixture
def env(env):
    """A firm that sends 3 codes by SMS to a range and 5 in all, in an hour; told at 4."""
    code = replace(
        env.firm.code,
        sms_per_range_and_hour=3,
        sms_alarm_at=4,
        sms_per_hour=5,
        email_carries_code=True,
    )
    return replace(env, firm=replace(env.firm, code=code))


def silent(env):
    """Return the same firm with mails that hold no code, as the strong preset has it."""
    code = replace(env.firm.code, email_carries_code=False)
    return replace(env, firm=replace(env.firm, code=code))


def refused(env, one, **only):
    with pytest.raises(Refused) as no:
        ask(env, replace(errand(one), **only))
    return no.value


def told():
    entries = Entry.objects.filter(event=Event.GUARD_ALARM).order_by("id")
    details = [json.loads(entry.payload)["details"] for entry in entries]
    return [(one["scope"], one["whom"], one["today"]) for one in details]


def test_a_range_of_numbers_has_its_hour(env):
    """Who asks for codes to a range gets three by SMS; the fourth customer there gets a mail."""
    ways = [ask(env, errand(one)) for one in people(env, PUMPED, 5)]
    assert [sent.sms is not None for sent in ways] == [True, True, True, False, False]
    assert all(sent.email is not None for sent in ways)
    assert sms_this_hour(env) == 3
    assert len([one for one in received(env) if one.channel == "sms"]) == 3
    assert told() == [("sms-range", f"{begins(env, PUMPED)} at 10:00", 3)]


def test_another_range_is_not_held_up(env):
    for one in people(env, PUMPED, 4):
        ask(env, errand(one))
    (elsewhere,) = people(env, 123, 1)
    assert ask(env, errand(elsewhere)).sms is not None


def test_the_firm_has_its_hour_however_the_numbers_begin(env):
    ways = [ask(env, errand(people(env, n, 1)[0])) for n in range(11, 18)]
    assert [sent.sms is not None for sent in ways] == [True] * 5 + [False] * 2
    assert told() == [("sms", "at 10:00", 4)]
    assert sms_this_hour(env) == 5


def test_the_next_hour_begins_at_nought(env, clock):
    everybody = people(env, PUMPED, 5)
    for one in everybody[:4]:
        ask(env, errand(one))
    clock.move(seconds=3600)
    assert ask(env, errand(everybody[4])).sms is not None
    assert sms_this_hour(env) == 1


def test_where_the_mail_holds_no_code_the_customer_is_told_to_wait_till_the_hour_ends(env, clock):
    env = silent(env)
    clock.move(seconds=20 * 60)
    everybody = people(env, PUMPED, 4)
    for one in everybody[:3]:
        ask(env, errand(one))
    no = refused(env, everybody[3])
    assert no.refusal is Refusal.SMS_PAUSED
    assert no.facts == {"retry_after": 40 * 60, "minutes": 40}
    assert Code.objects.count() == 3, "no code is made that reaches nobody"


def test_who_chose_sms_may_choose_the_mail_instead(env):
    *first, last = people(env, PUMPED, 4)
    for one in first:
        ask(env, errand(one))
    sms, email = frozenset({"sms"}), frozenset({"email"})
    assert refused(env, last, only=sms, purpose=REISSUE).refusal is Refusal.SMS_PAUSED
    sent = ask(env, replace(errand(last), only=email, purpose=REISSUE))
    assert (sent.sms, sent.email is not None) == (None, True)


def test_a_refusal_uses_up_nothing_of_the_customers_day(env, clock):
    *first, last = people(env, PUMPED, 4, email="")
    for one in first:
        ask(env, errand(one))
    for _ in range(env.firm.code.max_per_day + 1):
        assert refused(env, last).refusal is Refusal.SMS_PAUSED
    clock.move(seconds=3600)
    assert ask(env, errand(last)).sms is not None


def test_a_code_that_is_refused_for_another_reason_takes_no_place(env, ming):
    ask(env, errand(ming))
    assert refused(env, ming).refusal is Refusal.CODE_TOO_SOON
    assert sms_this_hour(env) == 1


def test_a_mail_takes_no_place(env, ming):
    ask(env, replace(errand(ming), only=frozenset({"email"})))
    assert sms_this_hour(env) == 0
