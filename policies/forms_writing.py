"""Input of the pages on which the library is written: wordings, publication, translations, gaps, guidance. Plain values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import FieldProblem, Invalid
from policies.lifecycle import HARM_LABELS, KEY_PREFIX, SURFACE_LABELS, Family, SorCategory, VersionLabel
from policies.models import Gap, PolicyTranslation, PolicyVersion
from policies.operations.guidance import Instruction
from policies.operations.reading import Translated
from policies.wording import (
    NotReadable,
    Wording,
    definition_lines,
    elements_from,
    keyed_lines,
    ladder_lines,
    lines_of,
    logic_of,
    read_definitions,
    read_keyed,
    read_ladder,
    read_tree,
    tree_lines,
)


def show(form: forms.Form, problems: Iterable[FieldProblem], *, elsewhere: Mapping[str, str] | None = None) -> None:
    """Put problems beside their fields; those of no field stand above the form."""
    for problem in problems:
        name = problem.pointer.strip("/")
        name = (elsewhere or {}).get(name, name)
        form.add_error(name if name in form.fields else None, problem.detail)


def _area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true", **attrs})


class WordingForm(forms.Form):
    """A version as an editor types it: one line for each element, exception, example and rung."""

    title = forms.CharField(label=_("Name"), max_length=120)
    rule = forms.CharField(label=_("Rule in one line"), max_length=400, required=False)
    every = forms.CharField(
        label=_("Elements: all of"),
        required=False,
        max_length=20_000,
        widget=_area(4),
        help_text=_("One a line, “key: text”. Keep a key from version to version: ticks are compared by it."),
    )
    some = forms.CharField(
        label=_("Elements: any of"),
        required=False,
        max_length=20_000,
        widget=_area(4),
        help_text=_("One a line, “key: text”."),
    )
    exceptions = forms.CharField(
        label=_("Exceptions"),
        required=False,
        max_length=20_000,
        widget=_area(4),
        help_text=_("One a line, “key: text”."),
    )
    violating_examples = forms.CharField(
        label=_("Violating examples"), required=False, max_length=20_000, widget=_area(3), help_text=_("One a line.")
    )
    fine_examples = forms.CharField(
        label=_("Examples that are fine"),
        required=False,
        max_length=20_000,
        widget=_area(3),
        help_text=_("One a line."),
    )
    strike_weight = forms.IntegerField(label=_("A strike counts for"), min_value=0, max_value=10)
    sor_category = forms.ChoiceField(label=_("Statement of reasons: category"), choices=SorCategory.choices)
    sor_keywords = forms.CharField(label=_("Statement of reasons: keywords"), required=False, max_length=1000)
    synonyms = forms.CharField(
        label=_("Also called"),
        required=False,
        max_length=4000,
        widget=_area(2),
        help_text=_("One a line: what people type."),
    )
    definitions = forms.CharField(
        label=_("Definitions"),
        required=False,
        max_length=20_000,
        widget=_area(3),
        help_text=_("One a line, “word: meaning”."),
    )
    decision_tree = forms.CharField(
        label=_("Decision tree"),
        required=False,
        max_length=20_000,
        widget=_area(4),
        help_text=_("One step a line; two spaces more for what follows from it."),
    )
    rationale = forms.CharField(label=_("Why, for deciders"), required=False, max_length=10_000, widget=_area(3))
    public_rationale = forms.CharField(
        label=_("What we say outside"), required=False, max_length=10_000, widget=_area(3)
    )
    label = forms.ChoiceField(label=_("How much it changes"), choices=VersionLabel.choices)
    changed_note = forms.CharField(label=_("What changes and why"), required=False, max_length=10_000, widget=_area(2))
    needs_legal = forms.BooleanField(label=_("The legal desk checks it"), required=False)
    needs_acknowledgement = forms.BooleanField(label=_("Whoever decides by it has to have read it"), required=False)

    def __init__(self, data: Any = None, *, wording: Wording | None = None, **kwargs: Any) -> None:
        super().__init__(data, initial=typed_of(wording) if wording is not None else None, **kwargs)
        for surface, name in SURFACE_LABELS.items():
            self.fields[f"ladder_{surface}"] = forms.CharField(
                label=_now("Ladder: %(surface)s") % {"surface": name},
                required=False,
                max_length=4000,
                widget=_area(3, spellcheck="false", **{"class": "mono"}),
                help_text=_("One rung a line: content_remove, account_suspend:7"),
            )
        order = [*self.fields]
        at = order.index("strike_weight")
        ladders = [f"ladder_{surface}" for surface in SURFACE_LABELS]
        rest = [name for name in order if name not in ladders]
        self.order_fields([*rest[:at], *ladders, *rest[at:]])

    def wording(self) -> Wording | None:
        """What was typed; None, with the errors beside their fields, where a line cannot be read. Call after `is_valid`."""
        values = self.cleaned_data
        read: dict[str, Any] = {}
        readers: dict[str, Callable[[str], Any]] = {
            "every": lambda typed: elements_from(typed, ""),
            "some": lambda typed: elements_from("", typed),
            "exceptions": lambda typed: [{"key": key, "text": text} for key, text in read_keyed(typed)],
            "definitions": read_definitions,
            "decision_tree": read_tree,
        }
        readers |= {f"ladder_{surface}": read_ladder for surface in SURFACE_LABELS}
        for name, make in readers.items():
            try:
                read[name] = make(values[name])
            except NotReadable as error:
                self.add_error(name, str(error))
        if self.errors:
            return None
        elements = [*read["every"], *read["some"]]
        return Wording(
            title=values["title"],
            rule=values["rule"].strip(),
            rationale=_text(values["rationale"]),
            public_rationale=_text(values["public_rationale"]),
            elements=elements,
            logic=logic_of(elements),
            exceptions=read["exceptions"],
            violating_examples=lines_of(values["violating_examples"]),
            fine_examples=lines_of(values["fine_examples"]),
            ladder={s: read[f"ladder_{s}"] for s in SURFACE_LABELS if read[f"ladder_{s}"]},
            strike_weight=values["strike_weight"],
            sor_category=values["sor_category"],
            sor_keywords=[
                word.strip().upper() for word in values["sor_keywords"].replace(",", " ").split() if word.strip()
            ],
            synonyms=lines_of(values["synonyms"]),
            definitions=read["definitions"],
            decision_tree=read["decision_tree"],
            changed_note=_text(values["changed_note"]),
            label=values["label"],
            needs_legal=values["needs_legal"],
            needs_acknowledgement=values["needs_acknowledgement"],
        )

    def refuse(self, error: Invalid) -> None:
        """Show what an operation found wrong."""
        show(self, error.errors, elsewhere={"elements": "every", "ladder": "ladder_organic", "logic": "every"})


def _text(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()


def typed_of(wording: Wording) -> dict[str, Any]:
    """A wording as the form's fields show it."""
    values: dict[str, Any] = {
        name: getattr(wording, name)
        for name in (
            "title",
            "rule",
            "rationale",
            "public_rationale",
            "strike_weight",
            "sor_category",
            "changed_note",
            "label",
            "needs_legal",
            "needs_acknowledgement",
        )
    }
    values |= {
        "every": keyed_lines(dict(e) for e in wording.elements if e["group"] == "all"),  # type: ignore[arg-type]
        "some": keyed_lines(dict(e) for e in wording.elements if e["group"] == "any"),  # type: ignore[arg-type]
        "exceptions": keyed_lines(dict(e) for e in wording.exceptions),  # type: ignore[arg-type]
        "violating_examples": "\n".join(wording.violating_examples),
        "fine_examples": "\n".join(wording.fine_examples),
        "synonyms": "\n".join(wording.synonyms),
        "sor_keywords": ", ".join(wording.sor_keywords),
        "definitions": definition_lines(wording.definitions),
        "decision_tree": tree_lines(wording.decision_tree),
    }
    return values | {f"ladder_{s}": ladder_lines(wording.ladder.get(s, [])) for s in SURFACE_LABELS}


class NewClauseForm(forms.Form):
    """What a clause has beside its first wording."""

    key = forms.CharField(
        label=_("Key"), max_length=16, help_text=_("Family, section, number: CS-VI-3.2. It never changes.")
    )
    section = forms.CharField(label=_("Section"), max_length=80)
    harms = forms.MultipleChoiceField(
        label=_("Harms"), required=False, choices=list(HARM_LABELS.items()), widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=_("Name"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families = ", ".join(f"{prefix} {Family(family).label}" for family, prefix in KEY_PREFIX.items())
        self.fields["key"].help_text = _now("Family, section, number: CS-VI-3.2. It never changes. %(families)s.") % {
            "families": families
        }


class MomentField(forms.SplitDateTimeField):
    """A day and a time in the reader's zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time", "step": "1"})
        super().__init__(widget=widget, input_time_formats=["%H:%M:%S", "%H:%M"], **kwargs)


class PublishForm(forms.Form):
    """When a version comes into force, and up to when where its end is known."""

    when = forms.ChoiceField(
        label=_("In force"),
        choices=[("now", _("at once")), ("later", _("from"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    starts_at = MomentField(label=_("From"), required=False)
    ends_at = MomentField(label=_("Up to"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("when") == "later" and not values.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", _now("Choose from when it holds."))
        return values

    def times(self) -> tuple[datetime | None, datetime | None]:
        """Start (None: at once) and end, aware UTC. Call after `is_valid`."""
        values = self.cleaned_data
        start = values["starts_at"] if values["when"] == "later" else None
        return _utc(start), _utc(values["ends_at"])


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at is not None else None


class TranslationForm(forms.Form):
    """A version's words in another language, a field for each element and exception."""

    title = forms.CharField(label=_("Name"), max_length=160)
    rule = forms.CharField(label=_("Rule in one line"), max_length=600)
    public_rationale = forms.CharField(
        label=_("What we say outside"), required=False, max_length=10_000, widget=_area(3)
    )
    synonyms = forms.CharField(
        label=_("Also called"), required=False, max_length=4000, widget=_area(2), help_text=_("One a line.")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(
        self, data: Any = None, *, version: PolicyVersion, known: PolicyTranslation | None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        if known is not None:
            initial = {
                "title": known.title,
                "rule": known.rule,
                "public_rationale": known.public_rationale,
                "synonyms": "\n".join(known.synonyms),
                "revision": known.revision if known.version_id == version.pk else 0,
            }
        super().__init__(data, initial=initial, **kwargs)
        self.version = version
        for group, items, texts in (
            ("element", version.elements, known.elements if known else {}),
            ("exception", version.exceptions, known.exceptions if known else {}),
        ):
            for item in items:
                self.fields[f"{group}_{item['key']}"] = forms.CharField(
                    label=item["text"],
                    required=False,
                    max_length=1000,
                    initial=texts.get(item["key"], ""),
                    widget=_area(2),
                )

    def words(self) -> Translated:
        """What was typed. Call after `is_valid`."""
        values = self.cleaned_data
        return Translated(
            title=values["title"],
            rule=values["rule"],
            public_rationale=_text(values["public_rationale"]),
            elements={e["key"]: values[f"element_{e['key']}"] for e in self.version.elements},
            exceptions={e["key"]: values[f"exception_{e['key']}"] for e in self.version.exceptions},
            synonyms=lines_of(values["synonyms"]),
        )


class GapForm(forms.Form):
    """Who answers a gap, by when, and what to do meanwhile."""

    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("nobody yet")
    )
    target_on = forms.DateField(label=_("Answered by"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    interim_position = forms.CharField(label=_("Meanwhile"), required=False, max_length=4000, widget=_area(3))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, gap: Gap, owners: Any, **kwargs: Any) -> None:
        initial = {
            "owner": gap.owner_id,
            "target_on": gap.target_on,
            "interim_position": gap.interim_position,
            "revision": gap.revision,
        }
        super().__init__(data, initial=initial, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = owners


class OutcomeForm(forms.Form):
    """The explicit word that no rule will be made."""

    outcome = forms.CharField(label=_("Why no rule will be made"), max_length=4000, widget=_area(2))
    revision = forms.IntegerField(widget=forms.HiddenInput)


class GuidanceForm(forms.Form):
    """What is issued, for which cases, until when."""

    title = forms.CharField(label=_("Name"), max_length=120)
    text = forms.CharField(label=_("What to do"), max_length=4000, widget=_area(5))
    scope = forms.CharField(
        label=_("For cases with"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(
            attrs={"class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        ),
        help_text=_("A filter, as in the queue. Empty: every case."),
    )
    policy_keys = forms.CharField(
        label=_("About the clauses"), required=False, max_length=200, help_text=_("Keys, with spaces.")
    )
    crisis_ref = forms.CharField(
        label=_("Crisis"), required=False, max_length=16, help_text=_("CR-12, if it belongs to one.")
    )
    when = forms.ChoiceField(
        label=_("Holds"), choices=[("now", _("at once")), ("later", _("from"))], widget=forms.RadioSelect, initial="now"
    )
    starts_at = MomentField(label=_("From"), required=False)
    expires_at = MomentField(
        label=_("Up to"), help_text=_("At most 90 days: what should hold longer belongs into a clause.")
    )
    needs_acknowledgement = forms.BooleanField(
        label=_("Ask people to say that they read it"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("when") == "later" and not values.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", _now("Choose from when it holds."))
        return values

    def instruction(self) -> Instruction:
        """What was typed. Call after `is_valid`."""
        values = self.cleaned_data
        return Instruction(
            title=values["title"],
            text=_text(values["text"]),
            scope=values["scope"],
            policy_keys=values["policy_keys"].replace(",", " ").split(),
            crisis_ref=values["crisis_ref"],
            starts_at=_utc(values["starts_at"]) if values["when"] == "later" else None,
            expires_at=values["expires_at"].astimezone(UTC),
            needs_acknowledgement=values["needs_acknowledgement"],
        )


def local(at: datetime) -> datetime:
    """A time in the reader's zone without seconds' fractions, to begin a field with."""
    return timezone.localtime(at).replace(microsecond=0)
