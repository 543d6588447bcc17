"""Rollups say what facts say, however the windows lie and however far they have come."""

from __future__ import annotations

import itertools
import random
from copy import copy
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import Compartment
from core.clock import db_now
from core.tenancy import ActorKind, bind
from escalations.models import Case
from reporting.models import CaseFact, ClockFact, ClosingFact, DecisionFact, FactsState, Rollup, RollupDay
from reporting.operations import facts, rollups
from reporting.selectors import figures
from reporting.selectors import rollups as selectors
from reporting.selectors.figures import Scope, Window
from reporting.selectors.rollups import Standing, cut
from reporting.tallies import SPREAD_OF, STEP, SUMS, percentile
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_vendor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KOLKATA = ZoneInfo("Asia/Kolkata")
EVERYTHING = Scope(labels=frozenset(Compartment.values))


@pytest.fixture
def floor():
    """Four weeks of facts of any kind, on two queues and of two vendors, some labelled."""
    bind(ActorKind.INTERNAL, organization_id=0, compartments=list(Compartment.values))
    chance = random.Random(5)
    vendors = [make_vendor(), make_vendor()]
    queues = [make_queue(team=make_team()), make_queue()]
    cases, closings, clocks, decisions = [], [], [], []
    pattern, real = make_case(), []
    for number in range(1_000_001, 1_000_301):  # far from any case's own
        received = NOW - timedelta(seconds=chance.randrange(28 * 86400))
        closed = received + timedelta(hours=chance.uniform(1, 90))
        is_closed = closed < NOW
        again = closed + timedelta(days=chance.uniform(0.5, 20))
        is_back = is_closed and again < NOW and chance.random() < 0.5
        triage = chance.choice(["valid", "valid", "invalid", "duplicate"]) if is_closed else ""
        vendor, queue = chance.choice(vendors), chance.choice(queues)
        real.append(copy(pattern))
        real[-1].pk, real[-1].ref, real[-1].organization = number, f"ESC-{number}", vendor
        cases.append(
            CaseFact(
                case_id=number, organization=vendor, queue_id=queue.pk, team_id=queue.team_id, severity=chance.randrange(5), severity_first=2,
                compartments=["LAW_ENFORCEMENT"] if number % 9 == 0 else [], harm=chance.choice(["spam", "threat"]), market="IE", language=chance.choice(["en", "es"]),
                surface="ads", channel="api", shift=chance.choice(["day", "night"]), clause=chance.choice(["", "CS-A-1"]), is_child=number % 11 == 0,
                received_at=received, acknowledged_at=received + HOUR if received + HOUR < NOW else None, first_closed_at=closed if is_closed else None,
                last_closed_at=closed if is_closed and not is_back else None, is_open=not is_closed or is_back, triage=triage,
                triaged_at=closed if triage else None, reason="test" if triage == "invalid" else "", touches=chance.randrange(3),
                ttr_s=(closed - received).total_seconds() if is_closed else None, full_ttr_s=chance.uniform(0, 900_000) if is_closed and not is_back else None,
                waited_s=chance.choice([0, 0.4, 90_000.5]), handle_s=chance.choice([0, 0, 1, 700]),
            )
        )  # fmt: skip
        if is_closed:
            closings.append(ClosingFact(organization=vendor, case_id=number, number=1, closed_at=closed, resolution="invalid", reopened_at=again if is_back else None))  # fmt: skip
            decisions.append(DecisionFact(decision_id=number, organization=vendor, case_id=number, decided_at=closed - HOUR, effective_at=closed, verdict="remove", clause="", is_repeat=False, is_gap=number % 5 == 0, is_graphic=number % 2 == 0, was_shielded=number % 4 == 0))  # fmt: skip
        for place, metric in enumerate("AR"):
            settled = received + (place + 1) * 3 * HOUR
            clocks.append(ClockFact(clock_id=2 * number + place, organization=vendor, case_id=number, metric=metric, started_at=received, settled_at=settled if settled < NOW else None, is_met=chance.random() < 0.7 if settled < NOW else None, is_running=settled >= NOW))  # fmt: skip
    for model, rows in (
        (Case, real),
        (CaseFact, cases),
        (ClosingFact, closings),
        (ClockFact, clocks),
        (DecisionFact, decisions),
    ):
        model.objects.bulk_create(rows)
    return vendors, queues


def count_days(monkeypatch):
    monkeypatch.setattr(rollups, "db_now", lambda: NOW)
    while rollups.refresh():
        pass


SOME = (
    "volume",
    "closes",
    "reopens",
    "attainment",
    "acceptance",
    "gap_rate",
    "wrong_severity_rate",
)  # of each kind of fact and time
BY = (["queue", "team"], ["vendor", "severity"], ["shift"], ["reason"], ["market"])


def everything_shown(scope):
    """Each measure over ragged, local and long windows, and some by dimensions, as plain values."""
    ragged = Window(NOW - 8 * DAY - timedelta(minutes=7), NOW - 3 * HOUR)
    windows = figures.split(ragged, "day", zone=KOLKATA) + figures.weeks(4, at=NOW, zone=KOLKATA)
    found = {}
    for key in [*SUMS, "backlog"]:
        points = figures.series(key, scope=scope, windows=windows, at=NOW)
        found[key] = [(point.figure.value, point.figure.n, point.figure.numerator) for point in points]
    for key, by in itertools.product(SOME, BY):
        slices = figures.breakdown(key, scope=scope, window=ragged, by=by, at=NOW)
        found[key, *by] = [([value.key for value in each.values], each.figure.n, each.figure.value) for each in slices]
    return found


def test_every_figure_is_the_same_from_rollups_and_from_facts(floor, monkeypatch):
    vendors, queues = floor
    scopes = [EVERYTHING, Scope(vendors[0].pk, (queues[0].pk,))]
    from_facts = [everything_shown(scope) for scope in scopes]

    count_days(monkeypatch)

    assert RollupDay.objects.filter(is_clean=True).count() >= 27
    assert RollupDay.objects.latest("day").day == NOW.date()
    read = []
    with connection.execute_wrapper(
        lambda run, sql, *rest: (read.append("reporting_rollup f" in sql), run(sql, *rest))[1]
    ):
        assert [everything_shown(scope) for scope in scopes] == from_facts
    assert sum(read) > 80
    assert from_facts[0]["volume"] != from_facts[1]["volume"]


def spreads_shown(scope):
    """Each percentile over ragged and local windows, and by dimensions, as values that are in order."""
    ragged = Window(NOW - 20 * DAY - timedelta(minutes=7), NOW - 3 * HOUR)
    found = {}
    for key in SPREAD_OF:
        for point in figures.series(
            key, scope=scope, windows=[ragged, *figures.weeks(4, at=NOW, zone=KOLKATA)], at=NOW
        ):
            found[key, point.window] = (point.figure.value, point.figure.n)
        for by in (["queue"], ["vendor"], ["severity"], ["clause"]):
            for each in figures.breakdown(key, scope=scope, window=ragged, by=by, at=NOW):
                found[key, *by, each.values] = (each.figure.value, each.figure.n)
    return found


def test_percentiles_of_many_values_are_read_off_histograms_within_a_hundredth(floor, monkeypatch):
    vendors, queues = floor
    scopes = [EVERYTHING, Scope(vendors[0].pk), Scope(queue_ids=(queues[1].pk,))]
    from_facts = [spreads_shown(scope) for scope in scopes]
    count_days(monkeypatch)
    assert [spreads_shown(scope) for scope in scopes] == from_facts  # few: from the values themselves

    monkeypatch.setattr(figures, "EXACT_TO", 0)
    close = [spreads_shown(scope) for scope in scopes]

    assert [list(each) for each in close] == [list(each) for each in from_facts]
    pairs = [(ours, theirs) for near, exact in zip(close, from_facts, strict=True) for ours, theirs in zip(near.values(), exact.values(), strict=True)]  # fmt: skip
    assert [(n, value is None) for (value, n), _ in pairs] == [(n, value is None) for _, (value, n) in pairs]
    told = [(ours, theirs) for (ours, _n), (theirs, _) in pairs if theirs is not None]
    assert len(told) > 200
    assert any(ours != theirs for ours, theirs in told)
    assert all(abs(ours - theirs) <= 0.01 * theirs + 1 for ours, theirs in told)  # below a second all are one


def test_a_day_that_changed_is_read_from_its_facts_until_it_is_counted_again(floor, monkeypatch):
    count_days(monkeypatch)
    window = Window(NOW - 10 * DAY, NOW)
    before = figures.figure("volume", scope=EVERYTHING, window=window, at=NOW).value
    case = make_case(received_at=NOW - 5 * DAY)

    facts.write([case.pk])

    assert not RollupDay.objects.get(day=(NOW - 5 * DAY).date()).is_clean
    assert figures.figure("volume", scope=EVERYTHING, window=window, at=NOW).value == before + 1
    monkeypatch.setattr(rollups, "db_now", lambda: NOW + timedelta(seconds=61))
    assert rollups.refresh() == 1
    assert figures.figure("volume", scope=EVERYTHING, window=window, at=NOW).value == before + 1
    Case.objects.filter(pk=case.pk).update(received_at=NOW - 8 * DAY)
    facts.write([case.pk])
    assert RollupDay.objects.filter(is_clean=False).count() == 2  # the day it left, and the one it came to


def test_where_much_changes_a_day_counted_shortly_before_will_do_and_the_figure_says_so(floor, monkeypatch):
    count_days(monkeypatch)
    window = Window(NOW - 10 * DAY, NOW)
    before = figures.figure("volume", scope=EVERYTHING, window=window, at=NOW).value
    facts.write([make_case(received_at=NOW - 5 * DAY).pk])
    FactsState.objects.update_or_create(pk=1, defaults={"to_transaction": 1, "as_of": db_now()})
    moment = db_now() - timedelta(seconds=40)
    RollupDay.objects.filter(is_clean=False).update(built_at=moment)
    monkeypatch.setattr(selectors, "FEW", 2)

    shown = figures.figure("volume", scope=EVERYTHING, window=window, at=NOW)
    assert (shown.value, shown.as_of) == (before, moment)
    halves = figures.split(Window(window.start - HOUR / 2, NOW), "day", zone=KOLKATA)
    assert (
        sum(point.figure.value for point in figures.series("volume", scope=EVERYTHING, windows=halves, at=NOW))
        >= before
    )

    RollupDay.objects.filter(is_clean=False).update(built_at=moment - timedelta(seconds=60))
    shown = figures.figure("volume", scope=EVERYTHING, window=window, at=NOW)
    assert shown.value == before + 1
    assert shown.as_of > moment


def test_other_definitions_count_every_day_again(floor, monkeypatch):
    count_days(monkeypatch)
    RollupDay.objects.update(shape="of yesterday")
    Rollup.objects.all().delete()
    window = Window(NOW - 10 * DAY, NOW)

    assert figures.figure("closes", scope=EVERYTHING, window=window, at=NOW).value > 0
    assert rollups.refresh() >= rollups.TOGETHER


def test_windows_are_cut_without_a_gap():
    clean = Standing(NOW, frozenset((NOW - place * DAY).date() for place in (1, 2, 3, 5)))
    window = Window(NOW - 6 * DAY - timedelta(minutes=40), NOW)

    pieces = cut([window], clean, hours=True)

    assert pieces[0].start == window.start
    assert pieces[-1].end == window.end
    assert [piece.end for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    assert {piece.grain for piece in pieces} == {"", "d"}
    short = Window(NOW - DAY - HOUR, NOW - DAY + 3 * HOUR)
    assert {piece.grain for piece in cut([short], clean, hours=True)} == {"", "h"}


def test_of_a_day_that_is_cut_the_lesser_part_is_read():
    midnight = datetime(2026, 11, 17, tzinfo=UTC)
    most = Window(midnight + timedelta(minutes=90), midnight + 23 * HOUR)

    known, changed = Standing(NOW, frozenset({midnight.date()})), Standing(NOW, stale=frozenset({midnight.date()}))

    def parts(window, stood, **how):
        pieces = cut([window], stood, **how)
        return [((piece.end - piece.start) / HOUR, piece.grain, piece.sign) for piece in pieces]

    assert parts(most, known, hours=True) == [(1, "h", -1), (0.5, "", -1), (24, "d", 1), (1, "h", -1)]
    assert parts(most, known, hours=False) == [(1.5, "", -1), (24, "d", 1), (1, "", -1)]
    assert parts(Window(midnight, midnight + HOUR), known, hours=False) == [(1, "", 1)]
    # Of a day that may have changed since, nothing is taken off.
    assert parts(most, changed, hours=True) == [(0.5, "", 1), (21, "h", 1)]
    assert parts(most, changed, hours=False) == [(21.5, "", 1)]


def test_percentiles_of_a_histogram_lie_between_its_buckets():
    assert percentile({}, 0.5) is None
    assert percentile({0: 3}, 0.9) == 0.0
    middles = [STEP**0.5, STEP**9.5]
    assert percentile({1: 1, 10: 1}, 0.5) == pytest.approx(sum(middles) / 2)
    assert percentile({1: 1, 5: 0, 10: 9}, 0.9) == pytest.approx(middles[1])
