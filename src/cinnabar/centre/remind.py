"""Tell customers beforehand that their sign-in password has its time soon (P87, G22)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import ending, expires
from cinnabar.statements import instant, rows

_AT_ONCE = 200

_NEAR = "kind = %s AND expires_at IS NULL AND reminded_at IS NULL"

_WHOSE = f"""
SELECT DISTINCT customer_id FROM passwords_storedpassword
WHERE customer_id > %s AND {_NEAR} AND changed_at >= %s AND changed_at < %s
ORDER BY customer_id LIMIT %s
"""  # noqa: S608 - constants of this module, no input

_MARK = f"""
UPDATE passwords_storedpassword SET reminded_at = %s
WHERE customer_id = %s AND {_NEAR} AND changed_at >= %s AND changed_at < %s
RETURNING changed_at
"""  # noqa: S608 - likewise


class Reminders:
    """Goes through the customers by number, a few at a time; what is marked is done with."""

    def __init__(self, env: Env) -> None:
        """Begin with the first customer."""
        self._env, self._reached = env, 0

    def tick(self) -> bool:
        """Remind the next few; False when all have been gone through, and it begins anew.

        One who cannot be reminded keeps nobody else waiting: it is raised when the others are.
        """
        policy = self._env.firm.password.login
        if not policy.max_age:
            return False
        near = ending(policy.max_age, policy.remind, self._env.clock.now(), self._zone)
        found = [row[0] for row in rows(_WHOSE, self._reached, *_asked(near), _AT_ONCE)]
        more = len(found) == _AT_ONCE
        self._reached = found[-1] if more else 0
        failed = None
        for customer_id in found:
            try:
                self._remind(customer_id, near)
            except Exception as problem:  # noqa: BLE001 - whatever it is, the next one has his turn
                failed = problem
        if failed is not None:
            raise failed
        return more

    @property
    def _zone(self) -> ZoneInfo:
        return self._env.firm.identity.timezone

    def _remind(self, customer_id: int, near: tuple[datetime, datetime]) -> None:
        env = self._env
        with transaction.atomic(durable=True):
            lock_customer(customer_id)
            marked = rows(_MARK, env.clock.now(), customer_id, *_asked(near))
            life = env.firm.password.login.max_age
            ends = (expires(life, instant(row[0]), self._zone) for row in marked)
            first = min((until for until in ends if until), default=None)
            if first is not None:  # else somebody was quicker, or the password was changed
                self._tell(customer_id, first)

    def _tell(self, customer_id: int, until: datetime) -> None:
        who = customers.reach(self._env, customer_id)
        if who.email:
            post(
                self._env,
                kind=Kind.PASSWORD_ENDS,
                customer_id=customer_id,
                subject=who.subject,
                channel="email",
                to=who.email,
                language=who.language,
                facts={"at": until.isoformat()},
                key=f"password-ends:{customer_id}:{until.date().isoformat()}",
                expires_at=until,
            )
        record(
            self._env,
            Event.PASSWORD_REMINDED,
            subject=who.subject,
            by="worker",
            channel="worker",
            details={"until": until.isoformat(), "mailed": bool(who.email)},
        )


def _asked(near: tuple[datetime, datetime]) -> tuple[object, ...]:
    return (PasswordKind.LOGIN.value, *near)
