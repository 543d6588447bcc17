"""Forms of the inbox, of preferences and of deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.lifecycle import EventClass, Mode, Tab
from notifications.models import ChatRoute
from notifications.selectors.inbox import STATES, Filters

WEEKDAYS = (
    (1, gettext_lazy("Monday")),
    (2, gettext_lazy("Tuesday")),
    (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")),
    (5, gettext_lazy("Friday")),
    (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
)
STATE_WORDS = {
    "open": gettext_lazy("Waiting"),
    "unread": gettext_lazy("Unread"),
    "snoozed": gettext_lazy("Put off"),
    "done": gettext_lazy("Done"),
}


class FilterForm(forms.Form):
    """What narrows the inbox."""

    q = forms.CharField(label=gettext_lazy("Case or other reference"), required=False, max_length=64, strip=True)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *EventClass.choices]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[(name, STATE_WORDS[name]) for name in STATES]
    )


def filters_of(values: Any) -> tuple[Filters, FilterForm]:
    """The filters an address asks for; what it says wrongly is as if it were not said, and the form shows what holds."""
    form = FilterForm(
        {
            "q": values.get("q", "").replace("\x00", ""),
            "kind": values.get("kind", ""),
            "state": values.get("state", "") or "open",
        }
    )
    form.is_valid()
    good = form.cleaned_data
    tab = values.get("tab", Tab.NEEDS)
    return (
        Filters(
            tab=tab if tab in Tab.values else Tab.NEEDS.value,
            event_class=good.get("kind", ""),
            state=good.get("state") or "open",
            text=good.get("q", ""),
            before=values.get("before", ""),
        ),
        form,
    )


SNOOZES = ("hour", "three", "tomorrow", "monday")


class SnoozeForm(forms.Form):
    """Until when an entry is put off."""

    until = forms.ChoiceField(
        label=gettext_lazy("Until"),
        widget=forms.RadioSelect,
        choices=[
            ("hour", gettext_lazy("In an hour")),
            ("three", gettext_lazy("In three hours")),
            ("tomorrow", gettext_lazy("Tomorrow at 9:00")),
            ("monday", gettext_lazy("Next Monday at 9:00")),
        ],
        initial="hour",
    )

    def instant(self, *, at: datetime, zone: str) -> datetime:
        """The chosen time as an instant, seen at `at` (aware UTC) in the person's zone."""
        choice = self.cleaned_data["until"]
        if choice in ("hour", "three"):
            return at + timedelta(hours=1 if choice == "hour" else 3)
        local = at.astimezone(ZoneInfo(zone))
        days = 1 if choice == "tomorrow" else 7 - local.weekday()
        return (local + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


class TimingForm(forms.Form):
    """Quiet hours and the digest's time, in the person's own zone."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Quiet hours that begin on"),
        required=False,
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: every day."),
    )
    digest_at = forms.TimeField(
        label=gettext_lazy("Digest at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class DecideForm(forms.Form):
    """Why a delivery is sent again or given up."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("Kept in the log with your name.")
    )


class ChatForm(forms.Form):
    """A chat's incoming address."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The incoming webhook that your chat made for one channel or person. It is kept encrypted and never shown"
            " again; empty keeps the one that is set."
        ),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("What the chat takes"), choices=ChatRoute.Form.choices, widget=forms.RadioSelect
    )


class TeamChatForm(ChatForm):
    """A team's chat, and what it hears."""

    classes = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears of cases in the team’s queues"),
        required=False,
        choices=EventClass.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Restricted cases are never told to a team’s chat."),
    )


class NumberForm(forms.Form):
    """A number for texts and calls."""

    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy(
            "With its country, such as +49 170 1234567. We text a code to it. It is kept encrypted."
        ),
    )


class CodeForm(forms.Form):
    """The code that came."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=gettext_lazy("Six digits, valid for ten minutes and five tries."),
    )


def mode_of(text: str) -> Mode:
    """A choice of the matrix. Raises `ValidationError` for anything else."""
    if text not in Mode.values:
        raise forms.ValidationError(_("Choose one of the listed ways."))
    return Mode(text)
