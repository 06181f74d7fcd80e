"""設定主要帳戶: which of his accounts a customer wants named first (P252)."""

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.customers.models import PrimaryAccount
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused


def choose(env: Env, visitor: Visitor, account: int) -> None:
    """Make one of the customer's accounts the first; choosing it again changes nothing.

    Raises `Refused(NOT_FOUND)` for an account that is not his.
    """
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        mine = {one.id for one in customers.accounts(visitor.customer_id)}
        if account not in mine:
            raise Refused(Refusal.NOT_FOUND)
        kept = PrimaryAccount.objects.filter(customer_id=visitor.customer_id).first()
        if kept is not None and kept.account == account:
            return
        PrimaryAccount.objects.update_or_create(
            customer_id=visitor.customer_id,
            defaults={"account": account, "chosen_at": env.clock.now()},
        )
        note(env, visitor, Event.PRIMARY_ACCOUNT_CHOSEN, {"account": account})
