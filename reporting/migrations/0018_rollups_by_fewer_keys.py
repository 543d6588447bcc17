import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows of one family each, by fewer keys. What was counted before has another shape, so every day is counted again by itself."""

    dependencies = [
        ("accounts", "0004_working_hours"),
        ("reporting", "0017_breached_by_its_clocks"),
    ]

    operations = [
        migrations.AddField("rollup", "family", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("rollup", "keys", models.CharField(db_default="n", max_length=1)),
        migrations.AddField(
            "rollup",
            "buckets",
            django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), null=True, size=None),
        ),
        migrations.AlterField(
            "rollup",
            "organization",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField("rollupday", "facts", models.PositiveIntegerField(db_default=0)),
        migrations.AlterField("rollup", "queue_id", models.BigIntegerField(null=True)),
    ]
