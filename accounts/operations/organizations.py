"""Organizations: the internal one made once, vendors and partners by an administrator."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import Organization, RoleGrant, User
from accounts.operations import people
from accounts.permissions import check_can
from accounts.roles import Action, Role
from audit.recording import record
from core import first_run
from core.errors import DomainError, FieldProblem, Invalid

_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


class AdministratorExists(DomainError):
    code = "administrator_exists"
    title = "There is an administrator already"


@transaction.atomic
def create_organization(
    *, kind: Organization.Kind, name: str, slug: str, time_zone: str = "UTC", by: User | None, at: datetime
) -> Organization:
    """Add a vendor or a partner; its slug is in its reference and never changes. Records `organization.created`.

    Raises `NotPermitted` unless an administrator, `Invalid` for a name, a slug that is taken or not a slug, a second
    internal organization.
    """
    check_can(by, Action.CONFIG_EDIT)
    slug = slug.strip()
    problems = _name_problems(name)
    if not _SLUG.match(slug) or len(slug) > 50:
        problems.append(
            FieldProblem("/slug", "wrong_form", _("Use small letters, digits and single hyphens, 50 at most."))
        )
    elif slug == "new" or Organization.objects.filter(slug=slug).exists():  # /admin/vendors/new/ is a page
        problems.append(FieldProblem("/slug", "taken", _("Another organization has this short name.")))
    if kind == Organization.Kind.INTERNAL and Organization.objects.filter(kind=kind).exists():
        problems.append(FieldProblem("/kind", "one_internal", _("There is one internal organization already.")))
    if problems:
        raise Invalid(errors=problems)
    made = Organization.objects.create(kind=kind, name=name.strip(), slug=slug, time_zone=time_zone)
    record(events.ORGANIZATION_CREATED, subject=made, by=by, at=at, data={"kind": str(kind)})
    return made


@transaction.atomic
def save_organization(
    *, organization: Organization, name: str, time_zone: str, is_active: bool, by: User | None, at: datetime
) -> Organization:
    """Change an organization. An inactive one's people are signed out and its keys refused from their next request.

    Locks the row; records `organization.changed` with the fields, nothing when nothing changed. Raises `NotPermitted`,
    `Invalid` (also for switching off the internal organization).
    """
    check_can(by, Action.CONFIG_EDIT)
    found = Organization.objects.select_for_update().get(pk=organization.pk)
    problems = _name_problems(name)
    if not is_active and found.kind == Organization.Kind.INTERNAL:
        problems.append(FieldProblem("/is_active", "internal", _("The internal organization stays active.")))
    if problems:
        raise Invalid(errors=problems)
    wanted = {"name": name.strip(), "time_zone": time_zone, "is_active": is_active}
    changed = [field for field, value in wanted.items() if getattr(found, field) != value]
    for field in changed:
        setattr(found, field, wanted[field])
    if changed:
        found.save(update_fields=changed)
        record(events.ORGANIZATION_CHANGED, subject=found, by=by, at=at, data={"fields": sorted(changed)})
    return found


@transaction.atomic
def set_up(*, organization_name: str, person: people.NewPerson, at: datetime) -> User:
    """Make the internal organization, its first administrator and what every app starts with, on an empty installation.

    One transaction: all of it or nothing. Takes a lock, so that two at once make one. Records what it makes. Raises
    `AdministratorExists` when an active administrator is there, `Invalid`, `EmailTaken`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.set_up'))")
    if has_administrator():
        raise AdministratorExists(_("There is an administrator already: they add people under Administration, People."))
    internal = Organization.objects.filter(kind=Organization.Kind.INTERNAL).first()
    if internal is None:
        internal = create_organization(
            kind=Organization.Kind.INTERNAL,
            name=organization_name,
            slug="internal",
            time_zone=person.time_zone,
            by=None,
            at=at,
        )
    first_run.run(at=at)
    return people.create_person(organization=internal, person=person, by=None, at=at)


def has_administrator() -> bool:
    """Whether an active person is an administrator for good (a grant that ends is no safe way back in)."""
    grants = RoleGrant.objects.filter(role=Role.ADMIN, user__is_active=True, expires_at__isnull=True)
    return grants.filter(user__organization__kind=Organization.Kind.INTERNAL).exists()


def _name_problems(name: str) -> list[FieldProblem]:
    if 0 < len(name.strip()) <= 120:
        return []
    return [FieldProblem("/name", "required", _("Give a name of at most 120 characters."))]
