"""Notices of decisions: which wording goes to whom, its words from the facts of the policy, and keeping what was told (ux.md DEC-10).

The wording is chosen when the case is decided and written out when the decision takes effect, so nothing is told of what is undone
or refused. A variable without a value blocks the decision until the notice is left out or worded otherwise.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from core.errors import FieldProblem
from escalations.enforcement_life import read_steps
from escalations.lifecycle import NOTIFIED, EntityRole, TemplatePurpose, Verdict
from escalations.models import Case, Decision, Entity, Notice, ReplyTemplateVersion
from escalations.operations.replies import fill, variables_for, variables_in
from escalations.selectors.replies import in_use
from policies.models import PolicyVersion

APPEAL_MONTHS = 6  # Digital Services Act, article 20(1): at least six months from being told


@dataclass(frozen=True)
class Facts:
    """What a notice is made from."""

    case: Case
    verdict: Verdict
    clause: PolicyVersion | None
    actions: Sequence[str]
    at: datetime  # aware UTC: of the decision


@dataclass(frozen=True)
class Draft:
    """A notice before it is sent: its words so far, and the variables that have no value."""

    audience: TemplatePurpose
    wording: ReplyTemplateVersion
    text: str
    missing: Sequence[str]
    languages: Sequence[str] = ()


def wordings_for(case: Case, verdict: Verdict) -> dict[TemplatePurpose, list[ReplyTemplateVersion]]:
    """The wordings in use for a verdict, by side; of each the nearest to the reader's language first. One query.

    A submitter reads the installation's language, the person concerned that of the content; then English, then any.
    """
    found: dict[TemplatePurpose, list[ReplyTemplateVersion]] = {}
    active = in_use().filter(template__is_active=True, template__verdicts__contains=[verdict.value])
    for version in active.order_by("template_id", "language"):
        mine = found.setdefault(TemplatePurpose(version.template.purpose), [])
        if not mine or mine[0].template_id == version.template_id:  # the oldest template alone
            mine.append(version)
    wanted = {TemplatePurpose.SUBMITTER: settings.LANGUAGE_CODE, TemplatePurpose.SUBJECT: case.language}
    return {
        audience: sorted(some, key=lambda one: _far(one.language, wanted[audience])) for audience, some in found.items()
    }


def _far(language: str, wanted: str) -> int:
    own, wanted = language.lower(), wanted.lower()
    if own == wanted:
        return 0
    same = own.partition("-")[0] == wanted.partition("-")[0]
    return 1 if same else 2 if own == "en" else 3


def drafts_for(
    facts: Facts,
    *,
    without: Iterable[str] = (),
    languages: Mapping[str, str] | None = None,
    entity: Entity | None = None,
) -> list[Draft]:
    """What would be sent: to each side a notice in the nearest language, or in the one named in `languages`.

    `without` names sides that are told nothing; without an `entity` there is nobody concerned to tell. One query.
    """
    chosen = languages or {}
    left_out = set(without) | ({TemplatePurpose.SUBJECT.value} if entity is None else set())
    drafted = []
    for audience, wordings in wordings_for(facts.case, facts.verdict).items():
        if audience.value in left_out:
            continue
        named = [one for one in wordings if one.language == chosen.get(audience.value)]
        wording = (named or wordings)[0]
        text, missing = write(wording, facts, audience=audience, entity=entity)
        drafted.append(Draft(audience, wording, text, missing, [one.language for one in wordings]))
    return sorted(drafted, key=lambda one: NOTIFIED.index(one.audience))


def problems_of(drafted: Sequence[Draft]) -> list[FieldProblem]:
    """A notice with a variable that has no value is not sent: say which."""
    return [
        FieldProblem(
            f"/notice_{draft.audience.value}",
            "missing_variable",
            _("%(who)s: %(names)s has no value here. Leave the notice out, or choose another wording.")
            % {"who": draft.audience.label, "names": ", ".join(f"{{{{ {name} }}}}" for name in draft.missing)},
        )
        for draft in drafted
        if draft.missing
    ]


def write(
    wording: ReplyTemplateVersion, facts: Facts, *, audience: TemplatePurpose, entity: Entity | None = None
) -> tuple[str, list[str]]:
    """The words of a notice in its wording's language, and the variables without a value, which stay in their braces."""
    offered = variables_for(audience)
    with translation.override(_spoken(wording.language)):
        values = {name: value for name, value in _values(facts, entity).items() if name in offered and value}
    wanted = variables_in(wording.body)
    return fill(wording.body, values), [name for name in dict.fromkeys(wanted) if name not in values]


def tell(decision: Decision, cases: Sequence[Case], *, at: datetime) -> list[Notice]:
    """Write out what is told about a decision that takes effect, in the caller's transaction; `at` aware UTC.

    Every one of `cases` (the decided one, and merged ones that repeat it) gets its submitter's notice. Whomever something is handed to
    the platform about gets the notice to the person concerned, on the decided case; it goes there with the action. Four queries at most.
    """
    chosen = {audience: pk for audience, pk in decision.notices.items() if audience in {one.value for one in NOTIFIED}}
    if not chosen:
        return []
    wordings = {one.pk: one for one in ReplyTemplateVersion.objects.filter(pk__in=chosen.values())}
    entities: list[Entity] = []
    if TemplatePurpose.SUBJECT.value in chosen:
        entities = list(Entity.objects.filter(enforcement__decision=decision).distinct().order_by("pk"))
    made = []
    for audience, pk in chosen.items():
        wording = wordings[pk]
        readers: list[tuple[Case, Entity | None]] = (
            [(case, entity) for case in cases if case.pk == decision.case_id for entity in entities]
            if audience == TemplatePurpose.SUBJECT
            else [(case, None) for case in cases]
        )
        for case, entity in readers:
            facts = Facts(case, Verdict(decision.verdict), decision.clause, decision.actions, decision.decided_at)
            text, _missing = write(wording, facts, audience=TemplatePurpose(audience), entity=entity)
            made.append(
                Notice(
                    organization_id=case.organization_id,
                    case=case,
                    decision=decision,
                    audience=audience,
                    entity=entity,
                    language=wording.language,
                    wording=wording,
                    body=text,
                    made_at=at,
                )
            )
    return Notice.objects.bulk_create(made)


def first_subject(case: Case) -> Entity | None:
    """The first violator of a case: whom a preview addresses. One query."""
    found = case.subjects.filter(role=EntityRole.VIOLATOR).select_related("entity").order_by("pk").first()
    return found.entity if found is not None else None


def _spoken(language: str) -> str:
    """The nearest language that our own words exist in; English else."""
    known = dict(settings.LANGUAGES)
    for one in (language.lower(), language.lower().partition("-")[0]):
        if one in known:
            return one
    return "en"


def _values(facts: Facts, entity: Entity | None) -> dict[str, str]:
    case, clause = facts.case, facts.clause
    return {
        "reference": case.ref,
        "decision": str(facts.verdict.label),
        "clause": f"{clause.policy.key} {clause.title}" if clause is not None else "",
        "rule": clause.rule if clause is not None else "",
        "reason": clause.public_rationale if clause is not None else "",
        "actions": ", ".join(step.label for step in read_steps(facts.actions)) or str(_("none")),
        "decided": _day(facts.at),
        "appeal_until": _day(_months_later(facts.at, APPEAL_MONTHS)),
        "their_reference": case.external_ref,
        "submitter": case.organization.name,
        "received": _day(case.received_at),
        "subject": str(entity) if entity is not None else "",
    }


def _day(at: datetime) -> str:
    return str(formats.date_format(at.astimezone(UTC), "DATE_FORMAT"))


def _months_later(at: datetime, months: int) -> datetime:
    """The same day so many months on; the last of a shorter month."""
    month = at.month - 1 + months
    year, month = at.year + month // 12, month % 12 + 1
    day = min(at.day, calendar.monthrange(year, month)[1])
    return at.replace(year=year, month=month, day=day)
