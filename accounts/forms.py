"""Forms of settings and administration: they turn what was typed into plain values and save nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.availability import holiday_countries
from accounts.models import Compartment, Organization, Skill, Team, User
from accounts.operations.teams import TeamInput
from accounts.roles import Role
from accounts.sections import SectionForm
from core import keys
from core.places import country_names, language_choices


@cache
def zones() -> list[tuple[str, str]]:
    """IANA zones that name places, and UTC."""
    return [("UTC", "UTC")] + [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name]


WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")


def _countries() -> list[tuple[str, str]]:
    names = country_names()
    found = [(code, names[code]) for code in holiday_countries() if code in names]
    return [("", str(_("None"))), *sorted(found, key=lambda pair: pair[1])]


class ProfileForm(SectionForm):
    """Name, time and place (SET-2)."""

    display_name = forms.CharField(label=_("Your name"), max_length=80)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    hour12 = forms.TypedChoiceField(
        label=_("Clock"),
        choices=[("0", _("24 hours")), ("1", _("12 hours"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    week_starts_on = forms.TypedChoiceField(
        label=_("The week starts on"), choices=[(1, _("Monday")), (0, _("Sunday")), (6, _("Saturday"))], coerce=int
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: at any time."),
    )
    works_from = forms.TimeField(label=_("From"), required=False, widget=_clock())
    works_to = forms.TimeField(
        label=_("To"), required=False, widget=_clock(), help_text=_("An end before the start is on the next day.")
    )
    holidays_country = forms.ChoiceField(
        label=_("Public holidays of"),
        choices=_countries,
        required=False,
        help_text=_("On those days you are not available either."),
    )

    @classmethod
    def of(cls, user: User) -> dict[str, Any]:
        plain = ("display_name", "time_zone", "week_starts_on", "locale", "holidays_country")
        hours = user.working_hours or {}
        return {name: getattr(user, name) for name in plain} | {
            "hour12": "1" if user.hour12 else "0",
            "working_days": hours.get("days", []),
            "works_from": hours.get("from"),
            "works_to": hours.get("to"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        days, starts, ends = (cleaned.get(name) for name in ("working_days", "works_from", "works_to"))
        if bool(days) != bool(starts is not None or ends is not None) or (starts is None) != (ends is None):
            missing = "working_days" if not days else "works_from" if starts is None else "works_to"
            self.add_error(missing, _("Days, a start and an end belong together: fill in all of them, or none."))
        elif starts is not None and starts == ends:
            self.add_error("works_to", _("The end is the same as the start."))
        return cleaned

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        days, starts, ends = (given.pop(name) for name in ("working_days", "works_from", "works_to"))
        hours = {"days": sorted(days), "from": f"{starts:%H:%M}", "to": f"{ends:%H:%M}"} if days else {}
        return given | {"working_hours": hours}


LANGUAGES_MOST = 8
LEVELS = [
    (1, _("a little")),
    (2, _("simple texts")),
    (3, _("well enough to decide")),
    (4, _("fluently")),
    (5, _("as my own")),
]


class LanguagesForm(forms.Form):
    """Languages a person reads, and how well (SET-2): "next best" offers cases in these. Eight rows; an empty one counts not."""

    def __init__(self, *args: Any, held: Mapping[str, int], **kwargs: Any) -> None:
        rows = sorted(held.items(), key=lambda pair: (-pair[1], pair[0]))
        kwargs["initial"] = {
            name: value
            for number, (language, level) in enumerate(rows, start=1)
            for name, value in ((f"language_{number}", language), (f"level_{number}", level))
        }
        super().__init__(*args, **kwargs)
        offered = [("", "–"), *language_choices(*held)]
        for number in range(1, max(LANGUAGES_MOST, len(rows) + 1) + 1):
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=_("Language %(n)d") % {"n": number}, choices=offered, required=False
            )
            self.fields[f"level_{number}"] = forms.TypedChoiceField(
                label=_("How well, language %(n)d") % {"n": number},
                choices=LEVELS,
                coerce=int,
                required=False,
                initial=3,
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Pairs of language and level."""
        count = len(self.fields) // 2
        return [(self[f"language_{number}"], self[f"level_{number}"]) for number in range(1, count + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        found: dict[str, int] = {}
        for number in range(1, len(self.fields) // 2 + 1):
            language = cleaned.get(f"language_{number}")
            if not language:
                continue
            if language in found:
                self.add_error(f"language_{number}", _("This language is named twice."))
            found[language] = cleaned.get(f"level_{number}") or 3
        cleaned["levels"] = found
        return cleaned


class DisplayForm(forms.Form):
    """Theme, density, size, motion (SET-3)."""

    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices, widget=forms.RadioSelect)
    density = forms.ChoiceField(label=_("Density"), choices=User.Density.choices, widget=forms.RadioSelect)
    font_px = forms.TypedChoiceField(
        label=_("Text size"), choices=[(size, f"{size} px") for size in range(13, 19)], coerce=int
    )
    reduce_motion = forms.BooleanField(label=_("No motion at all"), required=False)


class WorkForm(forms.Form):
    """What happens after a decision, and how long one may be undone (SET-5, SET-1)."""

    auto_advance = forms.ChoiceField(
        label=_("After a decision, go to"), choices=User.AutoAdvance.choices, widget=forms.RadioSelect
    )
    undo_s = forms.TypedChoiceField(
        label=_("Time to undo"),
        choices=[(10, _("10 seconds")), (30, _("30 seconds")), (60, _("60 seconds"))],
        coerce=int,
    )


class KeysForm(forms.Form):
    """Single keys on or off, behind Alt, or other keys (SET-4)."""

    single_keys = forms.BooleanField(label=_("Single keys work"), required=False)
    alt = forms.BooleanField(label=_("Single keys need Alt"), required=False)
    layout = forms.ChoiceField(
        label=_("Keyboard layout"),
        choices=[(name, title) for name, (title, _keys) in keys.LAYOUTS.items()],
        required=False,
        help_text=_("Moves the keys that need AltGr there. Letters follow your layout by themselves."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {f"key:{key.id}": key for key in keys.registry() if not key.is_native and key.shown != "-"}
        for name, key in self.keys.items():
            shown = forms.TextInput(attrs={"placeholder": key.keys[0]})
            self.fields[name] = forms.CharField(label=str(key.label), required=False, max_length=24, widget=shown)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        layout = cleaned.get("layout") or "qwerty"
        moved = keys.LAYOUTS[layout][1]
        remap: dict[str, str] = dict(moved)
        shown_before = {
            f"key:{key}": value for key, value in keys.LAYOUTS[self.initial.get("layout", "qwerty")][1].items()
        }
        for name, key in self.keys.items():
            value = (cleaned.get(name) or "").strip()
            if value == shown_before.get(name) and key.id not in moved:
                continue  # it came from the layout chosen before
            if not value or value == key.keys[0]:
                continue
            if not keys.is_combination(value):
                self.add_error(name, _("Write it as a key is named: q, Shift+Q, Mod+Enter, g q."))
            else:
                remap[key.id] = value
        wanted = {
            "single_keys": bool(cleaned.get("single_keys")),
            "alt": bool(cleaned.get("alt")),
            "remap": remap,
            "layout": layout,
        }
        for key, other, combination in keys.conflicts(wanted):
            text = (
                _("%(keys)s is kept by browsers: choose another.") % {"keys": combination}
                if other is None
                else _("%(keys)s also does “%(other)s” here.") % {"keys": combination, "other": other.label}
            )
            if f"key:{key.id}" in self.fields and key.id in remap:
                self.add_error(f"key:{key.id}", text)
        cleaned["key_settings"] = wanted
        return cleaned


class PersonForm(forms.Form):
    """A person's account, as an administrator sees it (ADM-1)."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    display_name = forms.CharField(label=_("Name"), max_length=80)
    outward_alias = forms.CharField(
        label=_("Alias for outside"),
        max_length=80,
        required=False,
        help_text=_("What submitters see instead of the name."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    organization = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.filter(is_active=True).order_by("kind", "name")
    )
    role = forms.ChoiceField(label=_("Role"), choices=[])
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.objects.filter(is_active=True).order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field()


def role_field(*, required: bool = True) -> forms.ChoiceField:
    """A base role of people (keys have their own)."""
    choices = [(role.value, role.label) for role in Role if role not in (Role.VENDOR_KEY, Role.INTERNAL_KEY)]
    return forms.ChoiceField(label=_("Role"), choices=choices, required=required)


class RoleForm(forms.Form):
    """A role to give, perhaps for a time."""

    role = forms.ChoiceField(choices=[])
    expires_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: for good."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field()


class ClearanceForm(forms.Form):
    """A compartment to let somebody into."""

    compartment = forms.ChoiceField(label=_("Compartment"), choices=Compartment.choices)
    days = forms.IntegerField(label=_("For days"), min_value=1, max_value=90, initial=90)


class TeamsForm(forms.Form):
    """The teams of one person."""

    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["teams"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Team.objects.filter(organization=organization, is_active=True).order_by("name")


class TeamForm(forms.Form):
    """A team: its name, where it sits, what it does (ADM-1)."""

    name = forms.CharField(label=_("Name"), max_length=80)
    hub = forms.CharField(label=_("Hub"), max_length=40, required=False, help_text=_("Where it sits, as Dublin."))
    function = forms.CharField(
        label=_("Function"), max_length=40, required=False, help_text=_("What it does, as Ads review.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        initial=True,
        help_text=_("Without it the team is archived: offered nowhere, kept in the log."),
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        if team is not None:
            names = ("name", "hub", "function", "time_zone", "is_active")
            kwargs["initial"] = {name: getattr(team, name) for name in names}
        super().__init__(*args, **kwargs)
        if team is None:
            del self.fields["is_active"]

    def values(self) -> TeamInput:
        """What was typed, for the operation."""
        given = self.cleaned_data
        return TeamInput(
            name=given["name"],
            hub=given["hub"],
            function=given["function"],
            time_zone=given["time_zone"],
            is_active=given.get("is_active", True),
        )


class MembersForm(forms.Form):
    """Who is in a team, and who leads it."""

    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    leads = forms.ModelMultipleChoiceField(
        label=_("Who leads it"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of the members. It grants no role: roles are given on the person’s page."),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        held = dict(team.memberships.values_list("user_id", "is_lead"))
        kwargs["initial"] = {"members": list(held), "leads": [pk for pk, is_lead in held.items() if is_lead]}
        super().__init__(*args, **kwargs)
        able = User.objects.filter(organization_id=team.organization_id, is_active=True).order_by("display_name", "pk")
        for name, queryset in (("members", able), ("leads", able.filter(pk__in=list(held)))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = queryset


class SkillsForm(forms.Form):
    """Skills as lines: `language es 4`, one a line, level 1 to 5."""

    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "One a line: kind, value, level 1 to 5. Kinds: language, policy, market, surface. Example: language es 4"
        ),
    )

    def clean_skills(self) -> list[tuple[str, str, int, None]]:
        found: dict[tuple[str, str], tuple[str, str, int, None]] = {}
        for number, line in enumerate(self.cleaned_data["skills"].splitlines(), start=1):
            words = line.split()
            if not words:
                continue
            if len(words) not in (2, 3) or words[0] not in Skill.Kind.values or len(words[1]) > 40:
                raise forms.ValidationError(_("Line %(n)d: write it as “language es 4”.") % {"n": number})
            level = words[2] if len(words) == 3 else "3"
            if level not in "12345" or len(level) != 1:
                raise forms.ValidationError(_("Line %(n)d: the level is a number from 1 to 5.") % {"n": number})
            found[words[0], words[1].lower()] = (words[0], words[1].lower(), int(level), None)
        return list(found.values())


class LogForm(forms.Form):
    """Filters of the log (all optional)."""

    kind = forms.CharField(label=_("What"), required=False, max_length=64)
    subject = forms.CharField(label=_("About"), required=False, max_length=64)
    actor = forms.CharField(label=pgettext_lazy("log filter", "Who"), required=False, max_length=80)
    since = forms.DateTimeField(
        label=_("From"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label=_("To"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end lies before the beginning."))
        return cleaned
