"""Calendars as people write them: hours by weekday, closed days by line. Forms save nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import holidays as public_holidays
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from holidays.registry import COUNTRIES

from accounts.forms import zones
from core.errors import Invalid
from oncall.business_time import WEEKDAYS
from oncall.ical import MOST_BYTES
from oncall.models import CalendarVersion, HolidaySet

DAY_NAMES = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}
_WHOLE_DAY = [["00:00", "24:00"]]
_SPAN = re.compile(r"^(\d{2}:\d{2}(?::\d{2})?)\s*[-–]\s*(\d{2}:\d{2}(?::\d{2})?)$", re.ASCII)
_CLOCKS = r"\d{2}:\d{2}(?::\d{2})?\s*[-–]\s*\d{2}:\d{2}(?::\d{2})?"
_HOURS_AND_WHY = re.compile(rf"^(24 ?h|-|{_CLOCKS}(?:\s*[,;]\s*{_CLOCKS})*)(?:\s+(.*))?$", re.ASCII | re.IGNORECASE)
_MOST_LINES = 500


def read_hours(text: str) -> list[list[str]]:
    """`09:00-12:00, 13:00-18:00`; `24h` for the whole day, nothing for closed. Raises `ValueError` with a sentence."""
    text = text.strip()
    if not text or text == "-":
        return []
    if text.lower() in ("24h", "24 h"):
        return [list(pair) for pair in _WHOLE_DAY]
    found = []
    for part in re.split(r"[,;]", text):
        match = _SPAN.match(part.strip())
        if match is None:
            raise ValueError(_("Write hours such as 09:00-12:00, 13:00-18:00, or 24h. Empty: closed."))
        found.append([match[1], match[2]])
    return found


def split_hours(text: str) -> tuple[str, str]:
    """The hours a line begins with, and the words behind them: `10:00-14:00, 15:00-16:00 Stocktaking`."""
    match = _HOURS_AND_WHY.match(text)
    return (match[1], (match[2] or "").strip()) if match else (text, "")


def write_hours(spans: Sequence[Sequence[str]]) -> str:
    """Hours as `read_hours` takes them."""
    if [list(span) for span in spans] == _WHOLE_DAY:
        return "24h"
    return ", ".join(f"{start}-{end}" for start, end in spans)


def _dated_lines(by_date: Mapping[str, Sequence[Sequence[str]]], notes: Mapping[str, str]) -> list[str]:
    return [f"{on} {write_hours(spans) or '-'} {notes.get(on, '')}".strip() for on, spans in sorted(by_date.items())]


def _day(word: str) -> str:
    try:
        return date.fromisoformat(word).isoformat() if len(word) == 10 else ""
    except ValueError:
        return ""


class CalendarForm(forms.Form):
    """The next version of a calendar."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    key = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=40,
        help_text=gettext_lazy("For good: letters, digits, hyphens."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)
    holiday_sets = forms.MultipleChoiceField(
        label=gettext_lazy("Closed on the public holidays of"),
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Copied into the version as they are now."),
    )
    closed = forms.CharField(
        label=gettext_lazy("Also closed on"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy(
            "One a line: 2026-12-24 Christmas Eve, or for a part 2026-12-24 12:00-24:00 Christmas Eve."
        ),
    )
    special = forms.CharField(
        label=gettext_lazy("Other hours on"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy(
            "One a line: 2026-12-27 10:00-14:00 Stocktaking. They win over a holiday on that day. A hyphen instead of hours: closed."
        ),
    )
    breaks = forms.CharField(
        label=gettext_lazy("Breaks"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("One a line: 2026-12-01 12:00-13:00 Fire drill. Closed within the hours of that day."),
    )
    effective_at = forms.DateTimeField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        help_text=gettext_lazy("In your time zone. Empty: at once."),
    )
    reason = forms.CharField(label=gettext_lazy("Why it changes"), max_length=300)

    def __init__(self, *args: Any, version: CalendarVersion | None, is_new: bool, **kwargs: Any) -> None:
        if version is not None:
            kwargs["initial"] = self._initial(version)
        super().__init__(*args, **kwargs)
        self.version = version
        for day in WEEKDAYS:
            self.fields[day] = forms.CharField(label=DAY_NAMES[day], required=False, max_length=200)
        sets = self.fields["holiday_sets"]
        assert isinstance(sets, forms.MultipleChoiceField)
        sets.choices = list(HolidaySet.objects.order_by("name", "id").values_list("key", "name"))
        if not is_new:
            del self.fields["key"]

    @staticmethod
    def _initial(version: CalendarVersion) -> dict[str, Any]:
        rules = version.rules
        closed = [
            " ".join(
                part
                for part in (
                    entry["on"],
                    f"{entry['from']}-{entry['to']}" if "from" in entry else "",
                    entry.get("name"),
                )
                if part
            )
            for entry in rules.get("holidays", [])
        ]
        return {
            "name": version.calendar.name,
            "zone": rules["zone"],
            "holiday_sets": version.holiday_sets,
            "closed": "\n".join(closed),
            "special": "\n".join(_dated_lines(rules.get("overrides", {}), version.notes)),
            "breaks": "\n".join(_dated_lines(rules.get("breaks", {}), version.notes)),
            **{day: write_hours(rules["weekly"].get(day, [])) for day in WEEKDAYS},
        }

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self[day] for day in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        weekly = {}
        for day in WEEKDAYS:
            try:
                if hours := read_hours(cleaned.get(day, "")):
                    weekly[day] = hours
            except ValueError as error:
                self.add_error(day, str(error))
        notes: dict[str, str] = {}
        cleaned["rules"] = {
            "zone": cleaned.get("zone", ""),
            "weekly": weekly,
            "holidays": self._closed(cleaned.get("closed", "")),
            "overrides": self._dated("special", cleaned.get("special", ""), notes),
            "breaks": self._dated("breaks", cleaned.get("breaks", ""), notes),
        }
        cleaned["notes"] = notes
        return cleaned

    def _lines(self, name: str, text: str) -> list[tuple[int, str, str]]:
        """Number, date and rest of each line; lines without a date are refused by the field."""
        found = []
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(lines) > _MOST_LINES:
            self.add_error(name, _("At most %(most)d lines.") % {"most": _MOST_LINES})
            return []
        for number, line in lines:
            word, _space, rest = line.partition(" ")
            if on := _day(word):
                found.append((number, on, rest.strip()))
            else:
                self.add_error(name, _("Line %(n)d: begin with a date such as 2026-12-24.") % {"n": number})
        return found

    def _closed(self, text: str) -> list[dict[str, str]]:
        found = []
        for _number, on, rest in self._lines("closed", text):
            word, _space, name = rest.partition(" ")
            if match := _SPAN.match(word):
                found.append({"on": on, "from": match[1], "to": match[2], "name": name.strip()[:120]})
            else:
                found.append({"on": on, "name": rest[:120]})
        return found

    def _dated(self, field: str, text: str, notes: dict[str, str]) -> dict[str, list[list[str]]]:
        """Hours by date; what stands behind them on a line is why, and goes to `notes`."""
        found: dict[str, list[list[str]]] = {}
        for number, on, rest in self._lines(field, text):
            spans, words = split_hours(rest)
            try:
                hours = read_hours(spans)
                if field == "breaks" and not hours:
                    raise ValueError(_("Write from when to when, such as 12:00-13:00."))
            except ValueError as error:
                self.add_error(field, _("Line %(n)d: %(what)s") % {"n": number, "what": error})
                continue
            found[on] = [*found.get(on, []), *hours] if field == "breaks" else hours
            if words:
                notes[on] = words[:120]
        return found

    def take(self, error: Invalid) -> None:
        """Put the operation's refusals beside the fields they speak of."""
        for problem in error.errors:
            parts = problem.pointer.strip("/").replace("[", "/").split("/")
            if parts[0] == "rules":
                parts = parts[1:] or ["zone"]
            name = {
                "weekly": parts[1].split(".")[0] if len(parts) > 1 else "mon",
                "holidays": "closed",
                "overrides": "special",
            }.get(parts[0], parts[0])
            self.add_error(name if name in self.fields else None, problem.detail)


@cache
def _country_names() -> dict[str, str]:
    return {codes[1]: module.replace("_", " ").title() for module, codes in COUNTRIES.items()}


def country_choices() -> list[tuple[str, str]]:
    """Countries whose public holidays are known, by name; each once, under its code of two letters (ISO 3166)."""
    names = _country_names()
    known = public_holidays.list_supported_countries()
    return sorted(((code, name) for code, name in names.items() if code in known), key=lambda choice: choice[1])


class DayForm(forms.Form):
    """One date on which a calendar's hours differ, with the reason: becomes the calendar's next version."""

    CLOSED, HOURS, BREAK, USUAL = "closed", "hours", "break", "usual"

    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What holds"),
        choices=[
            (CLOSED, gettext_lazy("Closed all day")),
            (HOURS, gettext_lazy("Other hours")),
            (BREAK, gettext_lazy("A break")),
            (USUAL, gettext_lazy("As in any week")),
        ],
    )
    hours = forms.CharField(
        label=gettext_lazy("Hours"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as 10:00-14:00; for other hours and breaks."),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=120)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        cleaned["spans"] = []
        if kind in (self.HOURS, self.BREAK):
            try:
                cleaned["spans"] = read_hours(cleaned.get("hours", ""))
            except ValueError as error:
                self.add_error("hours", str(error))
            else:
                if not cleaned["spans"]:
                    self.add_error("hours", _("Write from when to when, such as 12:00-13:00."))
        return cleaned

    def rules_after(self, version: CalendarVersion) -> tuple[dict[str, Any], dict[str, str]]:
        """Rules and notes of the next version: those of `version` but for this day."""
        given = self.cleaned_data
        on, kind = given["on"].isoformat(), given["kind"]
        rules = dict(version.rules)
        overrides, breaks, notes = dict(rules.get("overrides", {})), dict(rules.get("breaks", {})), dict(version.notes)
        if kind == self.USUAL:
            overrides.pop(on, None)
            breaks.pop(on, None)
            notes.pop(on, None)
        elif kind == self.BREAK:
            breaks[on] = [*breaks.get(on, []), *given["spans"]]
        else:
            overrides[on] = given["spans"]
        if kind != self.USUAL:
            notes[on] = given["reason"]
        return rules | {"overrides": overrides, "breaks": breaks}, notes

    def take(self, error: Invalid) -> None:
        """Put the operation's refusals beside the hours."""
        for problem in error.errors:
            self.add_error("hours", problem.detail)


class FeedForm(forms.Form):
    """Where a set of holidays is read from."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    key = forms.SlugField(
        label=gettext_lazy("Short name"), max_length=40, help_text=gettext_lazy("For good: letters, digits, hyphens.")
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("https://… of an iCal file on the public internet. Empty: you upload files."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=zones, help_text=gettext_lazy("Whose days the entries are.")
    )
    every_h = forms.IntegerField(
        label=gettext_lazy("Read every so many hours"), initial=24, min_value=1, max_value=24 * 14
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["key"]

    def take(self, error: Invalid) -> None:
        """Put the operation's refusals beside the fields they speak of."""
        for problem in error.errors:
            name = problem.pointer.strip("/")
            self.add_error(name if name in self.fields else None, problem.detail)


class UploadForm(forms.Form):
    """An iCal file with the days of a set."""

    file = forms.FileField(
        label=gettext_lazy("iCal file"), widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"})
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(most)d bytes.") % {"most": MOST_BYTES})
        return file


class ReviewForm(forms.Form):
    """What becomes of a reading."""

    do = forms.ChoiceField(choices=[("accept", "accept"), ("reject", "reject")])
    calendars = forms.MultipleChoiceField(
        label=gettext_lazy("Publish the next version of"),
        required=False,
        choices=[],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("New clocks use it at once; running ones keep the version they have."),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, *args: Any, calendars: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["calendars"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(calendars)
        field.initial = [key for key, _name in calendars]


class CountryForm(forms.Form):
    """A country, or a part of it, whose public holidays are to be loaded."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices)
    subdivision = forms.CharField(
        label=gettext_lazy("State or region"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("Its code, such as TX."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country, part = cleaned.get("country", ""), (cleaned.get("subdivision") or "").strip().upper()
        cleaned["subdivision"] = part
        known = public_holidays.list_supported_countries().get(country, []) if country else []
        if country and part and part not in known:
            some = ", ".join(list(known)[:60]) or _("none: leave it empty")
            self.add_error("subdivision", _("Codes known for this country: %(codes)s.") % {"codes": some})
        return cleaned

    def names(self) -> Mapping[str, str]:
        """Key and name of the set."""
        country, part = self.cleaned_data["country"], self.cleaned_data["subdivision"]
        name = _country_names().get(country, country)
        return {
            "key": "-".join(word.lower() for word in (country, part) if word),
            "name": f"{name}, {part}" if part else name,
        }
