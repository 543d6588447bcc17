"""Reply templates: words that are sent often, per language, each version kept as it was sent."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from escalations.lifecycle import TemplatePurpose, Verdict


class ReplyTemplate(models.Model):
    """Words that are sent often, in one or more languages. Switched off, it is used no more; what was sent stays.

    A reply is picked by its writer; a notice goes out with decisions of its `verdicts`, the oldest active template first.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=9, choices=TemplatePurpose, default=TemplatePurpose.REPLY)
    verdicts = ArrayField(models.CharField(max_length=17, choices=Verdict), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="reply", verdicts=[]) | (~Q(purpose="reply") & ~Q(verdicts=[])),
                name="reply_template_verdicts_iff_notice",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return self.slug


class ReplyTemplateVersion(models.Model):
    """One wording in one language; the highest number is in use. Never changed: replies say which one they used."""

    template = models.ForeignKey(ReplyTemplate, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(max_length=12)
    number = models.PositiveSmallIntegerField()
    body = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "language", "number"], name="reply_template_version_once")
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """`missing-evidence/es@v3`."""
        return f"{self.template.slug}/{self.language}@v{self.number}"
