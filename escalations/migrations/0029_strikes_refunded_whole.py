"""A strike that says why it was refunded says when."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_working_hours"),
        ("escalations", "0028_second_looks"),
        ("policies", "0006_versions_that_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="strike",
            name="strike_refunded_for_a_reason",
        ),
        migrations.AddConstraint(
            model_name="strike",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refund_why", ""), ("refunded_at__isnull", True)),
                    models.Q(
                        ("refunded_at__gte", models.F("given_at")),
                        ("refunded_at__isnull", False),
                        models.Q(("refund_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="strike_refunded_for_a_reason",
            ),
        ),
    ]
