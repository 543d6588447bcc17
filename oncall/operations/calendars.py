"""Publishing calendars and keeping holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import holidays as public_holidays
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organization, User
from audit.recording import record
from core.errors import FieldProblem, Invalid
from oncall import events, permissions
from oncall.business_time import WEEKDAYS, CalendarRulesInvalid
from oncall.models import Calendar, CalendarVersion, HolidayEntry, HolidaySet

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
    reason: str,
    by: Actor,
    at: datetime,
) -> CalendarVersion:
    """Publish the next version of the calendar `key`, which is made if it is new. `at` is aware UTC.

    `rules` as `business_time.spec_from_rules` reads them; active entries of the holiday sets are copied into the version.
    New clocks use it at once, running ones stay on the version they have. Locks the calendar; records
    `calendar.published`. Raises `Invalid` with every fault of the rules, `NotPermitted` unless an administrator.
    """
    permissions.check_can_edit_calendars(by)
    if not reason.strip():
        raise Invalid(errors=[FieldProblem("/reason", "required", "Say why the calendar changes.")])
    entries = _entries_of(holiday_sets)

    calendar, _ = Calendar.objects.get_or_create(key=key, defaults={"name": name, "created_at": at})
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.name != name:
        calendar.name = name
        calendar.save(update_fields=["name"])
    last = calendar.versions.order_by("-number").first()
    version = CalendarVersion(
        calendar=calendar,
        number=last.number + 1 if last else 1,
        rules=dict(rules),
        holiday_sets=list(holiday_sets),
        set_holidays=[entry.as_rule() for entry in entries],
        reason=reason.strip()[:300],
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
        data={"key": key, "version": version.number, "reason": version.reason},
        organization_id=_internal_organization_id(by),
    )
    return version


@transaction.atomic
def replace_holidays(
    *,
    key: str,
    name: str,
    entries: Sequence[tuple[date, str]],
    source: HolidaySet.Source = HolidaySet.Source.MANUAL,
    by: Actor,
    at: datetime,
) -> HolidaySet:
    """Make the set `key` hold exactly these whole-day holidays (local date, name). `at` is aware UTC.

    Entries that are gone are switched off, not removed. Published calendar versions keep what they copied; a calendar uses
    the change with its next version. Locks the set; records `holiday_set.changed` if anything did. Raises `NotPermitted`.
    """
    permissions.check_can_edit_calendars(by)
    found, _ = HolidaySet.objects.get_or_create(key=key, defaults={"name": name, "source": source})
    holiday_set = HolidaySet.objects.select_for_update().get(pk=found.pk)
    wanted = {(held_on, title[:120]) for held_on, title in entries}
    known = {(entry.held_on, entry.name): entry for entry in holiday_set.entries.all()}

    changed = []
    for pair, entry in known.items():
        if entry.is_active != (pair in wanted):
            entry.is_active = pair in wanted
            changed.append(entry)
    HolidayEntry.objects.bulk_update(changed, ["is_active"])
    added = [
        HolidayEntry(holiday_set=holiday_set, held_on=on, name=title) for on, title in sorted(wanted - known.keys())
    ]
    HolidayEntry.objects.bulk_create(added)
    if changed or added:
        record(
            events.HOLIDAYS_CHANGED,
            subject=holiday_set,
            by=by,
            at=at,
            data={"key": key, "entries": len(wanted)},
            organization_id=_internal_organization_id(by),
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


def _entries_of(keys: Sequence[str]) -> list[HolidayEntry]:
    known = set(HolidaySet.objects.filter(key__in=keys).values_list("key", flat=True))
    unknown = [key for key in keys if key not in known]
    if unknown:
        sentence = f"There is no holiday set called {', '.join(unknown)}."
        raise Invalid(errors=[FieldProblem("/holiday_sets", "unknown", sentence)])
    entries = HolidayEntry.objects.filter(holiday_set__key__in=keys, is_active=True)
    return list(entries.order_by("held_on", "name", "id"))


def _internal_organization_id(by: Actor) -> int:
    if by is not None:
        return by.organization_id
    return Organization.objects.get(kind=Organization.Kind.INTERNAL).pk
