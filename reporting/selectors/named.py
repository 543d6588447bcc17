"""Which cases a filter names for somebody who reads figures: those whose figures they read, and not only those they may open."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Action, Reach
from core.errors import FieldProblem, Invalid
from core.filters.tree import Term, walk
from escalations.filters import CompiledFilter
from escalations.models import Case

# What says how a case stands in the queue's own words, and nothing that is written in it, nor of one person or one thing reported.
PLAIN = frozenset(
    [
        "acknowledged", "action", "age", "appeal", "cause", "clock", "closed", "created", "decided", "due", "everclosed", "firstclose",
        "from", "gap", "graphic", "harm", "has", "hub", "invalid", "is", "judged", "lang", "level", "market", "media", "met", "missed",
        "order", "platform", "policy", "queue", "reach", "reopened", "res", "responded", "sev", "settled", "shift", "sla", "spend",
        "status", "surface", "tag", "team", "triaged", "updated", "vendor", "verdict",
    ]
)  # fmt: skip


def opens_what_counts(viewer: User) -> bool:
    """Whether every case in the viewer's figures is theirs to open as well: leads, desks, whoever counts their own queues, vendors."""
    if not viewer.is_internal or viewer.access.sees_every_queue:
        return True
    return viewer.reach(Action.REPORTS) is Reach.OWN


def named_by(compiled: CompiledFilter, viewer: User) -> QuerySet[Case]:
    """The cases a valid filter names, in no order; the scope of the figures is a condition of its own beside it.

    Who counts cases without opening them (auditors, quality, policy editors, administrators, leadership that only reads) counts by
    how cases stand. What is written in a case cannot be asked: the count would answer for a case that is not theirs to read.
    Raises `Invalid` for that.
    """
    if opens_what_counts(viewer):
        return Case.objects.visible_to(viewer).filter(compiled.q).order_by()
    for leaf in walk(compiled.query.root):
        if not isinstance(leaf, Term) or leaf.field not in PLAIN:
            said = f"{leaf.field}:" if isinstance(leaf, Term) else leaf.text
            detail = _(
                "“%(term)s” asks what single cases hold, and your figures count cases that you do not open. Ask for queues, harms, "
                "markets, severities, states or times instead."
            ) % {"term": said[:60]}
            raise Invalid(detail, errors=[FieldProblem("/q", "not_for_figures", detail)])
    return Case.objects.real().filter(compiled.q).order_by()
