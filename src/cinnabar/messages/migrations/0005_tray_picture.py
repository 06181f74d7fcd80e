"""The demo's letter box shows a mail's picture too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messages", "0004_push_and_registration")]

    operations = [
        migrations.AddField(model_name="tray", name="picture", field=models.BinaryField(null=True)),
    ]
