"""What escalations does on its own events: tells open screens, wakes what was put to sleep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit.models import Event
from core import live
from escalations import events
from escalations.models import Case
from escalations.operations import cases

CASE_TYPE = "escalations.case"
HEARD = (
    "case.",
    "comment.",
    "evidence.",
    "decision.",
    "approval.",
    "second_look.",
    "clock.",
    "submission.",
    "enforcement.",
    "strike.",
    "notice.",
)
# Only the case itself looks different after these: no list gains or loses it.
_WITHIN_THE_CASE = frozenset(
    {
        events.COMMENT_ADDED,
        events.COMMENT_RETRACTED,
        events.EVIDENCE_ADDED,
        events.EVIDENCE_TIERED,
        events.EVIDENCE_ORIGINAL_SEEN,
        events.CASE_WATCHED,
        events.CASE_UNWATCHED,
        events.CASE_LINKED,
        events.CASE_UNLINKED,
        events.NOTICE_QUEUED,
        events.NOTICE_DISCARDED,
        events.NOTICE_RESENT,
        events.NOTICE_SENT,
        events.NOTICE_DELIVERED,
        events.NOTICE_FAILED,
        events.NOTICE_WITHHELD,
    }
)
_REPEATS = 8  # how far back a repeated signal is looked for: the events of one act stand together
WAKING = (
    events.CLOCK_WARNED,
    events.CLOCK_BREACHED,
    events.CASE_SEVERITY_CHANGED,
    events.CASE_ABSORBED,
)


def tell_screens(event: Event) -> None:
    """Publish `case.changed {key, rev}` and, where lists may have gained or lost it, `queue.changed {queue}`, `outbox.changed {key}`.

    Ids only: each screen fetches what it shows with its viewer's own rights. The audience holds the queue and the assignee of
    before as well, so that their lists learn that the case has left.
    """
    tell_screens_of_many([event])


def tell_screens_of_many(batch: Sequence[Event]) -> None:
    """`tell_screens` for a batch: one query, one message to Redis. What comes twice is said once."""
    changed = [event for event in batch if event.subject_type == CASE_TYPE]
    rows = Case.objects.filter(pk__in={event.subject_id for event in changed}).values(
        "id",
        "ref",
        "revision",
        "organization_id",
        "submitted_by_id",
        "queue_id",
        "queue__slug",
        "assignee_id",
        "compartments",
        "is_open",
        "is_practice_for_id",
    )
    by_id = {row["id"]: row for row in rows} if changed else {}
    signals: list[live.Signal] = []
    for event in changed:
        row = by_id.get(event.subject_id)
        if row is None:
            continue
        audience = audience_of(row, event)
        said: list[live.Signal] = [("case.changed", audience, {"key": row["ref"], "rev": row["revision"]})]
        if event.kind not in _WITHIN_THE_CASE:
            said.append(("queue.changed", audience, {"queue": row["queue__slug"]}))
        if event.kind.startswith(("enforcement.", "notice.")):
            said.append(("outbox.changed", audience, {"key": row["ref"]}))
        signals += [signal for signal in said if signal not in signals[-_REPEATS:]]
    if signals:
        live.publish_many(signals)


def audience_of(row: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """Who may know that this case changed, in the words of `escalations.sight.Sight`."""
    before = event.data.get("before_id")
    queues, people = {row["queue_id"]}, {row["assignee_id"]}
    if event.kind == events.CASE_MOVED:
        queues.add(before)
    elif event.kind in (events.CASE_RELEASED, events.CASE_ASSIGNED):
        people.add(before)
    return {
        "organization": row["organization_id"],
        "submitter": row["submitted_by_id"],
        "queues": sorted(queue for queue in queues if queue is not None),
        "people": sorted(person for person in people if person is not None),
        "compartments": row["compartments"],
        "open": row["is_open"],
        "practice_for": row["is_practice_for_id"],
    }


def wake(event: Event) -> None:
    """Bring back a snoozed case whose clock warns, or that grew worse where it was to sleep until then.

    Repeats change nothing. A submitter's answer wakes and resumes in its own transaction (`operations.comments`).
    """
    wake_many([event])


def wake_many(batch: Sequence[Event]) -> None:
    """`wake` for a batch: one query, and what each sleeping case takes."""
    heard = [event for event in batch if event.subject_type == CASE_TYPE]
    asleep = Case.objects.filter(pk__in={event.subject_id for event in heard}, snoozed_until__isnull=False)
    ids = set(asleep.values_list("pk", flat=True)) if heard else set()
    for event in heard:
        if event.subject_id in ids:
            _wake(event)


def _wake(event: Event) -> None:
    case = Case.objects.filter(pk=event.subject_id, snoozed_until__isnull=False).first()
    if case is None:
        return
    cause = _cause(event, case)
    if cause:
        cases.wake_case(case_id=case.pk, by=None, at=event.at, cause=cause)


def _cause(event: Event, case: Case) -> str:
    """Why a snoozed case wakes at this event; empty where it sleeps on."""
    if event.kind in (events.CLOCK_WARNED, events.CLOCK_BREACHED):
        return "clock"
    if case.snooze_wake_on != "escalates":
        return ""
    if event.kind == events.CASE_SEVERITY_CHANGED and event.data["after"] < event.data["before"]:
        return "severity"
    if event.kind == events.CASE_ABSORBED and event.data["size"] >= 3 * max(1, _volume_at_snooze(case)):
        return "volume"
    return ""


def _volume_at_snooze(case: Case) -> int:
    snoozed = Event.objects.filter(subject_type=CASE_TYPE, subject_id=case.pk, kind=events.CASE_SNOOZED)
    data = snoozed.order_by("-id").values_list("data", flat=True).first()
    return int((data or {}).get("volume", 0))
