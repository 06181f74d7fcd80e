from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tokens", "0003_biometrics"),
    ]

    operations = [
        migrations.AddField(
            model_name="softtoken",
            name="failed",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
    ]
