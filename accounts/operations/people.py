"""People, their roles, compartments, skills and teams. Nobody grants to themselves, or above themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import Clearance, Compartment, Membership, Organization, RoleGrant, Skill, Team, User
from accounts.permissions import check_can
from accounts.roles import VENDOR_ROLES, Action, Role
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted

MAX_CLEARANCE = timedelta(days=90)
# The roles a granter may give (permissions.md: "not self, not above"). An administrator gives any base role of the organization.
_MAY_GRANT: dict[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(set(Role) - {Role.VENDOR_KEY, Role.INTERNAL_KEY}),
    Role.LEAD: frozenset({Role.SPECIALIST}),
    Role.VENDOR_LEAD: frozenset({Role.VENDOR_SUBMITTER}),
}
# The ones who own a compartment grant it; administrators never read what compartments hide.
_NO_COMPARTMENTS = frozenset({Role.ADMIN})


class EmailTaken(DomainError):
    code = "email_taken"
    title = "Somebody has this e-mail address already"


@dataclass(frozen=True)
class NewPerson:
    """A person to be made. `password` empty: they set one by the reset link."""

    email: str
    display_name: str
    roles: Sequence[Role] = ()
    team_ids: Sequence[int] = ()
    time_zone: str = "UTC"
    outward_alias: str = ""
    password: str = ""


@transaction.atomic
def create_person(*, organization: Organization, person: NewPerson, by: User | None, at: datetime) -> User:
    """Add a person to an organization, with roles and teams.

    Records `user.created` and a `role.granted` per role. Raises `Invalid`, `EmailTaken`, `NotPermitted`.
    """
    _check_reach(by, organization)
    email = person.email.strip()
    problems = []
    try:
        validate_email(email)
    except ValidationError:
        problems.append(FieldProblem("/email", "invalid", _("This is not an e-mail address.")))
    if not person.display_name.strip():
        problems.append(FieldProblem("/display_name", "required", _("Give the person's name.")))
    if problems:
        raise Invalid(errors=problems)
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(_("%(email)s belongs to somebody already.") % {"email": email})
    user = User.objects.create_user(
        email,
        person.password or None,
        organization=organization,
        display_name=person.display_name.strip(),
        outward_alias=person.outward_alias,
        time_zone=person.time_zone,
    )
    record(events.USER_CREATED, subject=user, by=by, at=at)
    for role in person.roles:
        grant_role(user=user, role=role, by=by, at=at)
    set_teams(user=user, team_ids=person.team_ids, by=by, at=at)
    return user


@transaction.atomic
def grant_role(
    *, user: User, role: Role, by: User | None, at: datetime, expires_at: datetime | None = None
) -> RoleGrant:
    """Give a role until `expires_at` (aware UTC) or for good. Records `role.granted`.

    Raises `NotPermitted`: to oneself, above oneself, or across the kinds of organization.
    """
    if by is not None:
        check_can(by, Action.PEOPLE_EDIT)
        if by.pk == user.pk:
            raise NotPermitted(_("Nobody gives a role to themselves."), code="two_person_required")
        if not any(role in _MAY_GRANT.get(held, frozenset()) for held in by.access.roles):
            raise NotPermitted(_("You may not give this role: ask an administrator."), rule="role.grant")
    _check_reach(by, user.organization)
    is_vendor_role = role in VENDOR_ROLES
    if is_vendor_role == (user.organization.kind == Organization.Kind.INTERNAL):
        raise NotPermitted(_("This role belongs to another kind of organization."), rule="role.kind")
    if role in _NO_COMPARTMENTS and user.clearances.filter(expires_at__gt=at).exists():
        raise NotPermitted(_("Who administers the system holds no compartment."), code="separation_of_duties")
    grant, _made = RoleGrant.objects.update_or_create(
        user=user, role=role, defaults={"granted_by": by, "granted_at": at, "expires_at": expires_at}
    )
    record(
        events.ROLE_GRANTED,
        subject=user,
        by=by,
        at=at,
        data={"role": role.value, "expires_at": expires_at.isoformat() if expires_at else None},
    )
    return grant


@transaction.atomic
def revoke_role(*, user: User, role: Role, by: User | None, at: datetime) -> None:
    """Take a role away. Records `role.revoked`; nothing when the person has it not."""
    if by is not None:
        check_can(by, Action.PEOPLE_EDIT)
        if by.pk == user.pk:
            raise NotPermitted(_("Somebody else takes your role away."), code="two_person_required")
        if not any(role in _MAY_GRANT.get(held, frozenset()) for held in by.access.roles):
            raise NotPermitted(_("You may not take this role away: ask an administrator."), rule="role.revoke")
    _check_reach(by, user.organization)
    if RoleGrant.objects.filter(user=user, role=role).delete()[0]:
        record(events.ROLE_REVOKED, subject=user, by=by, at=at, data={"role": role.value})


@transaction.atomic
def grant_clearance(
    *, user: User, compartment: Compartment, by: User | None, at: datetime, expires_at: datetime
) -> Clearance:
    """Let a person into a compartment for at most 90 days. Records `clearance.granted`.

    By a person of the legal desk who holds it, never to oneself, never to an administrator. Raises `NotPermitted`, `Invalid`.
    """
    if by is not None and (Role.LEGAL not in by.access.roles or compartment not in by.access.compartments):
        raise NotPermitted(_("Only the desk that owns this compartment lets people in."), rule="compartment.grant")
    if by is not None and by.pk == user.pk:
        raise NotPermitted(_("Nobody lets themselves into a compartment."), code="two_person_required")
    if user.organization.kind != Organization.Kind.INTERNAL:
        raise NotPermitted(_("Compartments are for internal staff."), rule="compartment.internal")
    if RoleGrant.objects.filter(user=user, role__in=_NO_COMPARTMENTS).exists():
        raise NotPermitted(_("Who administers the system holds no compartment."), code="separation_of_duties")
    if not at < expires_at <= at + MAX_CLEARANCE:
        raise Invalid(
            errors=[FieldProblem("/expires_at", "range", _("A clearance lasts from now to 90 days at most."))]
        )
    clearance, _made = Clearance.objects.update_or_create(
        user=user, compartment=compartment, defaults={"granted_by": by, "granted_at": at, "expires_at": expires_at}
    )
    record(
        events.CLEARANCE_GRANTED,
        subject=user,
        by=by,
        at=at,
        data={"compartment": compartment.value, "expires_at": expires_at.isoformat()},
    )
    return clearance


@transaction.atomic
def set_teams(*, user: User, team_ids: Iterable[int], by: User | None, at: datetime) -> None:
    """Put a person into exactly these teams of their organization. Records `user.changed`."""
    if by is not None:
        check_can(by, Action.PEOPLE_EDIT)
    _check_reach(by, user.organization)
    wanted = set(
        Team.objects.filter(organization_id=user.organization_id, pk__in=list(team_ids)).values_list("pk", flat=True)
    )
    held = set(user.memberships.values_list("team_id", flat=True))
    if wanted == held:
        return
    Membership.objects.filter(user=user).exclude(team_id__in=wanted).delete()
    Membership.objects.bulk_create([Membership(user=user, team_id=team_id) for team_id in wanted - held])
    record(events.USER_CHANGED, subject=user, by=by, at=at, data={"fields": ["teams"]})


@transaction.atomic
def set_skills(
    *, user: User, skills: Iterable[tuple[str, str, int, date | None]], by: User | None, at: datetime
) -> None:
    """Replace a person's skills by (kind, value, level 1–5, certified until). By an administrator or lead, or oneself."""
    if by is not None and by.pk != user.pk:
        check_can(by, Action.PEOPLE_EDIT)
        _check_reach(by, user.organization)
    Skill.objects.filter(user=user).delete()
    Skill.objects.bulk_create(
        [
            Skill(user=user, kind=kind, value=value.strip().lower(), level=level, certified_until_on=until)
            for kind, value, level, until in skills
        ]
    )
    record(events.USER_CHANGED, subject=user, by=by, at=at, data={"fields": ["skills"]})


@transaction.atomic
def set_languages(*, user: User, levels: Mapping[str, int], at: datetime) -> None:
    """Say which languages one reads oneself, and how well (1 a little, 5 as one's own); other skills stay as they are.

    A certificate's end stays with its language. Records `user.changed` where anything changed.
    """
    held = {skill.value: skill for skill in user.skills.filter(kind=Skill.Kind.LANGUAGE)}
    wanted = {language.strip().lower(): level for language, level in levels.items()}
    if {value: skill.level for value, skill in held.items()} == wanted:
        return
    user.skills.filter(kind=Skill.Kind.LANGUAGE).exclude(value__in=list(wanted)).delete()
    for language, level in wanted.items():
        Skill.objects.update_or_create(user=user, kind=Skill.Kind.LANGUAGE, value=language, defaults={"level": level})
    record(events.USER_CHANGED, subject=user, by=user, at=at, data={"fields": ["skills"]})


@transaction.atomic
def deactivate_person(*, user: User, by: User | None, at: datetime) -> None:
    """End a person's access at once: sessions and everything they hold. Records `user.deactivated`."""
    if by is not None:
        check_can(by, Action.PEOPLE_EDIT)
        if by.pk == user.pk:
            raise NotPermitted(_("Somebody else ends your access."), code="two_person_required")
    _check_reach(by, user.organization)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user=user)
    record(events.USER_DEACTIVATED, subject=user, by=by, at=at)


@transaction.atomic
def reactivate_person(*, user: User, by: User | None, at: datetime) -> None:
    """Let a person sign in again. Records `user.changed`."""
    if by is not None:
        check_can(by, Action.PEOPLE_EDIT)
    _check_reach(by, user.organization)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(events.USER_CHANGED, subject=user, by=by, at=at, data={"fields": ["is_active"]})


def end_sessions(*, user: User, keep: str = "") -> int:
    """Sign a person out everywhere but in session `keep`; answers how many ended."""
    from allauth.usersessions.models import UserSession

    keys = list(UserSession.objects.filter(user=user).exclude(session_key=keep).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user, session_key__in=keys).delete()
    return len(keys)


@transaction.atomic
def save_settings(*, user: User, at: datetime, **values: object) -> User:
    """Save a person's own settings. `values` are fields of `SETTINGS`; records `user.changed` with their names."""
    changed = [name for name, value in values.items() if getattr(user, name) != value]
    unknown = set(values) - SETTINGS
    if unknown:
        raise ValueError(f"not personal settings: {sorted(unknown)}")
    for name in changed:
        setattr(user, name, values[name])
    if changed:
        user.save(update_fields=changed)
        told = sorted({"wellness" if name in PRIVATE else name for name in changed})
        record(events.USER_CHANGED, subject=user, by=user, at=at, data={"fields": told})
    return user


# What a person keeps from seeing is nobody's business: the log says that their wellness settings changed, and no more.
PRIVATE = frozenset({"shield_settings", "harm_opt_outs"})
SETTINGS = frozenset(
    {
        "display_name",
        "time_zone",
        "hour12",
        "week_starts_on",
        "working_hours",
        "holidays_country",
        "locale",
        "theme",
        "density",
        "font_px",
        "reduce_motion",
        "key_settings",
        "display_settings",
        "shield_settings",
        "harm_opt_outs",
        "auto_advance",
        "undo_s",
        "practice_state",
    }
)


def _check_reach(by: User | None, organization: Organization) -> None:
    """People of a vendor manage their own organization; internal administrators and leads any."""
    if by is not None and not by.is_internal and by.organization_id != organization.pk:
        raise NotPermitted(_("That is another organization."), rule="organization")
