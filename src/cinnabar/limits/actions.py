"""Take one from a day's allowance, or be told there is none left.

Each call is one conditional statement in the caller's transaction, right under any isolation
level on both databases: two callers can never both take the last one.
"""

from datetime import date, datetime

from django.db.models import Sum

from cinnabar.env import Env
from cinnabar.limits.models import Tally
from cinnabar.statements import one, rows, run

_TAKE = """
INSERT INTO limits_tally (what, whom, day, n) VALUES (%s, %s, %s, 1)
ON CONFLICT (what, whom, day) DO UPDATE SET n = limits_tally.n + 1
WHERE limits_tally.n < %s
RETURNING n
"""

_COUNT = "SELECT n FROM limits_tally WHERE what = %s AND whom = %s AND day = %s"

_TAKE_ALL = """
INSERT INTO limits_tally (what, whom, day, n) VALUES {rows}
ON CONFLICT (what, whom, day) DO UPDATE SET n = limits_tally.n + 1
WHERE limits_tally.n < CASE limits_tally.what {limits} END
RETURNING n
"""

_GIVE_ONE_BACK = """
UPDATE limits_tally SET n = n - 1 WHERE day = %s AND what = %s AND whom = %s AND n > 0
"""

_GIVE_ALL_BACK = """
INSERT INTO limits_tally (what, whom, day, n) VALUES {rows}
ON CONFLICT (what, whom, day) DO UPDATE SET n = limits_tally.n - 1
WHERE limits_tally.n > 0
"""

Allowance = tuple[str, str, int]
"""What is counted, of whom, and how many there may be in a day."""


def firm_day(env: Env, at: datetime | None = None) -> date:
    """Return the firm's calendar day at the instant `at`, by default now (P4)."""
    return (at or env.clock.now()).astimezone(env.firm.identity.timezone).date()


def take(env: Env, what: str, whom: str, *, limit: int) -> int | None:
    """Count one more `what` of `whom` today; return the new count, or None at the limit."""
    if limit < 1:
        return None
    row = one(_TAKE, what, whom, firm_day(env).isoformat(), limit)
    return int(row[0]) if row else None


def take_all(env: Env, *allowances: Allowance) -> bool:
    """Count one more of each; False if one is at its limit, and then the caller rolls back.

    Each counts something different. They are taken in the order given.
    """
    if min(most for _, _, most in allowances) < 1:
        return False
    day = firm_day(env).isoformat()
    sql = _TAKE_ALL.format(
        rows=", ".join(["(%s, %s, %s, 1)"] * len(allowances)),
        limits="WHEN %s THEN %s " * len(allowances),
    )
    keys = [part for what, whom, _ in allowances for part in (what, whom, day)]
    mosts = [part for what, _, most in allowances for part in (what, most)]
    return len(rows(sql, *keys, *mosts)) == len(allowances)


def give_back(env: Env, *taken: tuple[str, str]) -> None:
    """Undo what `take_all` took today: it turned out not to be what is counted.

    The rows are come to in the order given, that of taking: two who share two of them must not
    wait for each other. What was taken yesterday leaves a row of nothing.
    """
    day = firm_day(env).isoformat()
    sql = _GIVE_ALL_BACK.format(rows=", ".join(["(%s, %s, %s, 0)"] * len(taken)))
    run(sql, *(part for what, whom in taken for part in (what, whom, day)))


def give_one_back(env: Env, what: str, whom: str) -> None:
    """Undo what `take` took today: it turned out not to be what is counted."""
    run(_GIVE_ONE_BACK, firm_day(env).isoformat(), what, whom)


def count(env: Env, what: str, whom: str) -> int:
    """Return today's count of `what` of `whom`."""
    row = one(_COUNT, what, whom, firm_day(env).isoformat())
    return int(row[0]) if row else 0


def count_since(what: str, whom: str, first: date) -> int:
    """Return the count of `what` of `whom` from the day `first` on."""
    rows = Tally.objects.filter(what=what, whom=whom, day__gte=first)
    return rows.aggregate(n=Sum("n"))["n"] or 0


def forget_before(day: date) -> int:
    """Drop counts of days before `day`; return how many rows went."""
    return Tally.objects.filter(day__lt=day).delete()[0]
