"""Input of a strike ladder's next edition: one threshold on each line, as `3: feature_block:7, warning`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import StrikeLadder


def in_lines(ladder: StrikeLadder | None) -> str:
    """An edition's thresholds as people edit them."""
    rows: list[dict[str, Any]] = ladder.thresholds if ladder is not None else []
    return "\n".join(f"{row['at']}: {', '.join(row['actions'])}" for row in rows)


class LadderForm(forms.Form):
    """The window and the thresholds of one surface."""

    window_days = forms.IntegerField(
        label=gettext_lazy("A strike counts for (days)"),
        min_value=1,
        max_value=3650,
        help_text=gettext_lazy("1 to 3650."),
    )
    thresholds = forms.CharField(
        label=gettext_lazy("Thresholds"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One on each line: the number of strikes, a colon, what follows. Such as “3: feature_block:7”; days follow a second colon."
        ),
    )
    note = forms.CharField(label=gettext_lazy("Why it changes"), max_length=300)

    def clean_thresholds(self) -> list[dict[str, Any]]:
        found = []
        for number, line in enumerate(self.cleaned_data["thresholds"].splitlines(), start=1):
            if not line.strip():
                continue
            at, colon, actions = line.partition(":")
            if not colon or not at.strip().isdecimal() or len(at.strip()) > 3:
                raise forms.ValidationError(
                    _("Line %(number)d does not begin with a number of strikes and a colon.") % {"number": number}
                )
            keys = [key.strip() for key in actions.split(",") if key.strip()]
            found.append({"at": int(at), "actions": keys})
        return found
