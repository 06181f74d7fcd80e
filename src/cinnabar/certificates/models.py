"""Certificates and what belongs to them. The database is the last guard (law 9)."""

from typing import ClassVar

from django.db import models

from cinnabar.certificates.states import State
from cinnabar.customers.models import Customer


class KeyShare(models.Model):
    """The server's half of what a browser's private key is wrapped under.

    Given only to the device and customer it was made for, over a live session; once erased the
    key on that device is useless, wherever it was copied to. `certificate` is set on the share of
    a device that the certificate was imported to; the one where its key was made is the
    certificate's own `share`. `token` names the soft token whose PIN it waits for, "" for none.
    """

    id = models.CharField(primary_key=True, max_length=26)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(
        "Certificate", null=True, on_delete=models.PROTECT, related_name="imported"
    )
    device = models.CharField(max_length=64)
    sealed = models.BinaryField(null=True)
    token = models.CharField(max_length=26, blank=True, db_default="")
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """A certificate is imported to a device once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["certificate", "device"],
                condition=models.Q(erased_at=None),
                name="share_imported_once",
            ),
        ]


class Certificate(models.Model):
    """A certificate from the intention to issue it to its end.

    `tbs` is what gets signed, stored before the signature (law 6). `key_id` is the SHA-256 of
    the public key: a key is certified once in its life (ENR-01).
    `act` is what it was issued for, apply or renew. `generation` is that of the issuing CA,
    `shard` the part of its revocation list the certificate points to. `changed_at` moves with
    each change of state, so that publishers find what is new.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    serial = models.CharField(max_length=40, unique=True)
    key_id = models.CharField(max_length=64, unique=True)
    act = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    generation = models.PositiveSmallIntegerField(db_default=1)
    shard = models.CharField(max_length=8, blank=True, db_default="")
    tbs = models.BinaryField()
    der = models.BinaryField(null=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    flow = models.CharField(max_length=26, unique=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    share = models.ForeignKey(KeyShare, null=True, on_delete=models.PROTECT, related_name="+")
    intended_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=24, blank=True)

    class Meta:
        """One live and one being issued per customer and channel (CRT-14, P155)."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "channel"],
                condition=models.Q(state=State.LIVE.value),
                name="certificate_live_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "channel"],
                condition=models.Q(state=State.ISSUING.value),
                name="certificate_issuing_once",
            ),
            # One share, one key: else the end of one certificate would cut off another.
            models.UniqueConstraint(fields=["share"], name="certificate_share_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]), name="certificate_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.LIVE.value) | models.Q(der__isnull=False),
                name="certificate_live_is_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.ISSUING.value, State.LIVE.value])
                | models.Q(revoked_at__isnull=False),
                name="certificate_ended_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["intended_at"],
                condition=models.Q(state=State.ISSUING.value),
                name="certificate_open",
            ),
            models.Index(
                fields=["generation", "shard", "revoked_at"],
                condition=models.Q(revoked_at__isnull=False),
                name="certificate_revoked",
            ),
            models.Index(fields=["generation", "shard", "not_after"], name="certificate_shard"),
        ]


class Challenge(models.Model):
    """What a device may sign once to show its key; `mark` is a keyed hash of it (COD-11)."""

    mark = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class Consent(models.Model):
    """Which text a customer agreed to, and when (CRT-19)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    flow = models.CharField(max_length=26, unique=True)
    version = models.CharField(max_length=24)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    channel = models.CharField(max_length=8)
    at = models.DateTimeField()


class Hold(models.Model):
    """After a reported loss only the branch lets the customer apply again (CONFLICT-13)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    since = models.DateTimeField()


class PublishedCrl(models.Model):
    """A signed revocation list of one issuing CA and shard, full or delta (REV-02).

    `name` is under which it is fetched. Only the newest of a name keeps its octets, `der`;
    those before it stay as long as they are in force and may be the base of a delta.
    `scheduled_at` is the `this_update` of the last list of the name that came by the timer, this
    one or one before. `seen_at` is when the worker fetched the list back from where relying
    parties fetch it, and found it right.
    """

    generation = models.PositiveSmallIntegerField()
    shard = models.CharField(max_length=8, blank=True)
    delta = models.BooleanField()
    name = models.CharField(max_length=40)
    number = models.BigIntegerField()
    scheduled_at = models.DateTimeField()
    entries = models.IntegerField()
    der = models.BinaryField(null=True)
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        """Numbers are used once (RFC 5280 5.2.3); of each name one list is the newest."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["generation", "shard", "number"], name="crl_number_once"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(der__isnull=False),
                name="crl_newest_once",
            ),
            models.CheckConstraint(
                condition=models.Q(this_update__lt=models.F("next_update")), name="crl_holds"
            ),
        ]


class StatusAnswer(models.Model):
    """A pre-signed OCSP answer for a certificate as it was from its `of_change` on."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.CASCADE, primary_key=True, related_name="answer"
    )
    der = models.BinaryField()
    of_change = models.DateTimeField()
    next_update = models.DateTimeField(db_index=True)
