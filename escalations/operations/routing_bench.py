"""The test bench of routing: a submission goes the whole way of intake, and then everything is taken back (ux.md ADM-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.operations import keys
from accounts.permissions import check_can
from accounts.roles import Action
from core.errors import FieldProblem, Invalid
from escalations.lifecycle import Channel, Severity
from escalations.models import Queue
from escalations.operations import intake, routing, submission_input
from escalations.selectors.clock_why import ClockWhy, why_of
from escalations.selectors.clocks import clocks_of


@dataclass(frozen=True)
class Benched:
    """Where a submission would land and why. `passed_over` are the rules before the one that matched, in order."""

    queue: Queue
    severity: Severity
    severity_why: list[dict[str, str]]
    skills: list[str]
    version: int
    matched: routing.Rule | None
    passed_over: list[routing.Rule]
    promised: dict[str, datetime]
    warnings: list[dict[str, str]]
    clocks: tuple[ClockWhy, ...] = ()


class _TakenBack(Exception):
    def __init__(self, accepted: intake.Accepted, clocks: tuple[ClockWhy, ...]) -> None:
        super().__init__()
        self.accepted, self.clocks = accepted, clocks


def try_submission(*, body: Any, organization: Organization, by: User, at: datetime) -> Benched:
    """Take `body` in as a key of `organization` would send it at `at` (aware UTC), say what became of it, keep nothing.

    Case, clocks, events and the key are written and rolled back with the savepoint: numbers are used up, no more. Raises
    `NotPermitted`, and what intake raises (`Invalid`, `AlreadySubmitted`).
    """
    check_can(by, Action.ROUTING_READ)
    payload = submission_input.read(body, at=at)
    if payload.attach_to:
        sentence = _("The bench tries new cases: leave attach_to out.")
        raise Invalid(errors=[FieldProblem("/attach_to", "not_on_bench", sentence)])
    try:
        with transaction.atomic():
            sender = keys.create_key(
                organization=organization, name="bench", scopes=["submissions:write"], by=None, at=at
            ).key
            made = intake.submit(payload=payload, by=sender, channel=Channel.API, at=at, is_sandbox=False)
            started = clocks_of(made.case).select_related("target__version__plan", "target__calendar", "excused_by")
            raise _TakenBack(made, tuple(why_of(clock, at=at) for clock in started.order_by("due_at", "id")))
    except _TakenBack as taken_back:
        accepted, clocks = taken_back.accepted, taken_back.clocks
    case = accepted.case
    position = case.routed_why.get("position")
    rules = routing.current_book().rules
    return Benched(
        queue=case.queue,
        severity=Severity(case.severity),
        severity_why=case.severity_why,
        skills=case.required_skills,
        version=case.routed_why["version"],
        matched=next((rule for rule in rules if rule.position == position), None),
        passed_over=[rule for rule in rules if position is None or rule.position < position],
        promised=accepted.promised,
        warnings=accepted.warnings,
        clocks=clocks,
    )
