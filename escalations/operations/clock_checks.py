"""The self-check: rows of clocks against their events (sla.md §3.8). A difference is an alarm, never a silent repair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from audit.recording import record_many
from escalations import events
from escalations.models import Case, SlaClock
from escalations.operations.clock_writing import entry
from escalations.selectors.clocks import disagreeing, disagreeing_open, running_without_timer

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
    return _alarm(wrong, at)


def _alarm(wrong: Wrong, at: datetime) -> int:
    """Record what disagrees, once a clock: what was recorded before and still stands is logged alone."""
    cases = {
        case.pk: case
        for case in Case.objects.filter(
            pk__in=[clock.object_id for clock, _ in wrong if clock.object_type == Case.clock_type]
        )
    }
    for clock, pairs in wrong:
        log.error("clock_disagrees", clock=clock.pk, columns=sorted(pairs))
    entries = [
        entry(events.CLOCK_DISAGREES, cases[clock.object_id], clock, at=at, data={"columns": sorted(pairs)})
        for clock, pairs in wrong
        if clock.object_type == Case.clock_type and clock.object_id in cases
    ]
    if entries:
        record_many(entries)
    return len(wrong)
