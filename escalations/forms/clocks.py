"""What a person may do to a case's clocks, with a reason: the forms of `/c/<ref>/clocks/`. They check words, never save."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid
from escalations.lifecycle import Severity


class ClockForm(forms.Form):
    """Takes an operation's refusal beside its fields."""

    reason = forms.CharField(label=_("Reason, in one line"), max_length=300)

    def take(self, error: DomainError) -> None:
        """Show a refusal: at the field it names, else above the form."""
        problems = error.errors if isinstance(error, Invalid) else ()
        for problem in problems:
            name = problem.pointer.strip("/")
            self.add_error(name if name in self.fields else None, problem.detail)
        if not problems:
            self.add_error(None, str(error.detail))


class ExcuseForm(ClockForm):
    """Which missed clock, and why it does not count."""

    clock = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class WaiveForm(ClockForm):
    """Why the submitter's last message needs no answer."""


class CorrectForm(ClockForm):
    """The severity the case should have had from the start."""

    severity = forms.TypedChoiceField(
        label=_("Severity it should have had from the start"), choices=Severity.choices, coerce=int
    )
    field_order = ("severity", "reason")


class _InstantForm(ClockForm):
    @staticmethod
    def instant(label: Any, help_text: Any = "") -> forms.DateTimeField:
        """A date and time in the person's zone."""
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(label=label, widget=widget, help_text=help_text)

    def moment(self, name: str) -> datetime:
        """The instant given, aware UTC."""
        found: datetime = self.cleaned_data[name]
        return found.astimezone(UTC)


class PromiseForm(_InstantForm):
    """News by when."""

    reason = None  # type: ignore[assignment]
    until = _InstantForm.instant(_("News by"), _("In your time zone, at most thirty days ahead."))


class WaitForm(_InstantForm):
    """For whom, and until when at most."""

    reason = forms.CharField(label=_("For whom, in one line"), max_length=300)
    until = _InstantForm.instant(
        _("Until"), _("In your time zone, at most thirty days ahead; the clocks' own caps may end it earlier.")
    )


class ElsewhereForm(_InstantForm):
    """When the submitter was answered, and how."""

    occurred_at = _InstantForm.instant(_("Answered at"), _("In your time zone, within the last 24 hours."))
    reason = forms.CharField(label=_("How, in one line"), max_length=300)
    field_order = ("occurred_at", "reason")


class ResumeForm(ClockForm):
    """Nothing to say."""

    reason = None  # type: ignore[assignment]


class ExtendForm(_InstantForm):
    """The new legal deadline, the document that allows it, and why."""

    deadline_at = _InstantForm.instant(_("New deadline"), _("In your time zone."))
    evidence_number = forms.IntegerField(
        label=_("Document"),
        help_text=_("Its number among the evidence of this case."),
        min_value=1,
        max_value=32_000,
    )
    field_order = ("deadline_at", "evidence_number", "reason")
