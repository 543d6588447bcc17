"""A vendor whose night shift spoils its Spanish ads from a day on (story D4), as cases with their facts."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from accounts.models import Organization
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
