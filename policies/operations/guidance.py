"""Interim guidance: issued for the cases that a filter finds, in editions, until it expires or is withdrawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core import engine
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid
from policies import events, permissions
from policies.lifecycle import GuidanceEnd
from policies.models import Guidance, GuidanceAcknowledgement, Policy
from policies.operations.drafts import internal_id
from policies.registry import scope_problems

TEXT_MAX, TITLE_MAX, SCOPE_MAX = 4000, 120, 1000
LONGEST = timedelta(days=90)  # what should hold longer belongs into a clause
_CRISIS = re.compile(r"CR-[1-9][0-9]{0,9}")
_LOCK = 4_071_007  # issuing takes numbers one after another


class GuidanceOver(DomainError):
    """The guidance has ended."""

    code = "guidance_over"
    title = "This guidance has ended"


@dataclass(frozen=True)
class Instruction:
    """What is issued. `scope` is a filter over cases (empty: every case); times are aware UTC; `starts_at` None is at once."""

    title: str
    text: str
    expires_at: datetime
    scope: str = ""
    starts_at: datetime | None = None
    crisis_ref: str = ""
    policy_keys: Sequence[str] = ()
    needs_acknowledgement: bool = True


@transaction.atomic
def issue_guidance(*, instruction: Instruction, by: User, at: datetime, replaces: int | None = None) -> Guidance:
    """Issue a guidance, or with `replaces` (a number) its next edition: the one that holds then ends where this one begins.

    `at` aware UTC. Records `guidance.issued`, and `guidance.ended` of the replaced edition. Raises `NotPermitted`, `Invalid`.
    """
    permissions.check_can_issue_guidance(by)
    starts_at = instruction.starts_at or at
    problems = _problems(instruction, starts_at, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    edition = 1
    if replaces is not None:
        earlier = list(Guidance.objects.select_for_update().filter(number=replaces).order_by("edition"))
        if not earlier:
            problems.append(FieldProblem("/number", "unknown", _("There is no such guidance.")))
        else:
            edition = earlier[-1].edition + 1
    else:
        earlier = []
    if problems:
        raise Invalid(errors=problems)
    for one in earlier:
        if one.ended_at is None and one.expires_at > starts_at:
            _end(one, max(starts_at, at), GuidanceEnd.REPLACED, by, at)
    number = replaces or (Guidance.objects.aggregate(number=Max("number"))["number"] or 0) + 1
    guidance = Guidance.objects.create(
        number=number,
        edition=edition,
        title=instruction.title.strip(),
        text=instruction.text.strip(),
        scope=instruction.scope.strip(),
        crisis_ref=instruction.crisis_ref.strip().upper(),
        policy_keys=sorted({key.strip().upper() for key in instruction.policy_keys if key.strip()}),
        issuer=by,
        issued_at=at,
        starts_at=starts_at,
        expires_at=instruction.expires_at,
        needs_acknowledgement=instruction.needs_acknowledgement,
        announced_at=at if starts_at <= at else None,
    )
    _note(events.GUIDANCE_ISSUED, guidance, by, at)
    if starts_at <= at:
        _note(events.GUIDANCE_STARTED, guidance, by, at)
    return guidance


def _problems(instruction: Instruction, starts_at: datetime, at: datetime) -> list[FieldProblem]:
    problems = []
    for name, text, most in (
        ("title", instruction.title, TITLE_MAX),
        ("text", instruction.text, TEXT_MAX),
    ):
        if not 0 < len(text.strip()) <= most:
            problems.append(FieldProblem(f"/{name}", "required", _("Between 1 and %(n)d characters.") % {"n": most}))
    if len(instruction.scope) > SCOPE_MAX:
        problems.append(FieldProblem("/scope", "too_long", _("More than %(n)d characters.") % {"n": SCOPE_MAX}))
    else:
        problems += [FieldProblem("/scope", "bad_filter", text) for text in scope_problems(instruction.scope, at=at)]
    if starts_at < at:
        problems.append(FieldProblem("/starts_at", "past", _("It cannot begin in the past.")))
    if instruction.expires_at <= starts_at:
        problems.append(FieldProblem("/expires_at", "before_start", _("It would end before it begins.")))
    elif instruction.expires_at > starts_at + LONGEST:
        text = _("At most %(n)d days: what should hold longer belongs into a clause.") % {"n": LONGEST.days}
        problems.append(FieldProblem("/expires_at", "too_long", text))
    if instruction.crisis_ref.strip() and not _CRISIS.fullmatch(instruction.crisis_ref.strip().upper()):
        problems.append(FieldProblem("/crisis_ref", "unknown", _("A crisis is named like CR-12.")))
    keys = {key.strip().upper() for key in instruction.policy_keys if key.strip()}
    if unknown := keys - set(Policy.objects.filter(key__in=keys).values_list("key", flat=True)):
        text = _("No such clause: %(keys)s.") % {"keys": ", ".join(sorted(unknown))}
        problems.append(FieldProblem("/policy_keys", "unknown", text))
    return problems


@transaction.atomic
def withdraw_guidance(*, guidance_id: int, by: User, at: datetime) -> Guidance:
    """End a guidance before its time. `at` aware UTC. Records `guidance.ended`. Raises `NotPermitted`, `GuidanceOver`."""
    permissions.check_can_issue_guidance(by)
    guidance = Guidance.objects.select_for_update().get(pk=guidance_id)
    if guidance.until <= at:
        raise GuidanceOver(_("%(name)s has ended already.") % {"name": guidance.name})
    _end(guidance, at, GuidanceEnd.WITHDRAWN, by, at)
    return guidance


def _end(guidance: Guidance, end: datetime, cause: GuidanceEnd, by: User | None, at: datetime) -> None:
    guidance.ended_at, guidance.end_cause, guidance.ended_by = end, cause, by
    guidance.save(update_fields=["ended_at", "end_cause", "ended_by"])
    _note(events.GUIDANCE_ENDED, guidance, by, at)


@transaction.atomic
def acknowledge_guidance(*, guidance_id: int, by: User, at: datetime) -> GuidanceAcknowledgement:
    """Say that one has read an edition; once is enough. `at` aware UTC. Records `guidance.acknowledged` the first time."""
    permissions.check_can_read_library(by)
    guidance = Guidance.objects.get(pk=guidance_id)
    found, is_new = GuidanceAcknowledgement.objects.get_or_create(
        guidance=guidance, user=by, defaults={"acknowledged_at": at}
    )
    if is_new:
        _note(events.GUIDANCE_ACKNOWLEDGED, guidance, by, at)
    return found


def turn_due(limit: int) -> int:
    """The engine's claim: says of guidance that it has begun or run out. Whether it applies never depends on it.

    Any number of engines may run it. Uses index: guidance_not_over.
    """
    at = db_now()
    with transaction.atomic():
        rows = Guidance.objects.select_for_update(skip_locked=True).filter(ended_at__isnull=True)
        starting = list(rows.filter(announced_at__isnull=True, starts_at__lte=at).order_by("id")[:limit])
        for guidance in starting:
            engine.progress()
            guidance.announced_at = at
            guidance.save(update_fields=["announced_at"])
            _note(events.GUIDANCE_STARTED, guidance, None, guidance.starts_at)
        ending = list(rows.filter(expires_at__lte=at).order_by("id")[:limit])
        for guidance in ending:
            engine.progress()
            _end(guidance, guidance.expires_at, GuidanceEnd.EXPIRED, None, at)
    return len(starting) + len(ending)


def _note(kind: str, guidance: Guidance, by: User | None, at: datetime) -> None:
    data = {
        "name": guidance.name,
        "crisis": guidance.crisis_ref,
        "from": guidance.starts_at.isoformat(),
        "until": guidance.until.isoformat(),
        "cause": str(guidance.end_cause),
        "user_id": guidance.issuer_id,
    }
    record(kind, subject=guidance, by=by, at=at, data=data, organization_id=internal_id())
