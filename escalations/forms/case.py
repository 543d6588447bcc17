"""Forms of the case page: they check words, never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from escalations.lifecycle import GraphicTier, Harm, Surface
from escalations.models import Case


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Values and files of a form that was sent, also an empty one; nothing for a page that only shows it."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


EDITED = ("title", "surface", "platform", "harm", "suspected_policy", "market", "language")


class EditForm(forms.Form):
    """Plain facts. `seen_*` carry what the editor saw, so that only a change of the same field is a conflict."""

    title = forms.CharField(label=_("Title"), max_length=200)
    surface = forms.ChoiceField(label=_("Surface"), choices=Surface.choices)
    platform = forms.CharField(label=_("Platform"), max_length=60, required=False)
    harm = forms.ChoiceField(label=_("Harm"), choices=[("", "–"), *Harm.choices], required=False)
    suspected_policy = forms.CharField(label=_("Suspected clause"), max_length=40, required=False)
    market = forms.CharField(label=_("Market"), max_length=8, required=False)
    language = forms.CharField(label=_("Language"), max_length=12, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in EDITED:
            self.fields[f"seen_{name}"] = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
        self.fields["revision"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @classmethod
    def of(cls, case: Case, data: Any) -> EditForm:
        """The form for a case, empty of input or with `data`."""
        initial: dict[str, Any] = {name: getattr(case, name) for name in EDITED}
        initial |= {f"seen_{name}": getattr(case, name) for name in EDITED}
        return cls(data, initial=initial | {"revision": case.revision})

    @property
    def revision(self) -> int:
        """The revision the editor saw."""
        return int(self.cleaned_data["revision"])

    def changes(self) -> dict[str, Any]:
        """What the editor really changed."""
        given = self.cleaned_data
        return {name: given[name] for name in EDITED if given[name] != given[f"seen_{name}"]}

    def conflicts_with(self, case: Case) -> dict[str, dict[str, str]]:
        """Fields that both the editor and somebody else changed: by name, both texts."""
        return {
            name: {"label": str(self.fields[name].label), "theirs": getattr(case, name), "mine": mine}
            for name, mine in self.changes().items()
            if getattr(case, name) not in (self.cleaned_data[f"seen_{name}"], mine)
        }

    def seen_now(self) -> dict[str, Any]:
        """What stands in the case now, for saving over it after both texts were shown."""
        return {name: self.initial[name] for name in EDITED}

    def take(self, error: Invalid) -> None:
        """Put an operation's refusal beside its fields."""
        for problem in error.errors:
            name = problem.pointer.strip("/")
            self.add_error(name if name in self.fields else None, problem.detail)
        if not error.errors:
            self.add_error(None, error.detail)


TIERS = [("", _("Not known yet (shielded)")), *[(str(value), label) for value, label in GraphicTier.choices]]


class EvidenceForm(forms.Form):
    """One item: a file, an address or a passage; exactly one of the three."""

    file = forms.FileField(label=_("File"), required=False)
    url = forms.CharField(label=_("Web address"), required=False, max_length=2000)
    text = forms.CharField(
        label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=100_000
    )
    note = forms.CharField(label=_("What it shows, in neutral words"), required=False, max_length=500)
    tier = forms.ChoiceField(label=_("How graphic"), choices=TIERS, required=False)
    corrects = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        named = [name for name in ("file", "url", "text") if given.get(name)]
        if len(named) != 1 and not any(name in self.errors for name in ("file", "url", "text")):
            said = _("Give a file, an address or a text.") if not named else _("Give one of these at a time.")
            self.add_error(named[1] if named else "file", said)
        return given

    def given_tier(self) -> GraphicTier | None:
        """None: not known."""
        value = self.cleaned_data.get("tier", "")
        return GraphicTier(int(value)) if value else None
