"""Where the nearest cases are, for a chart that has none (ux.md §10)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from reporting.selectors.figures import ALL, Scope, Where, Window

# Uses the facts' index by receipt, from the window's ends outward.
_NEAREST = """
SELECT (SELECT max(f.received_at) FROM reporting_casefact f WHERE f.received_at < %s AND NOT f.is_child AND {scope} AND {where}),
  (SELECT min(f.received_at) FROM reporting_casefact f WHERE f.received_at >= %s AND NOT f.is_child AND {scope} AND {where})
"""


def nearest(*, scope: Scope, window: Window, where: Where = ALL) -> datetime | None:
    """When the last case before the window came in, else the first after it (aware UTC); None where there is none.

    Nor for who may read only counts of five or more: one case would be told.
    """
    if scope.is_empty or scope.small_cell:
        return None
    theirs, values = scope.sql()
    sql = _NEAREST.format(scope=theirs, where=where.condition or "true")
    asked = [*values, *where.values]
    with connection.cursor() as cursor:
        cursor.execute(sql, [window.start, *asked, window.end, *asked])
        before, after = cursor.fetchone()
    found: datetime | None = before or after
    return found
