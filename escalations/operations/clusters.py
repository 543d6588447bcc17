"""Merging cases that are one story, and taking it apart again.

A merge keeps every submitter: the absorbed case stays a case of its organization, closed as `merged`, with its submission,
messages and history, and its submitter hears the parent's outcome. Its clocks end as cancelled; the surviving case's response
clock takes the older of the two unanswered moments, so that merging cannot hide waiting (sla.md §3.5, "Merge").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.roles import Action
from audit.recording import record
from core.errors import DomainError, Invalid, NotFound
from core.references import permute
from escalations import events, permissions
from escalations.lifecycle import CaseStatus, Channel, ClockState, Metric, Resolution, Severity
from escalations.models import Case, CaseEntity, ClusterMove, SlaClock
from escalations.operations import clocks, ordering, undo
from escalations.operations.closing import close, watchers_follow
from escalations.operations.saving import save

MERGE_AT_MOST = 200
_RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)


class CannotMerge(DomainError):
    """None of the cases can be merged; `skipped` says why, by reference."""

    code = "cannot_merge"
    title = "These cases cannot be merged"


@dataclass(frozen=True)
class Skip:
    """A case that a merge or a bulk action leaves out, and why in a sentence."""

    ref: str
    why: str


@dataclass(frozen=True)
class MergePlan:
    """What a merge would do, for its preview: the parent (None: an internal one is made), the absorbed, those left out."""

    parent: Case | None
    title: str
    severity: Severity
    children: tuple[Case, ...]
    skipped: tuple[Skip, ...]
    organizations: int

    @property
    def makes_parent(self) -> bool:
        """Whether a new internal case will stand above the others, since they come from several organizations."""
        return self.parent is None


@dataclass(frozen=True)
class Merged:
    """The parent after a merge, and what was left out."""

    parent: Case
    moves: tuple[ClusterMove, ...]
    skipped: tuple[Skip, ...]


def plan_merge(cases: Sequence[Case], *, target: Case | None, by: User) -> MergePlan:
    """Work out a merge of `cases` (already visible to `by`) without doing it. No write.

    The parent is `target`, else the oldest of them, if all are of one organization; across organizations it must be internal:
    a case of the internal organization among them, or a new one.
    """
    unique = list({case.pk: case for case in [*([target] if target is not None else []), *cases]}.values())
    skipped: list[Skip] = []
    fit: list[Case] = []
    for case in unique:
        why = why_not(case, by=by)
        if why:
            skipped.append(Skip(case.ref, why))
        else:
            fit.append(case)
    organizations = {case.organization_id for case in fit}
    oldest = sorted(fit, key=lambda case: (case.cluster_size == 0, case.received_at, case.pk))
    parent: Case | None = None
    if target is not None and target in fit and (len(organizations) == 1 or _is_internal(target)):
        parent = target
    elif len(organizations) == 1 and oldest:
        parent = oldest[0]
    else:
        parent = next((case for case in oldest if _is_internal(case)), None)
    children = tuple(case for case in oldest if parent is None or case.pk != parent.pk)
    first = parent or (oldest[0] if oldest else None)
    return MergePlan(
        parent,
        first.title if first is not None else "",
        Severity(min((case.severity for case in fit), default=Severity.S4)),
        children,
        tuple(skipped),
        len(organizations),
    )


def why_not(case: Case, *, by: User) -> str:
    """Why `by` cannot merge this case, as a sentence; empty where they can."""
    if not permissions.can_act(by, Action.CASE_MERGE, case):
        if case.severity < Severity.S2 and permissions.can_act(by, Action.CASE_EDIT, case):
            return _("S0 and S1 are merged by a senior or a lead.")
        return _("Your role does not allow merging it.")
    if case.status == CaseStatus.CLOSED:
        return _("It is closed.")
    if case.status == CaseStatus.DECIDED:
        return _("It is decided; its hold is not over.")
    if case.is_legal_hold:
        return _("It is under legal hold.")
    if case.is_sandbox:
        return _("It is a sandbox case.")
    if case.assignee_id not in (None, by.pk) and not permissions.can_act(by, Action.CASE_ASSIGN, case):
        return _("Somebody else holds it.")
    return ""


@transaction.atomic
def merge_cases(*, case_ids: Sequence[int], target_id: int | None, by: User, at: datetime) -> Merged:
    """Merge cases into one parent; what cannot be merged is left out and explained.

    `at` is aware UTC. Locks the cases by id. Per child: `ClusterMove`, status `closed` as merged, clocks cancelled as merged,
    watchers follow; children of a child come along. Records `case.merged` for each and `case.absorbed` for the parent. Across
    organizations an internal parent is made, which no vendor sees. Raises `CannotMerge`, `Invalid` (too many).
    """
    if len(case_ids) > MERGE_AT_MOST:
        raise Invalid(
            _("At most %(count)d cases are merged at once: narrow the selection.") % {"count": MERGE_AT_MOST},
            code="too_many",
        )
    wanted = sorted({*case_ids, *([target_id] if target_id is not None else [])})
    rows = list(
        Case.objects.filter(pk__in=wanted)
        .select_related("queue", "organization")
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    target = next((case for case in rows if case.pk == target_id), None)
    plan = plan_merge(rows, target=target, by=by)
    if not plan.children or (plan.parent is None and len(plan.children) < 2):
        raise CannotMerge(
            " ".join(f"{skip.ref}: {skip.why}" for skip in plan.skipped) or _("Choose two cases or more."),
            skipped=[{"ref": skip.ref, "why": skip.why} for skip in plan.skipped],
        )
    parent = plan.parent or _internal_parent(plan, by=by, at=at)
    oldest = _oldest_unanswered([parent, *plan.children])
    moves = tuple(_absorb(case, parent, by=by, at=at) for case in plan.children)
    if plan.severity < parent.severity:
        before, parent.severity, parent.severity_promised = parent.severity, plan.severity, None
        clocks.retarget(parent, at=at, by=by, cause="merge", unsaved=["severity"])
        record(
            events.CASE_SEVERITY_CHANGED,
            subject=parent,
            by=by,
            at=at,
            data={"before": before, "after": int(plan.severity), "reason": _("Merged"), "pinned": False},
        )
    _take_older_moment(parent, oldest, at=at, by=by)
    parent.cluster_size = ClusterMove.objects.filter(parent=parent, unmerged_at=None).count()
    parent.reach = max([parent.reach, *(case.reach for case in plan.children)])
    parent.is_high_profile = parent.is_high_profile or any(case.is_high_profile for case in plan.children)
    parent.compartments = sorted(
        {*parent.compartments, *(label for case in plan.children for label in case.compartments)}
    )
    save(parent, ["severity", "severity_promised", "cluster_size", "reach", "is_high_profile", "compartments"], at=at)
    record(
        events.CASE_ABSORBED,
        subject=parent,
        by=by,
        at=at,
        data={"children": [case.ref for case in plan.children], "size": parent.cluster_size},
    )
    return Merged(parent, moves, plan.skipped)


@transaction.atomic
def unmerge_case(*, case_id: int, by: User, at: datetime) -> Case:
    """Take a case out of its cluster: it is open again in the queue it came from, unassigned, with new clock cycles.

    `at` is aware UTC. Records `case.unmerged`; an internal parent left without children is closed as withdrawn. Raises `NotFound`
    (not merged), `NotPermitted`, `Case.DoesNotExist`.
    """
    move = ClusterMove.objects.filter(case_id=case_id, unmerged_at=None).first()
    if move is None:
        raise NotFound(_("This case is not part of a cluster."))
    locked = {
        case.pk: case
        for case in Case.objects.filter(pk__in=(case_id, move.parent_id))
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    }
    case, parent = locked[case_id], locked[move.parent_id]
    permissions.check_can_act(by, Action.CASE_MERGE, parent)
    return _detach(move, case, parent, by=by, at=at)


def _detach(move: ClusterMove, case: Case, parent: Case, *, by: User, at: datetime) -> Case:
    move.unmerged_at, move.unmerged_by = at, by
    move.save(update_fields=["unmerged_at", "unmerged_by"])
    case.move_to(CaseStatus.NEW, at=at)
    case.parent_id = move.before.get("parent_id")
    clocks.reopen(case, at=at, by=by, cause="unmerged")
    save(case, [*Case.STATUS_FIELDS, "parent"], at=at)
    record(events.CASE_UNMERGED, subject=case, by=by, at=at, data={"from": parent.ref})
    parent.cluster_size = max(0, parent.cluster_size - 1)
    save(parent, ["cluster_size"], at=at, moves=False)
    if (
        parent.cluster_size == 0
        and parent.channel == Channel.RADAR
        and _made_by_merge(parent)
        and _is_undecided(parent)
    ):
        close(parent, Resolution.WITHDRAWN, by=by, at=at, cause="cluster_empty")
    return case


def _is_undecided(case: Case) -> bool:
    return case.status in (CaseStatus.NEW, CaseStatus.IN_REVIEW, CaseStatus.WAITING)


def _made_by_merge(case: Case) -> bool:
    return bool(case.routed_why.get("made_by_merge"))


def _absorb(case: Case, parent: Case, *, by: User, at: datetime) -> ClusterMove:
    """One child: its own children move up to the parent first, so that a cluster is one level deep."""
    for child in list(Case.objects.filter(parent=case).order_by("pk").select_for_update(no_key=True, of=("self",))):
        child.parent = parent
        save(child, ["parent"], at=at, moves=False)
        ClusterMove.objects.filter(case=child, unmerged_at=None).update(parent=parent)
    move = ClusterMove.objects.create(
        organization_id=case.organization_id,
        case=case,
        parent=parent,
        before={
            "status": case.status,
            "queue_id": case.queue_id,
            "assignee_id": case.assignee_id,
            "parent_id": case.parent_id,
            "cluster_size": case.cluster_size,
        },
        merged_at=at,
        merged_by=by,
    )
    case.parent, case.cluster_size = parent, 0
    case.save(update_fields=["parent", "cluster_size"])
    close(case, Resolution.MERGED, by=by, at=at, cause="merged")
    watchers_follow(case, parent, at=at)
    record(events.CASE_MERGED, subject=case, by=by, at=at, data={"into": parent.ref})
    return move


def _oldest_unanswered(cases: Sequence[Case]) -> datetime | None:
    """The start of the response clock that has waited longest over these cases (aware UTC), read before any is cancelled."""
    open_clocks = SlaClock.objects.filter(
        object_type="case",
        object_id__in=[case.pk for case in cases if case.pk is not None],
        metric__in=_RESPONSES,
        state__in=(ClockState.PENDING, ClockState.RUNNING, ClockState.PAUSED),
    )
    return open_clocks.order_by("started_at").values_list("started_at", flat=True).first()


def _take_older_moment(parent: Case, oldest: datetime | None, *, at: datetime, by: User) -> None:
    """Let the parent's response clock run from the older of the unanswered moments."""
    if oldest is None:
        return
    running = (
        SlaClock.objects.filter(
            object_type="case",
            object_id=parent.pk,
            metric__in=_RESPONSES,
            state__in=(ClockState.PENDING, ClockState.RUNNING, ClockState.PAUSED),
        )
        .order_by("started_at")
        .first()
    )
    if running is not None and running.started_at <= oldest:
        return
    if running is not None:
        metric = Metric(running.metric)
        clocks.cancel_all(parent, "merged", at=at, by=by, metrics=[metric])
    else:
        metric = Metric.FIRST_RESPONSE if parent.first_response_at is None else Metric.NEXT_RESPONSE
    clocks.start(parent, metric, at=at, started_at=oldest, by=by, cause="merge")


def _internal_parent(plan: MergePlan, *, by: User, at: datetime) -> Case:
    """A case of the internal organization above cases of several: it takes the first one's facts, and nobody's messages."""
    first = plan.children[0]
    internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('escalations_case', 'id'))")
        number = int(cursor.fetchone()[0])
    parent = Case(
        pk=number,
        ref=f"ESC-{permute(number, key=settings.REFERENCE_KEY)}",
        organization=internal,
        submitted_by=None,
        channel=Channel.RADAR,
        title=first.title,
        ask=_("One story from %(count)d organizations, merged by %(person)s.")
        % {"count": plan.organizations, "person": by.display_name},
        surface=first.surface,
        platform=first.platform,
        harm=first.harm,
        suspected_policy=first.suspected_policy,
        market=first.market,
        language=first.language,
        severity=plan.severity,
        severity_why=[{"level": f"S{int(plan.severity)}", "because": _("the highest of the merged cases")}],
        graphic_tier=_tier(plan.children),
        queue_id=first.queue_id,
        routed_why={"made_by_merge": True},
        required_skills=first.required_skills,
        compartments=sorted({label for case in plan.children for label in case.compartments}),
        received_at=min(case.received_at for case in plan.children),
        order_at=first.order_at,
        updated_at=at,
    )
    starting = clocks.planned(parent, at=at)
    parent.save(force_insert=True)
    clocks.start_planned([(parent, starting)], at=at, by=by, cause="merge")
    CaseEntity.objects.bulk_create(
        [
            CaseEntity(
                organization_id=internal.pk,
                case=parent,
                entity_id=part.entity_id,
                role=part.role,
                reported={},
                is_verified=part.is_verified,
                added_at=at,
            )
            for part in CaseEntity.objects.filter(case__in=plan.children).distinct("entity_id", "role")
        ],
        ignore_conflicts=True,
    )
    record(
        events.CASE_CREATED,
        subject=parent,
        by=by,
        at=at,
        data={
            "channel": Channel.RADAR.value,
            "severity": int(parent.severity),
            "queue_id": parent.queue_id,
            "received_at": parent.received_at.isoformat(),
        },
    )
    ordering.reorder(parent, at=at)
    return parent


def _tier(cases: Sequence[Case]) -> int | None:
    """The most graphic tier of the cases; unknown as soon as one is, which shields it."""
    tiers = [case.graphic_tier for case in cases]
    return None if None in tiers else max(tier for tier in tiers if tier is not None)


def _is_internal(case: Case) -> bool:
    return case.organization.kind == Organization.Kind.INTERNAL


def _undo_merge(data: undo.Data, by: User, at: datetime) -> None:
    for case_id in data["case_ids"]:
        unmerge_case(case_id=case_id, by=by, at=at)


undo.on("case.merge", _undo_merge)
