"""The grammar: what each text means, what is refused and where the refusal points."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.filters.errors import FilterError
from core.filters.parser import MAX_CHARACTERS, parse
from core.filters.printing import to_text
from core.filters.tree import And, Compare, Free, Marker, Not, Or, Query, Range, Special, Term, Word


def term(field: str, *values: str) -> Term:
    return Term(field, tuple(Word(value) for value in values))


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", None),
        ("   ", None),
        ("scam", Free("scam")),
        ('"two words"', Free("two words")),
        (r'"a \"b\" c\\"', Free('a "b" c\\')),
        (r'"C:\x"', Free(r"C:\x")),
        ("lang:es", term("lang", "es")),
        ("LANG:es", term("lang", "es")),
        ("lang:es,pt", term("lang", "es", "pt")),
        ('tag:"a b",c', term("tag", "a b", "c")),
        ("a b", And((Free("a"), Free("b")))),
        ("a AND b", And((Free("a"), Free("b")))),
        ("a (b c)", And((Free("a"), Free("b"), Free("c")))),
        ("a OR b c", Or((Free("a"), And((Free("b"), Free("c")))))),
        ("(a OR b) c", And((Or((Free("a"), Free("b"))), Free("c")))),
        ("a OR (b OR c)", Or((Free("a"), Free("b"), Free("c")))),
        ("-a", Not(Free("a"))),
        ("NOT a", Not(Free("a"))),
        ("-(a b)", Not(And((Free("a"), Free("b"))))),
        ("-(-a)", Not(Not(Free("a")))),
        ("NOTE ORDER ANDY", And((Free("NOTE"), Free("ORDER"), Free("ANDY")))),
        ('"OR"', Free("OR")),
        ("or", Free("or")),
        ("sla:<2h", Term("sla", (Compare("<", "2h"),))),
        ("sla:<=2h", Term("sla", (Compare("<=", "2h"),))),
        ("sla:>=2h", Term("sla", (Compare(">=", "2h"),))),
        ('title:~"x y"', Term("title", (Compare("~", "x y"),))),
        ("sev:0..1", Term("sev", (Range("0", "1"),))),
        ('due:"2026-01-01T10:00".."2026-01-02"', Term("due", (Range("2026-01-01T10:00", "2026-01-02"),))),
        ("created:-2w..-1w", Term("created", (Range("-2w", "-1w"),))),
        ("who:@me,none", Term("who", (Special(Marker.ME), Special(Marker.NONE)))),
        ("who:@team,ANY", Term("who", (Special(Marker.TEAM), Special(Marker.ANY)))),
        ('who:"none"', Term("who", (Word("none"),))),
        ('tag:"<b"', Term("tag", (Word("<b"),))),
        ('tag:"a..b"', Term("tag", (Word("a..b"),))),
        ("a<b", Free("a<b")),
    ],
)
def test_text_means_this_tree(text, root):
    assert parse(text).root == root


def test_shape_terms_are_taken_out_of_the_tree():
    query = parse("sort:due- a cols:name,cost OR b group:none")

    assert query.root == Or((Free("a"), Free("b")))
    assert [t.field for t in query.shape] == ["sort", "group", "cols"]
    assert query.shape_term("sort") == term("sort", "due-")
    assert to_text(query) == "a OR b sort:due- group:none cols:name,cost"


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("a OR", "nothing_after", "OR"),
        ("OR a", "nothing_before", "OR"),
        ("a OR OR b", "nothing_before", "OR"),
        ("AND a", "nothing_before", "AND"),
        ("a AND", "nothing_after", "AND"),
        ("a AND AND b", "nothing_before", "AND"),
        ("-", "nothing_after", "-"),
        ("- a", "nothing_after", "-"),
        ("NOT", "nothing_after", "NOT"),
        ("a NOT OR b", "nothing_after", "NOT"),
        ("--a", "double_negation", "--"),
        ("NOT -a", "double_negation", "NOT -"),
        ("()", "empty_group", "()"),
        ("(  )", "empty_group", "(  )"),
        ("(a", "unbalanced", "("),
        ("(", "unbalanced", "("),
        ("a (b OR", "nothing_after", "OR"),
        ("a)", "unbalanced", ")"),
        (")", "unbalanced", ")"),
        ('"a', "unclosed_quote", '"a'),
        ('""', "empty_quotes", '""'),
        ('tag:" "', "empty_quotes", '" "'),
        ("lang:", "value_missing", "lang:"),
        ("lang: es", "value_missing", "lang:"),
        ("sla:<", "value_missing", "sla:<"),
        ("lang:es,", "value_missing", "lang:es,"),
        ("lang:,es", "value_missing", "lang:"),
        (":es", "field_missing", ":"),
        ("12:30", "not_a_field", "12:30"),
        ('"a":b', "field_quoted", '"a":'),
        ("url:https://x", "colon_in_value", "url:https://x"),
        ("a,b", "stray_comma", "a,b"),
        ("sev:1..", "half_range", "1.."),
        ("sev:..1", "half_range", "..1"),
        ("sev:<1..2", "dots_in_value", "1..2"),
        ("(sort:due a)", "shape_nested", "sort:due"),
        ("-sort:due", "shape_negated", "sort:due"),
        ("sort:due sort:age", "shape_repeated", "sort:age"),
        ("sort:due,age", "shape_value", "sort:due,age"),
        ("sort:<due", "shape_value", "sort:<due"),
        ("a OR sort:due", "shape_in_or", "sort:due"),
        ("sort:due OR a", "shape_in_or", "sort:due"),
        ('a"b"', "space_missing", '"b"'),
        ("a(b)", "space_missing", "("),
        ("(a)b", "space_missing", "b"),
        ('lang:"es"x', "after_quote", "x"),
        ("a\x00b", "bad_character", "\x00"),
        ("a\ud800", "bad_character", "\ud800"),
    ],
)
def test_a_fault_is_pointed_at(text, code, marked):
    with pytest.raises(FilterError) as caught:
        parse(text)

    problem = caught.value.problems[0]
    assert problem.code == code
    assert text[problem.start : problem.end] == marked


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("url:https://x", 'url:"https://x"'),
        ("a,b", '"a,b"'),
        ("12:30", '"12:30"'),
        ("sev:..1", "sev:<=1"),
        ("sev:1..", "sev:>=1"),
        ('"a b', '"a b"'),
        ("a)", "a"),
        ("a(b)", "a (b)"),
    ],
)
def test_a_good_guess_mends_the_text(text, mended):
    with pytest.raises(FilterError) as caught:
        parse(text)

    assert caught.value.problems[0].mended(text) == mended
    parse(mended)


def test_limits_hold_exactly():
    parse("a" * MAX_CHARACTERS)
    parse(" ".join(["a"] * 40))
    parse("(((((a)))))")

    for text, code in [
        ("a" * (MAX_CHARACTERS + 1), "too_long"),
        (" ".join(["a"] * 41), "too_many_terms"),
        ("((((((a))))))", "too_deep"),
    ]:
        with pytest.raises(FilterError) as caught:
            parse(text)
        assert caught.value.problems[0].code == code


SNIPPETS = st.sampled_from(
    [
        *'ab-"():,<>=~. \\|é漢',
        " OR ",
        " AND ",
        "NOT ",
        "sev:",
        "sort:",
        "cols:",
        "..",
        "none",
        "@me",
        '"x y"',
        "(",
        ")",
        "\ud83d",
        "\x00",
    ]
)
TEXTS = st.one_of(st.lists(SNIPPETS, max_size=40).map("".join), st.text(max_size=600))


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_any_text_gives_a_tree_or_a_pointed_fault(text):
    try:
        query = parse(text)
    except FilterError as error:
        for problem in error.problems:
            assert 0 <= problem.start <= problem.end <= len(text)
            assert problem.code
            assert problem.sentence(text)
        return

    printed = to_text(query)
    assert parse(printed) == query
    assert to_text(parse(printed)) == printed
    assert len(printed) <= len(text)


WORDS = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=6).filter(
    lambda text: text.strip()
)
NAMES = st.sampled_from(["sev", "lang", "tag"])
VALUES = st.one_of(
    WORDS.map(Word),
    st.sampled_from(list(Marker)).map(Special),
    st.builds(Compare, st.sampled_from(["<", "<=", ">", ">=", "=", "~"]), WORDS),
    st.builds(Range, WORDS, WORDS),
)
LEAVES = st.one_of(WORDS.map(Free), st.builds(Term, NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple)))


@settings(max_examples=400, deadline=None)
@given(LEAVES, LEAVES, LEAVES)
def test_every_tree_survives_being_printed(a, b, c):
    for root in (a, Not(a), And((a, b)), Or((a, Not(b))), And((Or((a, b)), c)), Not(Or((a, And((b, c)))))):
        assert parse(to_text(Query(root))) == Query(root)


@pytest.mark.parametrize(
    "text", ['"' * 512, "(" * 512, "-" * 512, "a:" * 256, "\\" * 512, "a," * 256, "a:" + ".." * 255, " " * 512]
)
def test_hostile_texts_cost_no_time(text):
    started = time.process_time()

    with contextlib.suppress(FilterError):
        parse(text)

    assert time.process_time() - started < 0.5
