"""What follows when a customer has another password to sign in with, however he got it."""

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.tokens.soft import restrictions, suspending


def password_replaced(env: Env, customer_id: int) -> None:
    """Follow a replaced login password, in the transaction that replaced it.

    What was enabled under the one before is to be enabled anew (P227). Whoever knew that one has
    nothing any more: the app may be asked again (TOK-08).
    """
    suspending.suspend(env, customer_id, "password-changed")
    if restrictions.is_restricted(customer_id):
        subject = customers.reach(env, customer_id).subject
        mine = {"subject": subject, "by": subject, "channel": "web", "why": "password"}
        restrictions.lift(env, customer_id, **mine)
