"""What goes into a case file: the case as its reader sees it, decisions, the log of it, shielded pictures."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Compartment, User
from accounts.roles import Action, Reach, Role
from core.errors import NotPermitted
from escalations import permissions as of_cases
from escalations.lifecycle import DecisionState
from escalations.models import Case, Evidence
from escalations.operations import evidence_store
from escalations.selectors.audit_trail import Line, trail_of
from escalations.selectors.case import case_page
from reporting import rights
from reporting.documents.case_file import CaseFile

LOG_MOST = 500
PICTURES_MOST = 20


def can_take(viewer: User, case: Case) -> bool:
    """Whether `viewer`, who may see `case`, may take it out as a document: who takes rows out; what is privileged, Legal alone."""
    is_privileged = Compartment.LEGAL_PRIVILEGED in case.compartments
    return rights.can_take_own(viewer) and (not is_privileged or Role.LEGAL in viewer.access.roles)


def check_can_take(viewer: User, case: Case) -> None:
    """Raises `NotPermitted`."""
    if not can_take(viewer, case):
        raise NotPermitted(rule="export.case_file")


def drawable(case: Case, *, viewer: User) -> list[Evidence]:
    """The evidence whose shielded picture `viewer` may have in the file, at most twenty; none of child safety (PRT-2)."""
    if not of_cases.can_preview(viewer, case):
        return []
    ready = case.evidence.filter(blob__preview_state="ready", state=Evidence.State.AVAILABLE)
    return list(ready.select_related("blob").order_by("number")[:PICTURES_MOST])


def case_file_of(case: Case, *, viewer: User, at: datetime, pictures: list[Evidence], why: str) -> CaseFile:
    """The file of a case found by `find_case`, at `at` (aware UTC). The record that it was made is the caller's."""
    decided = case.decisions.exclude(state=DecisionState.UNDONE).select_related("clause__policy", "decided_by")
    log = None if viewer.reach(Action.AUDIT_READ) is Reach.NO else _log(case, viewer)
    return CaseFile(
        page=case_page(case, viewer=viewer, at=at, is_document=True),
        decisions=list(decided.order_by("pk")),
        log=log[:LOG_MOST] if log is not None else None,
        is_log_cut=log is not None and len(log) > LOG_MOST,
        by=viewer.display_name,
        zone=viewer.time_zone,
        at=at,
        pictures={one.number: _shielded(one) for one in pictures},
        why=why,
    )


def _log(case: Case, viewer: User) -> list[Line]:
    lines: list[Line] = []
    before = None
    while len(lines) <= LOG_MOST:
        trail = trail_of(case, viewer=viewer, before=before)
        lines += trail.lines
        before = trail.older
        if before is None:
            break
    return lines


def _shielded(one: Evidence) -> bytes:
    """The blurred grey derivative, never the original."""
    assert one.blob is not None
    with evidence_store.open_blob(one.blob.blurred_sha256) as file:
        return file.read()
