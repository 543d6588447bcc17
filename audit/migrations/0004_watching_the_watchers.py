"""The clock's guard, incidents, maintenance and the canary; what the auditor may write."""

import datetime

import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_log_sealing"),
    ]

    operations = [
        migrations.CreateModel(
            name="CanaryRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(unique=True)),
                ("fired_at", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="enginebeat",
            name="host_ahead_s",
            field=models.FloatField(null=True),
        ),
        migrations.CreateModel(
            name="ClockGuard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("latest_at", models.DateTimeField()),
                ("suspect_until", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="clock_guard_is_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_name", models.CharField(max_length=48)),
                ("subject", models.CharField(blank=True, max_length=64)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("check_name", "subject"),
                        name="incident_one_open_per_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Maintenance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("actor_label", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(seconds=1800))
                                ),
                            ),
                        ),
                        name="maintenance_at_most_30_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="maintenance_has_a_reason"
                    ),
                ],
            },
        ),
        # The auditor only reads, save for what it found and its sign of life.
        migrations.RunSQL(
            "GRANT INSERT, UPDATE ON audit_incident, audit_enginebeat TO wf_audit;"
            " GRANT USAGE ON SEQUENCE audit_incident_id_seq, audit_enginebeat_id_seq TO wf_audit;",
            "REVOKE INSERT, UPDATE ON audit_incident, audit_enginebeat FROM wf_audit;"
            " REVOKE USAGE ON SEQUENCE audit_incident_id_seq, audit_enginebeat_id_seq FROM wf_audit;",
        ),
    ]
