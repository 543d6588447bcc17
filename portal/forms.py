"""Forms of the portal: shapes only. Intake reads the values as it reads every channel's, and what it refuses stands by the field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import zones
from accounts.models import User
from core.errors import DomainError, Invalid
from core.places import country_names, language_choices
from escalations.lifecycle import GraphicTier, Harm, Severity, Surface
from escalations.selectors.lookup import kind_of
from policies.lifecycle import Family
from policies.shelf import in_force

MOST_FILES = 5
HARM = "harm:"
LEVELS = [
    ("S0", _("S0: a life is at risk, or masses are hurt")),
    ("S1", _("S1: severe, within hours")),
    ("S2", _("S2: high, not at once")),
    ("S3", _("S3: moderate, the ordinary case")),
    ("S4", _("S4: low")),
]


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked like one; answers a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """The files. Raises for too many, and for one that is empty."""
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)d files at a time.") % {"most": MOST_FILES})
        return [super(FilesField, self).clean(one, None) for one in given]


def policies(at: datetime) -> list[Any]:
    """What may be suspected: every clause in force at `at` (aware UTC) by its key and title, then kinds of harm for who is not sure."""
    groups: dict[str, list[tuple[str, str]]] = {}
    versions = [one for one in in_force(at=at).versions.values() if one.policy.is_active and not one.market]
    for version in sorted(versions, key=lambda one: one.policy.sort_key):
        groups.setdefault(version.policy.family, []).append(
            (version.policy.key, f"{version.policy.key} {version.title}")
        )
    harms = [(f"{HARM}{code}", label) for code, label in Harm.choices]
    families = [(Family(family).label, choices) for family, choices in groups.items()]
    return [("", "–"), (_("Not sure which rule: the kind of harm"), harms), *families]


class SubmitForm(forms.Form):
    """One escalation (VPO-2): seven things are needed; what may be left out stands below them."""

    where = forms.CharField(
        label=_("Where is it?"), max_length=2000, help_text=_("Its address, or its id on the platform.")
    )
    what = forms.CharField(
        label=_("What is it, and what should we do?"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The first line becomes the title."),
    )
    surface = forms.ChoiceField(
        label=_("Where is it seen?"), choices=Surface.choices, widget=forms.RadioSelect, initial=Surface.ORGANIC
    )
    policy = forms.ChoiceField(label=_("Which rule is broken?"), choices=[], help_text=_("A best guess is fine."))
    severity = forms.ChoiceField(label=_("How bad is it?"), choices=LEVELS, widget=forms.RadioSelect, initial="S3")
    severity_reason = forms.CharField(
        label=_("Why so?"), max_length=300, help_text=_("A level without a reason does not count.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=[], required=False)
    market = forms.ChoiceField(label=_("Country"), choices=[], required=False)
    attached = FilesField(
        label=_("Files"), required=False, help_text=_("Screenshots, recordings, lists; five at most.")
    )
    evidence_text = forms.CharField(
        label=_("Words as they stood, or an address as you saw it"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    no_evidence = forms.BooleanField(label=_("There is no evidence to add"), required=False)
    note = forms.CharField(label=_("What the evidence shows, in neutral words"), required=False, max_length=500)
    tier = forms.ChoiceField(
        label=_("How upsetting it is"),
        choices=[("", _("I do not know (it is shielded)")), *[(tier.name, tier.label) for tier in GraphicTier]],
        required=False,
    )
    external_ref = forms.CharField(label=_("Your own reference"), required=False, max_length=120)
    deadline_at = forms.DateTimeField(
        label=_("Legal deadline"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your own time zone. It starts a clock that never stands still."),
    )
    deadline_reason = forms.CharField(label=_("The obligation behind it"), required=False, max_length=300)
    contact = forms.CharField(label=_("Whom to ask"), required=False, max_length=200)

    ASKED = ("where", "what", "surface", "policy", "severity", "severity_reason")
    OPTIONAL = ("note", "tier", "external_ref", "deadline_at", "deadline_reason", "contact")

    def __init__(self, *args: Any, at: datetime, kept: int = 0, **kwargs: Any) -> None:
        """`at` (aware UTC) is now; `kept` files came with an earlier try."""
        super().__init__(*args, **kwargs)
        self.kept = kept
        self._choices("policy", policies(at))
        countries = sorted(country_names().items(), key=lambda pair: pair[1])
        self._choices("language", [("", "–"), *language_choices()])
        self._choices("market", [("", "–"), *countries])

    def _choices(self, name: str, choices: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @property
    def optional(self) -> list[forms.BoundField]:
        """The fields that may be left out."""
        return [self[name] for name in self.OPTIONAL]

    @property
    def is_optional_open(self) -> bool:
        """Whether one of those holds something, or is wrong."""
        return any(self[name].value() or self[name].errors for name in self.OPTIONAL)

    def clean_where(self) -> str:
        """An http(s) address or an id; other schemes are neither."""
        where = str(self.cleaned_data["where"]).strip()
        scheme = where.split(":", 1)[0].lower()
        if "://" in where and scheme not in ("http", "https"):
            raise forms.ValidationError(_("Only http and https addresses: leave the rest out, or give the id alone."))
        return where

    def clean_deadline_at(self) -> datetime | None:
        """A time of this age: far ones cannot be written in UTC. Intake judges the rest."""
        found: datetime | None = self.cleaned_data["deadline_at"]
        if found is not None and not 2000 <= found.year <= 2200:
            raise forms.ValidationError(_("The deadline must lie within two years."))
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("market") and not given.get("language"):
            self.add_error("language", _("Choose a language or a country."))
        has_some = self.kept or given.get("attached") or given.get("evidence_text") or "attached" in self.errors
        if not has_some and not given.get("no_evidence"):
            self.add_error("attached", _("Add a file or words as they stood, or say that there is nothing to add."))
        return given

    def payload(self, upload_ids: Iterable[str] = (), *, attach_to: str = "") -> dict[str, Any]:
        """The submission these values make, as `submission_input.read` takes it."""
        given = self.cleaned_data
        title, _end, rest = given["what"].strip().partition("\n")
        where = given["where"]
        is_address = where.startswith(("http://", "https://"))
        body: dict[str, Any] = {
            "title": title.strip()[:200],
            "ask": given["what"] if rest.strip() or len(title) > 200 else title.strip(),
            "surface": given["surface"],
            "subjects": [{"kind": kind_of(where).value, "url" if is_address else "id": where}],
            "severity_claimed": Severity[given["severity"]].name,
            "severity_reason": given["severity_reason"],
        }
        policy = given["policy"]
        body |= {"harm": policy[len(HARM) :]} if policy.startswith(HARM) else {"suspected_policy": policy}
        names = ("market", "language", "external_ref", "deadline_reason", "contact")
        body |= {name: given[name] for name in names if given[name]}
        if given["deadline_at"] is not None:
            body["deadline_at"] = given["deadline_at"].astimezone(timezone.get_fixed_timezone(0)).isoformat()
        evidence = self._evidence(upload_ids)
        if evidence:
            body["evidence"] = evidence
        if attach_to:
            body["attach_to"] = attach_to
        return body

    def _evidence(self, upload_ids: Iterable[str]) -> list[dict[str, Any]]:
        given = self.cleaned_data
        more = {name: given[key] for name, key in (("note", "note"), ("graphic_tier", "tier")) if given[key]}
        found: list[dict[str, Any]] = [{"kind": "file", "upload_id": upload_id, **more} for upload_id in upload_ids]
        words = given["evidence_text"].strip()
        if words:
            is_address = words.startswith(("http://", "https://")) and len(words.split()) == 1
            found.append(
                {"kind": "url", "url": words, **more} if is_address else {"kind": "text", "text": words, **more}
            )
        return found

    _FIELDS = {
        "title": "what",
        "ask": "what",
        "subjects": "where",
        "severity_claimed": "severity",
        "suspected_policy": "policy",
        "harm": "policy",
        "evidence": "attached",
        "attach_to": "where",
    }

    def take(self, error: DomainError) -> None:
        """Put intake's refusals beside the fields they speak of."""
        problems = error.errors if isinstance(error, Invalid) else []
        for problem in problems:
            first = problem.pointer.strip("/").split("/")[0]
            name = self._FIELDS.get(first, first)
            self.add_error(name if name in self.fields else None, problem.detail)
        if not problems:
            self.add_error(None, error.detail)


class MessageForm(forms.Form):
    """Words to the team."""

    body = forms.CharField(label=_("Your message"), widget=forms.Textarea(attrs={"rows": 4}), max_length=100_000)


class AnswersForm(forms.Form):
    """An answer to a question of ours: one field for each thing that was asked for."""

    def __init__(self, *args: Any, items: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        rows = 4 if len(self.items) < 2 else 2
        for number, item in enumerate(self.items, start=1):
            area = forms.Textarea(attrs={"rows": rows})
            self.fields[f"item_{number}"] = forms.CharField(label=item, widget=area, required=False, max_length=20_000)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not any(given.values()):
            raise forms.ValidationError(_("Answer at least one of these."))
        return given

    def body(self) -> str:
        """One message that answers what was answered."""
        answers = [(item, self.cleaned_data[f"item_{number}"]) for number, item in enumerate(self.items, start=1)]
        if len(answers) == 1:
            return str(answers[0][1])
        return "\n\n".join(f"{item}\n{answer}" for item, answer in answers if answer)

    @property
    def left_out(self) -> list[str]:
        """What was asked for and not answered."""
        return [item for n, item in enumerate(self.items, start=1) if not self.cleaned_data.get(f"item_{n}")]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Why?"), max_length=300)


class AppealForm(forms.Form):
    """What should be looked at again, and why."""

    text = forms.CharField(
        label=_("What should be looked at again, and why?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
        help_text=_("Once for each decision. Somebody else looks at it than who decided."),
    )


class DisputeForm(forms.Form):
    """Why something should not have come back."""

    text = forms.CharField(
        label=_("Why should it not have come back?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        help_text=_("Once, within 30 days. Somebody else looks at it; where you are right, your figures follow."),
    )


class AddForm(forms.Form):
    """More evidence for a submission."""

    attached = FilesField(label=_("Files"), required=False)
    text = forms.CharField(
        label=_("Words as they stood, or an address as you saw it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=100_000,
    )
    note = forms.CharField(label=_("What it shows, in neutral words"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("attached") and not given.get("text") and not self.errors:
            self.add_error("attached", _("Give a file or words."))
        return given


class UploadForm(forms.Form):
    """A file of submissions."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or .xlsx, at most 2,000 rows and 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        allow_empty_file=True,
    )


class OwnForm(forms.Form):
    """A person's own name, place and looks."""

    display_name = forms.CharField(label=_("Your name"), max_length=80)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    hour12 = forms.TypedChoiceField(
        label=_("Clock"),
        choices=[("0", _("24 hours")), ("1", _("12 hours"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices, widget=forms.RadioSelect)

    @classmethod
    def of(cls, user: User) -> dict[str, Any]:
        """What stands there before anything is typed."""
        return {
            "display_name": user.display_name,
            "time_zone": user.time_zone,
            "hour12": "1" if user.hour12 else "0",
            "locale": user.locale,
            "theme": user.theme,
        }


class InviteForm(forms.Form):
    """A colleague to invite."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    display_name = forms.CharField(label=_("Name"), max_length=80)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
