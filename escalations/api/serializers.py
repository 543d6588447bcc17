"""What the API answers: representations as plain values, each beside the JSON Schema that documents it. Nothing here saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import ServiceKey
from audit.models import Event
from escalations import events
from escalations.appeal_life import AppealState, Direction, Outcome
from escalations.enforcement_life import HandOffState, Source
from escalations.lifecycle import (
    Audience,
    CaseStatus,
    Channel,
    ClockState,
    DecisionState,
    DisputeState,
    EntityKind,
    Harm,
    InvalidReason,
    Metric,
    Resolution,
    Severity,
    Surface,
    TemplatePurpose,
    Verdict,
    WaitingOn,
)
from escalations.models import (
    Appeal,
    AppealMessage,
    Case,
    Comment,
    Decision,
    Dispute,
    Notice,
    Queue,
    SlaClock,
    SlaClockEvent,
    Submission,
    Upload,
)
from escalations.operations.intake import PROMISES, Accepted
from escalations.operations.uploads import KEPT
from escalations.selectors.clock_story import Cycle, MetricStory
from policies.lifecycle import ActionType

Json = dict[str, Any]
NAMES = {**PROMISES, Metric.NEXT_RESPONSE: "next_response", Metric.UPDATE: "update"}


# -- Schemas -----------------------------------------------------------------------------------------------------------
def _object(properties: Json, *, optional: Iterable[str] = (), **rest: Any) -> Json:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": properties, "required": required, **rest}


def _text(help: str = "", **rest: Any) -> Json:
    return {"type": "string", **({"description": help} if help else {}), **rest}


def _codes(values: Iterable[str], help: str = "", *, empty: bool = False) -> Json:
    return _text(help, enum=[*map(str, values), *([""] if empty else [])])


def _when(help: str = "", *, null: bool = False) -> Json:
    return {"type": ["string", "null"] if null else "string", "format": "date-time", "description": help}


def _list(item: Json, help: str = "") -> Json:
    return {"type": "array", "items": item, **({"description": help} if help else {})}


LEVEL = _codes([level.name for level in Severity])
NULLABLE_LEVEL = {"type": ["string", "null"], "enum": [*(level.name for level in Severity), None]}
WHY = _object({"level": LEVEL, "because": _text()})
SEVERITY_SCHEMA = _object(
    {"accepted": LEVEL, "claimed": NULLABLE_LEVEL, "why": _list(WHY, "The worst rule first.")},
)
QUEUE_SCHEMA = _object({"name": _text("The queue as submitters know it.")})
PROMISED_SCHEMA: Json = {
    "type": "object",
    "description": "When each clock is due; a clock that stands still has no time.",
    "properties": {name: _when() for name in NAMES.values()},
    "additionalProperties": False,
}
CLOCK_SCHEMA = _object(
    {
        "clock": _codes(NAMES.values()),
        "state": _codes(ClockState.values),
        "due_at": _when(null=True),
        "stopped_at": _when(null=True),
    }
)
_SECONDS = {"type": "integer"}
STRETCH_SCHEMA = _object(
    {
        "kind": _codes(("counted", "paused", "closed")),
        "start": _when(),
        "end": _when(),
        "seconds": {"type": "integer", "minimum": 0},
        "reason": _text("Of a pause: a code."),
        "days": _list(_text(), "Holidays and changed days in a closed stretch, each date with its name."),
        "is_ahead": {"type": "boolean", "description": "It lies in the future, as things stand."},
    }
)
CHANGE_SCHEMA = _object(
    {
        "kind": _codes(SlaClockEvent.Kind.values),
        "at": _when("When it happened."),
        "recorded_at": _when("When it was written."),
        "cause": _text(),
        "level": _SECONDS | {"description": "Of a warning: percent of the target used."},
        "by_rule": _text("The rule that did it; empty where a person or an event of the case did."),
        "target_s": {"type": ["integer", "null"], "description": "The target from here on."},
        "before_target_s": {"type": ["integer", "null"]},
        "grace_s": _SECONDS,
    }
)
CYCLE_SCHEMA = _object(
    {
        "cycle": {"type": "integer", "minimum": 1},
        "state": _codes(ClockState.values),
        "goal_s": _SECONDS | {"description": "Seconds of the calendar's open time."},
        "working_days": _SECONDS | {"description": "Where the goal counts open dates; else 0."},
        "started_at": _when(),
        "stopped_at": _when(null=True),
        "due_at": _when("When the goal is used up.", null=True),
        "breach_at": _when("A stop after it is late; at closing time it is the next opening.", null=True),
        "missed_at": _when(null=True),
        "elapsed_s": _SECONDS,
        "carried_s": _SECONDS | {"description": "Used by earlier cycles, before the case was reopened."},
        "remaining_s": _SECONDS | {"description": "Rounded down, negative when overdue, on the same calendar."},
        "grace_s": _SECONDS,
        "is_paused": {"type": "boolean"},
        "paused_reason": _text(),
        "due_if_resumed_at": _when("Of a paused clock, if it went on now.", null=True),
        "is_within_calendar": {"type": "boolean", "description": "Its calendar is open at this moment."},
        "calendar": _text("Key and version."),
        "time_zone": _text("IANA name."),
        "plan": _text(),
        "plan_version": {"type": ["integer", "null"]},
        "cancelled_why": _text(),
        "is_excused": {"type": "boolean", "description": "A miss that the excused figure leaves out."},
        "by_retarget": {"type": "boolean", "description": "Missed by a change of the target alone."},
        "stretches": _list(STRETCH_SCHEMA, "Its time without gap or overlap, up to its due time; with `why=true`."),
        "changes": _list(CHANGE_SCHEMA, "Its events, oldest first; with `why=true`."),
    }
)
SLA_SCHEMA = _object(
    {
        "sla": _list(
            _object(
                {
                    "metric": _codes(Metric.values, "The letter of the clock."),
                    "name": _text(),
                    "ongoing": {"anyOf": [CYCLE_SCHEMA, {"type": "null"}]},
                    "completed": _list(CYCLE_SCHEMA, "Newest first."),
                }
            )
        )
    }
)
WARNING_SCHEMA = _object({"code": _text(), "pointer": _text(), "detail": _text()})
TWIN_SCHEMA = _object({"ref": _text(), "why": _text()})
REF = _text("Our reference.", pattern=r"^ESC-\d{5,12}$")

ACCEPTED_SCHEMA = _object(
    {
        "ref": REF,
        "external_ref": _text(),
        "status": _codes(CaseStatus.values),
        "status_url": _text("Where to read it back."),
        "result": _codes(Submission.Result.values),
        "severity": SEVERITY_SCHEMA,
        "queue": QUEUE_SCHEMA,
        "promised": PROMISED_SCHEMA,
        "received_at": _when(),
        "is_sandbox": {"type": "boolean"},
        "duplicate_of": _list(TWIN_SCHEMA, "Cases of yours that may be the same matter: consider attach_to."),
        "warnings": _list(WARNING_SCHEMA, "What will probably be sent back."),
    }
)
DECISION_SCHEMA = _object(
    {
        "verdict": _codes(Verdict.values),
        "clause": _text("Clause and version, such as CS-VI-3.2@v14; empty where none fits."),
        "rationale": _text("The reasons, as written for you."),
        "decided_at": _when(),
        "effective_at": _when(),
        "notice": {
            "anyOf": [
                _object(
                    {"language": _text("Of the words, as en or pt-BR."), "body": _text("What you are told, in words.")}
                ),
                {"type": "null"},
            ],
            "description": "The notice of the decision to you; null where none was sent.",
        },
    }
)
SUBMISSION_SCHEMA = _object(
    {
        "ref": REF,
        "external_ref": _text(),
        "status": _codes(
            [*CaseStatus.values, "restricted"], "`restricted`: handled by few; only this receipt is shown."
        ),
        "resolution": _codes(Resolution.values, "How it was closed; empty while it is open.", empty=True),
        "waiting_on": _codes(WaitingOn.values, "Whom it waits for, if it waits.", empty=True),
        "waiting_until": _when(null=True),
        "title": _text(),
        "surface": _codes(Surface.values),
        "harm": _codes(Harm.values, empty=True),
        "suspected_policy": _text(),
        "market": _text(),
        "language": _text(),
        "severity": SEVERITY_SCHEMA,
        "queue": QUEUE_SCHEMA,
        "promised": PROMISED_SCHEMA,
        "clocks": _list(CLOCK_SCHEMA),
        "decision": {"anyOf": [DECISION_SCHEMA, {"type": "null"}], "description": "Needs the scope decisions:read."},
        "channel": _codes(Channel.values),
        "result": _codes(Submission.Result.values),
        "is_sandbox": {"type": "boolean"},
        "received_at": _when(),
        "updated_at": _when(null=True),
        "closed_at": _when(null=True),
        "warnings": _list(WARNING_SCHEMA),
        "status_url": _text(),
    },
    optional=(
        "resolution",
        "waiting_on",
        "waiting_until",
        "title",
        "surface",
        "harm",
        "suspected_policy",
        "market",
        "language",
        "severity",
        "queue",
        "promised",
        "clocks",
        "decision",
        "updated_at",
        "closed_at",
    ),
)
MESSAGE_SCHEMA = _object(
    {
        "id": _text(format="uuid"),
        "body": _text(),
        "language": _text(),
        "is_from_submitter": {"type": "boolean"},
        "author": _text("A name of yours, or the team's outward name."),
        "created_at": _when(),
    }
)
APPEAL_SCHEMA = _object(
    {
        "appeal": _text("Our reference of the appeal."),
        "ref": REF,
        "state": _codes(AppealState.values),
        "text": _text("What you said."),
        "language": _text(),
        "filed_at": _when(),
        "due_at": _when(
            "When it is promised to be decided; null while it waits for you, and once it is settled.", null=True
        ),
        "outcome": _codes(Outcome.values, empty=True),
        "answer": _text("What the outcome says to you."),
        "closed_at": _when(null=True),
    }
)
DISPUTE_SCHEMA = _object(
    {
        "ref": REF,
        "state": _codes(DisputeState.values),
        "reason": _codes(InvalidReason.values),
        "text": _text("What you said."),
        "filed_at": _when(),
        "answer": _text("What somebody else than who sent it back found; empty until then."),
        "decided_at": _when(null=True),
    }
)
UPLOAD_SCHEMA = _object(
    {
        "upload_id": _text("For `evidence[].upload_id`.", format="uuid"),
        "sha256": _text("Of the bytes that came."),
        "size": {"type": "integer"},
        "media_type": _text("What the bytes say they are."),
        "name": _text("The file's name, cleaned."),
        "expires_at": _when("It is dropped then unless a submission took it."),
        "limits": _object({"max_bytes": {"type": "integer"}, "kept_s": {"type": "integer"}}),
    }
)
EVENT_SCHEMA = _object(
    {
        "id": {"type": "integer"},
        "kind": _text(),
        "ref": _text(),
        "external_ref": _text(),
        "at": _when(),
        "data": {"type": "object"},
    }
)
CASE_SCHEMA = _object(
    {
        "ref": REF,
        "revision": {"type": "integer"},
        "status": _codes(CaseStatus.values),
        "resolution": _codes(Resolution.values, empty=True),
        "title": _text(),
        "ask": _text(),
        "organization": _text("The submitter's slug."),
        "external_ref": _text(),
        "channel": _codes(Channel.values),
        "surface": _codes(Surface.values),
        "platform": _text(),
        "harm": _codes(Harm.values, empty=True),
        "suspected_policy": _text(),
        "market": _text(),
        "language": _text(),
        "severity": SEVERITY_SCHEMA,
        "severity_is_pinned": {"type": "boolean"},
        "queue": _text("The queue's slug."),
        "assignee": {"type": ["string", "null"], "description": "E-mail of who holds it."},
        "tags": _list(_text()),
        "subjects": _list(
            _object({"kind": _text(), "platform": _text(), "id": _text(), "url": _text(), "role": _text()})
        ),
        "clocks": _list(CLOCK_SCHEMA),
        "is_sandbox": {"type": "boolean"},
        "received_at": _when(),
        "updated_at": _when(),
        "closed_at": _when(null=True),
    },
)
PROBLEM_SCHEMA = _object(
    {
        "type": _text("Path of the documentation of this code."),
        "title": _text(),
        "status": {"type": "integer"},
        "detail": _text("What to do next."),
        "code": _text("Stable: branch on this."),
        "request_id": _text("Quote it when you ask us."),
        "errors": _list(_object({"pointer": _text("JSON pointer (RFC 6901)."), "code": _text(), "detail": _text()})),
    },
    optional=("errors",),
)


def page_schema(item: Json) -> Json:
    """A page of a list."""
    properties = {
        "results": _list(item),
        "next": {"type": ["string", "null"], "description": "Cursor of the next page; null on the last."},
        "previous": {"type": ["string", "null"]},
        "count": {"type": "integer", "description": "Only with count=true."},
    }
    return _object(properties, optional=("count",))


# -- Representations ---------------------------------------------------------------------------------------------------
def status_url(ref: str) -> str:
    return f"/api/v1/submissions/{ref}/"


def severity_out(case: Case) -> Json:
    claimed = None if case.severity_claimed is None else Severity(case.severity_claimed).name
    return {"accepted": Severity(case.severity).name, "claimed": claimed, "why": case.severity_why}


def queue_out(queue: Queue) -> Json:
    """Submitters never learn the team's own names."""
    return {"name": queue.outward_name or "Review"}


def accepted_out(accepted: Accepted) -> Json:
    case = accepted.case
    return {
        "ref": case.ref,
        "external_ref": accepted.submission.external_ref,
        "status": str(case.status),
        "status_url": status_url(case.ref),
        "result": str(accepted.submission.result),
        "severity": severity_out(case),
        "queue": queue_out(case.queue),
        "promised": accepted.promised,
        "received_at": accepted.submission.received_at,
        "is_sandbox": accepted.submission.is_sandbox,
        "duplicate_of": [{"ref": twin.ref, "why": twin.why} for twin in accepted.duplicate_of],
        "warnings": accepted.warnings,
    }


def clocks_of(cases: Iterable[Case]) -> dict[int, list[SlaClock]]:
    """The clocks of many cases, each metric's latest cycle. One query."""
    ids = [case.pk for case in cases]
    rows = SlaClock.objects.filter(object_type="case", object_id__in=ids, metric__in=list(NAMES))
    latest: dict[tuple[int, str], SlaClock] = {}
    for clock in rows.order_by("cycle", "id"):
        latest[clock.object_id, clock.metric] = clock
    found: dict[int, list[SlaClock]] = {case_id: [] for case_id in ids}
    for (case_id, _metric), clock in latest.items():
        found[case_id].append(clock)
    return found


_CYCLE_FIELDS = [
    "cycle",
    "state",
    "goal_s",
    "working_days",
    "started_at",
    "stopped_at",
    "due_at",
    "breach_at",
    "missed_at",
    "elapsed_s",
    "carried_s",
    "remaining_s",
    "grace_s",
    "is_paused",
    "paused_reason",
    "due_if_resumed_at",
    "is_within_calendar",
    "calendar",
    "plan",
    "plan_version",
    "cancelled_why",
    "is_excused",
    "by_retarget",
]


def sla_out(stories: Sequence[MetricStory]) -> Json:
    """Every clock of a case by metric, with plan and calendar versions, causes and grace."""
    return {
        "sla": [
            {
                "metric": str(story.metric),
                "name": story.label,
                "ongoing": None if story.ongoing is None else _cycle_out(story.ongoing),
                "completed": [_cycle_out(cycle) for cycle in story.completed],
            }
            for story in stories
        ]
    }


def _cycle_out(cycle: Cycle) -> Json:
    found = {name: getattr(cycle, name) for name in _CYCLE_FIELDS} | {"time_zone": cycle.zone}
    found["stretches"] = [
        {
            "kind": piece.kind,
            "start": piece.start,
            "end": piece.end,
            "seconds": piece.seconds,
            "reason": piece.reason,
            "days": list(piece.days),
            "is_ahead": piece.is_ahead,
        }
        for piece in cycle.stretches
    ]
    found["changes"] = [
        {
            "kind": change.kind,
            "at": change.at,
            "recorded_at": change.recorded_at,
            "cause": change.cause,
            "level": change.level,
            "by_rule": str(change.data.get("by_rule", "")),
            "target_s": change.data.get("target_s"),
            "before_target_s": change.data.get("before", {}).get("target_s"),
            "grace_s": change.data.get("grace_s", 0),
        }
        for change in cycle.changes
    ]
    return found


def clocks_out(clocks: Sequence[SlaClock]) -> list[Json]:
    order = {str(metric): number for number, metric in enumerate(NAMES)}
    return [
        {
            "clock": NAMES[Metric(clock.metric)],
            "state": str(clock.state),
            "due_at": clock.due_at,
            "stopped_at": clock.stopped_at,
        }
        for clock in sorted(clocks, key=lambda clock: order[clock.metric])
    ]


def submissions_out(rows: Sequence[Submission], *, key: ServiceKey) -> list[Json]:
    """Submissions as their organization may read them. Four queries whatever their number.

    A case that row level security hides (it became restricted) leaves a receipt.
    """
    cases = Case.objects.visible_to(key).select_related("queue").in_bulk([row.case_id for row in rows]) if rows else {}
    clocks = clocks_of(cases.values())
    decisions: dict[int, Decision] = {}
    if "decisions:read" in key.scopes and cases:
        effective = Decision.objects.filter(case_id__in=cases, state=DecisionState.EFFECTIVE)
        decisions = {d.case_id: d for d in effective.select_related("clause__policy")}
    told: dict[tuple[int, int], Notice] = {}
    if decisions:
        wanted = {d.repeats_id or d.pk for d in decisions.values()}
        sent = Notice.objects.filter(case_id__in=decisions, decision_id__in=wanted, audience=TemplatePurpose.SUBMITTER)
        told = {(one.case_id, one.decision_id): one for one in sent}
    return [_submission_out(row, cases.get(row.case_id), clocks, decisions, told, key) for row in rows]


def _submission_out(
    row: Submission,
    case: Case | None,
    clocks: Mapping[int, list[SlaClock]],
    decisions: Mapping[int, Decision],
    told: Mapping[tuple[int, int], Notice],
    key: ServiceKey,
) -> Json:
    receipt: Json = {
        "ref": row.ref,
        "external_ref": row.external_ref,
        "status": "restricted",
        "channel": str(row.channel),
        "result": str(row.result),
        "is_sandbox": row.is_sandbox,
        "received_at": row.received_at,
        "warnings": row.warnings,
        "status_url": status_url(row.ref),
    }
    if case is None:
        return receipt
    running = clocks_out(clocks.get(case.pk, []))
    found = receipt | {
        "status": case.status,
        "resolution": case.resolution,
        "waiting_on": case.waiting_on,
        "waiting_until": case.waiting_until,
        "title": case.title,
        "surface": case.surface,
        "harm": case.harm,
        "suspected_policy": case.suspected_policy,
        "market": case.market,
        "language": case.language,
        "severity": severity_out(case),
        "queue": queue_out(case.queue),
        "promised": {clock["clock"]: clock["due_at"] for clock in running if clock["due_at"] is not None},
        "clocks": running,
        "updated_at": case.updated_at,
        "closed_at": case.closed_at,
    }
    if "decisions:read" in key.scopes:
        decision = decisions.get(case.pk)
        found["decision"] = None
        if decision is not None:
            notice = told.get((case.pk, decision.repeats_id or decision.pk))
            found["decision"] = decision_out(decision, notice)
    return found


def decision_out(decision: Decision, notice: Notice | None) -> Json:
    """A decision in effect, with the notice of it to the submitter."""
    clause = decision.clause
    return {
        "verdict": decision.verdict,
        "clause": "" if clause is None else f"{clause.policy.key}@v{clause.number}",
        "rationale": decision.public_rationale,
        "decided_at": decision.decided_at,
        "effective_at": decision.effective_at,
        "notice": None if notice is None else {"language": notice.language, "body": notice.body},
    }


def message_out(comment: Comment) -> Json:
    return {
        "id": str(comment.public_id),
        "body": comment.body,
        "language": comment.language,
        "is_from_submitter": comment.is_from_submitter,
        "author": author_of(comment),
        "created_at": comment.created_at if comment.is_from_submitter else comment.visible_at,
    }


def appeal_out(appeal: Appeal) -> Json:
    """An appeal as its submitter reads it: the outcome only once it is carried out."""
    is_told = appeal.state == AppealState.CLOSED
    shown = AppealState.OPEN if appeal.state == AppealState.DECIDED else AppealState(appeal.state)
    return {
        "appeal": appeal.ref,
        "ref": appeal.case.ref,
        "state": shown.value,
        "text": appeal.text,
        "language": appeal.language,
        "filed_at": appeal.filed_at,
        "due_at": appeal.due_at if appeal.is_live else None,
        "outcome": str(appeal.outcome) if is_told else "",
        "answer": appeal.answer if is_told else "",
        "closed_at": appeal.closed_at,
    }


def dispute_out(dispute: Dispute) -> Json:
    """An objection to a return as its submitter reads it: what was found, and nobody's name."""
    return {
        "ref": dispute.case.ref,
        "state": dispute.state,
        "reason": dispute.reason,
        "text": dispute.text,
        "filed_at": dispute.filed_at,
        "answer": dispute.answer,
        "decided_at": dispute.decided_at,
    }


def appeal_message_out(message: AppealMessage) -> Json:
    is_theirs = message.direction == Direction.IN
    team = (message.by.outward_alias if message.by is not None else "") or "Response team"
    theirs = message.by_key.name if message.by_key is not None else ""
    return {
        "id": str(message.public_id),
        "body": message.body,
        "language": message.language,
        "is_from_submitter": is_theirs,
        "author": theirs if is_theirs else team,
        "created_at": message.at,
    }


def author_of(comment: Comment) -> str:
    """Who wrote, as outsiders may know it: their own people by name, ours by their outward alias (permissions.md P5)."""
    if comment.is_from_submitter:
        if comment.author is not None:
            return comment.author.display_name
        return comment.author_key.name if comment.author_key is not None else ""
    return (comment.author.outward_alias if comment.author is not None else "") or "Response team"


def upload_out(upload: Upload, *, max_bytes: int) -> Json:
    return {
        "upload_id": str(upload.public_id),
        "sha256": upload.blob.sha256,
        "size": upload.blob.size,
        "media_type": upload.blob.media_type,
        "name": upload.name,
        "expires_at": upload.created_at + KEPT,
        "limits": {"max_bytes": max_bytes, "kept_s": int(KEPT.total_seconds())},
    }


# What each outward kind tells beyond its name. Queues, people and internal reasons stay with the team.
_OUTWARD: dict[str, tuple[str, ...]] = {
    events.SUBMISSION_RECEIVED: ("channel",),
    events.CASE_CREATED: ("severity",),
    events.CASE_SEVERITY_CHANGED: ("before", "after"),
    events.CASE_WAITING: ("on", "until", "question"),
    events.CASE_CLOSED: ("resolution",),
    events.CASE_WITHDRAWN: ("reason",),
    events.CASE_REJECTED: ("reason", "note"),
    events.COMMENT_ADDED: ("comment", "from_submitter"),
    events.APPEAL_FILED: ("appeal", "is_expedited"),
    events.APPEAL_ASKED: ("appeal", "message"),
    events.APPEAL_WITHDRAWN: ("appeal",),
    events.APPEAL_CLOSED: ("appeal", "outcome"),
    events.DISPUTE_FILED: ("dispute", "reason"),
    events.DISPUTE_ANSWERED: ("dispute", "upheld"),
}
_LEVELS = frozenset({"severity", "before", "after"})


def event_out(event: Event, external_ref: str, *, is_internal: bool) -> Json:
    """An event of the change feed; a submitter reads only what `_OUTWARD` names."""
    data = event.data if is_internal else {name: event.data.get(name) for name in _OUTWARD.get(event.kind, ())}
    if not is_internal:
        data = {
            name: Severity(value).name if name in _LEVELS and isinstance(value, int) else value
            for name, value in data.items()
        }
    return {
        "id": event.pk,
        "kind": event.kind,
        "ref": event.subject_ref,
        "external_ref": external_ref,
        "at": event.at,
        "data": data,
    }


def case_out(case: Case, clocks: Sequence[SlaClock]) -> Json:
    """A case for an internal key. Expects `organization`, `queue`, `assignee`, tags and subjects to be fetched."""
    return {
        "ref": case.ref,
        "revision": case.revision,
        "status": str(case.status),
        "resolution": str(case.resolution),
        "title": case.title,
        "ask": case.ask,
        "organization": case.organization.slug,
        "external_ref": case.external_ref,
        "channel": str(case.channel),
        "surface": str(case.surface),
        "platform": case.platform,
        "harm": str(case.harm),
        "suspected_policy": case.suspected_policy,
        "market": case.market,
        "language": case.language,
        "severity": severity_out(case),
        "severity_is_pinned": case.severity_source == Case.SeveritySource.PERSON,
        "queue": case.queue.slug,
        "assignee": None if case.assignee is None else case.assignee.email,
        "tags": sorted(row.tag.name for row in case.case_tags.all()),
        "subjects": [
            {name: str(part.reported.get(name, "")) for name in ("kind", "platform", "id", "url")} | {"role": part.role}
            for part in case.subjects.all()
        ],
        "clocks": clocks_out(clocks),
        "is_sandbox": case.is_sandbox,
        "received_at": case.received_at,
        "updated_at": case.updated_at,
        "closed_at": case.closed_at,
    }


def outward_messages(case_id: int, *, at: datetime) -> Any:
    """Messages to and from the submitter that may be read at `at`, oldest first."""
    rows = Comment.objects.filter(
        case_id=case_id, audience=Audience.SUBMITTER, retracted_at__isnull=True, visible_at__lte=at
    )
    return rows.select_related("author", "author_key").order_by("visible_at", "id")


_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_TIME_OR_NULL: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
ACTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One thing to do on the platform. `key` is the same whenever it is sent: do it once for each key.",
    "required": ["id", "key", "state", "action", "lift", "subject", "markets", "ends_at", "queued_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "key": {"type": "string"},
        "state": {"type": "string", "enum": list(HandOffState.values)},
        "action": {"type": "string", "enum": list(ActionType.values)},
        "lift": {"type": "boolean", "description": "Whether to take the action off again instead of doing it."},
        "lifts": {
            "description": "Which earlier action is lifted.",
            "anyOf": [
                {"type": "null"},
                {"type": "object", "properties": {"id": {"type": "string"}, "foreign_id": _TEXT_OR_NULL}},
            ],
        },
        "why": {"type": "string", "enum": list(Source.values)},
        "case": {"type": "string"},
        "decision": _TEXT_OR_NULL,
        "clause": {**_TEXT_OR_NULL, "description": "The clause and its version, such as `AD-FR-2.1@v9`."},
        "subject": {
            "type": "object",
            "required": ["platform", "kind", "id"],
            "properties": {
                "platform": {"type": "string"},
                "kind": {"type": "string", "enum": list(EntityKind.values)},
                "id": {"type": "string"},
                "url": _TEXT_OR_NULL,
            },
        },
        "markets": {"type": "array", "items": {"type": "string"}, "description": "Where; empty for everywhere."},
        "ends_at": {**_TIME_OR_NULL, "description": "When it is to end; we ask to lift it then."},
        "queued_at": {"type": "string", "format": "date-time"},
        "notice": {
            "description": "What to tell the person concerned; null where nothing is to be told.",
            "anyOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "required": ["language", "body"],
                    "properties": {"language": {"type": "string"}, "body": {"type": "string"}},
                },
            ],
        },
        "foreign_id": _TEXT_OR_NULL,
        "refusal": _TEXT_OR_NULL,
        "settled_at": _TIME_OR_NULL,
    },
}
