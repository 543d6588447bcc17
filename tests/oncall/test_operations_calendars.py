"""Publishing calendars and keeping holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from oncall import business_time, events
from oncall.models import Calendar, CalendarVersion, HolidayEntry
from oncall.operations import calendars
from oncall.selectors import calendars as reading
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEEKDAYS = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def publish(**changes: Any) -> CalendarVersion:
    values = {
        "key": "berlin",
        "name": "Berlin",
        "rules": {"zone": "Europe/Berlin", "weekly": WEEKDAYS},
        "reason": "Office hours agreed with the works council",
        "by": None,
        "at": AT,
    }
    return calendars.publish_calendar_version(**(values | changes))


@pytest.fixture(autouse=True)
def _internal() -> None:
    internal_organization()  # events about configuration belong to it


def test_publishing_makes_the_next_version_and_says_so() -> None:
    first = publish()
    second = publish(name="Berlin office", rules={"zone": "Europe/Berlin", "weekly": {"mon": [["10:00", "12:00"]]}})

    assert (first.number, second.number) == (1, 2)
    assert reading.version_in_force("berlin") == second
    assert Calendar.objects.get(key="berlin").name == "Berlin office"
    event = Event.objects.filter(kind=events.CALENDAR_PUBLISHED).latest("id")
    assert event.data == {"key": "berlin", "version": 2, "reason": "Office hours agreed with the works council"}


def test_a_version_never_changes() -> None:
    version = publish()

    with pytest.raises((InternalError, ProgrammingError), match=r"append-only|permission denied"), transaction.atomic():
        CalendarVersion.objects.filter(pk=version.pk).update(reason="other")
    with pytest.raises((InternalError, ProgrammingError), match=r"append-only|permission denied"), transaction.atomic():
        CalendarVersion.objects.filter(pk=version.pk).delete()


def test_rules_that_cannot_be_used_are_refused_with_every_fault() -> None:
    with pytest.raises(Invalid) as caught:
        publish(rules={"zone": "Mars/Base", "weekly": {"mon": [["9", "17"]]}})

    assert [problem.pointer for problem in caught.value.errors] == ["/rules/zone", "/rules/weekly/mon[0]"]
    assert not Calendar.objects.filter(key="berlin").exists()


@pytest.mark.parametrize("changes", [{"reason": "  "}, {"holiday_sets": ["nowhere"]}, {"rules": {}}, {"rules": []}])
def test_incomplete_input_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        publish(**changes)


def test_only_an_administrator_publishes() -> None:
    administrator = make_user(roles=[Role.ADMIN])
    with pytest.raises(NotPermitted):
        publish(by=make_user(roles=[Role.SPECIALIST, Role.LEAD]))

    assert publish(by=administrator).published_by == administrator


def test_a_version_keeps_the_holidays_it_was_published_with() -> None:
    wedding = (date(2026, 6, 5), "Wedding")
    calendars.replace_holidays(key="team", name="Team", entries=[wedding], by=None, at=AT)
    before = publish(holiday_sets=["team"])
    calendars.replace_holidays(key="team", name="Team", entries=[(date(2026, 6, 8), "Move")], by=None, at=AT)
    after = publish(holiday_sets=["team"])

    friday, monday = datetime(2026, 6, 5, 10, tzinfo=UTC), datetime(2026, 6, 8, 10, tzinfo=UTC)
    assert not business_time.is_open(reading.spec_of(before.pk), friday)
    assert business_time.is_open(reading.spec_of(before.pk), monday)
    assert business_time.is_open(reading.spec_of(after.pk), friday)
    assert not business_time.is_open(reading.spec_of(after.pk), monday)
    assert not HolidayEntry.objects.get(held_on=date(2026, 6, 5)).is_active


def test_holidays_that_do_not_change_are_no_event() -> None:
    for _ in range(2):
        calendars.replace_holidays(key="team", name="Team", entries=[(date(2026, 6, 5), "Day")], by=None, at=AT)

    assert Event.objects.filter(kind=events.HOLIDAYS_CHANGED).count() == 1


def test_the_defaults_are_made_once_and_edited_ones_are_left_alone() -> None:
    calendars.ensure_defaults(at=AT)
    publish(key="office-singapore", name="Singapore", rules={"zone": "Asia/Singapore", "weekly": WEEKDAYS})
    calendars.ensure_defaults(at=AT)

    assert CalendarVersion.objects.filter(calendar__key="office-singapore").count() == 2
    assert Calendar.objects.exclude(key=calendars.ALWAYS).count() == 3
    dublin = reading.spec_of(reading.version_in_force("office-dublin").pk)
    assert not business_time.is_open(dublin, datetime(2026, 3, 17, 12, tzinfo=UTC))  # Saint Patrick's Day
    assert business_time.is_open(dublin, datetime(2026, 3, 18, 12, tzinfo=UTC))


def test_the_default_calendar_is_always_open() -> None:
    assert reading.spec_of(reading.version_in_force(calendars.ALWAYS).pk).is_always_open


def test_part_of_a_holiday_needs_both_ends() -> None:
    calendars.replace_holidays(key="team", name="Team", entries=[(date(2026, 6, 5), "Day")], by=None, at=AT)

    with connection.cursor() as cursor, pytest.raises(Exception, match="holiday_entry_part_has_both_ends"):
        cursor.execute("UPDATE oncall_holidayentry SET from_clock = '09:00'")
