"""Chainable filters over cases: who may see which, what is open, the row lock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.apps import apps as django_apps
from django.db.models import Model, Q, QuerySet

from accounts.models import ServiceKey, User
from accounts.roles import Action, Reach

if TYPE_CHECKING:
    from escalations.models import BulkAct, Case  # noqa: F401

M = TypeVar("M", bound=Model)


def sight(viewer: User | ServiceKey, prefix: str = "") -> Q:
    """Which cases `viewer` may see, as a condition on the case reached by `prefix` (`case__`).

    The same rules stand in row level security for tenants and compartments; here stands also the reach of the role.
    Anything unknown sees nothing.
    """
    reach = viewer.reach(Action.CASE_READ)
    if reach is Reach.NO:
        return Q(pk__in=[])
    if not viewer.is_internal:
        own = Q(**{f"{prefix}organization_id": viewer.organization_id})
        if isinstance(viewer, User) and "VL" not in viewer.access.roles:
            own &= Q(**{f"{prefix}submitted_by_id": viewer.pk})
        return own
    labels = viewer.access.compartments
    # Somebody's practice is nobody else's business, a lead's neither.
    practice = Q(**{f"{prefix}is_practice_for": None})
    if isinstance(viewer, User) and viewer.practice_state:
        practice |= Q(**{f"{prefix}is_practice_for": viewer.pk})
    unrestricted = practice & (
        Q(**{f"{prefix}compartments": []}) | Q(**{f"{prefix}compartments__contained_by": sorted(labels)})
    )
    if isinstance(viewer, ServiceKey) or viewer.access.sees_every_queue:
        return unrestricted
    if reach is Reach.PARTIAL:  # closed cases for policy editors, samples for quality, auditors redacted
        return unrestricted & Q(**{f"{prefix}is_open": False})
    queues = (
        django_apps.get_model("escalations", "Queue")
        ._default_manager.filter(Q(team_id__in=viewer.access.team_ids) | Q(is_default=True))
        .values("pk")
    )
    mine = Q(**{f"{prefix}queue_id__in": queues}) | Q(**{f"{prefix}assignee_id": viewer.pk})
    return unrestricted & mine


class CaseQuerySet(QuerySet["Case"]):
    """Cases."""

    def visible_to(self, viewer: User | ServiceKey) -> CaseQuerySet:
        """Those `viewer` may see. Pages and the API reach cases only through this."""
        return self.filter(sight(viewer))

    def open(self) -> CaseQuerySet:
        return self.filter(is_open=True)

    def real(self) -> CaseQuerySet:
        """Without sandbox cases, practice among them."""
        return self.filter(is_sandbox=False, is_practice_for=None)

    def awake(self, *, at: datetime) -> CaseQuerySet:
        """Not snoozed at `at`."""
        return self.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at))

    def lock(self, case_id: int) -> Case:
        """The case, locked until the transaction ends. First in the lock order case → clock → timer → outbox.

        Raises `Case.DoesNotExist`.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=case_id)


class SubmissionQuerySet(QuerySet[M]):
    """What came in. Its sender keeps a receipt of it even when the case became restricted, so it has rules of its own."""

    def visible_to(self, viewer: User | ServiceKey) -> SubmissionQuerySet[M]:
        if viewer.is_internal:
            return self.filter(sight(viewer, "case__"))
        if viewer.reach(Action.CASE_READ) is Reach.NO:
            return self.none()
        own = Q(organization_id=viewer.organization_id)
        if isinstance(viewer, User) and "VL" not in viewer.access.roles:
            own &= Q(person_id=viewer.pk)
        return self.filter(own)


class OfCaseQuerySet(QuerySet[M]):
    """Parts of a case: seen when the case is."""

    def visible_to(self, viewer: User | ServiceKey) -> OfCaseQuerySet[M]:
        return self.filter(sight(viewer, "case__"))


class BulkActQuerySet(QuerySet["BulkAct"]):
    """Acts on many cases."""

    def visible_to(self, viewer: User) -> BulkActQuerySet:
        """One's own, and a colleague's for whoever confirms such acts. Their rows ask for each case by themselves."""
        if viewer.is_internal and viewer.reach(Action.DECISION_APPROVE) is Reach.ALL:
            return self.filter(organization_id=viewer.organization_id)
        return self.filter(asked_by_id=viewer.pk)


class BatchQuerySet(QuerySet[M]):
    """Files of submissions: a vendor's lead sees the organization's, everybody else their own. The team has no use for them."""

    def visible_to(self, viewer: User) -> BatchQuerySet[M]:
        if viewer.is_internal or viewer.reach(Action.CASE_READ) is Reach.NO:
            return self.none()
        own = Q(organization_id=viewer.organization_id)
        if "VL" not in viewer.access.roles:
            own &= Q(person_id=viewer.pk)
        return self.filter(own)
