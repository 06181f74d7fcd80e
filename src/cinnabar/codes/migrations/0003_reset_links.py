"""One live reset mail per customer."""

from typing import ClassVar

from django.db import migrations, models

from cinnabar.schema import AddWhileInUse


class Migration(migrations.Migration):
    """No transaction round it: an index is built beside the rows, not under a lock."""

    atomic = False
    dependencies: ClassVar = [("codes", "0002_links")]
    operations: ClassVar = [
        AddWhileInUse(
            model_name="link",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "reset"), ("state", "open")),
                fields=("customer", "purpose"),
                name="link_reset_once",
            ),
        ),
    ]
