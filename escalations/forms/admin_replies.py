"""Forms of reply templates: they check words, never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from escalations.lifecycle import TemplatePurpose, Verdict
from escalations.models import ReplyTemplate
from escalations.operations.replies import LONGEST


class TemplateForm(forms.Form):
    """A template's name; its short name is given once."""

    slug = forms.CharField(
        label=_("Short name"), max_length=50, help_text=_("Small letters, digits and hyphens; it stays as it is.")
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    purpose = forms.ChoiceField(
        label=_("What it is for"), choices=TemplatePurpose.choices, initial="reply", required=False
    )
    verdicts = forms.MultipleChoiceField(
        label=_("Goes out with these verdicts"),
        choices=Verdict.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For notices of decisions; of several that fit, the oldest goes out."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, template: ReplyTemplate | None = None, **kwargs: Any) -> None:
        if template is not None:
            kwargs.setdefault(
                "initial", {"name": template.name, "is_active": template.is_active, "verdicts": template.verdicts}
            )
        super().__init__(*args, **kwargs)
        if template is not None:
            del self.fields["slug"], self.fields["purpose"]
            if template.purpose == TemplatePurpose.REPLY:
                del self.fields["verdicts"]


class WordingForm(forms.Form):
    """The message in one language."""

    language = forms.CharField(label=_("Language"), max_length=12, initial="en", help_text=_("As en, es or pt-BR."))
    body = forms.CharField(
        label=_("Message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}),
        help_text=_(
            "A variable stands in double braces: {{ reference }}. What has no value on a case must be filled in by hand."
        ),
    )
