"""Where a new case goes: ordered rules in the filter language, published in versions; nothing is ever unrouted (ux.md FIL-8, ADM-2).

The first rule that matches gives queue, severity floor and skills; what no rule matches waits in the default queue. A rule
that asks only for columns of the case itself is answered here, before the case is written; any other by asking the
database about that one row, inside the transaction that wrote it. Tests hold the two equal.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid
from core.tenancy import ActorKind, bind
from escalations import events
from escalations.filters.compiling import compile_filter
from escalations.filters.rules import implies, match_one, rule_problems
from escalations.lifecycle import Severity
from escalations.models import Case, Queue, RoutingRule, RoutingVersion

MOST_RULES = 200
FIELDS = ["queue", "routed_why", "severity", "severity_why", "required_skills"]

# Changes with every published version and every change of a queue; read inside intake's own look-up: no round trip of its own.
STAMP = """
SELECT concat_ws('/', (SELECT max(id) FROM escalations_routingversion),
  (SELECT md5(string_agg(q::text, ',' ORDER BY q.id)) FROM escalations_queue q))
"""
# Columns that are set before a case is written, and the comparisons that mean the same here and in Postgres.
_PLAIN_COLUMNS = frozenset(
    {
        "surface",
        "platform",
        "harm",
        "suspected_policy",
        "market",
        "language",
        "severity",
        "channel",
        "organization_id",
        "reach",
        "spend",
        "spend_currency",
        "is_sandbox",
        "is_high_profile",
        "graphic_tier",
    }
)
PLAIN_ONCE_PLACED = _PLAIN_COLUMNS | {"queue_id"}  # what a case also knows once a rule has given it its queue
_LOOKUPS = {
    "exact": lambda value, wanted: value == wanted,
    "in": lambda value, wanted: value in wanted,
    "gt": lambda value, wanted: value > wanted,
    "gte": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lte": lambda value, wanted: value <= wanted,
}


@dataclass(frozen=True)
class RuleInput:
    """A rule as written by a person; `queue` is a slug."""

    name: str
    filter_text: str
    queue: str
    severity_floor: int | None = None
    skills: tuple[str, ...] = ()
    is_active: bool = True


@dataclass(frozen=True)
class Rule:
    """A rule in force. `plain` is its condition where the case's own columns answer it, None where the database must."""

    position: int
    name: str
    filter_text: str
    queue_id: int
    severity_floor: int | None
    skills: tuple[str, ...]
    plain: Q | None


@dataclass(frozen=True)
class Book:
    """The queues and the newest version's rules."""

    stamp: str
    version: int
    rules: tuple[Rule, ...]
    default_queue_id: int
    queues: dict[int, Queue]


@dataclass(frozen=True)
class Warned:
    """A rule that will never place a case: `by` is the earlier rule that takes all of its cases, empty for one that names no queue."""

    position: int
    name: str
    by: str


_kept: dict[str, Book] = {}
_lock = threading.Lock()


def book(stamp: str) -> Book:
    """The rules in force, kept per process until `stamp` says that they changed. Makes the default queue if there is none."""
    found = _kept.get("book")
    if found is None or found.stamp != stamp:
        with _lock:
            found = _read(stamp)
            if found.stamp:
                _kept["book"] = found
    return found


def current_book() -> Book:
    """`book` for one who has not read the stamp along with something else. One query more."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return book(str(cursor.fetchone()[0]))


def _read(stamp: str) -> Book:
    default = Queue.objects.filter(is_default=True).first()
    if default is None:
        default, stamp = ensure_default_queue(), ""  # made in a transaction that may still be undone: not kept
    queues = {queue.pk: queue for queue in Queue.objects.all()}
    newest = RoutingVersion.objects.order_by("-number").first()
    rules = () if newest is None else tuple(_rule(row) for row in newest.rules.order_by("position") if row.is_active)
    return Book(stamp, newest.number if newest else 0, rules, default.pk, queues)


def _rule(row: RoutingRule) -> Rule:
    return Rule(
        row.position,
        row.name,
        row.filter_text,
        row.queue_id,
        row.severity_floor,
        tuple(row.skills),
        plain_condition(row.filter_text, at=row.version.published_at),
    )


def ensure_default_queue() -> Queue:
    """The queue for what no rule matches; made when there is none."""
    found = Queue.objects.filter(is_default=True).first()
    if found is None:
        found, _made = Queue.objects.get_or_create(
            is_default=True, defaults={"slug": "general", "name": "General", "outward_name": "General"}
        )
    return found


# -- Placing a case ----------------------------------------------------------------------------------------------------
def place(case: Case, rules: Book) -> bool:
    """Set queue, floor and skills of a case that is not yet written. False where the database must be asked: `route_stored`.

    The case then stands in the default queue, so that it can be written.
    """
    for rule in rules.rules:
        answer = None if rule.plain is None else holds(rule.plain, case)
        if answer is None:
            _apply(case, None, rules)
            return False
        if answer:
            _apply(case, rule, rules)
            return True
    _apply(case, None, rules)
    return True


def route_stored(case: Case, *, at: datetime) -> None:
    """Set queue, floor and skills of a case that is written, by asking the database rule by rule; the caller saves `FIELDS`.

    Rules read what a submitter may not (entities, queues), so for these questions the transaction is the system's.
    """
    rules = current_book()
    with as_internal(case.organization_id):
        matched = next((rule for rule in rules.rules if match_one(case.pk, rule.filter_text, at=at)), None)
    _apply(case, matched, rules)


def _apply(case: Case, rule: Rule | None, rules: Book) -> None:
    queue_id = rules.default_queue_id if rule is None else rule.queue_id
    if rule is not None and not rules.queues[queue_id].is_active:
        queue_id = rules.default_queue_id
    case.queue = rules.queues[queue_id]
    case.required_skills = sorted({*(rule.skills if rule else ()), *rules.queues[queue_id].required_skills})
    if rule is None:
        case.routed_why = {"rule": "", "version": rules.version}
        return
    case.routed_why = {
        "rule": rule.name,
        "position": rule.position,
        "version": rules.version,
        "filter": rule.filter_text,
    }
    if rule.severity_floor is not None and case.severity > rule.severity_floor:
        case.severity = Severity(rule.severity_floor)
        line = {"level": Severity(rule.severity_floor).name, "because": _("a routing rule sets this floor")}
        case.severity_why = [line, *case.severity_why]


@contextmanager
def as_internal(organization_id: int, compartments: Sequence[str] = ()) -> Iterator[None]:
    """Let this transaction see what the team sees, for questions of the system's own rules; the caller is inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.actor_kind', true), ''), coalesce(current_setting('app.org', true), ''),"
            " coalesce(current_setting('app.compartments', true), '')"
        )
        before = cursor.fetchone()
    bind(ActorKind.INTERNAL, organization_id=organization_id, compartments=compartments)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.actor_kind', %s, true), set_config('app.org', %s, true),"
                " set_config('app.compartments', %s, true)",
                before,
            )


def plain_condition(text: str, *, at: datetime, columns: frozenset[str] = _PLAIN_COLUMNS) -> Q | None:
    """The rule's condition where it asks only for columns that are set before a case is written; else None."""
    compiled = compile_filter(text, viewer=None, at=at, is_for_one_row=True)
    if not compiled.is_valid or compiled.resolved:
        return None
    return compiled.q if _is_plain(compiled.q, columns) else None


def _is_plain(condition: Any, columns: frozenset[str]) -> bool:
    if isinstance(condition, Q):
        return all(_is_plain(child, columns) for child in condition.children)
    if not isinstance(condition, tuple):
        return False
    column, lookup = _parts(condition[0])
    return column in columns and lookup in _LOOKUPS and _is_value(condition[1])


def _is_value(value: Any) -> bool:
    return isinstance(value, (str, int, bool)) or (
        isinstance(value, (list, tuple, set, frozenset)) and all(isinstance(item, (str, int)) for item in value)
    )


def _parts(path: str) -> tuple[str, str]:
    column, _separator, lookup = path.partition("__")
    return {"organization": "organization_id", "queue": "queue_id"}.get(column, column), lookup or "exact"


def holds(condition: Q, case: Case) -> bool | None:
    """Whether a plain condition holds for a case; None where a column it needs is empty (NULL has rules of its own)."""
    answers: list[bool] = []
    for child in condition.children:
        if isinstance(child, Q):
            answer = holds(child, case)
        else:
            column, lookup = _parts(child[0])  # type: ignore[index]
            value = getattr(case, column)
            answer = None if value is None else bool(_LOOKUPS[lookup](value, child[1]))  # type: ignore[index,no-untyped-call]
        if answer is None:
            return None
        answers.append(answer)
    found = (any(answers) if condition.connector == Q.OR else all(answers)) if answers else True
    return not found if condition.negated else found


# -- Publishing --------------------------------------------------------------------------------------------------------
@transaction.atomic
def publish_routing(*, rules: Sequence[RuleInput], by: User | None, at: datetime, note: str = "") -> RoutingVersion:
    """Put a new version of the rules in force, in the order given; cases already placed stay where they are.

    Records `routing.published`. Raises `NotPermitted`, and `Invalid` with every fault of every rule.
    """
    check_can(by, Action.ROUTING_EDIT)
    queues = {queue.slug: queue for queue in Queue.objects.filter(is_active=True)}
    _check(rules, queues, at)
    # One publisher at a time, so that numbers have no gap and the later one is the newer.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('escalations.routing'))")
    newest = RoutingVersion.objects.order_by("-number").first()
    version = RoutingVersion.objects.create(
        number=newest.number + 1 if newest else 1, published_at=at, published_by=by, note=note.strip()[:300]
    )
    RoutingRule.objects.bulk_create(
        [
            RoutingRule(
                version=version,
                position=position,
                name=rule.name.strip(),
                filter_text=rule.filter_text.strip(),
                queue=queues[rule.queue],
                severity_floor=rule.severity_floor,
                skills=list(rule.skills),
                is_active=rule.is_active,
            )
            for position, rule in enumerate(rules, start=1)
        ]
    )
    internal = by.organization_id if by else Organization.objects.get(kind=Organization.Kind.INTERNAL).pk
    record(
        events.ROUTING_PUBLISHED,
        subject=version,
        by=by,
        at=at,
        data={"version": version.number},
        organization_id=internal,
    )
    return version


def _check(rules: Sequence[RuleInput], queues: dict[str, Queue], at: datetime) -> None:
    problems = []
    if len(rules) > MOST_RULES:
        problems.append(FieldProblem("/rules", "too_many", _("At most %(most)d rules.") % {"most": MOST_RULES}))
    for number, rule in enumerate(rules):
        where = f"/rules/{number}"
        if not rule.name.strip():
            problems.append(FieldProblem(f"{where}/name", "required", _("Give the rule a name.")))
        if not rule.filter_text.strip():
            problems.append(FieldProblem(f"{where}/filter_text", "required", _("Say which cases the rule takes.")))
        for problem in rule_problems(rule.filter_text, at=at):
            problems.append(FieldProblem(f"{where}/filter_text", problem.code, str(problem.sentence(rule.filter_text))))
        if rule.queue not in queues:
            problems.append(FieldProblem(f"{where}/queue", "unknown_queue", _("There is no such active queue.")))
        if rule.severity_floor is not None and rule.severity_floor not in Severity.values:
            problems.append(FieldProblem(f"{where}/severity_floor", "out_of_range", _("Send a level from 0 to 4.")))
    if problems:
        raise Invalid(errors=problems)


def unreachable(rules: Sequence[RuleInput], *, at: datetime) -> list[Warned]:
    """Rules whose every case an earlier active rule takes first."""
    found = []
    active = [(position, rule) for position, rule in enumerate(rules, start=1) if rule.is_active]
    for index, (position, rule) in enumerate(active):
        for _earlier_position, earlier in active[:index]:
            if implies(rule.filter_text, earlier.filter_text, at=at):
                found.append(Warned(position, rule.name, earlier.name))
                break
    return found


def rules_of(inputs: Sequence[RuleInput] | None, *, at: datetime) -> tuple[Rule, ...]:
    """Draft rules as they would be in force; those in force for None."""
    if inputs is None:
        return current_book().rules
    queues = dict(Queue.objects.values_list("slug", "pk"))
    _check(inputs, {queue.slug: queue for queue in Queue.objects.filter(is_active=True)}, at)
    return tuple(
        Rule(
            position,
            rule.name,
            rule.filter_text,
            queues[rule.queue],
            rule.severity_floor,
            rule.skills,
            plain_condition(rule.filter_text, at=at),
        )
        for position, rule in enumerate(inputs, start=1)
        if rule.is_active
    )
