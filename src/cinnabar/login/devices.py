"""Devices as they rest: look at one, enter on one, remember it, end it (docs/flows/devices.md).

A device is a browser; whose it is says a row for each customer who signed in on it, never the
cookie (incident 18).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from cinnabar.env import Env
from cinnabar.flows.visitor import NOBODY
from cinnabar.kernel.secrets import Secret
from cinnabar.login.models import KnownDevice, Session
from cinnabar.login.series import (
    HALF,
    Series,
    Standing,
    device_name,
    former_name,
    judge,
    secret_name,
    with_secret,
)
from cinnabar.statements import instant, one, run

_LOOK = """
SELECT d.id, d.secret, d.former, d.rotated_at, d.seen, d.ended_at, d.root,
       k.id, k.first_seen_at, k.remembered_until
FROM login_device d
LEFT JOIN login_knowndevice k
  ON k.device_id = d.id AND k.customer_id = %s AND k.ended_at IS NULL
WHERE d.id IN (%s, %s)
"""

_NEW = """
INSERT INTO login_device (id, first_seen_at, secret, former, rotated_at, seen, root)
VALUES (%s, %s, %s, '', %s, %s, %s)
"""

# Of two sign-ins that show the same secret one replaces it; the other finds it replaced.
_ROTATE = """
UPDATE login_device SET former = %s, secret = %s, rotated_at = %s, seen = %s
WHERE id = %s AND secret = %s AND ended_at IS NULL
"""

_SEEN = "UPDATE login_device SET seen = %s WHERE id = %s AND secret = %s"

_END = "UPDATE login_device SET ended_at = %s WHERE id = %s AND ended_at IS NULL"

_ENTER = """
INSERT INTO login_knowndevice
  (customer_id, device_id, first_seen_at, last_seen_at, agent, remembered_until, ended_at)
VALUES (%s, %s, %s, %s, %s, %s, NULL)
ON CONFLICT (customer_id, device_id) DO UPDATE
SET last_seen_at = excluded.last_seen_at, agent = excluded.agent,
    first_seen_at = CASE WHEN login_knowndevice.ended_at IS NULL
                    THEN login_knowndevice.first_seen_at ELSE excluded.first_seen_at END,
    remembered_until = CASE
      WHEN excluded.remembered_until IS NOT NULL THEN excluded.remembered_until
      WHEN login_knowndevice.ended_at IS NULL THEN login_knowndevice.remembered_until
      ELSE NULL END,
    ended_at = NULL
RETURNING id, first_seen_at
"""

_HELD = "SELECT 1 FROM login_knowndevice WHERE id = %s AND ended_at IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A device that a customer signs in on. `since`: from when on, anew if it was ended."""

    id: int
    since: datetime
    remembered_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a browser shows, and what it is to one customer.

    `device` is its row, `name` what keys and acts on it are bound to: the row it had before it
    got a series, if there was one. `secret` is the hash in force.
    """

    standing: Standing
    device: str = ""
    name: str = ""
    secret: str = ""
    known: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The device on which a session begins, and its cookie.

    `known`: what it was to the customer before; `was_here`: he came on it before there were
    series. `stays`: the browser's cookie is not replaced, another tab brings it the newer.
    """

    device: str
    token: Secret
    known: Known | None = None
    was_here: bool = False
    stays: bool = False

    @property
    def was_known(self) -> bool:
        """Tell whether the customer had signed in on it."""
        return self.known is not None or self.was_here


def look(env: Env, customer_id: int | None, token: Secret | None) -> Shown:
    """Return what the browser shows with `token`; one statement, whoever the customer is.

    What is stale is nobody's.
    """
    row = None
    if token is not None:
        row = one(_LOOK, customer_id or NOBODY, device_name(token), former_name(token))
    if token is None or row is None:
        return Shown(standing=Standing.NEW)
    series = Series(
        device=row[0],
        secret=row[1],
        former=row[2],
        rotated_at=row[3] and instant(row[3]),
        seen=bool(row[4]),
        ended_at=row[5] and instant(row[5]),
    )
    shown = Shown(
        standing=judge(series, token, env.clock.now()),
        device=series.device,
        name=row[6] or series.device,
        secret=series.secret,
    )
    if shown.standing in {Standing.NEW, Standing.STALE} or row[7] is None:
        return shown
    until = row[9] and instant(row[9])
    known = Known(id=row[7], since=instant(row[8]), remembered_until=until)
    return replace(shown, known=known)


def remembered(env: Env, customer_id: int, token: Secret | None) -> bool:
    """Tell whether the customer needs no second factor on the device that shows `token`."""
    if token is None or not env.firm.login.second_factor.remember:
        return False
    known = look(env, customer_id, token).known
    until = known.remembered_until if known else None
    return until is not None and env.clock.now() < until


def hold(known: Known) -> bool:
    """Tell whether the device is still known, and keep it so to the end of the transaction."""
    locked = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return one(f"{_HELD}{locked}", known.id) is not None


def enter(env: Env, customer_id: int, token: Secret | None) -> Entered:
    """Let a session of the customer begin on the device, in the caller's transaction.

    The secret is replaced; a device that is new gets a series of its own. A stale secret is that
    of a new device: whoever calls has told of the theft before (`login.stolen`).
    """
    return _on(env, customer_id, look(env, customer_id, token), token) or _on_new(env)


def make_known(
    env: Env, customer_id: int, entered: Entered, *, agent: str, remember: bool
) -> Known:
    """Know the device as the customer's, in the transaction in which he enters.

    `remember`: no second factor on it for as long as the firm says.
    """
    now, days = env.clock.now(), env.firm.login.second_factor.remember
    until = now + days if remember and days else None
    row = one(_ENTER, customer_id, entered.device, now, now, agent, until)
    assert row is not None  # noqa: S101 - for the type checker: it inserts or updates
    return Known(id=row[0], since=instant(row[1]), remembered_until=until)


def came_back(series: Series, token: Secret) -> None:
    """Note that a browser has shown the current secret: the former one is nobody's after that."""
    if not series.seen and series.secret:
        run(_SEEN, True, series.device, secret_name(token))  # noqa: FBT003 - a value of a row


def end_series(env: Env, device: str) -> bool:
    """End the series, in the caller's transaction; False if it had ended."""
    return run(_END, env.clock.now(), device) == 1


def forget_remembered(customer_id: int) -> None:
    """Ask for the second factor on every device of the customer again; caller's transaction."""
    mine = KnownDevice.objects.filter(customer_id=customer_id, ended_at=None)
    mine.exclude(remembered_until=None).update(remembered_until=None)


def end_all(env: Env, customer_id: int) -> int:
    """Make every device a stranger to the customer, in the caller's transaction.

    Before his sessions end: whoever is let in on one meanwhile then finds it ended, or is found.
    """
    mine = KnownDevice.objects.filter(customer_id=customer_id, ended_at=None)
    return mine.update(ended_at=env.clock.now(), remembered_until=None)


def _on(env: Env, customer_id: int, shown: Shown, token: Secret | None) -> Entered | None:
    """Enter on a device that goes on; None if there is none (any more)."""
    if token is None or shown.standing in {Standing.NEW, Standing.STALE}:
        return None
    if shown.standing is Standing.BEFORE:
        # The cookie of one piece is worth nothing after this; of two sign-ins one replaces it.
        renewed = _on_new(env, root=shown.device) if end_series(env, shown.device) else None
        return renewed and _here_before(customer_id, shown, renewed)
    if shown.standing is not Standing.FORMER:
        renewed_to = with_secret(token, env.dice.octets(HALF // 2).hex())
        if _rotate(env, shown, token, renewed_to):
            entered = Entered(device=shown.device, token=renewed_to, known=shown.known)
            return _here_before(customer_id, shown, entered)
        shown = look(env, customer_id, token)
    if shown.standing is not Standing.FORMER:
        return None
    entered = Entered(device=shown.device, token=token, known=shown.known, stays=True)
    return _here_before(customer_id, shown, entered)


def _here_before(customer_id: int, shown: Shown, entered: Entered) -> Entered:
    """Say whether the customer came on it before it had a series, which no row tells."""
    if entered.known is not None or shown.name == entered.device:
        return entered
    before = Session.objects.filter(customer_id=customer_id, device_id=shown.name)
    return replace(entered, was_here=before.exists())


def _rotate(env: Env, shown: Shown, token: Secret, renewed: Secret) -> bool:
    """Replace the secret; False if another sign-in, or the end of the series, came first."""
    held = secret_name(token)
    now = env.clock.now()
    values = (held, secret_name(renewed), now, False, shown.device, shown.secret)
    return run(_ROTATE, *values) == 1


def _on_new(env: Env, *, root: str = "") -> Entered:
    token, now = Secret(env.dice.octets(HALF).hex()), env.clock.now()
    device = device_name(token)
    run(_NEW, device, now, secret_name(token), now, False, root)  # noqa: FBT003 - of a row
    return Entered(device=device, token=token)
