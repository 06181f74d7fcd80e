"""One password for all becomes one for each account, none of them changed (P105, P108)."""

from collections.abc import Iterable

from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.models import StoredPassword


def separate(customer_id: int, kind: PasswordKind, accounts: Iterable[int]) -> bool:
    """Give each of `accounts` the customer's one password of `kind`; tell whether he had one.

    In the caller's transaction, under the customer's lock. Its dates go with it, for it is the
    same password; an account that has its own already keeps that.
    """
    whole = StoredPassword.objects.filter(customer_id=customer_id, kind=kind.value, account=None)
    row = whole.first()
    if row is None:
        return False
    mine = StoredPassword.objects.filter(customer_id=customer_id, kind=kind.value)
    kept = set(mine.exclude(account=None).values_list("account_id", flat=True))
    StoredPassword.objects.bulk_create(
        StoredPassword(
            customer_id=customer_id,
            kind=kind.value,
            account_id=account,
            encoded=row.encoded,
            changed_at=row.changed_at,
            expires_at=row.expires_at,
            reminded_at=row.reminded_at,
        )
        for account in sorted(set(accounts) - kept)
    )
    whole.delete()
    return True
