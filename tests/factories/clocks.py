"""Plans and cases with running clocks for tests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from escalations.lifecycle import Metric
from escalations.models import Case, SlaPlan, SlaPlanVersion, SlaTarget
from escalations.operations import clocks, ordering
from escalations.selectors import sla_plans
from oncall.models import Calendar, CalendarVersion
from oncall.operations.calendars import ALWAYS
from tests.factories.cases import make_case
from tests.factories.people import NOON

_number = itertools.count(1)
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def make_calendar(rules: Mapping[str, Any], *, at: datetime = NOON) -> Calendar:
    calendar = Calendar.objects.create(key=f"calendar-{next(_number)}", name="Office", created_at=at)
    CalendarVersion.objects.create(calendar=calendar, number=1, rules=dict(rules), reason="Test", published_at=at)
    return calendar


def make_plan(
    targets: Mapping[str, int],
    *,
    calendar: Calendar | None = None,
    warn_percent: Sequence[int] = (),
    pause_reasons: Sequence[str] = ("submitter",),
    at: datetime = NOON,
    condition: str = "",
    position: int = 0,
    **target: Any,
) -> SlaPlanVersion:
    """A plan in front of all others: seconds by metric letter, or by letter and severity ("R1").

    With a `condition` the others stay behind it; `target` sets further fields of every target.
    """
    if not condition:
        SlaPlan.objects.update(is_active=False)
    SlaPlan.objects.filter(is_active=True, position__gte=position).update(position=F("position") + 1)
    plan = SlaPlan.objects.create(name=f"Plan {next(_number)}", position=position)
    version = SlaPlanVersion.objects.create(plan=plan, number=1, published_at=at, condition=condition)
    calendar = calendar or Calendar.objects.get(key=ALWAYS)
    for key, seconds in targets.items():
        SlaTarget.objects.create(
            version=version,
            metric=key[0],
            severity=int(key[1:]) if key[1:] else None,
            seconds=seconds,
            calendar=calendar,
            warn_percent=list(warn_percent),
            pause_reasons=list(pause_reasons) if key[0] == Metric.RESOLVE else [],
            **target,
        )
    sla_plans.forget()
    return version


def make_case_with_clocks(*, at: datetime = NOON, **fields: Any) -> Case:
    """A case whose clocks started at `at`, placed in the order."""
    case = make_case(at=at, **fields)
    clocks.start_for_case(case, at=at)
    case.save(update_fields=ordering.FIELDS)
    return case
