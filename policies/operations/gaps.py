"""Gaps: questions that no clause answers, opened by decisions, kept by an owner, closed by a clause or an explicit “no rule”."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, StaleRevision
from policies import events, permissions
from policies.lifecycle import GapState
from policies.models import Gap, PolicyVersion
from policies.permissions import check_can_read_library

QUESTION_MAX = 300
POSITION_MAX = 4000


class GapClosed(DomainError):
    """The gap has its answer, or was withdrawn."""

    code = "gap_closed"
    title = "This gap is closed"


@transaction.atomic
def open_gap(
    *,
    question: str,
    source_ref: str,
    by: User,
    at: datetime,
    nearest: PolicyVersion | None = None,
    shown: Collection[str] = (),
    compartments: Collection[str] = (),
    interim_position: str = "",
) -> Gap:
    """Write down that no clause answers `question`, met in the case `source_ref`.

    `nearest` is the clause that came closest and `shown` the keys of its elements that were shown: the others are kept as those
    that failed; `compartments` are the case's labels. `at` is aware UTC. Records `gap.opened`. Raises `NotPermitted`, `Invalid` (no question, too long).
    """
    check_can_read_library(by)
    question, interim_position = question.strip(), interim_position.strip()
    problems = []
    if not question:
        problems.append(FieldProblem("/gap_question", "required", _("Write the question that no clause answers.")))
    if len(question) > QUESTION_MAX:
        problems.append(
            FieldProblem(
                "/gap_question", "too_long", _("The question has more than %(n)d characters.") % {"n": QUESTION_MAX}
            )
        )
    if len(interim_position) > POSITION_MAX:
        problems.append(
            FieldProblem(
                "/gap_position", "too_long", _("The position has more than %(n)d characters.") % {"n": POSITION_MAX}
            )
        )
    if problems:
        raise Invalid(errors=problems)
    elements = nearest.elements if nearest is not None else []
    gap = Gap.objects.create(
        question=question,
        nearest=nearest,
        failed=[{"key": e["key"], "text": e["text"]} for e in elements if e["key"] not in shown],
        interim_position=interim_position,
        source_ref=source_ref,
        compartments=sorted(compartments),
        opened_by=by,
        opened_at=at,
    )
    data: dict[str, object] = {
        "source": source_ref,
        "question": question,
        "nearest": nearest.citation if nearest is not None else "",
        "failed": [element["key"] for element in gap.failed],
    }
    _record(events.GAP_OPENED, gap, by, at, data)
    return gap


@transaction.atomic
def withdraw_gap(*, gap_id: int, by: User, at: datetime) -> Gap:
    """Take an open gap back, because the decision that opened it was undone. `at` aware UTC; records `gap.withdrawn`."""
    gap = Gap.objects.select_for_update().get(pk=gap_id)
    if gap.state != GapState.OPEN:
        return gap
    gap.state = GapState.WITHDRAWN
    gap.save(update_fields=["state"])
    _record(events.GAP_WITHDRAWN, gap, by, at, {"source": gap.source_ref})
    return gap


@transaction.atomic
def keep_gap(
    *,
    gap_id: int,
    owner: User | None,
    target_on: date | None,
    interim_position: str,
    revision: int,
    by: User,
    at: datetime,
) -> Gap:
    """Give an open gap an owner, a date by which it is to be answered, and the position meanwhile. `at` aware UTC.

    Locks the gap. Records `gap.changed` with what differs. Raises `NotPermitted`, `GapClosed`, `StaleRevision`, `Invalid`.
    """
    gap = Gap.objects.select_for_update().get(pk=gap_id)
    permissions.check_can_keep_gap(by, gap)
    _check_open(gap, revision)
    interim_position = interim_position.strip()
    problems = []
    if len(interim_position) > POSITION_MAX:
        problems.append(
            FieldProblem("/interim_position", "too_long", _("More than %(n)d characters.") % {"n": POSITION_MAX})
        )
    if owner is not None and not Gap.objects.visible_to(owner).filter(pk=gap.pk).exists():
        problems.append(FieldProblem("/owner", "unfit", _("This person may not read the gap.")))
    if target_on is not None and target_on != gap.target_on and target_on < at.date():
        problems.append(FieldProblem("/target_on", "past", _("Choose a date to come.")))
    if problems:
        raise Invalid(errors=problems)
    values = {"owner_id": owner.pk if owner else None, "target_on": target_on, "interim_position": interim_position}
    changed = [name for name, value in values.items() if getattr(gap, name) != value]
    if not changed:
        return gap
    gap.owner, gap.target_on, gap.interim_position = owner, target_on, interim_position
    gap.revision += 1
    gap.save(update_fields=["owner", "target_on", "interim_position", "revision"])
    _record(events.GAP_CHANGED, gap, by, at, {"fields": changed, "user_id": gap.owner_id})
    return gap


@transaction.atomic
def answer_gap(*, gap_id: int, version_id: int, revision: int, by: User, at: datetime) -> Gap:
    """Close a gap by a wording that is published already; a draft answers it when it is published. `at` aware UTC.

    Records `gap.answered`. Raises `NotPermitted`, `GapClosed`, `StaleRevision`, `Invalid` for a wording older than the gap:
    that one did not answer it.
    """
    gap = Gap.objects.select_for_update().get(pk=gap_id)
    permissions.check_can_keep_gap(by, gap)
    _check_open(gap, revision)
    version = PolicyVersion.objects.visible_to(by).published().select_related("policy").filter(pk=version_id).first()
    since = version.effective_from if version is not None else None
    if version is None or since is None or since < gap.opened_at:
        problem = _("Choose a version that came into force after the question was asked.")
        raise Invalid(errors=[FieldProblem("/clause", "no_answer", problem)])
    gap.answer, gap.state, gap.closed_at, gap.closed_by = version, GapState.ANSWERED, at, by
    gap.revision += 1
    gap.save(update_fields=["answer", "state", "closed_at", "closed_by", "revision"])
    data = {"source": gap.source_ref, "clause": version.citation, "user_id": gap.opened_by_id}
    _record(events.GAP_ANSWERED, gap, by, at, data)
    return gap


@transaction.atomic
def rule_out(*, gap_id: int, outcome: str, revision: int, by: User, at: datetime) -> Gap:
    """Close a gap with the explicit word that no rule will be made, and why. `at` aware UTC. Records `gap.closed`.

    Raises `NotPermitted`, `GapClosed`, `StaleRevision`, `Invalid` without a reason.
    """
    gap = Gap.objects.select_for_update().get(pk=gap_id)
    permissions.check_can_keep_gap(by, gap)
    _check_open(gap, revision)
    outcome = outcome.strip()
    if not 0 < len(outcome) <= POSITION_MAX:
        problem = _("Say in 1 to %(n)d characters why no rule will be made.") % {"n": POSITION_MAX}
        raise Invalid(errors=[FieldProblem("/outcome", "required", problem)])
    gap.outcome, gap.state, gap.closed_at, gap.closed_by, gap.answer = outcome, GapState.WONT_RULE, at, by, None
    gap.revision += 1
    gap.save(update_fields=["outcome", "state", "closed_at", "closed_by", "answer", "revision"])
    _record(events.GAP_CLOSED, gap, by, at, {"source": gap.source_ref, "user_id": gap.opened_by_id})
    return gap


def _check_open(gap: Gap, revision: int) -> None:
    if gap.state != GapState.OPEN:
        raise GapClosed(_("%(ref)s is closed.") % {"ref": gap.ref})
    if gap.revision != revision:
        raise StaleRevision(
            _("Somebody changed this gap since you opened it: look again."), current=gap.revision, given=revision
        )


def _record(kind: str, gap: Gap, by: User, at: datetime, data: dict[str, object]) -> None:
    internal_id = Organization.objects.values_list("id", flat=True).get(kind=Organization.Kind.INTERNAL)
    record(kind, subject=gap, by=by, at=at, data=data, organization_id=internal_id)
