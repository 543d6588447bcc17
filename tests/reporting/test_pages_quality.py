"""Quality and policy as figures: appeals and reopened cases that went their way lead to themselves."""

from __future__ import annotations

import itertools
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from accounts.roles import Role
from escalations.appeal_life import Appellant, Grounds, Outcome
from escalations.filters import compile_filter
from escalations.lifecycle import CaseStatus, Verdict
from escalations.models import Case
from escalations.operations import appeals, decisions, timers
from escalations.operations.decisions import Ruling
from reporting import pages
from reporting.models import CaseFact, ClosingFact, DecisionFact
from reporting.operations import facts
from reporting.pages import quality
from reporting.pages.asking import asked_by
from reporting.selectors import figures
from tests.factories.cases import make_case
from tests.factories.enforcement import add_subject
from tests.factories.people import NOON, make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD, Role.QUALITY])


def drawn(user, page, panel, *, at, **given):
    """A panel as this reader sees it, of the facts as they stand."""
    asked = asked_by(user, given, at=at)
    assert asked.is_valid, asked.problems
    return pages.page(page).panel(panel).draw(asked.ask)


def listed(href, user, *, at):
    compiled = compile_filter(parse_qs(urlsplit(href).query)["q"][0], viewer=user, at=at)
    assert compiled.is_valid, compiled.sentences
    return set(compiled.cases().values_list("ref", flat=True))


def judged_case(outcome, *, at):
    """A decided case whose appeal ended like this, at `at`."""
    decider, reviewer = make_user(), make_user()
    case = make_case(assignee=decider, status=CaseStatus.IN_REVIEW, received_at=at - HOUR)
    add_subject(case)
    ruling = Ruling(verdict=Verdict.NO_VIOLATION, clause_id=make_version().pk, rationale="Looked at it.")
    decisions.decide_case(case_id=case.pk, by=decider, at=NOON, ruling=ruling)
    timers.fire_due_timers(at=NOON + HOUR / 2)
    asked = appeals.Request(text="It was not us.", entity_id=case.subjects.get().entity_id)
    appeal = appeals.file_appeal(case_id=case.pk, appellant=Appellant.SUBJECT, asked=asked, by=make_user(), at=at)
    appeals.claim_appeal(appeal_id=appeal.pk, by=reviewer, at=at)
    grounds = None if outcome is Outcome.UPHELD else Grounds.ERROR
    judgement = appeals.Judgement(outcome=outcome, rationale="Because.", answer="We looked again.", grounds=grounds)
    appeals.decide_appeal(appeal_id=appeal.pk, judgement=judgement, by=reviewer, at=at)
    timers.fire_due_timers(at=at + HOUR / 2)
    return case


def test_appeals_of_a_week_lead_to_their_cases_by_outcome(lead):
    upheld = judged_case(Outcome.UPHELD, at=NOON + HOUR)
    overturned = judged_case(Outcome.OVERTURNED, at=NOON + 2 * HOUR)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    at = NOON + DAY

    table = drawn(lead, "quality", "ch-18", at=at).charts[0].table

    week = table.rows[-1] if any(cell != "0" for cell in table.rows[-1][1:]) else table.rows[-2]
    assert table.headers[1:] == ("upheld", "partly overturned", "overturned")
    assert [str(cell) for cell in week[1:]] == ["1", "0", "1"]
    assert listed(week[1].href, lead, at=at) == {upheld.ref}
    assert listed(week[3].href, lead, at=at) == {overturned.ref}


def test_too_few_appeals_a_week_for_a_rate_are_told_some_weeks_together():
    a_few, many = [0] * 20 + [1, 3, 2, 4, 1, 3], [0] * 25 + [12]
    weeks = figures.weeks(26, at=NOON, zone=ZoneInfo("Europe/Dublin"))

    spans = quality.joined(weeks, quality.weeks_together(a_few))

    assert [quality.weeks_together(found) for found in (a_few, many, [0] * 26)] == [4, 1, 1]
    assert (spans[0].start, spans[-1].end, len(spans)) == (weeks[0].start, weeks[-1].end, 7)
    assert all(before.end == after.start for before, after in itertools.pairwise(spans))


def test_reasons_for_reopening_lead_to_their_cases_once_old_enough(lead):
    back = make_case(status=CaseStatus.CLOSED, resolution="no_violation", received_at=NOON - HOUR, closed_at=NOON)
    facts.write([back.pk])
    ClosingFact.objects.filter(case_id=back.pk).delete()
    ClosingFact.objects.create(
        organization=back.organization,
        case_id=back.pk,
        number=1,
        closed_at=NOON,
        resolution="no_violation",
        reopened_at=NOON + DAY,
        reopened_why="The link was dead",
    )

    young = drawn(lead, "quality", "ch-19", at=NOON + 2 * DAY, range="7d")
    old = drawn(lead, "quality", "ch-19", at=NOON + 15 * DAY)

    assert "14 days" in str(young.empty)
    row = old.charts[0].table.rows[0]
    assert row[0] == "The link was dead"
    assert listed(row[1].href, lead, at=NOON + 15 * DAY) == {back.ref}


@pytest.fixture
def ruled():
    """Twenty decisions before and fourteen after version 2 of a clause, of which five and one were overturned."""
    vendor, version = make_vendor(), make_version(number=2, start=NOON)
    key = version.policy.key
    for number in range(34):
        at = NOON - DAY * (number + 1) if number < 20 else NOON + DAY * (number - 19)
        case = make_case(organization=vendor, status=CaseStatus.CLOSED, resolution="no_violation", received_at=at)
        facts.write([case.pk])
        CaseFact.objects.filter(pk=case.pk).update(clause=key)
        DecisionFact.objects.create(
            organization=vendor,
            decision_id=10_000 + number,
            case_id=case.pk,
            decided_at=at,
            effective_at=at,
            verdict="no_violation",
            clause=key,
            is_repeat=False,
            is_gap=False,
            is_graphic=False,
            was_shielded=False,
            overturned_at=at + DAY if number in (0, 1, 2, 3, 4, 20) else None,
        )
    return key


def test_a_changed_clause_shows_both_sides_of_the_change(lead, ruled):
    chart = drawn(lead, "policy", "ch-30", at=NOON + 20 * DAY).charts[0]

    assert chart.title.startswith(ruled)
    assert "before 250" in chart.summary
    assert "after 71.4" in chart.summary
    assert {row[1] for row in chart.table.rows} == {"before", "after"}


def test_a_clause_stands_with_its_figures_and_its_last_change(lead, ruled):
    table = drawn(lead, "policy", "ch-29", at=NOON + 20 * DAY).charts[0].table

    row = table.rows[0]
    assert row[0] == ruled
    assert row[1] == "34"
    assert row[2].startswith("176")
    assert row[-1].href.endswith(f"/{ruled}/")


def test_leadership_that_only_reads_gets_no_list_from_any_of_these(ruled):
    reader = make_user(roles=[Role.READER])

    for page in ("volume", "quality", "policy", "people"):
        for panel in pages.page(page).panels:
            one = drawn(reader, page, panel.key, at=NOON + 20 * DAY)
            cells = [cell for chart in one.charts for row in chart.table.rows for cell in row]
            links = {getattr(cell, "href", "") for cell in cells} | {tile.href for tile in one.tiles}
            assert not any("/q/" in href for href in links), (page, panel.key)


def test_no_figure_leads_to_a_list_that_no_filter_can_say(lead):
    ask = asked_by(lead, {}, at=NOON).ask

    assert ask.cases_url("is:open").startswith("/q/?q=")
    assert ask.cases_url("ref:" + ",".join(["ESC-1000000"] * 50)) == ""
