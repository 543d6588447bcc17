"""How graphic material meets a person, and what they would rather not be given (ux.md SET-1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sections import SectionForm
from accounts.shielding import CHOICES, MOST_BLUR_PX, Start, shield_of
from escalations.lifecycle import GraphicTier, Harm


class WellnessForm(SectionForm):
    """The shield's first step by graphic tier, what a revealed picture is seen through, and harms left out."""

    start_g0 = forms.ChoiceField(label=GraphicTier.G0.label, choices=[])
    start_g1 = forms.ChoiceField(label=GraphicTier.G1.label, choices=[])
    start_g2 = forms.ChoiceField(label=GraphicTier.G2.label, choices=[])
    start_g3 = forms.ChoiceField(label=GraphicTier.G3.label, choices=[])
    start_unknown = forms.ChoiceField(label=_("Not rated yet"), choices=[])
    greyscale = forms.BooleanField(label=_("Without colour"), required=False)
    blur_px = forms.IntegerField(
        label=_("Blur, in pixels"),
        min_value=0,
        max_value=MOST_BLUR_PX,
        widget=forms.NumberInput(attrs={"type": "range", "step": "4", "data-shield-try": "blur"}),
    )
    harm_opt_outs = forms.MultipleChoiceField(
        label=_("Not for me"), choices=Harm.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, allowed in CHOICES.items():
            field = self.fields[f"start_{name}"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(step.value, step.label) for step in Start if step in allowed]
        self.fields["greyscale"].widget.attrs["data-shield-try"] = "grey"

    @classmethod
    def of(cls, user: User) -> dict[str, Any]:
        shield = shield_of(user.shield_settings)
        return {f"start_{name}": step.value for name, step in shield.starts.items()} | {
            "greyscale": shield.greyscale,
            "blur_px": shield.blur_px,
            "harm_opt_outs": user.harm_opt_outs,
        }

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        left_out = given.pop("harm_opt_outs")
        return {"shield_settings": given, "harm_opt_outs": sorted(left_out)}
