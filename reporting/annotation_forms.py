"""The form of a note on the time line. Plain values out; never saves. Times are typed in the writer's zone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from escalations.models import Queue
from policies.forms_writing import MomentField
from reporting.lifecycle import AnnotationKind
from reporting.models import Annotation
from reporting.operations.annotations import TEXT_MAX, AnnotationInput


class AnnotationForm(forms.Form):
    """What happened, when, and whom it concerns."""

    text = forms.CharField(
        label=_("What happened"),
        max_length=TEXT_MAX,
        help_text=_("One line: it stands below every chart of that time."),
    )
    kind = forms.ChoiceField(label=_("About"), choices=AnnotationKind.choices)
    starts_at = MomentField(label=_("When"))
    ends_at = MomentField(label=_("Until"), required=False)
    vendor = forms.ModelChoiceField(label=_("Only this vendor"), queryset=Organization.objects.none(), required=False)
    queue = forms.ModelChoiceField(label=_("Only this queue"), queryset=Queue.objects.none(), required=False)
    is_new_baseline = forms.BooleanField(
        label=_("From here on something else is usual"),
        required=False,
        help_text=_("Readers of a chart are told that the weeks before are another story."),
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vendors = Organization.objects.exclude(pk=viewer.organization_id)
        self.fields["vendor"].queryset = vendors.order_by("name", "id")  # type: ignore[attr-defined]
        self.fields["queue"].queryset = Queue.objects.filter(is_active=True).order_by("name", "id")  # type: ignore[attr-defined]

    def values(self) -> AnnotationInput:
        """The cleaned input of the operations."""
        return AnnotationInput(**self.cleaned_data)


def first_values(note: Annotation) -> dict[str, Any]:
    """A note as the form shows it."""
    return {name: getattr(note, name) for name in AnnotationForm.base_fields}
