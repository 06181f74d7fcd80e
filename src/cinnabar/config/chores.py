"""What the worker does, and how often."""

from datetime import timedelta

from cinnabar.centre import mailed, reset, voice_calls
from cinnabar.centre.remind import Reminders
from cinnabar.certificates import challenges, presigning, publishing, served
from cinnabar.certificates.actions import issue
from cinnabar.codes import links
from cinnabar.config.compose import channels
from cinnabar.config.fetch import fetch
from cinnabar.config.options import Options
from cinnabar.config.work import Chore
from cinnabar.env import Env
from cinnabar.journal import sequencer
from cinnabar.journal.notary import load_notary
from cinnabar.limits import actions as limits
from cinnabar.limits import pace
from cinnabar.login.soft import token_staff
from cinnabar.messages import actions as messages
from cinnabar.messages import deliver
from cinnabar.messages.channel import Channel
from cinnabar.messages.push import keys
from cinnabar.robots import actions as robots
from cinnabar.tokens import challenges as passkey_challenges
from cinnabar.tokens.soft import suspending
from cinnabar.tokens.soft.unfinished import UsedUp

_CALLS_KEPT = timedelta(days=2)
_COUNTS_KEPT = timedelta(days=370)
_MESSAGES_KEPT = timedelta(days=90)
_LINKS_KEPT = timedelta(days=90)


def chores(options: Options, env: Env) -> tuple[Chore, ...]:
    """Return the chores of an installation.

    Raises `ValueError` if no message could leave, `NotaryError` without the journal's key.
    """
    return (
        *(_messages(env, name, way) for name, way in channels(options, env).items()),
        _journal(options, env),
        Chore(name="lists", every=1.0, tick=lambda: publishing.publish(env) > 0),
        Chore(name="lists as served", every=30.0, tick=lambda: _look_back(env)),
        Chore(name="answers", every=1.0, tick=lambda: presigning.presign(env)),
        _missed_answers(env),
        Chore(name="mails for reissues", every=0.5, tick=lambda: mailed.send_waiting(env) > 0),
        Chore(name="mails for resets", every=0.5, tick=lambda: reset.send_waiting(env) > 0),
        Chore(name="passwords that end", every=3600.0, tick=Reminders(env).tick),
        Chore(name="new devices", every=5.0, tick=lambda: suspending.settle(env) > 0),
        Chore(name="biometrics", every=21_600.0, tick=lambda: suspending.look_all(env) > 0),
        Chore(name="push keys", every=600.0, tick=lambda: keys.upkeep(env)),
        Chore(name="left open", every=5.0, tick=lambda: issue.resume(env) > 0),
        Chore(name="tokens used up", every=60.0, tick=UsedUp(env).tick),
        Chore(name="tokens nobody uses", every=600.0, tick=lambda: token_staff.upkeep(env) > 0),
        Chore(name="what is old", every=3600.0, tick=lambda: _forget(env)),
    )


def _look_back(env: Env) -> bool:
    served.look_back(env, fetch)
    return False


def _missed_answers(env: Env) -> Chore:
    reached = 0

    def tick() -> bool:
        nonlocal reached
        reached = presigning.presign_missed(env, reached)
        return False

    return Chore(name="answers missed", every=5.0, tick=tick)


def _forget(env: Env) -> bool:
    """Drop what is done with, and counts older than any limit looks."""
    challenges.forget_old(env)
    robots.forget_old(env)
    passkey_challenges.forget_old(env)
    pace.forget_old(env)
    presigning.forget_answers(env)
    links.forget_old(env, kept=_LINKS_KEPT)
    limits.forget_before(limits.firm_day(env) - _COUNTS_KEPT)
    voice_calls.forget_before(env.clock.now() - _CALLS_KEPT)
    return messages.forget_before(env.clock.now() - _MESSAGES_KEPT) > 0


def _messages(env: Env, name: str, way: Channel) -> Chore:
    def tick() -> bool:
        return deliver.tick(env, {name: way}).handed_over > 0

    return Chore(name=f"messages by {name}", every=0.5, tick=tick)


def _journal(options: Options, env: Env) -> Chore:
    notary = load_notary(options.data / "secrets" / "journal.key")
    outside = options.data / "checkpoints.log"

    def tick() -> bool:
        sequencer.tick(env, notary, outside)
        return False

    return Chore(name="journal", every=1.0, tick=tick)
