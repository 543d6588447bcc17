"""A vendor's scorecard: eight figures against what was agreed, and what changed when one of them fell (VEN-1, VEN-2, CH-21 … CH-24).

The team's page, the portal and the printed review all read `scorecard()`, so both sides see the same numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from accounts.models import Organization
from escalations.lifecycle import InvalidReason
from reporting.measures import MEASURES, Measure
from reporting.models import ContractTarget, VendorWeek
from reporting.selectors import vendor_reviews
from reporting.selectors.figures import (
    ALL,
    LEAST_N,
    Figure,
    Point,
    Scope,
    Value,
    Where,
    Window,
    breakdown,
    figure,
    series,
    weeks,
)
from reporting.statistics import LEAST_POINTS, Share, Signal, Xmr, contribution, xmr

# What a scorecard shows, in this order: what we promise them, then what they promise us.
KPIS = (
    "attainment_r",
    "ttr_p90",
    "acceptance",
    "complete_share",
    "duplicate_rate",
    "answer_time_p50",
    "reopen_rate",
    "raw_volume",
)
WEEKS = 26
NOW_DAYS = 28
# CH-24: slices of these; the reason is named within a slice.
SLICED_BY = ("queue", "shift", "language")
SURE = 3.0  # so many standard errors apart is a change, not chance
EVERY = 1_000_000  # of a breakdown: no slice may be missing where what is shown adds up to the whole
_FIRST_CUT, _LAST_CUT, _BASE_DAYS = 3, 24, 28


@dataclass(frozen=True)
class Kpi:
    """One figure of a scorecard: the last 28 days, what was agreed, its weeks and their state."""

    measure: Measure
    figure: Figure
    target: float | None
    weeks: tuple[Point, ...]
    state: Xmr

    @property
    def keeps(self) -> bool | None:
        """Whether the target is kept; None without one, or without a figure."""
        if self.target is None or self.figure.value is None:
            return None
        if self.measure.better == "down":
            return self.figure.value <= self.target
        return self.figure.value >= self.target


@dataclass(frozen=True)
class ReasonShift:
    """How often submissions of a slice were sent back for one reason, before and after; shares of what was looked at.

    Only where at least ten were looked at on either side (REP-10).
    """

    reason: str
    label: str
    before: float
    after: float

    @property
    def rise(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Part:
    """One row of "what changed": a slice, what it did to the whole, and the reason that grew most within it."""

    values: tuple[Value, ...]
    share: Share
    reason: ReasonShift | None

    @property
    def label(self) -> str:
        return " · ".join(str(value.label) for value in self.values)

    @property
    def filter_text(self) -> str:
        return " ".join(value.filter_text for value in self.values)


@dataclass(frozen=True)
class Change:
    """A figure before and after an instant, split over slices. `since` was found, not chosen, where `is_sure`.

    `untold` is what the slices together leave out, which a reader with a smallest cell is not told one by one; with it the split is exact.
    """

    measure: Measure
    before: Window
    after: Window
    figure_before: Figure
    figure_after: Figure
    parts: tuple[Part, ...]
    is_sure: bool
    untold: Share | None = None

    @property
    def since(self) -> datetime:
        return self.after.start

    @property
    def difference(self) -> float | None:
        """In the measure's unit; negative where it fell."""
        if self.figure_before.value is None or self.figure_after.value is None:
            return None
        return self.figure_after.value - self.figure_before.value


@dataclass(frozen=True)
class Scorecard:
    """All of one vendor's page. `reasons` are the weekly counts of invalid submissions by reason (CH-23)."""

    vendor: Organization
    kpis: tuple[Kpi, ...]
    changes: tuple[Change, ...]
    reason_weeks: tuple[Window, ...]
    reasons: dict[str, tuple[int, ...]]
    at: datetime
    as_of: datetime
    zone: ZoneInfo

    def kpi(self, key: str) -> Kpi:
        """Raises KeyError."""
        return next(each for each in self.kpis if each.measure.key == key)


def targets_of(vendors: Sequence[Organization], *, at: datetime, zone: ZoneInfo) -> dict[tuple[int, str], float]:
    """What was agreed and holds at `at` (aware UTC), by vendor and measure."""
    found = ContractTarget.objects.filter(organization__in=vendors).in_force(at.astimezone(zone).date())
    return {(each.organization_id, each.measure): each.value for each in found if each.value is not None}


def scorecard(
    vendor: Organization, *, scope: Scope, at: datetime, zone: ZoneInfo, number_of_weeks: int = WEEKS
) -> Scorecard:
    """One vendor's scorecard at `at` (aware UTC), its days and weeks those of `zone`. About fifteen queries."""
    own = scope.narrowed(vendor.pk)
    past = weeks(number_of_weeks + 1, at=at, zone=zone)[:-1]  # the present week is not over
    window = Window.last(days=NOW_DAYS, at=at, zone=zone)
    targets = targets_of([vendor], at=at, zone=zone)
    kpis = []
    for key in KPIS:
        points = series(key, scope=own, windows=[*past, window], at=at)
        state = xmr([point.figure.value for point in points[:-1]])
        kpis.append(Kpi(MEASURES[key], points[-1].figure, targets.get((vendor.pk, key)), tuple(points[:-1]), state))
    changes = [what_changed(key, scope=own, at=at, zone=zone) for key in ("attainment_r", "acceptance")]
    shown = past[-13:]
    return Scorecard(
        vendor,
        tuple(kpis),
        tuple(change for change in changes if change is not None),
        tuple(shown),
        _reasons(own, shown, at=at),
        at,
        kpis[0].figure.as_of,
        zone,
    )


def what_changed(
    key: str, *, scope: Scope, at: datetime, zone: ZoneInfo, since: datetime | None = None, where: Where = ALL
) -> Change | None:
    """Split a share's change over queue × shift × language, with the reason that grew in each (CH-24).

    Without `since` the day is looked for at which the last four weeks fall apart most clearly; where none is sure, the last seven days
    stand against the four weeks before. None where one side has fewer than ten: that is no share (REP-10).
    """
    sure = since is not None
    if since is None:
        since, sure = _turning_day(key, scope=scope, at=at, zone=zone, where=where)
    after = Window(since, Window.last(days=1, at=at, zone=zone).end)
    before = Window(since - timedelta(days=_BASE_DAYS), since)
    wholes = [figure(key, scope=scope, window=each, where=where, at=at) for each in (before, after)]
    if any(whole.value is None for whole in wholes):
        return None
    split = _split(key, (before, after), wholes, scope=scope, where=where, at=at)
    shifts = _reason_shifts(scope, before, after, where=where, at=at)
    parts = [
        Part(values, share, _grown(shifts.get(tuple(each.key for each in values)))) for values, share in split if values
    ]
    untold = next((share for values, share in split if not values), None)
    return Change(MEASURES[key], before, after, wholes[0], wholes[1], tuple(parts), sure, untold)


def _split(
    key: str, windows: tuple[Window, Window], wholes: Sequence[Figure], *, scope: Scope, where: Where, at: datetime
) -> list[tuple[tuple[Value, ...], Share]]:
    """Each slice's part, the most important first; what the reader's slices leave out of the whole stands under ()."""
    sides: list[dict[tuple[Value, ...], tuple[float, float]]] = []
    for window, whole in zip(windows, wholes, strict=True):
        found = breakdown(key, scope=scope, window=window, by=SLICED_BY, where=where, at=at, limit=EVERY)
        counts = {each.values: (each.figure.numerator or 0.0, each.figure.denominator or 0.0) for each in found}
        kept, of = (sum(count[place] for count in counts.values()) for place in (0, 1))
        left = ((whole.numerator or 0.0) - kept, (whole.denominator or 0.0) - of)
        sides.append(counts | ({(): left} if left[1] > 0 else {}))
    return [(share.slice, share) for share in contribution(sides[0], sides[1])]  # type: ignore[arg-type,misc]


def _turning_day(key: str, *, scope: Scope, at: datetime, zone: ZoneInfo, where: Where) -> tuple[datetime, bool]:
    days = series(
        key,
        scope=scope,
        window=Window.last(days=2 * _BASE_DAYS, at=at, zone=zone),
        every="day",
        where=where,
        at=at,
        zone=zone,
    )
    counts = [(point.figure.numerator or 0.0, point.figure.denominator or 0.0) for point in days]
    best, found = 0.0, None
    for back in range(_FIRST_CUT, _LAST_CUT + 1):
        cut = len(days) - back
        before, after = counts[max(0, cut - _BASE_DAYS) : cut], counts[cut:]
        apart = abs(_apart(before, after))
        if apart > best:
            best, found = apart, days[cut].window.start
    if found is not None and best >= SURE:
        return found, True
    return days[-7].window.start, False


def _apart(before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]) -> float:
    """How many standard errors two shares lie apart (pooled); 0 where either has nothing."""
    k0, n0 = sum(k for k, _ in before), sum(n for _, n in before)
    k1, n1 = sum(k for k, _ in after), sum(n for _, n in after)
    if not n0 or not n1:
        return 0.0
    pooled = (k0 + k1) / (n0 + n1)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1))
    return (k1 / n1 - k0 / n0) / error if error else 0.0


def _reason_shifts(
    scope: Scope, before: Window, after: Window, *, where: Where, at: datetime
) -> dict[tuple[str, ...], list[ReasonShift]]:
    """By slice: each reason's share of what was looked at (valid and invalid), before and after."""
    shares: list[dict[tuple[str, ...], dict[str, float]]] = []
    for window in (before, after):
        counts: dict[tuple[str, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for key, reason, n in _triaged(scope, window, where=where, at=at):
            counts[key][reason] += n
        shares.append(
            {
                key: {reason: n / sum(found.values()) for reason, n in found.items()}
                for key, found in counts.items()
                if sum(found.values()) >= LEAST_N
            }
        )
    labels = dict(InvalidReason.choices)
    result = {}
    for key in {*shares[0]} & {*shares[1]}:
        then, now = shares[0].get(key, {}), shares[1].get(key, {})
        result[key] = [
            ReasonShift(reason, str(labels.get(reason, reason)), then.get(reason, 0.0), now.get(reason, 0.0))
            for reason in {*then, *now}
            if reason
        ]
    return result


def _triaged(scope: Scope, window: Window, *, where: Where, at: datetime) -> list[tuple[tuple[str, ...], str, int]]:
    by = (*SLICED_BY, "reason")
    found = breakdown("invalid_rate", scope=scope, window=window, by=by, where=where, at=at, limit=EVERY)
    return [(tuple(value.key for value in each.values[:-1]), each.values[-1].key, each.figure.n) for each in found]


def _grown(shifts: Sequence[ReasonShift] | None) -> ReasonShift | None:
    most = max(shifts or (), key=lambda shift: shift.rise, default=None)
    return most if most is not None and most.rise > 0 else None


def _reasons(scope: Scope, shown: Sequence[Window], *, at: datetime) -> dict[str, tuple[int, ...]]:
    counted: dict[str, list[int]] = {}
    for place, window in enumerate(shown):
        for each in breakdown("invalid_rate", scope=scope, window=window, by=["reason"], at=at):
            if each.values[0].key:
                counted.setdefault(each.values[0].key, [0] * len(shown))[place] = each.figure.n
    return {reason: tuple(counts) for reason, counts in sorted(counted.items(), key=lambda item: -sum(item[1]))}


@dataclass(frozen=True)
class VendorLine:
    """One vendor of the list (CH-21). `state` is that of twelve weeks of attainment, `spark` those weeks, oldest first.

    `accuracy` is how many of the vendor's own decisions, of those we decided again in the same 28 days, we decided alike;
    None where there was none. `review_on` is the day from which its next weekly review can be held, `review_week` that week's Monday.
    """

    vendor: Organization
    submissions: Figure | None
    figures: dict[str, Figure]
    targets: dict[str, float]
    top_reason: str
    state: Signal
    spark: tuple[float | None, ...]
    accuracy: vendor_reviews.Part | None
    review_week: date

    @property
    def review_on(self) -> date:
        return self.review_week + timedelta(days=7)

    @property
    def week(self) -> str:
        """“2026-W47”, as the address of the review has it."""
        year, number, _day = self.review_week.isocalendar()
        return f"{year}-W{number:02d}"


LISTED = ("acceptance", "attainment_r", "duplicate_rate", "complete_share", "answer_time_p50")
LIST_WEEKS = 12


def vendor_lines(vendors: Sequence[Organization], *, scope: Scope, at: datetime, zone: ZoneInfo) -> list[VendorLine]:
    """The list of vendors: a fixed number of queries, however many there are."""
    month, week = Window.last(days=NOW_DAYS, at=at, zone=zone), Window.last(days=7, at=at, zone=zone)
    sent = _by_vendor("raw_volume", scope, week, at)
    figures = {key: _by_vendor(key, scope, month, at) for key in LISTED}
    past = weeks(LIST_WEEKS + 1, at=at, zone=zone)[:-1]
    trends = [_by_vendor("attainment_r", scope, each, at) for each in past]
    reasons: dict[str, tuple[str, int]] = {}
    for each in breakdown("invalid_rate", scope=scope, window=month, by=["vendor", "reason"], at=at, limit=EVERY):
        slug, reason = (value.key for value in each.values)
        if reason and each.figure.n > reasons.get(slug, ("", 0))[1]:
            reasons[slug] = (str(each.values[1].label), each.figure.n)
    targets = targets_of(vendors, at=at, zone=zone)
    accuracy = vendor_reviews.accuracies(scope=scope, window=month)
    frozen = dict(
        VendorWeek.objects.filter(organization__in=vendors)
        .values_list("organization_id")
        .annotate(newest=Max("starts_on"))
    )
    first = past[-1].start.astimezone(zone).date()  # of whom nothing was frozen yet: the last week that is over
    lines = []
    for vendor in vendors:
        key = vendor.slug
        spark = tuple(trend[key].value if key in trend else None for trend in trends)
        lines.append(
            VendorLine(
                vendor,
                sent.get(key),
                {name: found[key] for name, found in figures.items() if key in found},
                {name: targets[vendor.pk, name] for name in LISTED if (vendor.pk, name) in targets},
                reasons.get(key, ("", 0))[0],
                xmr(spark).word if len(spark) >= LEAST_POINTS else Signal.TOO_FEW,
                spark,
                accuracy.get(vendor.pk),
                frozen[vendor.pk] + timedelta(days=7) if vendor.pk in frozen else first,
            )
        )
    return lines


def _by_vendor(key: str, scope: Scope, window: Window, at: datetime) -> dict[str, Figure]:
    found = breakdown(key, scope=scope, window=window, by=["vendor"], at=at, limit=EVERY)
    return {each.values[0].key: each.figure for each in found}
