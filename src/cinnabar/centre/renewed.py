"""What follows when a customer has another password to sign in with, however he got it."""

from cinnabar.env import Env
from cinnabar.tokens.soft import suspending


def password_replaced(env: Env, customer_id: int) -> None:
    """Follow a replaced login password, in the transaction that replaced it.

    What was enabled under the one before is to be enabled anew (P227).
    """
    suspending.suspend(env, customer_id, "password-changed")
