from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("login", "0003_sessions_and_devices"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="ended_why",
            field=models.CharField(blank=True, db_default="", max_length=16),
        ),
    ]
