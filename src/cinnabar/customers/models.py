"""Customers as they rest. The database is the last guard (law 9), and reads nothing personal.

Every personal field is sealed by the vault, bound to the customer's subject (PRV-03); what must
be found again has a keyed blind index beside it (docs/decisions/0003-blind-index.md).
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from cinnabar.customers.vocabulary import BusinessLine, Channel, Kind

_INDEX = 32
_SUBJECT = 16
_SALT = 16
_KEY_VERSIONS = (1, 255)


class Customer(models.Model):
    """One person or company.

    `subject` is the pseudonym under which everything else speaks of the customer: certificate
    names, the journal, seals (CRT-05). `fingerprint` is the keyed hash of the row with its
    contacts and accounts as they rest, so that an import sees at a glance that nothing changed.
    `salt` goes into what the journal says of the customer's data: with the row erased, nobody can
    tell any more what that was, not even with the keys.
    `key_version` is the vault's key that the row and its contacts are sealed under.
    """

    subject = models.CharField(max_length=_SUBJECT)
    kind = models.CharField(max_length=8)
    id_index = models.BinaryField(max_length=_INDEX)
    id_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    birth_date_sealed = models.BinaryField()
    language = models.CharField(max_length=16)
    consolidated = models.BooleanField()
    fingerprint = models.BinaryField(max_length=_INDEX)
    salt = models.BinaryField(max_length=_SALT)
    key_version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        """Shapes that hold for every row; one customer per identifier and per subject."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject"], name="customer_subject_once"),
            models.UniqueConstraint(fields=["id_index"], name="customer_identifier_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in Kind]), name="customer_kind"
            ),
            models.CheckConstraint(
                condition=Exact(Length("subject"), _SUBJECT), name="customer_subject"
            ),
            models.CheckConstraint(
                condition=Exact(Length("id_index"), _INDEX), name="customer_id_index"
            ),
            models.CheckConstraint(
                condition=Exact(Length("fingerprint"), _INDEX), name="customer_fingerprint"
            ),
            models.CheckConstraint(condition=Exact(Length("salt"), _SALT), name="customer_salt"),
            models.CheckConstraint(condition=~models.Q(language=""), name="customer_has_language"),
            models.CheckConstraint(
                condition=models.Q(key_version__range=_KEY_VERSIONS), name="customer_key_version"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["key_version", "id"], name="customer_by_key"),
        ]


class Contact(models.Model):
    """Where a customer is reached on one channel: a mobile number or a mail address.

    `value_index` is over the spelling that two writings of one destination share.
    """

    # The unique constraint below begins with the customer: it is the index.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="contacts", db_index=False
    )
    channel = models.CharField(max_length=8)
    value_sealed = models.BinaryField()
    value_index = models.BinaryField(max_length=_INDEX, db_index=True)

    class Meta:
        """At most one destination per customer and channel."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "channel"], name="contact_once"),
            models.CheckConstraint(
                condition=models.Q(channel__in=[c.value for c in Channel]), name="contact_channel"
            ),
            models.CheckConstraint(
                condition=Exact(Length("value_index"), _INDEX), name="contact_value_index"
            ),
        ]


class TradingAccount(models.Model):
    """An account of a customer in one business line at one branch."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="accounts")
    line = models.CharField(max_length=16)
    branch = models.CharField(max_length=40)
    number = models.CharField(max_length=20)

    class Meta:
        """An account has one owner. The number leads, because it tells most apart."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "branch", "line"], name="account_once"),
            models.CheckConstraint(
                condition=models.Q(line__in=[n.value for n in BusinessLine]), name="account_line"
            ),
            models.CheckConstraint(
                condition=~models.Q(branch="") & ~models.Q(number=""), name="account_not_blank"
            ),
        ]


class PrimaryAccount(models.Model):
    """The account that a customer wants named first in the app (P252); it changes no right.

    `account` is the id of a trading account, without the database's own guard: an account that
    the core system no longer has may go, and the choice of it is none then.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    account = models.BigIntegerField()
    chosen_at = models.DateTimeField()
