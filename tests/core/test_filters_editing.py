"""Chips and completion: changing a filter by its parts, and what may be typed next."""

from __future__ import annotations

import pytest

from core.filters.completion import as_value, complete, place_at
from core.filters.editing import add_term, chips, negate_term, remove_term, replace_term, set_sort, set_term
from core.filters.parser import parse
from tests.core.filter_fields import FIELDS, reader


def test_chips_are_the_top_level_parts_with_their_places():
    text = 'is:open -is:claimed (lang:es OR "a b") sort:due'

    found = chips(text)

    assert [text[chip.start : chip.end] for chip in found] == [
        "is:open",
        "-is:claimed",
        '(lang:es OR "a b")',
        "sort:due",
    ]
    assert [chip.is_negated for chip in found] == [False, True, False, False]
    assert [chip.is_shape for chip in found] == [False, False, False, True]
    assert found[0].field == "is"


def test_one_or_is_one_chip():
    assert [chip.text for chip in chips("a OR b")] == ["a OR b"]


@pytest.mark.parametrize(
    ("text", "index", "left"),
    [("a b c", 1, "a c"), ("a", 0, ""), ("a OR b", 0, ""), ("a sort:due", 1, "a"), ("a (b OR c)", 0, "b OR c")],
)
def test_removing_a_chip(text, index, left):
    assert remove_term(text, index) == left


@pytest.mark.parametrize("index", [-1, 2])
def test_a_chip_that_is_not_there(index):
    with pytest.raises(IndexError):
        remove_term("a b", index)


@pytest.mark.parametrize(
    ("text", "index", "turned"),
    [
        ("a b", 0, "-a b"),
        ("-a b", 0, "a b"),
        ("a OR b", 0, "-(a OR b)"),
        ("-(a OR b) c", 0, "(a OR b) c"),
        ("-(a b) c", 0, "a b c"),
        ("a sort:due", 1, "a sort:due"),
    ],
)
def test_negating_a_chip(text, index, turned):
    assert negate_term(text, index) == turned


@pytest.mark.parametrize(
    ("text", "term", "added"),
    [
        ("", "a", "a"),
        ("a", "a", "a"),
        ("a OR b", "c", "(a OR b) c"),
        ("a sort:due", "b", "a b sort:due"),
        ("a sort:due", "sort:age", "a sort:age"),
    ],
)
def test_adding_a_term(text, term, added):
    assert add_term(text, term) == added


def test_setting_a_term_replaces_its_like():
    assert set_term("is:open sev:1 -sev:2 x", "sev:0..1") == "is:open x sev:0..1"


def test_setting_the_sort():
    assert set_sort("a sort:due b", "age-") == "a b sort:age-"
    assert set_sort("a sort:due", None) == "a"


def test_replacing_a_chip():
    assert replace_term("a b c", 1, "x OR y") == "a (x OR y) c"
    assert replace_term("a b", 1, "") == "a"
    assert replace_term("a sort:due", 1, "sort:age") == "a sort:age"


@pytest.mark.parametrize(
    ("typed", "field", "prefix"),
    [
        ("co", None, "co"),
        ("a -co", None, "co"),
        ("colour:", "colour", ""),
        ("colour:re", "colour", "re"),
        ("colour:red,bl", "colour", "bl"),
        ("size:0..", "size", ""),
        ("left:<=2", "left", "2"),
        ('name:"a b', "name", "a b"),
        ('"a b" co', None, "co"),
        ("(co", None, "co"),
        ("", None, ""),
    ],
)
def test_the_place_of_the_cursor(typed, field, prefix):
    place = place_at(typed + " rest:1", len(typed))

    assert (place.field, place.prefix, place.end) == (field, prefix, len(typed))


def test_completion_offers_fields_then_values():
    assert [item.text for item in complete("co", 2, FIELDS, reader()).items] == ["colour:", "cost:", "cols:"]
    assert [item.text for item in complete("colour:r", 8, FIELDS, reader()).items] == ["red"]
    assert [item.text for item in complete("box:", 4, FIELDS, reader()).items] == ["none", "any"]
    assert [item.text for item in complete("sort:", 5, FIELDS, reader()).items] == ["made", "size"]


def test_completion_offers_nothing_the_reader_may_not_use():
    assert complete("secr", 4, FIELDS, reader(is_trusted=False)).items == ()
    assert complete("secret:", 7, FIELDS, reader(is_trusted=False)).items == ()


@pytest.mark.parametrize("value", ["a", "a b", "a,b", "<b", "a..b", 'q"q', "none"])
def test_a_value_is_written_so_that_it_reads_back(value):
    term = parse(f"x:{as_value(value)}").root

    assert value == "none" or term.values[0].text == value
