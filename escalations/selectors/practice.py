"""How far somebody is with their practice: what the bar above each page shows. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core import keys
from escalations.lifecycle import DecisionState
from escalations.models import Case, Decision
from escalations.operations import claims
from escalations.operations.practice import may_practise
from escalations.selectors.queue import DEFAULT_FILTER


@dataclass(frozen=True)
class Press:
    """One key to press: how the browser reports it, and how it is printed."""

    combination: str
    caps: Sequence[str]


@dataclass(frozen=True)
class Lesson:
    """One step: what to do, by which keys, and by which control instead."""

    name: str
    text: str
    pointer: str
    presses: Sequence[Press] = ()
    is_done: bool = False


@dataclass(frozen=True)
class Practice:
    """The steps in order, and the case in hand. `is_offered`: not begun; `is_on`: under way."""

    is_on: bool = False
    is_offered: bool = False
    lessons: Sequence[Lesson] = ()
    in_hand: Case | None = None
    decided: int = 0
    number: int = field(default=0)

    @property
    def current(self) -> Lesson | None:
        return next((lesson for lesson in self.lessons if not lesson.is_done), None)

    @property
    def step(self) -> int:
        """The current step's number, from 1."""
        return sum(lesson.is_done for lesson in self.lessons) + 1


def practice_of(viewer: User, *, recent: Sequence[str], key_settings: Any) -> Practice:
    """The viewer's practice. `recent` are their recent filters, newest first; two queries while it is on, none otherwise."""
    if not viewer.practice_state:
        return Practice(is_offered=may_practise(viewer))
    if not claims.is_practising(viewer):
        return Practice()
    mine = claims.practice_of(viewer)
    states = list(Decision.objects.filter(case__in=mine).values_list("state", flat=True))
    cases = list(mine.order_by("claimed_at", "pk"))
    in_hand = next((case for case in cases if case.assignee_id == viewer.pk and case.status == "in_review"), None)
    began = viewer.practice_state.get("filters", [])
    resolved: dict[tuple[str, str], keys.Key] = {(key.scope, key.action): key for key in keys.resolve(key_settings)}

    def press(scope: str, action: str) -> list[Press]:
        key = resolved.get((scope, action))
        return [Press(key.keys[0], keys.printed(key.keys[0]))] if key is not None else []

    decide = [
        *press("case", "verdict-1"),
        *press("decision", "clause-accept"),
        *press("decision", "submit"),
    ]
    lessons = (
        Lesson(
            "claim",
            _("Take the next case: it is claimed for you and opens."),
            _("or click Next at the top"),
            press("anywhere", "next"),
            is_done=bool(states) or in_hand is not None,
        ),
        Lesson(
            "decide",
            _("Decide it: verdict 1, the clause on top, submit. The next case opens by itself."),
            _("or click the verdict, the clause and Submit"),
            decide,
            is_done=bool(states),
        ),
        Lesson(
            "filter",
            _("Narrow the queue: go there, press the filter's key, type sev:1 and press Enter."),
            _("or click the filter's box in the queue"),
            [*press("anywhere", "go-queue"), *press("anywhere", "filter")],
            is_done=_without_default(recent) != _without_default(began),
        ),
        Lesson(
            "undo",
            _("Take one more case, decide it, then take the decision back within %(n)d seconds.")
            % {"n": viewer.undo_s},
            _("or click Undo in the message"),
            [*press("anywhere", "next"), *decide, *press("anywhere", "undo")],
            is_done=DecisionState.UNDONE in states,
        ),
    )
    decided = sum(case.status in ("decided", "closed") for case in cases)
    return Practice(is_on=True, lessons=lessons, in_hand=in_hand, decided=decided, number=len(cases))


def _without_default(filters: Sequence[str]) -> list[str]:
    return [text for text in filters if text != DEFAULT_FILTER]
