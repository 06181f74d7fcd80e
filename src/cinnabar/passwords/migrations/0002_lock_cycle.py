"""The lock cycle: wrong tries in all, and the one unlock. The version before leaves both alone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns with a default in the database, for whoever does not know them."""

    dependencies: ClassVar = [("passwords", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            "lock", "total", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("lock", "unlocked_at", models.DateTimeField(null=True)),
    ]
