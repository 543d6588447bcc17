"""Input of the library's pages, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.lifecycle import HARM_LABELS, SURFACE_LABELS, Family
from policies.selectors import Filters

CHANGED = [("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]


class LibraryFilter(forms.Form):
    """What narrows the library's list. Every field may be left empty."""

    q = forms.CharField(label=_("Words"), max_length=200, required=False)
    family = forms.ChoiceField(label=_("Family"), required=False)
    surface = forms.ChoiceField(label=_("Surface"), required=False)
    harm = forms.ChoiceField(label=_("Harm"), required=False)
    market = forms.ChoiceField(label=_("Market"), required=False)
    changed = forms.ChoiceField(label=_("Changed within"), required=False)

    def __init__(self, *args: Any, markets: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices: dict[str, list[tuple[Any, Any]]] = {}
        self._offer("family", _("All families"), Family.choices)
        self._offer("surface", _("All surfaces"), SURFACE_LABELS.items())
        self._offer("harm", _("All harms"), HARM_LABELS.items())
        self._offer("market", _("All markets"), ((market, market) for market in markets))
        self._offer("changed", _("Any time"), CHANGED)

    def _offer(self, name: str, nothing: Any, choices: Iterable[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        self._choices[name] = [("", nothing), *choices]
        field.choices = self._choices[name]

    def filters(self) -> Filters:
        """The valid values; call after `is_valid`."""
        values = self.cleaned_data
        return Filters(
            q=values["q"].strip(),
            family=values["family"],
            surface=values["surface"],
            harm=values["harm"],
            market=values["market"],
            changed_days=int(values["changed"]) if values["changed"] else None,
        )

    def active(self) -> list[tuple[str, str, str]]:
        """The filters in use as (name, label, value in words), for taking them away one by one."""
        shown = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value:
                words = dict(self._choices[name]).get(value, value) if name in self._choices else value
                shown.append((name, str(field.label), str(words)))
        return shown
