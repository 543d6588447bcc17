"""A vendor whose night shift spoils its Spanish ads from a day on (story D4), as cases with their facts: small, or as the demo plans it."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from accounts.models import Organization
from escalations.demo import cast, plan
from escalations.models import Case, Queue
from reporting.models import CaseFact, ClockFact
from tests.factories.cases import make_queue
from tests.factories.people import make_vendor

_number = itertools.count(1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def make_slump(
    *, at: datetime, days: int = 11, history: int = 39, a_day: int = 20, vendor: Organization | None = None
) -> tuple[Organization, Queue, Queue]:
    """So many cases a day: a fifth are Spanish ads of the night, of which most are late and a third sent back since `days` ago.

    `at` is aware UTC. Answers the vendor, the queue of the ads and the other one. Deterministic; three statements.
    """
    vendor = vendor or make_vendor()
    ads, other = make_queue(), make_queue()
    cases, facts, clocks = [], [], []
    for day in range(history, 0, -1):
        for place in range(a_day):
            is_slice = place % 5 == 0
            spoiled = is_slice and day <= days
            received = (at - day * DAY).replace(hour=2 if is_slice else 10, minute=place)
            case = Case(
                ref=f"ESC-{5_000_000 + next(_number)}",
                organization=vendor,
                channel="api",
                title=f"Advertisement {day}-{place}",
                ask="Please look.",
                surface="ads",
                market="ES" if is_slice else "IE",
                language="es" if is_slice else "en",
                severity=3,
                status="closed",
                resolution="no_violation",
                queue=ads if is_slice else other,
                order_at=received,
                received_at=received,
                updated_at=received,
                closed_at=received + 5 * HOUR,
            )
            cases.append((case, is_slice, spoiled, day, place))
    Case.objects.bulk_create([case for case, *_ in cases])
    for case, is_slice, spoiled, day, place in cases:
        turn = day * a_day + place
        late = turn % 10 < 7 if spoiled else turn % 25 == 3
        invalid = turn % 3 == 0 if spoiled else turn % 11 == 4
        settled = case.received_at + 4 * HOUR
        facts.append(
            CaseFact(
                case_id=case.pk,
                organization=vendor,
                queue_id=case.queue_id,
                severity=3,
                severity_first=3,
                harm="fraud_scam",
                market=case.market,
                language=case.language,
                surface="ads",
                channel="api",
                shift="night" if is_slice else "day",
                clause="",
                is_child=False,
                received_at=case.received_at,
                first_closed_at=settled,
                last_closed_at=settled,
                is_open=False,
                triaged_at=settled,
                triage="invalid" if invalid else "valid",
                reason="missing_evidence" if invalid else "",
                ttr_s=4 * 3600,
                full_ttr_s=4 * 3600,
            )
        )
        clocks.append(
            ClockFact(
                clock_id=case.pk,
                case_id=case.pk,
                organization=vendor,
                metric="R",
                started_at=case.received_at,
                due_at=settled,
                settled_at=settled,
                is_met=not late,
                is_running=False,
                cause="submitter" if late else "",
            )
        )
    CaseFact.objects.bulk_create(facts)
    ClockFact.objects.bulk_create(clocks)
    return vendor, ads, other


def make_d4(*, at: datetime, days: int = 40) -> Organization:
    """Northgate as the demo's plan has it at `at` (aware UTC): the last `days` of its settled cases, in the demo's queues.

    Facts are what `escalations.demo.seeding` leads to: what is sent back goes after 90 seconds of work, D4's after its time was up.
    """
    shown = next(one for one in cast.VENDORS if one.slug == plan.SLUMP_VENDOR)
    vendor = Organization.objects.create(name=shown.name, slug=shown.slug, kind="vendor")
    queues = {team.slug: Queue.objects.create(slug=team.slug, name=team.queue_name) for team in cast.TEAMS}
    cases, facts, clocks = [], [], []
    for one in plan.make_plan(seed=7, days=90, now=at).past:
        is_of_it = one.vendor == shown.slug and one.fate in ("decided", "invalid")
        if not is_of_it or one.received_at < at - days * DAY:
            continue
        is_back = one.fate == "invalid"
        took = one.claim_s + 90 if is_back and one.story != "D4" else one.end_s
        ended, due = (one.received_at + timedelta(seconds=each) for each in (took, plan.RESOLVE_H[one.severity] * 3600))
        case = Case(
            ref=f"ESC-{5_000_000 + next(_number)}",
            organization=vendor,
            channel="api",
            title=one.title,
            ask="Please look.",
            surface=one.scene.surface,
            market=one.market,
            language=one.language,
            severity=one.severity,
            status="closed",
            resolution="invalid" if is_back else "no_violation",
            queue=queues[_routed(one)],
            order_at=one.received_at,
            received_at=one.received_at,
            updated_at=ended,
            closed_at=ended,
        )
        cases.append(case)
        facts.append((case, one, ended))
        clocks.append((case, ended, due))
    Case.objects.bulk_create(cases)
    CaseFact.objects.bulk_create(
        CaseFact(
            case_id=case.pk,
            organization=vendor,
            queue_id=case.queue_id,
            severity=one.severity,
            severity_first=one.severity,
            harm=one.scene.harm,
            market=one.market,
            language=one.language,
            surface=case.surface,
            channel="api",
            shift=_shift(one.received_at.hour),
            clause="",
            is_child=False,
            received_at=one.received_at,
            first_closed_at=ended,
            last_closed_at=ended,
            is_open=False,
            triaged_at=ended,
            triage=case.resolution if case.resolution == "invalid" else "valid",
            reason=one.reason if case.resolution == "invalid" else "",
        )
        for case, one, ended in facts
    )
    ClockFact.objects.bulk_create(
        ClockFact(
            clock_id=case.pk,
            case_id=case.pk,
            organization=vendor,
            metric="R",
            started_at=case.received_at,
            due_at=due,
            settled_at=min(ended, due),
            is_met=ended <= due,
            is_running=False,
        )
        for case, ended, due in clocks
    )
    return vendor


def _routed(one: plan.PlannedCase) -> str:
    """The queue of the demo's first rule that fits."""
    has = {"surface": one.scene.surface, "market": one.market, "harm": one.scene.harm}
    for rule in cast.ROUTING:
        terms = (term.split(":", 1) for term in rule.filter_text.split())
        if all(has[name] in wanted.split(",") for name, wanted in terms):
            return str(rule.queue)
    raise ValueError(one)


def _shift(hour: int) -> str:
    return "night" if hour >= 22 or hour < 6 else "day" if hour < 14 else "evening"
