"""Time people spend on cases, as their pages tell it (KPI-16)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from escalations.models.case import OfCase, part_of_case
from escalations.querysets import OfCaseQuerySet


class HandleTime(OfCase):
    """Seconds one person was at one case: its page in front, and some input within the last minute.

    `last_at` (aware UTC) is their last sign of life there; the time between two signs counts when they are close.
    """

    case = part_of_case("handle_times")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seconds = models.FloatField(default=0)
    last_at = models.DateTimeField()

    objects: ClassVar[OfCaseQuerySet[HandleTime]] = OfCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="handle_time_once")]
