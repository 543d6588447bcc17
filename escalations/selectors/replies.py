"""Reply templates as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from escalations.lifecycle import TemplatePurpose
from escalations.models import Case, ReplyTemplate, ReplyTemplateVersion


@dataclass(frozen=True)
class Offer:
    """A template with its wordings in use, by language."""

    template: ReplyTemplate
    versions: Sequence[ReplyTemplateVersion]

    @property
    def first(self) -> ReplyTemplateVersion:
        """The wording for the case's language, or the nearest."""
        return self.versions[0]


def in_use() -> QuerySet[ReplyTemplateVersion]:
    """The newest wording of every template and language."""
    newest = ReplyTemplateVersion.objects.values("template", "language").annotate(newest=Max("pk")).values("newest")
    return ReplyTemplateVersion.objects.filter(pk__in=newest).select_related("template", "published_by")


def offered_to(case: Case) -> list[Offer]:
    """Active templates by name; of each the wording in the case's language first, then English, then the others. One query."""
    wanted = case.language.lower().partition("-")[0]
    by_template: dict[int, list[ReplyTemplateVersion]] = {}
    for version in (
        in_use()
        .filter(template__is_active=True, template__purpose=TemplatePurpose.REPLY)
        .order_by("template__name", "template_id", "language")
    ):
        by_template.setdefault(version.template_id, []).append(version)

    def nearness(version: ReplyTemplateVersion) -> int:
        own = version.language.lower()
        if own == case.language.lower():
            return 0
        return 1 if own.partition("-")[0] == wanted else 2 if own == "en" else 3

    return [Offer(versions[0].template, sorted(versions, key=nearness)) for versions in by_template.values()]
