"""The SLA plan every installation starts with: clocks A, F and R around the clock, by severity (ux.md §4)."""

from django.db import migrations
from django.db.models.functions import Now

_M, _H, _D = 60, 3600, 86400
# Seconds for S0 to S4.
_TARGETS = {
    "A": (5 * _M, 15 * _M, 1 * _H, 4 * _H, 24 * _H),
    "F": (15 * _M, 1 * _H, 4 * _H, 12 * _H, 48 * _H),
    "R": (4 * _H, 8 * _H, 24 * _H, 72 * _H, 7 * _D),
}


def _warn_percent(seconds):
    """Shares of the target used at which it is at risk and due now (ux.md SLA-4), rounded to the earlier percent."""
    at_risk_s = max(0.25 * seconds, min(30 * _M, 0.5 * seconds))
    due_now_s = max(0.10 * seconds, min(10 * _M, 0.25 * seconds))
    return [int(100 - 100 * left_s / seconds) for left_s in (at_risk_s, due_now_s)]


def add(apps, schema_editor):
    plan, is_new = apps.get_model("escalations", "SlaPlan").objects.get_or_create(name="Standard")
    if not is_new:
        return
    version = apps.get_model("escalations", "SlaPlanVersion").objects.create(
        plan=plan, number=1, published_at=Now(), note="Set up with the product"
    )
    calendar = apps.get_model("oncall", "Calendar").objects.get(key="always")
    SlaTarget = apps.get_model("escalations", "SlaTarget")
    SlaTarget.objects.bulk_create(
        SlaTarget(
            version=version,
            metric=metric,
            severity=severity,
            seconds=seconds,
            calendar=calendar,
            warn_percent=_warn_percent(seconds),
            pause_reasons=["submitter"] if metric == "R" else [],
        )
        for metric, by_severity in _TARGETS.items()
        for severity, seconds in enumerate(by_severity)
    )


class Migration(migrations.Migration):
    dependencies = [("escalations", "0005_one_warning_per_level"), ("oncall", "0003_around_the_clock")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
