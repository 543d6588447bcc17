"""Gaps: questions that no clause answers, opened by decisions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import record
from core.errors import FieldProblem, Invalid
from policies import events
from policies.lifecycle import GapState
from policies.models import Gap, PolicyVersion
from policies.permissions import check_can_read_library

QUESTION_MAX = 300
POSITION_MAX = 4000


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


def _record(kind: str, gap: Gap, by: User, at: datetime, data: dict[str, object]) -> None:
    internal_id = Organization.objects.values_list("id", flat=True).get(kind=Organization.Kind.INTERNAL)
    record(kind, subject=gap, by=by, at=at, data=data, organization_id=internal_id)
