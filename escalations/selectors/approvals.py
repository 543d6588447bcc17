"""What a second person sees: what waits, and what is asked with all it takes to answer (ux.md DEC-12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import Role
from escalations import permissions
from escalations.lifecycle import (
    ApprovalAbout,
    ApprovalState,
    ApprovalWhy,
    EvidenceKind,
    GraphicTier,
    Severity,
    Verdict,
)
from escalations.models import Approval, ApprovalRule, Case, Evidence
from escalations.operations import decisions
from escalations.selectors import decision as decision_selectors
from escalations.selectors.enforcement import dry_run
from policies.lifecycle import ActionType
from policies.selectors import clause_card

MOST = 200
_TEXTS, _EXCERPT = 3, 600


@dataclass(frozen=True)
class Shown:
    """What is asked about, for the page: a line, and the template of the rest with what it needs."""

    line: str
    part: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


Describe = Callable[[Approval, User, datetime], Shown]
_DESCRIBED: dict[ApprovalAbout, Describe] = {}


def on(about: ApprovalAbout, describe: Describe) -> None:
    """Say how a kind of thing is shown to the second person. Called once, at import."""
    _DESCRIBED[about] = describe


@dataclass(frozen=True)
class Waiting:
    """One line of the list of what waits."""

    approval: Approval
    line: str
    why: str
    may_answer: bool


@dataclass(frozen=True)
class Page:
    """One question with what it takes to answer it. `texts` are excerpts of text evidence that needs no shield."""

    approval: Approval
    case: Case
    shown: Shown
    why: str
    texts: Sequence[tuple[int, str]]
    is_open: bool
    may_answer: bool
    is_mine: bool


def waiting_for(viewer: User) -> list[Waiting]:
    """What `viewer` may answer, and what they asked themselves, oldest first. Uses index: approval_open_oldest."""
    found = (
        Approval.objects.visible_to(viewer)
        .filter(state=ApprovalState.OPEN)
        .select_related(
            "case__queue", "case__organization", "rule", "asked_by", "decision__clause__policy", "decision__gap"
        )
        .order_by("asked_at", "id")[:MOST]
    )
    listed = []
    for approval in found:
        may = permissions.can_approve(viewer, approval)
        if may or approval.asked_by_id == viewer.pk:
            listed.append(Waiting(approval, line_of(approval), why_of(approval), may))
    return listed


def find(viewer: User, key: Any) -> Approval | None:
    """The question with this public id, where `viewer` may see its case."""
    found = Approval.objects.visible_to(viewer).filter(public_id=key)
    return found.select_related(
        "case__queue", "case__organization", "rule", "asked_by", "answered_by", "decision__clause__policy"
    ).first()


def page_of(approval: Approval, *, viewer: User, at: datetime) -> Page:
    """The question as `viewer` sees it at `at` (aware UTC)."""
    describe = _DESCRIBED.get(ApprovalAbout(approval.about))
    is_open = approval.state == ApprovalState.OPEN
    return Page(
        approval=approval,
        case=approval.case,
        shown=describe(approval, viewer, at) if describe is not None else Shown(line_of(approval)),
        why=why_of(approval),
        texts=texts_of(approval.case),
        is_open=is_open,
        may_answer=is_open and permissions.can_approve(viewer, approval),
        is_mine=approval.asked_by_id == viewer.pk,
    )


def latest_of(case: Case) -> Approval | None:
    """What was last asked about a case's decision; its rule and people with it."""
    found = Approval.objects.filter(case=case, about=ApprovalAbout.DECISION)
    return found.select_related("rule", "asked_by", "answered_by").order_by("-asked_at", "-id").first()


def line_of(approval: Approval) -> str:
    """What is asked about, in a line."""
    if approval.decision is not None:
        return decisions.outcome_line(approval.decision)
    return str(ApprovalAbout(approval.about).label)


def why_of(approval: Approval) -> str:
    """What asks for a second person, in words."""
    if approval.rule is not None:
        return _("Rule: %(name)s") % {"name": approval.rule.name}
    return str(ApprovalWhy(approval.why).label)


def rule_in_words(rule: ApprovalRule) -> str:
    """When a rule asks, in a sentence."""
    parts: list[str] = []
    if rule.verdicts:
        parts.append(_list(str(Verdict(one).label) for one in rule.verdicts))
    if rule.actions:
        parts.append(_list(str(ActionType(one).label) for one in rule.actions))
    if rule.worst_severity is not None:
        severity = Severity(rule.worst_severity).name
        parts.append(severity if rule.worst_severity == 0 else _("%(severity)s or worse") % {"severity": severity})
    if rule.is_high_profile:
        parts.append(_("a high-profile subject"))
    if rule.is_legal_hold:
        parts.append(_("a case under legal hold"))
    if rule.count_over is not None:
        parts.append(
            ngettext("more than %d object or case", "more than %d objects or cases", rule.count_over) % rule.count_over
        )
    return "; ".join(parts)


def roles_in_words(rule: ApprovalRule) -> str:
    """Who is asked by a rule."""
    return _list(str(Role(one).label) for one in rule.roles) if rule.roles else str(_ANYBODY)


_ANYBODY = gettext_lazy("a senior, a lead or the legal desk")


def _list(words: Any) -> str:
    return _(" or ").join(words)


def texts_of(case: Case) -> list[tuple[int, str]]:
    """Text evidence that may be read without a shield: the second person may be on a phone (ux.md MOB-7)."""
    if case.effective_tier >= GraphicTier.G2 and case.graphic_tier is not None:
        return []
    found = Evidence.objects.filter(
        Q(graphic_tier__isnull=True) | Q(graphic_tier__lt=GraphicTier.G2),
        case=case,
        kind__in=(EvidenceKind.TEXT, EvidenceKind.DATA),
    )
    rows = found.order_by("number").values_list("number", "text")[:_TEXTS]
    return [(number, text[:_EXCERPT]) for number, text in rows if text]


def _decision(approval: Approval, viewer: User, at: datetime) -> Shown:
    assert approval.decision is not None
    decision, case = approval.decision, approval.case
    card = None
    if decision.clause is not None:
        card = clause_card(
            decision.clause,
            at=at,
            ticks=list(decision.elements),
            exceptions=list(decision.exceptions),
            surface=case.surface,
            rung=0,
        )
    shown = decision_selectors.outcome(decision, case, viewer=viewer, at=at)
    context = {
        "outcome": shown,
        "card": card,
        "reach": decisions.reach_of(case),
        "does": dry_run(case, decision.actions, at).text if decision.actions else "",
    }
    return Shown(decisions.outcome_line(decision), "escalations/approvals/_decision.html", context)


on(ApprovalAbout.DECISION, _decision)
