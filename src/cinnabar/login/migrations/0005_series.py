"""A device's series ends, and its secret is seen again or not."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns that rows of the version before it need not have."""

    dependencies: ClassVar = [("login", "0004_why_sessions_end")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="device", name="seen", field=models.BooleanField(db_default=False)
        ),
        migrations.AddField(
            model_name="device", name="ended_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="device",
            name="root",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
