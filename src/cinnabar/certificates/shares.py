"""The server's half of a device's wrapping key: make, hand out, erase."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.rows import Live
from cinnabar.certificates.states import State
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Actor, Visitor
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.statements import one

_USABLE = """
SELECT 1 FROM certificates_keyshare
WHERE id = %s AND customer_id = %s AND device = %s AND erased_at IS NULL
  AND certificate_id IS NULL
"""

_PURPOSE = "key share"
_MADE = "key-share"
_MADE_PER_DAY = 50
_CLAIMED = "claim-share"
_CLAIMED_PER_DAY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share and its 32 secret octets, on their way to the device."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        """Name the share, not the secret."""
        return f"Share({self.id})"


def make(env: Env, visitor: Visitor, *, token: str = "") -> Share:
    """Make a share for this customer on this device.

    `token` is the soft token whose PIN it waits for: whoever calls with one has had that proved
    (tokens/soft/vault.py). Raises `Refused(TOO_MANY_TRIES)` beyond what any honest day needs.
    """
    share = Share(id=new_id(env.dice), secret=env.dice.octets(32))
    with transaction.atomic():
        if limits.take(env, _MADE, str(visitor.customer_id), limit=_MADE_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
        KeyShare.objects.create(
            id=share.id,
            customer_id=visitor.customer_id,
            device=visitor.device,
            token=token,
            sealed=env.vault.seal(_PURPOSE, share.secret, bound_to=share.id.encode()),
            made_at=env.clock.now(),
        )
        _tell(env, visitor, Event.SHARE_MADE, share.id, token)
    return share


def release(env: Env, visitor: Visitor, share_id: str, *, token: str = "") -> Share:
    """Hand a share to the device and customer it was made for.

    One that waits for a PIN goes out only under the `token` whose PIN the caller has had proved.
    Raises `Refused(SHARE_GONE)` for anybody else and once it is erased.
    """
    with transaction.atomic():
        share = hand_out(env, visitor, share_id, token=token)
        _tell(env, visitor, Event.SHARE_RELEASED, share.id, token)
    return share


def hand_out(env: Env, visitor: Visitor, share_id: str, *, token: str = "") -> Share:
    """Hand out a share in the caller's transaction, which journals what it is for.

    Raises `Refused(SHARE_GONE)` as `release` does.
    """
    row = _mine(visitor, share_id)
    if row is None or row.sealed is None or row.token != token:
        raise Refused(Refusal.SHARE_GONE)
    secret = env.vault.open(_PURPOSE, bytes(row.sealed), bound_to=row.id.encode())
    return Share(id=row.id, secret=secret)


def release_to_claim(
    env: Env, claimant: Actor | None, flow: FlowView, share_id: str, device: str
) -> bytes:
    """Hand a share to the device it was made for, for somebody who only says who he is.

    Whoever is not that customer on that device gets octets that open nothing, the same each
    time: nothing in the answer tells a share that is there from one that is not (CONFLICT-6).
    `device` is its name, "" for none. It is counted for the pair that was typed, at
    a sign-in for the identifier. Raises `Refused(TOO_MANY_TRIES)` beyond what any honest day needs.
    """
    whom = flow.facts.get("pair") or flow.facts.get("lock") or flow.id
    with transaction.atomic():
        if limits.take(env, _CLAIMED, whom, limit=_CLAIMED_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
        row = _of(claimant.customer_id if claimant else 0, device, share_id)
        if row is not None and row.token:
            row = None  # it waits for a PIN, which nobody has proved here
        record(
            env,
            Event.SHARE_RELEASED if row and row.sealed else Event.SHARE_WITHHELD,
            subject=claimant.subject if claimant else None,
            by="visitor",
            channel="web",
            details={"share": share_id, "device": device[:16], "flow": flow.id},
        )
    if row is None or row.sealed is None:
        return env.vault.mac("share of nobody", share_id.encode(), device.encode())
    return env.vault.open(_PURPOSE, bytes(row.sealed), bound_to=row.id.encode())


def erase_unused(env: Env, visitor: Visitor, share_id: str) -> None:
    """Erase a share that no live certificate needs, after its key was removed (P243).

    That of an imported copy may go while the certificate lives. Raises `Refused(ALREADY_LIVE)`
    for the share where a live certificate's key was made: that needs a revocation.
    """
    with transaction.atomic():
        lock_customer(visitor.customer_id)
        row = _mine(visitor, share_id)
        if row is None:
            return
        in_use = Certificate.objects.filter(
            share=row, state__in=[State.LIVE.value, State.ISSUING.value]
        )
        if in_use.exists():
            raise Refused(Refusal.ALREADY_LIVE)
        if erase(env, row.id):
            _tell(env, visitor, Event.SHARE_ERASED, row.id)


def erase(env: Env, share_id: str | None) -> bool:
    """Erase a share in the caller's transaction; tell whether there was one to erase."""
    rows = KeyShare.objects.filter(pk=share_id, erased_at=None)
    return bool(rows.update(sealed=None, erased_at=env.clock.now()))


def in_use(token: str) -> bool:
    """Tell whether the key of a live certificate, or of one being issued, waits for this PIN."""
    needed = Certificate.objects.filter(
        share__token=token, state__in=[State.LIVE.value, State.ISSUING.value]
    )
    return needed.exists()


def erase_of_token(env: Env, token: str) -> int:
    """Erase what waits for the PIN of a soft token that ended; tell how many shares that were.

    In the caller's transaction, which holds the customer's lock and journals the end.
    """
    rows = (
        KeyShare.objects.filter(token=token, erased_at=None) if token else KeyShare.objects.none()
    )
    return rows.update(sealed=None, erased_at=env.clock.now())


def erase_all(env: Env, certificate_id: int, share_id: str | None) -> None:
    """Erase every share of a certificate that ends: where its key was made, and where it went."""
    of_it = Q(pk=share_id) | Q(certificate_id=certificate_id)
    rows = KeyShare.objects.filter(of_it, erased_at=None)
    rows.update(sealed=None, erased_at=env.clock.now())


def holds(visitor: Visitor, share_id: str, certificate: Live) -> bool:
    """Tell whether the share is this device's for exactly this certificate."""
    row = _mine(visitor, share_id)
    if row is None or row.erased_at is not None:
        return False
    return row.id == certificate.share or row.certificate_id == certificate.id


def belongs_to(visitor: Visitor, share_id: str) -> bool:
    """Tell whether the share was made for this visitor's device, lives, and is of no copy."""
    found = one(_USABLE, share_id, visitor.customer_id, visitor.device)
    return found is not None


def _mine(visitor: Visitor, share_id: str) -> KeyShare | None:
    return _of(visitor.customer_id, visitor.device, share_id)


def _of(customer_id: int, device: str, share_id: str) -> KeyShare | None:
    return KeyShare.objects.filter(pk=share_id, customer_id=customer_id, device=device).first()


def _tell(env: Env, visitor: Visitor, event: Event, share_id: str, token: str = "") -> None:
    told = {"share": share_id, "device": visitor.device[:16]}
    note(env, visitor, event, {**told, "token": token} if token else told)
