"""Whether a customer has one password for all accounts (歸戶) or one for each."""

from cinnabar.statements import run

_SWITCH = "UPDATE customers_customer SET consolidated = %s WHERE id = %s AND consolidated = %s"


def switch(customer_id: int, *, consolidated: bool) -> bool:
    """Set it, in the caller's transaction; False if it was so already.

    A conditional UPDATE: of two callers at once one does it.
    """
    return run(_SWITCH, consolidated, customer_id, not consolidated) == 1
