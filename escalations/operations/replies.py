"""Reply templates: written by leads, versioned per language, filled with a case's facts before a person sends them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid
from escalations import events
from escalations.lifecycle import NOTIFIED, DecisionState, TemplatePurpose, Verdict
from escalations.models import Case, Decision, ReplyTemplate, ReplyTemplateVersion

LONGEST = 10_000
MISSING = "missing_variable"
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_PLACE = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")
_BOTH = frozenset(NOTIFIED)
# What may stand in a notice of a decision, and to whom. The person concerned never reads who sent the case in, or when.
NOTICE_VARIABLES: Mapping[str, tuple[object, frozenset[TemplatePurpose]]] = {
    "reference": (gettext_lazy("our key of the case"), _BOTH),
    "decision": (gettext_lazy("the verdict in words"), _BOTH),
    "clause": (gettext_lazy("the clause it cites, with its title"), _BOTH),
    "rule": (gettext_lazy("the clause’s rule in one line"), _BOTH),
    "reason": (gettext_lazy("the clause’s reasons for outside"), _BOTH),
    "actions": (gettext_lazy("what is done, in words"), _BOTH),
    "decided": (gettext_lazy("the day of the decision, in UTC"), _BOTH),
    "appeal_until": (gettext_lazy("until when it can be appealed, in UTC"), _BOTH),
    "their_reference": (gettext_lazy("the submitter’s own reference"), frozenset({TemplatePurpose.SUBMITTER})),
    "submitter": (gettext_lazy("the submitting organization"), frozenset({TemplatePurpose.SUBMITTER})),
    "received": (gettext_lazy("the day it came in, in UTC"), frozenset({TemplatePurpose.SUBMITTER})),
    "subject": (gettext_lazy("the account or content it is about"), frozenset({TemplatePurpose.SUBJECT})),
}
VARIABLES = {
    "reference": gettext_lazy("our key of the case"),
    "their_reference": gettext_lazy("the submitter’s own reference"),
    "submitter": gettext_lazy("the submitting organization"),
    "severity": gettext_lazy("the severity, as S2"),
    "received": gettext_lazy("when it came in, in UTC"),
    "due": gettext_lazy("when the next promise is due, in UTC"),
    "decision": gettext_lazy("the outcome that is in effect"),
    "clause": gettext_lazy("the clause it cites"),
    "sender": gettext_lazy("the writer’s name for outside"),
}


def variables_for(purpose: TemplatePurpose) -> dict[str, object]:
    """The variables that may stand in words for this purpose, with what each means."""
    if purpose is TemplatePurpose.REPLY:
        return dict(VARIABLES)
    return {name: meaning for name, (meaning, purposes) in NOTICE_VARIABLES.items() if purpose in purposes}


@transaction.atomic
def save_template(
    *,
    slug: str,
    name: str,
    is_active: bool,
    is_new: bool,
    by: User | None,
    at: datetime,
    purpose: TemplatePurpose = TemplatePurpose.REPLY,
    verdicts: Sequence[str] = (),
) -> ReplyTemplate:
    """Add the template `slug`, or rename it or switch it off. Records `reply_template.changed` if anything did.

    What it is for is said once; a notice names the `verdicts` it goes out with. `at` is aware UTC. Raises `NotPermitted`, `Invalid` with every fault, `ReplyTemplate.DoesNotExist`.
    """
    check_can(by, Action.ROUTING_EDIT)
    name, problems = name.strip(), []
    if not 1 <= len(name) <= 80:
        problems.append(FieldProblem("/name", "length", _("Give a name of at most 80 characters.")))
    if is_new and (not _SLUG.match(slug) or len(slug) > 50 or slug == "new"):
        detail = _("Use small letters, digits and single hyphens, 50 at most.")
        problems.append(FieldProblem("/slug", "wrong_form", detail))
    elif is_new and ReplyTemplate.objects.filter(slug=slug).exists():
        problems.append(FieldProblem("/slug", "taken", _("Another template has this short name.")))
    template = None if is_new else ReplyTemplate.objects.select_for_update().get(slug=slug)
    purpose = purpose if template is None else TemplatePurpose(template.purpose)
    listed = [one.value for one in Verdict if one.value in set(verdicts)]
    if purpose is TemplatePurpose.REPLY:
        listed = []
    elif not listed or len(listed) != len(set(verdicts)):
        problems.append(FieldProblem("/verdicts", "required", _("Choose the verdicts that this notice goes out with.")))
    if problems:
        raise Invalid(errors=problems)
    if template is None:
        template = ReplyTemplate.objects.create(
            slug=slug, name=name, is_active=is_active, created_at=at, purpose=purpose, verdicts=listed
        )
        changed = ["name", "slug"]
    else:
        wanted = {"name": name, "is_active": is_active, "verdicts": listed}
        changed = sorted(field for field, value in wanted.items() if getattr(template, field) != value)
        template.name, template.is_active, template.verdicts = name, is_active, listed
        template.save(update_fields=["name", "is_active", "verdicts"])
    if changed:
        _told(template, by=by, at=at, data={"fields": changed})
    return template


@transaction.atomic
def publish_wording(*, slug: str, language: str, body: str, by: User | None, at: datetime) -> ReplyTemplateVersion:
    """Put a wording in one language in use from now on; earlier ones stay as they were sent. The same words change nothing.

    `at` is aware UTC; `language` a BCP 47 tag. Records `reply_template.changed`. Raises `NotPermitted`, `Invalid` (every fault;
    an unknown variable is one), `ReplyTemplate.DoesNotExist`.
    """
    check_can(by, Action.ROUTING_EDIT)
    language, body, problems = language.strip(), body.replace("\r\n", "\n").strip(), []
    if not _LANGUAGE.match(language) or len(language) > 12:
        problems.append(FieldProblem("/language", "wrong_form", _("Name the language as en, es or pt-BR.")))
    if not body or len(body) > LONGEST or "\x00" in body:
        detail = _("Write the message, in at most %(limit)d characters.") % {"limit": LONGEST}
        problems.append(FieldProblem("/body", "required" if not body else "too_long", detail))
    template = ReplyTemplate.objects.select_for_update().get(slug=slug)
    unknown = sorted(set(_PLACE.findall(body)) - set(variables_for(TemplatePurpose(template.purpose))))
    if unknown:
        detail = _("There is no variable {{ %(name)s }}: choose one of the list.") % {"name": unknown[0]}
        problems.append(FieldProblem("/body", "unknown_variable", detail))
    if problems:
        raise Invalid(errors=problems)
    newest = template.versions.filter(language=language).order_by("-number").first()
    if newest is not None and newest.body == body:
        return newest
    last = template.versions.filter(language=language).aggregate(last=Max("number"))["last"] or 0
    version = ReplyTemplateVersion.objects.create(
        template=template, language=language, number=last + 1, body=body, published_at=at, published_by=by
    )
    _told(template, by=by, at=at, data={"fields": ["body"], "language": language, "version": version.number})
    return version


def filled(version: ReplyTemplateVersion, case: Case, *, by: User) -> str:
    """The wording with the case's facts; a variable without a value stays in its braces and blocks sending. At most one query."""
    wanted = set(_PLACE.findall(version.body))
    return fill(version.body, _values(case, by, wanted))


def variables_in(body: str) -> list[str]:
    """The names of the variables in a text, in their order."""
    return [str(name) for name in _PLACE.findall(body)]


def fill(body: str, values: Mapping[str, str]) -> str:
    """A text with what its variables stand for; one without a value stays in its braces."""
    return _PLACE.sub(lambda found: values.get(found.group(1)) or found.group(0), body)


def missing_in(body: str, *, is_from_template: bool) -> list[str]:
    """Variables still in a text: any in braces where it came from a template, our own names otherwise."""
    found = dict.fromkeys(_PLACE.findall(body))
    return [name for name in found if is_from_template or name in VARIABLES]


def check_filled(body: str, *, is_from_template: bool) -> None:
    """Raises `Invalid` (`missing_variable`), naming them, while a text still holds variables."""
    missing = missing_in(body, is_from_template=is_from_template)
    if missing:
        names = ", ".join(f"{{{{ {name} }}}}" for name in missing)
        detail = _("Fill in or remove %(names)s before you send this.") % {"names": names}
        raise Invalid(detail, code=MISSING, errors=[FieldProblem("/body", MISSING, detail)])


def _values(case: Case, by: User, wanted: set[str]) -> dict[str, str]:
    values = {
        "reference": case.ref,
        "their_reference": case.external_ref,
        "submitter": case.organization.name,
        "severity": f"S{case.severity}",
        "received": _utc(case.received_at),
        "due": _utc(case.due_at) if case.due_at is not None else "",
        "sender": by.outward_alias,
    }
    if wanted & {"decision", "clause"}:
        decided = (
            Decision.objects.filter(case=case, state=DecisionState.EFFECTIVE)
            .select_related("clause__policy")
            .order_by("-pk")
            .first()
        )
        if decided is not None:
            values["decision"] = str(Verdict(decided.verdict).label)
            values["clause"] = f"{decided.clause.policy.key} {decided.clause.title}" if decided.clause else ""
    return values


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _told(template: ReplyTemplate, *, by: User | None, at: datetime, data: dict[str, object]) -> None:
    internal = by.organization_id if by else Organization.objects.get(kind=Organization.Kind.INTERNAL).pk
    record(events.REPLY_TEMPLATE_CHANGED, subject=template, by=by, at=at, data=data, organization_id=internal)


# What an empty installation starts with; leads word it as they like.
FIRST = {
    ("missing-evidence", "Evidence is missing"): {
        "en": "Hello {{ submitter }},\n\nto decide {{ reference }} we need one more thing from you: the address of the content or a file "
        "that shows it. Please answer here with either.\n\n{{ sender }}",
        "es": "Hola, {{ submitter }}:\n\npara decidir {{ reference }} necesitamos algo más: la dirección del contenido o un archivo que lo "
        "muestre. Por favor, responda aquí con uno de los dos.\n\n{{ sender }}",
    },
    ("looking-into-it", "We are looking into it"): {
        "en": "Hello {{ submitter }},\n\nwe are working on {{ reference }}. You hear from us by {{ due }}.\n\n{{ sender }}",
        "es": "Hola, {{ submitter }}:\n\nestamos trabajando en {{ reference }}. Tendrá noticias nuestras antes del {{ due }}.\n\n{{ sender }}",
    },
    ("decided", "What was decided"): {
        "en": "Hello {{ submitter }},\n\n{{ reference }} is decided: {{ decision }}, under {{ clause }}.\n\n{{ sender }}",
        "es": "Hola, {{ submitter }}:\n\n{{ reference }} está decidido: {{ decision }}, según {{ clause }}.\n\n{{ sender }}",
    },
}


_AGAINST = (Verdict.REMOVE.value, Verdict.RESTRICT.value, Verdict.ACCOUNT_ACTION.value)
_CITED = (*_AGAINST, Verdict.NO_VIOLATION.value, Verdict.RESTORE.value)
FIRST_NOTICES: Mapping[tuple[str, str, TemplatePurpose, tuple[str, ...]], Mapping[str, str]] = {
    ("notice-outcome", "Outcome, to the submitter", TemplatePurpose.SUBMITTER, _CITED): {
        "en": "We have decided {{ reference }}: {{ decision }}, under {{ clause }}.\n\n{{ reason }}\n\nWhat is done: {{ actions }}.\n\n"
        "You can appeal this decision until {{ appeal_until }}.",
        "es": "Hemos decidido {{ reference }}: {{ decision }}, según {{ clause }}.\n\n{{ reason }}\n\nQué se hace: {{ actions }}.\n\n"
        "Puede recurrir esta decisión hasta el {{ appeal_until }}.",
    },
    (
        "notice-no-rule",
        "Outcome without a clause, to the submitter",
        TemplatePurpose.SUBMITTER,
        ("insufficient_info", "policy_gap"),
    ): {
        "en": "We have looked at {{ reference }}: {{ decision }}. Nothing was changed. If you learn more, please send it as a new submission.",
        "es": "Hemos revisado {{ reference }}: {{ decision }}. No se ha cambiado nada. Si sabe algo más, envíelo como un caso nuevo.",
    },
    ("notice-against", "Decision, to the person concerned", TemplatePurpose.SUBJECT, _AGAINST): {
        "en": "We have decided about {{ subject }} on {{ decided }}: {{ actions }}.\n\nThe rule: {{ rule }} ({{ clause }})\n\n{{ reason }}\n\n"
        "You can appeal this decision until {{ appeal_until }}; name {{ reference }}.",
        "es": "El {{ decided }} hemos decidido sobre {{ subject }}: {{ actions }}.\n\nLa norma: {{ rule }} ({{ clause }})\n\n{{ reason }}\n\n"
        "Puede recurrir esta decisión hasta el {{ appeal_until }}; indique {{ reference }}.",
    },
    ("notice-restored", "Restored, to the person concerned", TemplatePurpose.SUBJECT, ("restore",)): {
        "en": "On {{ decided }} we looked again at {{ subject }}. Our earlier decision was wrong, and what it did is undone.",
        "es": "El {{ decided }} hemos revisado de nuevo {{ subject }}. Nuestra decisión anterior fue errónea y se ha deshecho.",
    },
}


def ensure_first(*, at: datetime) -> None:
    """The templates of an empty installation; nothing where there is one of the kind already."""
    if not ReplyTemplate.objects.filter(purpose=TemplatePurpose.REPLY).exists():
        for (slug, name), wordings in FIRST.items():
            _first(slug, name, wordings, at=at)
    if not ReplyTemplate.objects.exclude(purpose=TemplatePurpose.REPLY).exists():
        for (slug, name, purpose, verdicts), words in FIRST_NOTICES.items():
            _first(slug, name, words, at=at, purpose=purpose, verdicts=verdicts)


def _first(
    slug: str,
    name: str,
    wordings: Mapping[str, str],
    *,
    at: datetime,
    purpose: TemplatePurpose = TemplatePurpose.REPLY,
    verdicts: Sequence[str] = (),
) -> None:
    save_template(slug=slug, name=name, is_active=True, is_new=True, by=None, at=at, purpose=purpose, verdicts=verdicts)
    for language, body in wordings.items():
        publish_wording(slug=slug, language=language, body=body, by=None, at=at)
