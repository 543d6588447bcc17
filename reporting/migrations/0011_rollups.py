import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from core.rls import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_working_hours"),
        ("reporting", "0010_vendor_weeks"),
    ]

    operations = [
        migrations.CreateModel(
            name="RollupDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("is_clean", models.BooleanField()),
                ("shape", models.CharField(max_length=16)),
                ("built_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grain", models.CharField(choices=[("h", "Hour"), ("d", "Day")], max_length=1)),
                ("start_at", models.DateTimeField()),
                ("queue_id", models.BigIntegerField()),
                ("team_id", models.BigIntegerField(null=True)),
                (
                    "compartments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), default=list, size=None
                    ),
                ),
                ("dim", models.CharField(blank=True, max_length=10)),
                ("value", models.CharField(blank=True, max_length=40)),
                ("counts", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["grain", "dim", "start_at"], name="rollup_by_time")],
            },
        ),
        TenantTable("reporting_rollup", compartments=True),
        migrations.AddIndex(
            model_name="casefact",
            index=models.Index(
                fields=["last_closed_at"],
                condition=models.Q(last_closed_at__isnull=False),
                name="case_fact_by_last_close",
            ),
        ),
    ]
