"""Input of the pages of briefs and schedules. Plain values out; never saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import FieldProblem
from reporting import blocks as of_blocks
from reporting.blocks import Block, Written
from reporting.lifecycle import BriefCadence, BriefKind, Classification, Region, ScheduleFormat, SchedulePace
from reporting.operations.schedules import Plan
from reporting.selectors.briefs import surface_choices


def show(form: forms.Form, problems: Iterable[FieldProblem]) -> None:
    """Put problems beside their fields; those of no field stand above the form."""
    for problem in problems:
        name = problem.pointer.strip("/")
        form.add_error(name if name in form.fields else None, problem.detail)


def _surfaces() -> list[tuple[str, Any]]:
    return [("", _("All surfaces")), *surface_choices()]


REGIONS = [("", _("Everywhere")), *Region.choices]


class BriefHeadForm(forms.Form):
    """What a brief is about and who may hold a copy."""

    title = forms.CharField(label=_("Title"), max_length=120)
    surface = forms.ChoiceField(label=_("About"), choices=_surfaces, required=False)
    region = forms.ChoiceField(label=_("Where"), choices=REGIONS, required=False)
    classification = forms.ChoiceField(
        label=_("Classification"), choices=Classification.choices, initial=Classification.CONFIDENTIAL
    )


class NewBriefForm(BriefHeadForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=BriefKind.choices, initial=BriefKind.WEEKLY)
    language = forms.ChoiceField(label=_("Written in"), choices=settings.LANGUAGES, initial="en")
    field_order = ("kind", "title", "surface", "region", "classification", "language")


class SubscriptionForm(forms.Form):
    """What somebody wants mailed, and when."""

    surface = forms.ChoiceField(label=_("Briefs about"), choices=_surfaces, required=False)
    region = forms.ChoiceField(label=_("Where"), choices=REGIONS, required=False)
    cadence = forms.ChoiceField(label=_("When"), choices=BriefCadence.choices, initial=BriefCadence.AT_ONCE)
    is_forward_safe = forms.BooleanField(
        label=_("I may pass it on"),
        required=False,
        initial=True,
        help_text=_("Then it neither names nor links objects that not every reader of briefs may open."),
    )


class ScheduleForm(forms.Form):
    """What is mailed, when, as what, to whom."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("It stands in the subject."))
    page = forms.ChoiceField(label=_("Report"))
    where = forms.CharField(
        label=_("Filter"),
        max_length=600,
        required=False,
        help_text=_(
            "As in the filter bar of reports. Each receiver gets what they may see of it. A saved report has its own."
        ),
    )
    days = forms.TypedChoiceField(
        label=_("Reaching back"),
        coerce=int,
        initial=28,
        help_text=_("For pages; a saved report has its own stretch of time."),
        choices=[
            (1, _("one day")),
            (7, _("7 days")),
            (14, _("14 days")),
            (28, _("28 days")),
            (91, _("13 weeks")),
            (182, _("26 weeks")),
            (364, _("52 weeks")),
        ],
    )
    pace = forms.ChoiceField(label=_("How often"), choices=SchedulePace.choices, initial=SchedulePace.WEEKLY)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), coerce=int, initial=1, choices=[(number + 1, WEEKDAYS[number]) for number in range(7)]
    )
    day = forms.IntegerField(
        label=_("Day of the month"), min_value=1, max_value=28, initial=1, help_text=_("For monthly reports; 1 to 28.")
    )
    local_at = forms.TimeField(
        label=_("At"),
        initial="08:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("By the clock of each receiver’s own zone."),
    )
    format = forms.ChoiceField(label=_("As"), choices=ScheduleFormat.choices, initial=ScheduleFormat.PDF)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Each receiver’s own")), *settings.LANGUAGES]
    )
    people = forms.ModelMultipleChoiceField(
        label=_("To"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pages: Iterable[tuple[str, Any]], people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page"].choices = list(pages)  # type: ignore[attr-defined]
        self.fields["people"].queryset = people  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """What was typed, as the operations take it."""
        values = dict(self.cleaned_data)
        values["people"] = [person.pk for person in values["people"]]
        return Plan(**values)


def written_of(data: Mapping[str, str], there: Iterable[Block]) -> dict[str, Written]:
    """What was typed for each block: fields `text-<id>`, `owner-<id>`, `by-<id>`. A date that is none is a problem of its block."""
    found = {}
    for block in there:
        if f"text-{block.id}" not in data:
            continue
        day, problems = None, []
        typed = data.get(f"by-{block.id}", "").strip()
        if typed:
            try:
                day = date.fromisoformat(typed[:10])
            except ValueError:
                problems.append(
                    FieldProblem(f"/{block.id}", "wrong_form", _now("This is no day: write it as 2026-11-30."))
                )
        found[block.id] = Written(
            _plain(data.get(f"text-{block.id}", "")), _plain(data.get(f"owner-{block.id}", "")), day, problems
        )
    return found


def _plain(text: str) -> str:
    """Without NUL, which no row keeps, and with line ends of one kind; cut far above what is accepted, so that it is refused."""
    return text.replace("\x00", "").replace("\r\n", "\n")[: of_blocks.TEXT_MOST * 4]
