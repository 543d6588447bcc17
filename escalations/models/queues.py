"""Queues, the rules that fill them, and saved views."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from escalations.lifecycle import Severity


class Queue(models.Model):
    """Where cases wait, belonging to a team. Exactly one is the default: what no rule matches lands there, never nowhere."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    outward_name = models.CharField(max_length=80, blank=True)  # what submitters are told
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="queues")
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    required_skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="queue_one_default"),
            models.CheckConstraint(condition=~Q(is_default=True, is_active=False), name="queue_default_is_active"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return self.slug


class RoutingVersion(models.Model):
    """A published set of routing rules; the newest is in force."""

    number = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    @property
    def ref(self) -> str:
        return f"routing@v{self.number}"


class RoutingRule(models.Model):
    """One rule of a version: the first, by position, whose filter matches a case places it."""

    version = models.ForeignKey(RoutingVersion, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    filter_text = models.CharField(max_length=512)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="rules")
    severity_floor = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="routing_rule_position_once"),
        ]


class SavedView(models.Model):
    """A filter with a name: a person's own, their team's, or everybody's."""

    class Audience(models.TextChoices):
        PERSONAL = "personal", _("Only me")
        TEAM = "team", _("My team")
        SHARED = "shared", _("Everyone")

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    filter_text = models.CharField(max_length=512)
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.PERSONAL)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="team", team__isnull=False) | (~Q(audience="team") & Q(team__isnull=True)),
                name="saved_view_team_iff_for_team",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return self.slug


class ViewAlert(models.Model):
    """What a person wants to be told of a saved view (QUE-12): a case that enters it, too many cases, or too old ones.

    Checked by the engine with the person's own rights. `is_over` and `fired_at` say that it stands now and since when;
    `known_ids` are the cases that were in the view at the last look, for alerts on entering.
    """

    class Kind(models.TextChoices):
        ENTERS = "enters", _("a case enters it")
        COUNT_OVER = "count_over", _("it holds more cases than")
        OLDEST_OVER = "oldest_over", _("its oldest case is older than")

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="alerts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="view_alerts")
    kind = models.CharField(max_length=11, choices=Kind)
    threshold = models.PositiveIntegerField(default=0)  # cases, or minutes of age
    is_over = models.BooleanField(default=False)
    known_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    count = models.PositiveIntegerField(default=0)  # cases, or minutes, when it fired
    fired_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["view", "user", "kind"], name="view_alert_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind="enters", threshold=0) | (~Q(kind="enters") & Q(threshold__gt=0)),
                name="view_alert_threshold_unless_entering",
            ),
        ]
        indexes = [
            # "Which alerts have waited longest for a look?"
            models.Index(fields=["checked_at", "id"], name="view_alert_by_check"),
        ]
