"""One act on many cases: each in a savepoint of its own, so that what cannot be done is left out with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action, Reach
from core.errors import DomainError, Invalid
from escalations import permissions
from escalations.lifecycle import Severity
from escalations.models import Case, UndoEntry
from escalations.operations import undo
from escalations.operations.clusters import Skip

AT_MOST = 100  # permissions.md §3, "Bulk action"
Step = tuple[str, undo.Data]
"""How one case's change is taken back: an action of `operations.undo` and its data."""
Do = Callable[[Case], Step | None]
WhyNot = Callable[[Case], str]


@dataclass(frozen=True)
class Plan:
    """What an act would do: to these, not to those. Shown before it is done."""

    cases: tuple[Case, ...]
    skipped: tuple[Skip, ...]


@dataclass(frozen=True)
class Done:
    """What an act did. `undo` is None where nothing of it can be taken back."""

    refs: tuple[str, ...]
    skipped: tuple[Skip, ...]
    undo: UndoEntry | None


def plan(cases: Sequence[Case], why_not: WhyNot, *, by: User) -> Plan:
    """Sort `cases` (already visible to `by`) into those the act can be done to and those left out. No write.

    A change of several cases at once needs the right to bulk actions; for specialists it ends at S2. Raises `NotPermitted`,
    `Invalid` (too many).
    """
    if len(cases) > AT_MOST:
        raise Invalid(
            _("At most %(count)d cases are changed at once: narrow the filter or select fewer.") % {"count": AT_MOST},
            code="too_many",
        )
    several = len(cases) > 1
    if several:
        check_can(by, Action.BULK)
    fit: list[Case] = []
    skipped: list[Skip] = []
    for case in cases:
        why = (_why_not_in_bulk(case, by) if several else "") or why_not(case)
        if why:
            skipped.append(Skip(case.ref, why))
        else:
            fit.append(case)
    return Plan(tuple(fit), tuple(skipped))


def _why_not_in_bulk(case: Case, by: User) -> str:
    if by.reach(Action.BULK) is not Reach.ALL and case.severity < Severity.S2:
        return _("S0 and S1 are changed one at a time.")
    return "" if permissions.can_act(by, Action.BULK, case) else _("It is not in your queues.")


@transaction.atomic
def run(cases: Sequence[Case], why_not: WhyNot, do: Do, *, label: str, by: User, at: datetime) -> Done:
    """Do an act to each case it can be done to, in order of id, and offer one undo for all.

    `at` is aware UTC; `label` says what was done, for the undo. A refusal of one case (`DomainError`) leaves it out. Raises as
    `plan`; records what the acts record.
    """
    wanted = plan(cases, why_not, by=by)
    skipped = list(wanted.skipped)
    refs: list[str] = []
    steps: list[tuple[str, undo.Data, str]] = []
    for case in sorted(wanted.cases, key=lambda one: one.pk):  # one order of locks for everybody
        try:
            with transaction.atomic():
                step = do(case)
        except DomainError as refused:
            skipped.append(Skip(case.ref, refused.detail))
            continue
        refs.append(case.ref)
        if step is not None:
            steps.append((*step, case.ref))
    entry = None
    if steps:
        entry = undo.offer("bulk", by=by, at=at, label=label, data={"steps": steps})
    return Done(tuple(refs), tuple(skipped), entry)


def _undo_all(data: undo.Data, by: User, at: datetime) -> None:
    """Take back every step that still can be, and keep in `data["left"]` what could not and why; raises the last refusal when none could."""
    refused: DomainError | None = None
    done = 0
    left: list[tuple[str, str]] = []
    for action, step, *ref in data["steps"]:
        try:
            with transaction.atomic():
                undo.take_back(action, step, by=by, at=at)
                done += 1
        except DomainError as error:
            refused = error
            left.append((ref[0] if ref else "", error.detail))
    data["left"] = left
    if refused is not None and not done:
        raise refused


undo.on("bulk", _undo_all)
