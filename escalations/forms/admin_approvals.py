"""The rules about second persons as a form: one small form per rule, in their order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from escalations.lifecycle import Severity, Verdict
from escalations.models import ApprovalRule
from escalations.operations.approvals import APPROVERS, RULES_AT_MOST, RuleInput
from policies.lifecycle import ActionType

MINUTE = 60


class RuleForm(forms.Form):
    """One rule. Left wholly empty it is no rule."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    verdicts = forms.MultipleChoiceField(
        label=_("Verdicts"), choices=Verdict.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    actions = forms.MultipleChoiceField(
        label=_("Actions"), choices=ActionType.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    worst_severity = forms.TypedChoiceField(
        label=_("At this severity or worse"),
        choices=[("", _("Any")), *((str(one.value), one.label) for one in Severity)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    is_high_profile = forms.BooleanField(label=_("Only a high-profile subject"), required=False)
    is_legal_hold = forms.BooleanField(label=_("Only under legal hold"), required=False)
    count_over = forms.IntegerField(label=_("More objects or cases than"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Who is asked"),
        choices=[(role.value, role.label) for role in APPROVERS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody ticked: all of them."),
    )
    minutes = forms.IntegerField(label=_("Minutes to answer"), required=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written: a form more than there are rules."""
        return not any(self.cleaned_data.get(name) for name in self.fields if name != "worst_severity")

    def rule(self) -> RuleInput:
        """For the operation, which says what is wrong."""
        data = self.cleaned_data
        return RuleInput(
            name=data["name"],
            expires_s=(data["minutes"] or 0) * MINUTE,
            verdicts=tuple(data["verdicts"]),
            actions=tuple(data["actions"]),
            worst_severity=data["worst_severity"],
            is_high_profile=data["is_high_profile"],
            is_legal_hold=data["is_legal_hold"],
            count_over=data["count_over"],
            roles=tuple(data["roles"]),
        )


class NoteForm(forms.Form):
    """Why the rules change."""

    note = forms.CharField(label=_("Why they change"), max_length=300, required=False)


RuleForms = forms.formset_factory(
    RuleForm, extra=1, can_delete=True, max_num=RULES_AT_MOST, absolute_max=RULES_AT_MOST + 1
)
# Where a fault of the operation stands in the form.
FIELD_OF = {"expires_s": "minutes"}


def initial_of(rule: ApprovalRule) -> dict[str, Any]:
    """A stored rule as the form shows it."""
    return {
        "name": rule.name,
        "verdicts": rule.verdicts,
        "actions": rule.actions,
        "worst_severity": "" if rule.worst_severity is None else str(rule.worst_severity),
        "is_high_profile": rule.is_high_profile,
        "is_legal_hold": rule.is_legal_hold,
        "count_over": rule.count_over,
        "roles": [Role(one).value for one in rule.roles],
        "minutes": rule.expires_s // MINUTE,
    }
