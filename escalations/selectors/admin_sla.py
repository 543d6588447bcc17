"""How many clocks a change of targets would concern, if it were applied to open ones (ux.md ADM-3)."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Subquery

from escalations.clock_life import UNSETTLED
from escalations.models import Case, SlaClock, SlaPlan


def open_clocks(plan: SlaPlan) -> dict[tuple[str, int], int]:
    """Unsettled clocks on any version of `plan`, by metric and the case's severity now.

    Counts only, for whoever sets targets; clocks of cases that the transaction cannot see are left out.
    """
    clocks = SlaClock.objects.filter(object_type="case", state__in=UNSETTLED, target__version__plan=plan)
    level = Subquery(Case.objects.filter(pk=OuterRef("object_id")).values("severity")[:1])
    rows = clocks.annotate(level=level).values_list("metric", "level").annotate(n=Count("id"))
    return {(metric, level): n for metric, level, n in rows if level is not None}
