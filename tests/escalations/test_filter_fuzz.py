"""Any text at all, read by every kind of reader: rows or a pointed fault, never another exception."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from core.filters.parser import parse
from escalations.filters.box import filter_box
from escalations.filters.compiling import compile_filter
from escalations.filters.completing import offers
from escalations.filters.explaining import explain_empty
from escalations.filters.fields import CASES
from escalations.filters.rules import match_one
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_key, make_user, make_vendor

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from([*CASES.by_name, "sort", "group", "cols", "nonsense"])
VALUES = st.sampled_from(
    [
        *[
            "0",
            "1",
            "S2",
            "99999999999",
            "-1",
            "2h",
            "1h30m",
            "-30m",
            "9w",
            "10k",
            "1.2M",
            "1e9",
            "NaN",
            "today",
            "now",
            "-7d",
            "+2M",
        ],
        *[
            "2026-02-30",
            "2026-11-22",
            "9999-12-31",
            "0001-01-01",
            "none",
            "any",
            "@me",
            "@team",
            "open",
            "breached",
            "F",
            "es",
            "pt-BR",
        ],
        *[
            "BR",
            "general",
            "northgate",
            "ESC-1",
            "CS-VI-3.2@v14",
            "abcdef012345",
            "%",
            "_",
            "\\",
            "''",
            "'; DROP TABLE x",
            "é",
            "漢字",
            "😀",
        ],
    ]
)
OPS = st.sampled_from(["", "<", "<=", ">", ">=", "=", "~"])
TERMS = st.builds(
    lambda name, op, value: f'{name}:{op}"{value}"' if " " in value else f"{name}:{op}{value}", NAMES, OPS, VALUES
)
RANGES = st.builds(lambda name, low, high: f"{name}:{low}..{high}", NAMES, VALUES, VALUES)
LISTS = st.builds(lambda name, values: f"{name}:{','.join(values)}", NAMES, st.lists(VALUES, min_size=2, max_size=3))
PIECES = st.one_of(
    TERMS, RANGES, LISTS, st.sampled_from(["(", ")", "OR", "NOT", "-is:open", '"fake broker"', "broker", "!!!"])
)
TEXTS = st.one_of(st.lists(PIECES, max_size=5).map(" ".join), st.text(max_size=60))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, who=st.integers(0, 3))
def test_any_text_finds_rows_or_points_at_its_fault(text, who, readers):
    compiled = compile_filter(text, viewer=readers[who], at=NOON)

    if compiled.is_valid:
        assert parse(compiled.canonical) is not None
        again = compile_filter(compiled.canonical, viewer=readers[who], at=NOON)
        assert again.is_valid, again.sentences
        assert set(again.cases().values_list("pk", flat=True)) == set(compiled.cases().values_list("pk", flat=True))
    for problem in compiled.errors:
        assert 0 <= problem.start <= problem.end <= max(len(text), 1)
    assert filter_box(compiled).text == text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, cursor=st.integers(-1, 70), who=st.integers(0, 2))
def test_completion_explanation_and_rules_take_any_text(text, cursor, who, readers):
    offers(text, cursor, viewer=readers[who], at=NOON)
    explain_empty(text, viewer=readers[who], at=NOON)
    match_one(1, text, at=NOON)


@pytest.fixture
def readers():
    """A lead, a vendor's person, a vendor's key, the system."""
    vendor = make_vendor("northgate")
    make_case(organization=vendor, language="es", title="Fake broker")
    make_case()
    key, _secret = make_key(organization=vendor)
    return [make_user(roles=[Role.LEAD]), make_user(roles=[Role.VENDOR_LEAD], organization=vendor), key, None]
