"""What must be true of sessions after every press, recomputed from the rows alone.

What a sign-in in stages needs is written down here a second time, so that a rule that was
weakened is noticed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cinnabar.codes.models import Code
from cinnabar.env import Env
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.models import Entry
from cinnabar.limits.models import Tally
from cinnabar.login.models import Session
from cinnabar.passwords.models import Lock, StoredPassword

OPENING = {"enter", "certificate", "go_on"}
CHANNELS = {"sms", "email"}


def now() -> set[str]:
    """Return the sessions there are."""
    return set(Session.objects.values_list("id", flat=True))


def done() -> set[str]:
    """Return the sign-ins that are done."""
    return set(Flow.objects.filter(kind="sign-in", state="done").values_list("id", flat=True))


def broken(env: Env, before: tuple[set[str], set[str]], press: str) -> list[str]:
    """Return a sentence for everything that `press` must not have done."""
    sessions, flows = now() - before[0], done() - before[1]
    return [*_opened(press, sessions, flows), *_guessed(env)]


def _opened(press: str, sessions: set[str], flows: set[str]) -> Iterator[str]:
    if len(sessions) != len(flows):
        yield f"{press} opened {len(sessions)} sessions and finished {len(flows)} sign-ins"
        return
    if not sessions:
        return
    if press not in OPENING or len(sessions) > 1:
        yield f"{press} opened {len(sessions)} sessions"
        return
    session = Session.objects.values().get(pk=sessions.pop())
    flow = Flow.objects.values().get(pk=flows.pop())
    yield from _unproved(session, flow)
    yield from _outdated(session)


def _unproved(session: Mapping[str, Any], flow: Mapping[str, Any]) -> Iterator[str]:
    if session["customer_id"] != flow["customer_id"]:
        yield "the session is another customer's than the flow"
    proofs = set(Proof.objects.filter(flow_id=flow["id"]).values_list("kind", "target"))
    for kind in ("password", "factor"):
        if (kind, flow["session"]) not in proofs:
            yield f"a session opened without {kind} in its browser"
    amr = set(session["amr"].split())
    if "pwd" not in amr or len(amr) != len({"password", "factor"}):
        yield f"a session opened with {amr}"
    if amr & CHANNELS:
        yield from _without_code(flow, amr & CHANNELS)
    elif "swk" not in amr or not _signed(flow["id"]):
        yield f"a session opened with {amr} and no certificate was shown"


def _without_code(flow: Mapping[str, Any], channels: set[str]) -> Iterator[str]:
    bound = {"flow": flow["id"], "customer_id": flow["customer_id"], "purpose": "sign-in"}
    used = Code.objects.filter(state="used", **bound).values_list("target", flat=True)
    if list(used) != list(channels):
        yield f"a session says {channels}; the codes used up came by {list(used)}"


def _signed(flow: str) -> bool:
    entries = Entry.objects.filter(event="certificate:proved").values_list("payload", flat=True)
    return any(json.loads(one)["details"]["flow"] == flow for one in entries)


def _outdated(session: Mapping[str, Any]) -> Iterator[str]:
    mine = StoredPassword.objects.filter(pk=session["password"], customer_id=session["customer_id"])
    if not mine.exists():
        yield "a session began by a password that is no more"
    if (
        Lock.objects.exclude(locked_at=None).exists()
        and not Lock.objects.filter(locked_at=None).exists()
    ):
        yield "a session began while everything was locked"


def _guessed(env: Env) -> Iterator[str]:
    most = env.firm.sign_in_code.max_wrong
    for tries in Code.objects.filter(tries__gt=most).values_list("tries", flat=True):
        yield f"a code was tried {tries} times"
    a_day = env.firm.code.max_wrong_per_day
    for whom in Tally.objects.filter(what="code-wrong", n__gt=a_day).exclude(whom=""):
        yield f"customer {whom.whom} was wrong {whom.n} times in a day"
