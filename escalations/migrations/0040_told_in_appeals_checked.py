"""Read what stands against the rule that 0039 made, without keeping anybody from writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("escalations", "0039_told_in_appeals")]

    operations = [ValidateConstraint(model_name="enforcementaction", name="enforcement_tells_iff_of_an_appeal")]
