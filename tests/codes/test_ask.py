"""Asking for a certificate code."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt
from cinnabar.codes.errand import Errand
from cinnabar.codes.models import Code, Streak
from cinnabar.codes.rules import Verdict
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits
from tests.support.mail import received

TAIPEI = ZoneInfo("Asia/Taipei")


def errand(customer, *, purpose="apply", flow="f1", target="t1"):
    return Errand(
        customer_id=customer.id,
        subject=customer.subject,
        purpose=purpose,
        flow=flow,
        target=target,
        channel="web",
    )


def digits(env, text):
    """The loaded code, at the length the firm of this run wants."""
    return text.rjust(env.firm.code.length, "0")


def test_the_same_code_goes_to_phone_and_mail(env, ming):
    env.dice.load(digits(env, "5523"))
    sent = ask(env, errand(ming))
    assert sent.sms == "0958****74"
    assert (sent.resend_after, sent.expires_in, sent.length) == (60, 300, env.firm.code.length)
    letters = {letter.channel: letter.text for letter in received(env)}
    assert digits(env, "5523") in letters["sms"]
    if env.firm.code.email_carries_code:
        assert sent.email == "f*****c@example.com"
        assert digits(env, "5523") in letters["email"]
    else:
        assert digits(env, "5523") not in letters["email"]


def test_g17_with_only_a_phone_the_mail_is_left_out(env, mei):
    sent = ask(env, errand(mei))
    assert (sent.sms, sent.email) == ("0912****78", None)
    assert [letter.channel for letter in received(env)] == ["sms"]


def test_without_any_contact_nothing_is_sent(env, lin):
    with pytest.raises(Refused) as refused:
        ask(env, errand(lin))
    assert refused.value.refusal is Refusal.NO_CONTACT
    assert not Code.objects.exists()
    assert received(env) == ()


def test_g16_a_resend_waits_sixty_seconds_and_kills_the_first(env, clock, ming):
    env.dice.load(digits(env, "1111"), digits(env, "2222"))
    ask(env, errand(ming))
    clock.move(seconds=59)
    with pytest.raises(Refused) as refused:
        ask(env, errand(ming))
    assert refused.value.refusal is Refusal.CODE_TOO_SOON
    assert refused.value.facts == {"retry_after": 1}
    clock.move(seconds=1)
    ask(env, errand(ming))
    first = attempt(env, errand(ming), Digits(digits(env, "1111")), address="::1")
    second = attempt(env, errand(ming), Digits(digits(env, "2222")), address="::1")
    assert (first.verdict, second.verdict) == (Verdict.WRONG, Verdict.ACCEPTED)


def test_the_day_has_its_limit_and_ends_at_the_firms_midnight(env, clock, ming):
    clock.set(datetime(2026, 11, 20, 23, 0, tzinfo=TAIPEI))
    for _ in range(env.firm.code.max_per_day):
        ask(env, errand(ming))
        clock.move(seconds=60)
    with pytest.raises(Refused) as refused:
        ask(env, errand(ming))
    assert refused.value.refusal is Refusal.CODE_DAY_LIMIT
    clock.set(datetime(2026, 11, 21, 0, 0, tzinfo=TAIPEI))
    ask(env, errand(ming))


def test_a_resend_does_not_forget_the_wrong_tries_of_the_day(env, clock, ming):
    """COD-07."""
    tried = 0
    wrong = Digits(digits(env, "9999"))
    for _ in range(env.firm.code.max_per_day):
        env.dice.load(digits(env, "1111"))
        try:
            ask(env, errand(ming))
        except Refused as refused:
            assert refused.refusal is Refusal.CODE_DAY_LIMIT  # noqa: PT017 - the loop goes on
            break
        for _ in range(3):
            if attempt(env, errand(ming), wrong, address="::1").verdict is not Verdict.LIMIT:
                tried += 1
        clock.move(seconds=60)
    assert tried == env.firm.code.max_wrong_per_day


def test_after_too_many_wrong_tries_in_a_row_only_the_branch_helps(env, ming):
    """COD-08."""
    Streak.objects.create(customer_id=ming.id, wrong=env.firm.code.max_wrong_in_a_row)
    with pytest.raises(Refused) as refused:
        ask(env, errand(ming))
    assert refused.value.refusal is Refusal.CODE_DISABLED


def test_a_spent_budget_of_the_firm_makes_codes_longer(env, ming):
    from cinnabar.codes import rules
    from cinnabar.limits.actions import firm_day
    from cinnabar.limits.models import Tally

    Tally.objects.create(
        what=rules.WRONG, whom="", day=firm_day(env), n=env.firm.code.firm_tighten_at
    )
    assert ask(env, errand(ming)).length == env.firm.code.tightened_length


def test_one_destination_is_not_flooded_through_many_customers(env, ming):
    """COD-10: the same phone on file for many."""
    from cinnabar.codes import rules
    from cinnabar.limits.actions import firm_day
    from cinnabar.limits.models import Tally

    phone = env.vault.index("destination", "0958123474").hex()
    Tally.objects.create(
        what=rules.DESTINATION, whom=phone, day=firm_day(env), n=env.firm.code.destination_per_day
    )
    with pytest.raises(Refused) as refused:
        ask(env, errand(ming))
    assert refused.value.refusal is Refusal.CODE_DAY_LIMIT
    assert not Code.objects.exists()
