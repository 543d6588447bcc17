"""What the pages of blind second decisions show. The one who looks reads the case and never the first decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from escalations.lifecycle import SecondLookState
from escalations.models import ContestedClause, SecondLook
from escalations.operations import second_looks
from escalations.selectors.approvals import texts_of

MOST = 200


@dataclass(frozen=True)
class Listed:
    """Second looks by what they wait for."""

    waiting: Sequence[SecondLook]
    differing: Sequence[SecondLook]


@dataclass(frozen=True)
class LookPage:
    """One second look. `shows_both` for whoever settles it and once it is answered; `texts` is text evidence without a shield."""

    look: SecondLook
    may_answer: bool
    may_settle: bool
    shows_both: bool
    texts: Sequence[tuple[int, str]]


def listed(viewer: User) -> Listed:
    """What `viewer` may answer and settle, oldest first. Uses index: second_look_open."""
    found = list(
        SecondLook.objects.visible_to(viewer)
        .filter(state__in=(SecondLookState.WAITING, SecondLookState.DIFFERS))
        .select_related("case__queue", "case__organization")
        .order_by("asked_at", "id")[:MOST]
    )
    return Listed(
        [one for one in found if second_looks.can_answer(viewer, one)],
        [one for one in found if second_looks.can_settle(viewer, one)],
    )


def find(viewer: User, key: Any) -> SecondLook | None:
    """The second look with this public id, where `viewer` may see its case and has a part in it."""
    found = SecondLook.objects.visible_to(viewer).filter(public_id=key)
    look = found.select_related(
        "case__queue", "case__organization", "decision__clause__policy", "decision__decided_by", "clause__policy"
    ).first()
    if look is None or not (second_looks.can_answer(viewer, look) or shows_both(viewer, look)):
        return None
    return look


def shows_both(viewer: User, look: SecondLook) -> bool:
    """Whether `viewer` reads both decisions: who settles them, and the two who made them once it is over."""
    is_theirs = viewer.pk in (look.first_by_id, look.answered_by_id, look.settled_by_id)
    return second_looks.can_settle(viewer, look) or (is_theirs and look.state != SecondLookState.WAITING)


def page_of(look: SecondLook, *, viewer: User) -> LookPage:
    """The page as `viewer` sees it. One query."""
    return LookPage(
        look,
        second_looks.can_answer(viewer, look),
        second_looks.can_settle(viewer, look),
        shows_both(viewer, look),
        texts_of(look.case),
    )


def contested() -> list[ContestedClause]:
    """The clauses flagged now, by key."""
    found = ContestedClause.objects.filter(ended_at=None).select_related("policy", "set_by")
    return sorted(found, key=lambda one: one.policy.sort_key)
