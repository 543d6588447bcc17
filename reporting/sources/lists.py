"""Further lists as sources: appeals, and the questions that no clause answers; with the asker's rights, as their pages show them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from core.errors import FieldProblem, Invalid
from escalations.selectors import appeals
from policies.lifecycle import GapState
from policies.models import Gap
from policies.permissions import can_read_library
from reporting.exports import Column, Holds, Keyset, Params, Source, may_take_rows

_W, _T, _N, _AT = Holds.WORD, Holds.TEXT, Holds.INTEGER, Holds.TIME
ALL = "all"

APPEAL_FIELDS: tuple[tuple[Column, str], ...] = (
    (Column("key", _W, _("The appeal’s reference.")), "ref"),
    (Column("case", _W, _("The case’s reference.")), "case__ref"),
    (Column("state", _W, _("Where the appeal stands.")), "state"),
    (Column("outcome", _W, _("What was decided on it; empty until then.")), "outcome"),
    (Column("grounds", _W, _("Whether an overturn was an error of ours, or new information.")), "grounds"),
    (Column("appellant", _W, _("Who appealed: subject, reporter or vendor.")), "appellant"),
    (Column("channel", _W, _("How it came.")), "channel"),
    (Column("language", _T, _("Language of the appellant’s words.")), "language"),
    (Column("severity", _N, _("How bad: 0 (worst) to 4.")), "case__severity"),
    (Column("verdict", _W, _("The decision appealed.")), "decision__verdict"),
    (Column("clause", _T, _("The clause it cites.")), "decision__clause__policy__key"),
    (Column("expedited", Holds.YES_NO, _("Whether it goes first.")), "is_expedited"),
    (Column("filed_at_utc", _AT, _("When it was filed.")), "filed_at"),
    (Column("due_at_utc", _AT, _("When its clock is due.")), "due_at"),
    (Column("decided_at_utc", _AT, _("When it was decided.")), "decided_at"),
)  # fmt: skip
GAP_FIELDS: tuple[tuple[Column, str], ...] = (
    (Column("number", _N, _("The number behind GAP-.")), "pk"),
    (Column("question", _T, _("What no clause answers.")), "question"),
    (Column("state", _W, _("Open, answered, withdrawn, or no rule will be made.")), "state"),
    (Column("case", _W, _("The case it was met with.")), "source_ref"),
    (Column("nearest", _T, _("The clause that is nearest.")), "nearest__policy__key"),
    (Column("answered_by", _T, _("The clause that answers it.")), "answer__policy__key"),
    (Column("owner", _T, _("Who sees to it.")), "owner__display_name"),
    (Column("meanwhile", _T, _("What holds until a clause answers it.")), "interim_position"),
    (Column("outcome", _T, _("Why no rule will be made.")), "outcome"),
    (Column("opened_at_utc", _AT, _("When it was opened.")), "opened_at"),
    (Column("closed_at_utc", _AT, _("When it was closed.")), "closed_at"),
)  # fmt: skip


def _fields(of: tuple[tuple[Column, str], ...]) -> list[NullIf | str]:
    return [NullIf(F(name), Value("")) if column.holds is Holds.WORD else name for column, name in of]


def _appeals(params: Params, viewer: User, at: datetime) -> Keyset:
    return Keyset(appeals.appeals_of(viewer, appeals.tab_of(str(params.get("show", "open")))), _fields(APPEAL_FIELDS))


def _may_appeals(viewer: User) -> bool:
    return may_take_rows(viewer) and viewer.is_internal and can(viewer, Action.APPEAL_DECIDE)


def _count_appeals(params: Params, viewer: User, at: datetime, at_most: int) -> int:
    return int(_appeals(params, viewer, at).rows[:at_most].count())


def _gaps(params: Params, viewer: User, at: datetime) -> Keyset:
    state = str(params.get("state", GapState.OPEN.value))
    rows = Gap.objects.visible_to(viewer)
    return Keyset(rows if state == ALL else rows.filter(state=state), _fields(GAP_FIELDS))


def _check_gaps(params: Params, viewer: User, at: datetime) -> None:
    if str(params.get("state", GapState.OPEN.value)) not in (*GapState.values, ALL):
        raise Invalid(errors=[FieldProblem("/state", "unknown", gettext("Choose a state from the list."))])


def _count_gaps(params: Params, viewer: User, at: datetime, at_most: int) -> int:
    return int(_gaps(params, viewer, at).rows[:at_most].count())


APPEALS = Source(
    key="appeals",
    title=_("Appeals"),
    columns=[column for column, _name in APPEAL_FIELDS],
    keyset=_appeals,
    said=lambda params: str(params.get("show", "open")),
    may=_may_appeals,
    count=_count_appeals,
    takes=("show",),
)
GAPS = Source(
    key="gaps",
    title=_("Questions that no clause answers"),
    columns=[column for column, _name in GAP_FIELDS],
    keyset=_gaps,
    said=lambda params: str(params.get("state", GapState.OPEN.value)),
    check=_check_gaps,
    may=lambda viewer: may_take_rows(viewer) and viewer.is_internal and can_read_library(viewer),
    count=_count_gaps,
    takes=("state",),
)
