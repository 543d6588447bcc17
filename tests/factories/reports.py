"""A floor that reports can count: cases with their facts, without walking each through its operations."""

from __future__ import annotations

from datetime import timedelta

from core.clock import db_now
from escalations.lifecycle import CaseStatus
from escalations.models import Case
from reporting.models import CaseFact, ClockFact, ClosingFact
from reporting.operations import facts
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_vendor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_floor(cases: int = 24, days: int = 20) -> list[Case]:
    """Cases of two queues and two vendors over the last days: open ones with due clocks, closed ones, clocks met and missed; one child."""
    at = db_now()
    queues = [make_queue(team=make_team()), make_queue(slug="a-queue-with-a-name-that-goes-on-and-on-and-on")]
    vendors = [make_vendor(), make_vendor()]
    made = []
    for number in range(cases):
        received = at - DAY * (number % days) - HOUR * (5 + number % 5)
        is_open = number % 3 == 0
        case = make_case(
            queue=queues[number % 2],
            organization=vendors[number % 2],
            severity=number % 5,
            status=CaseStatus.NEW if is_open else CaseStatus.CLOSED,
            received_at=received,
            at=received,
            closed_at=None if is_open else received + HOUR * 4,
            due_at=at + HOUR * (number % 13 - 1) if is_open else None,
            due_metric="R" if is_open else "",
        )
        made.append(case)
    child = make_case(
        parent=made[0], status=CaseStatus.CLOSED, resolution="merged", received_at=at - HOUR, at=at - HOUR
    )
    facts.write([case.pk for case in [*made, child]])
    clocks, closes = [], []
    for number, case in enumerate(made):
        fact = CaseFact.objects.get(pk=case.pk)
        fact.acknowledged_at, fact.first_response_at = case.received_at + HOUR, case.received_at + HOUR * 2
        if case.closed_at:
            fact.first_closed_at = fact.last_closed_at = case.closed_at
            fact.ttr_s = fact.full_ttr_s = 4 * 3600.0
            closes.append(
                ClosingFact(
                    organization_id=case.organization_id,
                    case_id=case.pk,
                    number=1,
                    closed_at=case.closed_at,
                    resolution="no_violation",
                )
            )
        fact.save()
        for metric in "AFR":
            settled = case.received_at + HOUR * 3
            is_met = (number + ord(metric)) % 3 != 0
            clocks.append(
                ClockFact(
                    organization_id=case.organization_id,
                    clock_id=case.pk * 10 + ord(metric) % 10,
                    case_id=case.pk,
                    metric=metric,
                    started_at=case.received_at,
                    settled_at=settled,
                    is_met=is_met,
                    is_running=False,
                    cause="" if is_met else ("late_claim" if metric == "A" else "other"),
                )
            )
    ClosingFact.objects.filter(case_id__in=[case.pk for case in made]).delete()
    ClosingFact.objects.bulk_create(closes)
    ClockFact.objects.filter(case_id__in=[case.pk for case in made]).delete()
    ClockFact.objects.bulk_create(clocks)
    return made
