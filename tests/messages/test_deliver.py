"""Delivery: due messages leave once, late codes never, and nothing stays behind that need not."""

from datetime import timedelta

import pytest

from cinnabar.messages.actions import requeue
from cinnabar.messages.channel import DownError, RefusedForGoodError, TryLaterError
from cinnabar.messages.claims import claim, take_back
from cinnabar.messages.deliver import Tally, tick
from cinnabar.messages.kinds import State
from cinnabar.messages.models import Outbox
from cinnabar.messages.policy import DELIVERY
from tests.messages.support import Shelf, post_change, post_code, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf():
    return Shelf()


def test_a_code_leaves_and_is_forgotten(env, shelf):
    message = post_code(env, digits="5523")
    assert tick(env, {"sms": shelf}) == Tally(handed_over=1)
    assert "5523" in shelf.taken[0].text
    left = row(message)
    assert (left.state, left.facts_sealed, left.provider_ref) == (State.SENT, None, "shelf")
    assert left.sent_at == env.clock.now()


def test_what_has_left_does_not_leave_again(env, shelf):
    post_code(env)
    tick(env, {"sms": shelf})
    env.clock.move(seconds=200)
    assert tick(env, {"sms": shelf}) == Tally()
    assert len(shelf.taken) == 1


def test_a_channel_that_was_not_given_is_left_to_another_worker(env, shelf):
    message = post_code(env, "email")
    tick(env, {"sms": shelf})
    assert row(message).state == State.WAITING
    assert not shelf.taken


def test_codes_leave_before_older_notices(env, shelf):
    for n in range(DELIVERY.batch + 5):
        post_change(env, key=f"change:{n}")
        env.clock.move(seconds=1)
    code = post_code(env, "email")
    tick(env, {"email": shelf})
    assert shelf.taken[0].id == code


def test_more_than_a_batch_leaves_in_one_tick(env, shelf):
    ids = {post_change(env, key=str(n)) for n in range(DELIVERY.batch * 2 + 3)}
    assert tick(env, {"email": shelf}).handed_over == len(ids)
    assert {rendered.id for rendered in shelf.taken} == ids


@pytest.mark.parametrize(("channel", "too_old"), [("sms", 236), ("email", 280)])
def test_an_expired_code_is_never_sent_and_its_digits_are_erased(env, shelf, channel, too_old):
    message = post_code(env, channel)
    env.clock.move(seconds=too_old)
    assert tick(env, {channel: shelf}) == Tally(expired=1)
    left = row(message)
    assert (left.state, left.facts_sealed, shelf.taken) == (State.EXPIRED, None, [])


@pytest.mark.parametrize(("channel", "still_good"), [("sms", 235), ("email", 279)])
def test_a_code_is_sent_up_to_its_last_moment(env, shelf, channel, still_good):
    post_code(env, channel)
    env.clock.move(seconds=still_good)
    assert tick(env, {channel: shelf}).handed_over == 1


def test_a_code_that_expires_between_claim_and_hand_over_is_not_sent(env, shelf):
    first, second = post_code(env, key="a"), post_code(env, key="b")
    shelf.before = lambda _: env.clock.move(seconds=40)  # a slow gateway
    env.clock.move(seconds=200)
    tally = tick(env, {"sms": shelf})
    assert (tally.handed_over, tally.expired) == (1, 1)
    assert {row(first).state, row(second).state} == {State.SENT, State.EXPIRED}


def test_a_code_whose_channel_nobody_serves_is_erased_all_the_same(env):
    message = post_code(env, "sms")
    env.clock.move(seconds=300)
    assert tick(env, {}).expired == 1
    assert row(message).facts_sealed is None


def test_a_refused_message_fails_and_is_erased(env, shelf):
    message = post_change(env)
    shelf.troubles.append(RefusedForGoodError("smtp 550 5.1.1"))
    assert tick(env, {"email": shelf}) == Tally(refused=1)
    left = row(message)
    assert (left.state, left.facts_sealed) == (State.FAILED, None)
    assert left.last_error == "smtp 550 5.1.1"


def test_what_was_not_taken_waits_longer_each_time_and_leaves_in_the_end(env, shelf):
    message = post_change(env)
    shelf.troubles.extend([TryLaterError("smtp 451")] * 3)
    pauses = []
    while row(message).state == State.WAITING:
        before = env.clock.now()
        tick(env, {"email": shelf})
        assert not tick(env, {"email": shelf}).later, "it must not be tried before its time"
        if row(message).state == State.WAITING:
            pauses.append(row(message).not_before - before)
            env.clock.set(row(message).not_before)
    assert len(shelf.taken) == 1
    assert [
        timedelta(seconds=n) < p <= timedelta(seconds=2 * n)
        for n, p in zip((1, 2, 4), pauses, strict=True)
    ] == [True] * 3
    assert row(message).last_error == ""


def test_two_messages_that_failed_together_do_not_come_back_together(env, shelf):
    ids = [post_change(env, key=str(n)) for n in range(4)]
    shelf.troubles.extend([TryLaterError("smtp 451")] * 4)
    tick(env, {"email": shelf})
    assert len({row(message).not_before for message in ids}) == 4


def test_a_channel_that_is_down_is_tried_once_and_the_rest_waits_untouched(env, shelf):
    ids = [post_change(env, key=str(n)) for n in range(5)]
    shelf.troubles.append(DownError("smtp ConnectionRefusedError"))
    assert tick(env, {"email": shelf}) == Tally(later=1)
    assert sorted(row(message).attempts for message in ids) == [0, 0, 0, 0, 1]
    env.clock.move(seconds=3)
    assert tick(env, {"email": shelf}).handed_over == 5


def test_a_notice_is_given_up_after_its_last_try_and_an_operator_can_send_it_again(env, shelf):
    message = post_change(env)
    shelf.troubles.extend([TryLaterError("smtp 451")] * DELIVERY.max_attempts)
    for _ in range(DELIVERY.max_attempts):
        env.clock.set(max(env.clock.now(), row(message).not_before))
        tally = tick(env, {"email": shelf})
    assert tally == Tally(given_up=1)
    assert row(message).state == State.DEAD
    env.clock.move(timedelta(days=1))
    assert tick(env, {"email": shelf}) == Tally()
    assert requeue(env, message, by="operator")
    assert tick(env, {"email": shelf}) == Tally(handed_over=1)
    assert not requeue(env, message, by="operator")


def test_a_message_that_cannot_be_opened_does_not_stop_the_others(env, shelf):
    good, broken = post_change(env, key="good"), post_change(env, key="broken")
    Outbox.objects.filter(id=broken).update(to_sealed=row(good).to_sealed)
    assert tick(env, {"email": shelf}) == Tally(handed_over=1, later=1)
    assert row(broken).last_error == "VaultError in open"


def test_a_worker_that_died_before_the_hand_over_loses_nothing(env, shelf):
    message = post_change(env)
    claim(env, "worker that dies", 10, channel="email")
    assert tick(env, {"email": shelf}) == Tally()
    env.clock.move(DELIVERY.lease)
    assert tick(env, {"email": shelf}) == Tally(taken_back=1, handed_over=1)
    assert row(message).attempts == 2


def test_a_worker_that_died_after_the_hand_over_repeats_it_under_the_same_id(env, shelf):
    class KilledError(BaseException):
        pass

    def die(_):
        raise KilledError

    message = post_code(env)
    dying = Shelf(taken=shelf.taken)
    real_send = dying.send

    def send_and_die(env, rendered):
        real_send(env, rendered)
        raise KilledError

    dying.send = send_and_die  # type: ignore[method-assign]
    with pytest.raises(KilledError):
        tick(env, {"sms": dying})
    env.clock.move(DELIVERY.lease)
    assert tick(env, {"sms": shelf}).handed_over == 1
    assert [rendered.id for rendered in shelf.taken] == [message, message]


def test_a_worker_that_lost_its_lease_changes_nothing(env):
    from cinnabar.messages import outcomes
    from cinnabar.messages.channel import Receipt

    message = post_change(env)
    [slow] = claim(env, "slow", 10, channel="email")
    env.clock.move(DELIVERY.lease)
    take_back(env)
    [quick] = claim(env, "quick", 10, channel="email")
    assert not outcomes.refused(env, slow, "smtp 550")
    assert row(message).claimed_by == "quick"
    assert outcomes.handed_over(env, quick, Receipt())
    assert row(message).state == State.SENT


def test_a_late_mark_still_counts_if_nobody_has_claimed_since(env, shelf):
    from cinnabar.messages import outcomes
    from cinnabar.messages.channel import Receipt

    message = post_change(env)
    [slow] = claim(env, "slow", 10, channel="email")
    env.clock.move(DELIVERY.lease)
    take_back(env)
    assert outcomes.handed_over(env, slow, Receipt())
    assert tick(env, {"email": shelf}) == Tally()
    assert row(message).state == State.SENT


def test_nothing_is_handed_over_under_a_lease_that_is_about_to_end(env, shelf):
    ids = [post_change(env, key=str(n)) for n in range(3)]
    left = []

    def take_a_minute(rendered):
        left.append(row(rendered.id).claim_until - env.clock.now())
        env.clock.move(DELIVERY.lease - DELIVERY.hand_over + timedelta(seconds=1))

    shelf.before = take_a_minute
    assert tick(env, {"email": shelf}).handed_over == 3, "each round claims afresh"
    assert min(left) >= DELIVERY.hand_over
    assert sorted(rendered.id for rendered in shelf.taken) == sorted(ids)
    assert {row(message).attempts for message in ids} == {1}
