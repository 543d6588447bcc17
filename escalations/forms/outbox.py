"""Input of the outbox and of what is handed over: plain values, nothing saved."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from escalations.enforcement_life import LONGEST_MITIGATION, MITIGATIONS
from policies.lifecycle import ActionType

SHOWN = {
    "needs": _("Need a person"),
    "way": _("On their way"),
    "over": _("Closed over"),
    "done": _("Confirmed"),
}


class OutboxFilter(forms.Form):
    """Which hand-offs are listed; the tab is `show`."""

    show = forms.ChoiceField(required=False, choices=list(SHOWN.items()), widget=forms.HiddenInput)
    type = forms.ChoiceField(label=_("Action"), required=False, choices=[("", _("Any")), *ActionType.choices])
    platform = forms.CharField(label=_("Platform"), required=False, max_length=60)
    ref = forms.CharField(label=_("Case"), required=False, max_length=20)

    def clean_show(self) -> str:
        return self.cleaned_data["show"] or "needs"


class WhyForm(forms.Form):
    """A line that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True}))


class DoneForm(WhyForm):
    """What a person found on the platform."""

    foreign_id = forms.CharField(
        label=_("The platform’s own id"), max_length=200, help_text=_("So that it can be found there again.")
    )
    field_order = ("foreign_id", "reason")


class MitigationForm(WhyForm):
    """What to limit until the case is decided, and for how long."""

    type = forms.ChoiceField(
        label=_("What to do meanwhile"), choices=[(kind.value, kind.label) for kind in map(ActionType, MITIGATIONS)]
    )
    hours = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        initial=24,
        choices=[
            (4, _("4 hours")),
            (24, _("1 day")),
            (72, _("3 days")),
            (168, _("7 days")),
            (LONGEST_MITIGATION.days * 24, _("14 days")),
        ],
    )
    markets = forms.CharField(
        label=_("Only in these countries"),
        required=False,
        max_length=120,
        help_text=_("Two-letter codes with commas, such as DE, AT. Empty: everywhere."),
    )
    field_order = ("type", "hours", "markets", "reason")

    def clean_markets(self) -> list[str]:
        return [code.strip().upper() for code in self.cleaned_data["markets"].split(",") if code.strip()]
