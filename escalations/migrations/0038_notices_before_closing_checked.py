"""Read what stands against the two rules that 0037 made, without keeping anybody from writing."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("escalations", "0037_notices_before_closing")]

    operations = [
        ValidateConstraint(model_name="noticedelivery", name="notice_delivery_given_up"),
        ValidateConstraint(model_name="noticedelivery", name="notice_delivery_closed_over_with_a_reason"),
    ]
