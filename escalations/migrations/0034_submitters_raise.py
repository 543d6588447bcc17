"""A submitter's later raise may leave the targets as promised (sla.md 3.6, rule 8): the plan says so, the case remembers it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0033_evidence_original_state")]

    operations = [
        migrations.AddField(
            model_name="slaplanversion",
            name="keeps_when_submitter_raises",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="severity_promised",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                choices=[
                    (0, "S0: life at risk, mass impact"),
                    (1, "S1: severe, within hours"),
                    (2, "S2: high"),
                    (3, "S3: moderate"),
                    (4, "S4: low"),
                ],
            ),
        ),
    ]
