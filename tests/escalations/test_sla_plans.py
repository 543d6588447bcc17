"""Publishing what is promised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction

from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import Metric
from escalations.models import SlaClock, SlaPlan, SlaTarget
from escalations.operations import clocks
from escalations.operations.sla_plans import TargetInput, publish_plan_version
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import NOON, internal_organization, make_user

pytestmark = pytest.mark.django_db
TARGETS = (
    TargetInput("A", None, 1800, "always", (50,)),
    TargetInput("F", None, 7200, "always"),
    TargetInput("R", None, 36000, "always", (75, 90), ("submitter",)),
)


def publish(*targets: TargetInput, **changes: Any) -> Any:
    internal_organization()
    plan = SlaPlan.objects.get(name="Standard")
    values: dict[str, Any] = {"plan_id": plan.pk, "note": "Agreed with vendors", "by": None, "at": NOON}
    return publish_plan_version(targets=targets or TARGETS, **(values | changes))


def test_new_cases_use_a_new_version_and_open_clocks_keep_theirs(
    django_capture_on_commit_callbacks: Any,
) -> None:
    before = make_case_with_clocks(severity=2)
    with django_capture_on_commit_callbacks(execute=True):
        version = publish()
    after = make_case_with_clocks(severity=2)

    assert version.number == 3
    assert SlaClock.objects.get(object_id=after.pk, metric="A").target_s == 1800
    before.severity = 1
    clocks.retarget(before, at=NOON, by=None, cause="severity")
    assert SlaClock.objects.get(object_id=before.pk, metric="A").target_s == 900  # S1 of its own version
    assert Event.objects.get(kind=events.SLA_PLAN_PUBLISHED).data["version"] == 3


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"metric": "L"}, "/targets/0/metric"),
        ({"severity": 7}, "/targets/0/severity"),
        ({"seconds": 0}, "/targets/0/seconds"),
        ({"seconds": -5}, "/targets/0/seconds"),
        ({"seconds": 60_000_000_000}, "/targets/0/seconds"),
        ({"calendar_key": "mars"}, "/targets/0/calendar"),
        ({"warn_percent": (0,)}, "/targets/0/warn_percent"),
        ({"pause_reasons": ("lunch",)}, "/targets/0/pause_reasons"),
        ({"pause_reasons": ("submitter",)}, "/targets/0/pause_reasons"),
        ({"severity": 3}, "/targets"),
    ],
)
def test_a_target_that_cannot_be_promised_is_refused(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        publish(replace(TARGETS[0], **change), *TARGETS[1:])

    assert pointer in [problem.pointer for problem in caught.value.errors]


def test_two_targets_for_one_severity_are_refused() -> None:
    with pytest.raises(Invalid, match="already has a target"):
        publish(*TARGETS, TARGETS[0])


def test_a_change_says_why_and_is_an_administrators() -> None:
    with pytest.raises(Invalid, match="Say why"):
        publish(note=" ")
    with pytest.raises(NotPermitted):
        publish(by=make_user(roles=[Role.LEAD]))

    assert publish(by=make_user(roles=[Role.ADMIN])).published_by is not None


def test_published_targets_never_change() -> None:
    target = SlaTarget.objects.filter(metric=Metric.RESOLVE).first()

    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        SlaTarget.objects.filter(pk=target.pk).update(seconds=60)  # type: ignore[union-attr]
