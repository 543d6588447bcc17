"""The self-check: rows of clocks against their events (sla.md §3.8). A difference is an alarm, never a silent repair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from audit.models import Incident
from audit.recording import record_many
from escalations import events
from escalations.models import ClockOwner, SlaClock
from escalations.operations import clock_owners
from escalations.operations.clock_writing import entry
from escalations.selectors.clocks import disagreeing, disagreeing_open, running_without_timer

CHECK = "clock_disagrees"
STANDS = timedelta(hours=25)  # a little longer than the pace of the check
log = structlog.get_logger(__name__)

Wrong = Sequence[tuple[SlaClock, dict[str, tuple[Any, Any]]]]


def check_sample(at: datetime, *, count: int = 2000) -> int:
    """Compare the clocks that started last with their events, as a nightly job; answers how many disagree.

    A difference is logged and recorded as `clock.disagrees`. `at` is aware UTC.
    """
    return _alarm(disagreeing(count=count), at)


def check_open(at: datetime, *, most: int = 20_000) -> int:
    """Compare the open clocks with their events and look for running ones without a timer, once a release starts and nightly.

    Answers how many are wrong; each is logged and recorded as `clock.disagrees`, none is repaired. At most `most`, the newest
    first, since a job is short. `at` is aware UTC.
    """
    wrong = list(disagreeing_open(most=most))
    wrong += [(clock, {"timer": (None, "armed")}) for clock in running_without_timer(most=1000)]
    _stand(wrong, at)
    return _alarm(wrong, at)


def _stand(wrong: Wrong, at: datetime) -> None:
    """Keep an incident open until the next check, so that health and the dead-man's switch show it; end it when all is well.

    The auditor's rounds end incidents that nobody has seen for a while: this one counts as seen until the next check is due.
    """
    if not wrong:
        Incident.objects.filter(check_name=CHECK, ended_at=None).update(seen_at=at)
        return
    detail = f"{len(wrong)} clocks, clock {wrong[0][0].pk}: {', '.join(sorted(wrong[0][1]))}"[:300]
    until = at + STANDS
    changed = Incident.objects.filter(check_name=CHECK, subject="", ended_at=None).update(detail=detail, seen_at=until)
    if not changed:
        Incident.objects.create(check_name=CHECK, detail=detail, found_at=at, seen_at=until)


def _alarm(wrong: Wrong, at: datetime) -> int:
    """Record each clock that disagrees; answers how many."""
    by_type: defaultdict[str, set[int]] = defaultdict(set)
    for clock, pairs in wrong:
        log.error("clock_disagrees", clock=clock.pk, columns=sorted(pairs))
        by_type[clock.object_type].add(clock.object_id)
    owners: dict[tuple[str, int], ClockOwner] = {}
    for name, ids in by_type.items():
        found = clock_owners.of(name)
        owners |= {(name, pk): row for pk, row in (found.rows(ids) if found is not None else {}).items()}
    entries = [
        entry(
            events.CLOCK_DISAGREES,
            owners[clock.object_type, clock.object_id],
            clock,
            at=at,
            data={"columns": sorted(pairs)},
        )
        for clock, pairs in wrong
        if (clock.object_type, clock.object_id) in owners
    ]
    if entries:
        record_many(entries)
    return len(wrong)
