"""Reading enforcement: where a subject's strikes stand and lead, what a decision would do, what became of what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action as Right
from escalations import permissions
from escalations.enforcement_life import (
    NEEDS_A_PERSON,
    NOTIFIED,
    OPEN,
    STUCK_AFTER,
    HandOffState,
    Source,
    Threshold,
    read_steps,
)
from escalations.lifecycle import CaseStatus, EntityKind
from escalations.models import Case, EnforcementAction, Entity, Strike
from escalations.operations import enforcement, hand_offs, strikes
from escalations.selectors.notices import NoticeLine, notices_on
from policies.lifecycle import Action, ActionType
from policies.models import PolicyVersion


# -- Before submit -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StrikeOutlook:
    """What one more strike under a clause does to a subject: from `now` to `then`, what that leads to, and what comes next.

    `reached` is the highest threshold that it crosses, `follows` the actions of all it crosses; `next_at` the threshold after
    `then`. `expires_at` (aware UTC) is when the new strike stops counting. `weight` 0: the clause gives none.
    """

    entity: Entity
    now: int
    weight: int
    then: int
    follows: tuple[Action, ...]
    reached: int | None
    next_at: int | None
    next_actions: tuple[Action, ...]
    window_days: int
    expires_at: datetime | None

    @property
    def line(self) -> str:
        """In a line: `Strikes 2 → 3: Block a feature, 7 days; next at 5: Suspend account, 30 days`."""
        if not self.weight:
            return _("This clause gives no strikes.")
        said = _("Strikes %(now)d → %(then)d") % {"now": self.now, "then": self.then}
        if self.follows:
            said += ": " + ", ".join(action.label for action in self.follows)
        if self.next_at is not None:
            said += _("; next at %(at)d: %(actions)s") % {
                "at": self.next_at,
                "actions": ", ".join(action.label for action in self.next_actions),
            }
        return said


def strike_outlook(entity: Entity, clause: PolicyVersion, surface: str, at: datetime) -> StrikeOutlook:
    """Where a strike under `clause` on `surface` at `at` (aware UTC) would take an entity. Two queries, no locks."""
    ladder = strikes.ladder_in_force(surface, at=at)
    now = strikes.count(entity, surface, at=at)
    weight = clause.strike_weight if ladder is not None else 0
    then = now + weight
    steps: Sequence[Threshold] = ladder.steps if ladder is not None else ()
    crossed = [step for step in steps if now < step.at <= then]
    ahead = next((step for step in steps if step.at > then), None)
    return StrikeOutlook(
        entity=entity,
        now=now,
        weight=weight,
        then=then,
        follows=tuple(action for step in crossed for action in step.actions),
        reached=crossed[-1].at if crossed else None,
        next_at=ahead.at if ahead is not None else None,
        next_actions=ahead.actions if ahead is not None else (),
        window_days=ladder.window_days if ladder is not None else 0,
        expires_at=at + timedelta(days=ladder.window_days) if ladder is not None and weight else None,
    )


def outlooks_of(case: Case, clause: PolicyVersion, at: datetime, *, most: int = 3) -> list[StrikeOutlook]:
    """`strike_outlook` for those of the case's things that a strike would be given to, the first `most`."""
    targets = enforcement.targets_of(ActionType.STRIKE, enforcement.entities_of(case))
    return [strike_outlook(entity, clause, case.surface, at) for entity in targets[:most]]


@dataclass(frozen=True)
class StrikesNow:
    """What counts against a thing now: in all, and by clause of the cases that stand beside the reader's."""

    total: int
    by_clause: tuple[tuple[str, int], ...]

    @property
    def elsewhere(self) -> int:
        """Strikes from cases the reader may not see, or that lie too far back."""
        return self.total - sum(weight for _clause, weight in self.by_clause)

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], *, seen: Container[int]) -> StrikesNow | None:
        """From the rows of `strikes_now` and the cases the reader is known to see; None where nothing counts."""
        clauses: Counter[str] = Counter()
        for row in rows:
            clauses[row["clause"]] += row["weight"] if row["case"] in seen else 0
        by_clause = tuple((clause, weight) for clause, weight in sorted(clauses.items()) if weight)
        return cls(sum(row["weight"] for row in rows), by_clause) if rows else None


def strikes_now(entity: OuterRef, surface: str, *, at: datetime) -> ArraySubquery:
    """For a query of things: the strikes that count at `at` (aware UTC) on a surface, as `StrikesNow.of` reads them."""
    counting = Strike.objects.filter(  # uses index: strike_live_of_entity
        entity_id=entity, surface=surface, refunded_at__isnull=True, given_at__lte=at, expires_at__gt=at
    )
    return ArraySubquery(counting.values(row=JSONObject(clause="clause__policy__key", weight="weight", case="case_id")))


@dataclass(frozen=True)
class DryRun:
    """What a decision with these steps would do: a line for each action, whom notices would reach, by language."""

    lines: tuple[str, ...]
    notify: str

    @property
    def text(self) -> str:
        """In one line; says so where nothing would leave."""
        parts = [*self.lines, *([self.notify] if self.notify else [])]
        return ", ".join(parts) or _("Nothing goes to the platform.")


_KINDS = {
    EntityKind.ACCOUNT: lambda n: ngettext("%(n)d account", "%(n)d accounts", n),
    EntityKind.POST: lambda n: ngettext("%(n)d post", "%(n)d posts", n),
    EntityKind.AD: lambda n: ngettext("%(n)d ad", "%(n)d ads", n),
    EntityKind.ADVERTISER: lambda n: ngettext("%(n)d advertiser", "%(n)d advertisers", n),
    EntityKind.LISTING: lambda n: ngettext("%(n)d listing", "%(n)d listings", n),
    EntityKind.PAGE: lambda n: ngettext("%(n)d page", "%(n)d pages", n),
    EntityKind.GROUP: lambda n: ngettext("%(n)d group", "%(n)d groups", n),
    EntityKind.DOMAIN: lambda n: ngettext("%(n)d domain", "%(n)d domains", n),
    EntityKind.PAYMENT_INSTRUMENT: lambda n: ngettext("%(n)d payment instrument", "%(n)d payment instruments", n),
    EntityKind.DEVICE: lambda n: ngettext("%(n)d device", "%(n)d devices", n),
}


def counted(entities: Sequence[Entity]) -> str:
    """How many of each kind: `46 ads, 9 accounts`."""
    counts = Counter(EntityKind(entity.kind) for entity in entities)
    return ", ".join(_KINDS[kind](count) % {"n": count} for kind, count in counts.items())


def dry_run(case: Case, keys: Sequence[str], at: datetime) -> DryRun:
    """What a decision on the case with these steps (keys of `Step`) would do at `at`, of a cluster to all its members' things.

    At most two queries. The languages are the subjects' own where they are known, else the case's.
    """
    if case.is_sandbox or case.is_practice_for_id is not None:
        return DryRun((_("Practice and sandbox cases reach no platform."),), "")
    steps = read_steps(keys)
    entities = enforcement.entities_of(case)
    if steps and not entities:
        return DryRun((_("The case names nothing on a platform: nothing is sent."),), "")
    lines = [
        f"{step.label}: {counted(enforcement.targets_of(step.type, entities))}"
        for step in steps
        if step.type not in (ActionType.NO_ACTION,)
    ]
    told = [entity for entity in entities if EntityKind(entity.kind) in NOTIFIED] if lines else []
    languages = Counter(str(entity.facts.get("language") or case.language or "en")[:2].lower() for entity in told)
    notify = (
        _("notify %(who)s in %(languages)s") % {"who": counted(told), "languages": "/".join(sorted(languages))}
        if told
        else ""
    )
    return DryRun(tuple(lines), notify)


# -- What became of it -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ActionLine:
    """An action as the case page and the outbox show it."""

    action: EnforcementAction
    may_retry: bool
    may_settle: bool
    may_withdraw: bool
    may_lift: bool
    is_stuck: bool

    @property
    def label(self) -> str:
        """What is asked, in words; what lifts an earlier action says so."""
        words = self.action.step.label
        return _("Lift: %(action)s") % {"action": words} if self.action.reverses_id is not None else words

    @property
    def icon(self) -> str:
        """The sign beside its state: a state is never told by colour alone."""
        return {
            HandOffState.ACCEPTED: "check",
            HandOffState.REFUSED: "x",
            HandOffState.AMBIGUOUS: "warn",
            HandOffState.CANCELLED: "undo",
        }.get(HandOffState(self.action.state), "clock" if self.is_stuck else "send")

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look."""
        return self.action.state in NEEDS_A_PERSON or self.is_stuck

    @property
    def why(self) -> str:
        """Why it stands where it stands: what the platform said, or what went wrong."""
        action = self.action
        if action.state == HandOffState.REFUSED:
            return action.refusal
        if action.state in (HandOffState.AMBIGUOUS, HandOffState.QUEUED):
            return action.last_error
        return ""

    @property
    def in_force(self) -> bool:
        """Whether the platform holds it now."""
        action = self.action
        lasts = action.ended_at is None and action.source not in (Source.REVERSAL, Source.END, Source.APPEAL)
        return lasts and action.state == HandOffState.ACCEPTED


def is_stuck(action: EnforcementAction, *, at: datetime) -> bool:
    """Whether it has been queued or on its way for longer than a quarter of an hour at `at` (aware UTC)."""
    on_its_way = action.state in (HandOffState.QUEUED, HandOffState.SENDING, HandOffState.SENT)
    return on_its_way and at - action.queued_at > STUCK_AFTER


def line_of(action: EnforcementAction, *, viewer: User, at: datetime) -> ActionLine:
    """An action with what `viewer` may do about it. No query where the case and its queue came along."""
    case, state = action.case, HandOffState(action.state)
    open_now = state in (HandOffState.REFUSED, HandOffState.AMBIGUOUS, HandOffState.QUEUED)
    lifting = action.reverses_id is not None
    return ActionLine(
        action=action,
        may_retry=open_now and action.ended_at is None and permissions.can_act(viewer, Right.HAND_OFF_SETTLE, case),
        may_settle=state not in (HandOffState.ACCEPTED, HandOffState.CANCELLED, HandOffState.SENDING)
        and permissions.can_act(viewer, Right.HAND_OFF_SETTLE, case),
        may_withdraw=open_now and permissions.can_act(viewer, Right.HAND_OFF_OVERRIDE, case),
        may_lift=not lifting
        and action.source != Source.APPEAL
        and action.ended_at is None
        and state != HandOffState.CANCELLED
        and permissions.can_act(viewer, Right.MITIGATE, case),
        is_stuck=is_stuck(action, at=at),
    )


@dataclass(frozen=True)
class Strip:
    """The hand-offs of a case as its page shows them."""

    lines: Sequence[ActionLine]
    more: int
    blocks: int  # how many keep the case from closing
    strikes: int  # live strikes that this case's decisions gave
    may_mitigate: bool
    may_close_over: bool
    notices: Sequence[NoticeLine] = ()


_STRIP = 12


def strip_of(case: Case, *, viewer: User, at: datetime) -> Strip:
    """What was handed over for a case, the open ones first, then the newest, and what was told. At most six queries."""
    rows = EnforcementAction.objects.filter(case=case).select_related("entity", "reverses")
    found = sorted(rows.order_by("-pk")[:200], key=lambda action: not action.is_open)
    for action in found:
        action.case = case
    blocks = sum(action.is_open and action.closed_over_at is None for action in found)
    if case.status == CaseStatus.DECIDED:
        blocks += hand_offs.notices_of(case).count()
    given = Strike.objects.filter(case=case, refunded_at=None, expires_at__gt=at)
    undecided = case.status not in (CaseStatus.DECIDED, CaseStatus.CLOSED)
    real = not case.is_sandbox and case.is_practice_for_id is None
    return Strip(
        lines=[line_of(action, viewer=viewer, at=at) for action in found[:_STRIP]],
        more=max(0, len(found) - _STRIP),
        blocks=blocks,
        strikes=sum(given.values_list("weight", flat=True)) if found else 0,
        may_mitigate=real and undecided and permissions.can_act(viewer, Right.MITIGATE, case),
        may_close_over=bool(blocks) and permissions.can_act(viewer, Right.HAND_OFF_OVERRIDE, case),
        notices=notices_on(case, viewer=viewer, at=at) if not undecided or case.reopened_count else (),
    )


def outbox(viewer: User, *, show: str, at: datetime) -> QuerySet[EnforcementAction]:
    """Hand-offs of cases that `viewer` may see: those that need a person, are on their way, were closed over, or are done.

    `at` is aware UTC. Uses index: enforcement_open.
    """
    rows = EnforcementAction.objects.visible_to(viewer).select_related("entity", "case__queue", "reverses", "decision")
    stuck = Q(state__in=(HandOffState.QUEUED, HandOffState.SENDING, HandOffState.SENT), queued_at__lt=at - STUCK_AFTER)
    if show == "needs":
        return rows.filter(Q(state__in=NEEDS_A_PERSON) | stuck, closed_over_at__isnull=True)
    if show == "way":
        return rows.filter(state__in=(HandOffState.QUEUED, HandOffState.SENDING, HandOffState.SENT)).exclude(stuck)
    if show == "over":
        return rows.filter(state__in=OPEN, closed_over_at__isnull=False)
    return rows.filter(state=HandOffState.ACCEPTED)


def waiting(viewer: User, *, at: datetime) -> int:
    """How many hand-offs and notices (at most 200) need somebody, of those `viewer` may settle: the rail's number.

    The same rows as `outbox("needs")` and `notices.waiting`, in a statement of its own: every page prints the number, and what a
    viewer may see is written once for both kinds. Uses indexes: enforcement_open, notice_delivery_open.
    """
    if not settles(viewer):
        return 0
    try:
        seen, values = Case.objects.visible_to(viewer).values_list("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    late = at - STUCK_AFTER
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(seen=seen), [late, late, *values])
        (count,) = cursor.fetchone()
        return int(count)


def _words(*states: str) -> str:
    return ", ".join(f"'{state}'" for state in states)


_WAITING = f"""SELECT count(*) FROM (SELECT 1 FROM (
  SELECT case_id FROM escalations_enforcementaction WHERE closed_over_at IS NULL AND state IN ({_words(*OPEN)})
    AND (state IN ({_words(*NEEDS_A_PERSON)}) OR queued_at < %s)
  UNION ALL
  SELECT case_id FROM escalations_noticedelivery WHERE closed_over_at IS NULL AND state IN ('queued', 'failed')
    AND (state = 'failed' OR queued_at < %s)
) needing JOIN ({{seen}}) seen ON seen.id = needing.case_id LIMIT 200) counted"""


def reads_outbox(viewer: User) -> bool:
    """Whether the rail offers the outbox to this person."""
    return bool(viewer.is_authenticated and viewer.is_internal and can(viewer, Right.ENFORCEMENT_READ))


def settles(viewer: User) -> bool:
    """Whether this person may do something about hand-offs at all."""
    return reads_outbox(viewer) and can(viewer, Right.HAND_OFF_SETTLE)
