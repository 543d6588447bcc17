"""Organizations, people, what they may do, and the keys of programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.availability import is_at_work, shift_of
from accounts.roles import EVERY_QUEUE, Action, Reach, Role, reach
from accounts.shielding import Shield, shield_of
from core.tenancy import ActorKind


class Organization(models.Model):
    """The tenancy boundary: the internal organization, a vendor, or a partner."""

    class Kind(models.TextChoices):
        INTERNAL = "internal", _("Internal")
        VENDOR = "vendor", _("Vendor")
        PARTNER = "partner", _("Partner")

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    contract_starts_on = models.DateField(null=True, blank=True)
    contract_ends_on = models.DateField(null=True, blank=True)
    targets = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="internal"), name="organization_one_internal"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organization_id(self) -> int:
        """Its own id: events about an organization belong to it."""
        return int(self.pk)

    @property
    def ref(self) -> str:
        return f"VND-{self.slug}" if self.kind == self.Kind.VENDOR else self.slug


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@dataclass(frozen=True)
class Access:
    """What a person may reach now, read once per request: active roles, teams, compartments."""

    roles: frozenset[Role]
    team_ids: frozenset[int]
    compartments: frozenset[str]
    organization_kind: str

    @property
    def sees_every_queue(self) -> bool:
        return bool(self.roles & EVERY_QUEUE)


class User(AbstractBaseUser):
    """A person of one organization, for life (moving would carry rights over: permissions.md)."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")
        CONTRAST = "contrast", _("High contrast")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        COSY = "cosy", _("Cosy")
        TOUCH = "touch", _("Touch")

    class AutoAdvance(models.TextChoices):
        NEXT_BEST = "next_best", _("Next best case")
        NEXT_IN_LIST = "next_in_list", _("Next in the list")
        STAY = "stay", _("Stay on the case")

    actor_kind: ClassVar[str] = "person"

    email = models.EmailField()
    display_name = models.CharField(max_length=80)
    outward_alias = models.CharField(max_length=80, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=10, default="en")
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(max_length=8, choices=Density, default=Density.COMPACT)
    font_px = models.PositiveSmallIntegerField(default=13)
    hour12 = models.BooleanField(default=False)
    week_starts_on = models.PositiveSmallIntegerField(default=1)
    # {"days": [0 … 6, Monday first], "from": "09:00", "to": "17:30"}, in the person's zone; empty: at any time
    working_hours = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    holidays_country = models.CharField(max_length=2, blank=True, default="", db_default="")
    reduce_motion = models.BooleanField(default=False)
    key_settings = models.JSONField(default=dict, blank=True)
    display_settings = models.JSONField(default=dict, blank=True)
    shield_settings = models.JSONField(default=dict, blank=True)
    harm_opt_outs = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    auto_advance = models.CharField(max_length=12, choices=AutoAdvance, default=AutoAdvance.NEXT_BEST)
    undo_s = models.PositiveSmallIntegerField(default=10)
    practice_state = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case"),
            models.CheckConstraint(condition=models.Q(font_px__range=(13, 18)), name="user_font_px_13_to_18"),
            models.CheckConstraint(condition=models.Q(undo_s__in=(10, 30, 60)), name="user_undo_s_10_30_60"),
            models.CheckConstraint(condition=models.Q(week_starts_on__range=(0, 6)), name="user_week_starts_on_day"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ")[0]

    @property
    def ref(self) -> str:
        """What the log prints for them."""
        return self.display_name[:64]

    @property
    def initials(self) -> str:
        """Two letters for a small place."""
        words = self.display_name.split()
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def actor_id(self) -> int:
        return int(self.pk)

    @property
    def actor_label(self) -> str:
        return self.display_name

    @cached_property
    def access(self) -> Access:
        """Roles, teams and compartments valid at the database's present time. One query; the middleware presets it."""
        from accounts.access import load_access

        return load_access(self)

    @property
    def tenant_kind(self) -> ActorKind:
        return ActorKind.INTERNAL if self.organization.kind == Organization.Kind.INTERNAL else ActorKind.VENDOR

    @property
    def is_internal(self) -> bool:
        return self.tenant_kind is ActorKind.INTERNAL

    def reach(self, action: Action) -> Reach:
        return reach(self.access.roles, action)

    @property
    def shield(self) -> Shield:
        """How graphic pictures are to meet this person."""
        return shield_of(self.shield_settings)

    def is_at_work(self, *, at: datetime) -> bool:
        """Whether `at` (aware UTC) lies in their working hours and on no public holiday of theirs."""
        return is_at_work(time_zone=self.time_zone, hours=self.working_hours, country=self.holidays_country, at=at)

    def shift(self, *, at: datetime) -> tuple[datetime, datetime] | None:
        """Start and end (aware UTC) of the shift that `at` lies in, else of their last one; None for who named no hours."""
        return shift_of(time_zone=self.time_zone, hours=self.working_hours, at=at)


class Team(models.Model):
    """People of one hub and function; queues belong to teams."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)
    hub = models.CharField(max_length=40, blank=True)
    function = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="membership_once")]


class RoleGrant(models.Model):
    """A role given to a person, by somebody, until a time or for good."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=2, choices=Role)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="roles_granted"
    )
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_grant_once"),
            models.CheckConstraint(condition=~models.Q(granted_by=models.F("user")), name="role_grant_not_to_oneself"),
            models.CheckConstraint(condition=~models.Q(role__in=("TV", "TI")), name="role_grant_not_a_key_role"),
        ]


class Compartment(models.TextChoices):
    """Labels that narrow who sees a case; several labels on a case are all needed (permissions.md §4)."""

    CHILD_SAFETY = "CHILD_SAFETY", _("Child safety")
    LAW_ENFORCEMENT = "LAW_ENFORCEMENT", _("Law enforcement")
    LEGAL_PRIVILEGED = "LEGAL_PRIVILEGED", _("Legally privileged")
    INTERNAL_INVESTIGATION = "INTERNAL_INVESTIGATION", _("Internal investigation")
    IMMINENT_HARM = "IMMINENT_HARM", _("Imminent harm")
    HIGH_PROFILE = "HIGH_PROFILE", _("High profile")


class Clearance(models.Model):
    """A person's membership in a compartment, for at most 90 days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clearances")
    compartment = models.CharField(max_length=32, choices=Compartment)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="clearances_granted"
    )
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "compartment"], name="clearance_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("granted_at")), name="clearance_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~models.Q(granted_by=models.F("user")), name="clearance_not_to_oneself"),
        ]


class Skill(models.Model):
    """What a person can do: a language with level, a policy family, a market, a surface; certified until."""

    class Kind(models.TextChoices):
        LANGUAGE = "language", _("Language")
        POLICY = "policy", _("Policy family")
        MARKET = "market", _("Market")
        SURFACE = "surface", _("Surface")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skills")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(default=3)
    certified_until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "value"], name="skill_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="skill_level_1_to_5"),
        ]


class ServiceKey(models.Model):
    """A program's key to the API: `wf_live_<prefix>_<secret>` or `wf_test_…`.

    Only the SHA-256 of the secret is kept; a sandbox secret is also kept encrypted, so that the documentation can show it to
    its own organization. Everything the key reads or writes is inside its organization.
    """

    actor_kind: ClassVar[str] = "key"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="service_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    sandbox_secret = models.TextField(blank=True)  # Fernet; only for sandbox keys
    is_sandbox = models.BooleanField(default=False)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    allowed_networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="service_keys_created"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_sandbox=True) | models.Q(sandbox_secret=""),
                name="service_key_live_secret_not_kept",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int:
        return int(self.pk)

    @property
    def actor_label(self) -> str:
        return self.name

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def tenant_kind(self) -> ActorKind:
        return ActorKind.INTERNAL if self.organization.kind == Organization.Kind.INTERNAL else ActorKind.VENDOR

    @property
    def is_internal(self) -> bool:
        return self.tenant_kind is ActorKind.INTERNAL

    @property
    def access(self) -> Access:
        role = Role.INTERNAL_KEY if self.is_internal else Role.VENDOR_KEY
        return Access(frozenset({role}), frozenset(), frozenset(), self.organization.kind)

    def reach(self, action: Action) -> Reach:
        return reach(self.access.roles, action)

    def is_usable(self, *, at: datetime) -> bool:
        """Neither revoked nor past its time."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class IdempotencyRecord(models.Model):
    """The answer a key's request got, so that a repeat gets it again. Kept at least 7 days."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    service_key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "service_key", "route", "key"], name="idempotency_key_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]


class RateWindow(models.Model):
    """Requests of one subject in one minute: limits that matter are counted in Postgres, atomically.

    The count is the sum over `shard`s, one for each database session by its process id: a row stays locked until its request
    commits, and with a single row a key's requests would be answered one after another.
    """

    subject = models.CharField(max_length=80)
    window_at = models.DateTimeField()
    shard = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "window_at", "shard"], name="rate_window_once")]
        indexes = [models.Index(fields=["window_at"], name="rate_window_oldest")]
