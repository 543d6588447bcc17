"""A warning is given once for each clock, level and edition of its target, whoever asks."""

from django.db import migrations, models
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    dependencies = [("escalations", "0004_text_search")]
    operations = [
        migrations.AddConstraint(
            model_name="slaclockevent",
            constraint=models.UniqueConstraint(
                models.F("clock"),
                models.F("level"),
                KT("data__edition"),
                condition=models.Q(kind="warn"),
                name="sla_one_warning_per_level_and_edition",
            ),
        ),
    ]
