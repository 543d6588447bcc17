"""Queues: added and changed by leads and administrators. Exactly one is the default, and it is never switched off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organization, Team, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid
from escalations import events
from escalations.models import Queue, RoutingVersion
from escalations.operations import routing

_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_SKILL = re.compile(r"^(language|policy|market|surface):[a-z0-9_.-]{1,50}$")
MOST_SKILLS = 20


@dataclass(frozen=True)
class QueueInput:
    """A queue as written by a person; `required_skills` as `kind:value` (`language:es`)."""

    name: str
    outward_name: str = ""
    team_id: int | None = None
    required_skills: Sequence[str] = ()
    is_active: bool = True
    is_default: bool = False
    position: int = 0


def ensure_default(*, at: datetime) -> Queue:
    """The default queue, made where there is none."""
    return routing.ensure_default_queue()


@transaction.atomic
def save_queue(*, slug: str, values: QueueInput, is_new: bool, by: User | None, at: datetime) -> Queue:
    """Add the queue `slug`, or change it; making it the default takes that from the one before.

    New cases use the change at once; cases already waiting stay. Locks all queues (they are few), so that one stays the
    default. Records `queue.changed`, also for the queue that was the default. Raises `NotPermitted`, `Invalid` with every
    fault, `Queue.DoesNotExist`.
    """
    check_can(by, Action.ROUTING_EDIT)
    queues = {queue.slug: queue for queue in Queue.objects.select_for_update(of=("self",)).order_by("pk")}
    queue = Queue(slug=slug) if is_new else queues.get(slug)
    if queue is None:
        raise Queue.DoesNotExist(slug)
    skills = sorted(set(values.required_skills))
    problems = _faults(queue, values, skills)
    if is_new and (not _SLUG.match(slug) or len(slug) > 50):
        problems.append(
            FieldProblem("/slug", "wrong_form", _("Use small letters, digits and single hyphens, 50 at most."))
        )
    elif is_new and (slug == "new" or slug in queues):  # /admin/queues/new/ is a page
        problems.append(FieldProblem("/slug", "taken", _("Another queue has this short name.")))
    if problems:
        raise Invalid(errors=problems)

    internal = by.organization_id if by else Organization.objects.get(kind=Organization.Kind.INTERNAL).pk
    before = next((one for one in queues.values() if one.is_default), None)
    if values.is_default and before is not None and before.pk != queue.pk:
        before.is_default = False
        before.save(update_fields=["is_default"])
        record(
            events.QUEUE_CHANGED,
            subject=before,
            by=by,
            at=at,
            data={"fields": ["is_default"]},
            organization_id=internal,
        )
    wanted = {
        "name": values.name.strip(),
        "outward_name": values.outward_name.strip(),
        "team_id": values.team_id,
        "required_skills": skills,
        "is_active": values.is_active,
        "is_default": values.is_default or queue.is_default,
        "position": values.position,
    }
    changed = sorted(name for name, value in wanted.items() if is_new or getattr(queue, name) != value)
    for name in changed:
        setattr(queue, name, wanted[name])
    if changed:
        queue.save()
        data = {"fields": changed, "is_new": is_new}
        record(events.QUEUE_CHANGED, subject=queue, by=by, at=at, data=data, organization_id=internal)
    return queue


def _faults(queue: Queue, values: QueueInput, skills: Sequence[str]) -> list[FieldProblem]:
    problems = []
    for name, text, least in (("name", values.name, 1), ("outward_name", values.outward_name, 0)):
        if not least <= len(text.strip()) <= 80:
            problems.append(FieldProblem(f"/{name}", "length", _("Give a name of at most 80 characters.")))
    if values.team_id is not None and not teams().filter(pk=values.team_id).exists():
        problems.append(FieldProblem("/team", "unknown_team", _("There is no such active team.")))
    wrong = [skill for skill in skills if not _SKILL.match(skill)]
    if wrong:
        sentence = _("%(skill)s is not a skill: write it as language:es, policy:ad-fr, market:de or surface:ads.")
        problems.append(FieldProblem("/required_skills", "wrong_form", sentence % {"skill": wrong[0]}))
    if len(skills) > MOST_SKILLS:
        sentence = _("At most %(most)d skills.") % {"most": MOST_SKILLS}
        problems.append(FieldProblem("/required_skills", "too_many", sentence))
    if not 0 <= values.position <= 32767:
        problems.append(FieldProblem("/position", "out_of_range", _("A place is a number from 0 to 32767.")))
    if not values.is_active:
        problems += _may_not_end(queue, values)
    return problems


def _may_not_end(queue: Queue, values: QueueInput) -> list[FieldProblem]:
    if queue.is_default or values.is_default:
        sentence = _("The default queue stays active: make another queue the default first.")
        return [FieldProblem("/is_active", "default", sentence)]
    newest = RoutingVersion.objects.order_by("-number").first()
    if queue.pk and newest is not None and newest.rules.filter(queue=queue, is_active=True).exists():
        sentence = _("Rules in force fill this queue: publish rules without it first.")
        return [FieldProblem("/is_active", "has_rules", sentence)]
    return []


def teams() -> QuerySet[Team]:
    """Teams a queue may belong to."""
    return Team.objects.filter(is_active=True, organization__kind=Organization.Kind.INTERNAL)
