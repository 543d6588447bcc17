from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from escalations.lifecycle import Harm, Severity
from escalations.operations.severity import ANSWERS, Inputs, Result, claim, compute, legal_hours
from tests.factories.people import NOON

S0, S1, S2, S3, S4 = Severity
LETHAL, SERIOUS, POSSIBLE = {"physical_harm": "lethal"}, {"physical_harm": "serious"}, {"physical_harm": "possible"}
NOW, HOURS = {"imminence": "now"}, {"imminence": "hours"}
MINOR = {"vulnerable": "minor"}
HARMLESS = {"physical_harm": "none", "imminence": "none", "reversibility": "reversible"}


@pytest.mark.parametrize(
    ("answers", "facts", "level"),
    [
        ({}, {}, S3),
        (HARMLESS, {}, S4),
        (HARMLESS, {"reach": 1000}, S3),
        ({}, {"surface": "product"}, S4),
        (LETHAL | NOW, {}, S0),
        (SERIOUS | NOW, {}, S0),
        (LETHAL | HOURS, {}, S0),
        (SERIOUS | HOURS, {}, S1),
        (MINOR | HOURS | POSSIBLE, {}, S0),
        (LETHAL | {"velocity": "viral"}, {"reach": 1_000_000}, S0),
        (LETHAL, {}, S1),
        (POSSIBLE | HOURS, {}, S1),
        (MINOR, {"harm": Harm.CHILD_SAFETY}, S1),
        (MINOR, {"harm": Harm.SEXUAL_EXPLOITATION}, S1),
        ({}, {"legal_hours": 1.0}, S1),
        ({}, {"legal_hours": 24.0}, S2),
        ({}, {"legal_hours": 48.0}, S3),
        ({"velocity": "viral"}, {"reach": 1_000_000}, S1),
        ({}, {"spend": 1_000_000}, S1),
        ({"vulnerable": "at_risk_group", "reversibility": "irreversible"}, {}, S1),
        (POSSIBLE, {}, S2),
        (HOURS, {}, S2),
        (MINOR, {}, S2),
        ({}, {"harm": Harm.CHILD_SAFETY}, S2),
        ({}, {"reach": 100_000}, S2),
        ({}, {"reach": 99_999}, S3),
        ({"velocity": "viral"}, {}, S2),
        ({}, {"spend": 100_000}, S2),
        ({"reversibility": "irreversible"}, {}, S2),
        ({"actor_profile": "state"}, {}, S2),
        ({"attention": "national"}, {}, S2),
        ({"attention": "local"}, {}, S3),
    ],
)
def test_level_by_answers(answers: dict[str, str], facts: dict[str, Any], level: Severity) -> None:
    assert compute(Inputs(answers=answers, **facts)).severity is level


def test_an_unsure_answer_costs_one_level_but_never_where_life_is_at_stake() -> None:
    unsure = {"confidence": "low"}

    assert compute(Inputs(answers=unsure | {"velocity": "viral"})).severity is S3
    assert compute(Inputs(answers=unsure | LETHAL)).severity is S1
    assert compute(Inputs(answers=unsure | LETHAL | NOW)).severity is S0


def test_every_combination_of_answers_has_a_level_and_a_reason_that_names_it() -> None:
    scales = [(name, codes) for name, codes in ANSWERS.items() if name != "confidence"]
    for codes in itertools.product(*[codes for _, codes in scales]):
        found = compute(Inputs(answers=dict(zip([name for name, _ in scales], codes, strict=True))))

        assert found.why[0]["level"] == found.severity.name


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "confidence"])
def test_a_worse_answer_never_makes_it_less_severe(name: str) -> None:
    others = [{}, LETHAL, NOW, MINOR, {"velocity": "viral"}]
    for other in others:
        levels = [compute(Inputs(answers=other | {name: code})).severity for code in ANSWERS[name]]

        assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize(
    ("computed", "claimed", "reason", "may_raise", "level"),
    [
        (S3, None, "", True, S3),
        (S3, S2, "reach is growing", True, S2),
        (S3, S1, "reach is growing", True, S2),
        (S3, S0, "reach is growing", True, S2),
        (S2, S0, "reach is growing", True, S1),
        (S1, S0, "reach is growing", True, S1),
        (S3, S2, "", True, S3),
        (S3, S2, "reach is growing", False, S3),
        (S2, S4, "it is nothing", True, S2),
    ],
)
def test_a_claim_raises_by_one_with_a_reason_and_never_lowers(
    computed: Severity, claimed: Severity | None, reason: str, may_raise: bool, level: Severity
) -> None:
    found = claim(Result(computed, []), claimed=claimed, reason=reason, may_raise=may_raise)

    assert found.severity is level
    assert bool(found.why) == (claimed is not None)


def test_legal_hours_count_from_receipt() -> None:
    assert legal_hours(NOON + timedelta(minutes=90), NOON) == 1.5
    assert legal_hours(None, NOON) is None
