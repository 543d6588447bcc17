"""Figures over facts, from cases that went their way through the operations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from accounts.roles import Role
from core.errors import Invalid
from core.tenancy import ActorKind, bind
from escalations.lifecycle import CaseStatus, InvalidReason, Metric, Verdict
from escalations.models import Case
from escalations.operations import cases, clocks, closing, decisions, handling
from escalations.operations.decisions import Ruling
from reporting.measures import MEASURES
from reporting.models import CaseFact, ClockFact, ClosingFact, FactsState
from reporting.operations import facts
from reporting.selectors import figures
from reporting.selectors.figures import ALL, Scope, Window
from tests.factories.cases import make_case, make_queue
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import NOON, make_team, make_user, make_vendor
from tests.factories.policies import make_version
from tests.journeys.people import wait_until

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = Window(NOON - DAY, NOON + 6 * DAY)
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


def figure(key, *, scope=None, window=WEEK, at=NOON + 30 * DAY, where=ALL):
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    return figures.figure(key, scope=scope or Scope.everything(), window=window, at=at, where=where)


def claim(case, person, at):
    return cases.claim_case(case_id=case.pk, by=person, at=at)


def decide(case, person, at, *, verdict=Verdict.NO_VIOLATION):
    decisions.decide_case(
        case_id=case.pk,
        ruling=Ruling(verdict=verdict, clause_id=make_version().pk, rationale="It says nothing against the rule."),
        by=person,
        at=at,
    )


def test_volume_counts_each_case_once_and_raw_volume_its_children_too():
    parent = make_case()
    make_case(parent=parent, status=CaseStatus.CLOSED, resolution="merged")
    make_case(received_at=NOON + 6 * DAY)  # the first instant after the window
    make_case(is_sandbox=True)

    assert figure("volume").value == 1
    assert figure("raw_volume").value == 2


def test_the_worked_clock_check(lead):
    """Received 10:00 with 24 h to resolve, waiting for the submitter from 12:00 to 15:00, closed at 12:30 the next day: met, 23 h 30 min."""
    ten = NOON.replace(hour=10)
    case = make_case(received_at=ten, at=ten)
    claim(case, lead, ten + HOUR)
    cases.wait_for_submitter(case_id=case.pk, question="Which post?", by=lead, at=ten + 2 * HOUR)
    cases.resume_case(case_id=case.pk, by=lead, at=ten + 5 * HOUR)
    closing.mark_invalid(
        case_id=case.pk,
        reason=InvalidReason.MISSING_EVIDENCE,
        note="Send the post.",
        by=lead,
        at=ten + timedelta(hours=26.5),
    )

    assert figure("ttr_p50").value == pytest.approx(23.5 * 3600)
    assert figure("full_ttr_p50").value == pytest.approx(26.5 * 3600)
    assert figure("tta_p50").value == 3600
    fact = CaseFact.objects.get(case_id=case.pk)
    assert (fact.waited_s, fact.triage, fact.reason) == (3 * 3600, "invalid", "missing_evidence")


def test_a_clock_settles_at_its_due_instant_even_while_the_case_is_open():
    met, missed, running = (make_case_with_clocks(at=NOON) for _ in range(3))
    lead = make_user(roles=[Role.LEAD])
    clock_of = lambda case: case_clock(case, Metric.ACKNOWLEDGE)  # noqa: E731
    due = clock_of(missed).due_at
    claim(met, lead, due)  # exactly at due is met
    claim(missed, lead, due + HOUR)

    assert figure("attainment_a").denominator == 2
    assert figure("attainment_a").numerator == 1
    assert figure("breach_hours").value == pytest.approx(1)
    assert ClockFact.objects.get(clock_id=clock_of(missed).pk).settled_at == due
    assert ClockFact.objects.get(clock_id=clock_of(running).pk).is_running
    assert figure("attainment_a").too_small
    assert "2" in figure("attainment_a").text


def case_clock(case, metric):
    return next(clock for clock in clocks.clocks_of(case) if clock.metric == metric)


def test_the_backlog_is_what_was_open_at_the_instant(lead):
    case, other = make_case(), make_case(received_at=NOON + 3 * DAY)
    claim(case, lead, NOON + HOUR)
    closing.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note="A test.", by=lead, at=NOON + DAY)
    closing.reopen_case(case_id=case.pk, reason="It was none.", by=lead, at=NOON + 4 * DAY)

    backlog = [figure("backlog", window=Window(NOON - DAY, NOON + days * DAY)).value for days in (0.5, 2, 3.5, 5)]

    assert backlog == [1, 0, 1, 2]
    assert figure("age_max", window=Window(NOON - DAY, NOON + 5 * DAY)).value == pytest.approx(5 * 86400)
    assert figure("closes").value == figure("reopens").value == 1
    assert ClosingFact.objects.get(case_id=case.pk).reopened_why == "It was none."
    assert figure("reopen_rate").numerator == 1
    assert other.is_open


def test_acceptance_counts_valid_and_invalid_and_no_duplicates(lead):
    vendor = make_vendor()
    good, bad, double = (make_case(organization=vendor) for _ in range(3))
    for case in (good, bad, double):
        claim(case, lead, NOON + HOUR)
    decide(good, lead, NOON + 2 * HOUR)
    closing.mark_invalid(case_id=bad.pk, reason=InvalidReason.TEST, note="A test.", by=lead, at=NOON + 2 * HOUR)
    closing.close_as_duplicate(case_id=double.pk, of_id=good.pk, by=lead, at=NOON + 2 * HOUR)

    found = figure("acceptance", scope=Scope.of_vendor(vendor.pk))

    assert (found.numerator, found.denominator) == (1, 2)
    assert figure("duplicate_rate").numerator == 1
    slices = figures.breakdown("duplicate_rate", scope=Scope.everything(), window=WEEK, by=["vendor", "reason"])
    assert [(each.values[0].filter_text, each.values[1].key, each.figure.n) for each in slices] == [
        (f"vendor:{vendor.slug}", "", 2),
        (f"vendor:{vendor.slug}", "test", 1),
    ]


def test_time_at_a_case_counts_between_close_signs_of_life(lead):
    case = make_case()
    for seconds in (0, 20, 40, 400, 420):
        handling.count_presence(case, lead, at=NOON + timedelta(seconds=seconds))
    handling.count_presence(case, lead, at=NOON + timedelta(seconds=10))  # came late
    claim(case, lead, NOON + HOUR)
    closing.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note="A test.", by=lead, at=NOON + 2 * HOUR)

    assert figure("aht_p50").value == 60


class TestScope:
    def test_nobody_counts_what_they_may_not_see(self):
        bind(
            ActorKind.INTERNAL, organization_id=0, compartments=["LAW_ENFORCEMENT"]
        )  # the database's own rule is out of the way
        mine, theirs = make_vendor(), make_vendor()
        team = make_team()
        make_case(organization=mine, queue=make_queue(team=team))
        make_case(organization=theirs)
        make_case(organization=mine, compartments=["LAW_ENFORCEMENT"])
        facts.write(list(Case.objects.values_list("pk", flat=True)))

        counted = {
            name: figures.figure("volume", scope=figures.scope_of(person), window=WEEK, at=NOON).value
            for name, person in {
                "lead": make_user(roles=[Role.LEAD]),
                "vendor": make_user(organization=mine, roles=[Role.VENDOR_LEAD]),
                "of a queue": make_user(teams=[team], roles=[Role.SPECIALIST]),
                "desk": make_user(roles=[Role.LEAD], compartments=["LAW_ENFORCEMENT"]),
            }.items()
        }

        assert counted == {"lead": 2, "vendor": 1, "of a queue": 1, "desk": 3}

    def test_small_cells_are_not_told_to_who_reads_aggregates(self):
        make_case()

        found = figure("volume", scope=Scope(small_cell=5))

        assert (found.value, found.too_small) == (None, True)
        assert (found.text, found.n_text) == ("under 5", "under 5")


def test_a_filter_counts_the_rows_its_list_shows(lead):
    make_case(severity=1, language="es")
    make_case(severity=2, language="es")
    where = figures.parse_where("sev:1 lang:es", lead, NOON)

    assert figure("volume", where=where).value == 1


@pytest.mark.parametrize("role", [Role.QUALITY, Role.AUDITOR, Role.POLICY_EDITOR, Role.ADMIN, Role.READER])
def test_who_counts_cases_without_opening_them_counts_all_by_how_they_stand_and_none_by_what_is_in_them(role):
    for number in range(6):
        make_case(title=f"Forged passport {number}", language="es", harm="fraud_scam")
    make_case(language="es", harm="spam")
    reader = make_user(roles=[role])

    where = figures.parse_where("harm:fraud_scam lang:es is:open", reader, NOON)

    facts.write(list(Case.objects.values_list("pk", flat=True)))
    assert figures.figure("volume", scope=figures.scope_of(reader), window=WEEK, where=where, at=NOON).value == 6
    for probing in ("passport", "lang:es (-passport OR harm:spam)", "ref:ESC-10423", "who:none", "acct:@a"):
        with pytest.raises(Invalid, match="do not open"):
            figures.parse_where(probing, reader, NOON)


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ([Role.READER], "under 5"),
        ([Role.ADMIN], "under 5"),
        ([Role.READER, Role.ADMIN], "under 5"),
        ([Role.READER, Role.SPECIALIST], "under 5"),
        ([Role.READER, Role.LEAD], "1"),
        ([Role.ADMIN, Role.POLICY_EDITOR], "1"),
    ],
)
def test_a_role_for_aggregates_widens_what_another_counts_by_aggregates_alone(roles, told):
    make_case()

    assert figure("volume", scope=figures.scope_of(make_user(roles=roles))).text == told


@pytest.mark.parametrize("key", sorted(MEASURES))
def test_every_measure_is_computed_empty_as_a_series_and_by_each_dimension(key):
    measure = MEASURES[key]

    empty = figures.figure(key, scope=Scope.everything(), window=WEEK, at=NOON)
    assert empty.value in (None, 0)
    assert empty.text
    make_case_with_clocks(at=NOON)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    points = figures.series(
        key, scope=Scope.everything(), window=WEEK, every="day", at=NOON, zone=ZoneInfo("Asia/Kolkata")
    )
    assert len(points) == 8
    for dimension in measure.dimensions:
        assert figures.breakdown(key, scope=Scope.everything(), window=WEEK, by=[dimension], at=NOON) is not None
    assert ":start" in measure.sql or ":end" in measure.sql
    assert all(str(each) for each in (measure.label, measure.formula, measure.population))


def test_facts_follow_the_log_and_a_rebuild_comes_to_the_same(lead):
    case = make_case_with_clocks(at=NOON)
    claim(case, lead, NOON + HOUR)
    facts.write([case.pk])
    once = (list(CaseFact.objects.values()), list(ClockFact.objects.values().order_by("clock_id")))

    facts.ask_rebuild()
    while facts.follow():
        pass

    assert (list(CaseFact.objects.values()), list(ClockFact.objects.values().order_by("clock_id"))) == once


@pytest.mark.django_db(transaction=True)
def test_reports_stay_current_while_all_facts_are_written_anew(monkeypatch):
    slices = []
    monkeypatch.setattr(
        facts, "_write_slice", lambda state, after: slices.append(after) or 1
    )  # a rebuild without an end
    facts.ask_rebuild()
    case = make_case_with_clocks(at=NOON)
    claim(case, make_user(roles=[Role.LEAD]), NOON + HOUR)

    def is_counted():
        facts.follow()  # it reads what is behind every running transaction, those of other tests as well
        return CaseFact.objects.filter(pk=case.pk, acknowledged_at=NOON + HOUR).exists()

    wait_until("the claim to be counted", is_counted)

    assert FactsState.objects.get().rebuilt_to == 0
    assert slices


ZONES = [
    "Europe/Dublin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Casablanca",
]


@pytest.mark.parametrize("name", [zone for zone in ZONES if zone in available_timezones()])
def test_windows_are_whole_local_days_and_weeks_around_changes_of_the_clock(name):
    zone = ZoneInfo(name)
    for month in range(1, 13):
        at = datetime(2026, month, 28, 11, tzinfo=UTC)
        window = Window.last(days=28, at=at, zone=zone)
        days = figures.split(window, "day", zone=zone)
        assert len(days) == 28
        assert all(day.start.astimezone(zone).time().isoformat() == "00:00:00" for day in days)
        assert [day.end for day in days[:-1]] == [day.start for day in days[1:]]
        found = figures.weeks(26, at=at, zone=zone)
        assert len(found) == 26
        assert found[-1].contains(at)
        assert {week.start.astimezone(zone).weekday() for week in found} == {0}
