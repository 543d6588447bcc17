"""What people write on a case: notes and messages, mentions, drafts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import ServiceKey
from core.ids import new_id
from escalations.lifecycle import Audience
from escalations.models.case import OfCase, part_of_case
from escalations.models.replies import ReplyTemplateVersion
from escalations.querysets import OfCaseQuerySet


class Comment(OfCase):
    """An internal note or a message to or from the submitter. Never edited; retracted only while it may be undone.

    `visible_at` is when the submitter may read it (the end of its undo time); internal notes are visible at once.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("comments")
    audience = models.CharField(max_length=10, choices=Audience)
    body = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="comments")
    author_key = models.ForeignKey(ServiceKey, on_delete=models.PROTECT, null=True, related_name="comments")
    is_from_submitter = models.BooleanField(default=False)
    language = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField()
    visible_at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)
    template_version = models.ForeignKey(
        ReplyTemplateVersion, on_delete=models.PROTECT, null=True, related_name="comments"
    )

    objects: ClassVar[OfCaseQuerySet[Comment]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(author__isnull=True) | models.Q(author_key__isnull=True),
                name="comment_one_author",
            )
        ]
        indexes = [models.Index(fields=["case", "created_at"], name="comment_of_case")]


class Mention(OfCase):
    """A person named in a comment. A mention grants nothing."""

    case = part_of_case("mentions")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[Mention]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mention_once")]


class Draft(OfCase):
    """What a person is writing: kept on the server, through lease end and sign-out (ux.md DEC-15)."""

    class Kind(models.TextChoices):
        DECISION = "decision"
        NOTE = "note"
        REPLY = "reply"

    case = part_of_case("drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8, choices=Kind)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[Draft]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user", "kind"], name="draft_one_per_kind")]
