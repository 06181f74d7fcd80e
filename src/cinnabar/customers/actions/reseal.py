"""Moving customers to the vault's newest key, so that an older one can be thrown away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from cinnabar.customers import bulk, sealing
from cinnabar.customers.models import Contact, Customer
from cinnabar.customers.vocabulary import Channel, CustomerEvent, Tell
from cinnabar.env import Env
from cinnabar.kernel.vault import Vault

_SEALED = {
    "id_sealed": sealing.IDENTIFIER,
    "name_sealed": sealing.NAME,
    "birth_date_sealed": sealing.BIRTH_DATE,
}


@dataclass(slots=True)
class _Sealed:
    """Rows as `bulk.update` takes them: new values, then what must still be there."""

    customers: list[tuple[bulk.Value, ...]] = field(default_factory=list)
    contacts: list[tuple[bulk.Value, ...]] = field(default_factory=list)


def reseal(
    env: Env,
    *,
    tell: Tell,
    batch: int = 1000,
    progress: Callable[[int], None] = lambda _customers: None,
) -> int:
    """Seal every customer that is under an older key anew; return how many there were.

    In transactions of `batch` customers; after a kill the next call does what is left. Whoever
    is written by somebody else in between is read again: nothing newer is overwritten. Raises
    `VaultError` if a key that is still needed has gone.
    """
    total = 0
    while customers := _older(env.vault.newest, batch):
        sealed = _seal_anew(env.vault, customers)
        with transaction.atomic(durable=True):
            moved = _write(sealed)
            if moved:
                details = {"customers": moved, "key_version": env.vault.newest}
                tell(CustomerEvent.RESEALED, None, details)
        progress(moved)
        total += moved
    return total


def _older(newest: int, batch: int) -> Sequence[Customer]:
    waiting = Customer.objects.filter(key_version__lt=newest).order_by("key_version", "id")
    return list(waiting.prefetch_related("contacts")[:batch])


def _seal_anew(vault: Vault, customers: Sequence[Customer]) -> _Sealed:
    found = _Sealed()
    for customer in customers:
        values = [
            _again(vault, purpose, customer.subject, getattr(customer, column))
            for column, purpose in _SEALED.items()
        ]
        still = (customer.id, bytes(customer.fingerprint), customer.key_version)
        found.customers.append((*values, vault.newest, *still))
        for contact in customer.contacts.all():
            purpose = sealing.CONTACT[Channel(contact.channel)]
            value = _again(vault, purpose, customer.subject, contact.value_sealed)
            found.contacts.append((value, contact.id))
    return found


def _again(vault: Vault, purpose: str, subject: str, sealed: sealing.Sealed) -> bytes:
    return sealing.seal(vault, purpose, subject, sealing.unseal(vault, purpose, subject, sealed))


def _write(sealed: _Sealed) -> int:
    moved = bulk.update(
        Customer,
        (*_SEALED, "key_version"),
        ("id", "fingerprint", "key_version"),
        sealed.customers,
    )
    # An import replaces the contacts of whom it writes: those it wrote since are not met here.
    bulk.update(Contact, ("value_sealed",), ("id",), sealed.contacts)
    return moved
