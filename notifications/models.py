"""What people are told (Notification), how it travels (Delivery), and what they want to hear (Preference, Timing, Mute)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Team
from audit.leases import Leased
from audit.models import Event
from core.ids import new_id
from notifications.lifecycle import DeliveryState, EventClass, Lane, Mode, Reason, Tab
from notifications.querysets import DeliveryQuerySet, NotificationQuerySet


class OfPerson(models.Model):
    """A row of one person; its tenant is the person's organization, whatever the row tells of."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


class Notification(OfPerson):
    """One event told to one person, once: the unique key makes a repeated event harmless.

    Notices with the same `bundle` are one entry of the inbox: the object's, or a storm's (`storm:…`) when many of one kind come
    at once. `compartments` are those of the object now; row level security hides the notice from whoever lacks one. All times
    aware UTC.
    """

    public_id = models.UUIDField(default=new_id, unique=True, db_default=models.Func(function="gen_random_uuid"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=64)
    event_class = models.CharField(max_length=16, choices=EventClass)
    reason = models.CharField(max_length=10, choices=Reason)
    tab = models.CharField(max_length=8, choices=Tab)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    subject_ref = models.CharField(max_length=64, blank=True)
    bundle = models.CharField(max_length=120)
    severity = models.PositiveSmallIntegerField(null=True)
    compartments = ArrayField(models.CharField(max_length=32), default=list, blank=True, db_default=[])
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # stood on a screen of the inbox
    read_at = models.DateTimeField(null=True)  # was opened
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notification_once_per_person_and_event"),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | Q(done_at__isnull=True),
                name="notification_done_is_not_snoozed",
            ),
        ]
        indexes = [
            # "What waits for me in this tab?": the inbox and its badge.
            models.Index(
                fields=["user", "tab", "-created_at"], condition=Q(done_at__isnull=True), name="notification_waiting"
            ),
            # "What did I deal with?"
            models.Index(fields=["user", "-done_at"], condition=Q(done_at__isnull=False), name="notification_done"),
            # "What else belongs to this entry?"
            models.Index(fields=["user", "bundle", "-created_at"], name="notification_of_bundle"),
            # "How many of this kind did this person just get?": storms.
            models.Index(fields=["user", "kind", "-created_at"], name="notification_by_kind"),
            # "Whose notices tell of this object?", when its labels change.
            models.Index(fields=["subject_type", "subject_id"], name="notification_of_subject"),
        ]


class Delivery(OfPerson, Leased):
    """One message to one recipient by one channel, a row before it is sent (domain.md, invariant 9).

    Claimed with a lease and a fence (reliability.md R9–R13). `dedup_key` is derived from what caused it, never random, and
    travels with the message. While `is_gathering`, further notices of the same bundle join it instead of making another.
    `started_at` is set, and committed, before the first byte leaves: a lease that ends after that leaves the outcome unknown.
    """

    public_id = models.UUIDField(default=new_id, unique=True, db_default=models.Func(function="gen_random_uuid"))
    lane = models.CharField(max_length=8, choices=Lane)
    channel = models.CharField(max_length=16)  # a name of `channels.REGISTRY`
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="deliveries")
    destination = models.CharField(max_length=120, blank=True)  # what is slow or down together: a server, an endpoint
    event_class = models.CharField(max_length=16, choices=EventClass, blank=True)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.NOW)
    bundle = models.CharField(max_length=120, blank=True)
    is_gathering = models.BooleanField(default=False)
    is_urgent = models.BooleanField(default=False)  # quiet hours and digests do not hold it back
    priority = models.PositiveSmallIntegerField(default=5)  # 0 first
    payload = models.JSONField(default=dict, blank=True)  # what a channel without notices needs: ids and plain values
    dedup_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.PENDING)
    started_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    notices = models.ManyToManyField(Notification, through="DeliveryItem", related_name="deliveries")

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel", "bundle"],
                condition=Q(is_gathering=True),
                name="delivery_one_gathering_per_bundle",
            ),
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False)
                | (~Q(state="leased") & Q(lease_until__isnull=True)),
                name="delivery_lease_iff_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "delivered")) | Q(sent_at__isnull=False),
                name="delivery_sent_at_once_accepted",
            ),
            models.CheckConstraint(
                condition=Q(is_gathering=False) | Q(state="pending", user__isnull=False),
                name="delivery_gathers_only_while_pending",
            ),
        ]
        indexes = [
            # "What is to be sent now in this lane?"
            models.Index(
                fields=["lane", "priority", "next_at", "id"],
                condition=Q(state="pending"),
                name="delivery_pending_by_lane",
            ),
            # "Whose lease is over?"
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="delivery_leased"),
            # "What needs a person's decision?"
            models.Index(
                fields=["-created_at", "-id"], condition=Q(state__in=("ambiguous", "dead")), name="delivery_undecided"
            ),
            models.Index(fields=["destination", "-created_at"], name="delivery_by_destination"),
            models.Index(fields=["-created_at", "-id"], name="delivery_newest"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]


class DeliveryItem(OfPerson):
    """A notice that a delivery carries."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="items")
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "notification"], name="delivery_item_once")]


class Preference(OfPerson):
    """A person's choice for one event class on one channel; where none is kept, `rules.DEFAULTS` holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    event_class = models.CharField(max_length=16, choices=EventClass)
    channel = models.CharField(max_length=16)
    mode = models.CharField(max_length=6, choices=Mode)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event_class", "channel"], name="preference_once")]


class Timing(OfPerson):
    """When a person is told: quiet hours and the digest's time, in the person's own zone (`user.time_zone`).

    `quiet_from` to `quiet_until` are local wall times and may pass midnight; both null: no quiet hours. `quiet_days` are the ISO
    weekdays (1 Monday) on which a quiet stretch begins. `digest_at` is a local wall time.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_timing")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    digest_at = models.TimeField(default="08:00")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="timing_quiet_hours_both_or_none",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True) | ~Q(quiet_from=F("quiet_until")), name="timing_quiet_hours_end"
            ),
        ]


class Mute(OfPerson):
    """An object of which a person wants to hear nothing more, except what names them and what must be heard."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_mutes")
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "subject_type", "subject_id"], name="mute_once")]


class DutyMember(OfPerson):
    """A person on the duty list: told of misses when no lead is on shift, and of trouble in the machinery."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="duty_membership")
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")


class WebhookEndpoint(models.Model):
    """An address of an organization's own that hears of its submissions, by the Standard Webhooks scheme.

    `kinds` are event kinds; empty: every one it may hear. A paused endpoint makes no deliveries: what it missed is replayed from the
    log of events, which is the truth. `failing_since` is the first failure after the last success. Times aware UTC.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        REMOVED = "removed", _("Removed")

    class Body(models.TextChoices):
        THIN = "thin", _("Thin: ids and what happened")
        FULL = "full", _("Full: with the submission as the API reads it")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="webhook_endpoints")
    public_id = models.UUIDField(default=new_id, unique=True)
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=120, blank=True)
    kinds = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    body = models.CharField(max_length=4, choices=Body, default=Body.THIN)
    is_sandbox = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    replays = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="paused") | Q(paused_at__isnull=False), name="webhook_endpoint_paused_since"
            ),
        ]
        indexes = [
            # "Who hears of this organization's events?"
            models.Index(fields=["organization"], condition=Q(state="active"), name="webhook_endpoint_hearing"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]

    @property
    def destination(self) -> str:
        """The breaker's name for it."""
        return f"webhook:{self.pk}"


class WebhookSecret(models.Model):
    """A secret that an endpoint's messages are signed with, encrypted; while two are valid, both sign (rotation)."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    encrypted = models.TextField()
    last4 = models.CharField(max_length=4)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)


class WebhookAttempt(models.Model):
    """One try to bring a delivery to its endpoint. `status` is HTTP's, 0 where none came; what was answered is never kept."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="webhook_attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=12)
    error = models.CharField(max_length=500, blank=True)


class Way(models.Model):
    """Where a channel reaches somebody, and how it fares: `failing_since` is the first failure after the last success. Aware UTC."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class ChatRoute(Way):
    """The incoming address of a chat: a person's own, or a team's for what happens in the team's queues.

    The address lets whoever has it write there, so it is encrypted and never shown again; `host` is shown. `classes` are what a
    team's chat hears; a person's preferences say that for their own.
    """

    class Form(models.TextChoices):
        SLACK = "slack", _('Slack, or what takes its {"text": …}')
        JSON = "json", _("Plain JSON with text, ref, severity and url")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="chat_route"
    )
    team = models.OneToOneField(Team, on_delete=models.CASCADE, null=True, related_name="chat_route")
    form = models.CharField(max_length=5, choices=Form, default=Form.SLACK)
    encrypted = models.TextField()
    host = models.CharField(max_length=255)
    classes = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, team__isnull=False) | Q(user__isnull=False, team__isnull=True),
                name="chat_route_of_a_person_or_a_team",
            ),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return f"chat-{self.pk}"


class Phone(Way):
    """A person's number for texts and calls, encrypted; nothing but the code is sent there until `verified_at`.

    `code` is a keyed hash of the six digits last sent, valid until `code_expires_at` for five tries. `stopped_at`: its owner wants
    to hear nothing. Aware UTC.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone")
    encrypted = models.TextField()
    last4 = models.CharField(max_length=4)
    verified_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code_tries__lte=5), name="phone_code_tried_five_times_at_most"),
            models.CheckConstraint(
                condition=Q(code="", code_expires_at__isnull=True) | (~Q(code="") & Q(code_expires_at__isnull=False)),
                name="phone_code_expires",
            ),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return f"phone-{self.pk}"


class ServiceNotice(models.Model):
    """What every vendor should know for a time: it stands on the first page of their portal. Aware UTC; no end: until it is ended."""

    public_id = models.UUIDField(default=new_id, unique=True)
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=1000)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="service_notice_ends_after_it_starts",
            )
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.title[:64]


class PushDevice(Way):
    """A browser in which a person switched push on. What the browser said of itself is encrypted: whoever has it could push there.

    `endpoint_hash` is SHA-256 of its address: one browser shows one person's messages. Aware UTC.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices")
    public_id = models.UUIDField(default=new_id, unique=True)
    endpoint_hash = models.CharField(max_length=64, unique=True)
    encrypted = models.TextField()
    host = models.CharField(max_length=255)
    name = models.CharField(max_length=80, blank=True)

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return f"push-{self.pk}"
