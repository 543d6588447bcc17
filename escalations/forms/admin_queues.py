"""A queue as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from escalations.models import Queue
from escalations.operations.queues import QueueInput, teams


class QueueForm(forms.Form):
    """Checks shapes; `save_queue` judges the values."""

    name = forms.CharField(label=_("Name"), max_length=80)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=50,
        help_text=_("In filters (queue:ads-emea) and addresses, for good: small letters, digits, hyphens."),
    )
    outward_name = forms.CharField(
        label=_("Name for submitters"), max_length=80, required=False, help_text=_("Empty: they are told no queue.")
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("No team"),
        help_text=_("Its people see and work the queue."),
    )
    required_skills = forms.CharField(
        label=_("Skills needed"),
        required=False,
        max_length=1500,
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
        help_text=_("Separated by spaces, such as language:es policy:ad-fr. Who lacks one is not offered these cases."),
    )
    position = forms.IntegerField(label=_("Place in lists"), min_value=0, max_value=32767, initial=0)
    is_active = forms.BooleanField(label=_("Active: rules may send cases here"), required=False, initial=True)
    is_default = forms.BooleanField(label=_("Default: takes every case that no rule takes"), required=False)

    def __init__(self, *args: Any, queue: Queue | None = None, **kwargs: Any) -> None:
        if queue is not None:
            kwargs["initial"] = {
                "name": queue.name,
                "outward_name": queue.outward_name,
                "team": queue.team_id,
                "required_skills": " ".join(queue.required_skills),
                "position": queue.position,
                "is_active": queue.is_active,
                "is_default": queue.is_default,
            }
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = teams().order_by("name")
        if queue is not None:
            del self.fields["slug"]
            if queue.is_default:
                del self.fields["is_default"]

    def values(self) -> QueueInput:
        """The queue these values make."""
        given = self.cleaned_data
        return QueueInput(
            name=given["name"],
            outward_name=given["outward_name"],
            team_id=given["team"].pk if given["team"] else None,
            required_skills=given["required_skills"].lower().replace(",", " ").split(),
            is_active=given["is_active"],
            is_default=given.get("is_default", False),
            position=given["position"],
        )
