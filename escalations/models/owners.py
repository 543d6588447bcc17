"""What clocks run on: cases, appeals, and later consults, crises and tasks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ClockOwner(models.Model):
    """A model whose rows may have SLA clocks and other deadlines. `clock_type` names it in `SlaClock.object_type` and never changes.

    The verbs of `operations.clocks` take any owner; the caller holds its row lock. Its app registers it with
    `operations.clock_owners.register`, so that its timers fire.
    """

    clock_type: ClassVar[str]
    organization_id: int

    class Meta:
        abstract = True

    def clock_subject(self) -> models.Model:
        """Whose events the clock's warnings and misses are: the row itself, or the case it is part of, so that those hear of them
        who may see that case."""
        return self

    def clock_holder_id(self) -> int | None:
        """Who works on it, whom warnings follow first; None for nobody, or where the subject's own assignee does."""
        return None
