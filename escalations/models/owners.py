"""What clocks run on: cases, and later consults, crises and tasks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ClockOwner(models.Model):
    """A model whose rows may have SLA clocks. `clock_type` names it in `SlaClock.object_type` and never changes.

    The verbs of `operations.clocks` take any owner; the caller holds its row lock. A type whose timers shall fire is
    registered with `operations.clock_owners.register`.
    """

    clock_type: ClassVar[str]
    organization_id: int

    class Meta:
        abstract = True
