"""Holidays from iCal feeds: fetched or uploaded, kept until a person has looked, accepted or rejected."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Action
from audit.recording import record
from core import engine, outward
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from oncall import events, permissions
from oncall.business_time import zone_names
from oncall.ical import MOST_BYTES, Day, FeedUnreadable, Reading, read_days
from oncall.models import Calendar, HolidayFeed, HolidayReading, HolidaySet
from oncall.operations.calendars import internal_organization_id, publish_calendar_version, replace_holidays
from oncall.selectors.feeds import changes_of, days_of, days_of_set

YEARS = 3  # this one and the two after it
TIMEOUT_S = 8.0
LEASE = timedelta(seconds=60)
RETRY = timedelta(minutes=15)
ALARM_AFTER = timedelta(hours=1)


class AlreadySettled(DomainError):
    """Somebody else accepted or rejected this reading, or a newer one took its place."""

    code = "already_settled"
    title = "This reading was settled already"


@transaction.atomic
def save_feed(*, key: str, name: str, url: str, zone: str, every_h: int = 24, by: Actor, at: datetime) -> HolidayFeed:
    """Make a set of holidays that comes from an iCal feed, or change where it comes from. `at` is aware UTC.

    `url` empty: only files that people upload. `zone` (IANA) says whose days the entries are. A feed with an address is read
    within a minute, then every `every_h` hours; what it says waits for `settle_reading`. Locks the set; records
    `holiday_feed.saved`. Raises `NotPermitted`, `Invalid` (also for an address that is not on the public internet, and for
    a set that does not come from a feed).
    """
    permissions.check_can_edit_calendars(by)
    problems = _problems(name, url, zone, every_h)
    found = HolidaySet.objects.filter(key=key).first()
    if found is not None and found.source != HolidaySet.Source.ICAL:
        problems.append(FieldProblem("/key", "taken", _("This short name is taken: choose another.")))
    if problems:
        raise Invalid(errors=problems)
    if found is None:
        found, _made = HolidaySet.objects.get_or_create(
            key=key, defaults={"name": name, "source": HolidaySet.Source.ICAL}
        )
    holiday_set = HolidaySet.objects.select_for_update().get(pk=found.pk)
    holiday_set.name = name.strip()
    holiday_set.save(update_fields=["name"])
    feed = HolidayFeed.objects.filter(holiday_set=holiday_set).first() or HolidayFeed(holiday_set=holiday_set)
    feed.url, feed.zone, feed.every_h = url, zone, every_h
    feed.next_at, feed.lease_until = (at if url else None), None
    feed.failing_since, feed.last_error, feed.alarmed_at = None, "", None
    feed.fence += 1
    feed.save()
    record(
        events.HOLIDAY_FEED_SAVED,
        subject=holiday_set,
        by=by,
        at=at,
        data={"key": key, "host": host_of(url), "zone": zone, "every_h": every_h},
        organization_id=internal_organization_id(by),
    )
    return feed


def host_of(url: str) -> str:
    """The host of a feed's address: the rest may hold a secret."""
    return urlsplit(url).hostname or ""


def _problems(name: str, url: str, zone: str, every_h: int) -> list[FieldProblem]:
    problems = []
    if not name.strip():
        problems.append(FieldProblem("/name", "required", _("Give the holidays a name.")))
    if zone not in zone_names():
        problems.append(FieldProblem("/zone", "unknown", _("Choose a time zone such as Europe/Berlin.")))
    if not 1 <= every_h <= 24 * 14:
        problems.append(FieldProblem("/every_h", "out_of_range", _("Choose from 1 hour to 14 days.")))
    if url:
        try:
            outward.check_url(url)
        except outward.UrlNotAllowed as error:
            problems.append(FieldProblem("/url", error.code, str(error)))
    return problems


# -- Reading -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def upload_reading(*, key: str, data: bytes, file_name: str, by: Actor, at: datetime) -> HolidayReading | None:
    """Read an uploaded iCal file for the set `key`: what differs waits for review; None if nothing does.

    `at` is aware UTC. Locks the set; records `holiday_reading.found`. Raises `NotPermitted`, `Invalid` for a file that cannot
    be used (the set stays as it is), `HolidaySet.DoesNotExist` for a set that has no feed.
    """
    permissions.check_can_edit_calendars(by)
    holiday_set = HolidaySet.objects.select_for_update(of=("self",)).get(key=key, feed__isnull=False)
    try:
        reading = _read(data, holiday_set.feed.zone, at)
    except FeedUnreadable as error:
        raise Invalid(errors=[FieldProblem("/file", "unreadable", str(error))]) from error
    return _take(holiday_set, reading, source=file_name, by=by, at=at)


@transaction.atomic
def ask_now(*, key: str, by: Actor, at: datetime) -> None:
    """Let the engine read the feed of the set `key` at its next turn. `at` is aware UTC.

    Raises `NotPermitted`, `Invalid` if the set has no address, `HolidaySet.DoesNotExist`.
    """
    permissions.check_can_edit_calendars(by)
    holiday_set = HolidaySet.objects.get(key=key, feed__isnull=False)
    feed = HolidayFeed.objects.select_for_update().get(holiday_set=holiday_set)
    if not feed.url:
        raise Invalid(_("This set has no address: upload a file."))
    feed.next_at = at
    feed.save(update_fields=["next_at"])


def fetch_due(limit: int = 20) -> int:
    """Read the feeds whose time has come, one after another, each between two short transactions; answers how many."""
    done = 0
    while done < limit and not engine.is_stopping():
        feed = _claim()
        if feed is None:
            break
        _fetch(feed)
        engine.progress()
        done += 1
    return done


@transaction.atomic
def _claim() -> HolidayFeed | None:
    at = db_now()
    due = HolidayFeed.objects.filter(next_at__lte=at).exclude(lease_until__gt=at).order_by("next_at", "id")
    # Uses index: holiday_feed_by_next
    feed = due.select_for_update(skip_locked=True).first()
    if feed is None:
        return None
    feed.fence += 1
    feed.lease_until = at + LEASE
    feed.save(update_fields=["fence", "lease_until"])
    return feed


def _fetch(feed: HolidayFeed) -> None:
    reading, failure = None, ""
    try:
        answer = outward.fetch(
            "GET",
            feed.url,
            headers={"Accept": "text/calendar, */*;q=0.1", "User-Agent": settings.PRODUCT_NAME},
            timeout_s=TIMEOUT_S,
            max_bytes=MOST_BYTES,
        )
        if answer.status == 200:
            reading = _read(answer.body, feed.zone, db_now())
        elif 300 <= answer.status < 400:
            failure = _("The address sends readers on to another: write that one here.")
        else:
            failure = _("The address answered %(status)d instead of a calendar.") % {"status": answer.status}
    except (outward.UrlNotAllowed, outward.OutwardFailed, FeedUnreadable) as error:
        failure = str(error)
    _settle_fetch(feed.pk, feed.fence, reading, failure)


@transaction.atomic
def _settle_fetch(feed_id: int, fence: int, reading: Reading | None, failure: str) -> None:
    at = db_now()
    # The set's lock first, as everywhere; a saved feed or a later reading has another fence and makes this one void.
    holiday_set = HolidaySet.objects.select_for_update(of=("self",)).get(feed__pk=feed_id)
    feed = HolidayFeed.objects.select_for_update().filter(pk=feed_id, fence=fence).first()
    if feed is None:
        return
    every = timedelta(hours=feed.every_h)
    feed.lease_until = None
    if reading is not None:
        feed.next_at, feed.last_read_at = at + every, at
        feed.failing_since, feed.last_error, feed.alarmed_at = None, "", None
        _take(holiday_set, reading, source=host_of(feed.url), by=None, at=at)
    else:
        feed.next_at = at + min(RETRY, every)
        feed.failing_since = feed.failing_since or at
        feed.last_error = failure[:500]
        if feed.alarmed_at is None and at - feed.failing_since >= ALARM_AFTER:
            feed.alarmed_at = at
            record(
                events.HOLIDAY_FEED_FAILED,
                subject=holiday_set,
                by=None,
                at=at,
                data={
                    "key": holiday_set.key,
                    "error": feed.last_error,
                    "failing_since": feed.failing_since.isoformat(),
                },
                organization_id=internal_organization_id(None),
            )
    feed.save()


def _read(data: bytes, zone: str, at: datetime) -> Reading:
    since = today(zone, at)
    return read_days(data, zone=zone, since=since, until=date(since.year + YEARS, 1, 1))


def today(zone: str, at: datetime) -> date:
    """The local date in a zone: from it on a feed is believed; days before stay as they were, feeds drop them."""
    return at.astimezone(ZoneInfo(zone)).date()


def _take(holiday_set: HolidaySet, reading: Reading, *, source: str, by: Actor, at: datetime) -> HolidayReading | None:
    """Keep what differs from the set for review. The caller holds the set's lock."""
    entries = [_entry(day) for day in reading.days]
    digest = hashlib.sha256(orjson.dumps(entries)).hexdigest()
    waiting = HolidayReading.objects.filter(holiday_set=holiday_set, state=HolidayReading.State.WAITING).first()
    if waiting is not None and waiting.digest == digest:
        return waiting
    if waiting is not None:
        waiting.state, waiting.settled_at = HolidayReading.State.REPLACED, at
        waiting.save(update_fields=["state", "settled_at"])
    since = today(holiday_set.feed.zone, at)
    changes = changes_of(days_of_set(holiday_set, since=since), reading.days)
    if not changes:
        return None
    last = HolidayReading.objects.filter(holiday_set=holiday_set).exclude(state=HolidayReading.State.REPLACED)
    refused = last.order_by("-settled_at", "-id").first()
    if by is None and refused and refused.state == HolidayReading.State.REJECTED and refused.digest == digest:
        return None  # a person has said no to exactly this; asking again every day would only teach to click
    made = HolidayReading.objects.create(
        holiday_set=holiday_set,
        entries=entries,
        notes=list(reading.notes),
        digest=digest,
        source=source[:300],
        found_at=at,
        found_by=by if isinstance(by, User) else None,
    )
    count = {kind: sum(change.kind == kind for change in changes) for kind in ("added", "removed", "changed")}
    record(
        events.HOLIDAY_READING_FOUND,
        subject=holiday_set,
        by=by,
        at=at,
        data={"key": holiday_set.key, **count},
        organization_id=internal_organization_id(by),
    )
    return made


def _entry(day: Day) -> dict[str, str]:
    entry = {"on": day.on.isoformat(), "name": day.name}
    return entry | {"from": day.from_clock, "to": day.to_clock} if day.from_clock else entry


# -- Review ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def settle_reading(
    *, reading_id: int, is_accepted: bool, reason: str, calendars: Sequence[str] = (), by: Actor, at: datetime
) -> HolidayReading:
    """Accept or reject what a feed said; only a person does. `at` is aware UTC.

    Accepted, the set holds the reading's days from today on, and the `calendars` named (keys; those that use the set) get
    their next version with them: new clocks use it at once, running ones keep theirs. Rejected, nothing changes and the same
    reading is not offered again until the feed says something else. Locks the set; records `holiday_reading.settled` and
    what `replace_holidays` and `publish_calendar_version` record. Raises `NotPermitted`, `Invalid`, `AlreadySettled`,
    `HolidayReading.DoesNotExist`.
    """
    permissions.check_can_edit_calendars(by)
    if not isinstance(by, User):
        raise NotPermitted(_("Feeds are reviewed by a person."), rule=Action.CONFIG_EDIT)
    if not reason.strip():
        raise Invalid(errors=[FieldProblem("/reason", "required", _("Say why."))])
    holiday_set = HolidaySet.objects.select_for_update(of=("self",)).get(readings__pk=reading_id)
    reading = HolidayReading.objects.select_for_update().get(pk=reading_id)
    if reading.state != HolidayReading.State.WAITING:
        raise AlreadySettled(_("This reading was settled already: look at the newest one."))
    users = {calendar.key: calendar for calendar in calendars_using(holiday_set, at)}
    if unknown := [key for key in calendars if key not in users]:
        sentence = _("%(names)s: not a calendar that uses these holidays.") % {"names": ", ".join(unknown)}
        raise Invalid(errors=[FieldProblem("/calendars", "unknown", sentence)])
    reading.state = HolidayReading.State.ACCEPTED if is_accepted else HolidayReading.State.REJECTED
    reading.settled_at, reading.settled_by, reading.reason = at, by, reason.strip()[:300]
    reading.save(update_fields=["state", "settled_at", "settled_by", "reason"])
    if is_accepted:
        since = today(holiday_set.feed.zone, at)
        replace_holidays(
            key=holiday_set.key,
            name=holiday_set.name,
            entries=[day for day in days_of(reading) if day.on >= since],
            since=since,
            source=HolidaySet.Source.ICAL,
            by=by,
            at=at,
        )
        for key in calendars:
            _publish_again(users[key], reason=reason, by=by, at=at)
    record(
        events.HOLIDAY_READING_SETTLED,
        subject=holiday_set,
        by=by,
        at=at,
        data={
            "key": holiday_set.key,
            "is_accepted": is_accepted,
            "reason": reading.reason,
            "calendars": list(calendars) if is_accepted else [],
        },
        organization_id=internal_organization_id(by),
    )
    return reading


def calendars_using(holiday_set: HolidaySet, at: datetime) -> list[Calendar]:
    """Calendars whose version in force at `at`, or one still to come, names the set."""
    found = []
    for calendar in Calendar.objects.prefetch_related("versions").order_by("name", "id"):
        newest = max(calendar.versions.all(), key=lambda version: version.number, default=None)
        if newest is not None and holiday_set.key in newest.holiday_sets:
            found.append(calendar)
    return found


def _publish_again(calendar: Calendar, *, reason: str, by: Actor, at: datetime) -> None:
    """The newest version's rules with the holiday sets as they are now."""
    newest = calendar.versions.order_by("-number").first()
    assert newest is not None
    publish_calendar_version(
        key=calendar.key,
        name=calendar.name,
        rules=newest.rules,
        holiday_sets=newest.holiday_sets,
        notes=newest.notes,
        effective_at=newest.effective_at,
        reason=reason,
        by=by,
        at=at,
    )
