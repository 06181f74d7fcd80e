"""Try a code: count, compare, consume (law 1, COD-03, COD-06).

A try is counted in its own durable transaction before anything is compared, so that fifty
parallel guesses are fifty counts, of which the database lets exactly three through.
"""

import hmac
from dataclasses import dataclass

from django.db import transaction

from cinnabar.codes import notices, rules
from cinnabar.codes.actions import spraying
from cinnabar.codes.actions.ask import keyed
from cinnabar.codes.errand import Errand
from cinnabar.codes.models import Code
from cinnabar.codes.rules import Verdict
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.masks import mask_address
from cinnabar.kernel.secrets import Digits
from cinnabar.limits import actions as limits
from cinnabar.messages.kinds import Kind
from cinnabar.statements import one, run

_TAKE_A_TRY = """
UPDATE codes_code SET tries = tries + 1
WHERE customer_id = %s AND purpose = %s AND flow = %s AND target = %s
  AND state = 'open' AND tries < %s AND expires_at >= %s
RETURNING id, mac, tries
"""

_CONSUME = "UPDATE codes_code SET state = 'used' WHERE id = %s AND state = 'open'"

_END_STREAK = "UPDATE codes_streak SET wrong = 0 WHERE customer_id = %s"

_LENGTHEN_STREAK = """
INSERT INTO codes_streak (customer_id, wrong) VALUES (%s, 1)
ON CONFLICT (customer_id) DO UPDATE SET wrong = codes_streak.wrong + 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one try. `code` is set when it is right and may be consumed."""

    verdict: Verdict
    tries_left: int = 0
    code: str | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    code: str
    mac: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A wrong try: of which code, what was typed, from where."""

    code: str
    typed: Digits
    address: str


def attempt(env: Env, errand: Errand, typed: Digits, *, address: str) -> Attempt:
    """Count a try of `typed` for `errand` and say what it is; commit the count, right or wrong.

    An ACCEPTED attempt is not yet consumed: pass it to `consume` in the transaction that
    records what was proved. Badly formed input is no guess and is not counted.
    """
    policy = rules.making(env.firm, errand.purpose)
    if not rules.well_formed(policy, typed):
        return Attempt(verdict=Verdict.MALFORMED)
    taken = _take_a_try(env, errand, address)
    if isinstance(taken, Verdict):
        return Attempt(verdict=taken)
    left = policy.max_wrong - taken.tries
    if hmac.compare_digest(taken.mac, keyed(env, taken.code, errand, typed)):
        return Attempt(verdict=Verdict.ACCEPTED, tries_left=left, code=taken.code)
    _note_wrong(env, errand, _Wrong(taken.code, typed, address), left)
    return Attempt(verdict=Verdict.WRONG if left else Verdict.CLOSED, tries_left=left)


def consume(env: Env, errand: Errand, code: str, *, address: str) -> bool:
    """Use up a code found right, in the caller's transaction; False if somebody was faster.

    What the try reserved of the day's allowances is given back: only wrong tries count, and a
    success clears only this customer's own counts (incident 14).
    """
    if not run(_CONSUME, code):
        return False
    whom = str(errand.customer_id)
    limits.give_back(env, (rules.WRONG, whom), *spraying.names(address))
    run(_END_STREAK, errand.customer_id)
    return True


def _take_a_try(env: Env, errand: Errand, address: str) -> _Taken | Verdict:
    with transaction.atomic(durable=True):
        taken = _take_of_code(env, errand)
        if taken is None:
            return Verdict.CLOSED
        if not _reserve(env, errand, address):
            # Nothing will be compared, so the try is not one: leave the code as it was.
            transaction.set_rollback(True)
            return Verdict.LIMIT
        return taken


def _take_of_code(env: Env, errand: Errand) -> _Taken | None:
    bound = (errand.customer_id, errand.purpose, errand.flow, errand.target)
    most = rules.making(env.firm, errand.purpose).max_wrong
    row = one(_TAKE_A_TRY, *bound, most, env.clock.now())
    return _Taken(row[0], bytes(row[1]), row[2]) if row else None


def _reserve(env: Env, errand: Errand, address: str) -> bool:
    mine = (rules.WRONG, str(errand.customer_id), env.firm.code.max_wrong_per_day)
    if not limits.take_all(env, mine, *spraying.allowances(env, address)):
        return False
    run(_LENGTHEN_STREAK, errand.customer_id)
    return True


def _note_wrong(env: Env, errand: Errand, wrong: _Wrong, left: int) -> None:
    with transaction.atomic(durable=True):
        if not left:
            Code.objects.filter(pk=wrong.code, state=Code.OPEN).update(state=Code.DEAD)
            spraying.lost(env, errand)
            _warn(env, errand, wrong.address)
        _tell(env, Event.CODE_WRONG if left else Event.CODE_EXHAUSTED, errand, {"left": left})
        spraying.watch(env, errand, wrong.typed, wrong.address)
        _spend_firm_budget(env, errand)


def _warn(env: Env, errand: Errand, address: str) -> None:
    """Tell the customer, elsewhere, that a right password was followed by wrong codes (LCK-08)."""
    if errand.purpose not in rules.FACTORS:
        return
    facts = {"event": "codes-failed", "browser": "", "system": "", "address": mask_address(address)}
    used = frozenset({errand.target})
    notices.tell(env, errand.customer_id, Kind.ACCOUNT_NOTICE, facts, key=errand.flow, used=used)


def _spend_firm_budget(env: Env, errand: Errand) -> None:
    """Count against the firm's budget of the day; say so when a mark is passed (1.A)."""
    policy = env.firm.code
    spent = limits.take(env, rules.WRONG, "", limit=2**31 - 1)
    if spent == policy.firm_alarm_at:
        _tell(env, Event.CODE_BUDGET_ALARM, errand, {"wrong_today": spent})
    elif spent == policy.firm_tighten_at:
        _tell(env, Event.CODE_BUDGET_TIGHTENED, errand, {"wrong_today": spent})


def _tell(env: Env, event: Event, errand: Errand, details: dict[str, int]) -> None:
    firm_wide = event in {Event.CODE_BUDGET_ALARM, Event.CODE_BUDGET_TIGHTENED}
    record(
        env,
        event,
        subject=None if firm_wide else errand.subject,
        by=errand.subject,
        channel=errand.channel,
        details={"purpose": errand.purpose, "flow": errand.flow, **details},
    )
