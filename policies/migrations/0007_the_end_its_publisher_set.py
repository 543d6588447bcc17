"""A version keeps the end that its publisher set, for when what was to follow it earlier is withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0006_versions_that_end")]
    operations = [
        migrations.AddField("policyversion", "sunset_at", models.DateTimeField(blank=True, null=True)),
    ]
