from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=8)),
                ("customer_id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=16)),
                ("language", models.CharField(max_length=16)),
                ("to_sealed", models.BinaryField()),
                ("facts_sealed", models.BinaryField(null=True)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("urgency", models.SmallIntegerField()),
                ("not_before", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("state", models.CharField(max_length=12)),
                ("claim_until", models.DateTimeField(null=True)),
                ("claimed_by", models.CharField(max_length=64)),
                ("attempts", models.IntegerField()),
                ("provider_ref", models.CharField(max_length=120)),
                ("last_error", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messages_outbox",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["channel", "urgency", "not_before"],
                        name="outbox_due",
                    ),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("state", "waiting")),
                        fields=["channel", "expires_at"],
                        name="outbox_deadlines",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["claim_until"],
                        name="outbox_leases",
                    ),
                    models.Index(
                        condition=models.Q(("state", "dead")),
                        fields=["channel"],
                        name="outbox_dead",
                    ),
                    models.Index(fields=["customer_id", "created_at"], name="outbox_customer"),
                    models.Index(fields=["created_at"], name="outbox_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["code", "code-notice", "certificate-changed"])
                        ),
                        name="outbox_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ("sms", "email"))), name="outbox_channel"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "waiting",
                                    "sending",
                                    "sent",
                                    "delivered",
                                    "failed",
                                    "expired",
                                    "dead",
                                ],
                            )
                        ),
                        name="outbox_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attempts__gte", 0)), name="outbox_attempts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claim_until__isnull", False), ("state", "sending")),
                            models.Q(
                                models.Q(("state", "sending"), _negated=True),
                                ("claim_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="outbox_claimed_while_sending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("waiting", "sending")), _negated=True),
                            ("facts_sealed__isnull", False),
                            _connector="OR",
                        ),
                        name="outbox_facts_while_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("sent", "delivered", "failed", "expired")),
                                _negated=True,
                            ),
                            ("facts_sealed__isnull", True),
                            _connector="OR",
                        ),
                        name="outbox_facts_erased",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "code"), _negated=True),
                            ("expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="outbox_code_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "code"), ("state", "dead"), _negated=True),
                            ("facts_sealed__isnull", True),
                            _connector="OR",
                        ),
                        name="outbox_dead_code_erased",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("sent", "delivered")), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="outbox_sent_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tray",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(max_length=32, unique=True)),
                ("channel", models.CharField(max_length=8)),
                ("to", models.CharField(max_length=320)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "db_table": "messages_tray",
                "indexes": [models.Index(fields=["sent_at"], name="tray_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ("sms", "email"))), name="tray_channel"
                    )
                ],
            },
        ),
    ]
