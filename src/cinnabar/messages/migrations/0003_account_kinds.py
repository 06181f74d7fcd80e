"""The kinds of message of second factors, devices, resets by mail and passwords that end."""

from typing import ClassVar

from django.db import migrations, models

from cinnabar.schema import AddWithoutReading


class Migration(migrations.Migration):
    """One constraint made wider."""

    dependencies: ClassVar = [("messages", "0002_password_kinds")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="outbox", name="outbox_kind"),
        AddWithoutReading(
            model_name="outbox",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "code",
                            "code-notice",
                            "certificate-changed",
                            "pass-code",
                            "sign-in-code",
                            "reissue-link",
                            "reissue-impossible",
                            "reset-link",
                            "reset-impossible",
                            "password-changed",
                            "account-notice",
                            "password-ends",
                            "staff-alert",
                        ],
                    )
                ),
                name="outbox_kind",
            ),
        ),
    ]
