"""Clocks of other things than cases: the firing loop warns, breaches and resumes whatever type is registered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from django.apps.registry import Apps
from django.db import connection, models

from audit.models import Event
from escalations import events
from escalations.lifecycle import ClockState, Metric, Severity, TimerState
from escalations.models import Case, SlaClock, SlaTimer
from escalations.models.owners import ClockOwner
from escalations.operations import clock_owners, clocks, timers
from escalations.selectors.clocks import differences
from notifications.models import Notification
from notifications.operations.fan_out import fan_out
from notifications.selectors import texts
from oncall.models import CalendarVersion
from tests.factories.cases import make_case
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-06-02T12:00:00+00:00")
HOUR = timedelta(hours=1)
told: list[tuple[str, list[int]]] = []


class Errand(ClockOwner):
    """Something of a case with a clock of its own, as a consult or an appeal is; only these tests know it."""

    clock_type: ClassVar[str] = "errand"
    organization_id = models.BigIntegerField()  # type: ignore[assignment]  # a plain number: the table has no relations
    case_id = models.BigIntegerField(null=True)
    holder_id = models.BigIntegerField(null=True)
    ref = models.CharField(max_length=16)

    class Meta:
        apps = Apps()
        app_label = "errands"
        db_table = "errands_errand"

    def clock_subject(self) -> models.Model:
        return self if self.case_id is None else Case.objects.get(pk=self.case_id)

    def clock_holder_id(self) -> int | None:
        return self.holder_id


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock_owners, "_TYPES", dict(clock_owners._TYPES))
    clock_owners.register(
        Errand,
        missed=lambda owners, at: told.append(("missed", [owner.pk for owner in owners])),
        moved=lambda owners, at: told.append(("moved", [owner.pk for owner in owners])),
    )
    with connection.schema_editor() as editor:
        editor.create_model(Errand)
    told.clear()
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE errands_errand")


def errand(case: Case | None = None, **given: object) -> Errand:
    case_id = None if case is None else case.pk
    organization_id = (case or make_case()).organization_id
    return Errand.objects.create(organization_id=organization_id, case_id=case_id, ref="ERR-1", **given)


def on_clock(owner: Errand, seconds: int = 3600) -> SlaClock:
    version = CalendarVersion.objects.get(calendar__name="always", number=1)
    clock = clocks.start_on(owner, Metric.CONSULT, seconds=seconds, calendar_version_id=version.pk, at=NOON)
    assert clock is not None
    return clock


def test_its_clock_warns_and_breaches_by_the_same_loop() -> None:
    case = make_case()
    clock = on_clock(errand(case))

    timers.fire_due_timers(at=NOON + timedelta(minutes=50))
    timers.fire_due_timers(at=NOON + 2 * HOUR)

    clock.refresh_from_db()
    assert clock.missed_at == NOON + HOUR
    assert not differences(clock)
    assert told == [("missed", [clock.object_id])]
    warned, breached = Event.objects.filter(kind__startswith="clock.", subject_id=case.pk).order_by("id")
    assert (warned.kind, breached.kind) == (events.CLOCK_WARNED, events.CLOCK_BREACHED)
    assert breached.subject_ref == case.ref
    assert breached.data["of_ref"] == "ERR-1"
    case.refresh_from_db()
    assert not case.is_breached  # the miss is the errand's


def test_cases_and_others_fire_in_one_turn() -> None:
    case = make_case()
    clocks.start_clocks([case], at=NOON)
    clock = on_clock(errand(case))

    timers.fire_due_timers(at=NOON + timedelta(days=30))

    clock.refresh_from_db()
    assert clock.missed_at is not None
    assert SlaClock.objects.filter(object_type="case", object_id=case.pk, missed_at__isnull=False).exists()


def test_a_pause_of_its_clock_ends_by_its_cap() -> None:
    case = make_case(severity=Severity.S2)
    owner = errand(case)
    clock = clocks.start(case, Metric.RESOLVE, at=NOON, on=owner)
    assert clock is not None
    assert clock.object_type == "errand"
    assert [paused.pk for paused in clocks.pause(owner, "submitter", at=NOON)] == [clock.pk]
    capped = SlaTimer.objects.get(object_type="errand", object_id=owner.pk, state=TimerState.ARMED)

    timers.fire_due_timers(at=capped.due_at)
    timers.fire_due_timers(at=NOON + timedelta(days=60))

    clock.refresh_from_db()
    assert clock.state == ClockState.RUNNING
    assert ("moved", [owner.pk]) in told


def test_it_follows_the_severity_of_its_case() -> None:
    case = make_case(severity=Severity.S3)
    owner = errand(case)
    clock = clocks.start(case, Metric.RESOLVE, at=NOON, on=owner)
    assert clock is not None
    before = clock.target_s
    case.severity = Severity.S1

    [changed] = clocks.follow(owner, case, at=NOON + HOUR, by=None, cause="severity")

    assert changed.target_s < before
    assert not differences(changed)


def test_whoever_holds_it_hears_of_the_miss() -> None:
    case = make_case()
    holder = make_user(teams=[case.queue.team])
    on_clock(errand(case, holder_id=holder.pk))
    timers.fire_due_timers(at=NOON + 2 * HOUR)
    event = Event.objects.get(kind=events.CLOCK_BREACHED)

    fan_out(event)

    assert Notification.objects.filter(user=holder, kind=events.CLOCK_BREACHED).exists()
    assert f"{case.ref} · ERR-1" in texts.line(event)


def test_one_without_a_case_is_told_of_itself() -> None:
    owner = errand(None)
    on_clock(owner)

    timers.fire_due_timers(at=NOON + 2 * HOUR)

    event = Event.objects.get(kind=events.CLOCK_BREACHED)
    assert (event.subject_type, event.subject_id) == ("errands.errand", owner.pk)


def test_deadlines_of_its_own_are_armed_and_fire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))
    fired: list[int] = []
    timers.on("errand_end", lambda owner, timer, *, at: fired.append(owner.pk), of=Errand)
    owner = errand(None)
    timers.arm(owner, "errand_end", due_at=NOON)
    timers.arm(owner, "errand_end", due_at=NOON + HOUR)
    assert timers.fire_due_timers(at=NOON) == 0

    assert timers.fire_due_timers(at=NOON + HOUR) == 1

    assert fired == [owner.pk]
    assert timers.armed_of(owner, "errand_end") is None


def test_a_kind_fires_for_its_own_type_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "_HANDLERS", dict(timers._HANDLERS))
    timers.on("errand_end", lambda owner, timer, *, at: None, of=Errand)
    case = make_case()
    timers.arm(case, "errand_end", due_at=NOON)

    for _turn in range(3):
        timers.fire_due_timers(at=NOON)

    timer = SlaTimer.objects.get(object_type="case", object_id=case.pk, kind="errand_end")
    assert timer.state == TimerState.QUARANTINED
    assert "belongs to a Errand" in timer.last_error


def test_timers_of_a_type_nobody_registered_stay_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = on_clock(errand(None))
    monkeypatch.delitem(clock_owners._TYPES, "errand")

    assert timers.fire_due_timers(at=NOON + 2 * HOUR) == 0

    assert SlaTimer.objects.filter(clock=clock, state=TimerState.ARMED).exists()


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        clock_owners.register(Errand)
    with pytest.raises(ValueError, match="registered already"):
        clock_owners.register_free("case")
