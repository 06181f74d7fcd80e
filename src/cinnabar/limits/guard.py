"""Wrong tries beyond one account: of an address, of a network, of all together (LCK-04, LCK-08).

Whoever guesses at many accounts locks none of them; what he has in common is where he comes
from, and, spread over the world, that the firm sees more wrong tries than it ever does. A place
is reserved before anything is compared and given back by its own success only, so that parallel
guesses are counted, and nobody's success clears another's count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, ip_network

from django.db import transaction
from django.db.models import Q

from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.limits import pace
from cinnabar.limits.models import Tally

_UNBOUNDED = 2**31 - 1
LOCKED = "locked"
"""What the accounts that wrong tries have locked are counted under."""

_FIRM, _ALARM = "", "-alarm"
_STOLEN, _SHOWN = "device-stolen", 12
_WIDE, _WIDE6 = 24, 48


class Door(StrEnum):
    """Where somebody tries: each door has counts of its own, under the same limits.

    SIGN_IN: identifier and password. CLAIM: a stranger who says who he is (identifier and birth
    date, what was mailed, pass codes). VOICE: the order line, whose address is no caller's.
    """

    SIGN_IN = "sign-in"
    CLAIM = "claim"
    VOICE = "voice"


class Scope(StrEnum):
    """What an alarm is about.

    ADDRESS, NETWORK, FIRM: whose wrong tries; LOCKS: the accounts that wrong tries have locked.
    CODE_ADDRESS, CODE_NETWORK: whose wrong codes; SAME_CODE: one wrong code at many accounts.
    HALVES: sign-ins whose password was right and whose codes were wrong to the end.
    SMS_RANGE, SMS: codes by SMS in an hour, to numbers that begin alike and of the firm.
    DEVICE: one whose cookie somebody copied (docs/flows/devices.md).
    """

    ADDRESS = "address"
    NETWORK = "network"
    FIRM = "firm"
    LOCKS = "locks"
    DEVICE = "device"
    CODE_ADDRESS = "code-address"
    CODE_NETWORK = "code-network"
    SAME_CODE = "same-code"
    HALVES = "halves"
    SMS_RANGE = "sms-range"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A mark that was passed for the first time today; `whom` is "" for the whole firm."""

    scope: Scope
    whom: str
    count: int


@lru_cache(maxsize=256)
def network(address: str) -> str:
    """Return the network of a client's address: an IPv4 /24, an IPv6 /48 (LCK-08).

    `address` is as counters have it: an IPv4 address or an IPv6 /64; anything else is returned
    as it is, so that what has no network is one.
    """
    try:
        found = ip_network(address)
    except ValueError:
        return address
    bits = _WIDE if isinstance(found, IPv4Network) else _WIDE6
    return str(found.supernet(new_prefix=bits)) if found.prefixlen > bits else str(found)


def enter(env: Env, door: Door, address: str) -> None:
    """Reserve one try of `address` at `door`, in a transaction of its own (law 1).

    Raises `Refused`: TOO_FAST while the address has to wait after a wrong try, TOO_MANY_TRIES when
    it or its network was wrong too often today; nothing is counted then. Without an address ("")
    nothing is counted here.
    """
    with transaction.atomic(durable=True):
        take(env, door, address)


def take(env: Env, door: Door, address: str) -> None:
    """As `enter`, in the caller's transaction: one that commits before anything is compared.

    When it raises, that transaction has to end without a commit.
    """
    if not address:
        return
    if not limits.take_all(env, *_allowances(env, door, address)):
        raise Refused(Refusal.TOO_MANY_TRIES)
    pace.require(env, _what(door, Scope.ADDRESS), address)


def leave(env: Env, door: Door, address: str) -> None:
    """Give back what `enter` reserved, in the caller's transaction: the try was not wrong."""
    if address:
        limits.give_back(env, *(one[:2] for one in _allowances(env, door, address)))


def fulfilled(env: Env, address: str) -> None:
    """Give back what a claim took (`journal.alarms.claimed`), in the transaction of its success.

    What is left of claims are those that came to nothing: of all of them, a guess at most.
    """
    leave(env, Door.CLAIM, address)
    limits.give_one_back(env, _what(Door.CLAIM, Scope.FIRM), _FIRM)


def wrong(env: Env, door: Door, address: str) -> tuple[Alarm, ...]:
    """Count a wrong try against the firm, in the caller's transaction; return what it sets off.

    Callers go through `journal.alarms.wrong`, which writes the alarms down.
    """
    limits.take(env, _what(door, Scope.FIRM), _FIRM, limit=_UNBOUNDED)
    marks = [(Scope.FIRM, (_what(door, Scope.FIRM), _FIRM, env.firm.guard.firm_alarm_at))]
    if address:
        of_address, of_network = _allowances(env, door, address)
        marks += [(Scope.ADDRESS, of_address), (Scope.NETWORK, of_network)]
        pace.slow_down(env, *of_address[:2], limits.count(env, *of_address[:2]))
    return tuple(a for mark in marks if (a := passed(env, *mark)) is not None)


def locked(env: Env) -> tuple[Alarm, ...]:
    """Count an account locked by wrong tries, in the caller's transaction (LCK-04)."""
    limits.take(env, LOCKED, _FIRM, limit=_UNBOUNDED)
    alarm = passed(env, Scope.LOCKS, (LOCKED, _FIRM, env.firm.guard.locks_alarm_at))
    return () if alarm is None else (alarm,)


def stolen(env: Env, device: str) -> tuple[Alarm, ...]:
    """Return the alarm of a device that was copied, in the caller's transaction; once a day."""
    name = device[:_SHOWN]
    if limits.take(env, f"{_STOLEN}{_ALARM}", name, limit=1) is None:
        return ()
    return (Alarm(scope=Scope.DEVICE, whom=name, count=1),)


def risky(env: Env, address: str, *, also: Sequence[str] = ()) -> bool:
    """Tell whether a visitor from `address` is to be held up a little (P22, LCK-04).

    He is when his address was wrong often today, at all doors together and in what is `also`
    counted of addresses, and while the firm is under attack. No account plays a part, so nobody
    learns from it whether one exists (LCK-03).
    """
    of_address = [*also, *(_what(door, Scope.ADDRESS) for door in Door)]
    of_firm = [_what(door, Scope.FIRM) for door in Door]
    today = Tally.objects.filter(day=limits.firm_day(env))
    found = today.filter(
        Q(what__in=of_address, whom=address) | Q(what__in=of_firm, whom=_FIRM)
    ).values_list("what", "n")
    if sum(n for what, n in found if what in of_address) >= env.firm.guard.risk_after:
        return True
    return any(n >= env.firm.guard.firm_alarm_at for what, n in found if what in of_firm)


def wrong_today(env: Env) -> Mapping[str, int]:
    """Return the firm's wrong tries of today by door, and under `locked` the accounts locked."""
    names = {_what(door, Scope.FIRM): str(door) for door in Door} | {LOCKED: LOCKED}
    today = Tally.objects.filter(day=limits.firm_day(env), whom=_FIRM, what__in=names)
    found = dict(today.values_list("what", "n"))
    return {name: found.get(what, 0) for what, name in names.items()}


def alarms_today(env: Env) -> tuple[str, ...]:
    """Return the marks passed today: what was counted, and of whom unless of the whole firm."""
    today = Tally.objects.filter(what__endswith=_ALARM, day=limits.firm_day(env))
    found = today.order_by("what", "whom").values_list("what", "whom")
    return tuple(f"{what.removesuffix(_ALARM)} {whom}".rstrip() for what, whom in found)


def _what(door: Door, scope: Scope) -> str:
    return f"{door}-wrong-{scope}"


def _allowances(env: Env, door: Door, address: str) -> tuple[limits.Allowance, limits.Allowance]:
    of_address = env.firm.login.per_address_wrong_per_day
    of_network = env.firm.guard.network_wrong_per_day
    return (
        (_what(door, Scope.ADDRESS), address, of_address),
        (_what(door, Scope.NETWORK), network(address), of_network),
    )


def passed(env: Env, scope: Scope, counted: limits.Allowance) -> Alarm | None:
    """Return the alarm of a count that has reached its mark, once a day.

    `counted` names what is counted of whom, and the mark. Callers write the alarm down by
    `journal.alarms.write`, in the transaction of the count.
    """
    what, whom, mark = counted
    count = limits.count(env, what, whom)
    if count < mark or limits.take(env, f"{what}{_ALARM}", whom, limit=1) is None:
        return None
    return Alarm(scope=scope, whom=whom, count=count)
