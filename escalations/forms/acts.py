"""Input of the acts on cases (assign, severity, snooze …) and of saved views: typed text to plain values, nothing saved."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.roles import MATRIX, Action, Reach
from escalations.lifecycle import InvalidReason, LinkKind, Severity
from escalations.models import Case, Queue, SavedView

REASON_MAX = 300


class ActForm(forms.Form):
    """Knows who acts, when (aware UTC), and on which cases."""

    def __init__(self, *args: Any, viewer: User, at: datetime, cases: list[Case], **kwargs: Any) -> None:
        self.viewer, self.at, self.cases = viewer, at, cases
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill choices that depend on the viewer or the cases."""

    def values(self) -> dict[str, Any]:
        """What the act needs, as plain values that JSON keeps (`operations.acts.Values`); once the form is valid."""
        return dict(self.cleaned_data)


class Assignees(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by name, with a word for who is not available now: out of hours, a holiday, or by choice; never which (WEL-9)."""

    at: datetime
    harms: frozenset[str]

    def label_from_instance(self, obj: Any) -> str:
        if obj.is_at_work(at=self.at) and not self.harms & set(obj.harm_opt_outs):
            return str(obj)
        return str(_("%(name)s (not available now)") % {"name": obj})


class AssignForm(ActForm):
    """To whom."""

    assignee = Assignees(label=_("To"), queryset=User.objects.none(), empty_label=None)

    def prepare(self) -> None:
        claiming = [role.value for role, reach in MATRIX[Action.CASE_CLAIM].items() if reach in (Reach.ALL, Reach.OWN)]
        teams = {case.queue.team_id for case in self.cases} - {None}
        able = User.objects.filter(
            is_active=True, organization_id=self.viewer.organization_id, role_grants__role__in=claiming
        )
        if teams and not any(case.queue.is_default for case in self.cases):
            able = able.filter(Q(memberships__team_id__in=teams) | Q(role_grants__role__in=("IC", "LD", "LG")))
        field: Any = self.fields["assignee"]
        field.at, field.harms = self.at, frozenset(case.harm for case in self.cases)
        field.queryset = User.objects.filter(pk__in=able.values("pk")).order_by("display_name", "pk")
        field.initial = self.viewer.pk

    def values(self) -> dict[str, Any]:
        return {"assignee_id": self.cleaned_data["assignee"].pk}


class SeverityForm(ActForm):
    """How bad, and why."""

    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=Severity.choices, coerce=int, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason, in one line"),
        max_length=REASON_MAX,
        help_text=_("Stays with the case. From now on automatic rules leave its severity alone."),
    )

    def prepare(self) -> None:
        if len(self.cases) == 1:
            self.fields["severity"].initial = self.cases[0].severity

    def clean_severity(self) -> Severity:
        return Severity(self.cleaned_data["severity"])

    def values(self) -> dict[str, Any]:
        return {"severity": int(self.cleaned_data["severity"]), "reason": self.cleaned_data["reason"]}


class TagForm(ActForm):
    """Words to put on and to take off."""

    add = forms.CharField(
        label=_("Put on"), required=False, max_length=400, help_text=_("Words with spaces or commas between.")
    )
    remove = forms.CharField(label=_("Take off"), required=False, max_length=400)

    def clean_add(self) -> list[str]:
        return _words(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        return _words(self.cleaned_data["remove"])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not values.get("add") and not values.get("remove") and not self.errors:
            self.add_error("add", forms.ValidationError(_("Name at least one tag."), code="required"))
        return values


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


class SnoozeForm(ActForm):
    """Until when, or until what happens."""

    CHOICES = (
        ("1h", _("For an hour")),
        ("4h", _("For four hours")),
        ("tomorrow", _("Until tomorrow at nine, your time")),
        ("at", _("Until a time")),
        ("reply", _("Until the submitter replies")),
        ("escalates", _("Until it escalates: severity up, or three times as many")),
    )
    until = forms.ChoiceField(label=_("Hide for everyone"), choices=CHOICES, initial="1h", widget=forms.RadioSelect)
    until_at = forms.DateTimeField(
        label=_("Time, in your zone"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        choice = values.get("until")
        if choice == "at" and values.get("until_at") is None and "until_at" not in self.errors:
            self.add_error("until_at", forms.ValidationError(_("Choose the time."), code="required"))
        return values

    def values(self) -> dict[str, Any]:
        until, wake_on = self.end()
        return {"until": until.isoformat() if until is not None else "", "wake_on": wake_on}

    def end(self) -> tuple[datetime | None, str]:
        """When it ends (aware; None: by the condition alone), and on what."""
        choice = self.cleaned_data["until"]
        if choice in ("reply", "escalates"):
            return None, choice
        if choice == "at":
            return self.cleaned_data["until_at"], ""
        if choice == "tomorrow":
            day = timezone.localdate(self.at) + timedelta(days=1)
            return timezone.make_aware(datetime.combine(day, time(9))), ""
        return self.at + timedelta(hours=1 if choice == "1h" else 4), ""


class InvalidForm(ActForm):
    """What was wrong with it, and what to do differently: both go to the submitter."""

    reason = forms.TypedChoiceField(
        label=_("Reason"), choices=InvalidReason.choices, coerce=InvalidReason, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("One line for the submitter"),
        max_length=REASON_MAX,
        help_text=_("What would make the next one right. The submitter reads this and the reason."),
    )

    def values(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"].value, "note": self.cleaned_data["note"]}


class DuplicateForm(ActForm):
    """Of which case."""

    of = forms.CharField(label=_("Duplicate of"), max_length=20, help_text=_("Its key, such as ESC-4817203."))

    def clean_of(self) -> Case:
        return _case(self.cleaned_data["of"], self.viewer)

    def values(self) -> dict[str, Any]:
        return {"of_id": self.cleaned_data["of"].pk}


class MergeForm(ActForm):
    """Into which case."""

    into = forms.CharField(label=_("Into"), max_length=20, help_text=_("Its key, such as ESC-4817203."))

    def clean_into(self) -> Case:
        return _case(self.cleaned_data["into"], self.viewer)


class LinkForm(ActForm):
    """To which case, and how they belong together."""

    other = forms.CharField(label=_("To"), max_length=20, help_text=_("Its key, such as ESC-4817203."))
    kind = forms.TypedChoiceField(
        label=_("As"),
        choices=[choice for choice in LinkKind.choices if choice[0] != LinkKind.DUPLICATE_OF],
        coerce=LinkKind,
        initial=LinkKind.RELATED,
        widget=forms.RadioSelect,
    )

    def clean_other(self) -> Case:
        return _case(self.cleaned_data["other"], self.viewer)

    def values(self) -> dict[str, Any]:
        return {"other_id": self.cleaned_data["other"].pk, "kind": self.cleaned_data["kind"].value}


class MoveForm(ActForm):
    """To which queue."""

    queue = forms.ModelChoiceField(label=_("To"), queryset=Queue.objects.none(), empty_label=None)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=REASON_MAX)

    def prepare(self) -> None:
        field: Any = self.fields["queue"]
        field.queryset = Queue.objects.filter(is_active=True).order_by("position", "name", "pk")

    def values(self) -> dict[str, Any]:
        return {"queue_id": self.cleaned_data["queue"].pk, "reason": self.cleaned_data["reason"]}


class QuestionForm(ActForm):
    """What the submitter is asked."""

    question = forms.CharField(
        label=_("Question to the submitter"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They read it as a message. The resolve clock pauses until they answer, for five days at most."),
    )


class ReopenForm(ActForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_MAX)


class NothingForm(ActForm):
    """An act that needs no more than to be confirmed by its preview."""


def _case(ref: str, viewer: User) -> Case:
    found = Case.objects.visible_to(viewer).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise forms.ValidationError(
            _("%(ref)s does not exist or you may not see it."), code="unknown", params={"ref": ref.strip()[:20]}
        )
    return found


class SaveViewForm(forms.Form):
    """A name for the present filter."""

    name = forms.CharField(label=_("Name"), max_length=60)
    filter_text = forms.CharField(
        label=_("Filter"), max_length=512, required=False, widget=forms.TextInput(attrs={"class": "mono"})
    )
    audience = forms.TypedChoiceField(
        label=_("For"),
        choices=SavedView.Audience.choices,
        coerce=SavedView.Audience,
        initial=SavedView.Audience.PERSONAL,
        widget=forms.RadioSelect,
    )
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.filter(pk__in=viewer.access.team_ids).order_by("name", "pk")
        share = viewer.reach(Action.VIEW_SHARE)
        kinds: Any = self.fields["audience"]
        kinds.choices = [
            choice
            for choice in SavedView.Audience.choices
            if choice[0] == "personal" or share is Reach.ALL or (share is Reach.OWN and choice[0] == "team")
        ]
        if share is Reach.NO or not teams.queryset.exists():
            del self.fields["team"]
            kinds.choices = [choice for choice in kinds.choices if choice[0] != "team"]
