"""Flows and what has been proved in them."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind


class Flow(models.Model):
    """One attempt at one act by one customer, from its first step to its end.

    `target` is what the act is about and what every proof must be for: the SHA-256 of the
    certificate request, the serial to revoke, export or import, or the account that gets a new
    password. `facts` holds what later steps need. A claim to be somebody whom nobody is has no
    customer: it is a flow like any other and leads nowhere (LCK-03).
    """

    id = models.CharField(primary_key=True, max_length=26)
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=8)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", null=True)
    session = models.CharField(max_length=64)
    target = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        """States are few and known."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in FlowState]), name="flow_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in FlowKind]), name="flow_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "kind"],
                condition=models.Q(state=FlowState.OPEN.value),
                name="flow_open",
            ),
        ]


class Proof(models.Model):
    """Something that was proved in a flow, for one exact target."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=16)
    target = models.CharField(max_length=64)
    at = models.DateTimeField()
    details = models.JSONField(default=dict)

    class Meta:
        """A thing is proved once in a flow."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "kind"], name="proof_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in ProofKind]), name="proof_kind"
            ),
        ]
