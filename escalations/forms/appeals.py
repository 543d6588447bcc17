"""Forms of appeals: they check words, never save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from escalations.appeal_life import Grounds, Outcome
from escalations.models import EnforcementAction, Entity
from escalations.operations.appeals import LINE_MAX, TEXT_MAX, Judgement, Request

_AREA = {"rows": 6, "dir": "auto"}


class FileForm(forms.Form):
    """An appeal taken down for the person concerned."""

    entity_id = forms.TypedChoiceField(label=_("Whose appeal"), coerce=int)
    text = forms.CharField(
        label=_("What they say, word for word"), max_length=TEXT_MAX, widget=forms.Textarea(attrs=_AREA)
    )
    language = forms.CharField(
        label=_("Language"), required=False, max_length=12, help_text=_("Its code, such as pt-BR.")
    )
    expedited_reason = forms.CharField(
        label=_("Why it cannot wait"),
        required=False,
        max_length=LINE_MAX,
        help_text=_("Leave it empty for the usual time. S0, S1 and protected accounts are always fast."),
    )
    late_reason = forms.CharField(
        label=_("Why it is taken late"),
        required=False,
        max_length=LINE_MAX,
        help_text=_("Only after the six months are over, and only a lead may."),
    )

    def __init__(self, *args: Any, entities: Sequence[Entity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity_id"].choices = [(entity.pk, str(entity)) for entity in entities]  # type: ignore[attr-defined]

    def asked(self) -> Request:
        return Request(**self.cleaned_data)


class JudgeForm(forms.Form):
    """How an appeal ends."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    grounds = forms.ChoiceField(label=_("What was wrong"), required=False, choices=[("", _("–")), *Grounds.choices])
    lifted = forms.MultipleChoiceField(
        label=_("Taken back in a partial outcome"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rationale = forms.CharField(label=_("Why, for the team"), max_length=TEXT_MAX, widget=forms.Textarea(attrs=_AREA))
    answer = forms.CharField(
        label=_("What the appellant reads"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs=_AREA),
        help_text=_("The outcome, why, and what they can do next."),
    )

    def __init__(self, *args: Any, actions: Sequence[EnforcementAction], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lifted"].choices = [(str(action.public_id), action.step.label) for action in actions]  # type: ignore[attr-defined]
        if not actions:
            del self.fields["lifted"]

    def judgement(self) -> Judgement:
        values = self.cleaned_data
        return Judgement(
            outcome=Outcome(values["outcome"]),
            rationale=values["rationale"],
            answer=values["answer"],
            grounds=Grounds(values["grounds"]) if values["grounds"] else None,
            lifted=tuple(values.get("lifted") or ()),
        )


class WordsForm(forms.Form):
    """A message to or from the appellant."""

    body = forms.CharField(
        label=_("Message"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )
    language = forms.CharField(label=_("Language"), required=False, max_length=12)


class TranslationForm(forms.Form):
    """The appellant's words in the team's language."""

    translation = forms.CharField(
        label=_("Translation"), required=False, max_length=TEXT_MAX, widget=forms.Textarea(attrs=_AREA)
    )
