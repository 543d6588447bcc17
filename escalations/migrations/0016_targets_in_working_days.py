"""Targets may count working days, cap their pauses, say how a reopened case goes on and how much grace a raise leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0015_holds_asks_templates_alerts")]
    operations = [
        migrations.AddField(
            model_name="slatarget",
            name="working_days",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="slatarget",
            name="pause_caps",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="slatarget",
            name="reopen",
            field=models.CharField(
                choices=[("continue", "Go on with the time used"), ("fresh", "Start afresh")],
                default="continue",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="slatarget",
            name="grace_s",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.RemoveConstraint(model_name="slatarget", name="sla_target_1_min_to_400_days"),
        migrations.AddConstraint(
            model_name="slatarget",
            constraint=models.CheckConstraint(
                condition=models.Q(("seconds__range", (60, 34560000)), ("working_days", 0))
                | models.Q(("seconds", 0), ("working_days__range", (1, 250))),
                name="sla_target_in_seconds_or_working_days",
            ),
        ),
    ]
