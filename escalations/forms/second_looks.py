"""Forms of blind second decisions: they check words, never save."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from escalations.lifecycle import Verdict


class LookForm(forms.Form):
    """What somebody decides who has not read the first decision."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    clause = forms.CharField(
        label=_("Clause"), max_length=16, required=False, help_text=_("Its key, as CS-VI-3.2; none where no rule fits.")
    )
    rationale = forms.CharField(
        label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class SettleForm(forms.Form):
    """Which of the two stands."""

    stands = forms.ChoiceField(
        label=_("Which is right"),
        choices=[("first", _("The first")), ("second", _("The second"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_("Why"), max_length=300)


class FlagForm(forms.Form):
    """A contested clause and the share of its decisions that is decided twice."""

    key = forms.CharField(label=_("Clause"), max_length=16, help_text=_("Its key, as CS-VI-3.2."))
    share = forms.IntegerField(label=_("Percent of its decisions"), min_value=1, max_value=100, initial=20)
    why = forms.CharField(label=_("Why"), max_length=300)
