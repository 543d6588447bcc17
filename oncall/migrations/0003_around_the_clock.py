"""The 24/7 calendar every installation has from the start, so that a target always has a calendar to stand on."""

from django.db import migrations
from django.db.models.functions import Now

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add(apps, schema_editor):
    calendar, _ = apps.get_model("oncall", "Calendar").objects.get_or_create(
        key="always", defaults={"name": "Around the clock", "created_at": Now()}
    )
    apps.get_model("oncall", "CalendarVersion").objects.get_or_create(
        calendar_id=calendar.pk,
        number=1,
        defaults={
            "rules": {"zone": "UTC", "weekly": {day: [["00:00", "24:00"]] for day in _WEEK}},
            "reason": "Set up with the product",
            "published_at": Now(),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("oncall", "0002_versions_never_change")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
