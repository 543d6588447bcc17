"""The form of an alert: it checks words, never saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from escalations.models import SavedView, ViewAlert


class AlertForm(forms.Form):
    """Which view, and what of it is news."""

    view = forms.ModelChoiceField(
        label=_("View"), queryset=SavedView.objects.none(), to_field_name="slug", empty_label=None
    )
    kind = forms.TypedChoiceField(
        label=_("Tell me when"),
        choices=ViewAlert.Kind.choices,
        coerce=ViewAlert.Kind,
        initial=ViewAlert.Kind.ENTERS,
        widget=forms.RadioSelect,
    )
    threshold = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Of cases, or of minutes of age. Not needed for cases that enter."),
    )

    def __init__(self, *args: Any, views: QuerySet[SavedView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["view"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = views

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        wanted = values.get("kind") not in (None, ViewAlert.Kind.ENTERS)
        if wanted and values.get("threshold") is None and "threshold" not in self.errors:
            self.add_error("threshold", forms.ValidationError(_("Give a number."), code="required"))
        return values

    def threshold_value(self) -> int:
        """The number, 0 where none is needed."""
        return int(self.cleaned_data.get("threshold") or 0)
