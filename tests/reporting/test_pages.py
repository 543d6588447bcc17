"""The report pages over HTTP: who sees what, what an address may say, that a number and the list behind it agree, what fails alone."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from core.clock import db_now
from escalations.filters import compile_filter
from escalations.models import Case
from reporting import pages
from reporting.charts import Linked
from reporting.models import ClockFact
from reporting.operations import facts
from reporting.pages import Drawn
from reporting.pages.asking import asked_by
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_user, make_vendor
from tests.factories.reports import make_floor

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HX = {"HX-Request": "true"}
PAGES = ("now", "sla", "volume", "quality", "policy", "people", "exec")


def client_of(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD], name="Ravi")


@pytest.fixture
def floor():
    return make_floor()


def ask_of(user, **given):
    asked = asked_by(user, given, at=db_now())
    assert asked.is_valid, asked.problems
    return asked.ask


def listed(href, user):
    """How many cases the list behind a link shows."""
    query = parse_qs(urlsplit(href).query)["q"][0]
    compiled = compile_filter(query, viewer=user, at=db_now())
    assert compiled.is_valid, (query, compiled.sentences)
    return compiled.cases().count()


# -- Who --------------------------------------------------------------------------------------------------------------


def test_every_page_answers_a_lead_with_its_question_and_each_panel_alone(lead, floor):
    client = client_of(lead)

    for key in PAGES:
        page = client.get(reverse("reporting:page", args=[key]))

        assert page.status_code == 200
        assert str(pages.page(key).question) in unescape(page.content.decode())
        for panel in pages.page(key).panels:
            url = reverse("reporting:panel", args=[key, panel.key])
            fragment, whole = client.get(url, headers=HX), client.get(url)
            assert fragment.status_code == whole.status_code == 200
            assert fragment.content.decode().lstrip().startswith(f'<section id="panel-{panel.key}"')
            assert "in the log" not in fragment.content.decode(), panel.key
            assert b"<main" in whole.content


@pytest.mark.parametrize(
    ("roles", "expected"),
    [([Role.LEAD], 200), ([Role.READER], 200), ([Role.QUALITY], 200), ([Role.PARTNER], 403)],
)
def test_who_may_read_reports(roles, expected):
    response = client_of(make_user(roles=roles)).get(reverse("reporting:page", args=["sla"]))

    assert response.status_code == expected


def test_somebody_without_a_team_is_told_what_to_do():
    response = client_of(make_user(roles=[Role.SPECIALIST])).get(reverse("reporting:page", args=["now"]))

    assert response.status_code in (200, 403)
    assert "team" in response.content.decode() or response.status_code == 200


def test_a_vendor_finds_no_report_page():
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())

    for name, args in (
        ("reports", []),
        ("page", ["sla"]),
        ("panel", ["sla", "ch-6"]),
        ("annotations", []),
        ("metrics", []),
    ):
        assert client_of(vendor).get(reverse(f"reporting:{name}", args=args)).status_code in (403, 404), name


def test_a_lead_lands_on_the_first_report_page(lead):
    home = client_of(lead).get("/", follow=True)

    assert home.request["PATH_INFO"] == "/reports/now/"


def test_a_specialist_counts_the_queues_of_their_team_and_nothing_else(floor):
    queue = floor[0].queue
    ana = make_user(roles=[Role.SPECIALIST], teams=[queue.team])
    ask = ask_of(ana)

    drawn = pages.page("now").panel("ch-4").draw(ask)

    assert [line.name for line in drawn.context["lines"]] == [queue.name]
    _name, opened = drawn.context["lines"][0].cells[0]
    assert listed(opened.href, ana) == int(opened)


# -- Numbers and the rows behind them ----------------------------------------------------------------------------------


def test_each_tile_of_now_leads_to_as_many_cases_as_it_says(lead, floor):
    drawn = pages.page("now").panel("ch-1").draw(ask_of(lead))

    counted = {tile.key: tile for tile in drawn.tiles if tile.href and tile.text.isdigit()}

    assert {"open", "unclaimed", "breached", "at_risk"} <= set(counted)
    for key, tile in counted.items():
        assert listed(tile.href, lead) == int(tile.text), key


@pytest.mark.parametrize(
    ("page", "panel"),
    [("now", "ch-2"), ("now", "ch-3"), ("now", "ch-4"), ("sla", "ch-7"), ("volume", "ch-10"), ("volume", "ch-11")],
)
@pytest.mark.parametrize("q", ["", "sev:0..2", "surface:organic OR lang:es"])
def test_each_mark_leads_to_as_many_cases_as_it_says(lead, floor, page, panel, q):
    drawn = pages.page(page).panel(panel).draw(ask_of(lead, q=q))

    tables = [table for _title, table in drawn.tables] or [chart.table for chart in drawn.charts]
    cells = [cell for table in tables for row in table.rows for cell in row if isinstance(cell, Linked) and cell.href]

    assert cells
    for cell in cells:
        if panel != "ch-7":  # a case that missed two clocks stands once in the list
            assert listed(cell.href, lead) == int(cell), cell.href


def test_a_cause_leads_to_the_cases_that_missed_a_clock_by_it(lead, floor):
    drawn = pages.page("sla").panel("ch-7").draw(ask_of(lead))

    rows = {row[0]: row[1] for row in drawn.charts[0].table.rows}

    late = ClockFact.objects.filter(cause="late_claim", is_met=False)
    assert int(rows["taken late"]) == late.count()
    assert listed(rows["taken late"].href, lead) == late.values("case_id").distinct().count()


def test_a_week_of_attainment_leads_to_the_cases_that_missed_that_clock_then(lead, floor):
    ask = ask_of(lead, zone="utc")
    drawn = pages.page("sla").panel("ch-6").draw(ask)
    resolve = next(chart for chart in drawn.charts if "resolve" in chart.title)

    weeks = ask.weeks(26)
    for week, row in zip(weeks, resolve.table.rows, strict=True):
        missed = ClockFact.objects.filter(metric="R", is_met=False, settled_at__gte=week.start, settled_at__lt=week.end)
        if isinstance(row[1], Linked) and row[1].href:
            assert listed(row[1].href, lead) == missed.values("case_id").distinct().count()
        else:
            assert not ClockFact.objects.filter(metric="R", settled_at__gte=week.start, settled_at__lt=week.end)


def test_a_time_by_severity_and_a_share_of_time_lead_to_their_cohorts(lead, floor):
    ask = ask_of(lead)
    lengths = pages.page("sla").panel("ch-8").draw(ask).charts[0].table
    shares = pages.page("sla").panel("ch-9").draw(ask).charts[0].table

    assert lengths.rows
    assert shares.rows
    for row in lengths.rows:
        assert listed(row[1].href, lead) == int(row[4])
    for row in shares.rows:
        assert listed(row[1].href, lead) == int(re.search(r"\((\d+)\)", row[0])[1])


def test_what_moved_leads_to_the_cases_of_the_seven_days(lead, floor):
    drawn = pages.page("volume").panel("ch-12").draw(ask_of(lead))

    rows = drawn.charts[0].table.rows
    assert any(row[1].href for row in rows)
    for row in rows:
        if row[1].href:
            _usual, now = re.findall(r"[\d.]+", row[1].split("(")[1])
            assert listed(row[1].href, lead) == int(now), row


def test_the_open_cases_of_now_lead_to_their_lists_by_age(lead, floor):
    drawn = pages.page("volume").panel("ch-13").draw(ask_of(lead))

    *_days, today = drawn.charts[0].table.rows
    cells = [cell for cell in today if isinstance(cell, Linked) and cell.href]
    assert sum(int(cell) for cell in cells) == Case.objects.filter(is_open=True, parent=None).count()
    for cell in cells:
        assert listed(cell.href, lead) == int(cell)


def test_between_received_and_closed_lies_the_backlog_of_each_day(lead, floor):
    ask = ask_of(lead)
    rows = pages.page("volume").panel("ch-14").draw(ask).charts[0].table.rows

    day = {row[0]: row for row in rows}
    received, closed = rows[-1][1], rows[-1][2]
    is_open = Case.objects.filter(is_open=True, parent=None).count()
    assert int(received.split(" ")[0]) - int(closed.split(" ")[0]) == is_open
    assert f"open {is_open}" in received
    for row in day.values():
        if row[1].href:
            assert listed(row[1].href, lead) == int(re.search(r"this day (\d+)", row[1])[1])


def test_reports_of_a_filter_count_that_part_only_and_another_organization_counts_nothing(lead, floor):
    slug = floor[0].organization.slug
    opened = lambda q: next(t for t in pages.page("now").panel("ch-1").draw(ask_of(lead, q=q)).tiles if t.key == "open")  # noqa: E731

    assert int(opened(f"vendor:{slug}").text) < int(opened("").text)
    assert opened(f"vendor:{make_vendor().slug}").text == "0"


def test_restricted_cases_are_in_no_figure_of_who_does_not_hold_their_label(lead, floor):
    before = pages.page("now").panel("ch-1").draw(ask_of(lead)).tiles[0].text

    Case.objects.filter(pk=floor[0].pk).update(compartments=["CHILD_SAFETY"])

    after = pages.page("now").panel("ch-1").draw(ask_of(lead)).tiles[0].text
    assert int(after) == int(before) - 1


def test_leadership_that_only_reads_gets_no_small_counts_and_no_links(floor):
    reader = make_user(roles=[Role.READER])

    tiles = pages.page("now").panel("ch-1").draw(ask_of(reader)).tiles

    assert not any(tile.href for tile in tiles)
    assert not any(tile.text in {"1", "2", "3", "4"} for tile in tiles)
    (chart,) = pages.page("now").panel("ch-3").draw(ask_of(reader)).charts
    assert "under 5" in str(chart.table.rows)
    assert not re.search(r"<title>[^<]*under 5", str(chart.svg)), "the height of a mark tells what its words do not"


def test_the_floor_does_not_answer_what_open_cases_say_to_who_does_not_open_them(floor):
    auditor = client_of(make_user(roles=[Role.AUDITOR]))

    page = auditor.get("/reports/now/", {"q": floor[0].title.split()[0]})

    assert page.status_code == 422
    assert "do not open" in page.text


# -- States -------------------------------------------------------------------------------------------------------------


def test_pages_without_a_single_case_say_so(lead):
    client = client_of(lead)

    for key in PAGES:
        page = client.get(reverse("reporting:page", args=[key]), {"whole": "1"})
        assert page.status_code == 200
        assert "in the log" not in page.content.decode()
    assert b"No clock was missed in this time." in client.get(reverse("reporting:panel", args=["sla", "ch-7"])).content


def test_an_empty_chart_leads_to_the_nearest_time_with_cases(lead):
    received = db_now() - 100 * DAY
    case = make_case(received_at=received, at=received)
    facts.write([case.pk])
    client, day = client_of(lead), received.astimezone(ZoneInfo(lead.time_zone)).date()

    shown = client.get("/reports/volume/ch-11/").context["shown"]
    there = client.get(f"/reports/volume/ch-11/{shown.nearest_url}")

    assert shown.drawn.empty
    assert shown.nearest_url.endswith(f"..{day}")
    assert not there.context["shown"].drawn.empty
    assert client_of(make_user(roles=[Role.READER])).get("/reports/volume/ch-11/").context["shown"].nearest_url == ""


def test_a_panel_that_breaks_says_so_and_leaves_the_others(lead, floor, monkeypatch):
    def broken(ask):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return Drawn()

    page = pages.page("sla")
    first, *others = page.panels
    monkeypatch.setitem(pages._pages, "sla", replace(page, panels=(replace(first, draw=broken), *others)))

    response = client_of(lead).get(reverse("reporting:page", args=["sla"]), {"whole": "1"})
    text = response.content.decode()

    assert response.status_code == 200
    assert text.count('class="panel-wait" role="alert"') == 1
    assert 'id="panel-ch-9"' in text
    assert text.count('<svg class="ch ') > 3


@pytest.mark.parametrize(
    "given",
    [
        {"q": "sev:"},
        {"q": "nosuch:1"},
        {"q": '"'},
        {"q": "a" * 2000},
        {"range": "soon"},
        {"range": "99999d"},
        {"range": "2026-13-01..2026-14-01"},
        {"range": "2026-02-10..2026-02-01"},
        {"from": "2026-02-30", "to": "x"},
        {"from": "9999-12-31"},
        {"zone": "mars"},
        {"compare": "yes"},
        {"range": "0001-01-01..0001-01-02"},
        {"q": "\x00", "range": "\x00"},
        {"range": "2026-01-01..2026-01-01", "zone": ""},
    ],
)
def test_an_address_that_cannot_be_read_is_pointed_at_and_the_rest_holds(lead, given):
    response = client_of(lead).get(reverse("reporting:page", args=["sla"]), given)

    assert response.status_code in (200, 422)
    assert response.status_code == 422 or "zone" in given
    assert b"Are we keeping our promises?" in response.content


def test_an_unknown_page_or_panel_is_not_found(lead):
    client = client_of(lead)

    assert client.get("/reports/nothing/").status_code == 404
    assert client.get("/reports/sla/nothing/").status_code == 404
    assert client.get("/reports/sla/nothing.csv").status_code == 404


def test_the_whole_state_stands_in_the_address_and_every_link_keeps_it(lead, floor):
    state = {"q": "sev:0..2", "range": "7d", "compare": "previous", "zone": "utc"}

    text = unescape(client_of(lead).get(reverse("reporting:page", args=["now"]), state).content.decode())

    assert "/reports/sla/?q=sev%3A0..2&range=7d&compare=previous&zone=utc" in text
    assert "/reports/now/?q=sev%3A0..2&range=28d&compare=previous&zone=utc" in text
    assert '<input type="hidden" name="compare" value="previous">' in text


def test_a_csv_file_holds_the_table_and_nothing_a_spreadsheet_runs(lead, floor):
    queue = floor[1].queue
    queue.name = "=HYPERLINK(1)"
    queue.save()

    response = client_of(lead).get(reverse("reporting:panel-csv", args=["now", "ch-4"]), {"q": "sev:0..4"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response["Content-Disposition"] == 'attachment; filename="now-ch-4.csv"'
    assert ["Filter", "sev:0..4"] in rows
    assert any(row and row[0] == "'=HYPERLINK(1)" for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_the_wall_has_no_links_and_asks_again_by_itself(lead, floor):
    client = client_of(lead)

    wall = client.get(reverse("reporting:page", args=["now"]), {"wall": "1"})
    part = client.get(reverse("reporting:page", args=["now"]), {"wall": "1"}, headers=HX)

    assert 'data-theme="dark"' in wall.content.decode()
    assert 'hx-trigger="every 60s"' in part.content.decode()
    assert part.content.decode().lstrip().startswith('<div id="wall"')
    assert "<a " not in part.content.decode()
    assert lead.display_name not in wall.content.decode()


def test_the_help_of_metrics_defines_every_measure(lead):
    from reporting.measures import MEASURES

    text = client_of(lead).get(reverse("reporting:metrics")).content.decode()

    assert all(f'id="{key}"' in text for key in MEASURES)


def test_what_a_page_asks_of_the_database_does_not_grow_with_the_rows(lead, floor):
    def queries(key):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client_of(lead).get(reverse("reporting:page", args=[key]), {"whole": "1"})
        return len(caught)

    queries("now")
    few = {key: queries(key) for key in PAGES}
    at = db_now()
    more = [make_case(queue=make_queue(), received_at=at - HOUR * n, at=at) for n in range(12)]
    facts.write([case.pk for case in more])

    assert {key: queries(key) for key in PAGES} == few
    assert max(few.values()) < 160
