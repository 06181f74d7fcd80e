"""One customer at a time: the lock that acts on the same customer queue for."""

from django.db import connection

from cinnabar.statements import run


def lock_customer(customer_id: int) -> None:
    """Lock the customer's row until the caller's transaction ends.

    FOR NO KEY UPDATE on PostgreSQL: a plain FOR UPDATE would also hold up every insert that
    refers to the customer, and two such transactions would wait for each other. On SQLite the
    transaction itself is the lock (BEGIN IMMEDIATE).
    """
    if connection.features.has_select_for_update:
        run("SELECT 1 FROM customers_customer WHERE id = %s FOR NO KEY UPDATE", customer_id)
