"""Element logic, ladders and words, without a database."""

from __future__ import annotations

import pytest

from escalations.lifecycle import Harm, Surface
from policies.lifecycle import (
    HARM_LABELS,
    SURFACE_LABELS,
    TRANSITIONS,
    Action,
    ActionType,
    VersionState,
    element_problems,
    is_met,
    ladder_problems,
    read_rungs,
)


def _elements(**groups):
    return [{"key": key, "text": key, "group": group} for group, keys in groups.items() for key in keys]


BOTH = _elements(all=["a", "b"], any=["c", "d"])


@pytest.mark.parametrize(
    ("logic", "elements", "ticked", "met"),
    [
        ("all", _elements(all=["a", "b"]), {"a", "b"}, True),
        ("all", _elements(all=["a", "b"]), {"a"}, False),
        ("all", _elements(all=["a"]), set(), False),
        ("any", _elements(any=["a", "b"]), {"b"}, True),
        ("any", _elements(any=["a", "b"]), {"z"}, False),
        ("all_and_any", BOTH, {"a", "b", "d"}, True),
        ("all_and_any", BOTH, {"a", "b"}, False),
        ("all_and_any", BOTH, {"a", "c", "d"}, False),
        ("all", [], set(), False),
    ],
)
def test_a_rule_applies_when_its_elements_are_ticked(logic, elements, ticked, met):
    assert is_met(logic, elements, ticked) is met


def test_elements_fit_their_logic_and_have_keys_of_their_own():
    assert element_problems("all_and_any", BOTH) == []
    assert element_problems("all", BOTH)
    assert element_problems("any", _elements(any=["a", "a"])) == ["two elements share a key"]
    assert element_problems("any", [{"key": "a", "text": " ", "group": "any"}]) == ["an element has no text"]


@pytest.mark.parametrize(
    ("ladder", "problem"),
    [
        ({}, "no surface"),
        ({"radio": [[{"type": "strike"}]]}, "unknown surface"),
        ({"ads": []}, "empty rung"),
        ({"ads": [[{"type": "strike"}], []]}, "empty rung"),
        ({"ads": [[{"type": "shout"}]]}, "unknown action"),
        ({"ads": [[{"type": "account_suspend", "days": 0}]]}, "duration"),
    ],
)
def test_a_wrong_ladder_is_explained(ladder, problem):
    assert any(problem in said for said in ladder_problems(ladder))


def test_a_ladder_is_read_rung_by_rung():
    ladder = {"ads": [[{"type": "content_remove"}], [{"type": "account_suspend", "days": 7}, {"type": "strike"}]]}

    first, second = read_rungs(ladder, "ads")

    assert (first.number, first.title, first.rest) == (1, "Remove content", [])
    assert (second.number, second.title, second.rest) == (2, "Suspend account, 7 days", ["Strike"])
    assert read_rungs(ladder, "organic") == []


def test_one_day_is_one_day():
    assert Action(ActionType.ACCOUNT_SUSPEND, 1).label == "Suspend account, 1 day"


def test_no_state_follows_a_retired_version_and_every_state_is_in_the_table():
    assert TRANSITIONS[VersionState.RETIRED] == frozenset()
    assert set(TRANSITIONS) == set(VersionState)


def test_surfaces_and_harms_are_those_of_cases():
    assert set(SURFACE_LABELS) == set(Surface.values)
    assert set(HARM_LABELS) == set(Harm.values)
