"""Lists around cases as sources: precedents, hand-offs, disputes, second persons, second looks; each as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from escalations.forms.outbox import OutboxFilter
from escalations.models import Decision, Dispute, EnforcementAction
from escalations.selectors import approvals, second_looks
from escalations.selectors.precedents import PrecedentFilters, narrowed, search_precedents
from escalations.views.disputes import disputes_shown
from escalations.views.outbox import hand_offs_found
from escalations.views.precedents import PrecedentForm, filters_of
from policies.permissions import can_read_library
from reporting import rights
from reporting.exports import Column, Holds, Params
from reporting.sources.listing import Joined, Listing, problem, text_of

_W, _T, _N, _AT, _YN = Holds.WORD, Holds.TEXT, Holds.INTEGER, Holds.TIME, Holds.YES_NO
_PRECEDENT = ("q", "clause", "element", "verdict", "surface", "language", "validity", "leading")


# -- Precedents -----------------------------------------------------------------------------------------------------------
def _filters(params: Params, viewer: User, at: datetime) -> PrecedentFilters:
    """Raises `Invalid` where the page would refuse the same."""
    form = PrecedentForm({name: text_of(params, name) for name in _PRECEDENT if params.get(name)})
    found = filters_of(form, viewer=viewer, at=at)
    if found is None:
        name, errors = next(iter(form.errors.items()))
        raise problem(name, str(errors[0]))
    return found


def _check_precedents(params: Params, viewer: User, at: datetime) -> None:
    _filters(params, viewer, at)


def _found_precedents(params: Params, viewer: User, at: datetime) -> QuerySet[Decision]:
    return narrowed(_filters(params, viewer, at), viewer=viewer)


def _precedents(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    filters, before = _filters(params, viewer, at), None
    while True:
        page, before = search_precedents(filters, viewer=viewer, at=at, before=before)
        for one in page:
            leading = one.leading
            yield [
                one.case_ref,
                one.decision.case.title,
                one.decision.verdict,
                one.citation,
                one.decided_at,
                one.validity,
                one.superseded_by,
                leading.holding if leading else "",
                leading.author.display_name if leading else "",
                leading.review_on.isoformat() if leading else "",
            ]
        if before is None:
            return


PRECEDENTS = Listing(
    key="precedents",
    title=_("Precedents"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer) and can_read_library(viewer),
    lines=_precedents,
    counted=_found_precedents,
    check=_check_precedents,
    takes=_PRECEDENT,
    columns=[
        Column("case", _W, _("The case’s reference.")),
        Column("title", _T, _("What the case is called.")),
        Column("verdict", _W, _("What was decided.")),
        Column("clause", _W, _("The clause at its version.")),
        Column("decided_at_utc", _AT, _("When it was decided.")),
        Column("validity", _W, _("Current, superseded or overturned.")),
        Column("superseded_by", _N, _("The version that superseded it.")),
        Column("holding", _T, _("Of a leading case: what it settles.")),
        Column("author", _T, _("Who wrote the holding.")),
        Column("review_on", _W, _("When somebody looks at it again.")),
    ],
)


# -- Hand-offs --------------------------------------------------------------------------------------------------------------
_OUTBOX = ("show", "type", "platform", "ref")


def _outbox_form(params: Params) -> OutboxFilter:
    return OutboxFilter({name: text_of(params, name) for name in _OUTBOX})


def _check_outbox(params: Params, viewer: User, at: datetime) -> None:
    for name, errors in _outbox_form(params).errors.items():
        raise problem(name, str(errors[0]))


def _hand_offs(params: Params, viewer: User, at: datetime) -> QuerySet[EnforcementAction]:
    return hand_offs_found(viewer, _outbox_form(params), at=at)


HAND_OFFS = Listing(
    key="hand-offs",
    title=_("Outbox"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer) and can(viewer, Action.ENFORCEMENT_READ),
    rows=_hand_offs,
    check=_check_outbox,
    takes=_OUTBOX,
    defaults={"show": "needs"},
    fields=[
        (Column("case", _W, _("The case’s reference.")), "case__ref"),
        (Column("action", _W, _("What the platform is asked to do.")), "type"),
        (Column("source", _W, _("What asked for it: a decision, strikes, a mitigation, an appeal.")), "source"),
        (Column("subject_kind", _W, _("What it is done to.")), "entity__kind"),
        (Column("platform", _T, _("Where.")), "entity__platform"),
        (Column("markets", _T, _("In which countries; empty: everywhere.")), Joined("markets")),
        (Column("state", _W, _("What became of asking.")), "state"),
        (Column("tries", _N, _("How often it was tried.")), "attempts"),
        (Column("queued_at_utc", _AT, _("Since when it is to be done.")), "queued_at"),
        (Column("sent_at_utc", _AT, _("When it first left.")), "sent_at"),
        (Column("settled_at_utc", _AT, _("When the platform said so.")), "settled_at"),
        (Column("foreign_id", _T, _("The platform’s own name for it.")), "foreign_id"),
        (Column("refusal", _T, _("Why the platform will not.")), "refusal"),
        (Column("closed_over_why", _T, _("Why a lead closed the case although it is open.")), "closed_over_why"),
        (Column("ends_at_utc", _AT, _("When it is to end; empty: when it is lifted.")), "ends_at"),
        (Column("ended_at_utc", _AT, _("When it stopped being in force.")), "ended_at"),
    ],
)  # fmt: skip


# -- Disputes, second persons, second looks -----------------------------------------------------------------------------------
def _disputes(params: Params, viewer: User, at: datetime) -> QuerySet[Dispute]:
    return disputes_shown(viewer, is_open=text_of(params, "show") != "answered")


def _approvals(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    for one in approvals.waiting_for(viewer):
        asked = one.approval
        yield [
            asked.case.ref,
            asked.about,
            one.line,
            one.why,
            asked.asked_by.display_name,
            asked.asked_at,
            asked.expires_at,
            one.may_answer,
        ]


def _second_looks(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    listed = second_looks.listed(viewer)
    for one in (*listed.waiting, *listed.differing):
        yield [one.case.ref, one.case.title, one.case.severity, one.case.queue.name, one.state, one.asked_at]


DISPUTES = Listing(
    key="disputes",
    title=_("Disputes"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer) and can(viewer, Action.APPEAL_DECIDE),
    rows=_disputes,
    takes=("show",),
    fields=[
        (Column("case", _W, _("The case’s reference.")), "case__ref"),
        (Column("title", _T, _("What the case is called.")), "case__title"),
        (Column("severity", _N, _("How bad: 0 (worst) to 4.")), "case__severity"),
        (Column("submitter", _T, _("Who contests.")), "case__organization__name"),
        (Column("reason", _W, _("Why it came back.")), "reason"),
        (Column("returned_at_utc", _AT, _("When it came back.")), "rejected_at"),
        (Column("text", _T, _("What the submitter says.")), "text"),
        (Column("filed_at_utc", _AT, _("When they said it.")), "filed_at"),
        (Column("state", _W, _("Open, or who was right.")), "state"),
        (Column("answer", _T, _("What they were answered.")), "answer"),
        (Column("decided_by", _T, _("Who answered.")), "decided_by__display_name"),
        (Column("decided_at_utc", _AT, _("When.")), "decided_at"),
    ],
)  # fmt: skip
APPROVALS = Listing(
    key="approvals",
    title=_("Second person"),
    may=rights.can_take_own,
    lines=_approvals,
    columns=[
        Column("case", _W, _("The case’s reference.")),
        Column("about", _W, _("What kind of thing is asked.")),
        Column("asked", _T, _("What is asked.")),
        Column("why", _T, _("Why a second person is needed.")),
        Column("asked_by", _T, _("Who asks.")),
        Column("asked_at_utc", _AT, _("When they asked.")),
        Column("expires_at_utc", _AT, _("Until when it may be answered.")),
        Column("yours", _YN, _("Whether you may answer it.")),
    ],
)
SECOND_LOOKS = Listing(
    key="second-looks",
    title=_("Second looks"),
    may=rights.can_take_own,
    lines=_second_looks,
    columns=[
        Column("case", _W, _("The case’s reference.")),
        Column("title", _T, _("What the case is called.")),
        Column("severity", _N, _("How bad: 0 (worst) to 4.")),
        Column("queue", _T, _("The queue it stands in.")),
        Column("state", _W, _("Waiting for a second decision, or both differ.")),
        Column("asked_at_utc", _AT, _("When it was asked.")),
    ],
)
ALL = (PRECEDENTS, HAND_OFFS, DISPUTES, APPROVALS, SECOND_LOOKS)
