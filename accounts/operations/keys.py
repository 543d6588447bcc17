"""Service keys: made, rotated with overlap, revoked. A live secret is shown once; a sandbox secret also to its own organization."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.models import Organization, ServiceKey, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotPermitted

VENDOR_SCOPES: dict[str, str] = {
    "submissions:write": "Submit, withdraw.",
    "submissions:read": "Read what your organization submitted, and the feed of changes.",
    "evidence:write": "Send files.",
    "messages:write": "Write messages on your submissions.",
    "decisions:read": "Read the outcome of your submissions.",
    "appeals:write": "Appeal decisions on your submissions.",
    "webhooks:manage": "Make and change webhook endpoints, read what was sent to them, send it again.",
}
INTERNAL_SCOPES: dict[str, str] = VENDOR_SCOPES | {
    "cases:read": "Read every unrestricted case.",
    "cases:write": "Assign, edit, move and tag cases; raise their severity.",
    "clocks:write": "Let a case wait for somebody outside, and go on.",
    "clocks:backdate": "Say that a submitter was answered elsewhere at an earlier time, within a day.",
    "cases:*": "Everything about cases.",
    "enforcement:ack": "Fetch enforcement actions and say what became of them.",
}
LONGEST = timedelta(days=365)
VENDOR_LONGEST = timedelta(days=90)  # T3 of the threat model
SANDBOX_LONGEST = timedelta(days=3650)  # of a last day that somebody names; without one it lasts
OVERLAP = timedelta(days=7)
_PREFIX = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class NewKey:
    """A key and its whole token for the Authorization header. The token is nowhere else, unless it is a sandbox key's."""

    key: ServiceKey
    token: str


def scopes_for(organization: Organization) -> dict[str, str]:
    """The scopes a key of this organization may have, with what they allow."""
    return INTERNAL_SCOPES if organization.kind == Organization.Kind.INTERNAL else VENDOR_SCOPES


@transaction.atomic
def create_key(
    *,
    organization: Organization,
    name: str,
    scopes: Iterable[str],
    by: User | None,
    at: datetime,
    is_sandbox: bool = False,
    expires_at: datetime | None = None,
    allowed_networks: Sequence[str] = (),
    replaces: ServiceKey | None = None,
) -> NewKey:
    """Make a key for an organization's programs. Times aware UTC; `allowed_networks` as CIDR, empty for anywhere.

    A vendor's live key ends after 90 days at the latest, an internal one after a year; sandbox keys may last. Records
    `service_key.created`. Raises `Invalid`, `NotPermitted`.
    """
    _check_reach(by, organization)
    longest = LONGEST if organization.kind == Organization.Kind.INTERNAL else VENDOR_LONGEST
    if not is_sandbox:
        expires_at = min(expires_at or at + longest, at + longest)
    wanted = sorted(set(scopes))
    _check(organization, name, wanted, expires_at, allowed_networks, at)
    prefix = "".join(secrets.choice(_PREFIX) for _number in range(12))
    secret = secrets.token_urlsafe(32)
    key = ServiceKey.objects.create(
        organization=organization,
        name=name.strip(),
        prefix=prefix,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        sandbox_secret=_fernet().encrypt(secret.encode()).decode() if is_sandbox else "",
        is_sandbox=is_sandbox,
        scopes=wanted,
        allowed_networks=list(allowed_networks),
        created_at=at,
        created_by=by,
        expires_at=expires_at,
        replaces=replaces,
    )
    data = {"prefix": prefix, "scopes": wanted, "is_sandbox": is_sandbox}
    record(events.KEY_CREATED, subject=key, by=by, at=at, data=data)
    return NewKey(key, _token(key, secret))


@transaction.atomic
def rotate_key(*, key: ServiceKey, by: User | None, at: datetime, overlap: timedelta = OVERLAP) -> NewKey:
    """Make a key like this one and let the old one live for `overlap`, so that programs can change over.

    Records `service_key.created`, `service_key.rotated`. Raises `NotPermitted`, `Invalid` for a key that is over.
    """
    old = ServiceKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=key.pk)
    _check_reach(by, old.organization)
    if not old.is_usable(at=at):
        raise Invalid(_("This key is revoked or expired: make a new one."), code="key_over")
    made = create_key(
        organization=old.organization,
        name=old.name,
        scopes=old.scopes,
        by=by,
        at=at,
        is_sandbox=old.is_sandbox,
        allowed_networks=old.allowed_networks,
        replaces=old,
    )
    ends_at = at + overlap
    old.expires_at = ends_at if old.expires_at is None else min(old.expires_at, ends_at)
    old.save(update_fields=["expires_at"])
    record(events.KEY_ROTATED, subject=made.key, by=by, at=at, data={"prefix": made.key.prefix, "replaces": old.prefix})
    return made


@transaction.atomic
def revoke_key(*, key: ServiceKey, by: User | None, at: datetime) -> ServiceKey:
    """End a key at once: its next request is a 401. Twice is the same as once. Records `service_key.revoked`."""
    old = ServiceKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=key.pk)
    _check_reach(by, old.organization)
    if old.revoked_at is None:
        old.revoked_at, old.sandbox_secret = at, ""
        old.save(update_fields=["revoked_at", "sandbox_secret"])
        record(events.KEY_REVOKED, subject=old, by=by, at=at, data={"prefix": old.prefix})
    return old


def sandbox_token(organization: Organization, *, at: datetime) -> str:
    """The whole token of the organization's newest usable sandbox key, for its own documentation; empty if there is none.

    A secret that no key of `WATCHFLOOR_FIELD_KEYS` can read counts as none.
    """
    keys = ServiceKey.objects.filter(organization=organization, is_sandbox=True, revoked_at__isnull=True)
    for key in keys.exclude(sandbox_secret="").order_by("-created_at", "-pk"):
        if not key.is_usable(at=at):
            continue
        try:
            return _token(key, _fernet().decrypt(key.sandbox_secret.encode()).decode())
        except InvalidToken:
            continue
    return ""


def ensure_sandbox_key(*, organization: Organization, by: User | None, at: datetime) -> str:
    """The organization's sandbox token; a key is made where there is none (VPO-6: the sandbox key is pre-made)."""
    found = sandbox_token(organization, at=at)
    if found:
        return found
    made = create_key(
        organization=organization,
        name=_("Sandbox"),
        scopes=scopes_for(organization) if organization.kind != Organization.Kind.INTERNAL else VENDOR_SCOPES,
        by=by,
        at=at,
        is_sandbox=True,
    )
    return made.token


def _token(key: ServiceKey, secret: str) -> str:
    return f"wf_{'test' if key.is_sandbox else 'live'}_{key.prefix}_{secret}"


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def _check_reach(by: User | None, organization: Organization) -> None:
    """Raises `NotPermitted` unless `by` may edit keys of this organization: administrators of any, vendor leads of their own."""
    check_can(by, Action.KEYS_EDIT)
    if by is not None and not by.is_internal and by.organization_id != organization.pk:
        raise NotPermitted(rule=Action.KEYS_EDIT.value)


def _check(
    organization: Organization,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    networks: Sequence[str],
    at: datetime,
) -> None:
    problems = []
    if not name.strip() or len(name) > 80:
        problems.append(FieldProblem("/name", "required", _("Give the key a name of at most 80 characters.")))
    if not scopes:
        problems.append(FieldProblem("/scopes", "required", _("Choose at least one scope.")))
    known = scopes_for(organization)
    for scope in scopes:
        if scope not in known:
            detail = _("%(scope)s is not a scope of this organization's keys.") % {"scope": scope}
            problems.append(FieldProblem("/scopes", "unknown_scope", detail))
    if expires_at is not None and expires_at <= at:
        problems.append(FieldProblem("/expires_at", "in_the_past", _("The key would be over already.")))
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            detail = _("%(network)s is not a network such as 192.0.2.0/24.") % {"network": network}
            problems.append(FieldProblem("/allowed_networks", "wrong_form", detail))
    if problems:
        raise Invalid(errors=problems)
