"""Business calendars. Configuration of the internal organization: no tenant column, vendors never read these tables."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from oncall.business_time import CalendarSpec, spec_from_rules


class Calendar(models.Model):
    """A named pattern of hours; what it says lives in its versions.

    In force at an instant is the highest number that has come into effect by then (`selectors.calendars`).
    """

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    # Of the iCal address others may read it at: a new number makes earlier addresses void; 0 or less, there is none.
    share_number = models.IntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One published wording of a calendar. Append-only: the database refuses UPDATE and DELETE.

    `rules` as `business_time.spec_from_rules` reads them; `set_holidays` are the entries copied from `holiday_sets` at
    publishing, so that a later change of a set changes nothing that was promised under this version. `notes` say why single
    dates have other hours or a break ({"2026-12-27": "Stocktaking"}). `effective_at` is when it comes into force; null: when
    it was published. A version with a higher number that is in force makes one before it void, also one yet to come.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rules = models.JSONField()
    holiday_sets = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    set_holidays = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    reason = models.CharField(max_length=300)
    effective_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="calendar_versions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="calendar_version_number_from_1"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="calendar_version_has_reason"),
            models.CheckConstraint(
                condition=models.Q(effective_at__isnull=True) | models.Q(effective_at__gte=models.F("published_at")),
                name="calendar_version_not_before_publishing",
            ),
        ]

    @property
    def in_force_from(self) -> datetime:
        """When it comes, or came, into force (aware UTC), unless a higher number did before."""
        return self.effective_at or self.published_at

    def read_spec(self) -> CalendarSpec:
        """The version's rules for `business_time`; `selectors.calendars.spec_of` keeps it. Raises `CalendarRulesInvalid`."""
        own = self.rules.get("holidays", [])
        return spec_from_rules({**self.rules, "holidays": [*own, *self.set_holidays]})


class HolidaySet(models.Model):
    """Holidays shared by calendars: the public ones of a country, or a list kept by hand."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("Kept by hand")
        COUNTRY = "country", _("Public holidays of a country")
        ICAL = "ical", _("An iCal feed")

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=8, choices=Source, default=Source.MANUAL)

    def __str__(self) -> str:
        return self.name


class HolidayEntry(models.Model):
    """One closed local date, or with `from_clock` and `to_clock` a part of it. Inactive entries are ignored."""

    holiday_set = models.ForeignKey(HolidaySet, on_delete=models.CASCADE, related_name="entries")
    held_on = models.DateField()
    name = models.CharField(max_length=120)
    from_clock = models.CharField(max_length=8, blank=True)
    to_clock = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["holiday_set", "held_on", "name"], name="holiday_entry_once"),
            models.CheckConstraint(
                condition=models.Q(from_clock="", to_clock="") | (~models.Q(from_clock="") & ~models.Q(to_clock="")),
                name="holiday_entry_part_has_both_ends",
            ),
        ]

    def as_rule(self) -> dict[str, str]:
        """The entry as an element of a version's holidays."""
        rule = {"on": self.held_on.isoformat(), "name": self.name}
        return rule | {"from": self.from_clock, "to": self.to_clock} if self.from_clock else rule
