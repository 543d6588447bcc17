"""Answering a dispute."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """Who was right, and what the submitter is told."""

    upheld = forms.TypedChoiceField(
        label=_("What do you find?"),
        choices=[
            ("1", _("The submitter is right: open the case again, count it as valid")),
            ("0", _("It stays invalid")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("What the submitter is told"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5_000
    )
