"""Lists per CA generation and shard, full and delta; the newest list of before is kept."""

from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models import F, Q

from cinnabar.pki.authority import list_name
from cinnabar.pki.crl import read_crl


def keep_the_newest(apps: StateApps, _: object) -> None:
    """Go on serving the list that was published last, until the worker signs the next."""
    before = apps.get_model("certificates", "RevocationList").objects.order_by("-number").first()
    if before is None:
        return
    apps.get_model("certificates", "PublishedCrl").objects.create(
        generation=1,
        shard="",
        delta=False,
        name=_name(bytes(before.der)),
        number=before.number,
        scheduled_at=before.this_update,
        entries=0,
        der=bytes(before.der),
        this_update=before.this_update,
        next_update=before.next_update,
    )


def _name(der: bytes) -> str:
    return list_name(read_crl(der).facts.authority_key.hex())


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_generation"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedCrl",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("generation", models.PositiveSmallIntegerField()),
                ("shard", models.CharField(blank=True, max_length=8)),
                ("delta", models.BooleanField()),
                ("name", models.CharField(max_length=40)),
                ("number", models.BigIntegerField()),
                ("scheduled_at", models.DateTimeField()),
                ("entries", models.IntegerField()),
                ("der", models.BinaryField(null=True)),
                ("this_update", models.DateTimeField()),
                ("next_update", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("generation", "shard", "number"), name="crl_number_once"
                    ),
                    models.UniqueConstraint(
                        fields=("name",), condition=Q(der__isnull=False), name="crl_newest_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(this_update__lt=F("next_update")), name="crl_holds"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                fields=["generation", "shard", "revoked_at"],
                condition=Q(revoked_at__isnull=False),
                name="certificate_revoked",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                fields=["generation", "shard", "not_after"], name="certificate_shard"
            ),
        ),
        migrations.RunPython(keep_the_newest, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="certificate", name="certificate_on_crl"),
        migrations.DeleteModel(name="RevocationList"),
    ]
