"""What a device signs to show that its key works (檢查憑證)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One new table; nothing else changes."""

    dependencies: ClassVar = [("certificates", "0004_copies")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("mark", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
        )
    ]
