"""The kind of message that tells what happened around the sign-in."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models

_without_reading = import_module("cinnabar.messages.migrations.0002_password_kinds")


class Migration(migrations.Migration):
    """One constraint made wider."""

    dependencies: ClassVar = [("messages", "0003_sign_in_code")]
    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="outbox", name="outbox_kind"),
        _without_reading.AddWithoutReading(
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
                            "password-changed",
                            "account-notice",
                            "staff-alert",
                        ],
                    )
                ),
                name="outbox_kind",
            ),
        ),
    ]
