"""One live reset mail per customer."""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class AddWhileInUse(migrations.AddConstraint):
    """Add a unique index without keeping anybody from the table meanwhile."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Build it CONCURRENTLY where the database knows that."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        made = str(self.constraint.create_sql(model, schema_editor))
        found = made.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1)
        schema_editor.execute(found, params=None)


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
