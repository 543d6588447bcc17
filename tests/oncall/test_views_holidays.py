"""Pages of holidays: feeds, files, review; and of a calendar: one day, preview, the address others read it at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import vobject
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from oncall.business_time import open_intervals
from oncall.forms import split_hours
from oncall.models import HolidayFeed, HolidayReading, HolidaySet
from oncall.operations.calendars import ensure_defaults
from oncall.selectors.calendars import spec_of, version_in_force
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
DUBLIN = "/admin/calendars/office-dublin/"
TOWN = "/admin/holidays/town/"


def signed_in(client: Client, role: Role = Role.ADMIN) -> User:
    user = make_user(roles=[role])
    client.force_login(user)
    return user


def soon(days: int = 40) -> str:
    return (db_now() + timedelta(days=days)).date().isoformat()


def ics(*days: tuple[str, str]) -> SimpleUploadedFile:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{on}\r\nSUMMARY:{name}\r\nDTSTART;VALUE=DATE:{on.replace('-', '')}\r\nEND:VEVENT\r\n"
        for on, name in days
    )
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n"
    return SimpleUploadedFile("town.ics", text.encode(), content_type="text/calendar")


@pytest.fixture
def town(client: Client) -> User:
    """An administrator signed in, the default calendars, a feed of uploads called town that Dublin uses."""
    internal_organization()
    ensure_defaults(at=db_now())
    user = signed_in(client)
    feed = {"name": "Town", "key": "town", "url": "", "zone": "Europe/Dublin", "every_h": 24}
    assert client.post("/admin/holidays/new/", feed)["Location"] == TOWN
    edit = client.get(f"{DUBLIN}edit/").context["form"].initial
    use = {name: value for name, value in edit.items() if value is not None}
    client.post(f"{DUBLIN}edit/", use | {"holiday_sets": ["ie", "town"], "reason": "Use the town's days", "base": 1})
    assert version_in_force("office-dublin").number == 2
    return user


def waiting(client: Client, *days: tuple[str, str]) -> str:
    answer = client.post(f"{TOWN}upload/", {"file": ics(*days)})
    assert answer.status_code == 302
    return answer["Location"]


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        (Role.SPECIALIST, 403, 403),
        (Role.LEAD, 403, 403),
        (Role.LEGAL, 403, 403),
        (Role.AUDITOR, 200, 403),
        (Role.READER, 403, 403),
        (Role.ADMIN, 200, 302),
    ],
)
def test_who_reads_and_who_changes_holidays(client: Client, town: User, role: Role, reads: int, edits: int) -> None:
    address = waiting(client, (soon(), "Fair"))
    signed_in(client, role)

    assert client.get(TOWN).status_code == reads
    assert client.get(address).status_code == reads
    assert client.get(DUBLIN).status_code == reads
    day = {"on": soon(), "kind": "closed", "reason": "Move"}
    feed = {"name": "Other", "key": "other", "url": "", "zone": "UTC", "every_h": 24}
    for path, sent in (
        (f"{DUBLIN}day/", day),
        (f"{DUBLIN}share/", {}),
        ("/admin/holidays/new/", feed),
        (f"{TOWN}feed/", feed),
        (f"{TOWN}ask/", {}),
        (address, {"do": "accept", "reason": "Fine"}),
        (f"{TOWN}upload/", {"file": ics((soon(50), "Other"))}),
    ):
        assert client.post(path, sent).status_code == edits, path


def test_a_file_is_compared_reviewed_and_accepted(client: Client, town: User) -> None:
    on = soon()
    address = waiting(client, (on, "Fair <b>"))
    page = client.get(address)
    assert [(one.kind, one.on.isoformat(), one.after) for one in page.context["changes"]] == [("added", on, "Fair <b>")]
    assert "Fair &lt;b&gt;" in page.content.decode()
    assert "Fair" not in str(version_in_force("office-dublin").set_holidays)
    assert "waits for review" in client.get("/admin/calendars/").content.decode()

    answer = client.post(address, {"do": "accept", "reason": "Looked at it", "calendars": ["office-dublin"]})

    assert answer["Location"] == TOWN
    assert {"on": on, "name": "Fair <b>"} in version_in_force("office-dublin").set_holidays
    assert "Looked at it" in client.get(address).content.decode()
    again = client.post(address, {"do": "reject", "reason": "Again"}, follow=True)
    assert "settled already" in again.content.decode()


def test_a_rejected_reading_leaves_the_days(client: Client, town: User) -> None:
    address = waiting(client, (soon(), "Fair"))

    client.post(address, {"do": "reject", "reason": "Not ours", "calendars": ["office-dublin"]})

    assert HolidayReading.objects.get().state == HolidayReading.State.REJECTED
    assert not HolidaySet.objects.get(key="town").entries.exists()
    assert version_in_force("office-dublin").number == 2


def test_a_review_without_a_reason_is_refused_and_waits(client: Client, town: User) -> None:
    address = waiting(client, (soon(), "Fair"))

    answer = client.post(address, {"do": "accept", "reason": ""})

    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert HolidayReading.objects.get().state == HolidayReading.State.WAITING


@pytest.mark.parametrize(
    "data", [b"<html>", b"PK\x03\x04\x00", "BEGIN:VCALENDAR\r\nX:é".encode("latin-1"), b"x" * 1_100_000]
)
def test_a_file_that_cannot_be_used_is_refused_beside_its_field(client: Client, town: User, data: bytes) -> None:
    answer = client.post(f"{TOWN}upload/", {"file": SimpleUploadedFile("a.ics", data)})

    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def test_a_file_that_says_nothing_new_asks_for_nothing(client: Client, town: User) -> None:
    days = ((soon(), "Fair"),)
    client.post(waiting(client, *days), {"do": "accept", "reason": "Yes"})

    assert client.post(f"{TOWN}upload/", {"file": ics(*days)})["Location"] == TOWN
    assert not HolidayReading.objects.filter(state="waiting").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://calendar.example.org/a.ics"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://user:secret@example.org/a.ics"}, "url"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"every_h": "0"}, "every_h"),
        ({"every_h": "1e9"}, "every_h"),
        ({"key": "ie"}, "key"),
        ({"key": "new"}, "key"),
        ({"name": ""}, "name"),
    ],
)
def test_a_feed_that_cannot_be_is_refused_by_its_field(
    client: Client, town: User, change: dict[str, str], field: str
) -> None:
    sent = {"name": "N", "key": "n", "url": "", "zone": "UTC", "every_h": "24"} | change

    answer = client.post("/admin/holidays/new/", sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_feed_is_changed_and_read_again_and_only_administrators_see_its_secret(client: Client, town: User) -> None:
    sent = {"name": "Town hall", "url": "https://example.org/a.ics?key=hush", "zone": "UTC", "every_h": "6"}
    assert client.post(f"{TOWN}feed/", sent)["Location"] == TOWN
    assert HolidayFeed.objects.get().next_at is not None
    HolidayFeed.objects.update(next_at=db_now() + timedelta(days=1))
    client.post(f"{TOWN}ask/")

    assert HolidayFeed.objects.get().next_at <= db_now()
    assert "hush" in client.get(TOWN).content.decode()
    signed_in(client, Role.AUDITOR)
    text = client.get(TOWN).content.decode()
    assert "hush" not in text
    assert "example.org" in text


@pytest.mark.parametrize(
    "path",
    [
        "/admin/holidays/nowhere/",
        "/admin/holidays/ie/feed/",
        "/admin/holidays/ie/review/1/",
        "/admin/holidays/town/review/999999/",
        "/calendars/office-dublin/guess.ics",
        "/calendars/nowhere/guess.ics",
    ],
)
def test_what_is_not_there_is_missing(client: Client, town: User, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("sent", "hours"),
    [
        ({"kind": "closed"}, []),
        ({"kind": "hours", "hours": "10:00-14:00"}, [["10:00", "14:00"]]),
    ],
)
def test_one_day_is_changed_with_a_reason_and_put_back(
    client: Client, town: User, sent: dict[str, str], hours: list[list[str]]
) -> None:
    on = soon()

    assert client.post(f"{DUBLIN}day/", {"on": on, "reason": "Stocktaking", **sent})["Location"] == DUBLIN

    version = version_in_force("office-dublin")
    assert version.number == 3
    assert version.rules["overrides"] == {on: hours}
    assert version.notes == {on: "Stocktaking"}
    page = client.get(DUBLIN)
    assert [(one.what, one.after) for one in page.context["differences"]] == [
        (on, ("closed" if not hours else "10:00–14:00") + " (Stocktaking)")
    ]
    client.post(f"{DUBLIN}day/", {"on": on, "reason": "Called off", "kind": "usual"})
    assert version_in_force("office-dublin").rules["overrides"] == {}


def test_a_break_closes_a_part_of_a_day(client: Client, town: User) -> None:
    on = soon()

    client.post(f"{DUBLIN}day/", {"on": on, "reason": "Drill", "kind": "break", "hours": "12:00-13:00"})

    assert version_in_force("office-dublin").rules["breaks"] == {on: [["12:00", "13:00"]]}
    assert f"{on} 12:00-13:00 Drill" in client.get(f"{DUBLIN}edit/").content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "hours"}, "hours"),
        ({"kind": "break", "hours": "-"}, "hours"),
        ({"kind": "hours", "hours": "nine"}, "hours"),
        ({"kind": "hours", "hours": "25:00-26:00"}, "hours"),
        ({"kind": "never"}, "kind"),
        ({"on": "2026-02-30"}, "on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_day_that_cannot_be_is_refused_by_its_field(
    client: Client, town: User, sent: dict[str, str], field: str
) -> None:
    answer = client.post(f"{DUBLIN}day/", {"on": soon(), "kind": "closed", "reason": "x"} | sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert version_in_force("office-dublin").number == 2


def edit_form(client: Client, **changes: Any) -> dict[str, Any]:
    initial = client.get(f"{DUBLIN}edit/").context["form"].initial
    kept = {name: value for name, value in initial.items() if value is not None}
    return kept | {"base": 2, "reason": "Later"} | changes


def test_a_draft_is_previewed_without_a_reason_and_nothing_is_published(client: Client, town: User) -> None:
    answer = client.post(f"{DUBLIN}edit/", edit_form(client, mon="10:00-18:00", reason="", do="check"))

    assert answer.status_code == 200
    rows = answer.context["preview"]["differences"]
    assert [(row.what, row.before, row.after) for row in rows] == [("Mon", "09:00–18:00", "10:00–18:00")]
    assert version_in_force("office-dublin").number == 2


def test_a_draft_that_cannot_be_is_not_previewed(client: Client, town: User) -> None:
    answer = client.post(f"{DUBLIN}edit/", edit_form(client, mon="25:00-26:00", do="check"))

    assert answer.status_code == 422
    assert "mon" in answer.context["form"].errors


def test_a_version_to_come_is_announced_and_is_not_in_force(client: Client, town: User) -> None:
    start = datetime.fromisoformat(soon())

    client.post(f"{DUBLIN}edit/", edit_form(client, mon="10:00-18:00", effective_at=start.strftime("%Y-%m-%dT09:00")))

    page = client.get(DUBLIN)
    assert page.context["shown"].number == 2
    assert page.context["to_come"].number == 3
    assert "comes into force" in page.content.decode()
    assert client.get(f"{DUBLIN}?version=3").status_code == 200
    assert version_in_force("office-dublin", start.astimezone() + timedelta(days=2)).number == 3


def test_any_two_versions_are_compared(client: Client, town: User) -> None:
    client.post(f"{DUBLIN}day/", {"on": soon(), "reason": "Move", "kind": "closed"})

    page = client.get(f"{DUBLIN}?version=3&from=1")

    assert [one.what for one in page.context["differences"]] == ["Public holidays of", soon()]
    assert client.get(f"{DUBLIN}?version=3&from=9").status_code == 404


def test_whoever_has_the_address_reads_the_hours_until_it_is_replaced_or_withdrawn(client: Client, town: User) -> None:
    client.post(f"{DUBLIN}day/", {"on": soon(10), "reason": "Move", "kind": "closed"})
    client.post(f"{DUBLIN}share/", {"do": "share"})
    first = client.get(DUBLIN).context["share_url"]
    stranger = Client()

    answer = stranger.get(first)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    parsed = vobject.readOne(answer.content.decode())
    spec = spec_of(version_in_force("office-dublin").pk)
    opens = [(one.dtstart.value, one.dtend.value) for one in parsed.vevent_list if one.summary.value == "Open"]
    assert len(opens) > 50
    assert opens == [tuple(span) for span in open_intervals(spec, opens[0][0], opens[-1][1])]
    closed = {one.dtstart.value.isoformat() for one in parsed.vevent_list if one.summary.value != "Open"}
    assert soon(10) in closed

    client.post(f"{DUBLIN}share/", {"do": "share"})
    second = client.get(DUBLIN).context["share_url"]
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    client.post(f"{DUBLIN}share/", {"do": "stop"})
    assert stranger.get(second).status_code == 404
    assert client.get(DUBLIN).context["share_url"] == ""
    client.post(f"{DUBLIN}share/", {"do": "share"})
    assert stranger.get(second).status_code == 404


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("10:00-14:00 Stocktaking", ("10:00-14:00", "Stocktaking")),
        ("10:00-12:00, 13:00-14:00 Two parts", ("10:00-12:00, 13:00-14:00", "Two parts")),
        ("24h Sale", ("24h", "Sale")),
        ("- Move", ("-", "Move")),
        ("", ("", "")),
        ("later", ("later", "")),
        ("9-5 x", ("9-5 x", "")),
    ],
)
def test_hours_and_their_reason_are_told_apart(text: str, parts: tuple[str, str]) -> None:
    assert split_hours(text) == parts
