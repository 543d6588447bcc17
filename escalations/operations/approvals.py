"""A second person: when one is needed, asking, their answer, and what happens when none comes (ux.md DEC-12).

Decisions ask in their own transaction; what else needs a second person asks in the same way: register what an answer does (`on`),
find out whether one is needed (`need_of`), ask (`ask`). The thing waits until `answer` says yes; a refusal or the end of the time
gives it back to whoever asked. Lock order: case → approval → timer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action, Role
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid
from escalations import events, permissions
from escalations.lifecycle import TAKEDOWNS, ApprovalAbout, ApprovalState, ApprovalWhy, Severity, Verdict
from escalations.models import Approval, ApprovalRule, ApprovalRulesVersion, Case, Decision, SlaTimer
from escalations.operations import timers
from escalations.operations.saving import save
from policies.lifecycle import ActionType

TIMER = "approval"
REASON_MAX = 500
NAME_MAX, NOTE_MAX = 80, 300
RULES_AT_MOST = 30
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)
# How long a second person has where no rule says it.
WITHIN = {ApprovalWhy.S0_TAKEDOWN: timedelta(hours=1), ApprovalWhy.WISHED: timedelta(hours=8)}
# Those who may be asked; a rule may narrow it to some of them.
APPROVERS = (Role.SENIOR, Role.LEAD, Role.LEGAL)


class AlreadyAnswered(DomainError):
    """Somebody answered in between, or it is no longer asked; `approval` says how it ended."""

    code = "already_answered"
    title = "This has been answered"

    def __init__(self, approval: Approval) -> None:
        state = str(ApprovalState(approval.state).label)
        who = approval.answered_by.display_name if approval.answered_by is not None else ""
        super().__init__(
            _("%(person)s answered it already: %(state)s.") % {"person": who, "state": state}
            if who
            else _("Nobody is asked any more: %(state)s.") % {"state": state}
        )
        self.approval = approval


@dataclass(frozen=True)
class Facts:
    """What rules look at. `actions` are action types without their duration; `count` is how many objects and cases it reaches."""

    verdict: Verdict
    severity: int
    actions: frozenset[str] = frozenset()
    is_high_profile: bool = False
    is_legal_hold: bool = False
    count: int = 1


@dataclass(frozen=True)
class Need:
    """Why a second person is needed, by which rule, and how long they have."""

    why: ApprovalWhy
    within: timedelta
    rule: ApprovalRule | None = None


@dataclass(frozen=True)
class RuleInput:
    """One rule as somebody writes it; the fields of `ApprovalRule`, which says what they mean."""

    name: str
    expires_s: int
    verdicts: Sequence[str] = ()
    actions: Sequence[str] = ()
    worst_severity: int | None = None
    is_high_profile: bool = False
    is_legal_hold: bool = False
    count_over: int | None = None
    roles: Sequence[str] = ()


class Ended(Protocol):
    """What an answer does to the thing, in the answer's transaction; the case is locked. `by` is who answered, None: time ran out."""

    def __call__(self, case: Case, approval: Approval, *, by: User | None, at: datetime) -> None: ...


_APPROVED: dict[ApprovalAbout, Ended] = {}
_GIVEN_BACK: dict[ApprovalAbout, Ended] = {}


def on(about: ApprovalAbout, *, approved: Ended, given_back: Ended) -> None:
    """Say what an answer does: `approved` lets the thing take effect, `given_back` (refused or expired) returns it to its asker.

    Called once, at import.
    """
    if about in _APPROVED:
        raise ValueError(f"answers about {about} are handled already")
    _APPROVED[about], _GIVEN_BACK[about] = approved, given_back


# -- When ---------------------------------------------------------------------------------------------------------------
def rules_in_force() -> list[ApprovalRule]:
    """The rules of the newest version, in their order. One query."""
    newest = ApprovalRulesVersion.objects.order_by("-number").values("pk")[:1]
    return list(ApprovalRule.objects.filter(version__in=newest).order_by("position"))


def need_of(facts: Facts, *, wished: bool = False) -> Need | None:
    """Whether a second person is needed, and by which rule: the first that fits. One query.

    Taking down at S0 needs one whatever the rules say (permissions.md §3); `wished` is the decider's own asking.
    """
    for rule in rules_in_force():
        if fits(rule, facts):
            return Need(ApprovalWhy.RULE, timedelta(seconds=rule.expires_s), rule)
    if facts.severity == Severity.S0 and facts.verdict in TAKEDOWNS:
        return Need(ApprovalWhy.S0_TAKEDOWN, WITHIN[ApprovalWhy.S0_TAKEDOWN])
    return Need(ApprovalWhy.WISHED, WITHIN[ApprovalWhy.WISHED]) if wished else None


def fits(rule: ApprovalRule, facts: Facts) -> bool:
    """Whether everything that the rule names is so."""
    return (
        (not rule.verdicts or facts.verdict in rule.verdicts)
        and (not rule.actions or not facts.actions.isdisjoint(rule.actions))
        and (rule.worst_severity is None or facts.severity <= rule.worst_severity)
        and (not rule.is_high_profile or facts.is_high_profile)
        and (not rule.is_legal_hold or facts.is_legal_hold)
        and (rule.count_over is None or facts.count > rule.count_over)
    )


# -- Asking and answering -----------------------------------------------------------------------------------------------
def ask(
    *,
    case: Case,
    about: ApprovalAbout,
    about_id: int,
    need: Need,
    by: User,
    at: datetime,
    decision: Decision | None = None,
    verdict: str = "",
) -> Approval:
    """Ask for a second person, in the caller's transaction, which holds the case's lock. `at` aware UTC.

    Arms the timer that ends the waiting; records `approval.asked`. One thing is asked about once at a time (the database says so).
    """
    approval = Approval.objects.create(
        organization_id=case.organization_id,
        case=case,
        about=about,
        about_id=about_id,
        decision=decision,
        rule=need.rule,
        why=need.why,
        asked_by=by,
        asked_at=at,
        expires_at=at + need.within,
    )
    _arm(case)
    roles = set(need.rule.roles) if need.rule is not None else set()
    data = _data(approval) | {
        "verdict": verdict,
        "rule": need.rule.name if need.rule is not None else "",
        "until": approval.expires_at.isoformat(),
        "to": "legal" if roles == {Role.LEGAL.value} else "any",
    }
    record(events.APPROVAL_ASKED, subject=case, by=by, at=at, data=data)
    return approval


@transaction.atomic
def answer(*, approval_id: int, is_yes: bool, reason: str, by: User, at: datetime) -> Approval:
    """Approve or refuse what somebody else asks. A refusal needs a reason, which the asker reads.

    `at` is aware UTC. Locks case and approval; of two who answer at once the second gets `AlreadyAnswered`. Records
    `approval.given` or `approval.refused`, and what the thing's own taking effect or giving back records. Raises `NotPermitted`
    (the asker, who sent the case in, a role that is not asked), `Invalid` (no reason), `Approval.DoesNotExist`.
    """
    found = Approval.objects.get(pk=approval_id)
    case = Case.objects.lock(found.case_id)
    approval = (
        Approval.objects.select_for_update(of=("self",)).select_related("answered_by", "rule").get(pk=approval_id)
    )
    approval.case = case
    permissions.check_can_approve(by, approval)
    if approval.state != ApprovalState.OPEN:
        raise AlreadyAnswered(approval)
    reason = " ".join(reason.split())
    if len(reason) > REASON_MAX or "\x00" in reason or not (is_yes or reason):
        detail = _("Say in a line, at most %(limit)d characters, what has to change.") % {"limit": REASON_MAX}
        raise Invalid(errors=[FieldProblem("/reason", "required" if not reason else "too_long", detail)])
    _end(approval, ApprovalState.APPROVED if is_yes else ApprovalState.REFUSED, case, by=by, at=at, reason=reason)
    kind = events.APPROVAL_GIVEN if is_yes else events.APPROVAL_REFUSED
    record(kind, subject=case, by=by, at=at, data=_data(approval) | {"reason": reason})
    ended = _APPROVED if is_yes else _GIVEN_BACK
    ended[ApprovalAbout(approval.about)](case, approval, by=by, at=at)
    return approval


def withdraw(case: Case, *, about: ApprovalAbout, about_id: int, by: User, at: datetime) -> Approval | None:
    """Ask nobody any more, because the thing itself was taken back; None where nobody was asked.

    In the caller's transaction, which holds the case's lock. Records `approval.withdrawn`.
    """
    approval = open_of(about, about_id)
    if approval is None:
        return None
    _end(approval, ApprovalState.WITHDRAWN, case, by=None, at=at)
    record(events.APPROVAL_WITHDRAWN, subject=case, by=by, at=at, data=_data(approval))
    return approval


def expire(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """The timer's handler: of what was asked about this case, what nobody answered in time goes back to whoever asked.

    Records `approval.expired` for each.
    """
    late = Approval.objects.select_for_update(of=("self",)).filter(
        case=case, state=ApprovalState.OPEN, expires_at__lte=at
    )
    for approval in late.order_by("expires_at", "id"):
        _end(approval, ApprovalState.EXPIRED, case, by=None, at=at)
        record(events.APPROVAL_EXPIRED, subject=case, by=None, at=at, data=_data(approval))
        _GIVEN_BACK[ApprovalAbout(approval.about)](case, approval, by=None, at=at)
    _arm(case)


def _arm(case: Case) -> None:
    """One timer of a case stands for all that is asked about it: it is due when the first of these expires."""
    first = Approval.objects.filter(case=case, state=ApprovalState.OPEN).order_by("expires_at", "id").first()
    if first is None:
        timers.cancel(case, TIMER)
    else:
        timers.arm(case, TIMER, due_at=first.expires_at)


def open_of(about: ApprovalAbout, about_id: int) -> Approval | None:
    """The question that waits about a thing. Uses index: approval_one_open_per_thing."""
    return Approval.objects.filter(about=about, about_id=about_id, state=ApprovalState.OPEN).first()


def _end(
    approval: Approval, state: ApprovalState, case: Case, *, by: User | None, at: datetime, reason: str = ""
) -> None:
    approval.state, approval.ended_at, approval.answered_by, approval.reason = state, at, by, reason
    approval.save(update_fields=["state", "ended_at", "answered_by", "reason"])
    _arm(case)
    save(case, at=at, moves=False)


def _data(approval: Approval) -> dict[str, object]:
    return {
        "approval": str(approval.public_id),
        "about": str(approval.about),
        "asked_by_id": approval.asked_by_id,
        "why": str(approval.why),
    }


# -- The rules ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def publish_rules(*, rules: Sequence[RuleInput], note: str, by: User | None, at: datetime) -> ApprovalRulesVersion:
    """Put a new set of rules in force from now on; what is asked already stays as it is. The same rules change nothing.

    `at` is aware UTC. Records `approval_rules.published`. Raises `NotPermitted`, `Invalid` with every fault.
    """
    check_can(by, Action.ROUTING_EDIT)
    note = " ".join(note.split())
    problems = rule_problems(rules)
    if len(note) > NOTE_MAX or "\x00" in note:
        problems.append(FieldProblem("/note", "too_long", _("At most %(limit)d characters.") % {"limit": NOTE_MAX}))
    if problems:
        raise Invalid(errors=problems)
    with connection.cursor() as cursor:  # one edition at a time; nobody may lock the rows, as they never change
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('escalations.approval_rules'))")
    newest = ApprovalRulesVersion.objects.order_by("-number").first()
    if newest is not None and [as_input(rule) for rule in rules_in_force()] == [_plain(rule) for rule in rules]:
        return newest
    version = ApprovalRulesVersion.objects.create(
        number=newest.number + 1 if newest is not None else 1, published_at=at, published_by=by, note=note
    )
    ApprovalRule.objects.bulk_create(
        ApprovalRule(
            version=version,
            position=position,
            name=rule.name.strip(),
            verdicts=list(rule.verdicts),
            actions=list(rule.actions),
            worst_severity=rule.worst_severity,
            is_high_profile=rule.is_high_profile,
            is_legal_hold=rule.is_legal_hold,
            count_over=rule.count_over,
            roles=list(rule.roles),
            expires_s=rule.expires_s,
        )
        for position, rule in enumerate(rules, start=1)
    )
    internal = by.organization_id if by else Organization.objects.get(kind=Organization.Kind.INTERNAL).pk
    data = {"version": version.number, "count": len(rules)}
    record(events.APPROVAL_RULES_PUBLISHED, subject=version, by=by, at=at, data=data, organization_id=internal)
    return version


def as_input(rule: ApprovalRule) -> RuleInput:
    """A stored rule as somebody would write it."""
    return RuleInput(
        name=rule.name,
        expires_s=rule.expires_s,
        verdicts=tuple(rule.verdicts),
        actions=tuple(rule.actions),
        worst_severity=rule.worst_severity,
        is_high_profile=rule.is_high_profile,
        is_legal_hold=rule.is_legal_hold,
        count_over=rule.count_over,
        roles=tuple(rule.roles),
    )


def _plain(rule: RuleInput) -> RuleInput:
    """As it will be stored, for comparing."""
    return RuleInput(
        **{
            **vars(rule),
            "name": rule.name.strip(),
            "verdicts": tuple(rule.verdicts),
            "actions": tuple(rule.actions),
            "roles": tuple(rule.roles),
        }
    )


def rule_problems(rules: Sequence[RuleInput]) -> list[FieldProblem]:
    """Everything that is wrong with a set of rules; the pointer names the rule by its place, from 0."""
    problems: list[FieldProblem] = []
    if len(rules) > RULES_AT_MOST:
        detail = _("At most %(limit)d rules.") % {"limit": RULES_AT_MOST}
        problems.append(FieldProblem("/rules", "too_many", detail))
    for place, rule in enumerate(rules[:RULES_AT_MOST]):
        problems += [
            FieldProblem(f"/rules/{place}/{name}", code, detail) for name, code, detail in _problems_of_rule(rule)
        ]
    return problems


def _problems_of_rule(rule: RuleInput) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    if not 1 <= len(rule.name.strip()) <= NAME_MAX or "\x00" in rule.name:
        found.append(("name", "length", _("Give the rule a name of at most 80 characters.")))
    names_something = (
        rule.verdicts
        or rule.actions
        or rule.worst_severity is not None
        or rule.is_high_profile
        or rule.is_legal_hold
        or rule.count_over is not None
    )
    if not names_something:
        found.append(
            ("name", "names_nothing", _("Say when it asks: a rule that names nothing would stop every decision."))
        )
    if _strange(rule.verdicts, Verdict.values):
        found.append(("verdicts", "unknown", _("Choose verdicts of the list.")))
    if _strange(rule.actions, ActionType.values):
        found.append(("actions", "unknown", _("Choose actions of the list.")))
    if _strange(rule.roles, [role.value for role in APPROVERS]):
        found.append(("roles", "unknown", _("Seniors, leads and the legal desk can be asked.")))
    if rule.worst_severity is not None and rule.worst_severity not in Severity.values:
        found.append(("worst_severity", "unknown", _("Choose a severity of the list.")))
    if rule.count_over is not None and not 1 <= rule.count_over <= 100_000:
        found.append(("count_over", "out_of_range", _("Give a number from 1 to 100,000.")))
    if not SHORTEST.total_seconds() <= rule.expires_s <= LONGEST.total_seconds():
        found.append(("expires_s", "out_of_range", _("Give between 5 minutes and 7 days.")))
    return found


def _strange(given: Collection[str], known: Collection[str]) -> bool:
    return not set(given) <= set(known) or len(set(given)) != len(given)


# What an empty installation starts with (ux.md DEC-12); leads change it as they like.
FIRST = (
    RuleInput(
        name="Disabling a high-profile account",
        actions=(ActionType.ACCOUNT_DISABLE.value, ActionType.SERVICE_END.value),
        is_high_profile=True,
        expires_s=4 * 3600,
    ),
    RuleInput(
        name="Referral to an authority",
        actions=(ActionType.REFER_AUTHORITY.value,),
        roles=(Role.LEAD.value, Role.LEGAL.value),
        expires_s=4 * 3600,
    ),
    RuleInput(
        name="Restoring at S0 or S1", verdicts=(Verdict.RESTORE.value,), worst_severity=Severity.S1, expires_s=2 * 3600
    ),
    RuleInput(
        name="Taking down at S0",
        verdicts=(Verdict.REMOVE.value, Verdict.RESTRICT.value, Verdict.ACCOUNT_ACTION.value),
        worst_severity=Severity.S0,
        expires_s=3600,
    ),
    RuleInput(name="Anything under legal hold", is_legal_hold=True, expires_s=8 * 3600),
    RuleInput(name="More than 100 objects or cases", count_over=100, expires_s=8 * 3600),
)


def ensure_first(*, at: datetime) -> None:
    """The rules of an empty installation; nothing where there are some already."""
    if not ApprovalRulesVersion.objects.exists():
        publish_rules(rules=FIRST, note="", by=None, at=at)
