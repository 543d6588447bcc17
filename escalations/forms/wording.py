"""Forms of the ask's wording and of legal holds: they check words, never save."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from escalations.operations.submission_input import LONGEST_ASK

REASON_MAX = 300


class WordingForm(forms.Form):
    """The ask in other words, and why; `seen` is the number of the wording the editor saw."""

    text = forms.CharField(
        label=_("What is asked"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        max_length=LONGEST_ASK,
        help_text=_("The submitter’s own words are kept and stay one click away."),
    )
    reason = forms.CharField(label=_("Why it is worded anew, in one line"), max_length=REASON_MAX)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class BasisForm(forms.Form):
    """Why a case is held."""

    basis = forms.CharField(
        label=_("Basis, in one line"), max_length=REASON_MAX, help_text=_("The matter, order or request behind it.")
    )


class ReleaseForm(forms.Form):
    """Why a hold may end."""

    reason = forms.CharField(label=_("Why the hold may end, in one line"), max_length=REASON_MAX)


class NoForm(forms.Form):
    """Nothing to fill in: a press confirms."""
