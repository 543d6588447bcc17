"""Publishing calendars and keeping holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import holidays as public_holidays
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organization, User
from audit.recording import record
from core.errors import FieldProblem, Invalid
from oncall import events, permissions
from oncall.business_time import WEEKDAYS, CalendarRulesInvalid
from oncall.ical import Day
from oncall.models import Calendar, CalendarVersion, HolidayEntry, HolidaySet

FARTHEST = timedelta(days=400)  # how far ahead a version may be set to come into force
ALWAYS = "always"  # the key of the 24/7 calendar, made by a migration: a calendar like others

_OFFICE = {day: [["09:00", "18:00"]] for day in WEEKDAYS[:5]}
# key, name, rules, holiday set; the three hubs of a follow-the-sun team as a start to edit.
_DEFAULTS: tuple[tuple[str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("office-dublin", "Dublin office hours", {"zone": "Europe/Dublin", "weekly": _OFFICE}, ("ie",)),
    ("office-singapore", "Singapore office hours", {"zone": "Asia/Singapore", "weekly": _OFFICE}, ("sg",)),
    ("office-austin", "Austin office hours", {"zone": "America/Chicago", "weekly": _OFFICE}, ("us-tx",)),
)
_COUNTRIES = (
    ("ie", "Ireland", "IE", None),
    ("sg", "Singapore", "SG", None),
    ("us-tx", "United States, Texas", "US", "TX"),
)


@transaction.atomic
def publish_calendar_version(
    *,
    key: str,
    name: str,
    rules: Mapping[str, Any],
    holiday_sets: Sequence[str] = (),
    notes: Mapping[str, str] | None = None,
    effective_at: datetime | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> CalendarVersion:
    """Publish the next version of the calendar `key`, which is made if it is new. `at` is aware UTC.

    `rules` as `business_time.spec_from_rules` reads them; active entries of the holiday sets are copied into the version;
    `notes` say why single dates differ. New clocks use it at once, or from `effective_at` (aware UTC) on; running ones stay on
    the version they have. A version still to come is void once this one is in force. Locks the calendar; records
    `calendar.published`. Raises `Invalid` with every fault of the rules, `NotPermitted` unless an administrator.
    """
    permissions.check_can_edit_calendars(by)
    if not reason.strip():
        raise Invalid(errors=[FieldProblem("/reason", "required", _("Say why the calendar changes."))])
    if effective_at is not None and effective_at <= at:
        effective_at = None
    if effective_at is not None and effective_at > at + FARTHEST:
        raise Invalid(errors=[FieldProblem("/effective_at", "out_of_range", _("Choose a time within 400 days."))])
    entries = entries_of(holiday_sets)

    calendar, _made = Calendar.objects.get_or_create(key=key, defaults={"name": name, "created_at": at})
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.name != name:
        calendar.name = name
        calendar.save(update_fields=["name"])
    last = calendar.versions.order_by("-number").first()
    if last is None:
        effective_at = None  # a calendar without hours until then would leave its targets without due times
    version = CalendarVersion(
        calendar=calendar,
        number=last.number + 1 if last else 1,
        rules=dict(rules),
        holiday_sets=list(holiday_sets),
        set_holidays=[entry.as_rule() for entry in entries],
        notes={on: text.strip()[:120] for on, text in (notes or {}).items() if text.strip()},
        reason=reason.strip()[:300],
        effective_at=effective_at,
        published_at=at,
        published_by=by if isinstance(by, User) else None,
    )
    try:
        version.read_spec()
    except CalendarRulesInvalid as error:
        raise Invalid(
            errors=[
                FieldProblem("/rules/" + field.replace(".", "/"), "invalid", f"{field} {sentence}")
                for field, sentence in error.errors
            ]
        ) from error
    version.save(force_insert=True)
    record(
        events.CALENDAR_PUBLISHED,
        subject=calendar,
        by=by,
        at=at,
        data={"key": key, "version": version.number, "reason": version.reason}
        | ({"effective_at": effective_at.isoformat()} if effective_at else {}),
        organization_id=internal_organization_id(by),
    )
    return version


@transaction.atomic
def replace_holidays(
    *,
    key: str,
    name: str,
    entries: Sequence[Day | tuple[date, str]],
    since: date | None = None,
    source: HolidaySet.Source = HolidaySet.Source.MANUAL,
    by: Actor,
    at: datetime,
) -> HolidaySet:
    """Make the set `key` hold exactly these holidays (local date, name, and for a part of a day its clock times).

    Only entries from the local date `since` on are touched, if it is given. `at` is aware UTC. Entries that are gone are
    switched off, not removed. Published calendar versions keep what they copied; a calendar uses
    the change with its next version. Locks the set; records `holiday_set.changed` if anything did. Raises `NotPermitted`.
    """
    permissions.check_can_edit_calendars(by)
    found, _made = HolidaySet.objects.get_or_create(key=key, defaults={"name": name, "source": source})
    holiday_set = HolidaySet.objects.select_for_update().get(pk=found.pk)
    days = [Day(*entry) for entry in entries]
    wanted = {(day.on, day.name[:120]): (day.from_clock, day.to_clock) for day in days}
    rows = holiday_set.entries.all() if since is None else holiday_set.entries.filter(held_on__gte=since)
    known = {(entry.held_on, entry.name): entry for entry in rows}

    changed = []
    for pair, entry in known.items():
        part = wanted.get(pair, (entry.from_clock, entry.to_clock))
        if entry.is_active != (pair in wanted) or (entry.from_clock, entry.to_clock) != part:
            entry.is_active = pair in wanted
            entry.from_clock, entry.to_clock = part
            changed.append(entry)
    HolidayEntry.objects.bulk_update(changed, ["is_active", "from_clock", "to_clock"])
    added = [
        HolidayEntry(holiday_set=holiday_set, held_on=on, name=title, from_clock=part[0], to_clock=part[1])
        for (on, title), part in sorted(wanted.items())
        if (on, title) not in known
    ]
    HolidayEntry.objects.bulk_create(added)
    if changed or added:
        record(
            events.HOLIDAYS_CHANGED,
            subject=holiday_set,
            by=by,
            at=at,
            data={"key": key, "entries": len(wanted)},
            organization_id=internal_organization_id(by),
        )
    return holiday_set


def load_country_holidays(
    *, key: str, name: str, country: str, subdivision: str | None, years: Sequence[int], by: Actor, at: datetime
) -> HolidaySet:
    """`replace_holidays` with the public holidays of a country (ISO 3166 codes) as the `holidays` library knows them."""
    found = public_holidays.country_holidays(country, subdiv=subdivision, years=list(years), language="en_US")
    return replace_holidays(
        key=key, name=name, entries=sorted(found.items()), source=HolidaySet.Source.COUNTRY, by=by, at=at
    )


@transaction.atomic
def ensure_defaults(*, at: datetime) -> None:
    """Make office calendars of three hubs as a start to edit, unless they exist; edited ones are left alone.

    They carry the public holidays of this year and the two after it. `at` is aware UTC; records what `publish` and
    `replace_holidays` record. Needs the internal organization.
    """
    missing = {key for key, *_ in _DEFAULTS} - set(Calendar.objects.values_list("key", flat=True))
    if not missing:
        return
    present = set(HolidaySet.objects.values_list("key", flat=True))
    years = [at.year, at.year + 1, at.year + 2]
    for key, name, country, subdivision in _COUNTRIES:
        if key not in present:
            load_country_holidays(
                key=key, name=name, country=country, subdivision=subdivision, years=years, by=None, at=at
            )
    for key, name, rules, sets in _DEFAULTS:
        if key in missing:
            publish_calendar_version(
                key=key, name=name, rules=rules, holiday_sets=sets, reason="Set up with the product", by=None, at=at
            )


@transaction.atomic
def share_calendar(*, key: str, is_shared: bool, by: Actor, at: datetime) -> Calendar:
    """Give out an iCal address of the calendar, or a new one in place of it, or withdraw it. `at` is aware UTC.

    Whoever has the address reads the hours without signing in; an address that was replaced or withdrawn is void at once.
    Locks the calendar; records `calendar.shared`. Raises `NotPermitted`, `Calendar.DoesNotExist`.
    """
    permissions.check_can_edit_calendars(by)
    calendar = Calendar.objects.select_for_update().get(key=key)
    calendar.share_number = abs(calendar.share_number) + 1 if is_shared else -abs(calendar.share_number)
    calendar.save(update_fields=["share_number"])
    record(
        events.CALENDAR_SHARED,
        subject=calendar,
        by=by,
        at=at,
        data={"key": key, "is_shared": is_shared},
        organization_id=internal_organization_id(by),
    )
    return calendar


def entries_of(keys: Sequence[str]) -> list[HolidayEntry]:
    """The active entries of these sets, as a version published now would copy them. Raises `Invalid` for unknown keys."""
    known = set(HolidaySet.objects.filter(key__in=keys).values_list("key", flat=True))
    unknown = [key for key in keys if key not in known]
    if unknown:
        sentence = _("There is no holiday set called %(names)s.") % {"names": ", ".join(unknown)}
        raise Invalid(errors=[FieldProblem("/holiday_sets", "unknown", sentence)])
    entries = HolidayEntry.objects.filter(holiday_set__key__in=keys, is_active=True)
    return list(entries.order_by("held_on", "name", "id"))


def internal_organization_id(by: Actor) -> int:
    """Whose events about calendars are: the acting person's organization, or for the system the internal one."""
    if by is not None:
        return by.organization_id
    return Organization.objects.get(kind=Organization.Kind.INTERNAL).pk
