"""Find cases by the submitter's reference over organizations: related cases, and pasting one into the palette."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("escalations", "0009_rare_filters")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["external_ref"],
                condition=models.Q(("external_ref", ""), _negated=True),
                name="case_by_external_ref",
            ),
        ),
    ]
