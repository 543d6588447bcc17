import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_foundations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("every_s", models.PositiveIntegerField()),
                ("next_at", models.DateTimeField()),
                ("last_run_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="AccessRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=64)),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("subject_ref", models.CharField(blank=True, max_length=64)),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[("person", "Person"), ("key", "Service key"), ("system", "System")], max_length=8
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_label", models.CharField(blank=True, max_length=200)),
                ("organization_id", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "-at"], name="access_of_subject"),
                    models.Index(fields=["actor_kind", "actor_id", "-at"], name="access_by_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EngineBeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(max_length=64)),
                ("lane", models.CharField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("engine", "lane"), name="engine_beat_per_lane")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("kind", models.CharField(max_length=64)),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField()),
                ("subject_ref", models.CharField(blank=True, max_length=64)),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[("person", "Person"), ("key", "Service key"), ("system", "System")], max_length=8
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_label", models.CharField(blank=True, max_length=200)),
                ("organization_id", models.BigIntegerField()),
                (
                    "compartments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), blank=True, default=list, size=None
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=64)),
                (
                    "transaction",
                    models.BigIntegerField(
                        db_default=models.Func(function="app_transaction", output_field=models.BigIntegerField())
                    ),
                ),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "id"], name="event_of_subject"),
                    models.Index(fields=["organization_id", "transaction", "id"], name="event_feed"),
                    models.Index(fields=["kind", "-at"], name="event_by_kind"),
                    models.Index(fields=["-at", "-id"], name="event_newest"),
                    models.Index(fields=["actor_kind", "actor_id", "-at"], name="event_by_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listener", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Pending"), ("quarantined", "Quarantined")],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("organization_id", models.BigIntegerField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outbox", to="audit.event"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["next_at", "id"], name="outbox_pending"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("event", "listener"), name="outbox_once_per_listener")],
            },
        ),
    ]
