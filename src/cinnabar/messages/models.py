"""Rows of the outbox and of the demo's tray."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cinnabar.messages.kinds import CHANNELS, Kind, State

# Plain texts, so that the migrations stand on nothing that may change.
_CODE = Kind.CODE.value
_WAITING, _SENDING, _DEAD = State.WAITING.value, State.SENDING.value, State.DEAD.value
_LEFT = (State.SENT.value, State.DELIVERED.value)
_CLOSED = (*_LEFT, State.FAILED.value, State.EXPIRED.value)


class Outbox(models.Model):
    """A message on its way to a customer, written with the fact it tells (law 7).

    `to_sealed` and `facts_sealed` open only with the vault and only for this `id`. The facts are
    erased as soon as the message has left, failed or expired; a dead notice keeps them, so that
    an operator can send it again.
    """

    id = models.CharField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=32)
    channel = models.CharField(max_length=8)
    customer_id = models.BigIntegerField()
    subject = models.CharField(max_length=16)
    language = models.CharField(max_length=16)
    to_sealed = models.BinaryField()
    facts_sealed = models.BinaryField(null=True)
    key = models.CharField(max_length=120, unique=True)
    urgency = models.SmallIntegerField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12)
    claim_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=64)
    attempts = models.IntegerField()
    provider_ref = models.CharField(max_length=120)
    last_error = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """The last guard: what no worker may break, and what a claim is found by."""

        db_table = "messages_outbox"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="outbox_kind"
            ),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="outbox_channel"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="outbox_state"
            ),
            models.CheckConstraint(condition=Q(attempts__gte=0), name="outbox_attempts"),
            models.CheckConstraint(
                condition=Q(state=_SENDING, claim_until__isnull=False)
                | (~Q(state=_SENDING) & Q(claim_until__isnull=True)),
                name="outbox_claimed_while_sending",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(_WAITING, _SENDING)) | Q(facts_sealed__isnull=False),
                name="outbox_facts_while_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_CLOSED) | Q(facts_sealed__isnull=True),
                name="outbox_facts_erased",
            ),
            models.CheckConstraint(
                condition=~Q(kind=_CODE) | Q(expires_at__isnull=False),
                name="outbox_code_expires",
            ),
            models.CheckConstraint(
                condition=~Q(kind=_CODE, state=_DEAD) | Q(facts_sealed__isnull=True),
                name="outbox_dead_code_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_LEFT) | Q(sent_at__isnull=False),
                name="outbox_sent_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "urgency", "not_before"],
                condition=Q(state=_WAITING),
                name="outbox_due",
            ),
            models.Index(
                fields=["channel", "expires_at"],
                condition=Q(state=_WAITING, expires_at__isnull=False),
                name="outbox_deadlines",
            ),
            models.Index(fields=["claim_until"], condition=Q(state=_SENDING), name="outbox_leases"),
            models.Index(fields=["channel"], condition=Q(state=_DEAD), name="outbox_dead"),
            models.Index(fields=["customer_id", "created_at"], name="outbox_customer"),
            models.Index(fields=["created_at"], name="outbox_age"),
        ]


class Tray(models.Model):
    """A letter in the demo's letter box; written by no channel but the tray's."""

    message_id = models.CharField(max_length=32, unique=True)
    channel = models.CharField(max_length=8)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    picture = models.BinaryField(null=True)
    sent_at = models.DateTimeField()

    class Meta:
        """Read newest first."""

        db_table = "messages_tray"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="tray_channel")
        ]
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="tray_newest")]


class VapidKey(models.Model):
    """A key by which push services know this site (RFC 8292); the newest is given to new devices.

    `id` is its public point in base64url, as devices are told it; `sealed` the private scalar;
    `ends_at`, set when another follows, when what is left of its subscriptions is forgotten.
    """

    id = models.CharField(primary_key=True, max_length=88)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)


class PushSubscription(models.Model):
    """Where a customer's app is woken (RFC 8030); endpoint and keys rest sealed.

    `id` is the keyed hash of token and endpoint, `token` the soft token of the app, `key` the VAPID
    key that it was made with.
    """

    id = models.CharField(primary_key=True, max_length=64)
    customer_id = models.BigIntegerField(db_index=True)
    token = models.CharField(max_length=26)
    key = models.ForeignKey(VapidKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
