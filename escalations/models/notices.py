"""What was told outside about a decision: to whom, in which words."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import new_id
from escalations.lifecycle import NoticeState, NoticeWay, TemplatePurpose
from escalations.models.case import OfCase, part_of_case
from escalations.models.decisions import Decision
from escalations.models.entities import Entity
from escalations.models.replies import ReplyTemplateVersion
from escalations.querysets import OfCaseQuerySet


class Notice(OfCase):
    """What one side reads about a decision that took effect: the words as they were, and the wording they were made from.

    The submitter's stands in their outcome (API, webhook) from `made_at` on, aware UTC. That to the person concerned is handed to the
    platform together with what is done to `entity`, and stands where that stands. Never changed.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("notices")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices_made")
    audience = models.CharField(max_length=9, choices=TemplatePurpose)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, null=True, related_name="notices")
    language = models.CharField(max_length=12)
    wording = models.ForeignKey(ReplyTemplateVersion, on_delete=models.PROTECT, related_name="notices")
    body = models.TextField()
    made_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[Notice]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "case", "audience", "entity"], name="notice_once_per_reader", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(audience="submitter", entity__isnull=True) | Q(audience="subject", entity__isnull=False),
                name="notice_entity_iff_to_a_subject",
            ),
            models.CheckConstraint(condition=~Q(body=""), name="notice_says_something"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]


class NoticeDelivery(OfCase):
    """Where a notice to a submitter stands on one way: their page in the portal and over the API, or e-mail to one person.

    Made together with the notice, so a notice that never left is a row that says so. `tries` counts how often a person had it sent
    again, with their reason; one that was given up says by whom. A case closes over neither `queued` nor `failed` ones unless a lead
    said why. Times aware UTC. The notice to a person concerned stands where the action stands that carries it.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("notice_deliveries")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    way = models.CharField(max_length=5, choices=NoticeWay)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.QUEUED)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)  # why it failed, or is not needed
    tries = models.PositiveSmallIntegerField(default=0)
    resent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resent_why = models.CharField(max_length=300, blank=True)
    # Given up by a person, whose reason is `error`.
    discarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_over_at = models.DateTimeField(null=True)
    closed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_over_why = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects: ClassVar[OfCaseQuerySet[NoticeDelivery]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "way", "person"], name="notice_delivery_once_on_a_way", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(way="email", person__isnull=False) | Q(way="page", person__isnull=True),
                name="notice_delivery_person_iff_by_email",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("sent", "delivered")) | Q(sent_at__isnull=False),
                name="notice_delivery_sent_at_once_it_left",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at__isnull=True)),
                name="notice_delivery_delivered_at_iff_delivered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("failed", "not_needed")) | ~Q(error=""), name="notice_delivery_says_why"
            ),
            models.CheckConstraint(
                condition=Q(tries=0, resent_by__isnull=True, resent_why="")
                | (Q(tries__gte=1, resent_by__isnull=False) & ~Q(resent_why="")),
                name="notice_delivery_sent_again_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(discarded_by__isnull=True) | Q(state="not_needed"), name="notice_delivery_given_up"
            ),
            models.CheckConstraint(
                condition=Q(closed_over_at__isnull=True, closed_over_by__isnull=True, closed_over_why="")
                | (Q(closed_over_at__isnull=False, closed_over_by__isnull=False) & ~Q(closed_over_why="")),
                name="notice_delivery_closed_over_with_a_reason",
            ),
        ]
        indexes = [
            # "Which notices failed, and which wait for too long?"
            models.Index(
                fields=["queued_at", "id"],
                condition=Q(state__in=("queued", "failed")),
                name="notice_delivery_open",
            ),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[:8]
