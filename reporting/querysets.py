"""Chainable filters over what reporting keeps."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import ServiceKey, User
from accounts.permissions import can
from accounts.roles import Action, Reach
from escalations.models import Queue
from reporting.lifecycle import BriefState, MailingState, ScheduleState

if TYPE_CHECKING:
    from reporting.models import (  # noqa: F401 - the linter does not see names in quotes
        Annotation,
        Brief,
        BriefVersion,
        ContractTarget,
        Export,
        Mailing,
        ReportSchedule,
        ReviewImport,
        SavedReport,
        VendorReview,
    )

M = TypeVar("M", bound=Model)


class ExportQuerySet(QuerySet["Export"]):
    """Exports."""

    def visible_to(self, viewer: User) -> ExportQuerySet:
        """Those the viewer asked for. Nobody sees another's file, an administrator neither."""
        return self.filter(asked_by_id=viewer.pk)

    def waiting_for(self, viewer: User) -> ExportQuerySet:
        """Those of others in the viewer's organization that wait for a second person."""
        return self.filter(state="asked", organization_id=viewer.organization_id).exclude(asked_by_id=viewer.pk)


class SavedReportQuerySet(QuerySet["SavedReport"]):
    """Saved reports."""

    def visible_to(self, viewer: User) -> SavedReportQuerySet:
        """The viewer's own, and what colleagues of the same organization share."""
        return self.filter(Q(owner_id=viewer.pk) | Q(audience="shared", organization_id=viewer.organization_id))


class BriefQuerySet(QuerySet["Brief"]):
    def visible_to(self, user: User) -> BriefQuerySet:
        """Briefs that were sent, for whoever reads briefs; all of them for those who write, approve or audit."""
        if not (user.is_internal and can(user, Action.BRIEF_READ)):
            return self.none()
        if any(can(user, action) for action in (Action.BRIEF_WRITE, Action.BRIEF_APPROVE, Action.AUDIT_READ)):
            return self
        return self.exclude(state=BriefState.WITHDRAWN).filter(versions__sent_at__isnull=False).distinct()


class BriefVersionQuerySet(QuerySet["BriefVersion"]):
    def visible_to(self, user: User) -> BriefVersionQuerySet:
        """Versions that were sent and not withdrawn; all for those who write, approve or audit."""
        if not (user.is_internal and can(user, Action.BRIEF_READ)):
            return self.none()
        if any(can(user, action) for action in (Action.BRIEF_WRITE, Action.BRIEF_APPROVE, Action.AUDIT_READ)):
            return self
        return self.filter(sent_at__isnull=False).exclude(brief__state=BriefState.WITHDRAWN)

    def current(self) -> BriefVersionQuerySet:
        """The versions that hold: sent, overtaken by none, of briefs that were not withdrawn."""
        return self.filter(sent_at__isnull=False, superseded_at__isnull=True).exclude(brief__state=BriefState.WITHDRAWN)


class ReportScheduleQuerySet(QuerySet["ReportSchedule"]):
    def visible_to(self, user: User) -> ReportScheduleQuerySet:
        """Schedules `user` made or gets; all of them for those who look after the product."""
        if not user.is_internal:
            return self.none()
        if can(user, Action.CONFIG_READ):
            return self
        return self.filter(Q(made_by=user) | Q(recipients__user=user)).distinct()

    def kept(self) -> ReportScheduleQuerySet:
        """Those that were not removed."""
        return self.exclude(state=ScheduleState.REMOVED)


class MailingQuerySet(QuerySet["Mailing"]):
    def due(self, *, at: datetime) -> MailingQuerySet:
        """What is to be made at `at` (aware UTC), oldest first. Uses index: mailing_waiting_by_next."""
        return self.filter(state=MailingState.WAITING, next_at__lte=at).order_by("next_at", "id")


class AnnotationQuerySet(QuerySet["Annotation"]):
    """Notes on the time line."""

    def visible_to(self, viewer: User) -> AnnotationQuerySet:
        """Those of the viewer's organization, for who reads reports; about one queue only where its cases are theirs to see."""
        if not viewer.is_internal or not can(viewer, Action.REPORTS):
            return self.none()
        own = self.filter(organization_id=viewer.organization_id, removed_at__isnull=True)
        if viewer.reach(Action.REPORTS) is not Reach.OWN:
            return own
        queues = Queue.objects.filter(team_id__in=viewer.access.team_ids).values("pk")
        return own.filter(Q(queue__isnull=True) | Q(queue_id__in=queues))

    def during(self, start: datetime, end: datetime) -> AnnotationQuerySet:
        """Those that touch [start, end) (aware UTC). Uses index: annotation_by_start."""
        return self.filter(Q(starts_at__lt=end), Q(starts_at__gte=start) | Q(ends_at__gt=start))


class OfVendorQuerySet(QuerySet[M]):
    """What is kept about one vendor."""

    def visible_to(self, viewer: User) -> OfVendorQuerySet[M]:
        """All for the team's readers of reports, a vendor's own for its people."""
        if not can(viewer, Action.REPORTS):
            return self.none()
        return self if viewer.is_internal else self.filter(organization_id=viewer.organization_id)


class ContractTargetQuerySet(OfVendorQuerySet["ContractTarget"]):
    """Targets agreed with vendors."""

    def in_force(self, on: date) -> ContractTargetQuerySet:
        """The newest of each vendor and measure that had begun `on` a day. Uses index: contract_target_newest."""
        begun = self.filter(starts_on__lte=on)
        return begun.order_by("organization", "measure", "-starts_on", "-id").distinct("organization", "measure")


class ReviewImportQuerySet(QuerySet["ReviewImport"]):
    """Files and calls that brought vendors' own decisions in."""

    def visible_to(self, viewer: User | ServiceKey) -> ReviewImportQuerySet:
        """All for the team's readers of reports, a vendor's own for its people and keys."""
        if viewer.reach(Action.REPORTS) is Reach.NO:
            return self.none()
        return self if viewer.is_internal else self.filter(organization_id=viewer.organization_id)


class VendorReviewQuerySet(QuerySet["VendorReview"]):
    """Vendors' own decisions."""

    def visible_to(self, viewer: User | ServiceKey) -> VendorReviewQuerySet:
        """All for the team's readers of reports, a vendor's own for its people and keys."""
        if viewer.reach(Action.REPORTS) is Reach.NO:
            return self.none()
        return self if viewer.is_internal else self.filter(organization_id=viewer.organization_id)
