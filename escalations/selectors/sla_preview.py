"""What an edit would do to the clocks that run now, before anybody publishes it: "clocks that would change: 214" (ux.md ADM-3).

The comparison is a pure function of a clock's life and the draft; `operations.sla_apply` then does the same for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Compartment, User
from escalations.clock_life import UNSETTLED, Fact, Life, SpecOf
from escalations.lifecycle import ClockState, Metric, Severity
from escalations.models import Case, SlaClock, SlaPlan
from escalations.operations.routing import as_internal
from escalations.operations.sla_plans import TargetInput
from escalations.selectors.clocks import TargetFacts, lives_of, retarget_data, target_facts
from oncall.business_time import CalendarSpec
from oncall.models import Calendar
from oncall.selectors.calendars import spec_of, version_in_force

MOST = 5_000
SHOWN = 50
_DRAFT = 0  # no published version has this id


@dataclass(frozen=True)
class Move:
    """One clock before and after. `becomes` is missed (by the edit itself), timely (overdue before, not after), cancelled, or ""."""

    clock_id: int
    case_id: int
    metric: Metric
    due_before: datetime | None
    due_after: datetime | None
    becomes: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Preview:
    """What an edit would do to open clocks. `is_partial`: there are more than were looked at.

    `rows` are the first moves, of cases the viewer may see; the figures are of all.
    """

    looked_at: int
    moved: int
    become_missed: int
    become_timely: int
    cancelled: int
    is_partial: bool
    rows: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Draft:
    """The target and calendar version a clock would have; `specs` knows the draft's calendar rules."""

    facts: TargetFacts
    calendar_version_id: int
    specs: SpecOf = field(default=spec_of)


DraftOf = Callable[[SlaClock, int], Draft | None]
"""The draft for a clock whose case has this severity."""


def compare(clock: SlaClock, life: Life, draft: Draft | None, *, at: datetime) -> Move | None:
    """What a draft does to one open clock from `at` (aware UTC) on; None for nothing. A draft of None takes its promise away.

    Start and use are kept, each stretch is judged by the calendar it passed under, what was missed stays missed. Pure.
    """
    metric = Metric(clock.metric)
    if draft is None:
        return Move(clock.pk, clock.object_id, metric, clock.due_at, None, "cancelled")
    ran_out_at = life.breach_at()
    if clock.state == ClockState.RUNNING and life.missed_at is None and ran_out_at is not None and ran_out_at < at:
        life = Life([*life.facts, Fact("breach", ran_out_at)], draft.specs)  # missed before the edit, noticed or not
    after = after_edit(clock, life, draft, at=at)
    before_due, after_due = life.due_at(), after.due_at()
    if (before_due, life.breach_at()) == (after_due, after.breach_at()):
        return None
    becomes = ""
    breach_at = after.breach_at()
    if life.missed_at is None and breach_at is not None and breach_at < at and not after.is_paused:
        becomes = "missed"
    elif before_due is not None and before_due < at and (after_due is None or after_due >= at):
        becomes = "timely"
    return Move(clock.pk, clock.object_id, metric, before_due, after_due, becomes)


def after_edit(clock: SlaClock, life: Life, draft: Draft, *, at: datetime) -> Life:
    """The life of a clock that gets the draft's target and calendar at `at` (aware UTC). Pure."""
    data = retarget_data(
        clock, life, draft.facts, draft.calendar_version_id, at=at, target_id=clock.target_id, specs=draft.specs
    )
    facts = list(life.facts)
    if life.is_paused and life.paused_reason not in draft.facts.pause_reasons:
        facts.append(Fact("resume", at))
    return Life([*facts, Fact("retarget", at, data=data)], draft.specs)


# -- Over all open clocks ----------------------------------------------------------------------------------------------
def preview_calendar(
    calendar: Calendar, spec: CalendarSpec, *, viewer: User, at: datetime, most: int = MOST
) -> Preview:
    """What new rules of a calendar would do to the open clocks that run on it, if they were applied to them at `at`."""
    rows = open_clocks().filter(calendar_version__calendar=calendar)

    def specs(version_id: int) -> CalendarSpec:
        return spec if version_id == _DRAFT else spec_of(version_id)

    def draft_of(clock: SlaClock, _severity: int) -> Draft | None:
        return Draft(target_facts(clock.target_id), _DRAFT, specs)

    return _preview(rows, draft_of, viewer=viewer, at=at, most=most)


def preview_plan(
    plan: SlaPlan, targets: Sequence[TargetInput], *, viewer: User, at: datetime, most: int = MOST
) -> Preview:
    """What new targets of a plan would do to the open clocks that stand on it, if they were applied to them at `at`.

    Cases that the new condition would no longer take are not looked at: they change plans with their next change of a fact.
    """
    rows = open_clocks().filter(target__version__plan=plan)
    versions = {key: version_in_force(key) for key in {target.calendar_key for target in targets}}
    by_key: Mapping[tuple[str, int | None], TargetInput] = {
        (target.metric, target.severity): target for target in targets
    }

    def draft_of(clock: SlaClock, severity: int) -> Draft | None:
        target = by_key.get((clock.metric, severity)) or by_key.get((clock.metric, None))
        if target is None:
            return None
        before, version = target_facts(clock.target_id), versions[target.calendar_key]
        facts = TargetFacts(
            0,
            version.calendar_id,
            target.seconds,
            tuple(sorted(target.warn_percent)),
            frozenset(target.pause_reasons),
            plan_id=plan.pk,
            working_days=target.working_days,
            grace_s=before.grace_s if target.grace_s is None and target.keeps_grace else target.grace_s,
        )
        if (facts.seconds, facts.working_days, facts.calendar_id, facts.pause_reasons) == (
            before.seconds,
            before.working_days,
            before.calendar_id,
            before.pause_reasons,
        ):
            return Draft(before, clock.calendar_version_id)
        same_calendar = facts.calendar_id == before.calendar_id
        return Draft(facts, clock.calendar_version_id if same_calendar else version.pk)

    return _preview(rows, draft_of, viewer=viewer, at=at, most=most)


def open_clocks() -> QuerySet[SlaClock]:
    """Open clocks of cases that belong to a plan: a legal deadline or a promise for one case alone is never edited."""
    rows = SlaClock.objects.filter(object_type=Case.clock_type, state__in=UNSETTLED, target__isnull=False)
    return rows.exclude(metric=Metric.LEGAL)


def _preview(rows: QuerySet[SlaClock], draft_of: DraftOf, *, viewer: User, at: datetime, most: int) -> Preview:
    moves: list[Move] = []
    looked_at = 0
    # Restricted cases count as well; only their rows stay hidden.
    with transaction.atomic(), as_internal(viewer.organization_id, list(Compartment.values)):
        for page in _pages(rows, most=most + 1):
            level = Coalesce("severity_promised", "severity")
            severities = dict(Case.objects.filter(pk__in=[c.object_id for c in page]).values_list("pk", level))
            lives = lives_of(page)
            for clock in page:
                looked_at += 1
                if looked_at > most:
                    break
                draft = draft_of(clock, severities.get(clock.object_id, Severity.S4))
                move = compare(clock, lives[clock.pk], draft, at=at)
                moves += [move] if move is not None else []
    moves.sort(key=lambda move: (move.becomes == "", move.due_after is None, move.due_after or at, move.clock_id))
    return Preview(
        looked_at=min(looked_at, most),
        moved=len(moves),
        become_missed=sum(move.becomes == "missed" for move in moves),
        become_timely=sum(move.becomes == "timely" for move in moves),
        cancelled=sum(move.becomes == "cancelled" for move in moves),
        is_partial=looked_at > most,
        rows=_shown(moves, viewer),
    )


def _pages(rows: QuerySet[SlaClock], *, most: int, size: int = 1000) -> Iterator[list[SlaClock]]:
    last, taken = 0, 0
    while taken < most:
        page = list(rows.filter(pk__gt=last).order_by("pk")[: min(size, most - taken)])
        if not page:
            return
        yield page
        last, taken = page[-1].pk, taken + len(page)


def _shown(moves: Sequence[Move], viewer: User) -> tuple[Move, ...]:
    """The first moves of cases the viewer may see, with their references."""
    first = moves[: SHOWN * 4]
    visible = Case.objects.visible_to(viewer).filter(pk__in=[move.case_id for move in first])
    refs = dict(visible.values_list("pk", "ref"))
    found = [move for move in first if move.case_id in refs][:SHOWN]
    return tuple(replace(move, ref=refs[move.case_id]) for move in found)
