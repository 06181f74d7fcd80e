"""Where one is signed in: seen, ended, and never more than the firm allows."""

from datetime import timedelta

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login import open as sessions
from cinnabar.login.actions import resume
from cinnabar.login.ending import end_everywhere, end_one, end_others
from tests.support.people import PASSWORD, visit
from tests.support.signing import sign_in

HERE = "203.0.113.7"


def enter(env, customer, *, agent="", address=HERE, device=None):
    """Sign in on a browser; return its tokens."""
    return sign_in(env, customer.identifier, PASSWORD, address=address, agent=agent, device=device)


def who(env, tokens):
    return resume(env, tokens.session, tokens.device, address=HERE)


def test_ming_sees_each_browser_he_is_signed_in_on_this_one_first(env, clock, ming):
    first = enter(env, ming, agent="phone", address="198.51.100.9")
    clock.move(seconds=60)
    enter(env, ming, agent="desk")
    seen = sessions.open_sessions(env, who(env, first))
    assert [(one.agent, one.address, one.is_this) for one in seen] == [
        ("phone", "198.51.100.9", True),
        ("desk", HERE, False),
    ]
    assert "pwd" in seen[0].amr


def test_nobody_sees_or_ends_anothers_session(env, ming, mei):
    hers = enter(env, mei)
    his = visit(env, ming)
    (one,) = sessions.open_sessions(env, his)
    assert one.is_this
    other = sessions.open_sessions(env, who(env, hers))[0].handle
    for handle in (other, one.handle, "", other[:8], other.upper(), "%" * sessions.HANDLE):
        with pytest.raises(Refused) as refused:
            end_one(env, his, handle)
        assert refused.value.refusal is Refusal.NOT_FOUND
    assert who(env, hers)


def test_one_browser_is_signed_out_from_another(env, clock, ming):
    """SES-05."""
    lost = enter(env, ming, agent="lost")
    here = visit(env, ming)
    handle = next(s.handle for s in sessions.open_sessions(env, here) if not s.is_this)
    end_one(env, here, handle)
    assert who(env, lost) is None
    assert sessions.why_ended(env, lost.session) == "elsewhere"
    assert [one.is_this for one in sessions.open_sessions(env, here)] == [True]
    entry = Entry.objects.get(event=Event.SESSION_ENDED)
    assert entry.subject == ming.subject
    with pytest.raises(Refused):
        end_one(env, here, handle)


def test_all_others_or_all_are_signed_out(env, ming):
    """SES-03."""
    away = [enter(env, ming) for _ in range(2)]
    here = enter(env, ming)
    assert end_others(env, who(env, here)) == 2
    assert [who(env, tokens) for tokens in away] == [None, None]
    assert end_others(env, who(env, here)) == 0
    assert end_everywhere(env, who(env, here)) == 1
    assert who(env, here) is None


def test_one_more_than_may_be_ends_the_oldest(env, clock, ming, mei):
    """SES-08."""
    most = env.firm.login.sessions_max
    hers = enter(env, mei)
    all_of_them = []
    for _ in range(most + 1):
        clock.move(seconds=1)
        all_of_them.append(enter(env, ming))
    alive = [who(env, tokens) is not None for tokens in all_of_them]
    assert alive == [False] + [True] * most
    assert sessions.why_ended(env, all_of_them[0].session) == "displaced"
    assert Entry.objects.filter(event=Event.SESSION_DISPLACED).count() == 1
    assert who(env, hers)


def test_sessions_at_the_same_instant_are_counted_too(env, ming):
    most = env.firm.login.sessions_max
    all_of_them = [enter(env, ming) for _ in range(most + 2)]
    alive = [tokens for tokens in all_of_them if who(env, tokens)]
    assert len(alive) == most
    assert all_of_them[-1] in alive


def test_a_session_that_ended_by_itself_takes_no_place(env, clock, ming):
    for _ in range(env.firm.login.sessions_max):
        enter(env, ming)
    clock.move(env.firm.login.idle)
    last = enter(env, ming)
    assert [one.is_this for one in sessions.open_sessions(env, who(env, last))] == [True]
    assert not Entry.objects.filter(event=Event.SESSION_DISPLACED).exists()


def test_a_browser_is_told_why_it_is_signed_out(env, clock, ming):
    tokens = enter(env, ming)
    assert sessions.why_ended(env, tokens.session) is None
    assert sessions.why_ended(env, Secret("0" * 64)) is None
    clock.move(env.firm.login.idle - timedelta(seconds=1))
    assert sessions.why_ended(env, tokens.session) is None
    clock.move(seconds=1)
    assert sessions.why_ended(env, tokens.session) == "idle"
    clock.move(env.firm.login.absolute)
    assert sessions.why_ended(env, tokens.session) == "absolute"


def test_the_end_is_known_before_it_comes(env, clock, ming):
    tokens = enter(env, ming)
    visitor, policy = who(env, tokens), env.firm.login
    began = clock.now()
    assert sessions.this_ends(env, visitor).idle == began + policy.idle
    step = timedelta(minutes=10)
    for _ in range((policy.absolute - timedelta(minutes=5)) // step):
        clock.move(step)
        assert who(env, tokens)
    ends = sessions.this_ends(env, visitor)
    assert ends.idle == ends.absolute == began + policy.absolute
    clock.set(ends.absolute)
    assert who(env, tokens) is None
