"""Several workers, several posters: each message leaves once, nobody waits for nobody."""

from collections import Counter
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import transaction

from cinnabar.messages.claims import claim
from cinnabar.messages.deliver import deliver_due, tick
from cinnabar.messages.kinds import State
from cinnabar.messages.models import Outbox
from cinnabar.messages.queries import tray
from cinnabar.messages.reports import receive_report, report_token
from cinnabar.messages.tray import TrayChannel
from tests.messages.support import Shelf, in_a_thread, post_change, post_code, row, somebody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def at_once(*acts) -> None:
    """Run the acts in threads that start together; raise what any of them raised."""
    barrier, troubles = Barrier(len(acts)), []

    def run(act) -> None:
        barrier.wait()
        try:
            act()
        except Exception as trouble:  # noqa: BLE001 - shown below
            troubles.append(trouble)

    threads = [Thread(target=in_a_thread(partial(run, act))) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles


@pytest.mark.parametrize("workers", [2, 6])
def test_parallel_workers_hand_each_message_over_once(env, workers):
    ids = {post_change(env, key=str(n)) for n in range(60)}
    shelves = [Shelf() for _ in range(workers)]

    def work(shelf: Shelf) -> None:
        while deliver_due(env, {"email": shelf}, f"worker {id(shelf)}").handed_over:
            pass

    at_once(*[lambda shelf=shelf: work(shelf) for shelf in shelves])
    handed = Counter(rendered.id for shelf in shelves for rendered in shelf.taken)
    assert handed == Counter(ids)
    assert set(Outbox.objects.values_list("state", flat=True)) == {State.SENT}


def test_parallel_claims_never_share_a_message(env):
    for n in range(40):
        post_change(env, key=str(n))
    claimed: list[str] = []
    at_once(
        *[
            lambda n=n: claimed.extend(m.id for m in claim(env, f"w{n}", 5, channel="email"))
            for n in range(8)
        ]
    )
    assert len(claimed) == len(set(claimed))
    assert len(claimed) <= 40


def test_fifty_posts_of_one_key_are_one_message(env):
    ids: list[str] = []
    somebody(env)
    at_once(*[lambda n=n: ids.append(post_code(env, digits=f"{n:04}")) for n in range(50)])
    assert len(set(ids)) == 1
    assert Outbox.objects.count() == 1


def test_a_message_whose_act_is_not_committed_is_not_sent(env):
    shelf = Shelf()
    somebody(env)
    with transaction.atomic():
        post_code(env)
        if transaction.get_connection().vendor == "postgresql":
            # On SQLite there is one writer at a time, so nobody could look in between.
            at_once(lambda: tick(env, {"sms": shelf}))
            assert not shelf.taken
    tick(env, {"sms": shelf})
    assert len(shelf.taken) == 1


def test_expiry_by_several_workers_closes_each_message_once(env):
    from cinnabar.journal.models import Entry

    for n in range(30):
        post_code(env, key=str(n))
    env.clock.move(seconds=300)
    at_once(*[lambda: tick(env, {}) for _ in range(6)])
    assert set(Outbox.objects.values_list("state", flat=True)) == {State.EXPIRED}
    assert Entry.objects.filter(event="message:expired").count() == 30


def test_reports_and_marks_at_the_same_moment_end_in_delivered(env):
    ids = [post_code(env, key=str(n)) for n in range(20)]

    def report_all() -> None:
        for message in ids:
            receive_report(env, message, "1", report_token(env, message))

    at_once(lambda: tick(env, {"sms": Shelf()}), report_all, report_all)
    assert {row(message).state for message in ids} == {State.DELIVERED}
    assert {row(message).facts_sealed for message in ids} == {None}


def test_one_message_laid_into_the_tray_by_many_lies_there_once(env):
    from cinnabar.messages.render import render

    post_code(env)
    [claimed] = claim(env, "w", 1, channel="sms")
    rendered = render(env, claimed)
    at_once(*[lambda: TrayChannel(demo=True).send(env, rendered) for _ in range(8)])
    assert len(tray()) == 1
