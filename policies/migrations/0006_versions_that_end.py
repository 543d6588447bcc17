"""Which versions in force have an end that may have come? Asked by every engine at every turn."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("policies", "0005_guards_of_the_new_life")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX policy_version_to_end ON policies_policyversion (upper(effective))"
            " WHERE state = 'effective' AND NOT upper_inf(effective)",
            "DROP INDEX policy_version_to_end",
        ),
    ]
