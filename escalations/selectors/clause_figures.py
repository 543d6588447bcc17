"""What decisions say of clauses: how often each is used and found wrong, and what a new wording would touch."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlencode

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from escalations.appeal_life import JUDGED, Outcome
from escalations.filters import TooSlow, compile_filter, count, within
from escalations.lifecycle import DecisionState, Verdict
from escalations.models import Appeal, Case, Decision, ReplyTemplateVersion
from policies.lifecycle import is_met
from policies.models import Policy, PolicyVersion, effective_version
from policies.registry import Flip, Impact

DAYS_30, DAYS_90 = timedelta(days=30), timedelta(days=90)
IMPACT_S = 1.2  # each of the preview's statements; two of them read much
EXAMPLES = 5
_KEPT_S = 60.0
_TAKEDOWNS = (Verdict.REMOVE, Verdict.RESTRICT, Verdict.ACCOUNT_ACTION)
_CLEARED = (Verdict.NO_VIOLATION, Verdict.RESTORE)
_IN_FORCE = (DecisionState.HELD, DecisionState.EFFECTIVE, DecisionState.SUPERSEDED)


class _Kept:
    """Figures of the whole library, read at most once a minute by a process: they are printed beside every clause."""

    def __init__(self) -> None:
        self.lock, self.until = Lock(), 0.0
        self.volume: dict[int, int] = {}
        self.overturned: dict[int, tuple[int, int]] = {}
        self.granted: dict[int, tuple[int, int]] = {}

    def refresh(self, at: datetime) -> None:
        with self.lock:
            if time.monotonic() < self.until:
                return
            clause_of = dict(PolicyVersion.objects.values_list("pk", "policy_id"))
            rows = (
                Decision.objects.filter(
                    clause__isnull=False, repeats__isnull=True, state__in=_IN_FORCE, decided_at__gt=at - DAYS_90
                )
                .values("clause_id")
                .annotate(
                    recent=Count("pk", filter=Q(decided_at__gt=at - DAYS_30)),
                    all=Count("pk"),
                    wrong=Count("pk", filter=Q(overturned_at__isnull=False)),
                )
            )
            self.volume, self.overturned = {}, {}
            for row in rows:
                policy = clause_of.get(row["clause_id"])
                if policy is None:
                    continue
                self.volume[policy] = self.volume.get(policy, 0) + row["recent"]
                every, wrong = self.overturned.get(policy, (0, 0))
                self.overturned[policy] = (every + row["all"], wrong + row["wrong"])
            self.granted = _granted(clause_of, at)
            self.until = time.monotonic() + _KEPT_S


def _granted(clause_of: Mapping[int, int], at: datetime) -> dict[int, tuple[int, int]]:
    """By clause: how many appeals of its decisions were decided in the last 90 days, and how many of them succeeded, if only in part."""
    rows = (
        Appeal.objects.filter(
            state__in=JUDGED,
            decided_at__gt=at - DAYS_90,
            filed_at__gt=at - DAYS_90 * 2,  # in reach of an index
            decision__clause__isnull=False,
            case__is_practice_for__isnull=True,
        )
        .values("decision__clause_id")
        .annotate(all=Count("pk"), won=Count("pk", filter=~Q(outcome=Outcome.UPHELD)))
        .order_by()
    )
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        policy = clause_of.get(row["decision__clause_id"])
        if policy is not None:
            every, won = found.get(policy, (0, 0))
            found[policy] = (every + row["all"], won + row["won"])
    return found


_kept = _Kept()


def forget() -> None:
    """Let the figures be read anew (tests, and after a demo was wiped)."""
    _kept.until = 0.0


def volume(policy_ids: Collection[int], at: datetime) -> Mapping[int, str]:
    """Decisions of the last 30 days by clause."""
    _kept.refresh(at)
    return {pk: str(_kept.volume[pk]) for pk in policy_ids if pk in _kept.volume}


def overturned(policy_ids: Collection[int], at: datetime) -> Mapping[int, str]:
    """The share of the last 90 days' decisions that an appeal or a revision overturned, by clause."""
    _kept.refresh(at)
    shown = {}
    for pk in policy_ids:
        every, wrong = _kept.overturned.get(pk, (0, 0))
        if every:
            shown[pk] = f"{round(100 * wrong / every)} %"
    return shown


def granted(policy_ids: Collection[int], at: datetime) -> Mapping[int, str]:
    """The share of the last 90 days' decided appeals under a clause that succeeded, with how many were decided: "31 % of 42"."""
    _kept.refresh(at)
    shown = {}
    for pk in policy_ids:
        every, won = _kept.granted.get(pk, (0, 0))
        if every:
            shown[pk] = _("%(share)d %% of %(n)d") % {"share": round(100 * won / every), "n": every}
    return shown


def latest_citation(version: PolicyVersion) -> datetime | None:
    """When `version` was last cited, as the main or a further clause. Uses index: decision_by_clause."""
    main = Decision.objects.filter(clause=version).aggregate(at=Max("decided_at"))["at"]
    further = Decision.objects.filter(secondary_clauses=version).aggregate(at=Max("decided_at"))["at"]
    return max((at for at in (main, further) if at is not None), default=None)


def impact_of(version: PolicyVersion, viewer: User, at: datetime) -> Impact:
    """What publishing a draft would touch, as far as `viewer` may see it. What takes longer than its share of 3 s is left out."""
    is_partial = False
    asked = f"clause:{version.policy.key} is:open"
    open_cases = 0
    try:
        open_cases = within(IMPACT_S, lambda: count(compile_filter(asked, viewer=viewer, at=at).cases()).number)
    except TooSlow:
        is_partial = True
    flips = Flip(0, 0, 0, 0)
    before = effective_version(version.policy, at, version.market)
    if before is not None:
        try:
            flips = within(IMPACT_S, lambda: flips_between(before, version, viewer=viewer, at=at))
        except TooSlow:
            is_partial = True
    templates = [
        (row.template.name, reverse("escalations:admin-reply", args=[row.template.slug]))
        for row in ReplyTemplateVersion.objects.filter(body__icontains=version.policy.key, template__is_active=True)
        .select_related("template")
        .order_by("template__name", "-number")
        .distinct("template__name")
    ]
    return Impact(
        open_cases=open_cases,
        open_cases_url=f"{reverse('escalations:queue')}?{urlencode({'q': asked})}",
        flips=flips,
        templates=templates,
        is_partial=is_partial,
    )


def flips_between(before: PolicyVersion, after: PolicyVersion, *, viewer: User, at: datetime) -> Flip:
    """How the last 30 days' decisions under `before` and its forerunners would fall by the elements of `after`.

    Elements are told apart by their keys, which stay from version to version. Decisions with the same ticks fall alike, so they are
    counted in groups. Where it hangs on an element that they could not tick, the outcome is undetermined.
    """
    policy: Policy = before.policy
    versions = list(PolicyVersion.objects.filter(policy=policy, market=before.market).values_list("pk", flat=True))
    rows = Decision.objects.filter(
        clause__in=versions, repeats__isnull=True, state__in=_IN_FORCE[:2], decided_at__gt=at - DAYS_30
    )
    groups = rows.values("verdict", "elements", "clause_id").annotate(n=Count("pk")).order_by()
    offered = {
        row["pk"]: {element["key"] for element in row["elements"]}
        for row in PolicyVersion.objects.filter(pk__in=versions).values("pk", "elements")
    }
    to_violating = to_fine = undetermined = of = 0
    flipped: list[tuple[str, list[str], int]] = []
    for group in groups:
        of += group["n"]
        ticked = set(group["elements"])
        unknown = {element["key"] for element in after.elements} - offered[group["clause_id"]]
        surely = is_met(after.logic, after.elements, ticked)
        perhaps = is_met(after.logic, after.elements, ticked | unknown)
        if group["verdict"] in _TAKEDOWNS and not surely:
            if perhaps:
                undetermined += group["n"]
            else:
                to_fine += group["n"]
                flipped.append((group["verdict"], group["elements"], group["clause_id"]))
        elif group["verdict"] in _CLEARED and surely:
            to_violating += group["n"]
            flipped.append((group["verdict"], group["elements"], group["clause_id"]))
    examples: list[tuple[str, str]] = []
    for verdict, elements, clause_id in flipped[:EXAMPLES]:
        alike = rows.filter(verdict=verdict, elements=elements, clause=clause_id)
        cases = (
            Case.objects.visible_to(viewer).filter(decisions__in=alike).order_by("-id").values_list("ref", flat=True)
        )
        for ref in cases[: EXAMPLES - len(examples)]:
            examples.append((f"{ref} · {Verdict(verdict).label}", reverse("escalations:case", args=[ref])))
    return Flip(to_violating, to_fine, undetermined, of, examples)
