"""Notices of decisions: which wording goes to whom, its words from the facts of the policy, and keeping what was told (ux.md DEC-10).

The wording is chosen when the case is decided and written out when the decision takes effect, so nothing is told of what is undone
or refused. A variable without a value blocks the decision until the notice is left out or worded otherwise; of a merged case that
lacks one later it blocks that notice.

What a submitter is told has a row for each way it takes (`NoticeDelivery`), made with it: their page and API at once, and an e-mail to
whoever submitted, else to their organization's leads. Notifications sends those and says here what became of them.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import Organization, User
from accounts.roles import Action, Role
from audit.recording import Entry, record, record_many
from core.errors import DomainError, FieldProblem, Invalid
from escalations import events, permissions
from escalations.enforcement_life import read_steps
from escalations.lifecycle import NOTIFIED, EntityRole, NoticeState, NoticeWay, TemplatePurpose, Verdict
from escalations.models import Case, Decision, Entity, Notice, NoticeDelivery, ReplyTemplateVersion
from escalations.operations import hand_offs
from escalations.operations.replies import fill, variables_for, variables_in
from escalations.operations.saving import save
from escalations.selectors.replies import in_use
from policies.models import PolicyVersion

# A decision that took effect longer ago is imported history: it stands on the page, and no e-mail goes out. Half of what
# notifications take for news, so that what is queued here is not too old by the time it is heard there.
NEWS = timedelta(hours=12)
THEIRS = "their_reference"  # the one fact of a merged case that it may lack
ERROR_MAX = REASON_MAX = 300
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


def problems_of_members(case: Case, drafted: Sequence[Draft]) -> list[FieldProblem]:
    """Of a cluster, merged cases that lack what the notice to their submitter names: their own reference. One query at most."""
    told = next((draft for draft in drafted if draft.audience == TemplatePurpose.SUBMITTER), None)
    if not case.cluster_size or told is None or THEIRS not in variables_in(told.wording.body):
        return []
    count = case.children.filter(external_ref="").count()
    if not count:
        return []
    detail = ngettext(
        "%(count)d merged case has no value for %(name)s. Leave the notice out, or choose another wording.",
        "%(count)d merged cases have no value for %(name)s. Leave the notice out, or choose another wording.",
        count,
    ) % {"count": count, "name": f"{{{{ {THEIRS} }}}}"}
    return [FieldProblem("/notice_submitter", "missing_variable", detail)]


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

    Every one of `cases` (the decided one, and merged ones that repeat it) gets its submitter's notice, with a row for each way it takes.
    Whomever something is handed to the platform about gets the notice to the person concerned, on the decided case; it goes there with
    the action. A notice with a variable that has no value here is not made. Seven queries at most. Records `notice.queued` where
    e-mail is to go out, `notice.withheld` where a value is missing.
    """
    chosen = {audience: pk for audience, pk in decision.notices.items() if audience in {one.value for one in NOTIFIED}}
    if not chosen:
        return []
    wordings = {one.pk: one for one in ReplyTemplateVersion.objects.filter(pk__in=chosen.values())}
    entities: list[Entity] = []
    if TemplatePurpose.SUBJECT.value in chosen:
        entities = list(Entity.objects.filter(enforcement__decision=decision).distinct().order_by("pk"))
    made, recorded = [], []
    for audience, pk in chosen.items():
        wording = wordings[pk]
        readers: list[tuple[Case, Entity | None]] = (
            [(case, entity) for case in cases if case.pk == decision.case_id for entity in entities]
            if audience == TemplatePurpose.SUBJECT
            else [(case, None) for case in cases]
        )
        for case, entity in readers:
            facts = Facts(case, Verdict(decision.verdict), decision.clause, decision.actions, decision.decided_at)
            text, missing = write(wording, facts, audience=TemplatePurpose(audience), entity=entity)
            if missing:
                withheld = {"audience": audience, "missing": missing}
                recorded.append(Entry(events.NOTICE_WITHHELD, case, at, None, withheld))
                continue
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
    notices = Notice.objects.bulk_create(made)
    recorded += _deliver(notices, at=at)
    if recorded:
        record_many(recorded)
    return notices


# -- On its way --------------------------------------------------------------------------------------------------------
def _deliver(notices: Sequence[Notice], *, at: datetime) -> list[Entry]:
    """Make the rows of the ways that notices to submitters outside take; answers the events that set e-mail going."""
    outside = [
        one
        for one in notices
        if one.audience == TemplatePurpose.SUBMITTER and one.case.organization.kind != Organization.Kind.INTERNAL
    ]
    is_news = settings.HAS_MAIL and at > timezone.now() - NEWS
    readers = readers_of([one.case for one in outside]) if is_news else {}
    rows = []
    for one in outside:
        shared = {"organization_id": one.organization_id, "case": one.case, "notice": one, "queued_at": at}
        rows.append(NoticeDelivery(**shared, way=NoticeWay.PAGE, state=NoticeState.SENT, sent_at=at))
        rows += [NoticeDelivery(**shared, way=NoticeWay.EMAIL, person_id=pk) for pk in readers.get(one.case_id, ())]
    by_case: dict[int, list[NoticeDelivery]] = {}
    for row in NoticeDelivery.objects.bulk_create(rows):
        if row.way == NoticeWay.EMAIL:
            by_case.setdefault(row.case_id, []).append(row)
    return [
        Entry(events.NOTICE_QUEUED, mails[0].case, at, None, {"deliveries": [mail.pk for mail in mails]})
        for mails in by_case.values()
    ]


def readers_of(cases: Sequence[Case]) -> dict[int, list[int]]:
    """Whom outside a notice about each case is mailed: who submitted it, else (a program did) their organization's leads.

    By the cases' ids, the ids of people; nobody for cases of our own. Two queries at most.
    """
    people = User.objects.filter(is_active=True, organization__is_active=True).exclude(
        organization__kind=Organization.Kind.INTERNAL
    )
    wanted = {case.submitted_by_id for case in cases if case.submitted_by_id is not None}
    found = people.filter(pk__in=wanted).values_list("pk", "organization_id") if wanted else ()
    submitters: dict[int, int] = dict(found)
    readers = {
        case.pk: [case.submitted_by_id]
        for case in cases
        if case.submitted_by_id is not None and submitters.get(case.submitted_by_id) == case.organization_id
    }
    left = {case.organization_id for case in cases if case.pk not in readers}
    if left:
        still = Q(role_grants__expires_at__isnull=True) | Q(role_grants__expires_at__gt=timezone.now())
        leads = people.filter(still, organization_id__in=left, role_grants__role=Role.VENDOR_LEAD).distinct()
        of_organization: dict[int, list[int]] = {}
        for pk, organization_id in leads.order_by("pk").values_list("pk", "organization_id"):
            of_organization.setdefault(organization_id, []).append(pk)
        readers |= {case.pk: of_organization.get(case.organization_id, []) for case in cases if case.pk not in readers}
    return readers


@transaction.atomic
def settle(*, delivery_id: int, state: NoticeState, why: str, at: datetime) -> NoticeDelivery | None:
    """Write what became of an e-mail: it left, it did not arrive, or nobody needs it (`why`). `at` aware UTC.

    Locks the case; records `notice.sent` or `notice.failed`, and `case.closed` where it was the last that the case waited for.
    Answers None where it was settled before.
    """
    case_id = NoticeDelivery.objects.values_list("case_id", flat=True).get(pk=delivery_id)
    case = Case.objects.lock(case_id)
    row = NoticeDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if row.state != NoticeState.QUEUED:
        return None
    row.state, row.error = state, why[:ERROR_MAX]
    row.sent_at = at if state is NoticeState.SENT else None
    row.save(update_fields=["state", "error", "sent_at"])
    data = {"delivery": str(row.public_id), "way": row.way}
    if state is NoticeState.SENT:
        record(events.NOTICE_SENT, subject=case, by=None, at=at, data=data)
    elif state is NoticeState.FAILED:
        record(events.NOTICE_FAILED, subject=case, by=None, at=at, data=data | {"why": row.error})
    save(case, at=at, moves=False)  # open pages of the case fetch its strip anew
    hand_offs.close_if_confirmed(case, at=at)
    return row


@transaction.atomic
def bounced(*, delivery_id: int, tries: int, why: str, at: datetime) -> Case | None:
    """A mail server says that an e-mail which had left did not arrive (`why`, in its words); `at` aware UTC.

    Answers the case; None where the row is gone. Does nothing where it was sent again since `tries`, or its reader opened the outcome
    meanwhile. Locks the case; records `notice.failed`. A case that is closed stays closed: the notice waits in the outbox.
    """
    case_id = (
        NoticeDelivery.objects.filter(pk=delivery_id, way=NoticeWay.EMAIL).values_list("case_id", flat=True).first()
    )
    if case_id is None:
        return None
    case = Case.objects.lock(case_id)
    row = NoticeDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    # Still queued: the bounce was faster than our note that it had left.
    if row.tries != tries or row.state not in (NoticeState.QUEUED, NoticeState.SENT):
        return case
    row.state, row.error = NoticeState.FAILED, (why or _("Its mail server sent it back."))[:ERROR_MAX]
    row.save(update_fields=["state", "error"])
    data = {"delivery": str(row.public_id), "way": row.way, "why": row.error}
    record(events.NOTICE_FAILED, subject=case, by=None, at=at, data=data)
    save(case, at=at, moves=False)
    return case


class NoticeOnItsWay(DomainError):
    """A notice cannot be sent again: it was opened, or it stands on a page where nothing is sent."""

    status = 409
    code = "notice_state"
    title = "This notice is not sent again"


@transaction.atomic
def resend(*, delivery_id: int, reason: str, by: User, at: datetime) -> NoticeDelivery:
    """A person has an e-mail sent again that failed, or of which its reader says that it never came; `at` aware UTC.

    Locks the case; records `notice.resent`. Raises `Invalid` (no reason), `NotPermitted`, `NoticeOnItsWay`.
    """
    case, row, reason = _taken_in_hand(delivery_id, reason, by=by)
    if row.way != NoticeWay.EMAIL or row.state == NoticeState.DELIVERED:
        raise NoticeOnItsWay(_("It was opened, or it stands on a page: there is nothing to send again."))
    row.state, row.queued_at, row.sent_at, row.error = NoticeState.QUEUED, at, None, ""
    row.tries, row.resent_by, row.resent_why, row.discarded_by = row.tries + 1, by, reason, None
    row.save(
        update_fields=["state", "queued_at", "sent_at", "error", "tries", "resent_by", "resent_why", "discarded_by"]
    )
    data = {"deliveries": [row.pk], "reason": reason}
    record(events.NOTICE_RESENT, subject=case, by=by, at=at, data=data)
    save(case, at=at, moves=False)
    return row


@transaction.atomic
def discard(*, delivery_id: int, reason: str, by: User, at: datetime) -> NoticeDelivery:
    """A person gives up an e-mail that has not left or failed: it goes out no more, and the case waits for it no longer.

    `at` aware UTC. The words stay on the submitter's page. Locks the case; records `notice.discarded`, and `case.closed` where it was
    the last that the case waited for. Raises `Invalid` (no reason), `NotPermitted`, `NoticeOnItsWay` (it left, or was opened).
    """
    case, row, reason = _taken_in_hand(delivery_id, reason, by=by)
    if row.state not in (NoticeState.QUEUED, NoticeState.FAILED):
        raise NoticeOnItsWay(_("It has left, or nobody waits for it: there is nothing to give up."))
    row.state, row.error, row.discarded_by = NoticeState.NOT_NEEDED, reason, by
    row.save(update_fields=["state", "error", "discarded_by"])
    data = {"delivery": str(row.public_id), "reason": reason}
    record(events.NOTICE_DISCARDED, subject=case, by=by, at=at, data=data)
    save(case, at=at, moves=False)
    hand_offs.close_if_confirmed(case, at=at)
    return row


def _taken_in_hand(delivery_id: int, reason: str, *, by: User) -> tuple[Case, NoticeDelivery, str]:
    """The case and the row, both locked, for a person who may settle hand-offs and says why."""
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > REASON_MAX:
        detail = _("Give the reason in a line of at most 300 characters.")
        raise Invalid(errors=[FieldProblem("/reason", "required" if not reason else "too_long", detail)])
    case_id = NoticeDelivery.objects.values_list("case_id", flat=True).get(pk=delivery_id)
    case = Case.objects.lock(case_id)
    permissions.check_can_act(by, Action.HAND_OFF_SETTLE, case)
    return case, NoticeDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id), reason


@transaction.atomic
def opened(case: Case, *, by: Actor, at: datetime) -> int:
    """The submitter opened the outcome of a case, in the portal or over the API; answers how many rows that delivered.

    `at` aware UTC. The page's rows, and the e-mail's to the very person. One query where nothing waits to be opened. Records
    `notice.delivered`.
    """
    mine = Q(way=NoticeWay.PAGE) | (Q(person=by) if isinstance(by, User) else Q(pk__in=()))
    waiting = NoticeDelivery.objects.filter(mine, case=case, state=NoticeState.SENT)
    count = waiting.update(state=NoticeState.DELIVERED, delivered_at=at)
    if count:
        record(events.NOTICE_DELIVERED, subject=case, by=by, at=at, data={"count": count})
    return count


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
