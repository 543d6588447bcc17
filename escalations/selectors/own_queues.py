"""Lists of somebody who sees some queues only, read queue by queue.

The order of all open cases answers a list of two quiet queues badly: everything older in the others is read and thrown away.
Each queue has its own order (`case_open_by_queue`, `case_unclaimed_by_queue`): the first of each are merged instead, so that
the cost follows the page and the number of one's queues, never the backlog of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.expressions import OrderBy, RawSQL

from accounts.models import User
from accounts.roles import Action, Reach
from escalations.querysets import CaseQuerySet

# The queues of these teams, and the default one; as text, since three lists of a page are made of it.
_OWN = "SELECT id FROM escalations_queue WHERE team_id = ANY(%s) OR is_default"


def sees_some(viewer: User) -> bool:
    """Whether the viewer's sight is that of their teams' queues."""
    is_of_queues = viewer.is_internal and not viewer.access.sees_every_queue
    return is_of_queues and viewer.reach(Action.CASE_READ) is Reach.OWN


def first_of_own(
    cases: CaseQuerySet, *, viewer: User, ordering: Sequence[OrderBy], limit: int, columns: Sequence[str]
) -> tuple[str, tuple[Any, ...]]:
    """A statement for the first `limit` of each queue of the viewer, and of what they hold in others: `columns`, each case once.

    `cases` are filtered and visible already; `ordering` is one that an index led by the queue answers. At most `limit` rows of
    each queue come, in no order: the caller sorts and cuts. Raises `EmptyResultSet` where `cases` can hold none.
    """
    teams = list(viewer.access.team_ids)
    there = cases.filter(queue_id=RawSQL("near.id", ())).order_by(*ordering).values(*columns)[:limit]
    inner, params = there.query.sql_with_params()
    text = f"SELECT found.* FROM ({_OWN}) near(id), LATERAL ({inner}) found"
    elsewhere = cases.filter(assignee_id=viewer.pk).exclude(queue_id__in=RawSQL(_OWN, (teams,)))
    try:
        held, held_params = elsewhere.order_by(*ordering).values(*columns)[:limit].query.sql_with_params()
    except EmptyResultSet:  # a filter for what nobody holds
        return text, (teams, *params)
    return f"{text} UNION ALL ({held})", (teams, *params, *held_params)


def near(cases: CaseQuerySet, queue_ids: Sequence[int], *, ordering: Sequence[str], limit: int) -> CaseQuerySet:
    """`cases` (all of these queues), narrowed to the first `limit` of each queue. Raises `EmptyResultSet`."""
    there = cases.filter(queue_id=RawSQL("near.id", ())).order_by(*ordering).values("pk")[:limit]
    inner, params = there.query.sql_with_params()
    text = f"SELECT found.* FROM unnest(%s::bigint[]) near(id), LATERAL ({inner}) found"
    return cases.filter(pk__in=RawSQL(text, (list(queue_ids), *params)))
