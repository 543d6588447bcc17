"""The rules of `querysets.sight` as a plain function over a signal's audience, for streams that may not ask the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import Action, Reach, Role
from escalations.models import Queue
from policies.permissions import can_read_library


@dataclass(frozen=True)
class Sight:
    """What one viewer could see when the snapshot was taken. Anything unknown is not seen."""

    user_id: int
    organization_id: int
    is_internal: bool
    reach: Reach
    is_vendor_lead: bool
    sees_every_queue: bool
    queue_ids: frozenset[int]
    labels: frozenset[str]
    reads_library: bool = False

    def sees(self, audience: Mapping[str, Any]) -> bool:
        """Whether a signal of this audience may reach the viewer: the same answer as `Case.objects.visible_to`."""
        if "user" in audience:
            return bool(audience["user"] == self.user_id)
        if "users" in audience:
            return self.user_id in audience["users"]
        if "library" in audience:
            return self.reads_library
        if audience.get("practice_for") not in (None, self.user_id):
            return False
        if self.reach is Reach.NO or not set(audience.get("compartments", ["?"])) <= self.labels:
            return False
        if not self.is_internal:
            return audience.get("organization") == self.organization_id and (
                self.is_vendor_lead or audience.get("submitter") == self.user_id
            )
        if self.sees_every_queue:
            return True
        if self.reach is Reach.PARTIAL:
            return audience.get("open") is False
        return self.user_id in audience.get("people", ()) or not self.queue_ids.isdisjoint(audience.get("queues", ()))


def sight_of(viewer: User) -> Sight:
    """Take the snapshot. One query, for those who see some queues only."""
    access = viewer.access
    own = viewer.is_internal and not access.sees_every_queue
    queues = Queue.objects.filter(Q(team_id__in=access.team_ids) | Q(is_default=True)).values_list("pk", flat=True)
    return Sight(
        user_id=viewer.pk,
        organization_id=viewer.organization_id,
        is_internal=viewer.is_internal,
        reach=viewer.reach(Action.CASE_READ),
        is_vendor_lead=Role.VENDOR_LEAD in access.roles,
        sees_every_queue=access.sees_every_queue,
        queue_ids=frozenset(queues if own else ()),
        labels=access.compartments,
        reads_library=can_read_library(viewer),
    )
