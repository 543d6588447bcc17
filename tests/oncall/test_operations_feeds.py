"""Feeds of holidays: what comes waits for a person; what fails keeps the last good state."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core import outward
from core.errors import Invalid, NotPermitted
from oncall import business_time, events
from oncall.models import CalendarVersion, HolidayFeed, HolidayReading, HolidaySet
from oncall.operations import calendars, feeds
from oncall.selectors.calendars import in_force, spec_of, version_in_force
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://calendar.example.org/holidays.ics?token=secret"
State = HolidayReading.State


def ics(*days: tuple[str, str]) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{on}\r\nSUMMARY:{name}\r\nDTSTART;VALUE=DATE:{on}\r\nEND:VEVENT\r\n" for on, name in days
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


@pytest.fixture
def admin() -> User:
    internal_organization()
    return make_user(roles=[Role.ADMIN])


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the address answers: `answer`, or `failure` to raise; `now` is the database's clock."""
    said: dict[str, Any] = {"answer": outward.Answer(200, {}, ics(("20260901", "Fair"))), "asked": [], "now": AT}

    def fetch(method: str, url: str, **_: Any) -> outward.Answer:
        said["asked"].append(url)
        if "during" in said:
            said["during"]()
        if "failure" in said:
            raise said["failure"]
        return said["answer"]

    monkeypatch.setattr(outward, "fetch", fetch)
    monkeypatch.setattr(feeds, "db_now", lambda: said["now"])
    return said


def save(by: User, **changes: Any) -> HolidayFeed:
    values = {"key": "town", "name": "Town", "url": URL, "zone": "Europe/Berlin", "by": by, "at": AT}
    return feeds.save_feed(**(values | changes))


def upload(by: User, *days: tuple[str, str], at: datetime = AT) -> HolidayReading | None:
    return feeds.upload_reading(key="town", data=ics(*days), file_name="town.ics", by=by, at=at)


def active() -> list[tuple[date, str]]:
    rows = HolidaySet.objects.get(key="town").entries.filter(is_active=True).order_by("held_on")
    return list(rows.values_list("held_on", "name"))


def settle(reading: HolidayReading | None, by: Any, *, is_accepted: bool = True, **changes: Any) -> HolidayReading:
    assert reading is not None
    values = {"reading_id": reading.pk, "is_accepted": is_accepted, "reason": "Looked at it", "by": by, "at": AT}
    return feeds.settle_reading(**(values | changes))


def use_in_calendar(by: User) -> CalendarVersion:
    weekly = {day: [["09:00", "17:00"]] for day in business_time.WEEKDAYS}
    return calendars.publish_calendar_version(
        key="berlin",
        name="Berlin",
        rules={"zone": "Europe/Berlin", "weekly": weekly},
        holiday_sets=["town"],
        reason="Opens",
        by=by,
        at=AT,
    )


def test_what_a_feed_says_waits_and_changes_nothing_yet(admin: User, net: dict[str, Any]) -> None:
    save(admin)

    assert feeds.fetch_due() == 1

    reading = HolidayReading.objects.get()
    assert reading.state == State.WAITING
    assert reading.entries == [{"on": "2026-09-01", "name": "Fair"}]
    assert reading.source == "calendar.example.org"
    assert active() == []
    event = Event.objects.get(kind=events.HOLIDAY_READING_FOUND)
    assert event.data == {"key": "town", "added": 1, "removed": 0, "changed": 0}
    assert "secret" not in str(list(Event.objects.values_list("data", flat=True)))
    assert feeds.fetch_due() == 0


def test_accepted_days_move_only_the_calendars_that_were_named_and_only_new_versions(admin: User) -> None:
    save(admin, url="")
    before = use_in_calendar(admin)
    fair = datetime(2026, 9, 1, 10, tzinfo=UTC)

    settle(upload(admin, ("20260901", "Fair")), admin, calendars=["berlin"])

    assert active() == [(date(2026, 9, 1), "Fair")]
    after = version_in_force("berlin")
    assert after.number == 2
    assert after.reason == "Looked at it"
    assert business_time.is_open(spec_of(before.pk), fair)
    assert not business_time.is_open(spec_of(after.pk), fair)
    settled = Event.objects.get(kind=events.HOLIDAY_READING_SETTLED)
    assert settled.data["calendars"] == ["berlin"]


def test_accepting_without_calendars_publishes_none(admin: User) -> None:
    save(admin, url="")
    use_in_calendar(admin)

    settle(upload(admin, ("20260901", "Fair")), admin)

    assert version_in_force("berlin").number == 1


def test_a_rejected_reading_changes_nothing_and_the_feed_does_not_ask_again(admin: User, net: dict[str, Any]) -> None:
    save(admin)
    feeds.fetch_due()
    settle(HolidayReading.objects.get(), admin, is_accepted=False)
    net["now"] = AT + timedelta(days=2)

    assert feeds.fetch_due() == 1
    assert active() == []
    assert HolidayReading.objects.get().state == State.REJECTED

    net["answer"] = outward.Answer(200, {}, ics(("20260901", "Fair"), ("20260902", "More")))
    net["now"] = AT + timedelta(days=4)
    feeds.fetch_due()
    assert HolidayReading.objects.filter(state=State.WAITING).count() == 1


def test_a_newer_reading_takes_the_place_of_one_that_waits(admin: User) -> None:
    save(admin, url="")
    first = upload(admin, ("20260901", "Fair"))
    assert upload(admin, ("20260901", "Fair")) == first
    upload(admin, ("20260902", "Fair"))

    assert first is not None
    first.refresh_from_db()
    assert first.state == State.REPLACED
    with pytest.raises(feeds.AlreadySettled):
        settle(first, admin)


def test_a_feed_that_says_what_is_there_asks_for_nothing_and_drops_what_waited(admin: User) -> None:
    save(admin, url="")
    settle(upload(admin, ("20260901", "Fair")), admin)
    upload(admin, ("20260902", "Fair"))

    assert upload(admin, ("20260901", "Fair")) is None
    assert not HolidayReading.objects.filter(state=State.WAITING).exists()


def test_days_that_have_passed_stay_though_feeds_drop_them(admin: User) -> None:
    save(admin, url="")
    settle(upload(admin, ("20260901", "Fair"), ("20261001", "Unity")), admin)
    later = AT + timedelta(days=100)  # 9 September

    reading = upload(admin, ("20261003", "Unity"), at=later)
    settle(reading, admin, at=later)

    assert active() == [(date(2026, 9, 1), "Fair"), (date(2026, 10, 3), "Unity")]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"failure": outward.OutwardFailed("The answer took too long.")}, "too long"),
        ({"failure": outward.UrlNotAllowed("This name leads elsewhere.")}, "elsewhere"),
        ({"answer": outward.Answer(302, {"location": "https://x.example.org"}, b"")}, "another"),
        ({"answer": outward.Answer(404, {}, b"")}, "404"),
        ({"answer": outward.Answer(200, {}, b"<html>Sign in</html>")}, "not an iCal file"),
        ({"answer": outward.Answer(200, {}, b"")}, "not an iCal file"),
        ({"answer": outward.Answer(200, {}, ics(("20010101", "Old")))}, "names no day"),
    ],
)
def test_a_bad_answer_is_said_and_the_last_good_state_stands(
    admin: User, net: dict[str, Any], said: dict[str, Any], sentence: str
) -> None:
    save(admin)
    feeds.fetch_due()
    settle(HolidayReading.objects.get(), admin)
    net |= said
    net["now"] = AT + timedelta(days=2)

    assert feeds.fetch_due() == 1

    feed = HolidayFeed.objects.get()
    assert sentence in feed.last_error
    assert feed.failing_since == net["now"]
    assert feed.last_read_at == AT
    assert active() == [(date(2026, 9, 1), "Fair")]
    assert not HolidayReading.objects.filter(state=State.WAITING).exists()


def test_an_hour_of_failures_is_told_once_and_again_only_after_a_good_reading(admin: User, net: dict[str, Any]) -> None:
    save(admin)
    net["failure"] = outward.OutwardFailed("No connection.")
    told = []
    for minutes in (0, 20, 40, 61, 90, 180):
        net["now"] = AT + timedelta(minutes=minutes)
        assert feeds.fetch_due() == 1
        told.append(Event.objects.filter(kind=events.HOLIDAY_FEED_FAILED).count())
    assert told == [0, 0, 0, 1, 1, 1]

    del net["failure"]
    net["now"] = AT + timedelta(minutes=200)
    feeds.fetch_due()
    feed = HolidayFeed.objects.get()
    assert (feed.last_error, feed.failing_since, feed.alarmed_at) == ("", None, None)


def test_a_reading_that_was_overtaken_by_a_new_address_is_void(admin: User, net: dict[str, Any]) -> None:
    save(admin)
    net["during"] = lambda: save(admin, url="https://other.example.org/a.ics")

    feeds.fetch_due(limit=1)

    assert not HolidayReading.objects.exists()
    assert HolidayFeed.objects.get().url == "https://other.example.org/a.ics"


def test_one_engine_asks_at_a_time(admin: User, net: dict[str, Any]) -> None:
    save(admin)
    net["during"] = lambda: net.setdefault("inner", feeds.fetch_due())

    feeds.fetch_due()

    assert net["inner"] == 0
    assert len(net["asked"]) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": "http://calendar.example.org/a.ics"}, "/url"),
        ({"url": "https://10.0.0.1/a.ics"}, "/url"),
        ({"zone": "Mars/Base"}, "/zone"),
        ({"zone": "Etc/GMT+3"}, "/zone"),
        ({"every_h": 0}, "/every_h"),
        ({"name": " "}, "/name"),
    ],
)
def test_a_feed_that_cannot_be_is_refused_with_every_fault(admin: User, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        save(admin, **changes)

    assert [problem.pointer for problem in caught.value.errors] == [pointer]
    assert not HolidaySet.objects.filter(key="town").exists()


def test_a_set_kept_otherwise_does_not_become_a_feed(admin: User) -> None:
    calendars.replace_holidays(key="town", name="Town", entries=[(date(2026, 9, 1), "Fair")], by=None, at=AT)

    with pytest.raises(Invalid):
        save(admin)


def test_an_uploaded_file_that_cannot_be_read_is_refused(admin: User) -> None:
    save(admin, url="")

    with pytest.raises(Invalid) as caught:
        feeds.upload_reading(key="town", data=b"PK\x03\x04", file_name="a.xlsx", by=admin, at=AT)

    assert caught.value.errors[0].pointer == "/file"


def test_only_administrators_act_and_only_people_review(admin: User) -> None:
    lead = make_user(roles=[Role.LEAD])
    with pytest.raises(NotPermitted):
        save(lead)
    save(admin)
    with pytest.raises(NotPermitted):
        upload(lead, ("20260901", "Fair"))
    with pytest.raises(NotPermitted):
        feeds.ask_now(key="town", by=lead, at=AT)
    reading = upload(admin, ("20260901", "Fair"))
    for by in (lead, None):
        with pytest.raises(NotPermitted):
            settle(reading, by)


@pytest.mark.parametrize("changes", [{"reason": " "}, {"calendars": ["always"]}, {"calendars": ["nowhere"]}])
def test_a_settlement_that_does_not_say_enough_is_refused(admin: User, changes: dict[str, Any]) -> None:
    save(admin, url="")
    reading = upload(admin, ("20260901", "Fair"))

    with pytest.raises(Invalid):
        settle(reading, admin, **changes)


def test_a_version_to_come_is_in_force_from_its_instant_on(admin: User) -> None:
    save(admin, url="")
    use_in_calendar(admin)
    rules = version_in_force("berlin").rules
    start = AT + timedelta(days=30)
    calendars.publish_calendar_version(
        key="berlin", name="Berlin", rules=rules, reason="Summer", effective_at=start, by=admin, at=AT
    )

    assert version_in_force("berlin", start - timedelta(seconds=1)).number == 1
    assert version_in_force("berlin", start).number == 2
    assert {version.number for version in in_force(start).filter(calendar__key="berlin")} == {2}

    calendars.publish_calendar_version(key="berlin", name="Berlin", rules=rules, reason="Now", by=admin, at=AT)
    assert version_in_force("berlin", start).number == 3


def test_a_version_too_far_away_is_refused_and_a_first_one_is_in_force_at_once(admin: User) -> None:
    weekly = {"mon": [["09:00", "17:00"]]}
    values: dict[str, Any] = {"key": "b", "name": "B", "rules": {"zone": "UTC", "weekly": weekly}, "reason": "x"}

    with pytest.raises(Invalid):
        calendars.publish_calendar_version(**values, effective_at=AT + timedelta(days=500), by=admin, at=AT)
    made = calendars.publish_calendar_version(**values, effective_at=AT + timedelta(days=5), by=admin, at=AT)
    assert made.effective_at is None
