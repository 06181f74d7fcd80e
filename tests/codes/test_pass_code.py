"""The pass code of a reissue: by one channel, five minutes, three tries (P52 to P60)."""

import pytest

from cinnabar.codes import rules
from cinnabar.codes.actions.ask import ask
from cinnabar.codes.actions.spend import attempt
from cinnabar.codes.errand import Errand
from cinnabar.codes.rules import Verdict
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits
from tests.support.mail import received

RIGHT, WRONG = "8501985", "1111111"


def errand(customer, *only: str) -> Errand:
    return Errand(
        customer_id=customer.id,
        subject=customer.subject,
        purpose="reissue",
        flow="f",
        target="customer",
        channel="web",
        only=frozenset(only),
    )


def drawn(env, digits: str) -> str:
    """The digits at the length the firm of this run wants, loaded into the dice."""
    text = digits.rjust(env.firm.pass_code.length, "0")
    env.dice.load(text)
    return text


def tried(env, customer, text: str) -> Verdict:
    return attempt(env, errand(customer, "sms"), Digits(text), address="127.0.0.1").verdict


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_it_leaves_by_the_one_channel_that_was_picked(env, ming, channel):
    code = drawn(env, RIGHT)
    sent = ask(env, errand(ming, channel))
    (letter,) = received(env)
    assert (letter.channel, code in letter.text) == (channel, True)
    assert (sent.resend_after, sent.expires_in, sent.length) == (120, 300, len(code))


def test_a_channel_not_on_file_is_refused(env, mei):
    with pytest.raises(Refused) as refused:
        ask(env, errand(mei, "email"))
    assert refused.value.refusal is Refusal.NO_CONTACT


def test_the_third_wrong_try_kills_it_even_if_the_fourth_is_right(env, ming):
    code = drawn(env, RIGHT)
    ask(env, errand(ming, "sms"))
    wrong = WRONG.rjust(len(code), "1")
    assert [tried(env, ming, text) for text in (wrong, wrong, wrong, code)] == [
        Verdict.WRONG,
        Verdict.WRONG,
        Verdict.CLOSED,
        Verdict.CLOSED,
    ]


@pytest.mark.parametrize(("after", "verdict"), [(300, Verdict.ACCEPTED), (301, Verdict.CLOSED)])
def test_it_lasts_five_minutes(env, clock, ming, after, verdict):
    code = drawn(env, RIGHT)
    ask(env, errand(ming, "sms"))
    clock.move(seconds=after)
    assert tried(env, ming, code) is verdict


def test_a_new_one_may_be_asked_after_two_minutes(env, clock, ming):
    ask(env, errand(ming, "sms"))
    clock.move(seconds=119)
    with pytest.raises(Refused) as refused:
        ask(env, errand(ming, "sms"))
    assert refused.value.facts["retry_after"] == 1
    clock.move(seconds=1)
    ask(env, errand(ming, "sms"))


def test_pass_codes_do_not_use_up_the_days_certificate_codes(env, clock, ming):
    for _ in range(env.firm.pass_code.max_per_day):
        ask(env, errand(ming, "sms"))
        clock.move(seconds=120)
    with pytest.raises(Refused) as refused:
        ask(env, errand(ming, "sms"))
    assert refused.value.refusal is Refusal.CODE_DAY_LIMIT
    assert rules.making(env.firm, "apply") is env.firm.code
