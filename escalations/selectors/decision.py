"""What the decision panel shows (ux.md §7.4): clause and card, actions, rationale, the sample of a cluster, what was decided."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action
from audit.models import AccessRecord
from core.errors import FieldProblem
from escalations import permissions
from escalations.enforcement_life import MITIGATIONS, SCOPED, TIMED, read_step, read_steps
from escalations.enforcement_life import Step as EnforcementStep
from escalations.lifecycle import (
    TAKEDOWNS,
    ApprovalState,
    ApprovalWhy,
    CaseStatus,
    Confidence,
    DecisionState,
    DeviationReason,
    EvidenceKind,
    GraphicTier,
    Severity,
    Verdict,
)
from escalations.models import Appeal, Case, Decision, Evidence, Spread, UndoEntry
from escalations.operations import decisions, notices, spreading
from escalations.operations.decisions import SAMPLE, SAMPLE_SEEN
from escalations.operations.provenance import provenance_of
from escalations.selectors.appeals import appeals_on
from escalations.selectors.enforcement import StrikeOutlook, dry_run, outlooks_of
from escalations.selectors.guidance import PinnedGuidance, guidance_for
from escalations.selectors.ladder import deviates, meanwhile_steps, rung_of, steps_at
from escalations.selectors.notices import NoticeLine, notices_on, planned
from escalations.selectors.precedents import Precedent, contradicting, precedents_for
from escalations.selectors.related import cited_alike
from escalations.selectors.typed_decision import Typed, read
from policies.changes import Change, changes_between
from policies.lifecycle import ActionType, Logic
from policies.models import Gap, PolicyVersion
from policies.selectors import ClauseCard, Found, clause_card, search_clauses, suggest_clauses
from policies.selectors.acknowledgements import unread
from policies.shelf import Shelf, in_force

CONTRADICTING = 3  # valid precedents to the contrary from which the panel asks for a line
OFFERED = 3  # suggestions before anything is typed
FOUND = 8  # answers to what is typed
GAPS_SHOWN = 30
_EXCERPT = 280


@dataclass(frozen=True)
class VerdictChoice:
    """One of the seven, with its digit."""

    value: str
    label: str
    digit: int
    is_chosen: bool


@dataclass(frozen=True)
class ActionChoice:
    """One step that may be recorded as done to content, account or money."""

    key: str
    label: str
    rung: int  # the ladder's rung it first stands on; 0 for what stands on none
    is_ticked: bool
    days: str = ""  # as written; empty: as `usual_days` says
    usual_days: int | None = None  # None: until it is lifted
    markets: str = ""  # as written; empty: everywhere
    is_timed: bool = False
    is_scoped: bool = False


@dataclass(frozen=True)
class Step:
    """One line of the footer: what a decision needs, and whether it is there."""

    anchor: str
    label: str
    is_done: bool


@dataclass(frozen=True)
class Replaced:
    """The chosen clause is no longer in force (ux.md DEC-13): what stands in its place, and what that changes, word by word."""

    before: PolicyVersion
    after: PolicyVersion | None
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Chosen:
    """The clause as it stands in the panel, with what depends on it."""

    typed: Typed
    version: PolicyVersion | None
    card: ClauseCard | None
    further: Sequence[PolicyVersion]
    actions: Sequence[ActionChoice]
    drafted: str
    needed: Sequence[str]
    expected: Sequence[str] = ()
    is_deviation: bool = False
    replaced: Replaced | None = None
    unread: Sequence[PolicyVersion] = ()

    @property
    def deviations(self) -> list[tuple[str, str]]:
        """The reasons to choose from where the actions are not the ladder's."""
        return [(str(one.value), str(one.label)) for one in DeviationReason]


@dataclass(frozen=True)
class SampleItem:
    """A merged case as the sample shows it: words only."""

    case: Case
    text: str
    kind: str
    is_shielded: bool


@dataclass(frozen=True)
class Sample:
    """What of a cluster was looked at. `missing` more are needed before it can be decided."""

    items: Sequence[SampleItem]
    missing: int
    size: int

    @property
    def wanted(self) -> int:
        return min(SAMPLE, self.size)


@dataclass(frozen=True)
class Second:
    """What was last asked of a second person about this case's decisions, as its page tells it."""

    key: str
    state: str
    why: str
    reason: str
    answered_by: str
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    is_mine: bool

    @property
    def is_open(self) -> bool:
        return self.state == ApprovalState.OPEN

    @property
    def state_label(self) -> str:
        return str(ApprovalState(self.state).label)


@dataclass(frozen=True)
class Panel:
    """The panel while a case can be decided."""

    case: Case
    chosen: Chosen
    verdicts: Sequence[VerdictChoice]
    suggestions: Sequence[Found]
    q: str
    confidences: Sequence[tuple[str, str]]
    needs_words: bool
    provenance: str
    gaps: Sequence[Gap]
    sample: Sample | None
    saved_at: datetime | None
    steps: Sequence[Step]
    is_taken_by_deciding: bool
    problems: dict[str, str] = field(default_factory=dict)
    summary: Sequence[tuple[str, str]] = ()
    refusal: str = ""
    theirs: Decision | None = None
    guidance: Sequence[PinnedGuidance] = ()
    came_back: Second | None = None
    is_provenance_reported: bool = False

    @property
    def typed(self) -> Typed:
        return self.chosen.typed

    @property
    def is_gap(self) -> bool:
        return self.typed.verdict is Verdict.POLICY_GAP


@dataclass(frozen=True)
class Outcome:
    """The panel once a case is decided: what was decided, and what may still be done about it."""

    decision: Decision
    line: str
    elements: Sequence[str]
    actions: Sequence[str]
    further: Sequence[PolicyVersion]
    undo: UndoEntry | None
    may_revise: bool
    is_mine: bool
    appeals: Sequence[Appeal] = ()
    may_appeal: bool = False
    second: Second | None = None
    spread: Spread | None = None
    notices: Sequence[NoticeLine] = ()
    planned: Sequence[str] = ()  # to whom a held decision will send a notice

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a second person."""
        return self.second is not None and self.second.is_open


def can_decide(case: Case, *, viewer: User, at: datetime) -> bool:
    """Whether the panel is for `viewer`: their case, or one that nobody holds and that deciding would take. No query."""
    if case.status in (CaseStatus.DECIDED, CaseStatus.CLOSED) or case.submitted_by_id == viewer.pk:
        return False
    if permissions.can_act(viewer, Action.CASE_DECIDE, case) and case.assignee_id is not None:
        return True
    return case.status == CaseStatus.NEW and permissions.can_act(viewer, Action.CASE_CLAIM, case)


def panel_of(
    case: Case,
    *,
    viewer: User,
    at: datetime,
    typed: Typed,
    q: str = "",
    saved_at: datetime | None = None,
    problems: Sequence[FieldProblem] = (),
    refusal: str = "",
    theirs: Decision | None = None,
    sample: Sample | None = None,
    alike: Mapping[int, int] | None = None,
) -> Panel:
    """The panel as `viewer` sees it at `at` (aware UTC), with what is `typed` in it and what was wrong with it."""
    shelf = in_force(at=at)
    chosen = chosen_of(case, typed, viewer=viewer, at=at, shelf=shelf)
    found = suggestions_for(case, q, at=at, viewer=viewer, shelf=shelf, alike=alike)
    needs_words = chosen.is_deviation or needs_own_words(case, chosen.typed.verdict)
    if sample is None and case.cluster_size:
        sample = sample_of(case, viewer=viewer)
    return Panel(
        case=case,
        chosen=chosen,
        verdicts=[
            VerdictChoice(str(verdict.value), str(verdict.label), verdict.digit, verdict is chosen.typed.verdict)
            for verdict in Verdict
        ],
        suggestions=found,
        q=q,
        confidences=[(str(one.value), str(one.label)) for one in Confidence],
        needs_words=needs_words,
        provenance=provenance_words(provenance_of(case)),
        gaps=open_gaps(viewer) if chosen.typed.verdict is Verdict.POLICY_GAP else (),
        sample=sample,
        saved_at=saved_at,
        steps=_steps(chosen, needs_words),
        is_taken_by_deciding=case.assignee_id is None,
        problems={problem.pointer.strip("/"): problem.detail for problem in reversed(problems)},
        summary=[(problem.pointer.strip("/"), problem.detail) for problem in problems],
        refusal=refusal,
        theirs=theirs,
        guidance=guidance_for(case, at=at, viewer=viewer, shelf=shelf),
        came_back=came_back_of(case, viewer=viewer),
        is_provenance_reported=provenance_of(case) in getattr(case, "provenance_rows", ()),
    )


@dataclass(frozen=True)
class Beside:
    """What stands beside the chosen verdict and clause, asked for once they stand in the panel: cases decided under it (DEC-5), and the
    notices that would go out (DEC-10)."""

    precedents: Sequence[Precedent]
    against: int  # valid ones that came to the other result than the chosen verdict
    cites: Sequence[int]
    departs_why: str
    notices: Sequence[notices.Draft]
    tells_not: Sequence[str]
    plan: spreading.Plan | None = None
    does: str = ""  # what the ticked actions would do, in a sentence (DEC-7)
    strikes: Sequence[StrikeOutlook] = ()

    @property
    def asks_why(self) -> bool:
        """Whether the panel asks for a line about it; nobody is held up by that (ux.md DEC-5)."""
        return self.against >= CONTRADICTING


def beside_of(case: Case, typed: Typed, *, viewer: User, at: datetime) -> Beside:
    """The nearest precedents under the chosen clause, and the notices as they would read. At most ten queries."""
    version = PolicyVersion.objects.published().filter(pk=typed.clause_id or 0).select_related("policy").first()
    found = precedents_for(case, version, viewer=viewer, at=at) if version is not None else []
    verdict = str(typed.verdict.value) if typed.verdict is not None else ""
    drafted: Sequence[notices.Draft] = ()
    if typed.verdict is not None and not case.is_sandbox:
        clause = None if typed.verdict is Verdict.POLICY_GAP else version
        facts = notices.Facts(case, typed.verdict, clause, typed.steps, at)
        drafted = notices.drafts_for(facts, languages=dict(typed.languages), entity=notices.first_subject(case))
    plan = spreading.plan_for(case, version, by=viewer) if case.cluster_size and typed.verdict is not None else None
    strikes: Sequence[StrikeOutlook] = ()
    if version is not None and ActionType.STRIKE.value in typed.actions:
        strikes = outlooks_of(case, version, at)
    return Beside(
        found,
        contradicting(found, verdict),
        typed.cites,
        typed.departs_why,
        drafted,
        typed.tells_not,
        plan,
        dry_run(case, typed.steps, at).text if typed.actions else "",
        strikes,
    )


def second_of(case: Case, *, viewer: User) -> Second | None:
    """What was last asked of a second person about a decision on this case. No query after `find_case`, else none known."""
    row = getattr(case, "approval_row", None)
    if row is None:
        return None
    times = {name: parse_datetime(row[name]) if row[name] else None for name in ("asked_at", "expires_at", "ended_at")}
    assert times["asked_at"] is not None
    assert times["expires_at"] is not None
    why = _("Rule: %(name)s") % {"name": row["rule"]} if row["rule"] else str(ApprovalWhy(row["why"]).label)
    return Second(
        key=row["key"],
        state=row["state"],
        why=why,
        reason=row["reason"],
        answered_by=row["answered_by"] or "",
        asked_at=times["asked_at"],
        expires_at=times["expires_at"],
        ended_at=times["ended_at"],
        is_mine=row["asked_by_id"] == viewer.pk,
    )


def came_back_of(case: Case, *, viewer: User) -> Second | None:
    """What a second person refused or let pass, while the case is in review because of it."""
    second = second_of(case, viewer=viewer)
    if second is None or second.state not in (ApprovalState.REFUSED, ApprovalState.EXPIRED):
        return None
    return second


def column_of(
    case: Case,
    *,
    viewer: User,
    at: datetime,
    kept: Mapping[str, Any] | None = None,
    verdict: str = "",
    sample: Sample | None = None,
    alike: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """What the case page's right column needs: the panel with the draft that `viewer` left, or what was decided.

    `kept` is that draft's data and when it was saved; `verdict` is one already asked for by the address.
    """
    if not can_decide(case, viewer=viewer, at=at):
        decided = outcome_of(case, viewer=viewer, at=at)
        return {"panel": None, "outcome": decided, "has_panel": decided is not None}
    data = dict(kept["data"]) if kept is not None else {}
    saved_at = kept["saved_at"] if kept is not None else None
    if verdict:
        data["verdict"] = verdict
    panel = panel_of(
        case,
        viewer=viewer,
        at=at,
        typed=read(data),
        saved_at=parse_datetime(saved_at) if isinstance(saved_at, str) else saved_at,
        sample=sample,
        alike=alike,
    )
    return {"panel": panel, "outcome": None, "has_panel": True}


def suggestions_for(
    case: Case,
    q: str,
    *,
    at: datetime,
    viewer: User,
    shelf: Shelf | None = None,
    alike: Mapping[int, int] | None = None,
) -> list[Found]:
    """The three likeliest clauses with their reasons, or what answers the typed text.

    `alike` is `cited_alike` where it is known already; else one query asks for it.
    """
    if q.strip():
        return search_clauses(q, at=at, market=case.market, limit=FOUND)
    return suggest_clauses(
        suspected_policy=case.suspected_policy,
        harm=case.harm,
        surface=case.surface,
        text=f"{case.title}\n{case.ask}",
        at=at,
        market=case.market,
        limit=OFFERED,
        shelf=shelf,
        priors=cited_alike(case, viewer=viewer) if alike is None else alike,
    )


def chosen_of(case: Case, typed: Typed, *, viewer: User, at: datetime, shelf: Shelf | None = None) -> Chosen:
    """The chosen clause with its card, its actions and the rationale's first line; defaults where nothing was ticked yet."""
    wanted = [pk for pk in (typed.clause_id, typed.card_id, *typed.secondary_ids) if pk is not None]
    shelf = shelf or in_force(at=at)
    versions = {pk: shelf.versions[pk] for pk in wanted if pk in shelf.versions}
    if rest := [pk for pk in wanted if pk not in versions]:  # no longer in force, or not yet
        found = PolicyVersion.objects.published().filter(pk__in=rest).select_related("policy").defer("search")
        versions |= {version.pk: version for version in found}
    version = versions.get(typed.clause_id) if typed.clause_id is not None else None
    typed = carried(typed, versions.get(typed.card_id or 0), version)
    further = [versions[pk] for pk in typed.secondary_ids if pk in versions]
    rung = rung_of(case, version, viewer=viewer) if version is not None else 0
    typed = as_offered(case, completed(case, typed, version, rung=rung), version)
    drafted = ""
    if version is not None and typed.verdict is not None:
        drafted = decisions.drafted_rationale(version, verdict=typed.verdict, elements=typed.elements)
    typed = with_draft(typed, drafted)
    expected = steps_at(case, version, rung) if version is not None and typed.verdict in TAKEDOWNS else ()
    return Chosen(
        typed=typed,
        version=version,
        card=clause_card(
            version,
            at=at,
            ticks=typed.elements,
            exceptions=typed.exceptions,
            surface=case.surface,
            rung=rung,
            shelf=shelf,
        )
        if version is not None
        else None,
        further=further,
        actions=action_choices(case, typed, version),
        drafted=drafted,
        needed=needed_elements(version) if version is not None else (),
        expected=expected,
        is_deviation=deviates(typed.verdict, typed.steps, expected),
        replaced=replaced(version, market=case.market, shelf=shelf) if version is not None else None,
        unread=unread([one for one in (version, *further) if one is not None], viewer),
    )


def carried(typed: Typed, card: PolicyVersion | None, version: PolicyVersion | None) -> Typed:
    """What was ticked under one wording of a clause, under the wording that took its place: keys that it still has."""
    if card is None or version is None or card.pk == version.pk or card.policy_id != version.policy_id:
        return typed
    elements = {item["key"] for item in version.elements}
    exceptions = {item["key"] for item in version.exceptions}
    return replace(
        typed,
        card_id=version.pk,
        elements=tuple(key for key in typed.elements if key in elements),
        exceptions=tuple(key for key in typed.exceptions if key in exceptions),
    )


def replaced(version: PolicyVersion, *, market: str, shelf: Shelf) -> Replaced | None:
    """What took the place of a wording since it was chosen; None while it is in force. No query."""
    if version.pk in shelf.versions:
        return None
    same = [one for one in shelf.for_market(market) if one.policy_id == version.policy_id]
    after = max(same, key=lambda one: len(one.market), default=None)
    return Replaced(version, after, changes_between(version, after) if after is not None else ())


def completed(case: Case, typed: Typed, version: PolicyVersion | None, *, rung: int) -> Typed:
    """What was typed, with the clause's defaults where its card has not been on the screen: so a quick hand need not wait for it.

    For a verdict that takes something down: the elements that the rule needs, and the ladder's present rung.
    """
    is_takedown = typed.verdict in TAKEDOWNS
    if typed.verdict is Verdict.POLICY_GAP:  # what is done meanwhile depends on no clause
        ticked = typed if typed.is_card_shown else replace(typed, card_id=typed.clause_id, elements=(), exceptions=())
        return replace(ticked, actions=tuple(key for key in typed.actions if _kind(key) in MITIGATIONS))
    if typed.verdict is Verdict.RESTORE and not typed.is_card_shown:
        return replace(typed, card_id=typed.clause_id, elements=(), exceptions=(), actions=(decisions.RESTORE_ACTION,))
    if version is None:
        kept = tuple(key for key in typed.actions if key == decisions.RESTORE_ACTION)
        return replace(typed, elements=(), exceptions=(), actions=kept if typed.verdict is Verdict.RESTORE else ())
    if typed.is_card_shown:
        return typed
    return replace(
        typed,
        card_id=typed.clause_id,
        elements=needed_elements(version) if is_takedown else (),
        exceptions=(),
        actions=steps_at(case, version, rung) if is_takedown else (),
    )


def with_draft(typed: Typed, drafted: str) -> Typed:
    """The rationale with its drafted line as it reads now: an older one gives way, the person's own words stay."""
    rationale = typed.rationale.strip()
    if rationale and not (typed.drafted and rationale.startswith(typed.drafted)):
        return replace(typed, drafted=drafted)  # all of it is the person's
    own = rationale.removeprefix(typed.drafted).strip()
    return replace(typed, rationale=f"{drafted} {own}".strip(), drafted=drafted)


def needed_elements(version: PolicyVersion) -> tuple[str, ...]:
    """The fewest elements with which the rule applies: every one of the "all" group, the first of the "any" group."""
    needed = [element["key"] for element in version.elements if element["group"] == Logic.ALL]
    choice = [element["key"] for element in version.elements if element["group"] == Logic.ANY]
    return (*needed, *choice[:1])


def as_offered(case: Case, typed: Typed, version: PolicyVersion | None) -> Typed:
    """What a decision keeps as steps of its own, as ticks of the offered steps with days and countries beside them.

    What is offered under no key stays as it is, to be refused. A step that is done in some countries starts with the case's own.
    """
    offered = {choice.key: choice for choice in _offered(case, typed, version)}
    ticked, scopes = [], {key: (days, markets) for key, days, markets in typed.scopes}
    for key in typed.actions:
        same = [one for one in offered if _kind(one) == _kind(key)]
        if key not in offered and same:
            scopes.pop(key, None)
            try:
                step = read_step(key)
            except ValueError:
                ticked.append(key)
                continue
            key = next((one for one in same if offered[one].usual_days == step.days), same[0])
            days = str(step.days) if step.days and step.days != offered[key].usual_days else ""
            scopes[key] = (days, ", ".join(step.markets))
        if key not in scopes and _kind(key) is ActionType.CONTENT_DISABLE and case.market:
            scopes[key] = ("", case.market)
        ticked.append(key)
    kept = tuple((key, days, markets) for key, (days, markets) in scopes.items() if key in ticked)
    return replace(typed, actions=tuple(dict.fromkeys(ticked)), scopes=kept)


def action_choices(case: Case, typed: Typed, version: PolicyVersion | None) -> list[ActionChoice]:
    """The steps of the clause's ladder on the case's surface, each once, lowest rung first; where no rule fits what limits meanwhile."""
    return [
        replace(choice, is_ticked=choice.key in typed.actions, days=scope[0], markets=scope[1])
        for choice in _offered(case, typed, version)
        for scope in [typed.scope_of(choice.key) or ("", "")]
    ]


def _offered(case: Case, typed: Typed, version: PolicyVersion | None) -> list[ActionChoice]:
    found: dict[str, ActionChoice] = {}
    if typed.verdict is Verdict.RESTORE:
        key = decisions.RESTORE_ACTION
        found[key] = ActionChoice(key, str(ActionType.RESTORE.label), 0, False)
    if typed.verdict is Verdict.POLICY_GAP:
        steps = [(read_step(key), 0) for key in meanwhile_steps()]
    elif version is not None:
        steps = [
            (EnforcementStep(one.type, one.days), rung.number)
            for rung in version.rungs(case.surface)
            for one in rung.actions
        ]
    else:
        steps = []
    for step, rung in steps:
        choice = ActionChoice(
            key=step.key,
            label=str(step.type.label) if typed.verdict is Verdict.POLICY_GAP else step.label,
            rung=rung,
            is_ticked=False,
            usual_days=step.days,
            is_timed=step.type in TIMED,
            is_scoped=step.type in SCOPED,
        )
        found.setdefault(choice.key, choice)
    return list(found.values())


def _kind(key: str) -> ActionType | None:
    kind = re.split(r"[:@]", key)[0]
    return ActionType(kind) if kind in ActionType.values else None


def needs_own_words(case: Case, verdict: Verdict | None) -> bool:
    """Whether this severity or verdict asks for a line in the decider's own words (DEC-8)."""
    return case.severity <= Severity.S1 or verdict in decisions.NEEDS_RATIONALE


def _steps(chosen: Chosen, needs_words: bool) -> list[Step]:
    typed = chosen.typed
    own = typed.rationale.strip().removeprefix(chosen.drafted).strip()
    return [
        Step("verdict", _("Verdict"), typed.verdict is not None),
        Step("clause", _("Clause"), chosen.version is not None),
        Step("elements", _("Elements"), bool(typed.elements)),
        Step("actions", _("Actions"), bool(typed.actions)),
        Step("rationale", _("Rationale"), bool(own if needs_words else typed.rationale.strip())),
    ]


def provenance_words(provenance: dict[str, Any]) -> str:
    """DEC-18 in a line."""
    sources = {"own_initiative": _("own initiative"), "order": _("an order of a court or an authority")}
    source = sources.get(str(provenance.get("source")), _("notice"))
    detected = _("detected by machine") if provenance.get("automated_detection") else _("not detected by machine")
    decided = _("decided by machine") if provenance.get("automated_decision") else _("not decided by machine")
    return f"{source}; {detected}; {decided}"


def open_gaps(viewer: User) -> list[Gap]:
    """The newest open gaps that `viewer` may link a case to."""
    return list(Gap.objects.visible_to(viewer).open().order_by("-opened_at", "-id")[:GAPS_SHOWN])


# -- The sample of a cluster -------------------------------------------------------------------------------------------
def sample_cases(parent: Case, *, viewer: User) -> list[Case]:
    """Up to five merged cases spread over the cluster, always the same for the same cluster. Two queries."""
    ids = list(Case.objects.visible_to(viewer).filter(parent=parent).order_by("pk").values_list("pk", flat=True))
    step = max(1, len(ids) // SAMPLE)
    return list(Case.objects.filter(pk__in=ids[::step][:SAMPLE]).select_related("organization").order_by("pk"))


def sample_items(cases: Sequence[Case]) -> list[SampleItem]:
    """Those cases in words: title, ask, and the text of the first piece of evidence where it may be read unshielded."""
    first = {item.case_id: item for item in Evidence.objects.filter(case__in=list(cases), number=1)}
    items = []
    for case in cases:
        item = first.get(case.pk)
        is_text = item is not None and item.kind in (EvidenceKind.TEXT, EvidenceKind.DATA)
        shielded = item is not None and item.graphic_tier is not None and item.graphic_tier >= GraphicTier.G2
        text = item.text if item is not None and is_text and not shielded else ""
        items.append(
            SampleItem(
                case=case,
                text=(text or case.ask)[:_EXCERPT],
                kind=str(EvidenceKind(item.kind).label) if item is not None else "",
                is_shielded=shielded,
            )
        )
    return items


def sample_of(parent: Case, *, viewer: User) -> Sample:
    """What `viewer` has still to look at; the texts are shown by looking (`views.decide.sample`), not by opening the case."""
    return Sample((), decisions.sample_missing(parent, by=viewer), parent.cluster_size)


def seen_of(viewer: User, cases: Sequence[Case]) -> set[int]:
    """Which of these cases `viewer` has looked at as part of a sample."""
    seen = AccessRecord.objects.filter(
        actor_kind=viewer.actor_kind,
        actor_id=viewer.pk,
        what=SAMPLE_SEEN,
        subject_type="escalations.case",
        subject_id__in=[case.pk for case in cases],
    )
    return {pk for pk in seen.values_list("subject_id", flat=True) if pk is not None}


# -- What was decided --------------------------------------------------------------------------------------------------
def outcome_of(case: Case, *, viewer: User, at: datetime) -> Outcome | None:
    """The held decision of a case, or the one in force; None where there is neither."""
    states = (
        [DecisionState.HELD, DecisionState.EFFECTIVE]
        if case.status == CaseStatus.DECIDED
        else [DecisionState.EFFECTIVE]
    )
    found = list(
        Decision.objects.filter(case=case, state__in=states).select_related(
            "clause__policy", "gap__nearest__policy", "decided_by", "repeats__case"
        )
    )
    found.sort(key=lambda one: one.state != DecisionState.HELD)
    return outcome(found[0], case, viewer=viewer, at=at) if found else None


def outcome(decision: Decision, case: Case, *, viewer: User, at: datetime) -> Outcome:
    """A decision in words."""
    clause = decision.clause
    texts = {item["key"]: item["text"] for item in clause.elements} if clause is not None else {}
    is_mine = decision.decided_by_id == viewer.pk
    entry = None
    if is_mine and decision.state == DecisionState.HELD and at < decision.hold_until:
        entry = UndoEntry.objects.filter(
            user=viewer, action=decisions.UNDO, data__decision_id=decision.pk, used_at=None, expires_at__gt=at
        ).first()
    return Outcome(
        decision=decision,
        line=decisions.outcome_line(decision),
        elements=[texts.get(key, key) for key in decision.elements],
        actions=[step.label for step in read_steps(decision.actions)],
        further=list(
            PolicyVersion.objects.filter(decisions_secondary=decision)
            .select_related("policy")
            .defer("search")
            .order_by("pk")
        ),
        undo=entry,
        may_revise=(case.status == CaseStatus.CLOSED or decision.state == DecisionState.EFFECTIVE)
        and decision.repeats_id is None
        and permissions.can_act(viewer, Action.CASE_REOPEN, case)
        and permissions.can_act(viewer, Action.CASE_CLAIM, case),
        is_mine=is_mine,
        second=second_of(case, viewer=viewer),
        appeals=appeals_on(case),
        may_appeal=decision.state == DecisionState.EFFECTIVE and permissions.can_act(viewer, Action.APPEAL_FILE, case),
        notices=notices_on(case, viewer=viewer, at=at, decision=decision)
        if decision.state == DecisionState.EFFECTIVE and (decision.notices or decision.repeats_id)
        else (),
        planned=planned(decision) if decision.state == DecisionState.HELD else (),
        spread=Spread.objects.filter(case=case, decision=decision).first() if case.cluster_size else None,
    )
