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
                    ("spike", "more came in than usual"),
                    ("handover", "fell between two people"),
                    ("submitter", "waited for the submitter"),
                    ("consult", "waited for a consult"),
                    ("external", "waited for somebody outside"),
                    ("approval", "waited for a second person"),
                    ("tool", "not confirmed by the platform"),
                    ("in_work", "not finished by whoever had it"),
                    ("other", "other"),
                ],
                max_length=12,
            ),
        ),
    ]
