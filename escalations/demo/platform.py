"""The demo's platform: fetches what is queued and answers, mostly well. It refuses some, says nothing about some, answers some late and
some twice.

It plays by the same operations that the API calls, so the outbox of the demo has true rows. How it answers an action follows from
the action's key: asked again it would answer the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from escalations.enforcement_life import HandOffState
from escalations.models import Case, EnforcementAction
from escalations.operations import handing_over

EVERY_S = 5
_THINKS = timedelta(seconds=3)  # before it answers
_TROUBLE = timedelta(hours=20)  # what is older was seen to since
_REASONS = (
    "The account was deleted by its owner an hour ago.",
    "The item is under review by another team: ask again tomorrow.",
    "No such item in this market.",
)


def mood_of(action: EnforcementAction) -> str:
    """How the platform answers an action: accept, refuse, silent (takes it, says nothing), late (says so hours later) or twice."""
    number = int(action.key[4:8], 16) % 24
    if action.resolved_by_id is not None:  # a person looked and sent it again
        return "accept"
    return {0: "refuse", 1: "silent", 2: "late", 3: "twice"}.get(number, "accept")


def answer_waiting(at: datetime) -> str:
    """A job of the engine in a demo: answer what is queued, and late what was left unclear; answers what it did."""
    queued = EnforcementAction.objects.filter(
        handing_over.ready(), state=HandOffState.QUEUED, next_at__lte=at - _THINKS
    )
    done = 0
    for action in queued.order_by("queued_at", "pk")[:25]:
        _answer(action, at=at)
        done += 1
    unclear = EnforcementAction.objects.filter(state=HandOffState.AMBIGUOUS, settled_at__lt=at - timedelta(minutes=20))
    for action in unclear.order_by("pk")[:25]:
        if mood_of(action) == "late":
            _accept(action, at=at)
            done += 1
    return f"answered {done}" if done else ""


def answer_history(case: Case, *, at: datetime, now: datetime) -> None:
    """Answer what a case's past decision queued at about `at`, as the platform would have then; both aware UTC.

    What has been waiting for long by `now` was seen to in between, so that the outbox holds the last hours' troubles.
    """
    for action in EnforcementAction.objects.filter(case=case, state=HandOffState.QUEUED).order_by("pk"):
        if now - at > _TROUBLE:
            _accept(action, at=at + _THINKS)
        else:
            _answer(action, at=at + _THINKS)
    # Left to the engine, what nobody answered then would be overdue at once, and an alarm.
    handing_over.declare_silent_of(case.pk, until=now)
    case.refresh_from_db()


def _answer(action: EnforcementAction, *, at: datetime) -> None:
    mood = mood_of(action)
    if mood in ("accept", "twice"):
        _accept(action, at=at)
        if mood == "twice":  # as programs do that lost our answer: it changes nothing
            _accept(action, at=at)
    elif mood == "refuse":
        reason = _REASONS[action.pk % len(_REASONS)]
        handing_over.answer(action_id=action.pk, accepted=False, foreign_id="", reason=reason, by=None, at=at)
    else:
        handing_over.take(action_id=action.pk, by=None, at=at)


def _accept(action: EnforcementAction, *, at: datetime) -> None:
    name = f"orb-{action.key[4:12]}"
    handing_over.answer(action_id=action.pk, accepted=True, foreign_id=name, reason="", by=None, at=at)
