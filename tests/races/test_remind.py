"""Two workers at once, and a change beside them: one mail for each password."""

from functools import partial

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.centre.remind import Reminders
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.secrets import Password
from cinnabar.messages.models import Outbox
from cinnabar.passwords.kinds import PasswordKind
from tests.support.crowd import at_once
from tests.support.ending import DAY, ninety
from tests.support.people import PASSWORD, visit

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_of_six_workers_one_reminds(env, clock, ming):
    clock.move(80 * DAY)
    world = ninety(env)
    at_once(*[Reminders(world).tick] * 6)
    assert Outbox.objects.filter(kind="password-ends").count() == 1
    assert Entry.objects.filter(event=Event.PASSWORD_REMINDED).count() == 1


def test_a_password_changed_meanwhile_is_told_of_at_most_once(env, clock, ming):
    clock.move(80 * DAY)
    world = ninety(env)
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=Password("kites7Fly"))
    changes = partial(change, world, visit(world, ming), [wish], account=None, voice=False)
    at_once(changes, *[Reminders(world).tick] * 3)
    Reminders(world).tick()
    assert Outbox.objects.filter(kind="password-ends").count() <= 1
    clock.move(80 * DAY)
    Reminders(world).tick()
    assert Outbox.objects.filter(kind="password-ends").count() <= 2
