"""Store, rename, remove, use and stop a passkey: each in the caller's transaction.

Whoever writes to a customer's passkeys holds the customer's lock (`customers.locks`), so that
their order among other locks is his.
"""

from enum import StrEnum

from cinnabar.env import Env
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import run
from cinnabar.tokens import rules
from cinnabar.tokens.ceremony import Made, Shown, mark_of
from cinnabar.tokens.models import Passkey

_USE = """
UPDATE tokens_passkey SET count = %s, synced = %s, used_at = %s
WHERE id = %s AND stopped_at IS NULL AND (count < %s OR (count = 0 AND %s = 0))
"""

_STOP = "UPDATE tokens_passkey SET stopped_at = %s WHERE id = %s AND stopped_at IS NULL"


class Use(StrEnum):
    """What became of a passkey that was shown rightly.

    COPIED: its count went back, and it is stopped now. GONE: it was stopped or removed before.
    """

    KEPT = "kept"
    COPIED = "copied"
    GONE = "gone"


def add(env: Env, customer_id: int, made: Made, name: str) -> str:
    """Store a passkey; return its id.

    Raises `Refused`: PASSKEY_LIMIT for one too many, PASSKEY_KNOWN for a credential that is
    stored already, whoever's it is (L3 §7.1, credential id not yet registered).
    """
    held = Passkey.objects.filter(customer_id=customer_id, token=None).count()
    most = env.firm.login.second_factor.passkeys_max
    if held >= most:
        raise Refused(Refusal.PASSKEY_LIMIT, most=most)
    passkey, fresh = Passkey.objects.get_or_create(
        mark=mark_of(made.credential),
        defaults={
            "id": new_id(env.dice),
            "customer_id": customer_id,
            "credential": made.credential,
            "public_key": made.public_key,
            "transports": " ".join(made.transports),
            "name": rules.tidied_name(name),
            "count": made.count,
            "can_sync": made.can_sync,
            "synced": made.synced,
            "verified": made.verified,
            "made_at": env.clock.now(),
        },
    )
    if not fresh:
        raise Refused(Refusal.PASSKEY_KNOWN)
    return passkey.id


def rename(customer_id: int, passkey: str, name: str) -> bool:
    """Give a passkey another name; False if the customer has none of that id."""
    mine = Passkey.objects.filter(pk=passkey, customer_id=customer_id, token=None)
    return mine.update(name=rules.tidied_name(name)) == 1


def remove(customer_id: int, passkey: str) -> bool:
    """Forget a passkey for good; False if the customer has none of that id."""
    mine = Passkey.objects.filter(pk=passkey, customer_id=customer_id, token=None)
    return mine.delete()[0] == 1


def use(env: Env, passkey: Passkey, shown: Shown) -> Use:
    """Keep what a right signature showed: its count and where the key lies now.

    One conditional UPDATE decides, so that of two who show the same count one is COPIED. Raises
    `Refused(PASSKEY_NOT_PROVED)` for a key that could not be synchronised and now can.
    """
    if shown.can_sync != passkey.can_sync:  # settled for good when it was made (L3 §7.2)
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    count = shown.count
    if run(_USE, count, shown.synced, env.clock.now(), passkey.id, count, count) == 1:
        return Use.KEPT
    return Use.COPIED if run(_STOP, env.clock.now(), passkey.id) == 1 else Use.GONE


def stop_all(env: Env, customer_id: int) -> int:
    """Stop every passkey of the customer, as whoever says "this was not me"; tell how many."""
    held = Passkey.objects.filter(customer_id=customer_id, stopped_at=None)
    return held.update(stopped_at=env.clock.now())


def find(credential: bytes) -> Passkey | None:
    """Return the passkey of that credential id, be it whose it may, but no app's biometrics."""
    return Passkey.objects.filter(mark=mark_of(credential), token=None).first()
