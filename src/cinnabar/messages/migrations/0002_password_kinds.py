"""The kinds of message that tell of passwords."""

from typing import ClassVar

from django.db import migrations, models

from cinnabar.schema import AddWithoutReading


class Migration(migrations.Migration):
    """One constraint made wider."""

    dependencies: ClassVar = [("messages", "0001_initial")]
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
                            "reissue-link",
                            "reissue-impossible",
                            "password-changed",
                            "staff-alert",
                        ],
                    )
                ),
                name="outbox_kind",
            ),
        ),
    ]
