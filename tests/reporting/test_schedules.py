"""Reports by schedule: at each receiver's local time, once a slot, with their own rows and nobody else's."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.models import RoleGrant, User
from accounts.roles import Role
from core.breakers import Destinations
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.models import Case, Queue
from notifications.lifecycle import Lane
from notifications.operations import delivering
from reporting import pages
from reporting.charts import Chart, Table
from reporting.documents.reports import number_of
from reporting.lifecycle import MailingState, ReportKind, ScheduleState, SkipReason
from reporting.models import Mailing, ReportSchedule, ScheduleRecipient
from reporting.operations import facts, mailings, saved, schedules
from reporting.operations.schedules import Plan, next_slot
from reporting.pages import Drawn, Page, Panel, Tile
from reporting.selectors import figures, kept
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor
from tests.notifications.mail_server import Server

pytestmark = pytest.mark.django_db


def titles(ask: Any) -> Drawn:
    """A panel that would show whatever its reader's scope lets through: each queue with its volume."""
    window = ask.window("28d")
    found = figures.breakdown("volume", scope=ask.scope, window=window, by=["queue"], where=ask.where, at=ask.at)
    rows = tuple((one.values[0].label, one.figure.text) for one in found)
    chart = Chart(
        "<svg viewBox='0 0 9 9'><rect width='3' height='3'/></svg>",
        Table(("Queue", "Cases"), rows),
        "By queue",
        "Cases by queue",
    )
    return Drawn(
        charts=[chart], tiles=[Tile("v", "=cmd|' /C calc'!A0", str(len(rows)), measure="volume")], as_of=ask.at
    )


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    made = Page("canary", "Canary", "What came in?", (Panel("p", "By queue", titles, measures=("volume",)),))
    monkeypatch.setitem(pages._pages, "canary", made)
    return made


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(delivering, "PLACES", Destinations(parallel=2))
    monkeypatch.setattr(delivering, "_known", set())
    running = Server()
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    yield running
    running.stop()


@pytest.fixture
def lea() -> User:
    return make_user(roles=[Role.LEAD], name="Lea Lind")


def plan(*people: User, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "name": "Monday numbers", "page": "canary", "where": "", "days": 28, "pace": "weekly", "weekday": 1, "day": 1,
        "local_at": time(8), "format": "xlsx", "language": "", "people": [person.pk for person in people],
    }  # fmt: skip
    return Plan(**{**values, **changes})


def made(by: User, *people: User, **changes: Any) -> ReportSchedule:
    return schedules.make_schedule(plan=plan(*people, **changes), by=by, at=db_now())


def come_due() -> None:
    """Let everybody's slot be now."""
    ScheduleRecipient.objects.update(next_at=db_now() - timedelta(seconds=1))


def run() -> None:
    schedules.plan_due()
    mailings.run_due()
    delivering.claim_of(Lane.NOTIFY)(100)


def cells(mail: Any) -> dict[str, list[list[Any]]]:
    """Every sheet of the attached workbook."""
    [file] = list(mail.iter_attachments())
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.get_content()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


# -- When --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "changes", "after", "expected"),
    [
        # Berlin: clocks go forward on 29 March 2026, back on 25 October.
        ("Europe/Berlin", {"weekday": 7, "local_at": time(2, 30)}, (2026, 3, 23), (2026, 3, 29, 1, 30)),
        ("Europe/Berlin", {"weekday": 7, "local_at": time(2, 30)}, (2026, 10, 19), (2026, 10, 25, 0, 30)),
        ("Europe/Berlin", {"weekday": 1, "local_at": time(8)}, (2026, 3, 23, 7), (2026, 3, 30, 6)),
        ("Asia/Kathmandu", {"weekday": 1, "local_at": time(8)}, (2026, 11, 16), (2026, 11, 16, 2, 15)),
        ("Pacific/Kiritimati", {"pace": "monthly", "day": 1, "local_at": time(0)}, (2026, 11, 16), (2026, 11, 30, 10)),
        ("America/Los_Angeles", {"pace": "monthly", "day": 28, "local_at": time(23, 59)}, (2026, 2, 1), (2026, 3, 1, 7, 59)),
    ],
)  # fmt: skip
def test_a_slot_is_a_local_time_of_a_day_whatever_clocks_do(zone, changes, after, expected):
    schedule = ReportSchedule(**{"pace": "weekly", "weekday": 1, "day": 1, "local_at": time(8), **changes})

    assert next_slot(schedule, zone, after=datetime(*after, tzinfo=UTC)) == datetime(*expected, tzinfo=UTC)


def test_slots_of_a_year_come_once_each_in_every_zone():
    schedule = ReportSchedule(pace="weekly", weekday=7, day=1, local_at=time(2, 30))
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran", "UTC"):
        at, found = datetime(2026, 1, 1, tzinfo=UTC), []
        while at < datetime(2027, 1, 1, tzinfo=UTC):
            at = next_slot(schedule, zone, after=at)
            found.append(at)
        steps = {later - earlier for earlier, later in itertools.pairwise(found)}
        assert len(found) == 53
        assert all(timedelta(days=7, hours=-1) <= step <= timedelta(days=7, hours=1) for step in steps)


def test_a_slot_is_mailed_once_and_of_missed_ones_the_latest(server: Server, lea: User) -> None:
    schedule = made(lea, lea)
    missed = db_now() - timedelta(days=22)
    ScheduleRecipient.objects.update(next_at=next_slot(schedule, lea.time_zone, after=missed))

    run()
    ScheduleRecipient.objects.update(next_at=Mailing.objects.get().slot_at)  # an engine that was set back
    run()

    assert len(server.got) == 1
    [mailing] = Mailing.objects.all()
    assert timedelta(0) <= db_now() - mailing.slot_at < timedelta(days=7)
    assert ScheduleRecipient.objects.get().next_at > db_now()


# -- Whose rows --------------------------------------------------------------------------------------------------------
def test_each_receiver_gets_their_own_rows_and_nobody_elses(server: Server, lea: User) -> None:
    ours, theirs = make_team(), make_team()
    for team, name in ((ours, "Queue of ours"), (theirs, "CANARY queue")):
        queue = make_queue(team=team)
        Queue.objects.filter(pk=queue.pk).update(name=name)
        for _number in range(6):
            make_case(queue=queue, received_at=db_now() - timedelta(hours=2))
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    ana = make_user(roles=[Role.SPECIALIST], teams=[ours], name="Ana Reyes")
    schedule = made(lea, lea, ana)
    schedules.change_schedule(
        schedule_id=schedule.pk, revision=1, plan=plan(lea, ana, format="xlsx"), by=lea, at=db_now()
    )
    come_due()

    run()

    got = {str(mail["To"]): cells(mail) for mail in server.got}
    assert "CANARY" in str(got[lea.email])
    assert "Queue of ours" in str(got[ana.email])
    assert "CANARY" not in str(got[ana.email])
    [book] = [mail for mail in server.got if str(mail["To"]) == lea.email]
    assert [*cells(book)] == ["About", "By queue", "Definitions"]
    assert sorted(cells(book)["By queue"][5:]) == [["CANARY queue", 6.0, *[""] * 4], ["Queue of ours", 6.0, *[""] * 4]]
    [file] = list(book.iter_attachments())
    xml = zipfile.ZipFile(io.BytesIO(file.get_content()))
    assert not any(b"<f>" in xml.read(name) for name in xml.namelist())


def test_a_saved_report_is_mailed_with_each_receivers_own_rows(server: Server, lea: User) -> None:
    team = make_team()
    own, other = make_queue(slug="own", team=team), make_queue(slug="others")
    vendor, at = make_vendor(), db_now() - timedelta(days=1)
    for queue in (own, own, other):
        make_case(queue=queue, organization=vendor, received_at=at)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    member = make_user(teams=[team], name="Mo Member")
    figures_kept = saved.save_report(
        name="By queue", kind=ReportKind.EXPLORE, audience="personal", by=lea, at=db_now(), state="m=volume&by=queue&range=7d&as=bar"
    )  # fmt: skip
    rows_kept = saved.save_report(
        name="Rows", kind=ReportKind.SQL, audience="personal", by=lea, at=db_now(),
        statement="SELECT 'here' AS place, '=1+1' AS trap, 2 AS cases",
    )  # fmt: skip

    by_queue = made(lea, lea, member, page=kept.word_for(figures_kept))
    made(lea, lea, member, page=kept.word_for(rows_kept), name="Rows on Monday")
    come_due()
    run()

    mails = {(str(mail["Subject"]), str(mail["To"])): cells(mail) for mail in server.got}
    figures_of = {to: sheets for (subject, to), sheets in mails.items() if "By queue" in subject}
    assert len(mails) == 3
    names = {to: {row[0] for sheet in sheets.values() for row in sheet} for to, sheets in figures_of.items()}
    assert other.name in names[lea.email]
    assert other.name not in names[member.email]
    assert own.name in names[member.email]
    assert "Definitions" in figures_of[member.email]
    assert figures_of[member.email]["Definitions"][1][0] == "KPI-1"
    answer = next(sheets["Answer"] for (subject, _to), sheets in mails.items() if "Rows" in subject)
    assert ["here", "=1+1", 2] in answer
    refused = Mailing.objects.get(user=member, schedule__name="Rows on Monday")
    assert refused.skipped_for == SkipReason.NOT_ALLOWED

    saved.remove_report(report_id=figures_kept.pk, by=lea, at=db_now())
    come_due()
    schedules.plan_due()
    mailings.run_due()
    assert set(by_queue.mailings.filter(state=MailingState.SKIPPED).values_list("skipped_for", flat=True)) == {"gone"}


def test_only_a_saved_report_one_finds_can_be_mailed(lea: User) -> None:
    theirs = saved.save_report(
        name="Mine", kind=ReportKind.EXPLORE, audience="personal", by=lea, at=db_now(), state="m=volume"
    )
    other, specialist = make_user(roles=[Role.LEAD]), make_user(teams=[make_team()])

    for person, word in ((other, kept.word_for(theirs)), (lea, "saved:nothing"), (lea, "saved:" + "0" * 32)):
        with pytest.raises(Invalid):
            made(person, person, page=word)
    with pytest.raises(Invalid, match="filter"):
        made(lea, lea, page=kept.word_for(theirs), where="vendor:northgate")
    client = Client()
    client.force_login(lea, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Mine" in client.get(f"/reports/schedules/new/?page={kept.word_for(theirs)}").content.decode()
    client.force_login(specialist, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Mine" not in client.get("/reports/schedules/new/").content.decode()


def test_who_lost_the_right_or_the_account_gets_none_and_the_log_says_so(server: Server, lea: User) -> None:
    closed, lost = make_user(roles=[Role.LEAD], name="Cleo"), make_user(roles=[Role.LEAD], name="Ludo")
    schedule = made(lea, closed, lost)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    RoleGrant.objects.filter(user=lost).delete()
    come_due()

    run()

    assert server.got == []
    skipped = dict(Mailing.objects.values_list("user_id", "skipped_for"))
    assert skipped == {closed.pk: SkipReason.CLOSED, lost.pk: SkipReason.NOT_ALLOWED}
    client = Client()
    client.force_login(lea)
    page = client.get(f"/reports/schedules/{schedule.public_id}/").content.decode()
    assert "The account is closed." in page
    assert "This person may not read it." in page


def test_a_pdf_comes_in_the_receivers_language(server: Server, lea: User) -> None:
    User.objects.filter(pk=lea.pk).update(locale="es", time_zone="America/Chicago")
    made(lea, lea, format="pdf")
    come_due()

    run()

    [got] = server.got
    [file] = list(got.iter_attachments())
    assert file.get_content_type() == "application/pdf"
    assert file.get_content().startswith(b"%PDF-")
    assert b"/Lang (es" in file.get_content() or b"612 792" in file.get_content()


def test_a_panel_that_fails_fails_the_report_and_can_be_sent_again(
    server: Server, lea: User, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = made(lea, lea)
    come_due()

    def broken(_ask: Any) -> Drawn:
        raise RuntimeError("no figures")

    with monkeypatch.context() as patched:
        patched.setitem(pages._pages, "canary", Page("canary", "Canary", "?", (Panel("p", "x", broken),)))
        for _turn in range(3):
            run()
            Mailing.objects.update(next_at=db_now())
    assert Mailing.objects.get().state == MailingState.FAILED
    client = Client()
    client.force_login(lea)
    address = f"/reports/schedules/{schedule.public_id}/"
    assert "RuntimeError: no figures" in client.get(address).content.decode()

    client.post(f"{address}retry/", {"mailing": Mailing.objects.get().pk})
    run()

    assert len(server.got) == 1


# -- Keeping -----------------------------------------------------------------------------------------------------------
def test_a_paused_schedule_mails_nothing_and_goes_on_from_the_next_slot(server: Server, lea: User) -> None:
    schedule = made(lea, lea)
    schedules.pause(schedule_id=schedule.pk, by=lea, at=db_now())
    come_due()
    run()
    assert not Mailing.objects.exists()

    schedules.resume(schedule_id=schedule.pk, by=lea, at=db_now())
    run()

    assert server.got == []
    assert ScheduleRecipient.objects.get().next_at > db_now()
    schedules.remove(schedule_id=schedule.pk, by=lea, at=db_now())
    schedule.refresh_from_db()
    assert schedule.state == ScheduleState.REMOVED


def test_only_leads_have_reports_mailed_to_others_and_to_nobody_outside(lea: User) -> None:
    quality = make_user(roles=[Role.QUALITY])
    outside = make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD])

    assert made(quality, quality).recipients.count() == 1
    with pytest.raises(Invalid):
        made(quality, quality, lea)
    with pytest.raises(Invalid):
        made(lea, outside)
    with pytest.raises(NotPermitted):
        made(make_user(roles=[Role.PARTNER]), lea)
    with pytest.raises(NotPermitted):
        schedules.pause(schedule_id=made(lea, quality).pk, by=quality, at=db_now())


def test_every_wrong_value_is_said_at_once(lea: User) -> None:
    with pytest.raises(Invalid) as refused:
        made(lea, name=" ", page="nowhere", where="nonsense:(", days=3, weekday=8, format="doc", language="xx")

    assert {one.pointer for one in refused.value.errors} == {
        "/name", "/page", "/where", "/days", "/weekday", "/format", "/language", "/people",
    }  # fmt: skip


def test_the_pages_set_one_up_and_let_its_receiver_leave(lea: User) -> None:
    ana = make_user(roles=[Role.QUALITY], name="Ana Reyes")
    client = Client()
    client.force_login(lea)
    typed = {
        "name": "Monday", "page": "canary", "where": "", "days": 28, "pace": "weekly", "weekday": 1, "day": 1, "local_at": "08:00",
        "format": "pdf", "language": "", "people": [lea.pk, ana.pk],
    }  # fmt: skip
    assert client.post("/reports/schedules/new/", {**typed, "local_at": "25:99"}).status_code == 422
    answer = client.post("/reports/schedules/new/", typed)
    address = answer.headers["Location"]
    assert "Ana Reyes" in client.get(address).content.decode()
    assert client.post(f"{address}edit/", {**typed, "name": "Mondays", "revision": 99}).status_code == 412
    assert client.post(f"{address}edit/", {**typed, "name": "Mondays", "revision": 1}).status_code == 302

    other, stranger = Client(), Client()
    other.force_login(ana)
    stranger.force_login(make_user(roles=[Role.LEAD]))
    assert stranger.get(address).status_code == 404
    assert "Lea Lind" in other.get(address).content.decode()
    assert other.get(f"{address}edit/").status_code == 403
    other.post(f"{address}leave/")
    assert list(ScheduleRecipient.objects.values_list("user_id", flat=True)) == [lea.pk]
    assert "Mondays" in client.get("/reports/schedules/").content.decode()
    assert client.get("/reports/canary/file.pdf").content.startswith(b"%PDF-")
    assert client.get("/reports/canary/file.xlsx").content.startswith(b"PK")
    assert client.get("/reports/canary/file.doc").status_code == 404
    assert client.get("/reports/canary/file.pdf?q=nonsense:(").status_code == 422


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,234", (1234.0, False)), ("96.2 %", (0.962, True)), ("-3", (-3.0, False)), ("0012", None), ("3 h", None),
     ("=1+1", None), ("1,2,3", None), ("", None), ("9" * 30, None)],
)  # fmt: skip
def test_numbers_are_numbers_in_the_workbook(text, expected):
    found = number_of(text)

    assert (found and (round(found[0], 6), found[1])) == expected
