"""Saved views: a filter with a name, for oneself, one's team or everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import check_can
from accounts.roles import Action, Reach
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotFound, NotPermitted
from core.ids import new_id
from escalations import events
from escalations.filters.compiling import compile_filter
from escalations.models import SavedView, UndoEntry
from escalations.operations import undo

NAME_MAX = 60
PER_PERSON = 100
UNUSED_FOR = timedelta(days=60)  # then a view is offered for removal (QUE-12)
_NOT_A_SLUG = frozenset(
    {
        "next",
        "row",
        "rows",
        "keys",
        "facts",
        "preview",
        "act",
        "children",
        "clocks",
        "count",
        "views",
        "export",
        "columns",
        "why",
    }
)


@transaction.atomic
def save_view(
    *,
    name: str,
    filter_text: str,
    audience: SavedView.Audience,
    by: User,
    at: datetime,
    team: Team | None = None,
    columns: Sequence[str] = (),
) -> SavedView:
    """Keep a filter under a name. The text is stored in its canonical form. Records `view.saved`.

    `at` is aware UTC. A name that one's own view already has replaces that view's filter and columns. Raises `Invalid` (every wrong
    value at once), `NotPermitted` (views for others need the right to share them).
    """
    check_can(by, Action.VIEW_SAVE)
    name, problems = name.strip(), []
    if not name or len(name) > NAME_MAX:
        problems.append(FieldProblem("/name", "required", _("Give the view a name of at most sixty characters.")))
    compiled = compile_filter(filter_text, viewer=by, at=at)
    problems += [
        FieldProblem("/filter_text", problem.code, problem.sentence(filter_text)) for problem in compiled.errors
    ]
    if audience is SavedView.Audience.TEAM and (team is None or team.pk not in by.access.team_ids):
        problems.append(FieldProblem("/team", "required", _("Choose one of your teams.")))
    if problems:
        raise Invalid(errors=problems)
    if audience is not SavedView.Audience.PERSONAL:
        _check_may_share(by, audience)
    mine = SavedView.objects.filter(owner=by)
    view = mine.filter(name=name).first()
    if view is None:
        if mine.count() >= PER_PERSON:
            raise Invalid(_("You have a hundred views: remove one you no longer use."), code="too_many")
        view = SavedView(slug=_slug(name), owner=by, name=name, created_at=at, position=mine.count())
    view.filter_text, view.columns, view.audience = compiled.canonical, list(columns), audience
    view.team = team if audience is SavedView.Audience.TEAM else None
    view.last_used_at = at
    view.save()
    _told(events.VIEW_SAVED, view, by=by, at=at)
    return view


@transaction.atomic
def delete_view(*, slug: str, by: User, at: datetime) -> UndoEntry:
    """Remove a view: one's own, or a shared one with the right to share with everybody. Records `view.deleted`.

    Answers how to take it back; alerts on it end with it. `at` aware UTC. Raises `NotFound`, `NotPermitted`.
    """
    view = SavedView.objects.select_for_update().filter(slug=slug).first()
    if view is None or not may_see(view, by):
        raise NotFound(_("There is no such view."))
    if view.owner_id != by.pk and by.reach(Action.VIEW_SHARE) is not Reach.ALL:
        raise NotPermitted(_("Only its owner or a lead removes this view."), rule=Action.VIEW_SHARE.value)
    _told(events.VIEW_DELETED, view, by=by, at=at)
    kept = {
        "slug": view.slug,
        "owner_id": view.owner_id,
        "name": view.name,
        "filter_text": view.filter_text,
        "columns": view.columns,
        "audience": view.audience,
        "team_id": view.team_id,
        "position": view.position,
        "created_at": view.created_at.isoformat(),
    }
    view.delete()
    return undo.offer(_REMOVAL, by=by, at=at, label=_("Removed the view %(name)s") % {"name": kept["name"]}, data=kept)


def _restore(data: undo.Data, by: User, at: datetime) -> None:
    """Put a removed view back at its address. Records `view.saved`. Raises `Invalid` where another took its place since."""
    taken = SavedView.objects.filter(Q(slug=data["slug"]) | Q(owner_id=data["owner_id"], name=data["name"]))
    if taken.exists():
        raise Invalid(_("Another view has this name by now."), code="name_taken")
    view = SavedView(**data | {"created_at": datetime.fromisoformat(data["created_at"]), "last_used_at": at})
    view.save()
    _told(events.VIEW_SAVED, view, by=by, at=at)


_REMOVAL = "view.delete"
undo.on(_REMOVAL, _restore)


def is_stale(view: SavedView, *, at: datetime) -> bool:
    """Whether nobody opened the view for sixty days before `at` (aware UTC)."""
    return at - (view.last_used_at or view.created_at) > UNUSED_FOR


def note_use(*, view: SavedView, at: datetime) -> None:
    """Remember that a view is in use, at most once a day."""
    if view.last_used_at is None or at - view.last_used_at > timedelta(days=1):
        SavedView.objects.filter(pk=view.pk).update(last_used_at=at)


def may_see(view: SavedView, person: User) -> bool:
    """Whether the view is the person's own, their team's or everybody's."""
    return (
        view.owner_id == person.pk
        or (view.audience == SavedView.Audience.TEAM and view.team_id in person.access.team_ids)
        or view.audience == SavedView.Audience.SHARED
    )


def _check_may_share(by: User, audience: SavedView.Audience) -> None:
    reach = by.reach(Action.VIEW_SHARE)
    if reach is Reach.ALL or (reach is Reach.OWN and audience is SavedView.Audience.TEAM):
        return
    raise NotPermitted(
        _("A view for everyone is made by a senior or a lead: keep it to yourself or your team."),
        rule=Action.VIEW_SHARE.value,
    )


def _slug(name: str) -> str:
    slug = slugify(name)[:40]
    if not slug or slug in _NOT_A_SLUG or SavedView.objects.filter(slug=slug).exists():
        slug = f"{slug[:30] or 'view'}-{new_id().hex[-6:]}"
    return slug


def _told(kind: str, view: SavedView, *, by: User, at: datetime) -> None:
    record(
        kind,
        subject=view,
        by=by,
        at=at,
        organization_id=by.organization_id,
        data={"name": view.name, "filter": view.filter_text, "audience": view.audience},
    )
