"""Policy and its versions: what decisions cite."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from policies.lifecycle import (
    KEY_PATTERN,
    KEY_PREFIX,
    PUBLISHED,
    SURFACES,
    TRANSITIONS,
    UNPUBLISHED,
    Element,
    Family,
    Logic,
    Rung,
    SorCategory,
    VersionLabel,
    VersionState,
    is_met,
    read_rungs,
)
from policies.querysets import PolicyQuerySet, PolicyVersionQuerySet

# Every text of a version, weighted: what it is called, what it says, how it is explained. `watchfloor_english` is the text search
# configuration of migration 0001 (English stems, accents removed); all functions here are immutable, as a generated column needs.
SEARCH_SQL = """
setweight(to_tsvector('public.watchfloor_english'::regconfig, title), 'A')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, synonyms), 'A')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, rule), 'B')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, jsonb_path_query_array(elements, '$[*].text')), 'C')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, jsonb_path_query_array(exceptions, '$[*].text')), 'D')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, violating_examples), 'C')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, fine_examples), 'D')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, public_rationale), 'D')
|| setweight(to_tsvector('public.watchfloor_english'::regconfig, rationale), 'D')
"""


class Policy(models.Model):
    """A clause: one rule with a key that never changes (`CS-VI-3.2`) and a line of versions."""

    key = models.CharField(max_length=16, unique=True, validators=[RegexValidator(KEY_PATTERN)])
    family = models.CharField(max_length=24, choices=Family)
    section = models.CharField(max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_policies"
    )
    # The harms it answers, in the words cases use. For finding it; a change is no new version.
    harms = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=KEY_PATTERN), name="policy_key_is_well_formed"),
            models.CheckConstraint(
                condition=Q(*[Q(family=f, key__startswith=f"{p}-") for f, p in KEY_PREFIX.items()], _connector=Q.OR),
                name="policy_key_begins_with_its_family",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("policies:clause", args=[self.key])

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.key

    @property
    def sort_key(self) -> tuple[str, int, int]:
        """Orders CS-VI-2.1 before CS-VI-10.1, which text does not."""
        head, clause = self.key.rsplit("-", 1)
        major, minor = clause.split(".")
        return head, int(major), int(minor)


class PolicyVersion(models.Model):
    """One wording of a clause. Once effective, nothing of it can change but that its validity ends (a trigger says so)."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=16, choices=VersionLabel)
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.DRAFT)
    market = models.CharField(
        max_length=2, blank=True, default="", help_text=_("ISO 3166 country of a variant; empty: all markets.")
    )
    # [from, to): aware UTC. Null until it is published, no upper bound while it holds.
    effective = DateTimeRangeField(null=True, blank=True)  # type: ignore[misc]  # the stubs have no nullable form

    title = models.CharField(max_length=120)
    rule = models.CharField(max_length=400, help_text=_("The rule in one line."))
    rationale = models.TextField(blank=True, help_text=_("Why, for people who decide. Never shown outside."))
    public_rationale = models.TextField(help_text=_("Why, in words a vendor may read."))
    elements = models.JSONField(default=list)
    logic = models.CharField(max_length=16, choices=Logic, default=Logic.ALL)
    exceptions = models.JSONField(default=list, blank=True)
    violating_examples = models.JSONField(default=list, blank=True)
    fine_examples = models.JSONField(default=list, blank=True)
    ladder = models.JSONField(default=dict)
    strike_weight = models.PositiveSmallIntegerField(default=1)
    sor_category = models.CharField(max_length=80, choices=SorCategory)
    sor_keywords = models.JSONField(default=list, blank=True)
    synonyms = models.JSONField(default=list, blank=True)
    definitions = models.JSONField(default=list, blank=True)  # [{"term", "text"}]
    decision_tree = models.JSONField(default=list, blank=True)  # [{"text", "then": […]}]
    changed_note = models.TextField(blank=True, help_text=_("What this version changes and why."))
    needs_legal = models.BooleanField(default=False)  # the legal desk looks at it before it is published
    needs_acknowledgement = models.BooleanField(default=False)  # whoever decides by it has said that they read it

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="written_versions"
    )
    created_at = models.DateTimeField()
    # What the draft was made from; it is read against this.
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="drafts")
    # Everybody who wrote in it (ids): none of them may publish it.
    writers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # Every write of a draft bumps it; an edit sends back the one it saw.
    revision = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    legal_at = models.DateTimeField(null=True, blank=True)
    legal_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # The end its publisher set; `effective` may end before, where another version follows.
    sunset_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="published_versions"
    )
    search = models.GeneratedField(
        expression=RawSQL(SEARCH_SQL, ()), output_field=SearchVectorField(), db_persist=True, null=True
    )

    objects: ClassVar = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number_is_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="policy_version_number_from_one"),
            models.CheckConstraint(condition=Q(strike_weight__lte=10), name="policy_version_strike_weight_to_ten"),
            models.CheckConstraint(
                condition=Q(market__regex=r"^([A-Z]{2})?$"), name="policy_version_market_is_a_country"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PUBLISHED, effective__isnull=False)
                | Q(~Q(state__in=PUBLISHED), effective__isnull=True),
                name="policy_version_dated_iff_published",
            ),
            models.CheckConstraint(
                condition=Q(effective__isnull=True)
                | Q(
                    effective__isempty=False,
                    effective__lower_inf=False,
                    effective__lower_inc=True,
                    effective__upper_inc=False,
                ),
                name="policy_version_starts_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.RETIRED) | Q(effective__upper_inf=False),
                name="policy_version_retired_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(legal_at__isnull=True, legal_by__isnull=True)
                | Q(legal_at__isnull=False, legal_by__isnull=False),
                name="policy_version_legal_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="policy_version_published_whole",
            ),
            # Nobody publishes what they wrote, nor checks it for the legal desk. (`writers` is held to it by the trigger.)
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(author__isnull=True) | ~Q(published_by=F("author")),
                name="policy_version_published_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(legal_by__isnull=True) | Q(author__isnull=True) | ~Q(legal_by=F("author")),
                name="policy_version_legal_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["policy", "market"],
                condition=Q(state__in=UNPUBLISHED),
                name="policy_version_one_draft_per_market",
            ),
            # At any instant a clause has at most one wording per market.
            ExclusionConstraint(
                name="policy_version_one_per_instant",
                expressions=[
                    (F("policy"), RangeOperators.EQUAL),
                    (F("market"), RangeOperators.EQUAL),
                    (F("effective"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            # Which clauses contain these words?
            GinIndex(fields=["search"], name="policy_version_by_words"),
            # Which drafts are there, and which versions will come into force? (Few rows; most versions are retired.)
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=("draft", "review", "legal", "scheduled")),
                name="policy_version_to_come",
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    def get_absolute_url(self) -> str:
        """The pinned page of this very version."""
        return reverse("policies:version", args=[self.policy.key, self.number])

    @property
    def citation(self) -> str:
        """What a decision cites: `CS-VI-3.2@v14`. Needs `policy`."""
        return f"{self.policy.key}@v{self.number}"

    @property
    def cite_text(self) -> str:
        """What `y` copies (ux.md POL-7): the citation and the rule in one line."""
        return f"{self.citation} — {self.rule}"

    @property
    def effective_from(self) -> datetime | None:
        return None if self.effective is None else self.effective.lower

    @property
    def effective_to(self) -> datetime | None:
        """The first instant at which it no longer holds; None while that is open."""
        return None if self.effective is None else self.effective.upper

    def holds_at(self, at: datetime) -> bool:
        """Whether decisions taken at `at` (aware UTC) may cite it."""
        return self.state in PUBLISHED and self.effective is not None and at in self.effective

    def is_met_by(self, ticked: Collection[str]) -> bool:
        """Whether these element keys, ticked, make the rule apply (exceptions apart)."""
        return is_met(self.logic, self.elements, ticked)

    def element_groups(self) -> list[tuple[Logic, list[tuple[int, Element]]]]:
        """The elements as shown: groups with their logic, elements numbered through (the digits that tick them)."""
        groups: dict[Logic, list[tuple[int, Element]]] = {}
        for number, element in enumerate(self.elements, start=1):
            groups.setdefault(Logic(element["group"]), []).append((number, element))
        return list(groups.items())

    def rungs(self, surface: str) -> list[Rung]:
        """The enforcement ladder on a surface, lowest first; empty where the clause does not apply there."""
        return read_rungs(self.ladder, surface)

    @property
    def surfaces(self) -> list[str]:
        """Where the clause has a ladder, in the order people name surfaces (the database keeps none)."""
        return [surface for surface in SURFACES if surface in self.ladder]

    def move_to(self, state: VersionState) -> None:
        """Change the state; the caller saves. Raises `ValueError` when `TRANSITIONS` has no such edge."""
        if state not in TRANSITIONS[VersionState(self.state)]:
            raise ValueError(f"{self.citation} cannot go from {self.state} to {state}.")
        self.state = state


def effective_version(policy: Policy, at: datetime, market: str = "") -> PolicyVersion | None:
    """The wording of a clause that binds at `at` (aware UTC): the market's own variant, else the general one, else None."""
    versions: list[Any] = list(PolicyVersion.objects.effective(at=at).filter(policy=policy).for_market(market))
    return max(versions, key=lambda version: len(version.market), default=None)
