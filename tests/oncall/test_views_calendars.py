from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from oncall.forms import read_hours, write_hours
from oncall.models import Calendar, CalendarVersion, HolidaySet
from oncall.operations.calendars import ensure_defaults, replace_holidays
from oncall.selectors.calendars import version_in_force
from oncall.selectors.hours import hours_in_words
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
DAYS = ("mon", "tue", "wed", "thu", "fri")
NEW = "/admin/calendars/new/"


def signed_in(client, role: Role = Role.ADMIN) -> User:
    user = make_user(roles=[role])
    client.force_login(user)
    return user


def form(**changes: Any) -> dict[str, Any]:
    sent = {"name": "Berlin", "key": "berlin", "zone": "Europe/Berlin", "reason": "A hub opens"}
    return sent | dict.fromkeys(DAYS, "09:00-12:00, 13:00-18:00") | changes


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        (Role.SPECIALIST, 403, 403),
        (Role.LEAD, 403, 403),
        (Role.LEGAL, 403, 403),
        (Role.ADMIN, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.READER, 403, 403),
    ],
)
def test_who_reads_and_who_publishes_calendars(client, role, reads, edits):
    internal_organization()
    signed_in(client, role)

    assert client.get("/admin/calendars/").status_code == reads
    assert client.get("/admin/calendars/always/").status_code == reads
    assert client.post(NEW, form()).status_code == edits
    assert client.post("/admin/calendars/holidays/", {"country": "IE"}).status_code == edits
    assert Calendar.objects.filter(key="berlin").exists() == (edits == 302)


def test_a_calendar_is_added_and_shown_in_words(client):
    signed_in(client)

    assert client.post(NEW, form())["Location"] == "/admin/calendars/berlin/"

    text = client.get("/admin/calendars/berlin/").content.decode()
    assert "Mon–Fri 09:00–12:00, 13:00–18:00 · Sat, Sun closed" in text
    assert "A hub opens" in text
    assert Event.objects.filter(kind="calendar.published").count() == 1


def test_publishing_again_makes_the_next_version_and_keeps_the_one_before(client):
    signed_in(client)
    client.post(NEW, form())
    in_a_year = (db_now() + timedelta(days=300)).date().isoformat()

    client.post(
        "/admin/calendars/berlin/edit/",
        form(
            base=1,
            reason="Later start",
            mon="10:00-18:00",
            closed=f"{in_a_year} Summer party\n{in_a_year} 12:00-24:00 Half day",
            special="2026-12-27 10:00-14:00",
        ),
    )

    version = version_in_force("berlin")
    assert version.number == 2
    assert version.rules["weekly"]["mon"] == [["10:00", "18:00"]]
    assert version.rules["overrides"] == {"2026-12-27": [["10:00", "14:00"]]}
    assert version.rules["holidays"] == [
        {"on": in_a_year, "name": "Summer party"},
        {"on": in_a_year, "from": "12:00", "to": "24:00", "name": "Half day"},
    ]
    assert "Summer party" in client.get("/admin/calendars/berlin/").content.decode()
    assert "Summer party" not in client.get("/admin/calendars/berlin/?version=1").content.decode()


def test_the_form_opens_with_what_is_in_force_and_sent_back_says_the_same(client):
    signed_in(client)
    client.post(NEW, form(closed="2026-12-24 12:00-24:00 Eve\n2026-12-31", special="2026-12-27 24h\n2026-12-28"))
    CalendarVersion.objects.create(
        calendar=Calendar.objects.get(key="berlin"),
        number=2,
        rules=version_in_force("berlin").rules | {"breaks": {"2026-12-01": [["12:00", "13:00"]]}},
        reason="With a break",
        published_at=db_now(),
    )
    before = version_in_force("berlin").rules

    initial = client.get("/admin/calendars/berlin/edit/").context["form"].initial
    client.post("/admin/calendars/berlin/edit/", initial | {"reason": "Again", "base": 2})

    after = version_in_force("berlin")
    assert after.number == 3
    assert {name: rule for name, rule in after.rules.items() if rule} == {
        name: rule for name, rule in before.items() if rule
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"reason": " "}, "reason"),
        ({"key": "always"}, "key"),
        ({"key": "new"}, "key"),
        ({"key": "not a slug"}, "key"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"mon": "nine to five"}, "mon"),
        ({"mon": "25:00-26:00"}, "mon"),
        ({"mon": "9:00-17:00"}, "mon"),
        ({"tue": ",".join(["09:00-10:00"] * 20)}, "tue"),
        (dict.fromkeys(DAYS, ""), "mon"),
        ({"closed": "Christmas"}, "closed"),
        ({"closed": "2026-02-30 x"}, "closed"),
        ({"closed": "2026-12-24 25:00-26:00 x"}, "closed"),
        ({"special": "2026-12-24 later"}, "special"),
        ({"holiday_sets": ["nowhere"]}, "holiday_sets"),
        ({"name": "x\x00"}, "name"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_by_its_field_and_what_was_typed_is_kept(client, change, field):
    signed_in(client)
    before = CalendarVersion.objects.count()

    answer = client.post(NEW, form(wed="11:11-12:12") | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors, answer.context["form"].errors
    if "wed" not in change:
        assert "11:11-12:12" in answer.content.decode()
    assert CalendarVersion.objects.count() == before


def test_a_version_published_meanwhile_is_not_replaced_unseen(client):
    signed_in(client)
    client.post(NEW, form())
    client.post("/admin/calendars/berlin/edit/", form(base=1, reason="Theirs", mon="08:00-09:00"))

    answer = client.post("/admin/calendars/berlin/edit/", form(base=1, reason="Mine"))

    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert version_in_force("berlin").number == 2


def test_unknown_calendars_and_versions_are_missing(client):
    signed_in(client)

    for path in ("nowhere/", "nowhere/edit/", "always/?version=9", "always/?version=x"):
        assert client.get(f"/admin/calendars/{path}").status_code == 404


@pytest.mark.parametrize(
    ("country", "part", "key"), [("DE", "BY", "de-by"), ("US", "", "us"), ("JP", "", "jp"), ("AE", "", "ae")]
)
def test_the_public_holidays_of_a_country_are_loaded_for_three_years(client, country, part, key):
    signed_in(client)

    answer = client.post("/admin/calendars/holidays/", {"country": country, "subdivision": part.lower()})

    years = set(HolidaySet.objects.get(key=key).entries.values_list("held_on__year", flat=True))
    this = db_now().year
    assert answer.status_code == 302
    assert {this, this + 1, this + 2} <= years


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"country": "XX"}, "country"), ({"country": "DE", "subdivision": "ZZ"}, "subdivision"), ({}, "country")],
)
def test_a_country_that_is_not_known_is_refused(client, sent, field):
    signed_in(client)

    answer = client.post("/admin/calendars/holidays/", sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_calendar_closes_on_the_holidays_of_the_sets_it_names(client):
    internal_organization()
    replace_holidays(key="town", name="Town", entries=[(date(2027, 5, 5), "Fair")], by=None, at=db_now())
    signed_in(client)

    client.post(NEW, form(holiday_sets=["town"]))

    assert "Fair" in client.get("/admin/calendars/berlin/").content.decode()


def test_the_default_calendars_are_listed(client):
    internal_organization()
    ensure_defaults(at=db_now())
    signed_in(client)

    rows = {row["calendar"].key: row["hours"] for row in client.get("/admin/calendars/").context["rows"]}

    assert rows["always"] == "around the clock"
    assert rows["office-dublin"] == "Mon–Fri 09:00–18:00 · Sat, Sun closed"


@pytest.mark.parametrize("text", ["", "24h", "09:00-17:00", "22:00-06:00", "00:00-24:00", "09:00-12:00, 13:00-18:00"])
def test_hours_are_read_and_written_the_same(text):
    assert read_hours(write_hours(read_hours(text))) == read_hours(text)


def test_hours_in_words_join_days_that_follow_each_other():
    nine, ten = [["09:00", "17:00"]], [["10:00", "17:00"]]
    rules = {"weekly": {"mon": nine, "tue": nine, "wed": ten, "thu": nine, "fri": nine, "sat": [["00:00", "24:00"]]}}

    assert hours_in_words(rules) == (
        "Mon, Tue 09:00–17:00 · Wed 10:00–17:00 · Thu, Fri 09:00–17:00 · Sat all day · Sun closed"
    )
