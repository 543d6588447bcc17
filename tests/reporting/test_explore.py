"""The explorer: one address, one view; nobody's figures but one's own; the file says what it means."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.models import Case
from escalations.selectors import queue
from reporting.models import CaseFact, SavedReport
from reporting.operations import exports, facts
from reporting.selectors import explore
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "/reports/explore/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EXPORTS_DIR = tmp_path


@pytest.fixture
def floor():
    """Two queues, three vendors' cases of this week, one restricted, one sandbox; facts written."""
    team = make_team()
    ads, other = make_queue(slug="ads", team=team), make_queue(slug="other")
    at = db_now() - timedelta(days=2)
    one, two = make_vendor("northgate"), make_vendor("southgate")
    for number in range(6):
        make_case(
            queue=ads, organization=one if number % 2 else two, received_at=at, language="es" if number < 2 else "en"
        )
    make_case(queue=other, organization=two, received_at=at, title="=cmd")
    make_case(queue=other, organization=two, received_at=at, compartments=["CHILD_SAFETY"])
    make_case(queue=other, organization=two, received_at=at, is_sandbox=True)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    return team


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def explored(viewer: User, **given: str) -> explore.Explored:
    at = db_now()
    return explore.explore(explore.choice_of(given, viewer=viewer, at=at), viewer=viewer, at=at)


def cells(found: explore.Explored) -> dict[tuple[str, ...], int]:
    return {tuple(value.key for value in line.values): line.figure.n for line in found.lines}


def test_slices_filters_and_charts_count_the_same_rows(floor):
    lead = make_user(roles=[Role.LEAD])

    bars = explored(lead, m="volume", by="queue", range="7d")
    crossed = explored(lead, m="volume", by="queue", by2="vendor", range="7d")
    lines = explored(lead, m="volume", by="language", range="7d", **{"as": "line"})
    filtered = explored(lead, m="volume", by="queue", range="7d", q="vendor:southgate")

    assert cells(bars) == {("ads",): 6, ("other",): 1}
    assert bars.total.value == 7
    assert bars.chart is not None
    assert cells(crossed) == {("ads", "northgate"): 3, ("ads", "southgate"): 3, ("other", "southgate"): 1}
    assert cells(filtered) == {("ads",): 3, ("other",): 1}
    assert lines.chart is not None
    headers, rows = lines.chart.table.headers, lines.chart.table.rows
    assert set(headers[1:]) == {"en", "es", "none"} - ({"none"} - set(headers))
    assert sum(int(row[headers.index("es")]) for row in rows) == 2
    assert (
        "queue%3Aads" in next(line.href for line in bars.lines if line.values[0].key == "ads") or not bars.lines[0].href
    )


@pytest.mark.parametrize("by", ["queue", "language"])
def test_each_figure_leads_to_as_many_cases_as_it_says(floor, by):
    """Of a range that begins in the middle of a day, of a language beside its region, without what was merged."""
    at = db_now() - timedelta(days=2)
    parent = make_case(language="pt", received_at=at)
    make_case(language="pt-BR", received_at=at)
    make_case(language="pt", received_at=at, parent=parent)
    make_case(language="es", received_at=at - timedelta(hours=3))
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    lead, member = make_user(roles=[Role.LEAD]), make_user(teams=[floor])

    for viewer in (lead, member):
        found = explored(viewer, m="volume", by=by, range="49h")
        rows = {line.values[0].key: (line.figure.n, behind(viewer, line.href)) for line in found.lines}
        assert rows
        assert all(counted == listed for counted, listed in rows.values()), rows
        assert behind(viewer, found.total_href) == found.total.n


def behind(viewer: User, href: str) -> int:
    """How many cases the list behind a figure has."""
    text = parse_qs(urlsplit(href).query)["q"][0]
    at = db_now()
    return queue.in_list(queue.filtered(text, viewer=viewer, at=at).raise_for_errors(), viewer=viewer, at=at).count()


def test_nobody_counts_what_they_may_not_see(floor):
    specialist = make_user(teams=[floor])
    stranger = make_user(teams=[make_team()])
    cleared = make_user(roles=[Role.LEAD], compartments=["CHILD_SAFETY"])
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())

    assert explored(specialist, m="volume", range="7d").total.value == 6
    assert explored(stranger, m="volume", range="7d").total.value == 0
    assert explored(cleared, m="volume", range="7d").total.value == 8
    assert client_of(vendor).get(PAGE).status_code in (302, 403, 404)
    assert client_of(make_user(roles=[Role.PARTNER])).get(PAGE).status_code == 403
    with pytest.raises(NotPermitted):
        exports.ask_export(what="explore", params={"m": "volume"}, format="csv", by=vendor, at=db_now())


@pytest.mark.parametrize(
    "given",
    [
        {"m": "nosuch"}, {"by": "nosuch"}, {"m": "volume", "by": "verdict"}, {"q": "nosuch:1"}, {"q": "a\x00b("}, {"range": "tomorrow"},
        {"range": "2026-11-14..2026-11-01"}, {"range": "1976-01-01..2026-11-01"}, {"as": "pie"}, {"m": "volume", "by": "queue", "by2": "vendor", "as": "line"},
    ],
)  # fmt: skip
def test_wrong_choices_are_said_and_never_break_the_page(given):
    lead = make_user(roles=[Role.LEAD])

    answer = client_of(lead).get(PAGE, given)

    if given.get("q") == "a\x00b(":
        assert answer.status_code in (200, 400, 422)
        return
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    with pytest.raises(Invalid):
        explored(lead, **given)


def test_the_address_is_the_view_and_can_be_kept_shared_and_removed(floor):
    lead, quality = make_user(roles=[Role.LEAD]), make_user(roles=[Role.QUALITY])
    client, other = client_of(lead), client_of(quality)
    given = {"m": "volume", "by": "queue", "by2": "vendor", "q": "lang:en", "range": "7d", "as": "bar"}

    page = client.get(PAGE, given).content.decode()
    part = client.get(PAGE, given, headers={"HX-Request": "true"}).content.decode()
    kept = client.post(f"{PAGE}save/", given | {"name": "By queue", "shared": "1"})
    report = SavedReport.objects.get()

    assert "<svg" in page
    assert part.strip().startswith('<section id="explored"')
    assert kept["Location"] == f"{PAGE}?{report.state}"
    assert "by2=vendor" in report.state
    assert "By queue" in other.get(PAGE).content.decode()
    assert other.get(f"/reports/saved/{report.public_id}/")["Location"] == f"{PAGE}?{report.state}"
    assert other.post(f"/reports/saved/{report.public_id}/remove/").status_code == 403
    assert client.post(f"{PAGE}save/", given | {"name": ""}).status_code == 422
    assert client.post(f"/reports/saved/{report.public_id}/remove/").status_code == 302
    assert other.get(f"/reports/saved/{report.public_id}/").status_code == 404
    assert client.get(PAGE).status_code == 200


def test_the_list_of_vendors_leaves_with_what_its_reader_may_count(floor):
    lead, member, stranger = make_user(roles=[Role.LEAD]), make_user(teams=[floor]), make_user(teams=[make_team()])
    CaseFact.objects.update(triage="valid", triaged_at=db_now() - timedelta(days=1))
    assert "source=vendors" in client_of(lead).get("/vendors/").content.decode()
    asked = {
        person: exports.ask_export(what="vendors", params={}, format="csv", by=person, at=db_now())
        for person in (lead, member, stranger)
    }
    while exports.step():
        pass

    counted = {}
    for person, export in asked.items():
        rows = csv.reader(io.StringIO(exports.file_of(export).read_bytes().decode(), newline=""))
        counted[person] = sum(int(row[4]) for row in rows if len(row) == 9 and row[1] == "KPI-15" and row[4])
    assert (counted[lead], counted[member], counted[stranger]) == (7, 6, 0)
    with pytest.raises(NotPermitted):
        exports.ask_export(what="vendors", params={}, format="csv", by=make_user(roles=[Role.PARTNER]), at=db_now())


def test_a_report_page_leaves_as_rows_its_reader_may_see(floor):
    lead, member = make_user(roles=[Role.LEAD]), make_user(teams=[floor])
    params = {"page": "now"}
    asked = {person: exports.ask_export(what="report", params=params, format="csv", by=person, at=db_now()) for person in (lead, member)}  # fmt: skip
    while exports.step():
        pass

    rows = {
        person: list(csv.reader(io.StringIO(exports.file_of(export).read_bytes().decode(), newline="")))
        for person, export in asked.items()
    }

    queues_of = {person: {row[2] for row in found if len(row) == 7 and row[1] == "Queues now"} for person, found in rows.items()}  # fmt: skip
    assert len(queues_of[lead]) == 2
    assert len(queues_of[member]) == 1
    counted = next(row for row in rows[lead] if row[2:4] == ["Open", "Value"])
    assert (counted[4], float(counted[5])) == ("7", 7.0)
    assert "source=report&amp;page=now&amp;range=7d" in client_of(lead).get("/reports/now/?range=7d").content.decode()
    for person, given in ((lead, {"page": "nothing"}), (lead, {"page": "now", "q": "sev:9"})):
        with pytest.raises(Invalid):
            exports.ask_export(what="report", params=given, format="csv", by=person, at=db_now())
    for outsider in (make_user(roles=[Role.PARTNER]), make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())):
        with pytest.raises(NotPermitted):
            exports.ask_export(what="report", params=params, format="csv", by=outsider, at=db_now())


def test_a_file_of_figures_holds_them_and_their_definitions(floor):
    from python_calamine import CalamineWorkbook

    reader = make_user(roles=[Role.READER], name="Noor Exec")
    lead = make_user(roles=[Role.LEAD], name="Marta Lead")
    made = [
        exports.ask_export(
            what="explore", params={"m": "volume", "by": "queue", "range": "7d"}, format=each, by=lead, at=db_now()
        )
        for each in ("csv", "xlsx")
    ]
    while exports.step():
        pass
    rows = list(csv.reader(io.StringIO(exports.file_of(made[0]).read_bytes().decode(), newline="")))
    book = CalamineWorkbook.from_path(str(exports.file_of(made[1])))
    definitions = dict(row[:2] for row in book.get_sheet_by_name("Definitions").to_python())

    assert rows[0][1] == "m=volume by=queue range=7d"
    assert rows[1] == ["queue", "value", "n", "low", "high", "as_of_utc"]
    assert [row[:3] for row in rows[2:]] == [["Ads", "6.0", "6"], ["Other", "1.0", "1"]]
    assert definitions["measure"].startswith("KPI-1")
    assert definitions["sql"].startswith("SELECT")
    mine = exports.ask_export(
        what="explore", params={"m": "volume", "by": "vendor", "range": "7d"}, format="csv", by=reader, at=db_now()
    )
    while exports.step():
        pass
    mine.refresh_from_db()
    cells_told = [row[:3] for row in csv.reader(io.StringIO(exports.file_of(mine).read_bytes().decode(), newline=""))][
        2:
    ]
    assert all(int(row[2]) >= 5 for row in cells_told)  # leadership reads counts from five on
    assert client_of(reader).get("/exports/").status_code == 200
