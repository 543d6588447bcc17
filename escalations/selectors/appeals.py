"""What the pages of appeals show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clockface import ClockFace
from core.errors import NotPermitted
from escalations.appeal_life import LIVE, AppealState, Appellant, Outcome
from escalations.lifecycle import DecisionState, Metric, Verdict
from escalations.models import Appeal, AppealMessage, Case, Decision, EnforcementAction, Evidence
from escalations.operations import appeal_families, bulk
from escalations.operations import appeals as operations
from escalations.querysets import OfCaseQuerySet
from policies.models import PolicyVersion, effective_version

MOST = 100


@dataclass(frozen=True)
class Tab:
    """One list of appeals."""

    name: str
    label: str | Lazy
    empty: str | Lazy
    is_live: bool


TABS = (
    Tab("open", _("To decide"), _("No appeal waits for a decision."), True),
    Tab("urgent", _("Urgent"), _("No urgent appeal waits for a decision."), True),
    Tab("mine", _("Held by me"), _("You hold no appeal."), True),
    Tab("waiting", _("Waiting"), _("No appellant was asked anything."), True),
    Tab("on-mine", _("On my decisions"), _("None of your decisions was appealed."), False),
    Tab("settled", _("Settled"), _("No appeal is settled yet."), False),
)


def tab_of(name: str) -> Tab:
    """The list of this name; the first for anything unknown."""
    return next((tab for tab in TABS if tab.name == name), TABS[0])


def appeals_of(viewer: User, tab: Tab):  # type: ignore[no-untyped-def]  # a queryset of Appeal
    """The rows of a list. What `viewer` decided themselves is not offered to them for deciding (ux.md APP-1)."""
    seen = (
        Appeal.objects.visible_to(viewer)
        .filter(case__is_sandbox=False, case__is_practice_for=None)
        .select_related("case", "decision__clause__policy", "assignee", "entity")
    )
    if tab.name == "on-mine":
        return seen.filter(original_decider=viewer)  # Uses index: appeal_by_original_decider
    if tab.name == "settled":
        return seen.exclude(state__in=LIVE)  # Uses index: appeal_newest
    # Uses index: appeal_live_by_due
    if tab.name == "waiting":
        return seen.filter(state=AppealState.WAITING)
    if tab.name == "mine":
        return seen.filter(state__in=LIVE, assignee=viewer)
    lane = {"is_expedited": True} if tab.name == "urgent" else {}
    return seen.filter(state=AppealState.OPEN, **lane).exclude(original_decider=viewer)


def _handed_over(appeal: Appeal) -> Prefetch[str]:
    """Where what was written to the person concerned stands; found by the case, whose actions are few."""
    return Prefetch("handed_over", EnforcementAction.objects.filter(case=appeal.case_id))


def face_of(appeal: Appeal) -> ClockFace | None:
    """The appeal's clock as lists draw it."""
    if appeal.due_at is None or not appeal.is_live:
        return None
    length = operations.EXPEDITED_S if appeal.is_expedited else operations.USUAL_S
    return ClockFace(Metric.RESOLVE, Metric.RESOLVE.label, appeal.due_at, timedelta(seconds=length), is_mine=True)


def find_appeal(viewer: User, ref: str) -> Appeal:
    """The appeal of this reference, or 404 where `viewer` may not see its case."""
    rows = Appeal.objects.visible_to(viewer).select_related(
        "case__organization",
        "decision__clause__policy",
        "decision__decided_by",
        "original_decider",
        "assignee",
        "entity",
        "filed_by",
        "filed_by_key",
        "decided_by",
        "family",
    )
    return get_object_or_404(rows, ref=ref.upper())


@dataclass(frozen=True)
class About:
    """Everything beside the appeal itself."""

    clause: PolicyVersion | None
    today: PolicyVersion | None  # the clause as it binds now, where that is another version
    messages: Sequence[AppealMessage]
    evidence: Sequence[Evidence]  # what came after the decision
    actions: Sequence[EnforcementAction]
    refusal: str  # why the viewer may not decide it; empty where they may
    relatives: Sequence[Appeal]
    resembling: int
    verdict: str
    siblings: Sequence[Appeal]

    @property
    def may_decide(self) -> bool:
        return not self.refusal


def about(appeal: Appeal, *, viewer: User, at: datetime) -> About:
    """What the page of an appeal shows, at `at` (aware UTC)."""
    clause = appeal.decision.clause
    today = effective_version(clause.policy, at, market=clause.market) if clause is not None else None
    refusal = ""
    try:
        operations.check_may_decide(viewer, appeal)
    except NotPermitted as error:
        refusal = str(error.detail)
    return About(
        clause=clause,
        today=today if today is not None and clause is not None and today.pk != clause.pk else None,
        messages=list(
            appeal.messages.select_related("by", "by_key").prefetch_related(_handed_over(appeal)).order_by("at", "pk")
        ),
        evidence=list(
            Evidence.objects.filter(case_id=appeal.case_id, added_at__gt=appeal.decision.decided_at).order_by("number")[
                :MOST
            ]
        ),
        actions=operations.in_force(appeal),
        refusal=refusal,
        relatives=list(
            Appeal.objects.visible_to(viewer).filter(family=appeal).select_related("case").order_by("pk")[:MOST]
        ),
        resembling=family_of(appeal, viewer=viewer)[: MOST + 1].count(),
        verdict=str(Verdict(appeal.decision.verdict).label),
        siblings=list(
            Appeal.objects.visible_to(viewer)
            .filter(decision=appeal.decision)
            .exclude(pk=appeal.pk)
            .order_by("filed_at")
        ),
    )


def family_of(appeal: Appeal, *, viewer: User) -> OfCaseQuerySet[Decision]:
    """Decisions in force that resemble an appealed one: the same verdict under the same version, never appealed, newest first.

    Uses index: decision_by_clause.
    """
    return alike(appeal, viewer=viewer).exclude(appeals__isnull=False).exclude(decided_by=viewer)


def alike(appeal: Appeal, *, viewer: User) -> OfCaseQuerySet[Decision]:
    """Decisions in force with the same verdict under the same version, newest first, but for those reviewed because of it already.

    Uses index: decision_by_clause.
    """
    first = appeal.decision
    if first.clause_id is None:
        return Decision.objects.none()
    return (
        Decision.objects.visible_to(viewer)
        .filter(
            Q(overturned_at=None),
            clause_id=first.clause_id,
            verdict=first.verdict,
            state=DecisionState.EFFECTIVE,
            repeats=None,
            case__is_sandbox=False,
        )
        .exclude(pk=first.pk)
        .exclude(appeals__family=appeal)
        .select_related("decided_by")
        .order_by("-decided_at")
    )


@dataclass(frozen=True)
class Relative:
    """A decision that resembles an overturned one; `why_not` says why the viewer cannot review it (empty: they can)."""

    decision: Decision
    case: Case
    why_not: str


def relatives_of(appeal: Appeal, *, viewer: User) -> list[Relative]:
    """What reviewing a family would touch and what it would leave out, with why; newest first, at most `appeal_families.MOST`.

    A handful of queries for any number.
    """
    found = list(alike(appeal, viewer=viewer)[: appeal_families.MOST])
    cases = appeal_families.read_ahead(Case.objects.visible_to(viewer)).in_bulk([one.case_id for one in found])
    plan = bulk.plan(list(cases.values()), appeal_families.NAME, by=viewer)
    left_out = {skip.ref: skip.why for skip in plan.skipped}
    seen = [(one, cases[one.case_id]) for one in found if one.case_id in cases]
    return [Relative(one, case, left_out.get(case.ref, "")) for one, case in seen]


def appeals_on(case: Case) -> list[Appeal]:
    """Every appeal of a case, the newest first: what the case page lists."""
    return list(case.appeals.select_related("decision").order_by("-filed_at", "-pk")[:20])


def on_decisions_of(viewer: User) -> list[Appeal]:
    """Appeals of the viewer's own decisions: live ones first, then what was settled lately (ux.md ME-1, APP-2)."""
    rows = Appeal.objects.visible_to(viewer).filter(original_decider=viewer, case__is_practice_for=None)
    return list(
        rows.select_related("case", "decision__clause__policy").order_by(F("closed_at").desc(nulls_first=True), "-pk")[
            :20
        ]
    )


def verdicts() -> list[Outcome]:
    """The outcomes by their digit."""
    return list(Outcome)


def appellant_line(appeal: Appeal) -> str:
    """Who appeals, in the team's words."""
    label = str(Appellant(appeal.appellant).label)
    if appeal.entity is not None:
        return f"{label}: {appeal.entity}"
    return label
