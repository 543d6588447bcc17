"""The matrix, cell by cell, against an independent copy of permissions.md §3."""

from __future__ import annotations

import pytest

from accounts.roles import MATRIX, Action, Reach, Role, reach

COLUMNS = ["VS", "VL", "SP", "IC", "LD", "PE", "QA", "LG", "AD", "AU", "RO", "TV", "TI"]
# From the design's table, in its signs: ● yes · ○ own · ◐ partial · B break-glass · 2 second person · – no.
TABLE = {
    "case.create": "●●●●●––●–––●○",
    "policy.read": "◐◐●●●●●●–●–––",
    # "SLA/policy draft / publish": the policy editor writes; lead, legal desk and another editor are the second person.
    "policy.draft_read": "––––●●–●–●–––",
    "policy.draft": "–––––●–––––––",
    "policy.publish": "––––22–2–––––",
    "policy.legal": "–––––––2–––––",
    "guidance.issue": "–––●●●–––––––",
    "case.read": "○○○●●◐◐●–◐–○○",
    "message.submitter": "○○○●●––●–––○–",
    "note.read": "––○●●◐●●–●–––",
    "note.write": "––○●●––●–––––",
    "case.edit": "○○○●●––○–––○○",
    "severity.raise": "○○○●●––●–––○○",
    "severity.lower": "–––●●––––––––",
    "case.claim": "––○●●––●–––––",
    "case.decide": "––○●●––○–––––",
    "case.decide_s0": "–––22––2–––––",
    "decision.approve": "–––●●––●–––––",  # "needs a second person" of the S0 row, for every decision that asks for one
    "appeal.file": "○●●●●––●–––●–",  # "on behalf" of the person concerned is a case one may see
    "appeal.decide": "––○●●––●–––––",
    "case.close": "––○●●––●–––––",
    "case.reopen": "––○●●–2●–––––",
    "case.merge": "––○●●––●–––––",
    "clock.pause": "––○●●––●––––○",
    "clock.override": "–––●●––––––––",
    "bulk": "––○●●––––––––",
    "evidence.upload": "○○○●●––●–––○○",
    "evidence.preview": "○○○●●–◐●–––––",
    "evidence.original": "○–○●●–2●–B–––",
    "evidence.download": "–––●●––●–B–––",
    "routing.read": "––●●●●––●●–––",
    "routing.edit": "––––●–––●––––",
    "keys.read": "–○––––––●●–––",
    "keys.edit": "–○––––––●––––",
    "config.read": "––––––––●●–––",
    "config.edit": "––––––––●––––",
    "hold.set": "–––––––●–––––",
    "hold.ask": "–––●●––●–––––",
    # "team" and "own" are own; "usage" of an administrator is a part; read-only leadership reads all, in cells of five and more.
    "reports": "○○○○●◐●◐◐●●○–",
    "vendors.edit": "––––●–––●––––",  # what is agreed with vendors: leads, who manage them, and administrators
    "reports.annotate": "–––○●●●●–––––",  # who explains figures to others; an incident commander those of their team
    "audit.read": "–○○○○––●○●–––",
    # Briefs are no row of the design's table: written by those who run the floor, read by leadership, approved by a second person.
    "brief.read": "–––●●●●●–●●––",
    "brief.write": "–––●●●–●–––––",
    "brief.approve": "––––2––2–––––",
}
SIGNS = {"●": Reach.ALL, "○": Reach.OWN, "◐": Reach.PARTIAL, "B": Reach.GLASS, "2": Reach.TWO, "–": Reach.NO}
CELLS = [(action, role, SIGNS[sign]) for action, row in TABLE.items() for role, sign in zip(COLUMNS, row, strict=True)]


@pytest.mark.parametrize(("action", "role", "expected"), CELLS)
def test_the_matrix_says_what_the_design_says(action, role, expected):
    assert MATRIX[Action(action)][Role(role)] is expected


def test_every_action_has_a_cell_for_every_role():
    assert all(set(row) == set(Role) for row in MATRIX.values())


@pytest.mark.parametrize("action", list(Action))
def test_partners_reach_nothing_of_a_case(action):
    assert reach(frozenset({Role.PARTNER}), action) is Reach.NO


def test_no_role_reaches_nothing_and_several_roles_reach_the_farthest():
    assert reach(frozenset(), Action.CASE_READ) is Reach.NO
    assert reach(frozenset({Role.AUDITOR, Role.SPECIALIST}), Action.CASE_READ) is Reach.OWN
