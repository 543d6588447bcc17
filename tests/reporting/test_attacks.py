"""What somebody may send to the pages of reports and vendors to break them, or to read more than is theirs."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Organization
from accounts.roles import Role
from core.clock import db_now
from core.errors import Invalid
from escalations.models import Case, Queue
from reporting import pages
from reporting.models import Annotation, CaseFact, CoachingSet, ContractTarget
from reporting.operations import facts, vendor_reviews, weeks
from reporting.operations.annotations import AnnotationInput, add_annotation
from reporting.operations.vendor_reviews import RowState
from reporting.selectors.coaching import coached
from reporting.selectors.explore import choice_of
from tests.escalations.test_views_queue import client_of
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor
from tests.factories.vendors import make_slump
from tests.reporting.test_vendor_reviews import values

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


def test_weeks_at_the_ends_of_time_do_not_exist(lead):
    client, vendor = client_of(lead), make_vendor()

    for week in ("0001-W01", "9999-W52", "1999-W01"):
        assert client.get(f"/vendors/{vendor.slug}/reviews/{week}/").status_code == 404
        assert client.post(f"/vendors/{vendor.slug}/reviews/{week}/freeze/").status_code == 404


@pytest.mark.parametrize("item", ["http://[", "http://a:99999/", "http://a:x/", "http://" + "\u0130" * 293])
def test_an_item_that_is_no_address_is_kept_as_it_stands_and_breaks_nothing(lead, item):
    given = [(0, values("R-1", item=item)), (1, values("R-2"))]

    report = vendor_reviews.bring(given=given, name="API", vendor=make_vendor(), is_try=False, by=lead, at=db_now())

    assert [row.state for row in report.rows] == [RowState.NEW, RowState.NEW]


def test_a_target_beyond_all_numbers_is_refused_and_the_page_goes_on(lead):
    client, vendor = client_of(lead), make_vendor()
    page = f"/vendors/{vendor.slug}/targets/"
    sent = {"measure": "ttr_p90", "value": "1e308", "starts_on": db_now().date().isoformat(), "note": ""}

    assert client.post(page, sent).status_code == 422
    assert not ContractTarget.objects.exists()
    assert client.get(page).status_code == 200


def test_a_note_cannot_end_where_no_reader_can_say_when(lead):
    at = db_now()
    values_ = AnnotationInput(
        kind="outage", text="x", starts_at=at - DAY, ends_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    )

    with pytest.raises(Invalid):
        add_annotation(values=values_, by=lead, at=at)
    assert not Annotation.objects.exists()


def test_a_filter_that_is_too_long_is_refused_and_not_cut(lead):
    with pytest.raises(Invalid):
        choice_of({"q": "sev:1" + " " * 510 + "lang:es"}, viewer=lead, at=db_now())


def test_whoever_counts_their_teams_queues_reads_no_figures_of_a_whole_vendor(lead):
    at = db_now()
    vendor, *_queues = make_slump(at=at)
    week = f"{(at - 14 * DAY):%G-W%V}"
    stranger = client_of(make_user(roles=[Role.SPECIALIST], teams=[make_team()]))
    places = [f"/vendors/{vendor.slug}/{rest}" for rest in ("reviews/", f"reviews/{week}/", "coaching/", "reviewing/")]

    assert [stranger.get(place).status_code for place in places] == [403] * 4
    assert [client_of(lead).get(place).status_code for place in places] == [200] * 4
    assert f"/vendors/{vendor.slug}/reviews/" not in stranger.get(f"/vendors/{vendor.slug}/").text


def test_what_a_label_guards_is_not_counted_where_the_vendor_reads_how_often_a_reason_came_back(lead):
    at = db_now()
    vendor, *_queues = make_slump(at=at)
    CoachingSet.objects.create(
        organization=vendor,
        reason="missing_evidence",
        title="t",
        message="m",
        refs=["ESC-1000001"],
        shared_at=at,
        shared_by=lead,
    )
    [whole] = coached(vendor, viewer=lead, at=at)
    CaseFact.objects.filter(organization=vendor, triage="invalid").update(compartments=["CHILD_SAFETY"])

    [shown] = coached(vendor, viewer=lead, at=at)

    assert shown.before.count < whole.before.count


def test_an_explorer_full_of_rubbish_answers_what_is_wrong(lead):
    client = client_of(lead)
    rubbish = ("\x00", "x" * 20_000, "💥\u202e", "'; DROP TABLE x; --", "=cmd|' /C calc'!A0", "9999-12-31..9999-12-31")
    broken = []
    for page in ("/reports/explore/", "/exports/new/"):
        for name in ("q", "range", "zone", "compare", "from", "to", "m", "by", "by2", "as", "source"):
            for text in rubbish:
                asked = page + "?" + urlencode([(name, text), (name, text)])
                if client.get(asked).status_code >= 500:
                    broken.append((page, name, text[:30]))
    assert broken == []


def test_a_form_full_of_rubbish_is_sent_back_with_what_is_wrong(lead):
    client, vendor = client_of(lead), make_vendor()
    forms = {"/briefs/new/", "/briefs/subscriptions/", "/reports/schedules/new/", "/reports/notes/new/"}
    forms |= {f"/vendors/{vendor.slug}/{name}/" for name in ("coaching", "targets", "reviewing")}
    answers = {}
    for path in forms:
        names = set(re.findall(r'name="([\w-]+)"', client.get(path).text)) - {"csrfmiddlewaretoken"}
        for rubbish in ("\x00", "99999999999999999999"):
            answers[path, rubbish] = client.post(path, dict.fromkeys(names, rubbish)).status_code
    assert {key: status for key, status in answers.items() if status != 422} == {}


def test_a_frozen_week_stays_what_it_is_for_a_reader_of_another_zone(lead):
    at = db_now()
    vendor, *_queues = make_slump(at=at)
    far = make_user(roles=[Role.LEAD])
    far.time_zone = "Pacific/Auckland"
    far.save(update_fields=["time_zone"])
    # Sunday evening in UTC is Monday in Auckland: its week counts other cases.
    monday = at.date() - timedelta(days=at.date().weekday() + 14)
    fact = CaseFact.objects.filter(organization=vendor, received_at__date=monday - DAY).first()
    CaseFact.objects.filter(pk=fact.pk).update(
        received_at=datetime(monday.year, monday.month, monday.day, tzinfo=UTC) - timedelta(hours=2)
    )
    weeks.freeze_week(vendor=vendor, starts_on=monday, zone=ZoneInfo("UTC"), by=lead, at=at)

    assert "differs" not in client_of(far).get(f"/vendors/{vendor.slug}/reviews/{monday:%G-W%V}/").text
    with pytest.raises(weeks.NothingToCorrect):
        weeks.freeze_week(
            vendor=vendor, starts_on=monday, zone=ZoneInfo("Pacific/Auckland"), why="again", by=far, at=at
        )


def test_who_reads_aggregates_alone_reads_no_count_under_five_of_a_week(lead):
    quiet = make_vendor()
    facts.write([make_case(organization=quiet, received_at=db_now() - 9 * DAY).pk for _number in range(3)])
    week = f"{db_now() - 9 * DAY:%G-W%V}"
    path = f"/vendors/{quiet.slug}/reviews/{week}/"

    assert "under 5" in client_of(make_user(roles=[Role.READER])).get(path).text
    assert "under 5" not in client_of(lead).get(path).text


def test_the_file_of_a_chart_is_refused_as_the_page_is_for_a_range_that_is_none(lead):
    answer = client_of(lead).get("/reports/sla/ch-9.csv?range=last-tuesday")

    assert answer.status_code == 422
    assert "last-tuesday" in answer.text


def test_nothing_of_another_scope_is_in_any_report_file_or_picture(lead):
    """Every report page and its files, the explorer and its lists, walked by somebody of one team: no word of another team's queue."""
    team = make_team()
    ours, theirs = make_queue(slug="ours", team=team), make_queue(slug="canaryq")
    Queue.objects.filter(pk=theirs.pk).update(name="CANARYQ")
    vendor, at = make_vendor("canaryv"), db_now() - timedelta(days=2)
    Organization.objects.filter(pk=vendor.pk).update(name="CANARYV")
    make_case(queue=ours, received_at=at)
    make_case(queue=theirs, organization=vendor, received_at=at, title="CANARYT")
    make_case(queue=ours, organization=vendor, received_at=at, title="CANARYT", compartments=["CHILD_SAFETY"])
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    member = make_user(teams=[team], roles=[Role.SPECIALIST])

    addresses = [f"/reports/{page.key}/?whole=1" for page in pages.pages()]
    addresses += ["/reports/volume/file.xlsx", "/reports/now/ch-4.csv", "/reports/volume/ch-10.csv"]
    addresses += [f"/reports/explore/?m=volume&by={by}" for by in ("queue", "vendor")]
    addresses += ["/reports/schedules/", "/exports/", "/reports/explore/dictionary/"]
    walked = {address: client_of(member).get(address) for address in addresses}
    seen_by_lead = client_of(lead).get("/reports/explore/?m=volume&by=vendor").content.decode()

    assert "CANARYV" in seen_by_lead
    for address, answer in walked.items():
        assert answer.status_code == 200, address
        assert "CANARY" not in words_of(answer.content), address
    for address in ("/reports/explore/sql/", "/briefs/"):
        assert client_of(member).get(address).status_code in (403, 404), address


def words_of(content: bytes) -> str:
    """What a file says: of a workbook, every part of it."""
    if not content.startswith(b"PK"):
        return content.decode()
    book = zipfile.ZipFile(io.BytesIO(content))
    return "".join(book.read(name).decode(errors="replace") for name in book.namelist())
