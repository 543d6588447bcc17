"""Blocks, signed heads and their copies; the logs learn where their rows lie by transaction."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from core.rls import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(max_length=16)),
                ("number", models.BigIntegerField()),
                ("from_transaction", models.BigIntegerField()),
                ("to_transaction", models.BigIntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("leaves", models.BinaryField()),
                ("root", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
                ("digest", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="LogCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("witness", models.CharField(max_length=300)),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="LogHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(max_length=16)),
                ("block", models.BigIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("site", models.CharField(max_length=200)),
                ("signed_at", models.DateTimeField()),
                ("key", models.CharField(max_length=16)),
                ("signature", models.BinaryField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="accessrecord",
            name="transaction",
            field=models.BigIntegerField(
                db_default=models.Func(function="app_transaction", output_field=models.BigIntegerField())
            ),
        ),
        migrations.AddIndex(
            model_name="accessrecord",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["transaction"], name="access_transaction", pages_per_range=16
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["transaction"], name="event_transaction", pages_per_range=16
            ),
        ),
        migrations.AddConstraint(
            model_name="logblock",
            constraint=models.UniqueConstraint(fields=("log", "number"), name="log_block_once"),
        ),
        migrations.AddConstraint(
            model_name="logblock",
            constraint=models.UniqueConstraint(fields=("log", "from_transaction"), name="log_block_follows_one"),
        ),
        migrations.AddConstraint(
            model_name="logblock",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_transaction__lt", models.F("to_transaction"))), name="log_block_has_a_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="loghead",
            constraint=models.UniqueConstraint(fields=("log", "block"), name="log_head_once"),
        ),
        migrations.AddField(
            model_name="logcopy",
            name="head",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="audit.loghead"
            ),
        ),
        migrations.AddIndex(
            model_name="logcopy",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at", "id"], name="log_copy_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="logcopy",
            constraint=models.UniqueConstraint(fields=("head", "witness"), name="log_copy_once_per_witness"),
        ),
        AppendOnly("audit_logblock"),
        AppendOnly("audit_loghead"),
        # Sealing is the engine's; the log screen reads how far it is.
        migrations.RunSQL(
            "REVOKE INSERT ON audit_logblock, audit_loghead FROM wf_web;"
            " REVOKE INSERT, UPDATE, DELETE ON audit_logcopy FROM wf_web;",
            "GRANT INSERT ON audit_logblock, audit_loghead TO wf_web;"
            " GRANT INSERT, UPDATE, DELETE ON audit_logcopy TO wf_web;",
        ),
    ]
