"""What is measured, each defined once (ux.md §13): the words that pages print behind ⓘ and the SQL that computes it.

Page, export, API and portal all read `reporting.selectors.figures` with a key of `MEASURES`; nothing else computes a figure. Times are
wall-clock, all day and week; nothing takes nights or weekends off. Sandbox, practice and drills are left out, merged children count
once through their parent unless said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class Unit(StrEnum):
    """What a value is in."""

    COUNT = "count"
    SHARE = "share"  # 0..1
    SECONDS = "seconds"
    HOURS = "hours"
    DAYS = "days"
    PER_THOUSAND = "per_thousand"


class Frame(StrEnum):
    """Which facts a measure counts; each joins its case's as `f`."""

    CASE = "case"
    CLOSING = "closing"
    CLOCK = "clock"
    DECISION = "decision"
    APPEAL = "appeal"
    GAP = "gap"
    BACKLOG = "backlog"  # cases open at an instant


@dataclass(frozen=True)
class Dimension:
    """What figures are broken down by. `column` is SQL over the frame, `filter` the field of the filter language that names a slice."""

    key: str
    label: Any
    column: str
    filter: str
    frames: frozenset[Frame] = frozenset(set(Frame) - {Frame.GAP})


_CLOCKS, _DECIDED = frozenset({Frame.CLOCK}), frozenset({Frame.DECISION, Frame.APPEAL})
DIMENSIONS: dict[str, Dimension] = {
    each.key: each
    for each in (
        Dimension("queue", _("Queue"), "f.queue_id", "queue"),
        Dimension("vendor", _("Vendor"), "f.organization_id", "vendor"),
        Dimension("team", _("Team"), "f.team_id", "team"),
        Dimension("severity", _("Severity"), "f.severity", "sev"),
        Dimension("harm", _("Harm"), "f.harm", "harm"),
        Dimension("market", _("Market"), "f.market", "market"),
        Dimension("language", _("Language"), "f.language", "lang"),
        Dimension("surface", _("Surface"), "f.surface", "surface"),
        Dimension("channel", _("Channel"), "f.channel", "channel"),
        Dimension("shift", _("Shift of receipt"), "f.shift", "shift"),
        Dimension("reason", _("Why invalid"), "f.reason", "invalid"),
        Dimension("clause", _("Clause"), "f.clause", "policy"),
        Dimension("clock", _("Clock"), "k.metric", "clock", _CLOCKS),
        Dimension("cause", _("Cause of the miss"), "k.cause", "cause", _CLOCKS),
        Dimension("verdict", _("Verdict"), "d.verdict", "verdict", frozenset({Frame.DECISION})),
        Dimension("outcome", _("Outcome"), "a.outcome", "appeal", frozenset({Frame.APPEAL})),
    )
}


@dataclass(frozen=True)
class Recipe:
    """How a measure is computed over its frame: rows whose `at` lies in the window and that fulfil `where`.

    Exactly one of these: a count (nothing else given), a share (`hit` of `out_of`), a percentile (`percentile` of `value`), a mean, a sum
    or the largest (`total` of `value`). `per` multiplies a share (per thousand).
    """

    frame: Frame
    at: str
    where: str = "true"
    hit: str = ""
    out_of: str = "true"
    value: str = ""
    percentile: float | None = None
    total: str = ""  # sum | avg | max
    per: float = 1.0
    children: bool = False  # merged children count too
    drill: Mapping[str, str] = field(default_factory=dict)  # side → filter text with {range}


@dataclass(frozen=True)
class Measure:
    """A measure as people read it. `better` is the direction that is good; `is_snapshot` says that it stands at an instant.

    `matures_after_days`: a window that ended later than so long ago is still maturing.
    """

    key: str
    kpi: str
    label: Any
    question: Any
    formula: str
    population: Any
    exclusions: Any
    owner: Any
    view: str
    unit: Unit
    recipe: Recipe
    better: str = "neither"  # up | down | neither
    is_snapshot: bool = False
    matures_after_days: int = 0

    @property
    def dimensions(self) -> frozenset[str]:
        """Keys of what it can be broken down by."""
        return frozenset(key for key, each in DIMENSIONS.items() if self.recipe.frame in each.frames)

    @property
    def is_share(self) -> bool:
        return bool(self.recipe.hit)

    @property
    def sql(self) -> str:
        """The definition as SQL over the facts, with the window as `:start` and `:end`."""
        value = aggregate(self.recipe)[0].format(end=":end")
        return f"SELECT {value} AS value\n{FROM[self.recipe.frame]}\nWHERE {condition(self.recipe)}"


FROM: dict[Frame, str] = {
    Frame.CASE: "FROM reporting_casefact f",
    Frame.CLOSING: "FROM reporting_closingfact c JOIN reporting_casefact f ON f.case_id = c.case_id",
    Frame.CLOCK: "FROM reporting_clockfact k JOIN reporting_casefact f ON f.case_id = k.case_id",
    Frame.DECISION: "FROM reporting_decisionfact d JOIN reporting_casefact f ON f.case_id = d.case_id",
    Frame.APPEAL: "FROM escalations_appeal a JOIN reporting_casefact f ON f.case_id = a.case_id",
    Frame.GAP: "FROM policies_gap g",
    Frame.BACKLOG: "FROM reporting_casefact f",
}


def aggregate(recipe: Recipe) -> tuple[str, str, str, str]:
    """SQL of value, n, numerator and denominator over the rows of a window; NULL where a part has no meaning."""
    if recipe.hit:
        of = f"count(*) FILTER (WHERE {recipe.out_of})"
        hits = f"count(*) FILTER (WHERE ({recipe.hit}) AND ({recipe.out_of}))"
        return f"{recipe.per} * {hits} / nullif({of}, 0)", of, hits, of
    if recipe.percentile is not None:
        value = f"percentile_cont({recipe.percentile}) WITHIN GROUP (ORDER BY {recipe.value})"
        return value, f"count({recipe.value})", "NULL::float", "NULL::float"
    if recipe.total:
        return f"{recipe.total}({recipe.value})", f"count({recipe.value})", "NULL::float", "NULL::float"
    return "count(*)::float", "count(*)", "NULL::float", "NULL::float"


def condition(recipe: Recipe, start: str = ":start", end: str = ":end") -> str:
    """SQL: the rows of a window that the measure counts."""
    parts = [recipe.where]
    if recipe.frame is Frame.BACKLOG:
        parts.append(OPEN_AT.format(at=end))
    else:
        parts.append(f"{recipe.at} >= {start} AND {recipe.at} < {end}")
    if recipe.frame is not Frame.GAP and not recipe.children:
        parts.append("NOT f.is_child")
    return " AND ".join(f"({part})" for part in parts if part != "true")


# Received by then, and not closed then: a close that was taken back later counts while it held.
OPEN_AT = """f.received_at <= {at} AND (f.is_open OR f.last_closed_at > {at})
  AND NOT EXISTS (SELECT FROM reporting_closingfact o WHERE o.case_id = f.case_id AND o.closed_at <= {at}
    AND (o.reopened_at IS NULL OR o.reopened_at > {at}))"""

_TEAM = _("Operations")
_ALL_CASES = _("Every case received through any channel.")
_USUAL = _("Sandbox, practice and drill cases; merged children, which count once through their parent.")
_VENDORS, _POLICY = _("Vendor management"), _("Policy")


def _measure(
    key: str, kpi: str, label: Any, question: Any, formula: str, unit: Unit, recipe: Recipe, **more: Any
) -> Measure:
    told: dict[str, Any] = {
        "population": _ALL_CASES,
        "exclusions": _USUAL,
        "owner": _TEAM,
        "view": "v_case",
    } | more
    return Measure(key=key, kpi=kpi, label=label, question=question, formula=formula, unit=unit, recipe=recipe, **told)


_NEAR = _("Of more than 5,000 values it is read off a histogram, within 1 %.")


def _spread(
    stem: str, kpi: str, label: Any, question: Any, formula: str, recipe: Recipe, population: Any
) -> list[Measure]:
    found = []
    for percent in (50, 90):
        made = Recipe(
            recipe.frame, recipe.at, recipe.where, value=recipe.value, percentile=percent / 100, drill=recipe.drill
        )
        found.append(
            _measure(
                f"{stem}_p{percent}",
                kpi,
                _Named(label, percent),
                question,
                formula,
                Unit.SECONDS,
                made,
                better="down",
                population=format_lazy("{} {}", population, _NEAR),
            )
        )
    return found


class _Named:
    """A label with its percentile, translated when it is printed."""

    def __init__(self, label: Any, percent: int) -> None:
        self.label, self.percent = label, percent

    def __str__(self) -> str:
        return f"{self.label} p{self.percent}"


_RECEIVED = {"all": "received:{range}"}
_SETTLED = {"all": "settled:{range}", "numerator": "met:{range}", "missed": "missed:{range}"}


def _attainment(key: str, label: Any, question: Any, where: str, letter: str) -> Measure:
    drill = {side: text.replace(":", f":{letter}@") if letter else text for side, text in _SETTLED.items()}
    return _measure(
        key,
        "KPI-8",
        label,
        question,
        "met / (met + missed)",
        Unit.SHARE,
        Recipe(Frame.CLOCK, "k.settled_at", where, hit="k.is_met", drill=drill),
        better="up",
        population=_("Clocks that settled in the window: met when stopped by their due instant, missed at it."),
        exclusions=_("Cancelled clocks; sandbox, practice and drill cases; merged children."),
        view="v_clock",
    )


_all = [
    _measure(
        "volume",
        "KPI-1",
        _("Volume"),
        _("How much comes in?"),
        "V(W) = Σ 1[R ∈ W]",
        Unit.COUNT,
        Recipe(Frame.CASE, "f.received_at", drill=_RECEIVED),
    ),
    _measure(
        "raw_volume",
        "KPI-1a",
        _("Raw volume"),
        _("How much is sent to us, duplicates included?"),
        "Σ 1[R ∈ W], merged children too",
        Unit.COUNT,
        Recipe(Frame.CASE, "f.received_at", children=True, drill=_RECEIVED),
        exclusions=_("Sandbox, practice and drill cases."),
    ),
    _measure(
        "valid_volume",
        "KPI-1b",
        _("Valid volume"),
        _("How much of it is work for us?"),
        "Σ 1[R ∈ W ∧ triaged valid]",
        Unit.COUNT,
        Recipe(Frame.CASE, "f.received_at", "f.triage = 'valid'", drill=_RECEIVED),
    ),
    _measure(
        "closes",
        "KPI-2",
        _("Closed"),
        _("How much do we close?"),
        "Σ 1[C^k ∈ W]",
        Unit.COUNT,
        Recipe(Frame.CLOSING, "c.closed_at", drill={"all": "closed:{range}"}),
        population=_("Every close; a case closed twice counts twice."),
    ),
    _measure(
        "reopens",
        "KPI-2",
        _("Reopened"),
        _("How much comes back?"),
        "Σ 1[reopened in W]",
        Unit.COUNT,
        Recipe(Frame.CLOSING, "c.reopened_at", drill={"all": "reopened:{range}"}),
        better="down",
    ),
    _measure(
        "backlog",
        "KPI-3",
        _("Backlog"),
        _("How much is open?"),
        "B(t) = Σ 1[R ≤ t ∧ not closed at t]",
        Unit.COUNT,
        Recipe(Frame.BACKLOG, "", drill={"all": "is:open"}),
        better="down",
        is_snapshot=True,
        population=_("Cases open at the end of the window."),
    ),
    *[
        _measure(
            key,
            "KPI-4",
            label,
            _("How old is what is open?"),
            "age(t) = t − R",
            Unit.SECONDS,
            Recipe(
                Frame.BACKLOG,
                "",
                value="extract(epoch FROM {end} - f.received_at)",
                percentile=percentile,
                total=total,
                drill={"all": "is:open"},
            ),
            better="down",
            is_snapshot=True,
            population=_("Cases open at the end of the window; a reopened one keeps its first receipt."),
        )
        for key, label, percentile, total in (
            ("age_p50", _("Age p50"), 0.5, ""),
            ("age_p90", _("Age p90"), 0.9, ""),
            ("age_max", _("Oldest"), None, "max"),
        )
    ],
    _measure(
        "aged_share",
        "KPI-4",
        _("Aged share"),
        _("How much is older than its resolve target?"),
        "Σ 1[age > target R] / B(t)",
        Unit.SHARE,
        Recipe(
            Frame.BACKLOG,
            "",
            hit="extract(epoch FROM {end} - f.received_at) > f.resolve_target_s",
            drill={"all": "is:open"},
        ),
        better="down",
        is_snapshot=True,
        population=_("Cases open at the end of the window."),
    ),
    *_spread(
        "tta",
        "KPI-5",
        _("Time to acknowledge"),
        _("How soon does somebody take it?"),
        "A − R",
        Recipe(
            Frame.CASE,
            "f.acknowledged_at",
            value="extract(epoch FROM f.acknowledged_at - f.received_at)",
            drill={"all": "acknowledged:{range}"},
        ),
        _("Cases first claimed or assigned to a person in the window; automatic receipts do not count."),
    ),
    *_spread(
        "ttfr",
        "KPI-6",
        _("Time to first response"),
        _("How soon do people hear from a person?"),
        "F − R",
        Recipe(
            Frame.CASE,
            "f.first_response_at",
            value="extract(epoch FROM f.first_response_at - f.received_at)",
            drill={"all": "responded:{range}"},
        ),
        _("Cases first answered by a person in the window."),
    ),
    *_spread(
        "ttr",
        "KPI-7",
        _("Time to resolve"),
        _("How long does it take?"),
        "(C¹ − R) − waiting for the submitter",
        Recipe(Frame.CASE, "f.first_closed_at", value="f.ttr_s", drill={"all": "firstclose:{range}"}),
        _("Cases closed for the first time in the window; time at a consult is included."),
    ),
    *_spread(
        "full_ttr",
        "KPI-7a",
        _("Full time to resolve"),
        _("How long until it stays closed?"),
        "C* − R",
        Recipe(Frame.CASE, "f.last_closed_at", value="f.full_ttr_s", drill={"all": "closed:{range}"}),
        _("Cases whose last close lies in the window and that are closed."),
    ),
    _attainment("attainment", _("SLA attainment"), _("Are we keeping our promises?"), "true", ""),
    *[
        _attainment(
            f"attainment_{letter.lower()}", label, _("Are we keeping this promise?"), f"k.metric = '{letter}'", letter
        )
        for letter, label in (
            ("A", _("Attainment: acknowledge")),
            ("F", _("Attainment: first response")),
            ("N", _("Attainment: next response")),
            ("R", _("Attainment: resolve")),
            ("U", _("Attainment: promised update")),
            ("L", _("Attainment: legal deadline")),
        )
    ],
    _measure(
        "breach_rate",
        "KPI-9",
        _("Breach rate"),
        _("How often do we miss?"),
        "1 − attainment",
        Unit.SHARE,
        Recipe(
            Frame.CLOCK,
            "k.settled_at",
            hit="NOT k.is_met",
            drill={"all": "settled:{range}", "numerator": "missed:{range}"},
        ),
        better="down",
        population=_("Clocks that settled in the window."),
        view="v_clock",
    ),
    _measure(
        "breaches",
        "KPI-9",
        _("Missed clocks"),
        _("How many did we miss?"),
        "Σ 1[missed in W]",
        Unit.COUNT,
        Recipe(Frame.CLOCK, "k.settled_at", "NOT k.is_met", drill={"all": "missed:{range}"}),
        better="down",
        population=_(
            "Clocks missed in the window. The cause of a miss is what most of the clock’s time went to before it, by the wall clock and "
            "without the time in which it stood still: nobody had taken the case, it lay between two people, it waited, a second person or "
            "the platform’s confirmation was awaited, or somebody had it."
        ),
        view="v_clock",
    ),
    _measure(
        "breach_hours",
        "KPI-9b",
        _("Breach hours"),
        _("How late were we?"),
        "Σ max(0, stop − due)",
        Unit.HOURS,
        Recipe(
            Frame.CLOCK,
            "k.settled_at",
            "NOT k.is_met",
            value="coalesce(k.over_s, extract(epoch FROM {end} - k.settled_at)) / 3600",
            total="sum",
            drill={"all": "missed:{range}"},
        ),
        better="down",
        view="v_clock",
        population=_("Clocks missed in the window; one that still runs counts up to the window's end."),
    ),
    _measure(
        "reopen_rate",
        "KPI-13",
        _("Reopen rate"),
        _("How much comes back?"),
        "Σ 1[closed in W ∧ reopened ≤ 14 d] / Σ 1[closed in W]",
        Unit.SHARE,
        Recipe(
            Frame.CLOSING,
            "c.closed_at",
            hit="c.reopened_at <= c.closed_at + interval '14 days'",
            drill={"all": "closed:{range}"},
        ),
        better="down",
        matures_after_days=14,
        population=_("Closes in the window, once fourteen days have passed."),
    ),
    _measure(
        "overturn_rate",
        "KPI-14",
        _("Overturn on appeal"),
        _("Are appeals right?"),
        "(overturned + partial) / (overturned + partial + upheld)",
        Unit.SHARE,
        Recipe(
            Frame.APPEAL,
            "a.decided_at",
            "a.state = 'closed' AND a.outcome IN ('overturned', 'partial', 'upheld')",
            hit="a.outcome IN ('overturned', 'partial')",
            drill={"all": "judged:{range}"},
        ),
        better="down",
        population=_("Appeals decided in the window and carried out."),
        exclusions=_("Withdrawn appeals; sandbox."),
        view="v_appeal",
        owner=_POLICY,
    ),
    _measure(
        "overturns_per_1000",
        "KPI-14b",
        _("Overturns per 1,000 decisions"),
        _("How many decisions fall?"),
        "overturned decisions × 1,000 / decisions",
        Unit.PER_THOUSAND,
        Recipe(
            Frame.DECISION,
            "d.decided_at",
            "NOT d.is_repeat",
            hit="d.overturned_at IS NOT NULL",
            per=1000.0,
            drill={"all": "decided:{range}"},
        ),
        better="down",
        population=_("Decisions taken in the window that took effect."),
        view="v_decision",
        owner=_POLICY,
    ),
    _measure(
        "appeal_rate",
        "KPI-14c",
        _("Appeal rate"),
        _("How often do people appeal?"),
        "appealed decisions / decisions",
        Unit.SHARE,
        Recipe(
            Frame.DECISION,
            "d.decided_at",
            "NOT d.is_repeat",
            hit="EXISTS (SELECT FROM escalations_appeal x WHERE x.decision_id = d.decision_id)",
            drill={"all": "decided:{range}"},
        ),
        population=_("Decisions taken in the window that took effect."),
        view="v_decision",
        owner=_POLICY,
    ),
    _measure(
        "decisions",
        "KPI-21",
        _("Decisions"),
        _("How much do we decide?"),
        "Σ 1[decided in W]",
        Unit.COUNT,
        Recipe(Frame.DECISION, "d.decided_at", "NOT d.is_repeat", drill={"all": "decided:{range}"}),
        view="v_decision",
        population=_("Decisions that took effect; a cluster's counts once."),
    ),
    _measure(
        "acceptance",
        "KPI-15",
        _("Acceptance rate"),
        _("Is what vendors send work for us?"),
        "valid / (valid + invalid)",
        Unit.SHARE,
        Recipe(
            Frame.CASE,
            "f.triaged_at",
            "f.triage IN ('valid', 'invalid')",
            hit="f.triage = 'valid'",
            children=True,
            drill={"all": "triaged:{range}", "missed": "invalid:{range}"},
        ),
        better="up",
        population=_("Submissions first looked at in the window."),
        exclusions=_("Duplicates; sandbox, practice and drill cases."),
        view="v_vendor_submission",
        owner=_VENDORS,
    ),
    _measure(
        "duplicate_rate",
        "KPI-15a",
        _("Duplicate rate"),
        _("How much do we know already?"),
        "dup / (valid + invalid + dup)",
        Unit.SHARE,
        Recipe(
            Frame.CASE,
            "f.triaged_at",
            "f.triage <> ''",
            hit="f.triage = 'duplicate'",
            children=True,
            drill={"all": "triaged:{range}"},
        ),
        better="down",
        population=_("Submissions first looked at in the window."),
        exclusions=_("Sandbox, practice and drill cases."),
        view="v_vendor_submission",
        owner=_VENDORS,
    ),
    _measure(
        "invalid_rate",
        "KPI-15b",
        _("Invalid rate"),
        _("How much is sent back?"),
        "invalid / (valid + invalid)",
        Unit.SHARE,
        Recipe(
            Frame.CASE,
            "f.triaged_at",
            "f.triage IN ('valid', 'invalid')",
            hit="f.triage = 'invalid'",
            children=True,
            drill={"all": "triaged:{range}", "numerator": "invalid:{range}"},
        ),
        better="down",
        population=_("Submissions first looked at in the window."),
        exclusions=_("Duplicates; sandbox, practice and drill cases."),
        view="v_vendor_submission",
        owner=_VENDORS,
    ),
    _measure(
        "complete_share",
        "KPI-15b",
        _("Evidence complete"),
        _("Do submissions bring what we need?"),
        "1 − invalid for missing evidence / (valid + invalid)",
        Unit.SHARE,
        Recipe(
            Frame.CASE,
            "f.triaged_at",
            "f.triage IN ('valid', 'invalid')",
            hit="f.reason <> 'missing_evidence'",
            children=True,
            drill={"all": "triaged:{range}", "missed": "triaged:{range} invalid:missing_evidence"},
        ),
        better="up",
        population=_("Submissions first looked at in the window."),
        exclusions=_("Duplicates; sandbox, practice and drill cases."),
        view="v_vendor_submission",
        owner=_VENDORS,
    ),
    *_spread(
        "answer_time",
        "VEN-1",
        _("Answer to questions"),
        _("How soon does the vendor answer us?"),
        "time waiting for the submitter, where there was any",
        Recipe(
            Frame.CASE,
            "f.first_closed_at",
            "f.waited_s > 0",
            value="f.waited_s",
            drill={"all": "firstclose:{range}"},
        ),
        _("Cases first closed in the window that waited for their submitter."),
    ),
    _measure(
        "aht_mean",
        "KPI-16",
        _("Handle time, mean"),
        _("How much work is one case?"),
        "Σ H / N",
        Unit.SECONDS,
        Recipe(
            Frame.CASE,
            "f.first_closed_at",
            "f.handle_s > 0",
            value="f.handle_s",
            total="avg",
            drill={"all": "firstclose:{range}"},
        ),
        population=_(
            "Cases first closed in the window on which somebody's page was in front with input within a minute."
        ),
    ),
    *_spread(
        "aht",
        "KPI-16",
        _("Handle time"),
        _("How much work is one case?"),
        "H = active seconds of all people on the case",
        Recipe(
            Frame.CASE, "f.first_closed_at", "f.handle_s > 0", value="f.handle_s", drill={"all": "firstclose:{range}"}
        ),
        _("Cases first closed in the window on which somebody's page was in front with input within a minute."),
    ),
    _measure(
        "gap_rate",
        "KPI-21",
        _("Policy gap rate"),
        _("Where do rules not fit?"),
        "decisions where no rule fits / decisions",
        Unit.SHARE,
        Recipe(
            Frame.DECISION,
            "d.decided_at",
            "NOT d.is_repeat",
            hit="d.is_gap",
            drill={"all": "decided:{range}", "numerator": "decided:{range} verdict:policy_gap"},
        ),
        better="down",
        population=_("Decisions taken in the window that took effect; invalid and duplicate cases have none."),
        view="v_decision",
        owner=_POLICY,
    ),
    _measure(
        "gap_lead_time_p50",
        "KPI-21b",
        _("Gap lead time p50"),
        _("How long until a gap is answered?"),
        "closed − opened",
        Unit.SECONDS,
        Recipe(Frame.GAP, "g.closed_at", value="extract(epoch FROM g.closed_at - g.opened_at)", percentile=0.5),
        better="down",
        population=_("Policy gaps closed in the window."),
        exclusions=_("None."),
        view="policies_gap",
        owner=_POLICY,
    ),
    _measure(
        "first_touch_rate",
        "KPI-22",
        _("First-touch resolution"),
        _("How often is one person enough?"),
        "closed without a second holder or reopening ≤ 14 d / closed",
        Unit.SHARE,
        Recipe(
            Frame.CLOSING,
            "c.closed_at",
            "c.number = 1",
            hit="f.touches <= 1 AND (c.reopened_at IS NULL OR c.reopened_at > c.closed_at + interval '14 days')",
            drill={"all": "firstclose:{range}"},
        ),
        better="up",
        matures_after_days=14,
        population=_("First closes in the window, once fourteen days have passed."),
    ),
    _measure(
        "update_punctuality",
        "KPI-23",
        _("Update punctuality"),
        _("Do promised news come in time?"),
        "updates sent ≤ promised / promised",
        Unit.SHARE,
        Recipe(
            Frame.CLOCK,
            "k.settled_at",
            "k.metric = 'U'",
            hit="k.is_met",
            drill={"all": "settled:U@{range}", "missed": "missed:U@{range}"},
        ),
        better="up",
        population=_("Promised case updates that fell due or were sent in the window."),
        view="v_clock",
    ),
    _measure(
        "shielded_rate",
        "KPI-24",
        _("Shielded decision rate"),
        _("How often is a decision possible without looking?"),
        "decisions on graphic cases with nothing unveiled / decisions on graphic cases",
        Unit.SHARE,
        Recipe(
            Frame.DECISION,
            "d.decided_at",
            "d.is_graphic AND NOT d.is_repeat",
            hit="d.was_shielded",
            drill={"all": "decided:{range}"},
        ),
        better="up",
        population=_("Decisions on cases of tier G1 and up."),
        view="v_decision",
    ),
    _measure(
        "wrong_severity_rate",
        "KPI-27",
        _("Wrong-severity rate"),
        _("Is severity right from the start?"),
        "severity at close ≠ at receipt / closed",
        Unit.SHARE,
        Recipe(
            Frame.CASE, "f.first_closed_at", hit="f.severity <> f.severity_first", drill={"all": "firstclose:{range}"}
        ),
        better="down",
        population=_("Cases first closed in the window."),
    ),
]
MEASURES: dict[str, Measure] = {each.key: each for each in _all}
