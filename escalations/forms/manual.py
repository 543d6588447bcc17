"""The manual case form (NEW-1): what was pasted first, then the ask, harm, answers, evidence."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from escalations.forms.case import TIERS
from escalations.lifecycle import EntityKind, GraphicTier, Harm, Surface

_WORST = {
    "imminence": (
        _("How soon"),
        [("", "–"), ("none", _("No hurry")), ("days", _("Days")), ("hours", _("Hours")), ("now", _("Now"))],
    ),
    "physical_harm": (
        _("Bodily harm"),
        [
            ("", "–"),
            ("none", _("None")),
            ("possible", _("Possible")),
            ("serious", _("Serious")),
            ("lethal", _("Lethal")),
        ],
    ),
    "vulnerable": (
        _("Who is hurt"),
        [
            ("", "–"),
            ("none", _("Nobody in particular")),
            ("at_risk_group", _("A group at risk")),
            ("minor", _("A minor")),
        ],
    ),
    "velocity": (
        _("Spread"),
        [("", "–"), ("flat", _("Not growing")), ("growing", _("Growing")), ("viral", _("Viral"))],
    ),
    "attention": (
        _("Attention"),
        [
            ("", "–"),
            ("none", _("None")),
            ("local", _("Local press")),
            ("national", _("National press")),
            ("government", _("Government")),
        ],
    ),
}
ANSWERS = tuple(_WORST)


_SCHEME = re.compile(r"(javascript|data|vbscript|file|blob|https?|ftp)\s*:", re.I)


class ManualForm(forms.Form):
    """Checks shapes only; `intake` reads the values as it reads every submission."""

    what = forms.CharField(label=_("Address or id of what it is about"), max_length=2000)
    kind = forms.ChoiceField(label=_("It is"), choices=EntityKind.choices, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    ask = forms.CharField(label=_("What is asked"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000)
    surface = forms.ChoiceField(label=_("Surface"), choices=Surface.choices)
    harm = forms.ChoiceField(label=_("Harm"), choices=[("", _("Choose")), *Harm.choices])
    market = forms.CharField(label=_("Market"), max_length=2, required=False)
    language = forms.CharField(label=_("Language"), max_length=12, required=False)
    text = forms.CharField(
        label=_("Text as it stood"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=100_000
    )
    file = forms.FileField(label=_("File"), required=False)
    note = forms.CharField(label=_("What it shows, in neutral words"), required=False, max_length=500)
    tier = forms.ChoiceField(label=_("How graphic"), choices=TIERS, required=False)

    def clean_what(self) -> str:
        """An http(s) address or an id. Other schemes are neither: nobody is to carry one on as if it were an id (D50)."""
        what = str(self.cleaned_data["what"]).strip()
        scheme = _SCHEME.match(what)
        if scheme and scheme[1].lower() not in ("http", "https"):
            raise forms.ValidationError(_("Only http and https addresses: leave the rest out, or give the id alone."))
        return what

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, choices) in _WORST.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("market") and not given.get("language"):
            self.add_error("market", _("Give a market or a language."))
        return given

    def payload(self, upload_id: str = "") -> dict[str, Any]:
        """The submission these values make, as `submission_input.read` takes it."""
        given = self.cleaned_data
        what = given["what"].strip()
        is_address = what.startswith(("http://", "https://"))
        subject = {"kind": given["kind"] or EntityKind.POST.value, "url" if is_address else "id": what}
        body: dict[str, Any] = {
            "title": given["title"],
            "ask": given["ask"],
            "surface": given["surface"],
            "harm": given["harm"],
            "subjects": [subject],
            "severity_inputs": {name: given[name] for name in ANSWERS if given.get(name)},
        }
        body |= {name: given[name] for name in ("market", "language") if given[name]}
        body["evidence"] = self._evidence(what if is_address else "", upload_id)
        return body

    def _evidence(self, url: str, upload_id: str) -> list[dict[str, Any]]:
        given = self.cleaned_data
        tier = {"graphic_tier": GraphicTier(int(given["tier"])).name} if given["tier"] else {}
        note = {"note": given["note"]} if given["note"] else {}
        items: list[dict[str, Any]] = []
        if url:
            items.append({"kind": "url", "url": url, **tier, **({} if given["text"] or upload_id else note)})
        if given["text"]:
            items.append({"kind": "text", "text": given["text"], **tier, **({} if upload_id else note)})
        if upload_id:
            items.append({"kind": "file", "upload_id": upload_id, **tier, **note})
        return items

    def take(self, error: Invalid) -> None:
        """Put intake's refusals beside the fields they speak of."""
        for problem in error.errors:
            name = problem.pointer.strip("/").split("/")[0]
            name = {"subjects": "what", "evidence": "text", "severity_inputs": "imminence"}.get(name, name)
            self.add_error(name if name in self.fields else None, problem.detail)
        if not error.errors:
            self.add_error(None, error.detail)
