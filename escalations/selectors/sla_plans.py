"""Which targets apply: the plans in force, kept per process and checked for news at most once a second.

New cases use a published version at once in the process that published it and within a second in all others; running
clocks keep what they have. A case takes the first active plan, by position, whose condition (filter language) it matches.
Conditions on a case's own columns are answered here; others by the database, one query a plan whatever the number of cases.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.filters.errors import Problem
from core.filters.parser import parse
from core.filters.tree import Term, Word, walk
from escalations.filters.compiling import compile_filter
from escalations.filters.fields import CASES
from escalations.filters.rules import rule_problems
from escalations.lifecycle import Metric
from escalations.models import Case, SlaPlanVersion, SlaTarget
from escalations.operations.routing import PLAIN_ONCE_PLACED, as_internal, holds, plain_condition
from oncall.business_time import CalendarSpec, breach_at, due_at, next_open, working_days
from oncall.models import CalendarVersion
from oncall.operations.calendars import ALWAYS
from oncall.selectors.calendars import spec_of, version_in_force

_FRESH_S = 1.0


@dataclass(frozen=True)
class Target:
    """A promise of a plan version with the calendar version in force for it: `seconds` of open time, or `working_days`."""

    id: int
    metric: Metric
    severity: int | None
    seconds: int
    calendar_version_id: int
    warn_percent: tuple[int, ...]
    pause_reasons: frozenset[str]
    working_days: int = 0
    pause_caps: Mapping[str, Any] = field(default_factory=dict)
    is_fresh_on_reopen: bool = False
    grace_s: int | None = None

    @property
    def calendar(self) -> CalendarSpec:
        return spec_of(self.calendar_version_id)


@dataclass(frozen=True)
class Plan:
    """One plan version in force. `plain` is its condition where the case's own columns answer it, None where the database must."""

    version_id: int
    name: str
    number: int
    condition: str
    targets: Mapping[tuple[Metric, int | None], Target]
    plan_id: int = 0
    plain: Q | None = None
    keeps_when_submitter_raises: bool = False

    def takes(self, case: Case) -> bool | None:
        """Whether the condition holds for a case, written or not; None where only the database can say."""
        if not self.condition:
            return True
        return None if self.plain is None else holds(self.plain, case)

    def target_for(self, metric: Metric, severity: int) -> Target | None:
        """The severity's own target, or the one for any severity."""
        return self.targets.get((metric, severity)) or self.targets.get((metric, None))


@dataclass(frozen=True)
class PlanBook:
    """All plans in force in their order, and the 24/7 calendar of legal deadlines."""

    stamp: str
    plans: tuple[Plan, ...]
    calendars: Mapping[int, int]  # the version in force of each calendar, by ids
    always_version_id: int

    def plan_for_any(self) -> Plan | None:
        """The first plan without a condition: what a case gets that no other plan claims."""
        return next((plan for plan in self.plans if not plan.condition), None)

    def choose(self, case: Case) -> tuple[Plan | None, bool]:
        """The plan of a case and whether that is sure; where it is not, `choose_stored` says once the case is written."""
        for plan in self.plans:
            answer = plan.takes(case)
            if answer is None:
                return self.plan_for_any(), False
            if answer:
                return plan, True
        return None, True


def choose_stored(cases: Iterable[Case], book: PlanBook, *, at: datetime) -> dict[int, Plan | None]:
    """The plan of each case by id, for cases that are in the database (also uncommitted, in the caller's transaction).

    `at` is aware UTC. At most one query a conditional plan, whatever the number of cases.
    """
    rows = {case.pk: case for case in cases}
    found: dict[int, Plan | None] = dict.fromkeys(rows)
    left = dict(rows)
    for plan in book.plans:
        if not left:
            break
        answers = {pk: plan.takes(case) for pk, case in left.items()}
        unsure = [pk for pk, answer in answers.items() if answer is None]
        taken = {pk for pk, answer in answers.items() if answer}
        if unsure:
            taken |= matching(plan.condition, [left[pk] for pk in unsure], at=at)
        for pk in taken:
            found[pk] = plan
            del left[pk]
    return found


def matching(condition: str, cases: Sequence[Case], *, at: datetime) -> set[int]:
    """The ids of those cases that match a plan's condition, as the system reads it (days and dates in UTC). One query.

    Conditions read what a submitter may not (queues, tags), so for this question the transaction is the system's.
    """
    labels = sorted({label for case in cases for label in case.compartments})
    with transaction.atomic(), as_internal(cases[0].organization_id, labels):
        compiled = compile_filter(condition, viewer=None, at=at, is_for_one_row=True)
        if not compiled.is_valid:
            return set()
        ids = [case.pk for case in cases]
        return set(Case.objects.filter(pk__in=ids).filter(compiled.q).values_list("pk", flat=True))


class _Kept:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.book: PlanBook | None = None
        self.checked = 0.0


_kept = _Kept()

# Whatever makes another answer right: a version of a plan or calendar, a plan's place, a plan switched off, a queue's name.
_STAMP = """
SELECT concat_ws('/', (SELECT max(id) FROM escalations_slaplanversion), (SELECT max(id) FROM oncall_calendarversion),
  (SELECT string_agg(id::text || ':' || position::text || is_active::text, ',' ORDER BY id) FROM escalations_slaplan),
  (SELECT md5(string_agg(id::text || slug || name || coalesce(team_id, 0), ',' ORDER BY id)) FROM escalations_queue))
"""


def plans_in_force() -> PlanBook:
    """The plans that apply to cases now. One small query a second at most, five after a change."""
    now = time.monotonic()
    book = _kept.book
    if book is not None and now - _kept.checked < _FRESH_S:
        return book
    with _kept.lock:
        with connection.cursor() as cursor:
            cursor.execute(_STAMP)
            stamp = str(cursor.fetchone()[0])
        if _kept.book is None or _kept.book.stamp != stamp:
            _kept.book = _read(stamp)
        _kept.checked = now
        return _kept.book


# What a plan may ask of a case: what it is and where it came from. Never what its own clocks or the work on it change by
# themselves, or a clock could end its own promise, or wait to start for what stops it (sla.md §3.5).
CONDITION_FIELDS = frozenset(
    [
        "is",
        "queue",
        "level",
        "sev",
        "team",
        "hub",
        "vendor",
        "from",
        "platform",
        "submitter",
        "surface",
        "harm",
        "acct",
        "ad",
        "url",
        "hash",
        "reach",
        "spend",
        "clause",
        "lang",
        "market",
        "cluster",
        "tag",
        "graphic",
        "media",
        "has",
        "ref",
        "created",
    ]
)
LONGEST_CONDITION = 512
CONDITION_FLAGS = frozenset({"highprofile", "sandbox", "cluster", "reopened", "held"})


def condition_problems(text: str, *, at: datetime) -> tuple[Problem, ...]:
    """What keeps a text from being a plan's condition; empty for none. `at` is aware UTC."""
    if not text.strip():
        return ()
    found = list(rule_problems(text, at=at))
    if len(text) > LONGEST_CONDITION:
        found.append(Problem(0, len(text), "too_long", _("a condition has at most 512 characters"), None))
    if found:
        return tuple(found)
    for leaf in walk(parse(text).root):
        entry = CASES.find(leaf.field) if isinstance(leaf, Term) else None
        if entry is None or not isinstance(leaf, Term):
            continue
        flags = (
            {value.text.lower() for value in leaf.values if isinstance(value, Word)} if entry.name == "is" else set()
        )
        if entry.name not in CONDITION_FIELDS or flags - CONDITION_FLAGS:
            start, end = leaf.span
            sentence = _("the work on a case changes this, so no plan can depend on it")
            found.append(Problem(start, end - start, "moves_by_itself", sentence, None))
    return tuple(found)


# -- The tester --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Promised:
    """What a target promises a clock that starts at a given instant (aware UTC); None: out of reach within 400 days."""

    metric: Metric
    due_at: datetime | None
    breach_at: datetime | None


@dataclass(frozen=True)
class Tried:
    """A plan that was asked about a case: `takes` is its answer, None where an earlier plan had already taken the case."""

    plan: Plan
    takes: bool | None


@dataclass(frozen=True)
class Tested:
    """Which plan a case gets and why: the plans in their order, and what the one that takes it promises."""

    tried: tuple[Tried, ...]
    plan: Plan | None
    promised: tuple[Promised, ...]


def try_case(case: Case, *, start: datetime, at: datetime, severity: int | None = None) -> Tested:
    """The tester: which plan takes a written case now, and when each of its clocks would be due if it started at `start`.

    `start` and `at` are aware UTC; `severity` the case's own unless given. Writes nothing.
    """
    book = plans_in_force()
    tried: list[Tried] = []
    chosen: Plan | None = None
    for plan in book.plans:
        if chosen is not None:
            tried.append(Tried(plan, None))
            continue
        answer = plan.takes(case)
        takes = bool(matching(plan.condition, [case], at=at)) if answer is None else answer
        tried.append(Tried(plan, takes))
        chosen = plan if takes else None
    level = case.clock_severity if severity is None else severity
    found = [] if chosen is None else [(metric, chosen.target_for(metric, level)) for metric in Metric]
    promised = tuple(
        _promised(metric, target.seconds, target.working_days, target.calendar, start)
        for metric, target in found
        if target is not None
    )
    return Tested(tuple(tried), chosen, promised)


def due_of_target(target: SlaTarget, start: datetime) -> Promised:
    """When a clock of a published or drafted target would be due if it started at `start` (aware UTC), by the calendar in force."""
    spec = spec_of(version_in_force(target.calendar.key).pk)
    return _promised(Metric(target.metric), target.seconds, target.working_days, spec, start)


def _promised(metric: Metric, seconds: int, days: int, spec: CalendarSpec, start: datetime) -> Promised:
    if not days:
        return Promised(metric, due_at(spec, start, seconds), breach_at(spec, start, seconds))
    due = working_days(spec, start, days)
    return Promised(metric, due, None if due is None else next_open(spec, due))


def forget() -> None:
    """Look again at the next question: after publishing, and between tests."""
    _kept.book = None


def _read(stamp: str) -> PlanBook:
    calendars: dict[int, int] = {}
    always = 0
    versions = CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id")
    for version_id, calendar_id, key in versions.values_list("id", "calendar_id", "calendar__key"):
        calendars[calendar_id] = version_id
        if key == ALWAYS:
            always = version_id
    newest = (
        SlaPlanVersion.objects.filter(plan__is_active=True)
        .select_related("plan")
        .prefetch_related("targets")
        .order_by("plan_id", "-number")
        .distinct("plan_id")
    )
    plans = [
        Plan(
            version_id=version.pk,
            name=version.plan.name,
            number=version.number,
            condition=version.condition,
            targets={(Metric(t.metric), t.severity): _target(t, calendars) for t in version.targets.all()},
            plan_id=version.plan_id,
            plain=_plain(version),
            keeps_when_submitter_raises=version.keeps_when_submitter_raises,
        )
        for version in sorted(newest, key=lambda version: (version.plan.position, version.plan_id))
    ]
    return PlanBook(stamp=stamp, plans=tuple(plans), calendars=calendars, always_version_id=always)


def _plain(version: SlaPlanVersion) -> Q | None:
    if not version.condition:
        return None
    return plain_condition(version.condition, at=version.published_at, columns=PLAIN_ONCE_PLACED)


def _target(row: SlaTarget, calendars: Mapping[int, int]) -> Target:
    return Target(
        id=row.pk,
        metric=Metric(row.metric),
        severity=row.severity,
        seconds=row.seconds,
        calendar_version_id=calendars[row.calendar_id],
        warn_percent=tuple(sorted(row.warn_percent)),
        pause_reasons=frozenset(row.pause_reasons),
        working_days=row.working_days,
        pause_caps=row.pause_caps,
        is_fresh_on_reopen=row.reopen == SlaTarget.Reopen.FRESH,
        grace_s=row.grace_s,
    )
