"""The case, and what stands beside it: tags, watchers, links, clusters."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from core.ids import new_id
from escalations.lifecycle import (
    CaseStatus,
    Channel,
    GraphicTier,
    Harm,
    Level,
    LinkKind,
    Metric,
    Resolution,
    Severity,
    Surface,
    WaitingOn,
    check_transition,
)
from escalations.models.owners import ClockOwner
from escalations.querysets import CaseQuerySet, OfCaseQuerySet

UNKNOWN_TIER = GraphicTier.G2  # unknown material counts as graphic until known


class Case(ClockOwner):
    """One escalation from its arrival to its end.

    `ref` (`ESC-4817203`) is the only name that leaves the system; the number behind it is a permutation of `id`.
    `organization` is the submitter's (a manual case's is the internal one). `order_at` is its place in "next best": one stored
    instant that changes by events only. Every write bumps `revision`; edits send back the one they saw.
    """

    clock_type = "case"

    class SeveritySource(models.TextChoices):
        COMPUTED = "computed", _("Computed")
        PERSON = "person", _("Set by a person")

    ref = models.CharField(max_length=16, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cases")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases_submitted"
    )
    channel = models.CharField(max_length=8, choices=Channel)
    external_ref = models.CharField(max_length=120, blank=True)
    is_sandbox = models.BooleanField(default=False)
    is_practice_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="practice_cases"
    )

    title = models.CharField(max_length=200)
    ask = models.TextField()
    surface = models.CharField(max_length=8, choices=Surface)
    platform = models.CharField(max_length=60, blank=True)
    harm = models.CharField(max_length=24, choices=Harm, blank=True)
    suspected_policy = models.CharField(max_length=40, blank=True)
    market = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=12, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    deadline_reason = models.CharField(max_length=300, blank=True)
    contact = models.CharField(max_length=200, blank=True)

    severity = models.PositiveSmallIntegerField(choices=Severity)
    severity_source = models.CharField(max_length=8, choices=SeveritySource, default=SeveritySource.COMPUTED)
    severity_inputs = models.JSONField(default=dict, blank=True)
    severity_why = models.JSONField(default=list, blank=True)
    severity_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    severity_reason = models.CharField(max_length=300, blank=True)
    severity_claimed = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    # What the clocks are still judged by after the submitter raised it, where the plan keeps its targets then (sla.md 3.6, rule 8).
    severity_promised = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)

    impact = models.JSONField(default=list, blank=True)  # facts: {what, value, currency?, source, at}
    reach = models.BigIntegerField(default=0)  # people or views reached, the largest fact
    spend = models.BigIntegerField(default=0)  # minor units are not kept: whole units of `spend_currency`
    spend_currency = models.CharField(max_length=3, blank=True)
    graphic_tier = models.PositiveSmallIntegerField(choices=GraphicTier, null=True, blank=True)

    status = models.CharField(max_length=9, choices=CaseStatus, default=CaseStatus.NEW)
    is_open = models.GeneratedField(
        expression=Q(status__in=("new", "in_review", "waiting", "decided")),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    resolution = models.CharField(max_length=20, choices=Resolution, blank=True)
    waiting_on = models.CharField(max_length=9, choices=WaitingOn, blank=True)
    waiting_until = models.DateTimeField(null=True, blank=True)
    queue = models.ForeignKey("escalations.Queue", on_delete=models.PROTECT, related_name="cases")
    routed_why = models.JSONField(default=dict, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.L1)
    required_skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases_assigned"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_wake_on = models.CharField(max_length=12, blank=True)  # "" | reply | escalates
    compartments = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    is_legal_hold = models.BooleanField(default=False)
    is_high_profile = models.BooleanField(default=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    cluster_size = models.PositiveIntegerField(default=0)  # children, for the row's marker
    reopened_count = models.PositiveSmallIntegerField(default=0)

    order_at = models.DateTimeField()
    order_terms = models.JSONField(default=dict, blank=True)
    boost_s = models.IntegerField(default=0)
    boost_until = models.DateTimeField(null=True, blank=True)
    boost_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The nearest due active clock, kept by `ordering.reorder`, so that a row of the queue needs no join.
    due_metric = models.CharField(max_length=1, choices=Metric, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_target_s = models.PositiveIntegerField(null=True, blank=True)
    risk_at = models.DateTimeField(null=True, blank=True)  # from then on it is at risk (ux.md SLA-4)
    is_paused = models.BooleanField(default=False)
    # When the case was placed last, a clock that still ran or waited had been missed. A clock that runs out moves nothing and writes
    # nothing here: `due_at` has passed then. "Breached" is either (`filters.conditions`).
    is_breached = models.BooleanField(default=False)

    received_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    created_by_key = models.ForeignKey(
        "accounts.ServiceKey", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Two texts and two vectors: a submitter's search can never hit what it may not read.
    outward_text = models.TextField(blank=True)  # text of evidence and outward messages
    internal_text = models.TextField(blank=True)  # text of internal notes
    outward_vector = models.GeneratedField(
        expression=SearchVector("title", "ask", "outward_text", config="watchfloor"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    internal_vector = models.GeneratedField(
        expression=SearchVector("title", "ask", "outward_text", "internal_text", config="watchfloor"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            # Composite foreign keys of the parts point here (permissions.md §7).
            models.UniqueConstraint(fields=["organization", "id"], name="case_organization_id"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="case_closed_at_iff_closed",
            ),
            models.CheckConstraint(
                condition=(Q(status="closed") & ~Q(resolution="")) | (~Q(status="closed") & Q(resolution="")),
                name="case_resolution_iff_closed",
            ),
            models.CheckConstraint(
                condition=(Q(status="waiting") & ~Q(waiting_on="")) | (~Q(status="waiting") & Q(waiting_on="")),
                name="case_waiting_on_iff_waiting",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, claimed_at__isnull=True)
                | Q(assignee__isnull=False, claimed_at__isnull=False),
                name="case_claimed_at_iff_assigned",
            ),
            models.CheckConstraint(
                condition=Q(lease_until__isnull=True) | Q(assignee__isnull=False), name="case_lease_needs_assignee"
            ),
            models.CheckConstraint(condition=~Q(status="new", assignee__isnull=False), name="case_new_is_unassigned"),
            models.CheckConstraint(condition=Q(severity__range=(0, 4)), name="case_severity_0_to_4"),
            models.CheckConstraint(
                condition=~Q(severity_source="person") | ~Q(severity_reason=""), name="case_pinned_severity_has_reason"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="case_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(is_practice_for__isnull=True) | Q(is_sandbox=True), name="case_practice_is_sandbox"
            ),
            models.UniqueConstraint(
                fields=["organization", "external_ref"],
                condition=~Q(external_ref="") & Q(is_sandbox=False),
                name="case_external_ref_once_per_organization",
            ),
        ]
        indexes = [
            # "What is next in this queue?"
            models.Index(fields=["queue", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_queue"),
            # "What is mine?"
            models.Index(
                fields=["assignee", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_assignee"
            ),
            # "What is next anywhere?"
            models.Index(fields=["order_at", "id"], condition=Q(is_open=True), name="case_open_by_order"),
            # "What can be claimed next?"
            models.Index(
                fields=["queue", "order_at", "id"],
                condition=Q(is_open=True, assignee__isnull=True),
                name="case_unclaimed_by_queue",
            ),
            # The same for somebody who works several queues, or every one.
            models.Index(
                fields=["order_at", "id"],
                condition=Q(is_open=True, assignee__isnull=True),
                name="case_unclaimed_by_order",
            ),
            # "What breaks next?" and the at-risk and breached facts.
            models.Index(fields=["due_at", "id"], condition=Q(is_open=True), name="case_open_by_due"),
            # Rare filters over open cases: one dimension each, led by it, in queue order.
            models.Index(fields=["harm", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_harm"),
            models.Index(
                fields=["language", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_language"
            ),
            models.Index(fields=["market", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_market"),
            models.Index(
                fields=["severity", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_severity"
            ),
            models.Index(
                fields=["organization", "order_at", "id"], condition=Q(is_open=True), name="case_open_by_organization"
            ),
            models.Index(
                fields=["suspected_policy", "order_at", "id"],
                condition=Q(is_open=True),
                name="case_open_by_suspected",
            ),
            # The same over closed cases, which alone write to these.
            models.Index(fields=["harm"], condition=Q(is_open=False), name="case_closed_by_harm"),
            models.Index(fields=["language"], condition=Q(is_open=False), name="case_closed_by_language"),
            models.Index(fields=["market"], condition=Q(is_open=False), name="case_closed_by_market"),
            models.Index(fields=["severity"], condition=Q(is_open=False), name="case_closed_by_severity"),
            models.Index(fields=["suspected_policy"], condition=Q(is_open=False), name="case_closed_by_suspected"),
            # "Which are high profile? Which were reopened?": few, wherever they stand.
            models.Index(fields=["id"], condition=Q(is_high_profile=True), name="case_high_profile"),
            models.Index(fields=["id"], condition=Q(reopened_count__gt=0), name="case_reopened"),
            # "What did this organization send?", newest first, and archives by time.
            models.Index(fields=["organization", "-received_at", "-id"], name="case_by_organization_newest"),
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            models.Index(fields=["-closed_at", "-id"], condition=Q(is_open=False), name="case_closed_newest"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="case_children"),
            # "Which other cases carry this reference of theirs?", over organizations.
            models.Index(fields=["external_ref"], condition=~Q(external_ref=""), name="case_by_external_ref"),
            # Open cases with these words; the archive has an index of its own.
            GinIndex(fields=["internal_vector"], condition=Q(is_open=True), name="case_open_words"),
            GinIndex(fields=["internal_vector"], name="case_words"),
            GinIndex(fields=["outward_vector"], name="case_outward_words"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def clock_severity(self) -> int:
        """The severity whose targets hold: the case's own, but while a submitter's raise waits for the team that of before."""
        return self.severity if self.severity_promised is None else self.severity_promised

    @property
    def effective_tier(self) -> GraphicTier:
        """The tier to shield by: unknown counts as G2."""
        return UNKNOWN_TIER if self.graphic_tier is None else GraphicTier(self.graphic_tier)

    def has_live_lease(self, *, at: datetime) -> bool:
        """Whether somebody holds the case at `at`. An assignee without a lease (assigned by a lead) holds it too."""
        return self.assignee_id is not None and (self.lease_until is None or self.lease_until > at)

    def touch(self, *, at: datetime) -> None:
        """Bump the revision, as every write does; the caller saves `revision` and `updated_at`."""
        self.revision += 1
        self.updated_at = at

    def move_to(self, status: CaseStatus, *, at: datetime, resolution: Resolution | None = None) -> None:
        """Change status and what belongs to it (closed_at, resolution, waiting); the caller saves.

        `at` is aware UTC. Raises `TransitionNotAllowed` if the table has no such edge.
        """
        check_transition(CaseStatus(self.status), status, resolution)
        self.status = status
        self.closed_at = at if status is CaseStatus.CLOSED else None
        self.resolution = resolution if resolution is not None else ""
        if status is not CaseStatus.WAITING:
            self.waiting_on, self.waiting_until = "", None
        if status in (CaseStatus.NEW, CaseStatus.CLOSED):
            self.lease_until = None
        if status is CaseStatus.NEW:
            self.assignee, self.claimed_at = None, None

    # The fields `move_to` may change, for `save(update_fields=…)`.
    STATUS_FIELDS: ClassVar[list[str]] = [
        "status",
        "closed_at",
        "resolution",
        "waiting_on",
        "waiting_until",
        "assignee",
        "claimed_at",
        "lease_until",
        "revision",
        "updated_at",
    ]


class Tag(models.Model):
    """A word the team sorts by."""

    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class OfCase(models.Model):
    """A part of a case: it copies the case's organization, and a composite foreign key keeps the two equal."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True


def part_of_case(related_name: str) -> models.ForeignKey[Case, Case]:
    """The `case` of a part; the database's constraint is the composite one of the migration."""
    return models.ForeignKey(
        "escalations.Case", on_delete=models.PROTECT, related_name=related_name, db_constraint=False
    )


class CaseTag(OfCase):
    """A tag on a case."""

    case = part_of_case("case_tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="case_tags")
    added_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[CaseTag]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "tag"], name="case_tag_once")]


class Watch(OfCase):
    """A person who wants to hear of a case."""

    case = part_of_case("watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    since_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[Watch]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="watch_once")]


class Link(OfCase):
    """A typed link from one case to another; a person sees it when both ends are visible."""

    case = part_of_case("links")
    other = models.ForeignKey("escalations.Case", on_delete=models.PROTECT, related_name="links_here")
    kind = models.CharField(max_length=12, choices=LinkKind)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[OfCaseQuerySet[Link]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other", "kind"], name="link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="link_not_to_itself"),
        ]


class ClusterMove(OfCase):
    """A merge of a case into a parent, with what is needed to take it back."""

    public_id = models.UUIDField(default=new_id, unique=True)
    case = part_of_case("cluster_moves")
    parent = models.ForeignKey("escalations.Case", on_delete=models.PROTECT, related_name="absorbed")
    before = models.JSONField(default=dict)  # status, queue_id, assignee_id, parent_id at the merge
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    unmerged_at = models.DateTimeField(null=True)
    unmerged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(unmerged_at__isnull=True), name="cluster_move_one_live_per_case"
            )
        ]
