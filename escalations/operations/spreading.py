"""A cluster's decision for its members: who gets it and who does not and why, said beforehand; carried out as a job (ux.md QUE-7).

Small clusters are dealt with in the transaction in which the decision takes effect; larger ones, and those of which some are left out, by
the engine, some members at a time. Who is left out is taken out of the cluster and waits in its queue for a decision of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import Entry, record, record_many
from core import engine
from core.clock import db_now
from core.errors import DomainError
from escalations import events
from escalations.lifecycle import CaseStatus, DecisionState, Resolution, Severity, SpreadState
from escalations.models import Case, Decision, Spread, SpreadRow
from escalations.operations import clusters, notices
from escalations.operations.provenance import provenance_of
from policies.models import PolicyVersion

AT_ONCE = 50  # members dealt with in one transaction
_SHOWN = 20
# What is read of members to sort them; texts and vectors stay where they are.
_HEAVY = ("ask", "outward_text", "internal_text", "outward_vector", "internal_vector")


@dataclass(frozen=True)
class LeftOut:
    """A member that does not get the decision. `ref` is empty where its reader may not know it."""

    ref: str
    why: str


@dataclass(frozen=True)
class Plan:
    """What one decision would do to a cluster: how many members get it, and who does not."""

    total: int
    left_out: Sequence[LeftOut]

    @property
    def goes(self) -> int:
        return self.total - len(self.left_out)

    @property
    def shown(self) -> Sequence[LeftOut]:
        """The first of those left out."""
        return self.left_out[:_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.left_out) - _SHOWN)


def members_of(parent: Case) -> list[Case]:
    """The merged cases below a parent, by id. One query."""
    found = Case.objects.filter(parent=parent, status=CaseStatus.CLOSED, resolution=Resolution.MERGED)
    return list(found.defer(*_HEAVY).order_by("pk"))


def plan_for(parent: Case, clause: PolicyVersion | None, *, by: User) -> Plan:
    """What deciding `parent` under `clause` would do to its members, said before it is done. One query, no write."""
    members = members_of(parent)
    labels = by.access.compartments
    left = []
    for member in members:
        why = why_left_out(member, parent, clause, labels=labels)
        if why:
            left.append(LeftOut(member.ref if set(member.compartments) <= labels else "", why))
    return Plan(len(members), left)


def why_left_out(member: Case, parent: Case, clause: PolicyVersion | None, *, labels: Collection[str]) -> str:
    """Why a member does not get its cluster's decision; empty where it does. `labels` are those its decider holds. No query."""
    if not set(member.compartments) <= set(labels):
        return _("It became restricted.")
    if member.is_legal_hold and not parent.is_legal_hold:
        return _("It is under legal hold.")
    if member.is_high_profile and not parent.is_high_profile:
        return _("It is about a high-profile subject.")
    if member.severity < min(parent.severity, Severity.S2):
        return _("It is S%(severity)d: decided by itself.") % {"severity": member.severity}
    if clause is not None and clause.market not in ("", member.market):
        return _("The clause’s wording is that of another market.")
    return ""


def spread(decision: Decision, parent: Case, *, at: datetime) -> None:
    """Let a decision that took effect reach the members: at once where they are few and all get it, else as a job.

    In the caller's transaction, the parent locked. Records what `repeat` records, or `spread.started`.
    """
    if parent.cluster_size <= AT_ONCE:
        members, labels = members_of(parent), decision.decided_by.access.compartments
        # A person's yes runs with that person's rights: a member that they may not see is not among those read here.
        is_whole = len(members) == parent.cluster_size
        if is_whole and not any(why_left_out(one, parent, decision.clause, labels=labels) for one in members):
            repeat(decision, [one.pk for one in members], at=at)
            return
    Spread.objects.create(
        organization_id=parent.organization_id,
        case=parent,
        decision=decision,
        total=parent.cluster_size,
        started_at=at,
    )
    record(events.SPREAD_STARTED, subject=parent, by=decision.decided_by, at=at, data={"count": parent.cluster_size})


def repeat(decision: Decision, member_ids: Sequence[int], *, at: datetime) -> None:
    """Give merged cases the decision that stands for them, and tell their submitters; records `decision.effective` on each.

    The public rationale goes along, the internal one stays with the parent. Locks the members.
    """
    members = list(
        Case.objects.filter(pk__in=member_ids, status=CaseStatus.CLOSED, resolution=Resolution.MERGED)
        .select_related("organization")
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    earlier = {
        found.case_id: found for found in Decision.objects.filter(case__in=members, state=DecisionState.EFFECTIVE)
    }
    Decision.objects.filter(pk__in=[found.pk for found in earlier.values()]).update(state=DecisionState.SUPERSEDED)
    Decision.objects.bulk_create(
        Decision(
            organization_id=member.organization_id,
            case=member,
            state=DecisionState.EFFECTIVE,
            verdict=decision.verdict,
            clause=decision.clause,
            public_rationale=decision.public_rationale,
            confidence=decision.confidence,
            provenance=provenance_of(member),
            decided_by_id=decision.decided_by_id,
            decided_at=decision.decided_at,
            hold_until=decision.hold_until,
            effective_at=at,
            supersedes=earlier.get(member.pk),
            repeats=decision,
        )
        for member in members
    )
    clause = decision.clause.citation if decision.clause is not None else ""
    data = {"decision": str(decision.public_id), "verdict": decision.verdict, "clause": clause}
    record_many([Entry(events.DECISION_EFFECTIVE, member, at, decision.decided_by, data) for member in members])
    notices.tell(decision, members, at=at)


# -- The job ------------------------------------------------------------------------------------------------------------
def run_now(limit: int) -> int:
    """The engine's claim: some members of what is under way; answers how many. Any number of engines may run it.

    Uses index: spread_under_way, spread_row_waiting.
    """
    done = 0
    while done < limit:
        with transaction.atomic():
            under_way = (
                Spread.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(ended_at=None)
                .select_related("decision__clause__policy", "decision__decided_by", "case")
                .order_by("pk")
                .first()
            )
            if under_way is None:
                return done
            done += max(1, _step(under_way, at=db_now()))
        engine.progress()  # ten pieces of fifty on a busy machine are no engine that hangs
    return done


def _step(under_way: Spread, *, at: datetime) -> int:
    """Some waiting members of a spread that the caller locked; the last of them ends it."""
    if not SpreadRow.objects.filter(spread=under_way).exists():
        members = members_of(under_way.case)
        SpreadRow.objects.bulk_create(
            SpreadRow(organization_id=member.organization_id, spread=under_way, case=member) for member in members
        )
        under_way.total = len(members)
    rows = list(
        SpreadRow.objects.filter(spread=under_way, state=SpreadState.WAITING)
        .select_related("case")
        .order_by("pk")[:AT_ONCE]
    )
    decision, parent = under_way.decision, under_way.case
    labels = decision.decided_by.access.compartments
    going = []
    for row in rows:
        row.ended_at = at
        row.why = why_left_out(row.case, parent, decision.clause, labels=labels) or _leaves(row.case, parent)
        if row.why:
            row.state = SpreadState.LEFT_OUT
            _stand_alone(row, by=decision.decided_by, at=at)
        else:
            row.state = SpreadState.DONE
            going.append(row.case_id)
    repeat(decision, going, at=at)
    SpreadRow.objects.bulk_update(rows, ["state", "why", "ended_at"])
    under_way.done += len(going)
    under_way.left_out += len(rows) - len(going)
    if under_way.done + under_way.left_out >= under_way.total:
        under_way.ended_at = at
        data = {"count": under_way.done, "left_out": under_way.left_out}
        record(events.SPREAD_ENDED, subject=parent, by=None, at=at, data=data)
    under_way.save(update_fields=["total", "done", "left_out", "ended_at"])
    return len(rows)


def _leaves(member: Case, parent: Case) -> str:
    """Whether a member was taken out of the cluster by somebody since."""
    is_member = member.parent_id == parent.pk and member.resolution == Resolution.MERGED
    return "" if is_member else _("It was taken out of the cluster.")


def _stand_alone(row: SpreadRow, *, by: User, at: datetime) -> None:
    """Take a member that is left out of the cluster; where that is refused it stays, and its row says so."""
    try:
        with transaction.atomic():
            clusters.unmerge_case(case_id=row.case_id, by=by, at=at)
    except DomainError as refused:
        row.why = f"{row.why} {refused.detail}"[:200]
