"""What people do to a case besides holding and ending it: severity, queue, snooze, waiting, tags, watchers, labels, holds.

The verbs of `claims` and `closing` are offered here too, so that callers have one place: `cases.claim_case(...)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Compartment, User
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, StaleRevision
from escalations import events, permissions
from escalations.lifecycle import (
    CaseStatus,
    GraphicTier,
    Harm,
    LinkKind,
    Metric,
    Resolution,
    Severity,
    Surface,
    TransitionNotAllowed,
    WaitingOn,
)
from escalations.models import Case, CaseTag, Link, Queue, SlaTimer, Tag, Watch
from escalations.operations import clocks, timers, undo
from escalations.operations.claims import (
    CLAIM_LEASE,
    AlreadyClaimed,
    assign_case,
    claim_case,
    claim_next,
    end_lease,
    hand_back,
    let_go,
    likely_next,
    release_case,
    renew_lease,
)
from escalations.operations.closing import (
    close,
    close_as_duplicate,
    mark_invalid,
    reopen_case,
    withdraw_case,
)
from escalations.operations.saving import save

__all__ = [
    "CLAIM_LEASE",
    "AlreadyClaimed",
    "assign_case",
    "change_severity",
    "claim_case",
    "claim_next",
    "close_as_duplicate",
    "close_unanswered",
    "edit_case",
    "end_lease",
    "likely_next",
    "link_cases",
    "mark_invalid",
    "move_to_queue",
    "release_case",
    "renew_lease",
    "reopen_case",
    "resume_case",
    "set_boost",
    "set_compartments",
    "snooze_case",
    "tag_case",
    "unlink_cases",
    "unwatch_case",
    "wait_for_submitter",
    "wait_outside",
    "wake_case",
    "watch_case",
    "withdraw_case",
]

SNOOZE_AT_MOST = timedelta(days=30)  # a case that waits for a reply or for worse comes back then at the latest
WAIT_AT_MOST = timedelta(days=5)  # cap of a pause for the submitter (sla.md §3.5, in days of the wall here)
WAIT_OUTSIDE_AT_MOST = timedelta(days=30)
BOOST_AT_MOST = timedelta(days=7)
REASON_MAX = 300
TAGS_AT_MOST = 20
SEVERITY_FIELDS = ("severity", "severity_source", "severity_reason", "severity_set_by", "severity_promised")
SNOOZE_TIMER, WAIT_TIMER, BOOST_TIMER = "snooze", "wait", "boost"


@transaction.atomic
def change_severity(
    *, case_id: int, severity: Severity, reason: str, by: Actor, at: datetime, revision: int | None = None
) -> Case:
    """Set how bad it is, with a reason; automation leaves the case alone from then on (a person's word pins it).

    `at` is aware UTC. Raising and lowering are different rights. Retargets the clocks, which keep the time used; stops clock A
    (somebody has looked). A submitter raises by one level at a time, never to S0, and only until triage; where the plan keeps its
    targets then (sla.md 3.6, rule 8), the clocks stay as promised and the case carries a flag until somebody of the team sets its
    severity. Records `case.severity_changed`. Raises `Invalid` (no reason, too far), `NotPermitted`, `StaleRevision`,
    `TransitionNotAllowed` (closed), `Case.DoesNotExist`.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        detail = _("Give the reason in a line of at most 300 characters.")
        raise Invalid(errors=[FieldProblem("/reason", "required" if not reason else "too_long", detail)])
    case = _open(case_id, revision)
    before = Severity(case.severity)
    action = Action.SEVERITY_RAISE if severity <= before else Action.SEVERITY_LOWER
    permissions.check_can_act(by, action, case)
    is_submitter = by is not None and not by.is_internal
    if is_submitter and severity < max(before - 1, Severity.S1):
        detail = _("You may raise it by one level at a time, S1 at most. Somebody in danger now? Say so in a message.")
        raise Invalid(errors=[FieldProblem("/severity", "too_far", detail)])
    case.severity = severity
    case.severity_source, case.severity_reason = Case.SeveritySource.PERSON, reason
    case.severity_set_by = by if isinstance(by, User) else None
    data: dict[str, Any] = {"before": int(before), "after": int(severity), "reason": reason, "pinned": True}
    judged_by = case.clock_severity if severity == before else before
    if is_submitter and severity != before:
        plan = clocks.plan_of(case, at=at)
        if plan is not None and plan.keeps_when_submitter_raises and case.severity_promised is None:
            case.severity_promised = before
        if case.severity_promised is not None:
            data["promised"] = case.severity_promised
    elif not is_submitter:
        case.severity_promised = None
    if severity != before or case.clock_severity != judged_by:
        clocks.retarget(case, at=at, by=by, cause="severity", unsaved=["severity"])
    if by is not None and by.is_internal:
        clocks.stop(case, Metric.ACKNOWLEDGE, at=at, by=by)
    save(case, SEVERITY_FIELDS, at=at)
    record(events.CASE_SEVERITY_CHANGED, subject=case, by=by, at=at, data=data)
    return case


@transaction.atomic
def move_to_queue(*, case_id: int, queue_id: int, by: Actor, at: datetime, reason: str = "") -> Case:
    """Send a case to another queue, where it waits unassigned at its place.

    `at` is aware UTC. Records `case.moved`, and `case.released` where somebody held it. Raises `NotPermitted`, `Invalid` (a queue
    that is switched off), `TransitionNotAllowed` (decided or closed), `Case.DoesNotExist`, `Queue.DoesNotExist`.
    """
    case = _open(case_id)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    queue = Queue.objects.get(pk=queue_id)
    if not queue.is_active:
        raise Invalid(_("%(queue)s takes no cases any more: choose another queue.") % {"queue": queue.name})
    if queue.pk == case.queue_id:
        return case
    if case.status == CaseStatus.DECIDED:
        raise TransitionNotAllowed(_("A decided case stays where it is until its hold is over."))
    if case.assignee_id is not None:
        let_go(case, by=by, at=at, cause="moved")
    before, case.queue = case.queue_id, queue
    moves = clocks.refit(case, at=at, by=by, cause="moved", unsaved=["queue"])
    save(case, ["queue"], at=at, moves=moves)
    record(
        events.CASE_MOVED,
        subject=case,
        by=by,
        at=at,
        data={"queue_id": queue.pk, "before_id": before, "reason": reason.strip()[:REASON_MAX]},
    )
    return case


@transaction.atomic
def snooze_case(*, case_id: int, until: datetime | None, wake_on: str = "", by: User, at: datetime) -> Case:
    """Hide a case from its queue for everyone, until a time or a condition. Its clocks go on.

    `until` and `at` are aware UTC. `wake_on` is empty, `reply` (the submitter writes) or `escalates` (severity rises, or its
    volume triples); then `until` may be None and thirty days is the latest. A clock that warns or breaches wakes it in any
    case. Records `case.snoozed`. Raises `Invalid`, `NotPermitted`, `TransitionNotAllowed`, `Case.DoesNotExist`.
    """
    if wake_on not in ("", "reply", "escalates"):
        raise Invalid(errors=[FieldProblem("/wake_on", "unknown", _("Choose a time, a reply, or until it escalates."))])
    if until is None:
        if not wake_on:
            raise Invalid(errors=[FieldProblem("/until", "required", _("Say until when."))])
        until = at + SNOOZE_AT_MOST
    if not at < until <= at + SNOOZE_AT_MOST:
        raise Invalid(
            errors=[FieldProblem("/until", "out_of_range", _("Choose a time from now to thirty days ahead."))]
        )
    case = _open(case_id)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    if case.status == CaseStatus.DECIDED:
        raise TransitionNotAllowed(_("A decided case leaves its queue by itself when its hold is over."))
    case.snoozed_until, case.snooze_wake_on = until, wake_on
    timers.arm(case, SNOOZE_TIMER, due_at=until)
    save(case, ["snoozed_until", "snooze_wake_on"], at=at, moves=False)
    record(
        events.CASE_SNOOZED,
        subject=case,
        by=by,
        at=at,
        data={"until": until.isoformat(), "wake_on": wake_on, "volume": case.cluster_size},
    )
    return case


@transaction.atomic
def wake_case(*, case_id: int, by: Actor, at: datetime, cause: str = "person") -> Case:
    """Bring a snoozed case back to its queue. Waking what is awake changes nothing. Records `case.woken`."""
    case = Case.objects.lock(case_id)
    if case.snoozed_until is None:
        return case
    if by is not None:
        permissions.check_can_act(by, Action.CASE_EDIT, case)
    _wake(case, by=by, at=at, cause=cause)
    return case


def _wake(case: Case, *, by: Actor, at: datetime, cause: str) -> None:
    case.snoozed_until, case.snooze_wake_on = None, ""
    timers.cancel(case, SNOOZE_TIMER)
    save(case, ["snoozed_until", "snooze_wake_on"], at=at, moves=False)
    record(events.CASE_WOKEN, subject=case, by=by, at=at, data={"cause": cause})


def end_snooze(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """The snooze's timer. Called with the case locked, in the transaction that fires it."""
    if case.snoozed_until is not None and case.snoozed_until <= at:
        _wake(case, by=None, at=at, cause="time")


@transaction.atomic
def wait_for_submitter(*, case_id: int, question: str, by: User, at: datetime, until: datetime | None = None) -> Case:
    """Ask the submitter and wait: the resolve clock pauses until they answer, for five days at most.

    `until` and `at` are aware UTC. The question itself is sent as a message by the caller, in the same transaction; here it is
    recorded with `case.waiting`. The holder keeps the case without a lease. Raises `Invalid`, `NotPermitted` (not the holder),
    `TransitionNotAllowed`, `Case.DoesNotExist`.
    """
    if not question.strip():
        raise Invalid(errors=[FieldProblem("/question", "required", _("Write what the submitter should answer."))])
    until = until or at + WAIT_AT_MOST
    if not at < until <= at + WAIT_AT_MOST:
        raise Invalid(errors=[FieldProblem("/until", "out_of_range", _("Choose a time from now to five days ahead."))])
    case = _open(case_id)
    permissions.check_can_act(by, Action.CLOCK_PAUSE, case)
    if case.assignee_id != by.pk and not permissions.can_act(by, Action.CASE_ASSIGN, case):
        permissions.check_can_act(by, Action.CASE_CLOSE, case)  # says "claim it first"
    _wait(case, WaitingOn.SUBMITTER, question.strip(), until, by=by, at=at)
    return case


@transaction.atomic
def wait_outside(*, case_id: int, reason: str, by: Actor, at: datetime, until: datetime | None = None) -> Case:
    """Wait for somebody outside who is not the submitter: an authority, a vendor's expert. The holder keeps the case without a lease.

    The clocks whose targets list this reason stand still, until `until` (aware UTC; thirty days at most, and as long unless given) or
    their cap. `reason` says for whom. Records `case.waiting`. Raises `Invalid`, `NotPermitted`, `TransitionNotAllowed`,
    `Case.DoesNotExist`.
    """
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > REASON_MAX:
        detail = _("Say for whom the case waits, in a line of at most 300 characters.")
        raise Invalid(errors=[FieldProblem("/reason", "required" if not reason else "too_long", detail)])
    until = until or at + WAIT_OUTSIDE_AT_MOST
    if not at < until <= at + WAIT_OUTSIDE_AT_MOST:
        raise Invalid(
            errors=[FieldProblem("/until", "out_of_range", _("Choose a time from now to thirty days ahead."))]
        )
    case = _open(case_id)
    permissions.check_can_act(by, Action.CLOCK_PAUSE, case)
    if isinstance(by, User) and case.assignee_id != by.pk and not permissions.can_act(by, Action.CASE_ASSIGN, case):
        permissions.check_can_act(by, Action.CASE_CLOSE, case)  # says "claim it first"
    _wait(case, WaitingOn.EXTERNAL, reason, until, by=by, at=at)
    return case


def _wait(case: Case, on: WaitingOn, question: str, until: datetime, *, by: Actor, at: datetime) -> None:
    case.move_to(CaseStatus.WAITING, at=at)
    case.waiting_on, case.waiting_until, case.lease_until = on, until, None
    timers.cancel(case, "lease")
    timers.arm(case, WAIT_TIMER, due_at=until)
    clocks.pause(case, on.value, at=at, by=by, cause=question)
    save(case, Case.STATUS_FIELDS, at=at)
    data = {"on": on.value, "until": until.isoformat(), "question": question}
    record(events.CASE_WAITING, subject=case, by=by, at=at, data=data)


@transaction.atomic
def resume_case(*, case_id: int, by: Actor, at: datetime, cause: str = "person") -> Case:
    """Go on with a waiting case: its holder has it again, with a fresh lease; without a holder it is new in its queue.

    `at` is aware UTC; `cause` is `person`, `reply` or `time`. Resuming what does not wait changes nothing. Records `case.resumed`.
    """
    case = Case.objects.lock(case_id)
    if case.status != CaseStatus.WAITING:
        return case
    if by is not None and by.is_internal:
        permissions.check_can_act(by, Action.CLOCK_PAUSE, case)
    _resume(case, by=by, at=at, cause=cause)
    return case


def _resume(case: Case, *, by: Actor, at: datetime, cause: str) -> None:
    case.move_to(CaseStatus.IN_REVIEW if case.assignee_id is not None else CaseStatus.NEW, at=at)
    timers.cancel(case, WAIT_TIMER)
    if case.assignee_id is not None:
        case.lease_until = at + CLAIM_LEASE
        timers.arm(case, "lease", due_at=case.lease_until)
    clocks.resume(case, at=at, by=by)
    save(case, Case.STATUS_FIELDS, at=at)
    record(events.CASE_RESUMED, subject=case, by=by, at=at, data={"cause": cause})


def end_wait(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """The wait's timer: the cap is reached, so the clocks go on and the holder decides with what there is.

    Called with the case locked, in the transaction that fires it.
    """
    if case.status == CaseStatus.WAITING and case.waiting_until is not None and case.waiting_until <= at:
        _resume(case, by=None, at=at, cause="time")


@transaction.atomic
def close_unanswered(*, case_id: int, by: User, at: datetime) -> Case:
    """Close a waiting case as insufficient information, since the submitter did not answer.

    `at` is aware UTC. Records `case.closed`. Raises `NotPermitted`, `TransitionNotAllowed` (not waiting).
    """
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_CLOSE, case)
    close(case, Resolution.INSUFFICIENT_INFO, by=by, at=at, cause="unanswered")
    return case


@transaction.atomic
def tag_case(*, case_id: int, by: Actor, at: datetime, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Case:
    """Put tags on a case and take tags off. Records `case.tagged` with what really changed, if anything.

    Tags are lower case, 1 to 40 characters of letters, digits, `-`, `_` and `.`, at most 20 on a case. Raises `Invalid`,
    `NotPermitted`, `Case.DoesNotExist`.
    """
    wanted, unwanted = {_tag_name(name) for name in add}, {_tag_name(name) for name in remove}
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    present = set(CaseTag.objects.filter(case=case).values_list("tag__name", flat=True))
    added, removed = sorted(wanted - present), sorted(unwanted & present)
    if len(present | wanted) - len(removed) > TAGS_AT_MOST:
        raise Invalid(errors=[FieldProblem("/add", "too_many", _("A case carries at most twenty tags."))])
    if not added and not removed:
        return case
    Tag.objects.bulk_create([Tag(name=name) for name in added], ignore_conflicts=True)
    CaseTag.objects.bulk_create(
        [
            CaseTag(organization_id=case.organization_id, case=case, tag=tag, added_at=at)
            for tag in Tag.objects.filter(name__in=added)
        ],
        ignore_conflicts=True,
    )
    CaseTag.objects.filter(case=case, tag__name__in=removed).delete()
    save(case, at=at, moves=clocks.refit(case, at=at, by=by, cause="tagged"))
    record(events.CASE_TAGGED, subject=case, by=by, at=at, data={"added": added, "removed": removed})
    return case


def _tag_name(name: str) -> str:
    name = name.strip().lower().lstrip("#")
    if not 1 <= len(name) <= 40 or not all(letter.isalnum() or letter in "-_." for letter in name):
        detail = _("“%(name)s” is no tag: up to 40 letters, digits, dots, - and _, without spaces.") % {
            "name": name[:60]
        }
        raise Invalid(errors=[FieldProblem("/add", "bad_tag", detail)])
    return name


@transaction.atomic
def watch_case(*, case_id: int, by: User, at: datetime) -> Case:
    """Hear of a case from now on. Records `case.watched` once. Raises `Case.DoesNotExist`."""
    case = Case.objects.get(pk=case_id)
    made = Watch.objects.get_or_create(
        case=case, user=by, defaults={"organization_id": case.organization_id, "since_at": at}
    )[1]
    if made:
        record(events.CASE_WATCHED, subject=case, by=by, at=at)
    return case


@transaction.atomic
def unwatch_case(*, case_id: int, by: User, at: datetime) -> Case:
    """No longer hear of a case. Records `case.unwatched` once. Raises `Case.DoesNotExist`."""
    case = Case.objects.get(pk=case_id)
    if Watch.objects.filter(case=case, user=by).delete()[0]:
        record(events.CASE_UNWATCHED, subject=case, by=by, at=at)
    return case


@transaction.atomic
def link_cases(*, case_id: int, other_id: int, kind: LinkKind, by: User, at: datetime) -> Link:
    """Link a case to another; both are already known to be visible to `by`. Records `case.linked` once.

    Raises `Invalid` for itself, `NotPermitted`, `Case.DoesNotExist`.
    """
    if case_id == other_id:
        raise Invalid(_("A case is not linked to itself: choose another one."), code="same_case")
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    other = Case.objects.get(pk=other_id)
    link, made = Link.objects.get_or_create(
        organization_id=case.organization_id,
        case=case,
        other=other,
        kind=kind,
        defaults={"created_at": at, "created_by": by},
    )
    if made:
        save(case, at=at, moves=False)
        record(events.CASE_LINKED, subject=case, by=by, at=at, data={"kind": kind.value, "other": other.ref})
    return link


@transaction.atomic
def unlink_cases(*, case_id: int, other_id: int, kind: LinkKind, by: User, at: datetime) -> Case:
    """Remove a link. Removing what is not there changes nothing. Records `case.unlinked`. Raises `NotPermitted`."""
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    other = Case.objects.get(pk=other_id)
    if Link.objects.filter(case=case, other=other, kind=kind).delete()[0]:
        save(case, at=at, moves=False)
        record(events.CASE_UNLINKED, subject=case, by=by, at=at, data={"kind": kind.value, "other": other.ref})
    return case


@transaction.atomic
def set_boost(*, case_id: int, boost_s: int, until: datetime, by: User, at: datetime) -> Case:
    """Move a case forward (or, negative, back) in the order by so many seconds, until a time; everybody sees who did it.

    `until` and `at` are aware UTC. At most seven days of boost, for at most seven days; 0 ends it. Records `case.edited`.
    Raises `Invalid`, `NotPermitted` (leads and seniors only), `Case.DoesNotExist`.
    """
    if abs(boost_s) > BOOST_AT_MOST.total_seconds():
        raise Invalid(errors=[FieldProblem("/boost_s", "out_of_range", _("At most seven days forward or back."))])
    if boost_s and not at < until <= at + BOOST_AT_MOST:
        raise Invalid(errors=[FieldProblem("/until", "out_of_range", _("Choose a time within seven days."))])
    case = _open(case_id)
    permissions.check_can_act(by, Action.CASE_ASSIGN, case)
    before, case.boost_s = case.boost_s, boost_s
    case.boost_until, case.boost_by = (until, by) if boost_s else (None, None)
    if boost_s:
        timers.arm(case, BOOST_TIMER, due_at=until)
    else:
        timers.cancel(case, BOOST_TIMER)
    save(case, ["boost_s", "boost_until", "boost_by"], at=at)
    record(events.CASE_EDITED, subject=case, by=by, at=at, data={"changes": {"boost_s": [before, boost_s]}})
    return case


@transaction.atomic
def set_compartments(*, case_id: int, compartments: Iterable[str], by: User, at: datetime) -> Case:
    """Set the labels that narrow who sees a case. Whoever sets one must hold it, or would lose the case from sight.

    Records `case.labelled`. Raises `Invalid` (unknown label), `NotPermitted`, `Case.DoesNotExist`.
    """
    wanted = sorted(set(compartments))
    unknown = [label for label in wanted if label not in Compartment.values]
    if unknown:
        raise Invalid(
            errors=[FieldProblem("/compartments", "unknown", _("%(label)s is no label.") % {"label": unknown[0]})]
        )
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.COMPARTMENT_SET, case)
    if not set(wanted) <= by.access.compartments:
        raise Invalid(_("You can only set labels that you hold yourself: ask its owner."), code="label_not_held")
    before = sorted(case.compartments)
    if wanted == before:
        return case
    case.compartments = wanted
    case.is_high_profile = case.is_high_profile or Compartment.HIGH_PROFILE in wanted
    changed = ["compartments", "is_high_profile"]
    save(case, changed, at=at, moves=clocks.refit(case, at=at, by=by, cause="labelled", unsaved=changed))
    record(events.CASE_LABELLED, subject=case, by=by, at=at, data={"before": before, "after": wanted})
    return case


_CHOICES: dict[str, Any] = {"surface": Surface, "harm": Harm, "graphic_tier": GraphicTier}
_LENGTHS = {"title": 200, "platform": 60, "market": 8, "language": 12, "suspected_policy": 40, "deadline_reason": 300}
EDITABLE = frozenset({*_CHOICES, *_LENGTHS, "is_high_profile"})


@transaction.atomic
def edit_case(
    *, case_id: int, changes: Mapping[str, Any], by: Actor, at: datetime, revision: int | None = None
) -> Case:
    """Change plain facts of a case: title, surface, platform, harm, suspected policy, market, language, tier, high profile.

    `at` is aware UTC; `revision` is the one the editor saw (None: whatever it is). Retargets the clocks, whose plans may
    depend on a fact. Records `case.edited` with before and after. Raises `Invalid` (every wrong value at once),
    `StaleRevision`, `NotPermitted`, `TransitionNotAllowed` (closed), `Case.DoesNotExist`.
    """
    problems = [problem for name, value in changes.items() if (problem := _wrong(name, value))]
    if problems:
        raise Invalid(errors=problems)
    case = _open(case_id, revision)
    permissions.check_can_act(by, Action.CASE_EDIT, case)
    changed: dict[str, list[Any]] = {}
    for name, value in changes.items():
        value = value.strip() if isinstance(value, str) else value
        if getattr(case, name) != value:
            changed[name] = [getattr(case, name), value]
            setattr(case, name, value)
    if not changed:
        return case
    clocks.refit(case, at=at, by=by, cause="edit", unsaved=changed)
    save(case, changed, at=at)
    record(events.CASE_EDITED, subject=case, by=by, at=at, data={"changes": changed})
    return case


def _wrong(name: str, value: Any) -> FieldProblem | None:
    pointer = f"/{name}"
    if name not in EDITABLE:
        return FieldProblem(pointer, "unknown", _("%(name)s cannot be edited.") % {"name": name})
    if name in _CHOICES:
        empty = value in ("", None) and name != "surface"
        if not empty and value not in _CHOICES[name].values:
            return FieldProblem(pointer, "unknown", _("Choose one of the listed values."))
        return None
    if name == "is_high_profile":
        return None if isinstance(value, bool) else FieldProblem(pointer, "invalid", _("Say yes or no."))
    if not isinstance(value, str) or len(value.strip()) > _LENGTHS[name]:
        detail = _("Text of at most %(length)d characters.") % {"length": _LENGTHS[name]}
        return FieldProblem(pointer, "too_long", detail)
    if name == "title" and not value.strip():
        return FieldProblem(pointer, "required", _("A case needs a title."))
    return None


def _open(case_id: int, revision: int | None = None) -> Case:
    """The locked case, which is not closed, at the revision the editor saw."""
    case = Case.objects.lock(case_id)
    if revision is not None and case.revision != revision:
        raise StaleRevision(
            _("%(ref)s was changed since you opened it: look at it again.") % {"ref": case.ref},
            current=case.revision,
            given=revision,
        )
    if case.status == CaseStatus.CLOSED:
        raise TransitionNotAllowed(
            _("%(ref)s is closed: reopen it first.") % {"ref": case.ref}, legal=[CaseStatus.NEW.value]
        )
    return case


def _undo_severity(data: undo.Data, by: User, at: datetime) -> None:
    """Put back the severity of before, with its source: lowering it so needs no right to lower."""
    with transaction.atomic():
        case = _open(data["case_id"], data["revision"])
        before = Severity(case.severity)
        case.severity, case.severity_source = data["severity"], data["source"]
        case.severity_reason, case.severity_set_by_id = data["reason"], data["set_by_id"]
        case.severity_promised = data.get("promised")
        clocks.retarget(case, at=at, by=by, cause="severity", unsaved=["severity"])
        save(case, SEVERITY_FIELDS, at=at)
        record(
            events.CASE_SEVERITY_CHANGED,
            subject=case,
            by=by,
            at=at,
            data={
                "before": int(before),
                "after": int(data["severity"]),
                "reason": _("Undone"),
                "pinned": data["source"] == Case.SeveritySource.PERSON,
            },
        )


def _undo_snooze(data: undo.Data, by: User, at: datetime) -> None:
    case = Case.objects.lock(data["case_id"])
    until = case.snoozed_until.astimezone(UTC).isoformat() if case.snoozed_until else ""
    if "until" in data and (until, case.snooze_wake_on) != (data["until"], data["wake_on"]):
        raise undo.UndoOver(_("%(ref)s was woken or snoozed anew since: it stays as it is.") % {"ref": case.ref})
    wake_case(case_id=data["case_id"], by=by, at=at)


def _undo_tags(data: undo.Data, by: User, at: datetime) -> None:
    tag_case(case_id=data["case_id"], add=data["removed"], remove=data["added"], by=by, at=at)


def _undo_move(data: undo.Data, by: User, at: datetime) -> None:
    """Back to the queue of before, and to who held it; refused where somebody moved or took the case since."""
    with transaction.atomic():
        case = Case.objects.lock(data["case_id"])
        if case.queue_id != data["to_id"] or case.assignee_id is not None:
            raise undo.UndoOver(_("%(ref)s was moved or taken since: it stays where it is.") % {"ref": case.ref})
        move_to_queue(case_id=case.pk, queue_id=data["queue_id"], by=by, at=at, reason=_("Undone"))
        if data["assignee_id"] is not None:
            hand_back(case_id=case.pk, to_id=data["assignee_id"], by=by, at=at)


undo.on("case.move", _undo_move)
undo.on("case.severity", _undo_severity)
undo.on("case.snooze", _undo_snooze)
undo.on("case.tag", _undo_tags)
