"""Passkeys, soft tokens, and challenges that were handed in."""

from typing import ClassVar

from django.db import models

from cinnabar.customers.models import Customer


class Passkey(models.Model):
    """A public key whose other half a customer's device holds for this site alone (WebAuthn).

    `mark` is the SHA-256 of `credential`, the name the device gave the key; `public_key` is a
    COSE key (RFC 9052). `count` is the highest count the device has shown, 0 for one that does
    not count. `can_sync` says that the key may be copied by its owner's password manager (BE),
    `synced` that it was (BS), `verified` that the device verified its owner when it was made
    (UV). A stopped one opens nothing any more. One with a `token` is that app's biometrics and
    nothing else (BIO-01).
    """

    id = models.CharField(primary_key=True, max_length=26)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=64, unique=True)
    credential = models.BinaryField()
    public_key = models.BinaryField()
    transports = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=40)
    count = models.BigIntegerField()
    can_sync = models.BooleanField()
    synced = models.BooleanField()
    verified = models.BooleanField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    token = models.ForeignKey(
        "SoftToken", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """A count is a number of 32 bits."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(count__gte=0), name="passkey_count"),
        ]


class Spent(models.Model):
    """A challenge that was handed in, so that none counts twice; `id` is its keyed hash."""

    id = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)


class SoftToken(models.Model):
    """The app of one customer on one device: a key, and a PIN that only the host can check.

    `key_id` is the SHA-256 of `public_key`, a P-256 SubjectPublicKeyInfo; `device` is the root of
    the device's series. `sealed` is what its PIN gives, K_otp of docs/flows/soft-token-pin.md,
    null before a PIN was set and once it is wiped. `factor`: it counts as a second factor; one
    that does not holds nothing but a mobile certificate's key. `wrong` counts the tries at PIN
    and code in a row that were not right, each from before it is compared; `failed` those of them
    that were found wrong. `last_step` is the latest step of an offline code that was taken (RFC
    6238, section 5.2). `why` says why it is suspended, locked or cleared, `biometrics_why`
    likewise.
    """

    PENDING, ACTIVE, SUSPENDED = "pending", "active", "suspended"
    LOCKED, CLEARED = "locked", "cleared"
    STATES = (PENDING, ACTIVE, SUSPENDED, LOCKED, CLEARED)
    NONE, ON = "", "on"

    id = models.CharField(primary_key=True, max_length=26)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    key_id = models.CharField(max_length=64, unique=True)
    public_key = models.BinaryField()
    device = models.CharField(max_length=64)
    agent = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12)
    why = models.CharField(max_length=16, blank=True)
    factor = models.BooleanField()
    sealed = models.BinaryField(null=True)
    wrong = models.PositiveSmallIntegerField(db_default=0)
    failed = models.PositiveSmallIntegerField(db_default=0)
    last_step = models.BigIntegerField(db_default=0)
    biometrics = models.CharField(max_length=12, blank=True, db_default="")
    biometrics_why = models.CharField(max_length=16, blank=True, db_default="")
    made_at = models.DateTimeField()
    bound_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """An active one has a PIN; states are few and known."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["pending", "active", "suspended", "locked", "cleared"]
                ),
                name="token_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active")
                | models.Q(sealed__isnull=False, bound_at__isnull=False),
                name="token_active_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["locked", "cleared"])
                | models.Q(sealed__isnull=True, ended_at__isnull=False),
                name="token_ended_is_wiped",
            ),
            models.CheckConstraint(
                condition=models.Q(biometrics__in=["", "on", "suspended"]),
                name="token_biometrics",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer"],
                condition=models.Q(state__in=["pending", "active", "suspended"]),
                name="token_of",
            ),
        ]


class Registration(models.Model):
    """A registration code, good for one app's key alone (TOK-04, incident 3).

    `id` is the keyed hash of what the QR code carries, `typed` of the code that is typed,
    together with the token's name. `tries` counts wrong ones.
    """

    OPEN, USED, DEAD = "open", "used", "dead"

    id = models.CharField(primary_key=True, max_length=64)
    typed = models.CharField(max_length=64, unique=True)
    token = models.ForeignKey(SoftToken, on_delete=models.CASCADE, related_name="+")
    tries = models.PositiveSmallIntegerField(db_default=0)
    state = models.CharField(max_length=4)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """One open code per app."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "used", "dead"]), name="registration_state"
            ),
            models.UniqueConstraint(
                fields=["token"],
                condition=models.Q(state="open"),
                name="registration_open_once",
            ),
        ]


class Approval(models.Model):
    """A question for the app, whether it is the customer who signs in there (TOK-08).

    `number` is what the page shows and the customer types, sealed. `region` and `agent` say where
    and with what the page was opened. `statement` is what the device signed, `signature` that it
    did, `seen` the data it stands for (canonical JSON, the number among them), `assertion` what
    biometrics showed (JSON, "" without): evidence that anybody can check, `soft/evidence.py`.
    `factors` are the names of what the answer proved.
    """

    OPEN, APPROVED, REFUSED = "open", "approved", "refused"
    CANCELLED, DEAD, USED = "cancelled", "dead", "used"

    id = models.CharField(primary_key=True, max_length=26)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    flow = models.CharField(max_length=26)
    purpose = models.CharField(max_length=16)
    number = models.BinaryField(null=True)
    region = models.CharField(max_length=120, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    state = models.CharField(max_length=12)
    token = models.ForeignKey(SoftToken, null=True, on_delete=models.PROTECT, related_name="+")
    factors = models.CharField(max_length=64, blank=True)
    statement = models.TextField(blank=True)
    signature = models.BinaryField(null=True)
    seen = models.TextField(blank=True, db_default="")
    assertion = models.TextField(blank=True, db_default="")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """One open question per flow."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["open", "approved", "refused", "cancelled", "dead", "used"]
                ),
                name="approval_state",
            ),
            models.UniqueConstraint(
                fields=["flow"], condition=models.Q(state="open"), name="approval_open_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-asked_at"], name="approval_of"),
        ]


class Restriction(models.Model):
    """Whoever answered "this was not me" gets no approvals until that is looked into (TOK-08)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    since = models.DateTimeField()
    why = models.CharField(max_length=16)


class Agreement(models.Model):
    """What a customer agreed to when he switched biometrics on, and what was so then (BIO-04).

    `passkey` is the key that was made. `version`, `sha256` and `language` are those of the text.
    `password_at` is when his newest sign-in password was set, `phone` a keyed hash of his number:
    another one of either suspends the key (P227).
    """

    passkey = models.OneToOneField(
        Passkey, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.CharField(max_length=24)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    channel = models.CharField(max_length=8)
    at = models.DateTimeField()
    password_at = models.DateTimeField(null=True)
    phone = models.CharField(max_length=64)


class NewDevice(models.Model):
    """A customer came to the app on a device that was new to him: biometrics elsewhere end (P227).

    Written at the sign-in, which waits for no row of a token; the worker acts on it and takes it
    away. `device` is the root of its series.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    device = models.CharField(max_length=64)
    at = models.DateTimeField()
