"""Eleven causes of a missed clock in place of five. The facts are written anew by the engine that knows them (`operations.facts.DEFINITIONS`)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0019_rollups_found_by_family")]

    operations = [
        migrations.AddField(
            model_name="factsstate",
            name="definitions",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name="clockfact",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unclaimed", "nobody took it"),
                    ("late_claim", "taken late"),
                    ("spike", "unusual inflow"),
                    ("handover", "handover"),
                    ("submitter", "submitter’s data"),
                    ("consult", "consult wait"),
                    ("external", "waited outside"),
                    ("approval", "second person"),
                    ("tool", "not confirmed"),
                    ("in_work", "not finished"),
                    ("other", "other"),
                ],
                max_length=12,
            ),
        ),
    ]
