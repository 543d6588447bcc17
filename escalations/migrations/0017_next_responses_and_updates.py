"""The plan every installation starts with also promises next responses (N) and updates (U), and caps its pauses (sla.md §3.5).

A second version of it, where nobody has published one yet: versions never change, and open clocks keep the first.
"""

from django.db import migrations
from django.db.models.functions import Now

_M, _H = 60, 3600
_UPDATES = {0: 30 * _M, 1: 2 * _H}  # S0 and S1 owe news at this pace; the others when somebody promises it (ux.md §4)
_CAP = {"submitter": {"working_days": 5}}


def _warn_percent(seconds):
    """Shares of the target used at which it is at risk and due now (ux.md SLA-4), rounded to the earlier percent."""
    at_risk_s = max(0.25 * seconds, min(30 * _M, 0.5 * seconds))
    due_now_s = max(0.10 * seconds, min(10 * _M, 0.25 * seconds))
    return [int(100 - 100 * left_s / seconds) for left_s in (at_risk_s, due_now_s)]


def add(apps, schema_editor):
    versions = apps.get_model("escalations", "SlaPlanVersion").objects.filter(plan__name="Standard")
    first = versions.order_by("-number").first()
    if first is None or first.number != 1 or first.published_by_id is not None:
        return
    before = list(first.targets.order_by("id"))
    second = versions.create(plan_id=first.plan_id, number=2, published_at=Now(), note="Next responses and updates")
    SlaTarget = apps.get_model("escalations", "SlaTarget")
    rows = []
    for row in before:
        is_capped = row.metric == "R" and "submitter" in row.pause_reasons
        crisis = row.severity == 0  # a crisis does not wait for anybody's answer
        for metric in {"F": ("F", "N")}.get(row.metric, (row.metric,)):
            rows.append(
                SlaTarget(
                    version=second,
                    metric=metric,
                    severity=row.severity,
                    seconds=row.seconds,
                    calendar_id=row.calendar_id,
                    warn_percent=row.warn_percent,
                    pause_reasons=[] if crisis else row.pause_reasons,
                    pause_caps=_CAP if is_capped and not crisis else {},
                )
            )
    for severity, seconds in _UPDATES.items():
        always = before[0].calendar_id
        rows.append(
            SlaTarget(
                version=second,
                metric="U",
                severity=severity,
                seconds=seconds,
                calendar_id=always,
                warn_percent=_warn_percent(seconds),
            )
        )
    SlaTarget.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("escalations", "0016_targets_in_working_days")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
