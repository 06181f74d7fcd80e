"""The voice password and the lock of the order line (P95, P99, PWD-10, CONFLICT-5).

Letters share their keys, so many login passwords have the same digits: that is why the line has
a counter of its own, and why neither its lock nor its password is anything to the web.
"""

from cinnabar.env import Env
from cinnabar.firm.model import Firm
from cinnabar.firm.password import VoicePolicy
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import lock
from cinnabar.passwords.lock import Caps
from cinnabar.statements import one, run

_NO_SECOND_LOCK = 2**15 - 1
"""A lock of the line ends with a new voice password; there is no unlock that could be spent."""

_SUSPEND = """
INSERT INTO passwords_lock (id, wrong, total, in_flight, reserved_at, locked_at)
VALUES (%s, 0, 0, 0, %s, %s)
ON CONFLICT (id) DO UPDATE SET locked_at = excluded.locked_at
WHERE passwords_lock.locked_at IS NULL
"""

_IS_SHUT = "SELECT locked_at IS NOT NULL FROM passwords_lock WHERE id = %s"

_HOLD_OPEN = "UPDATE passwords_lock SET reserved_at = %s WHERE id = %s AND locked_at IS NULL"


def digits_of(policy: VoicePolicy, password: Password) -> Password:
    """Return the keys that spell `password`: letters by the firm's table, in either case.

    What is neither letter nor digit stays as it is; it fails the rules of a voice password.
    """
    table = {
        spelling: str(digit)
        for letters, digit in policy.letters.items()
        for letter in letters
        for spelling in (letter, letter.lower())
    }
    return Password("".join(table.get(one, one) for one in password.reveal()))


def in_step(env: Env, password: Password) -> Password:
    """Return the voice password that goes with a login password (P96, P97).

    It is ready for `store.encode`: only a peppered hash of the digits is kept.
    """
    return digits_of(env.firm.password.voice, password)


def lock_of(env: Env, customer_id: int) -> str:
    """Return the name of the row that counts a customer's wrong tries on the line."""
    return env.vault.index("voice", f"customer:{customer_id}").hex()


def lock_of_nobody(env: Env, said: str) -> str:
    """Return the name of such a row for whoever was `said` to call and is no customer."""
    return env.vault.index("voice", f"nobody:{said}").hex()


def said(identifier: Identifier) -> str:
    """Return the one spelling under which an identifier's tries are counted."""
    return f"{identifier.kind}:{identifier.value}"


def caps(firm: Firm) -> Caps:
    """Return how many wrong tries lock the line for a customer (PWD-10)."""
    return Caps(wrong=firm.password.voice.max_wrong, total=_NO_SECOND_LOCK)


def suspend(env: Env, customer_id: int) -> None:
    """Lock the line for the customer until he sets a new voice password; caller's transaction."""
    now = env.clock.now()
    run(_SUSPEND, lock_of(env, customer_id), now, now)


def lift(env: Env, customer_id: int) -> bool:
    """Begin the line's count anew, as a new voice password does; caller's transaction."""
    return lock.end_cycle(lock_of(env, customer_id))


def is_shut(env: Env, customer_id: int) -> bool:
    """Tell whether every call of the customer is answered wrong."""
    row = one(_IS_SHUT, lock_of(env, customer_id))
    return bool(row and row[0])


def hold_open(env: Env, customer_id: int) -> bool:
    """Tell whether the line is open to the customer; it stays so in the caller's transaction."""
    return run(_HOLD_OPEN, env.clock.now(), lock_of(env, customer_id)) == 1
