"""The first password of a new account: the firm sends the mail, the customer sets it (PWD-11).

Staff start it and learn nothing (RST-11). Whoever has a password, or a mail that still lives, is
passed over, so that a run that was interrupted is simply repeated.
"""

from collections.abc import Iterator
from enum import StrEnum

from django.db import transaction

from cinnabar.centre.reset_mail import NEW_ACCOUNT, PURPOSE, Wanted, is_over, possible, send
from cinnabar.codes import links
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords import store
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.statements import rows

_WITHOUT = """
SELECT c.id FROM customers_customer c
WHERE c.id > %s AND NOT EXISTS (
  SELECT 1 FROM passwords_storedpassword p WHERE p.customer_id = c.id AND p.kind = %s
) ORDER BY c.id LIMIT %s
"""

_AT_ONCE = 500


class Invited(StrEnum):
    """What became of inviting a customer; NO_WAY: what is on file does not allow it."""

    INVITED = "invited"
    HAS_PASSWORD = "has-password"  # noqa: S105 - a name
    WAITING = "waiting"
    NO_WAY = "no-way"


def invite(env: Env, customer_id: int) -> Invited:
    """Let the mail go out by which a new customer sets his first password.

    Raises `Refused(NOT_FOUND)` where the firm sends no such mails, or without such a customer.
    """
    if NEW_ACCOUNT not in env.firm.reset.starts:
        raise Refused(Refusal.NOT_FOUND)
    with transaction.atomic(durable=True):
        lock_customer(customer_id)
        if store.rows(customer_id, PasswordKind.LOGIN):
            return Invited.HAS_PASSWORD
        alive = links.alive(env, customer_id, PURPOSE)
        if alive is not None and not is_over(env, alive):
            return Invited.WAITING
        reach = customers.reach(env, customer_id)
        if not possible(env, reach):
            return Invited.NO_WAY
        wanted = Wanted(name=new_id(env.dice), why=NEW_ACCOUNT, at=env.clock.now())
        send(env, customer_id, reach, wanted)
    return Invited.INVITED


def without_password() -> Iterator[int]:
    """Yield the ids of customers who have no sign-in password, a batch at a time."""
    last = 0
    while found := rows(_WITHOUT, last, PasswordKind.LOGIN.value, _AT_ONCE):
        yield from (int(row[0]) for row in found)
        last = int(found[-1][0])
