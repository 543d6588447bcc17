"""Handing enforcement actions to the platform, and hearing what became of them.

Pushed: claimed with a lease and a fence, marked as begun, sent signed with no transaction open, settled by a statement that names
the fence (reliability.md R9–R13). Or pulled: the platform fetches what is queued and answers over the API. Either way its word
settles an action, early, late or twice; what nobody can know is `ambiguous`, is never tried again by itself, and a person looks.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Action as Right
from audit import doorbell
from audit.leases import Claimed, Leases
from audit.recording import record
from core import engine, outward
from core.breakers import Breaker
from core.clock import db_now
from core.errors import FieldProblem, Invalid
from core.standard_webhooks import signature
from escalations import events, permissions
from escalations.enforcement_life import HandOffNotAllowed, HandOffState, Source
from escalations.lifecycle import TemplatePurpose
from escalations.models import Case, EnforcementAction, Notice
from escalations.operations import hand_offs
from escalations.operations.enforcement import CLAIM, said, touch

KIND = "enforcement.requested"  # the webhook's type
TIMEOUT_S = 8.0
LEASE_S = 30.0
AT_ONCE = 10
FOREIGN_ID_MAX = 200
LARGEST_ANSWER = 64 * 1024
# What surely did not arrive is tried again, under the same key: 5 s, 30 s, 2 and 10 minutes, then every half hour until it does.
DELAYS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800))
LONGEST_WAIT = timedelta(hours=1)  # of `Retry-After`
LOST = "The sending process ended before it heard what became of this."
SILENT = "The platform took this and has not said what became of it."
_NOT_TAKEN = (408, 425, 429, 503)  # the platform says that it did not take it: nothing was done

LEASES: Leases[EnforcementAction] = Leases(
    EnforcementAction,
    lease_s=LEASE_S,
    timeout_s=TIMEOUT_S,
    pending=HandOffState.QUEUED,
    leased=HandOffState.SENDING,
    order=("next_at", "id"),
)
PLATFORM = Breaker()
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Word:
    """What a try led to: the state, and what the platform said. `after` is when to try again."""

    state: HandOffState
    why: str = ""
    foreign_id: str = ""
    after: timedelta | None = None


@dataclass(frozen=True)
class Answered:
    """The platform's answer as it was taken: `taken`, a `repeat` of its first one, or one that `contradicts` it."""

    action: EnforcementAction
    how: str


def ready(at: datetime | None = None) -> Q:
    """Which queued actions may leave now. What lifts an action waits until that has arrived or is given up."""
    still = Q(
        reverses__state__in=(HandOffState.QUEUED, HandOffState.SENDING, HandOffState.SENT),
    )
    return ~still if at is None else ~still & Q(next_at__lte=at)


def action_out(action: EnforcementAction) -> dict[str, Any]:
    """An action as the platform reads it, pushed or fetched. Holds no word of the case: restricted ones are enforced, too.

    `notice` is what the person concerned is to be told, in words made from the policy or written in their appeal; null where nothing is.
    """
    entity, lifts, decision = action.entity, action.reverses, action.decision
    told = decision.notices_made.all() if decision is not None and lifts is None else ()
    notice = next(((one.language, one.body) for one in told if one.entity_id == action.entity_id), None)
    if action.tells is not None:
        notice = (action.tells.language or "en", action.tells.body)
    return {
        "id": str(action.public_id),
        "key": action.key,
        "state": action.state,
        "action": action.type,
        "lift": lifts is not None,
        "lifts": {"id": str(lifts.public_id), "foreign_id": lifts.foreign_id or None} if lifts is not None else None,
        "why": action.source,
        "case": action.case.ref,
        "decision": str(decision.public_id) if decision is not None else None,
        "clause": decision.clause.citation if decision is not None and decision.clause is not None else None,
        "subject": {"platform": entity.platform, "kind": entity.kind, "id": entity.key, "url": entity.url or None},
        "notice": {"language": notice[0], "body": notice[1]} if notice is not None else None,
        "markets": list(action.markets),
        "ends_at": action.ends_at,
        "queued_at": action.queued_at,
        "foreign_id": action.foreign_id or None,
        "refusal": action.refusal or None,
        "settled_at": action.settled_at,
    }


def with_parts(rows: QuerySet[EnforcementAction]) -> QuerySet[EnforcementAction]:
    """With what `action_out` reads, in the same query and one more for the notices."""
    told = Prefetch("decision__notices_made", Notice.objects.filter(audience=TemplatePurpose.SUBJECT))
    return rows.select_related("entity", "case", "decision__clause__policy", "reverses", "tells").prefetch_related(told)


# -- Pushed ------------------------------------------------------------------------------------------------------------
def hand_over_due(limit: int) -> int:
    """The engine's claim: settle what was lost or is overdue, then send what is due; answers how many it dealt with.

    Without WATCHFLOOR_ENFORCEMENT_URL nothing is sent: the platform fetches.
    """
    done = declare_lost() + declare_silent(at=db_now())
    if not settings.ENFORCEMENT_URL:
        return done
    sent = 0
    while sent < limit and not engine.is_stopping() and PLATFORM.allows():
        # While the platform seems down one probe goes out at a time.
        batch = LEASES.claim(1 if PLATFORM.is_open else AT_ONCE, where=ready() & Q(started_at__isnull=True))
        if not batch:
            break
        for claimed in batch:
            engine.progress()
            if engine.is_stopping() or (PLATFORM.is_open and sent) or not LEASES.may_start(claimed):
                LEASES.settle(claimed, state=HandOffState.QUEUED, attempts=F("attempts") - 1)
                continue
            _hand_over(claimed)
            sent += 1
    return done + sent


def _hand_over(claimed: Claimed[EnforcementAction]) -> None:
    action = with_parts(EnforcementAction.objects.filter(pk=claimed.row.pk)).get()
    body = orjson.dumps({"type": KIND, "timestamp": action.queued_at, "data": _sent_form(action)})
    begun = EnforcementAction.objects.filter(pk=action.pk, fence=claimed.fence, state=HandOffState.SENDING)
    if not begun.update(started_at=Now(), sent_at=db_now() if action.sent_at is None else action.sent_at):
        log.warning("hand_off_overtaken", action=action.ref)
        return
    word = _ask(action.key, body)
    PLATFORM.note(word.state not in (HandOffState.QUEUED, HandOffState.AMBIGUOUS))
    _settle(claimed, word)


def _sent_form(action: EnforcementAction) -> dict[str, Any]:
    """The same at every try: without the columns that trying changes."""
    found = action_out(action)
    return {name: found[name] for name in found if name not in ("state", "foreign_id", "refusal", "settled_at")}


def _ask(key: str, body: bytes) -> Word:
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"{settings.PRODUCT_NAME}-enforcement/1",
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(settings.ENFORCEMENT_SECRETS, message_id=key, timestamp=now, body=body),
    }
    try:
        answer = outward.fetch(
            "POST",
            settings.ENFORCEMENT_URL,
            headers=headers,
            body=body,
            timeout_s=TIMEOUT_S - 1,
            max_bytes=LARGEST_ANSWER,
        )
    except (outward.UrlNotAllowed, outward.NotReached) as error:  # not a byte has left
        return Word(HandOffState.QUEUED, str(error))
    except outward.OutwardFailed as error:
        return Word(HandOffState.AMBIGUOUS, str(error))
    return word_of(answer.status, answer.headers, answer.body)


def word_of(status: int, headers: Mapping[str, str], body: bytes) -> Word:
    """What an answer of the platform means.

    2xx: taken, and with `{"state": "accepted", "foreign_id": …}` or `{"state": "refused", "reason": …}` settled at once. 408, 425, 429
    and 503: not taken. Other 4xx and 3xx: refused. 409 and other 5xx: nobody knows.
    """
    said = _json(body)
    reason = str(said.get("reason") or said.get("detail") or "")[:400]
    if 200 <= status < 300:
        foreign_id = str(said.get("foreign_id") or "")[:FOREIGN_ID_MAX]
        if said.get("state") == "accepted" and foreign_id:
            return Word(HandOffState.ACCEPTED, foreign_id=foreign_id)
        if said.get("state") == "refused":
            return Word(HandOffState.REFUSED, reason or "The platform refused without a reason.")
        return Word(HandOffState.SENT)
    why = f"The platform answered {status}{f': {reason}' if reason else ''}."
    if status in _NOT_TAKEN:
        return Word(HandOffState.QUEUED, why, after=_retry_after(headers))
    if status == 409 or status >= 500:
        return Word(HandOffState.AMBIGUOUS, why)
    return Word(HandOffState.REFUSED, why)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    text = headers.get("retry-after", "")
    return (
        min(timedelta(seconds=int(text)), LONGEST_WAIT) if text.isascii() and text.isdigit() and len(text) < 9 else None
    )


def _settle(claimed: Claimed[EnforcementAction], word: Word) -> None:
    """Write how a try ended, with what follows for the case; does nothing where somebody settled it meanwhile."""
    at = db_now()
    values: dict[str, Any] = {"last_error": word.why}
    if word.state is HandOffState.QUEUED:
        wait = word.after or DELAYS[min(claimed.row.attempts, len(DELAYS)) - 1]
        # It surely did not arrive: not begun, and if this was the first try, it has not left either.
        values |= {"next_at": Now() + wait, "started_at": None}
        if claimed.row.sent_at is None:
            values["sent_at"] = None
        LEASES.settle(claimed, state=word.state, **values)
        return
    values |= {"started_at": None}
    if word.state is HandOffState.SENT:
        values["answer_due_at"] = at + timedelta(seconds=settings.ENFORCEMENT_WORD_S)
    else:
        values |= {"settled_at": at, "foreign_id": word.foreign_id}
        values["refusal"] = word.why[:500] if word.state is HandOffState.REFUSED else ""
    with transaction.atomic():
        case = Case.objects.lock(claimed.row.case_id)
        if LEASES.settle(claimed, state=word.state, **values):
            action = EnforcementAction.objects.get(pk=claimed.row.pk)
            _tell(action, case, at=at, by=None)


def _tell(action: EnforcementAction, case: Case, *, at: datetime, by: Actor, late: bool = False) -> None:
    """Record what became of an action of a locked case, and close the case where it was the last it waited for."""
    data: dict[str, Any] = {"action": str(action.public_id), "type": action.type}
    state = HandOffState(action.state)
    if state is HandOffState.ACCEPTED:
        kind = events.ENFORCEMENT_ACCEPTED
        data |= {"foreign_id": action.foreign_id, "late": late}
    elif state is HandOffState.REFUSED:
        kind, data["why"] = events.ENFORCEMENT_REFUSED, action.refusal
    elif state is HandOffState.AMBIGUOUS:
        kind, data["why"] = events.ENFORCEMENT_UNCLEAR, action.last_error
    else:
        kind = events.ENFORCEMENT_SENT
    touch(case, at=at)  # open pages of the case fetch its strip anew
    record(kind, subject=case, by=by, at=at, data=data)
    hand_offs.close_if_confirmed(case, at=at)


# -- What nobody settled -----------------------------------------------------------------------------------------------
def declare_lost(*, own: bool = False) -> int:
    """Mark as ambiguous what a process had begun to send and never settled; answers how many.

    With `own`, what this process itself leaves behind as it ends.
    """
    # Uses index: enforcement_sending
    begun = EnforcementAction.objects.filter(state=HandOffState.SENDING, started_at__isnull=False)
    lost = begun.filter(holder=engine.holder()) if own else begun.filter(lease_until__lt=Now())
    return _unclear(lost, why=LOST)


def declare_silent(*, at: datetime) -> int:
    """Mark as ambiguous what the platform took and said nothing about in its time; answers how many. `at` is aware UTC."""
    # Uses index: enforcement_word_due
    return _unclear(EnforcementAction.objects.filter(state=HandOffState.SENT, answer_due_at__lte=at), why=SILENT)


def declare_silent_of(case_id: int, *, until: datetime) -> int:
    """The same for one case's actions, each at the instant at which its word was due by `until` (aware UTC): for a past told afterwards."""
    sent = EnforcementAction.objects.filter(case_id=case_id, state=HandOffState.SENT, answer_due_at__lte=until)
    due = list(sent.order_by("answer_due_at", "pk").values_list("pk", "answer_due_at"))
    return sum(_unclear(sent.filter(pk=pk), why=SILENT, at=due_at) for pk, due_at in due)


def _unclear(rows: QuerySet[EnforcementAction], *, why: str, at: datetime | None = None) -> int:
    """Hold rows unclear, now (by the database) unless `at` says when; answers how many."""
    done = 0
    for pk, case_id in list(rows.order_by("pk").values_list("pk", "case_id")[:100]):
        with transaction.atomic():
            case = Case.objects.lock(case_id)
            action = rows.select_for_update(of=("self",)).filter(pk=pk).first()
            if action is None:
                continue
            noted_at = at or db_now()
            action.move_to(HandOffState.AMBIGUOUS, at=noted_at)
            action.last_error, action.started_at = why, None
            action.save(update_fields=[*EnforcementAction.STATE_FIELDS, "last_error", "started_at"])
            _tell(action, case, at=noted_at, by=None)
            done += 1
    return done


def release_own() -> None:
    """At an orderly end: what was begun is ambiguous, what was only claimed goes back unharmed."""
    declare_lost(own=True)
    LEASES.release_own()


# -- The platform's word -----------------------------------------------------------------------------------------------
@transaction.atomic
def answer(*, action_id: int, accepted: bool, foreign_id: str, reason: str, by: Actor, at: datetime) -> Answered:
    """Take the platform's word on an action: it did it, under a name of its own, or it will not, for a reason.

    `at` is aware UTC. It may come before the push was settled, late (after it was held unclear), and again: the same word twice
    changes nothing; another one than the first does not either, but is recorded as `enforcement.contradicted` for a person to see.
    Records `enforcement.accepted` or `enforcement.refused`. Raises `Invalid`, `EnforcementAction.DoesNotExist`.
    """
    foreign_id, reason = foreign_id.strip(), reason.strip()
    problems = []
    if accepted and not foreign_id:
        problems.append(FieldProblem("/foreign_id", "required", _("Give your own id of what you did.")))
    if not accepted and not reason:
        problems.append(FieldProblem("/reason", "required", _("Say why you will not.")))
    if len(foreign_id) > FOREIGN_ID_MAX:
        problems.append(FieldProblem("/foreign_id", "too_long", _("An id has at most 200 characters.")))
    if problems:
        raise Invalid(errors=problems)
    case, action = _locked(action_id)
    before = HandOffState(action.state)
    state = HandOffState.ACCEPTED if accepted else HandOffState.REFUSED
    if before is state and (action.foreign_id == foreign_id if accepted else True):
        return Answered(action, "repeat")
    if before in (HandOffState.ACCEPTED, HandOffState.CANCELLED):
        data = {"action": str(action.public_id), "type": action.type, "said": state.value, "before": before.value}
        record(events.ENFORCEMENT_CONTRADICTED, subject=case, by=by, at=at, data=data)
        return Answered(action, "contradicts")
    action.move_to(state, at=at)
    action.foreign_id = foreign_id if accepted else ""
    action.refusal = "" if accepted else reason[:500]
    action.started_at = None
    action.save(update_fields=[*EnforcementAction.STATE_FIELDS, "foreign_id", "refusal", "started_at"])
    _tell(action, case, at=at, by=by, late=before is HandOffState.AMBIGUOUS)
    return Answered(action, "taken")


@transaction.atomic
def take(*, action_id: int, by: Actor, at: datetime) -> EnforcementAction:
    """The platform fetched an action and will say later what became of it; from now on its word is due.

    `at` is aware UTC. Saying so again changes nothing. Records `enforcement.sent`. Raises `HandOffNotAllowed` once it was answered
    or taken back, `EnforcementAction.DoesNotExist`.
    """
    case, action = _locked(action_id)
    if action.state == HandOffState.SENT:
        return action
    action.move_to(HandOffState.SENT, at=at)
    action.started_at, action.sent_at = None, action.sent_at or at
    action.answer_due_at = at + timedelta(seconds=settings.ENFORCEMENT_WORD_S)
    action.save(update_fields=[*EnforcementAction.STATE_FIELDS, "started_at", "sent_at"])
    _tell(action, case, at=at, by=by)
    return action


# -- A person ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def retry(*, action_id: int, reason: str, by: User, at: datetime) -> EnforcementAction:
    """Let a refused or unclear action go out again, under its one key, because a person looked and says why.

    `at` is aware UTC. One that is queued goes at once instead of at its next time. Records `enforcement.retried`. Raises `Invalid`
    (no reason), `NotPermitted`, `HandOffNotAllowed` (confirmed, on its way, or taken back), `EnforcementAction.DoesNotExist`.
    """
    reason = said(reason)
    case, action = _locked(action_id)
    permissions.check_can_act(by, Right.HAND_OFF_SETTLE, case)
    if action.ended_at is not None:
        raise HandOffNotAllowed(_("This action was ended: it is not sent again."), state=action.state)
    if action.state != HandOffState.QUEUED:
        if action.state not in (HandOffState.REFUSED, HandOffState.AMBIGUOUS):
            detail = _("It is on its way or confirmed: there is nothing to try again.")
            raise HandOffNotAllowed(detail, state=action.state)
        action.move_to(HandOffState.QUEUED, at=at)
    action.next_at, action.attempts, action.started_at, action.refusal = at, 0, None, ""
    action.resolved_by, action.resolved_why = by, reason
    action.save(
        update_fields=[
            *EnforcementAction.STATE_FIELDS,
            "next_at",
            "attempts",
            "started_at",
            "refusal",
            "resolved_by",
            "resolved_why",
        ]
    )
    touch(case, at=at)
    data = {"action": str(action.public_id), "type": action.type, "reason": reason}
    record(events.ENFORCEMENT_RETRIED, subject=case, by=by, at=at, data=data)
    doorbell.ring_after_commit(CLAIM)
    return action


@transaction.atomic
def resolve(
    *, action_id: int, is_done: bool, reason: str, by: User, at: datetime, foreign_id: str = ""
) -> EnforcementAction:
    """A person looked at the platform and says what became of an action: done there under `foreign_id`, or not done and not to be.

    `at` is aware UTC. Not done withdraws it: nothing of it is in force. Records `enforcement.resolved`, and `case.closed` where it
    was the last a case waited for. Raises `Invalid` (no reason; done without an id), `NotPermitted`, `HandOffNotAllowed`.
    """
    reason = said(reason)
    foreign_id = foreign_id.replace("\x00", "").strip()
    if is_done and not foreign_id:
        detail = _("Give the platform’s own id of what was done, so that it can be found there.")
        raise Invalid(errors=[FieldProblem("/foreign_id", "required", detail)])
    if len(foreign_id) > FOREIGN_ID_MAX:
        raise Invalid(errors=[FieldProblem("/foreign_id", "too_long", _("An id has at most 200 characters."))])
    case, action = _locked(action_id)
    permissions.check_can_act(by, Right.HAND_OFF_SETTLE if is_done else Right.HAND_OFF_OVERRIDE, case)
    if action.state == HandOffState.SENDING:
        raise HandOffNotAllowed(_("It is being sent this moment: look again in half a minute."), state=action.state)
    if not is_done and action.state == HandOffState.SENT:
        raise HandOffNotAllowed(_("The platform has it: wait for its word first."), state=action.state)
    action.move_to(HandOffState.ACCEPTED if is_done else HandOffState.CANCELLED, at=at)
    action.foreign_id, action.refusal = (foreign_id, "") if is_done else ("", action.refusal)
    action.started_at = None
    action.resolved_by, action.resolved_why = by, reason
    if not is_done and action.ended_at is None and action.source not in (Source.REVERSAL, Source.END):
        action.ended_at, action.ended_why, action.remind_at = at, "reversed", None
    action.save()
    touch(case, at=at)
    data = {
        "action": str(action.public_id),
        "type": action.type,
        "outcome": "done" if is_done else "not_done",
        "reason": reason,
        "foreign_id": action.foreign_id,
    }
    record(events.ENFORCEMENT_RESOLVED, subject=case, by=by, at=at, data=data)
    hand_offs.close_if_confirmed(case, at=at)
    return action


def _locked(action_id: int) -> tuple[Case, EnforcementAction]:
    """The case and then the action, locked in that order."""
    case_id = EnforcementAction.objects.values_list("case_id", flat=True).get(pk=action_id)
    case = Case.objects.lock(case_id)
    return case, with_parts(EnforcementAction.objects.filter(pk=action_id)).select_for_update(of=("self",)).get()
