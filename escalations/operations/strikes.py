"""Strikes: given with a decision that took effect, counted over a window, given back; and the ladders that say what they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action as Right
from audit.recording import record
from core.errors import FieldProblem, Invalid
from escalations import events
from escalations.enforcement_life import FIRST_LADDERS, Threshold, threshold_problems
from escalations.lifecycle import Surface
from escalations.models import Case, Decision, Entity, Strike, StrikeLadder
from policies.models import PolicyVersion

REASON_MAX = 300
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    """A strike that was given: how many count now, and the thresholds it crossed, lowest first."""

    strike: Strike
    before: int
    now: int
    crossed: Sequence[Threshold]


def live(entity: Entity, surface: str, *, at: datetime) -> QuerySet[Strike]:
    """The strikes that count against an entity on a surface at `at` (aware UTC). Uses index: strike_live_of_entity."""
    return Strike.objects.filter(
        entity=entity, surface=surface, refunded_at__isnull=True, given_at__lte=at, expires_at__gt=at
    )


def count(entity: Entity, surface: str, *, at: datetime) -> int:
    """How many strikes count now, each with its weight."""
    return live(entity, surface, at=at).aggregate(total=Sum("weight"))["total"] or 0


def ladder_in_force(surface: str, *, at: datetime) -> StrikeLadder | None:
    """The edition that holds on a surface at `at` (aware UTC); None where none was ever published."""
    found = StrikeLadder.objects.filter(surface=surface, effective_from__lte=at)
    return found.order_by("-effective_from", "-number").first()


def crossed(ladder: StrikeLadder, *, before: int, now: int) -> list[Threshold]:
    """The thresholds that going from `before` to `now` strikes reaches."""
    return [step for step in ladder.steps if before < step.at <= now]


def give(
    decision: Decision,
    entity: Entity,
    clause: PolicyVersion,
    *,
    case: Case,
    at: datetime,
    since: datetime | None = None,
) -> Given | None:
    """Give the strike of a decision that takes effect at `at`; None where the clause gives none, or no ladder holds.

    The case is locked. `since` (aware UTC) is when an earlier decision of the case gave the same strike, whose window goes on.
    Two decisions about one entity at once both count: the entity's row is locked. Records `strike.given`.
    """
    ladder = ladder_in_force(case.surface, at=at)
    if ladder is None or not clause.strike_weight:
        return None
    given_at = since or at
    expires_at = given_at + timedelta(days=ladder.window_days)
    if expires_at <= at:
        return None
    Entity.objects.select_for_update(no_key=True).get(pk=entity.pk)
    before = count(entity, case.surface, at=at)
    strike = Strike.objects.create(
        organization_id=case.organization_id,
        case=case,
        decision=decision,
        entity=entity,
        surface=case.surface,
        clause=clause,
        ladder=ladder,
        weight=clause.strike_weight,
        given_at=given_at,
        expires_at=expires_at,
    )
    now = before + strike.weight
    reached = crossed(ladder, before=before, now=now)
    record(
        events.STRIKE_GIVEN,
        subject=case,
        by=decision.decided_by,
        at=at,
        data={
            "strike": strike.pk,
            "surface": case.surface,
            "weight": strike.weight,
            "count": now,
            "reached": reached[-1].at if reached else 0,
        },
    )
    return Given(strike, before, now, reached)


def refund(strikes: Iterable[Strike], *, case: Case, why: str, by: Actor, at: datetime) -> list[Strike]:
    """Give strikes of a locked case back: they count no more. Records `strike.refunded` where any counted."""
    mine = list(
        Strike.objects.select_for_update(of=("self",))
        .filter(pk__in=[strike.pk for strike in strikes], case=case, refunded_at__isnull=True)
        .order_by("pk")
    )
    for strike in mine:
        strike.refunded_at, strike.refund_why = max(at, strike.given_at), why[:REASON_MAX]
        strike.refunded_by = by if isinstance(by, User) else None
        strike.save(update_fields=["refunded_at", "refund_why", "refunded_by"])
    if mine:
        data = {"strikes": [strike.pk for strike in mine], "count": sum(one.weight for one in mine), "reason": why}
        record(events.STRIKE_REFUNDED, subject=case, by=by, at=at, data=data)
    return mine


@transaction.atomic
def publish_ladder(
    *,
    surface: str,
    window_days: int,
    thresholds: list[dict[str, Any]],
    by: User | None,
    at: datetime,
    note: str = "",
    effective_from: datetime | None = None,
    is_first: bool = False,
) -> StrikeLadder:
    """Publish a new edition of what strikes on a surface lead to, from `effective_from` (aware UTC, not past; else `at`) on.

    What was given keeps the window it was given with. Records `strike_ladder.published`. Raises `Invalid`, `NotPermitted`.
    """
    if by is not None:
        check_can(by, Right.STRIKES_EDIT)
    effective_from = _EVER if is_first else effective_from or at
    problems = [FieldProblem("/thresholds", "invalid", text) for text in threshold_problems(thresholds)]
    if surface not in Surface.values:
        problems.append(FieldProblem("/surface", "unknown", _("There is no such surface.")))
    if not 1 <= window_days <= 3650:
        problems.append(FieldProblem("/window_days", "out_of_range", _("A strike counts for 1 to 3650 days.")))
    if effective_from < at and not is_first:
        problems.append(FieldProblem("/effective_from", "past", _("Choose a time from now on.")))
    if problems:
        raise Invalid(errors=problems)
    earlier = StrikeLadder.objects.filter(surface=surface)
    latest = earlier.aggregate(number=Max("number"), start=Max("effective_from"))
    if latest["start"] is not None and latest["start"] >= effective_from:
        effective_from = latest["start"] + timedelta(microseconds=1)
    ladder = StrikeLadder.objects.create(
        surface=surface,
        number=(latest["number"] or 0) + 1,
        window_days=window_days,
        thresholds=sorted(thresholds, key=lambda row: int(row["at"])),
        note=note.strip()[:REASON_MAX],
        effective_from=effective_from,
        created_at=at,
        created_by=by,
    )
    data = {"surface": surface, "number": ladder.number}
    internal = Organization.objects.values_list("pk", flat=True).get(kind=Organization.Kind.INTERNAL)
    record(events.STRIKE_LADDER_PUBLISHED, subject=ladder, by=by, at=at, data=data, organization_id=internal)
    return ladder


def ensure_first(*, at: datetime) -> None:
    """Publish the first edition for every surface that has none; it holds for all time before, for histories that are imported."""
    have = set(StrikeLadder.objects.values_list("surface", flat=True))
    for surface, (window_days, thresholds) in FIRST_LADDERS.items():
        if surface not in have:
            publish_ladder(
                surface=surface, window_days=window_days, thresholds=thresholds, by=None, at=at, is_first=True
            )
