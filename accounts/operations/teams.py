"""Teams: made, changed and archived by leads and administrators. What an archived team did stays under its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import Membership, Organization, Team, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted

_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass(frozen=True)
class TeamInput:
    """A team as written by a person; `time_zone` an IANA name."""

    name: str
    hub: str = ""
    function: str = ""
    time_zone: str = "UTC"
    is_active: bool = True


@transaction.atomic
def save_team(*, team: Team | None, values: TeamInput, by: User, at: datetime) -> Team:
    """Make a team of the internal organization (`team` None), change one, archive it or bring it back.

    An archived team is offered nowhere; its queues must belong to another team first. `at` is aware UTC. Records `team.changed`
    with the fields that changed. Raises `NotPermitted`, `Invalid` with every fault.
    """
    _check(by)
    name, problems = values.name.strip(), []
    for field, text, least, most in (
        ("name", name, 1, 80),
        ("hub", values.hub.strip(), 0, 40),
        ("function", values.function.strip(), 0, 40),
    ):
        if not least <= len(text) <= most or "\x00" in text:
            detail = _("Give at most %(most)d characters.") % {"most": most}
            problems.append(FieldProblem(f"/{field}", "length", detail if text else _("Give the team a name.")))
    if values.time_zone not in available_timezones():
        problems.append(FieldProblem("/time_zone", "unknown", _("Choose a time zone of the list.")))
    same = Team.objects.filter(name__iexact=name, is_active=True)
    if name and (same if team is None else same.exclude(pk=team.pk)).exists():
        problems.append(FieldProblem("/name", "taken", _("Another team has this name.")))
    if team is not None and not values.is_active and team.queues.filter(is_active=True).exists():
        detail = _("Queues belong to this team: give them to another team first.")
        problems.append(FieldProblem("/is_active", "has_queues", detail))
    if problems:
        raise Invalid(errors=problems)
    is_new = team is None
    if team is None:
        internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
        team = Team(organization=internal, slug=_slug(name))
    else:
        team = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    wanted = {
        "name": name,
        "hub": values.hub.strip(),
        "function": values.function.strip(),
        "time_zone": values.time_zone,
        "is_active": values.is_active,
    }
    changed = sorted(field for field, value in wanted.items() if is_new or getattr(team, field) != value)
    for field in changed:
        setattr(team, field, wanted[field])
    if changed:
        team.save()
        record(events.TEAM_CHANGED, subject=team, by=by, at=at, data={"fields": changed, "is_new": is_new})
    return team


@transaction.atomic
def set_members(*, team: Team, user_ids: Iterable[int], lead_ids: Iterable[int] = (), by: User, at: datetime) -> None:
    """Make exactly these people the team's members, and of them these its leads.

    People of other organizations and without access are left out. `at` is aware UTC. Records `team.changed` with who came and
    who left. Raises `NotPermitted`.
    """
    _check(by)
    team = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    able = User.objects.filter(organization_id=team.organization_id, is_active=True)
    wanted = set(able.filter(pk__in=list(user_ids)).values_list("pk", flat=True))
    leads = set(lead_ids) & wanted
    held = dict(team.memberships.values_list("user_id", "is_lead"))
    came, left = sorted(wanted - set(held)), sorted(set(held) - wanted)
    turned = sorted(user_id for user_id in wanted & set(held) if held[user_id] != (user_id in leads))
    if not (came or left or turned):
        return
    Membership.objects.filter(team=team, user_id__in=left).delete()
    Membership.objects.bulk_create([Membership(team=team, user_id=pk, is_lead=pk in leads) for pk in came])
    for user_id in turned:
        Membership.objects.filter(team=team, user_id=user_id).update(is_lead=user_id in leads)
    data = {"fields": ["members"], "came": came, "left": left, "leads": sorted(leads)}
    record(events.TEAM_CHANGED, subject=team, by=by, at=at, data=data)


def _check(by: User) -> None:
    """Teams are internal: a vendor's lead manages people, not our teams."""
    check_can(by, Action.PEOPLE_EDIT)
    if not by.is_internal:
        raise NotPermitted(_("Teams belong to the internal organization."), rule="team.internal")


def _slug(name: str) -> str:
    base = slugify(name)[:40] or "team"
    slug, number = base, 2
    while slug == "new" or not _SLUG.match(slug) or Team.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
