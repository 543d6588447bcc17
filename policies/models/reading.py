"""What stands beside a version: its translations, what reviewers said, who read it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from policies.models.clauses import PolicyVersion
from policies.querysets import PolicyTranslationQuerySet

# No stemming: `watchfloor` suits every language, and what is typed is looked for as the beginning of a word.
TRANSLATION_SEARCH_SQL = """
setweight(to_tsvector('public.watchfloor'::regconfig, title), 'A')
|| setweight(to_tsvector('public.watchfloor'::regconfig, synonyms), 'A')
|| setweight(to_tsvector('public.watchfloor'::regconfig, rule), 'B')
|| setweight(to_tsvector('public.watchfloor'::regconfig, elements), 'C')
|| setweight(to_tsvector('public.watchfloor'::regconfig, exceptions), 'D')
|| setweight(to_tsvector('public.watchfloor'::regconfig, public_rationale), 'D')
"""


class PolicyTranslation(models.Model):
    """A version in another language. It belongs to one version for good: a later one has it marked as out of date until it is
    translated anew or confirmed. `elements` and `exceptions` are texts by the keys of the version."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=3)  # ISO 639
    title = models.CharField(max_length=160)
    rule = models.CharField(max_length=600)
    public_rationale = models.TextField(blank=True)
    elements = models.JSONField(default=dict, blank=True)
    exceptions = models.JSONField(default=dict, blank=True)
    synonyms = models.JSONField(default=list, blank=True)
    revision = models.PositiveIntegerField(default=1)
    translated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    translated_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=RawSQL(TRANSLATION_SEARCH_SQL, ()), output_field=SearchVectorField(), db_persist=True, null=True
    )

    objects: ClassVar = PolicyTranslationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="policy_translation_once"),
            models.CheckConstraint(
                condition=Q(language__regex=r"^[a-z]{2,3}$") & ~Q(language="en"),
                name="policy_translation_language_is_another",
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(rule=""), name="policy_translation_says_something"),
        ]
        indexes = [
            # Which translations contain these words?
            GinIndex(fields=["search"], name="policy_translation_by_words"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"


class VersionComment(models.Model):
    """What a reviewer says of a draft; with `is_return` it sent the draft back to its author."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    is_return = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="version_comment_says_something")]


class VersionAcknowledgement(models.Model):
    """A person has read a version; asked of whoever decides by one that `needs_acknowledgement`."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="version_acknowledged_once")]
