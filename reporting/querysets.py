"""Chainable filters over what reporting keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import User

if TYPE_CHECKING:
    pass


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
