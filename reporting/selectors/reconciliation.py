"""A week counted a second time: from the events, one case after another in Python, and compared row by row with the facts.

Nothing is shared with `operations.facts` but the tables it is compared with: what one of them forgets, the other finds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

from accounts.models import Compartment
from audit.models import ActorKind, Event
from escalations.clock_life import Life
from escalations.lifecycle import ClockState
from escalations.models import SlaClock
from escalations.selectors.clocks import lives_of
from reporting.models import CaseFact, ClockFact, ClosingFact, DecisionFact, FactsState
from reporting.selectors import figures
from reporting.selectors.figures import Scope, Window
from reporting.tallies import WITHIN

CASE_TYPE = "escalations.case"
SLICE = 500  # cases read at once
_LATE = timedelta(days=1)  # an answer given elsewhere is told of up to a day later
_ANSWERS = ("invalid", "insufficient_info")
_ENDS_WAIT = ("case.resumed", "case.closed", "case.waiting", "case.released", "decision.made")
_REOPENS = ("case.reopened", "case.unmerged")


@dataclass
class Told:
    """What the events of one case come to. Times are aware UTC, lengths seconds."""

    case_id: int
    is_sandbox: bool = False
    received_at: datetime | None = None
    acknowledged_at: datetime | None = None
    first_response_at: datetime | None = None
    decided_at: datetime | None = None
    is_child: bool = False
    is_open: bool = True
    waited_s: float = 0.0
    triage: str = ""
    triaged_at: datetime | None = None
    reason: str = ""
    touches: int = 0
    closings: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    decisions: list[tuple[datetime, str, bool]] = field(default_factory=list)  # effective, verdict, repeats another's
    made_at: list[datetime] = field(default_factory=list)  # when those that took effect and repeat nothing were taken
    queue_id: int | None = None  # where it came in
    phases: list[tuple[datetime, str]] = field(
        default_factory=list
    )  # from when on its time went to what, for the causes of misses

    @property
    def first_closed_at(self) -> datetime | None:
        return min((closed for closed, _again in self.closings), default=None)

    @property
    def last_closed_at(self) -> datetime | None:
        return None if self.is_open else max((closed for closed, _again in self.closings), default=None)

    @property
    def ttr_s(self) -> float | None:
        if self.first_closed_at is None or self.received_at is None:
            return None
        return (self.first_closed_at - self.received_at).total_seconds() - self.waited_s

    @property
    def full_ttr_s(self) -> float | None:
        if self.last_closed_at is None or self.received_at is None:
            return None
        return (self.last_closed_at - self.received_at).total_seconds()


def tell(case_id: int, story: Sequence[Event]) -> Told:
    """Replay the events of one case, in the order they were written."""
    told = Told(case_id)
    resolution, reason = "", ""
    made: dict[str, datetime] = {}
    touched: set[int] = set()
    contested: dict[str, datetime] = {}  # dispute → when the case was sent back
    right: list[datetime] = []
    rejected_at = None
    for event in story:
        data, is_person = event.data, event.actor_kind == ActorKind.PERSON
        match event.kind:
            case "case.created":
                told.received_at = datetime.fromisoformat(data["received_at"]) if "received_at" in data else event.at
                told.is_sandbox = bool(data.get("is_sandbox"))
                told.queue_id = data.get("queue_id")
            case "case.claimed" | "case.assigned":
                holder = (
                    data.get("assignee_id")
                    if event.kind == "case.assigned"
                    else (event.actor_id if is_person else None)
                )
                if holder is not None:
                    touched.add(holder)
                if is_person and (event.kind == "case.claimed" or holder is not None):
                    told.acknowledged_at = min(told.acknowledged_at or event.at, event.at)
            case "decision.made":
                made[data["decision"]] = event.at
                told.decided_at = min(told.decided_at or event.at, event.at)
            case "decision.effective":
                told.decisions.append((event.at, data["verdict"], data["decision"] not in made))
                if data["decision"] in made:
                    told.made_at.append(made[data["decision"]])
                    told.first_response_at = told.first_response_at or event.at
            case "comment.added" if data.get("audience") == "submitter" and data.get("from_submitter") is False:
                told.first_response_at = told.first_response_at or event.at
            case "clock.answered_elsewhere":
                told.first_response_at = told.first_response_at or datetime.fromisoformat(data["occurred_at"])
            case "case.rejected":
                reason, rejected_at = data["reason"], event.at
            case "dispute.filed" if rejected_at is not None:
                contested[data["dispute"]] = rejected_at
            case "dispute.answered" if data["upheld"] and data["dispute"] in contested:
                right.append(contested[data["dispute"]])
            case "case.closed":
                resolution, told.is_open = data["resolution"], False
                if resolution in _ANSWERS:
                    told.first_response_at = told.first_response_at or event.at
            case "case.merged":
                told.is_child = True
            case "case.reopened" | "case.unmerged":
                resolution, told.is_open = "", True
                told.is_child = told.is_child and event.kind != "case.unmerged"
    told.touches = len(touched)
    told.closings = list(_closings(story))
    told.waited_s = _waited(story, told.first_closed_at)
    told.phases = list(_phases(story))
    _triage(told, resolution, reason, right)
    return told


def _phases(story: Sequence[Event]) -> Iterator[tuple[datetime, str]]:
    """What the time of the case goes to from each instant on, as `ClockFact` says it; before the first one nobody has it."""
    hand, apart, newcomer = "unclaimed", "", None  # newcomer: to whom it was handed, who has done nothing with it yet
    for event in sorted(story, key=lambda event: (event.at, event.pk)):
        data, actor = event.data, event.actor_id if event.actor_kind == ActorKind.PERSON else None
        if newcomer is not None and actor == newcomer:
            hand, apart, newcomer = "in_work", "", None
            yield event.at, hand
        match event.kind:
            case "case.created" | "case.reopened" | "case.unmerged":
                hand, apart, newcomer = "unclaimed", "", None
            case "case.claimed":
                hand, apart, newcomer = "in_work", "", None
            case "case.assigned":
                is_handed = data.get("before_id") is not None and actor != data["assignee_id"]
                hand, apart, newcomer = ("handover", "", data["assignee_id"]) if is_handed else ("in_work", "", None)
            case "case.released":
                hand, apart, newcomer = "handover", "", None
            case "case.closed":
                hand, apart, newcomer = "closed", "", None
            case "case.waiting":
                apart = data["on"]
            case "approval.asked":
                apart = "approval"
            case "decision.effective":
                apart = "tool"
            case "case.resumed" | "decision.made" | "decision.undone":
                apart = ""
            case "approval.given" | "approval.refused" | "approval.expired" | "approval.withdrawn":
                apart = ""
            case _:
                continue
        yield event.at, apart or hand


def _closings(story: Sequence[Event]) -> Iterator[tuple[datetime, datetime | None]]:
    closes = sorted((event.at, event.pk) for event in story if event.kind == "case.closed")
    for place, (closed_at, number) in enumerate(closes):
        until = closes[place + 1][1] if place + 1 < len(closes) else None
        again = [
            event.at
            for event in story
            if event.kind in _REOPENS and event.pk > number and (until is None or event.pk < until)
        ]
        yield closed_at, again[0] if again else None


def _waited(story: Sequence[Event], first_closed_at: datetime | None) -> float:
    if first_closed_at is None:
        return 0.0
    total = 0.0
    for place, event in enumerate(story):
        if event.kind != "case.waiting" or event.data.get("on") != "submitter" or event.at >= first_closed_at:
            continue
        ends = [later.at for later in story[place + 1 :] if later.kind in _ENDS_WAIT]
        total += (min([first_closed_at, *ends]) - event.at).total_seconds()
    return total


def _triage(told: Told, resolution: str, reason: str, right: Sequence[datetime]) -> None:
    """`right`: returns whose dispute was upheld; they hold unless the case was sent back again since."""
    last = max((closed for closed, _again in told.closings), default=None)
    restated = [moment for moment in right if resolution != "invalid" or moment == last]
    if restated:
        told.triage, told.triaged_at = "valid", max(restated)
        return
    if told.is_child or resolution in ("duplicate", "merged") or (resolution == "invalid" and reason == "duplicate"):
        told.triage = "duplicate"
    elif resolution == "invalid":
        told.triage, told.reason = "invalid", reason
    elif told.decided_at is not None:
        told.triage = "valid"
    if told.triage:
        told.triaged_at = told.decided_at if told.triage == "valid" else told.first_closed_at


# -- Causes of misses ---------------------------------------------------------------------------------------------------
_WEIGHS = ("unclaimed", "handover", "submitter", "consult", "external", "approval", "tool", "in_work", "closed")
_HOUR, _WEEK = timedelta(hours=1), timedelta(days=7)


class _Arrivals:
    """How many cases came into which queue in the hour before an instant; each hour is counted once."""

    def __init__(self) -> None:
        self._hours: dict[datetime, Counter[int]] = {}
        created = Event.objects.filter(kind="case.created").order_by("at").values_list("at", flat=True)
        self.since = created.first()

    def are_many(self, queue_id: int | None, start: datetime) -> bool:
        """Whether more came in before `start` (aware UTC) than in 90 of 100 such hours of the eight weeks before."""
        until = start.astimezone(UTC).replace(minute=start.minute // 5 * 5, second=0, microsecond=0)
        if queue_id is None or self.since is None or until - 8 * _WEEK - _HOUR < self.since:
            return False
        number = self._in(until)[queue_id]
        usual = quantiles([self._in(until - back * _WEEK)[queue_id] for back in range(1, 9)], n=10, method="inclusive")
        return number > 3 and number > usual[8]

    def _in(self, until: datetime) -> Counter[int]:
        if until not in self._hours:
            came = Event.objects.filter(kind="case.created", at__gte=until - _HOUR, at__lt=until)
            told = came.order_by().values_list("data", flat=True)
            self._hours[until] = Counter(data["queue_id"] for data in told if not data.get("is_sandbox"))
        return self._hours[until]


def _cause(told: Told, life: Life, missed_at: datetime, arrivals: _Arrivals) -> str:
    """What most of a missed clock's time went to. The same rule as `ClockFact` states, by another way."""
    start = life.started_at
    assert start is not None
    went: dict[str, timedelta] = defaultdict(timedelta)
    edges = [*told.phases, (max(missed_at, told.phases[-1][0] if told.phases else missed_at), "")]
    since, state = start, "unclaimed"
    for at, following in edges:
        until = min(at, missed_at)
        if until > since:
            stood = [
                (max(since, pause.start), min(until, pause.end or until))
                for pause in life.pauses
                if pause.start < until and (pause.end or until) > since
            ]
            went[state] += until - since - sum((end - begin for begin, end in stood), timedelta())
            since = until
        state = following
    most = max(went, key=lambda each: (went[each], -_WEIGHS.index(each)), default="")
    if not most or not went[most] or most == "closed":
        return "other"
    if most != "unclaimed":
        return most
    if arrivals.are_many(told.queue_id, start):
        return "spike"
    return "late_claim" if set(went) - {"unclaimed", "closed"} else "unclaimed"


# -- Comparing ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Difference:
    """Where events and facts disagree: on a row, or on a figure (`case_id` None)."""

    what: str
    case_id: int | None
    from_events: Any
    in_facts: Any


@dataclass
class Reconciled:
    """One window, counted twice. `left_out`: cases of it with events that the facts have not come to yet."""

    window: Window
    cases: int = 0
    clocks: int = 0
    left_out: int = 0
    figures: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


_COLUMNS = (
    *("received_at", "acknowledged_at", "first_response_at", "decided_at", "first_closed_at", "last_closed_at"),
    *("is_child", "is_open", "triage", "triaged_at", "reason", "touches", "waited_s", "ttr_s", "full_ttr_s"),
)


def reconcile(window: Window, *, at: datetime) -> Reconciled:
    """Count a window again from the events of every case with one in it, and compare rows and figures.

    `at` aware UTC. Reads only, in slices of cases, as a role that sees every row. Cases with events newer than the facts are left out of
    the rows; the figures are compared only where there are none of them.
    """
    found = Reconciled(window)
    reached = FactsState.objects.values_list("to_transaction", flat=True).filter(pk=1).first() or 0
    ids = sorted(
        Event.objects.filter(subject_type=CASE_TYPE, at__gte=window.start, at__lt=window.end + _LATE)
        .order_by()
        .values_list("subject_id", flat=True)
        .distinct()
    )
    tolds: list[Told] = []
    clocks: list[Settled] = []
    arrivals = _Arrivals()
    for start in range(0, len(ids), SLICE):
        stories: dict[int, list[Event]] = defaultdict(list)
        for event in Event.objects.filter(subject_type=CASE_TYPE, subject_id__in=ids[start : start + SLICE]).order_by(
            "id"
        ):
            stories[event.subject_id].append(event)
        newer = {case_id for case_id, story in stories.items() if any(e.transaction >= reached for e in story)}
        found.left_out += len(newer)
        part = [tell(case_id, story) for case_id, story in stories.items() if case_id not in newer]
        tolds += part
        clocks += list(_settled({told.case_id: told for told in part if not told.is_sandbox}, arrivals))
        found.differences += _compare_cases(part)
    found.differences += _compare_clocks(clocks)
    found.cases, found.clocks = sum(not told.is_sandbox for told in tolds), len(clocks)
    if not found.left_out:
        _compare_figures(found, [told for told in tolds if not told.is_sandbox], clocks, at)
    return found


@dataclass(frozen=True)
class Settled:
    """A clock with the instant its events settle it, how, and why it was missed; folded from its events, not read from its row."""

    row: SlaClock
    at: datetime | None = None
    is_met: bool | None = None
    cause: str = ""


def _settled(tolds: Mapping[int, Told], arrivals: _Arrivals) -> Iterator[Settled]:
    rows = list(SlaClock.objects.filter(object_type="case", object_id__in=tolds).order_by("pk"))
    lives = lives_of(rows, warnings=True)
    for row in rows:
        life = lives[row.pk]
        values = life.values()
        if values.missed_at is not None:  # a miss stays one, whatever becomes of the clock
            cause = _cause(tolds[row.object_id], life, values.missed_at, arrivals)
            yield Settled(row, values.missed_at, False, cause)
        elif values.state == ClockState.MET:
            yield Settled(row, values.stopped_at, True)
        else:
            yield Settled(row)


def _compare_cases(tolds: Iterable[Told]) -> Iterator[Difference]:
    by_id = {told.case_id: told for told in tolds}
    facts = {fact.case_id: fact for fact in CaseFact.objects.filter(pk__in=by_id)}
    closings, decisions = defaultdict(list), defaultdict(list)
    for row in ClosingFact.objects.filter(case_id__in=by_id).order_by("case_id", "number"):
        closings[row.case_id].append((row.closed_at, row.reopened_at))
    for made in DecisionFact.objects.filter(case_id__in=by_id):
        decisions[made.case_id].append((made.effective_at, made.verdict, made.is_repeat))
    for case_id, told in by_id.items():
        fact = facts.get(case_id)
        if (fact is None) is not told.is_sandbox:
            yield Difference("case", case_id, not told.is_sandbox, fact is not None)
        if fact is None:
            continue
        for column in _COLUMNS:
            ours, theirs = getattr(told, column), getattr(fact, column)
            if not _same(ours, theirs):
                yield Difference(column, case_id, ours, theirs)
        if told.closings != closings[case_id]:
            yield Difference("closings", case_id, told.closings, closings[case_id])
        if Counter(told.decisions) != Counter(decisions[case_id]):
            yield Difference("decisions", case_id, told.decisions, decisions[case_id])


def _compare_clocks(clocks: Sequence[Settled]) -> Iterator[Difference]:
    facts = {fact.clock_id: fact for fact in ClockFact.objects.filter(pk__in=[clock.row.pk for clock in clocks])}
    for clock in clocks:
        fact = facts.get(clock.row.pk)
        ours, seen = (clock.at, clock.is_met), None if fact is None else (fact.settled_at, fact.is_met)
        if ours != seen:
            yield Difference(f"clock {clock.row.metric}", clock.row.object_id, ours, seen)
        elif fact is not None and fact.cause != clock.cause:
            yield Difference(f"cause {clock.row.metric}", clock.row.object_id, clock.cause, fact.cause)


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) < 0.001  # of a second: floats of the same length, added in another order
    return bool(ours == theirs)


def percentile(values: Sequence[float], share: float) -> float | None:
    """As `percentile_cont`: between the two nearest, in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _compare_figures(
    found: Reconciled,
    tolds: Sequence[Told],
    clocks: Sequence[Settled],
    at: datetime,
) -> None:
    own = [told for told in tolds if not told.is_child]
    children = {told.case_id for told in tolds if told.is_child}
    judged = [
        (clock.row.metric, clock.is_met)
        for clock in clocks
        if clock.is_met is not None
        and clock.at is not None
        and found.window.contains(clock.at)
        and clock.row.object_id not in children
    ]
    for key, value in _expected(found.window, tolds, own, judged).items():
        shown = figures.figure(key, scope=_EVERYTHING, window=found.window, at=at)
        seen = shown.value
        if shown.too_small and shown.denominator:  # too few to be shown as a rate, enough to be compared
            seen = (shown.numerator or 0.0) / shown.denominator
        found.figures[key] = (value, seen)
        slack = abs(value or 0.0) * WITHIN if key[-4:-2] == "_p" and shown.n > figures.EXACT_TO else 1e-6
        if not (_same(value, seen) or (value is not None and seen is not None and abs(value - seen) <= slack)):
            found.differences.append(Difference(key, None, value, seen))


_EVERYTHING = Scope(labels=frozenset(Compartment.values))


def _expected(
    window: Window, tolds: Sequence[Told], own: Sequence[Told], judged: Sequence[tuple[str, bool]]
) -> dict[str, float | None]:
    """The figures of a window from what the events told; `own` are the cases that are no merged children."""

    def is_in(moment: datetime | None) -> bool:
        return moment is not None and window.contains(moment)

    def lasting(ends: str, length: Callable[[Told], float | None]) -> list[float]:
        return [seconds for told in own if is_in(getattr(told, ends)) and (seconds := length(told)) is not None]

    def since_receipt(name: str) -> Callable[[Told], float | None]:
        return lambda told: (getattr(told, name) - told.received_at).total_seconds()

    closes = [pair for told in own for pair in told.closings]
    closed = [pair for pair in closes if is_in(pair[0])]
    again = [pair for pair in closed if pair[1] is not None and pair[1] <= pair[0] + timedelta(days=14)]
    triaged = Counter(told.triage for told in tolds if is_in(told.triaged_at))
    expected: dict[str, float | None] = {
        "volume": float(sum(is_in(told.received_at) for told in own)),
        "raw_volume": float(sum(is_in(told.received_at) for told in tolds)),
        "valid_volume": float(sum(is_in(told.received_at) and told.triage == "valid" for told in own)),
        "closes": float(len(closed)),
        "reopens": float(sum(is_in(pair[1]) for pair in closes)),
        "reopen_rate": len(again) / len(closed) if closed else None,
        "acceptance": _share(triaged["valid"], triaged["valid"] + triaged["invalid"]),
        "invalid_rate": _share(triaged["invalid"], triaged["valid"] + triaged["invalid"]),
        "duplicate_rate": _share(triaged["duplicate"], sum(triaged.values())),
        "breaches": float(sum(not is_met for _metric, is_met in judged)),
        "attainment": _share(sum(is_met for _metric, is_met in judged), len(judged)),
        "decisions": float(sum(is_in(moment) for told in own for moment in told.made_at)),
    }
    for metric in "AFNRUL":
        met = [is_met for each, is_met in judged if each == metric]
        expected[f"attainment_{metric.lower()}"] = _share(sum(met), len(met))
    spreads = {
        "tta": lasting("acknowledged_at", since_receipt("acknowledged_at")),
        "ttfr": lasting("first_response_at", since_receipt("first_response_at")),
        "ttr": lasting("first_closed_at", lambda told: told.ttr_s),
        "full_ttr": lasting("last_closed_at", lambda told: told.full_ttr_s),
    }
    for name, values in spreads.items():
        expected[f"{name}_p50"], expected[f"{name}_p90"] = percentile(values, 0.5), percentile(values, 0.9)
    return expected


def _share(hits: int, of: int) -> float | None:
    return hits / of if of else None
