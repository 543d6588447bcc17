"""What became of each case of one act on many, or of a cluster's decision: the rows its page shows, of cases the asker may see."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import NotFound
from escalations.models import BulkAct, BulkRow, Case, Spread, SpreadRow
from escalations.selectors.bulk import rows_of
from escalations.selectors.spreads import spread_of, spread_rows
from reporting import rights
from reporting.exports import Column, Holds, Params
from reporting.sources.listing import Listing, text_of


def _act(params: Params, viewer: User) -> BulkAct:
    """Raises `NotFound`, for what does not exist and for what the viewer may not see alike."""
    try:
        key = uuid.UUID(text_of(params, "bulk"))
    except ValueError:
        raise NotFound from None
    found: BulkAct | None = BulkAct.objects.visible_to(viewer).filter(public_id=key).first()
    if found is None:
        raise NotFound
    return found


def _rows(params: Params, viewer: User, at: datetime) -> QuerySet[BulkRow]:
    return rows_of(_act(params, viewer), viewer=viewer, state=text_of(params, "state"))


def _check(params: Params, viewer: User, at: datetime) -> None:
    _act(params, viewer)


def _spread(params: Params, viewer: User) -> Spread:
    """Raises `NotFound`, for what does not exist and for what the viewer may not see alike."""
    parent = Case.objects.visible_to(viewer).filter(ref=text_of(params, "case").upper()).first()
    found = spread_of(parent) if parent is not None else None
    if found is None:
        raise NotFound
    return found


def _members(params: Params, viewer: User, at: datetime) -> QuerySet[SpreadRow]:
    return spread_rows(_spread(params, viewer), viewer=viewer, state=text_of(params, "state"))


def _check_members(params: Params, viewer: User, at: datetime) -> None:
    _spread(params, viewer)


_FIELDS = (
    (Column("case", Holds.WORD, _("The case’s reference.")), "case__ref"),
    (Column("severity", Holds.INTEGER, _("How bad: 0 (worst) to 4.")), "case__severity"),
    (Column("result", Holds.WORD, _("What became of it: waiting, done, left_out, undone, kept.")), "state"),
    (Column("why", Holds.TEXT, _("Why it was left out, or stays changed.")), "why"),
    (Column("ended_at_utc", Holds.TIME, _("When that was.")), "ended_at"),
)
SPREAD = Listing(
    key="spread",
    title=_("One decision for merged cases"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer),
    rows=_members,
    check=_check_members,
    takes=("case", "state"),
    fields=_FIELDS,
)
BULK = Listing(
    key="bulk",
    title=_("A change of many cases"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer),
    rows=_rows,
    check=_check,
    takes=("bulk", "state"),
    fields=_FIELDS,
)
