"""The slot that a job waits for, and the slots that were run, each once (reliability.md R20)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_outbox_lanes"),
    ]

    operations = [
        migrations.AddField(
            model_name="schedule",
            name="slot_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="ScheduleRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64)),
                ("slot_at", models.DateTimeField()),
                ("ran_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "slot_at"), name="schedule_slot_runs_once"),
                ],
            },
        ),
    ]
