"""Who is told what, and when."""

from datetime import timedelta

import pytest

from cinnabar.announcements import queries
from cinnabar.announcements.actions import publish, withdraw
from cinnabar.announcements.models import Announcement
from cinnabar.announcements.rules import Reader
from cinnabar.journal.models import Entry

STRANGER = Reader()
PERSON = Reader(is_signed_in=True)
HOLDER = Reader(is_signed_in=True, holds_certificate=True)
COMPANY = Reader(is_signed_in=True, is_company=True)


def told(env, reader, *, page=1, language="en"):
    """Return the titles that `reader` is shown."""
    return [one.title for one in queries.shown_to(env, reader, language, page=page).items]


def test_it_is_shown_from_its_first_to_its_last_second(env, clock, announce):
    announce(("2026-11-20", "2026-11-21T09:00:00"), ("2026-11-30", "2026-11-21T10:00:00"))
    assert told(env, STRANGER) == []
    clock.move(timedelta(hours=23) - timedelta(seconds=1))
    assert told(env, STRANGER) == []
    clock.move(seconds=1)
    assert told(env, STRANGER) == ["Maintenance"]
    clock.move(timedelta(hours=1) - timedelta(seconds=1))
    assert told(env, STRANGER) == ["Maintenance"]
    clock.move(seconds=1)
    assert told(env, STRANGER) == []


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("everybody", [STRANGER, PERSON, HOLDER, COMPANY]),
        ("signed-in", [PERSON, HOLDER, COMPANY]),
        ("persons", [PERSON, HOLDER]),
        ("companies", [COMPANY]),
        ("holders", [HOLDER]),
    ],
)
def test_only_those_it_is_for_are_told(env, announce, audience, readers):
    announce(('"everybody"', f'"{audience}"'))
    everyone = [STRANGER, PERSON, HOLDER, COMPANY]
    assert [reader for reader in everyone if told(env, reader)] == readers


def test_the_newest_comes_first_and_pages_hold_ten(env, announce):
    for day in range(1, 13):
        announce(("from = 2026-11-20", f"from = 2026-10-{day:02}"), ("Maintenance", f"Day {day}"))
    assert told(env, STRANGER) == [f"Day {day}" for day in range(12, 2, -1)]
    assert told(env, STRANGER, page=2) == ["Day 2", "Day 1"]
    assert [queries.shown_to(env, STRANGER, "en", page=n) for n in (0, 3, 10**18)] == [None] * 3


def test_each_reads_it_in_his_language_or_else_in_the_firms(env, announce):
    number = announce()
    assert told(env, STRANGER, language="zh-Hant-TW") == ["系統維護"]
    Announcement.objects.get(pk=number).wordings.filter(language="en").delete()
    (shown,) = queries.shown_to(env, STRANGER, "en").items
    assert (shown.title, shown.language) == ("系統維護", "zh-Hant-TW")


def test_the_newest_important_one_is_known(env, announce):
    announce(("2026-11-20", "2026-11-19"), ("ordinary", "important"), ("Maintenance", "Old"))
    announce(("ordinary", "important"), ("Maintenance", "New"))
    announce(("Maintenance", "Plain"))
    assert queries.newest_important(env, STRANGER, "en").title == "New"


def test_the_same_is_published_once_until_it_is_withdrawn(env, announce, read):
    number = announce()
    assert publish(env, read(), by="operator") is None
    assert withdraw(env, number, by="operator")
    assert not withdraw(env, number, by="operator")
    assert not withdraw(env, 10**9, by="operator")
    assert told(env, STRANGER) == []
    assert publish(env, read(), by="operator") not in {None, number}
    assert Announcement.objects.count() == 2, "what was said once is kept"


def test_publishing_and_withdrawing_are_in_the_journal(env, announce, read):
    number = announce()
    publish(env, read(), by="operator")
    withdraw(env, number, by="operator")
    withdraw(env, number, by="operator")
    events = Entry.objects.order_by("id").values_list("event", flat=True)
    assert list(events) == ["announcement:published", "announcement:withdrawn"]


def test_operators_see_all_there_ever_were(env, announce):
    announce(("2026-11-20", "2026-10-01"), ("2026-11-30", "2026-10-02"))
    announce(("2026-11-20", "2026-11-29"))
    withdraw(env, announce(), by="operator")
    announce(("until = 2026-11-30\n", ""))
    states = [one.state for one in queries.every(env, "en")]
    assert states == ["shown", "withdrawn", "waiting", "over"]
