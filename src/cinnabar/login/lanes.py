"""A known device's lane of the lock: its own places for wrong tries (CONFLICT-7, LCK-04).

Strangers who lock an identifier do not lock its owner out where he is known; whoever steals such
a device's cookie has the places of its lane instead of the shared ones (docs/flows/devices.md).
"""

from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.identifiers import Identifier
from cinnabar.login import devices
from cinnabar.login.devices import Known
from cinnabar.login.models import KnownDevice
from cinnabar.passwords import lock
from cinnabar.statements import instant, one

_OF_SESSION = """
SELECT k.id, k.first_seen_at, k.remembered_until
FROM login_session s JOIN login_knowndevice k
  ON k.device_id = s.device_id AND k.customer_id = s.customer_id AND k.ended_at IS NULL
WHERE s.id = %s AND s.ended_at IS NULL
"""


def row_of(env: Env, identifier: Identifier, known: Known | None) -> str:
    """Return the name of the lock's row at which tries at `identifier` count."""
    if known is None:
        return lock.name(env, identifier)
    return env.vault.index("sign-in lane", f"{known.id}:{known.since.isoformat()}").hex()


def known_by(visitor: Visitor) -> Known | None:
    """Return the device that the visitor's session is on; None if he is not known on it any more.

    Where he is signed in, his tries at a password count in the lane that his sign-ins count in.
    """
    row = one(_OF_SESSION, visitor.session)
    if row is None:
        return None
    until = row[2] and instant(row[2])
    return Known(id=row[0], since=instant(row[1]), remembered_until=until)


def begin(env: Env, identifier: Identifier, known: Known) -> None:
    """Let the lane of a device that is known from now on be open; in that transaction."""
    lock.end_cycle(row_of(env, identifier, known))


def hold(env: Env, identifier: Identifier, index: str, known: Known | None) -> bool:
    """Tell whether tries at `identifier` may count at `index`; it stays so in the transaction.

    A lane is there while its device is known. Whoever ends that shuts the lane (RST-08).
    """
    if index == lock.name(env, identifier):
        return True
    return known is not None and index == row_of(env, identifier, known) and devices.hold(known)


def close(env: Env, identifier: Identifier, known: Known) -> bool:
    """End a lane that is used up, in the caller's transaction: the identifier is locked.

    The device is not known any more, so that unlocking is what it is for everybody. False if
    somebody ended it before.
    """
    lock.lock_by_lane(env, lock.name(env, identifier), lock.caps(env.firm))
    ended = KnownDevice.objects.filter(pk=known.id, first_seen_at=known.since, ended_at=None)
    return bool(ended.update(ended_at=env.clock.now(), remembered_until=None))
