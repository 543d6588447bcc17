"""States and words of appeals. Pure data: no queries (domain.md is the dictionary)."""

from __future__ import annotations

import calendar
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

# An appeal may be filed for this many calendar months after the decision took effect (Digital Services Act, article 20(1):
# at least six months from the day on which the person was informed).
WINDOW_MONTHS = 6


class AppealState(models.TextChoices):
    """`decided` may still be undone; `closed` has passed its hold and is carried out."""

    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waits for the appellant")
    DECIDED = "decided", _("Decided")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LIVE = (AppealState.OPEN, AppealState.WAITING)
JUDGED = (AppealState.DECIDED, AppealState.CLOSED)


class Appellant(models.TextChoices):
    """Who asks for another look. `own` is the team itself, which looks again at what resembles a decision that was overturned."""

    SUBJECT = "subject", _("The person concerned")
    VENDOR = "vendor", _("The submitter")
    OWN = "own", _("Our own review")


class Outcome(models.TextChoices):
    """What an appeal ends with; the digit is its key (ux.md APP-1; 4 asks the appellant)."""

    UPHELD = "upheld", _("Uphold: the decision stands")
    OVERTURNED = "overturned", _("Overturn: the decision was wrong")
    PARTIAL = "partial", _("Partial: part of it was wrong")

    @property
    def digit(self) -> int:
        return list(Outcome).index(self) + 1


class Grounds(models.TextChoices):
    """Why a decision did not stand (ux.md KPI-14a)."""

    ERROR = "error", _("It was an error with what was known then")
    NEW_INFORMATION = "new_information", _("New information came to light")


class Direction(models.TextChoices):
    """Who wrote a message of an appeal."""

    IN = "in", _("From the appellant")
    OUT = "out", _("To the appellant")


def window_end(effective_at: datetime) -> datetime:
    """The last instant at which an appeal of a decision may be filed: six calendar months on, to the end of that UTC day.

    `effective_at` and the answer are aware UTC. The 31st of August leads to the last day of February.
    """
    months = effective_at.month - 1 + WINDOW_MONTHS
    year, month = effective_at.year + months // 12, months % 12 + 1
    day = min(effective_at.day, calendar.monthrange(year, month)[1])
    return effective_at.replace(year=year, month=month, day=day, hour=23, minute=59, second=59, microsecond=999_999)
