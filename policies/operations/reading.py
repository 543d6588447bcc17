"""Acknowledging and translating versions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, StaleRevision
from policies import events, permissions
from policies.models import PolicyTranslation, PolicyVersion, VersionAcknowledgement
from policies.operations.drafts import internal_id

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class NotYetPublished(DomainError):
    """Only what is published is acknowledged."""

    code = "not_published"
    title = "This version is not published"


@transaction.atomic
def acknowledge_version(*, version_id: int, by: User, at: datetime) -> VersionAcknowledgement:
    """Say that one has read a version; once is enough. `at` aware UTC. Records `policy.acknowledged` the first time."""
    permissions.check_can_read_library(by)
    version = PolicyVersion.objects.select_related("policy").defer("search").get(pk=version_id)
    if version.effective is None:
        raise NotYetPublished(_("Read it once it is published."))
    found, is_new = VersionAcknowledgement.objects.get_or_create(
        version=version, user=by, defaults={"acknowledged_at": at}
    )
    if is_new:
        data = {"key": version.policy.key, "number": version.number}
        record(events.ACKNOWLEDGED, subject=version.policy, by=by, at=at, data=data, organization_id=internal_id())
    return found


@dataclass(frozen=True)
class Translated:
    """A version's words in another language; `elements` and `exceptions` by key."""

    title: str
    rule: str
    public_rationale: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)
    exceptions: Mapping[str, str] = field(default_factory=dict)
    synonyms: Sequence[str] = ()


@transaction.atomic
def translate_version(
    *, version_id: int, language: str, words: Translated, by: User, at: datetime, revision: int = 0
) -> PolicyTranslation:
    """Write, correct or confirm a version's words in a language (ISO 639, not English). `revision` is the one that was read, 0
    for none. `at` aware UTC; records `policy.translated`.

    Raises `NotPermitted`, `StaleRevision`, `Invalid` (unknown keys, nothing said).
    """
    permissions.check_can_draft(by)
    version = (
        PolicyVersion.objects.select_related("policy")
        .defer("search")
        .select_for_update(of=("self",))
        .get(pk=version_id)
    )
    problems = _problems(version, language, words)
    if problems:
        raise Invalid(errors=problems)
    known = PolicyTranslation.objects.defer("search").filter(version=version, language=language).first()
    if (known.revision if known else 0) != revision:
        raise StaleRevision(
            _("Somebody translated this meanwhile: both texts are shown below."),
            current=known.revision if known else 0,
            given=revision,
        )
    translation = known or PolicyTranslation(version=version, language=language, revision=0)
    translation.title, translation.rule = words.title.strip(), words.rule.strip()
    translation.public_rationale = words.public_rationale.strip()
    translation.elements = {key: text.strip() for key, text in words.elements.items() if text.strip()}
    translation.exceptions = {key: text.strip() for key, text in words.exceptions.items() if text.strip()}
    translation.synonyms = [word.strip() for word in words.synonyms if word.strip()]
    translation.translated_by, translation.translated_at = by, at
    translation.revision += 1
    translation.save()
    data = {"key": version.policy.key, "number": version.number, "language": language}
    record(events.TRANSLATED, subject=version.policy, by=by, at=at, data=data, organization_id=internal_id())
    return translation


def _problems(version: PolicyVersion, language: str, words: Translated) -> list[FieldProblem]:
    problems = []
    if not _LANGUAGE.fullmatch(language) or language == "en":
        problems.append(FieldProblem("/language", "unknown", _("A language is its two or three letters, such as es.")))
    for name, text, most in (("title", words.title, 160), ("rule", words.rule, 600)):
        if not 0 < len(text.strip()) <= most:
            problems.append(FieldProblem(f"/{name}", "required", _("Between 1 and %(n)d characters.") % {"n": most}))
    if len(words.public_rationale) > 10_000 or any(
        len(text) > 1000 for text in (*words.elements.values(), *words.exceptions.values(), *words.synonyms)
    ):
        problems.append(FieldProblem("/elements", "too_long", _("A line has more than 1000 characters.")))
    for name, given, items in (
        ("elements", words.elements, version.elements),
        ("exceptions", words.exceptions, version.exceptions),
    ):
        if unknown := set(given) - {item["key"] for item in items}:
            text = _("Not in this version: %(keys)s.") % {"keys": ", ".join(sorted(unknown))}
            problems.append(FieldProblem(f"/{name}", "unknown", text))
    return problems
