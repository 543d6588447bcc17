"""From tree to condition: values, operators, rights, suggestions, times in the reader's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from core.filters.compiler import Order, compile_text
from core.filters.errors import FilterError
from core.filters.implication import implies
from core.filters.parser import parse
from tests.core.filter_fields import FIELDS, NOON, reader


def compiled(text, **options):
    return compile_text(text, FIELDS, reader(**options))


def sentence(text, **options):
    with pytest.raises(FilterError) as caught:
        compiled(text, **options)
    return caught.value.problems[0].sentence(text)


@pytest.mark.parametrize(
    ("text", "q"),
    [
        ("", Q()),
        ("fake", Q(words="fake")),
        ("colour:red", Q(colour="r")),
        ("colour:RED,blue", Q(colour__in=["r", "b"])),
        ("-colour:red", ~Q(colour="r")),
        ("colour:red OR size:0", Q(colour="r") | Q(size=0)),
        ("size:S2", Q(size=2)),
        ("s:=2", Q(size=2)),
        ("size:0..1", Q(size__gte=0) & Q(size__lte=1)),
        ("size:<2", Q(size__lt=2)),
        ("size:0,>3", Q(size=0) | Q(size__gt=3)),
        ("left:<2h", Q(left__lt=timedelta(hours=2))),
        ("left:<1h30m", Q(left__lt=timedelta(minutes=90))),
        ("left:<-30m", Q(left__lt=timedelta(minutes=-30))),
        ("left:<0", Q(left__lt=timedelta(0))),
        ("cost:>10k", Q(cost__gt=10_000)),
        ("cost:1.2M..3b", Q(cost__gte=1_200_000) & Q(cost__lte=3_000_000_000)),
        ("name:Ada", Q(name="Ada")),
        ("name:~da", Q(name__icontains="da")),
        ("name:none", Q(name="")),
        ("lang:ES", Q(lang="es")),
        ("box:none", Q(box__isnull=True)),
        ("box:any", Q(box__isnull=False)),
        ("box:red-box,none", Q(box="red-box") | Q(box__isnull=True)),
    ],
)
def test_text_becomes_this_condition(text, q):
    assert compiled(text).q == q


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("left:<2x", "`left:<2x` — expected a duration such as `2h`"),
        ("left:<2", "`left:<2` — expected a duration such as `2h`. Did you mean `left:<2h`?"),
        ("colour:gren", "`colour:gren` — expected one of `red`, `green`, `blue`. Did you mean `colour:green`?"),
        ("colour:red,gren", "`gren` — expected one of `red`, `green`, `blue`. Did you mean `green`?"),
        (
            "colur:red",
            "`colur:red` — there is no field `colur:`; for text with a colon use quotes. Did you mean `colour:red`?",
        ),
        ("zzzz:red", "`zzzz:red` — there is no field `zzzz:`; for text with a colon use quotes"),
        ("size:7", "`size:7` — expected a number from S0 to S4, such as `2`"),
        ("size:1..0", "`size:1..0` — a range runs from the lower to the higher value. Did you mean `size:0..1`?"),
        ("colour:<red", "`colour:<red` — `<` needs values with an order; expected one of `red`, `green`, `blue`"),
        ("size:~2", "`size:~2` — `~` searches within text; expected a number from S0 to S4, such as `2`"),
        ("size:none", "`size:none` — expected a number from S0 to S4, such as `2`"),
        ("box:@me", "`box:@me` — expected a box or `none`, `any`"),
        ("box:red-bax", "`box:red-bax` — expected a box. Did you mean `box:red-box`?"),
        ("sort:sise", "`sort:sise` — expected one of `made`, `size`. Did you mean `sort:size`?"),
        ("cols:nme", "`cols:nme` — expected one of `name`, `cost`. Did you mean `cols:name`?"),
        (
            "made:2026-02-30",
            "`made:2026-02-30` — there is no such day; expected a time such as `2026-11-22`, `today`, `shift`, `-7d` or `-2w..-1w`",
        ),
        ("made:2026-12-01..2026-01-01", None),
        ("made:1995-01-01..2026-01-01", "`made:1995-01-01..2026-01-01` — a range covers at most 10 years"),
        ("made:9999-01-01", "`made:9999-01-01` — a time lies between the years 1990 and 2100"),
        ("made:-99999y", "`made:-99999y` — a time lies between the years 1990 and 2100"),
        ('made:"2026-01-01T24:01"', None),
    ],
)
def test_a_bad_value_says_what_was_expected(text, said):
    assert said is None or sentence(text) == said
    assert sentence(text)


def test_every_fault_is_reported_at_once():
    text = "colur:red size:9 left:<2x"

    with pytest.raises(FilterError) as caught:
        compiled(text)

    assert [text[p.start : p.end] for p in caught.value.problems] == ["colur:red", "size:9", "left:<2x"]


def test_a_field_the_reader_may_not_use_says_so():
    assert compiled("secret:x").q == Q(secret="x")
    assert sentence("secret:x", is_trusted=False) == "`secret:x` — only trusted readers filter by this"
    assert "secret" not in sentence("secre:x", is_trusted=False).replace("`secre:", "")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("made:-7d", datetime(2026, 11, 15, 12, tzinfo=UTC), NOON),
        ("made:+2h", NOON, NOON + timedelta(hours=2)),
        ("made:>-24h", NOON - timedelta(hours=24), None),
        ("made:<now", None, NOON),
        ("made:today", datetime(2026, 11, 22, 5, tzinfo=UTC), datetime(2026, 11, 23, 5, tzinfo=UTC)),
        ("made:yesterday", datetime(2026, 11, 21, 5, tzinfo=UTC), datetime(2026, 11, 22, 5, tzinfo=UTC)),
        ("made:2026-11-20", datetime(2026, 11, 20, 5, tzinfo=UTC), datetime(2026, 11, 21, 5, tzinfo=UTC)),
        ("made:>2026-11-20", datetime(2026, 11, 21, 5, tzinfo=UTC), None),
        ("made:>=2026-11-20", datetime(2026, 11, 20, 5, tzinfo=UTC), None),
        ("made:<2026-11-20", None, datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("made:<=2026-11-20", None, datetime(2026, 11, 21, 5, tzinfo=UTC)),
        ("made:-2w..-1w", datetime(2026, 11, 8, 12, tzinfo=UTC), datetime(2026, 11, 15, 12, tzinfo=UTC)),
        # New York leaves daylight time on 1 November: four weeks ago at the same hour by the wall is an hour earlier in UTC.
        ("made:>-4w", datetime(2026, 10, 25, 11, tzinfo=UTC), None),
        ('made:>="2026-11-20T10:00"', datetime(2026, 11, 20, 15, tzinfo=UTC), None),
        ('made:>="2026-11-20T10:00Z"', datetime(2026, 11, 20, 10, tzinfo=UTC), None),
    ],
)
def test_times_resolve_in_the_readers_zone(text, low, high):
    found = compiled(text, zone="America/New_York").resolved[0]

    assert (found.low, found.high) == (low, high)


def test_a_resolved_time_is_said_in_the_readers_zone():
    context = reader(zone="America/New_York")

    found = compile_text("made:today", FIELDS, context).resolved[0]

    assert found.words(context.zone) == "2026-11-22 00:00 to 2026-11-23 00:00 (America/New_York)"


def test_shape_is_read():
    shape = compiled("colour:red sort:size- group:box cols:cost,name,cost")

    assert shape.order == Order("size", is_descending=True)
    assert shape.group == "box"
    assert shape.columns == ("cost", "name")
    assert compiled("group:none").group is None


def test_canonical_text_uses_names_not_aliases():
    assert compiled("NOT s:2 AND (colour:red)").text == "-size:2 colour:red"


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        ("colour:red", "", True),
        ("", "colour:red", False),
        ("colour:red", "colour:red,blue", True),
        ("colour:red,blue", "colour:red", False),
        ("colour:red size:0", "size:0..1", True),
        ("s:0", "size:<=0", True),
        ("size:<1", "size:<2", True),
        ("size:<=2", "size:<2", False),
        ("size:<2", "size:<=2", True),
        ("size:0..1", "size:0..2 OR colour:red", True),
        ("colour:red OR colour:blue", "colour:red,blue", True),
        ("-colour:red,blue", "-colour:red", True),
        ("-colour:red", "-colour:red,blue", False),
        ("box:red-box", "box:any", True),
        ("box:none", "box:any", False),
        ("name:~broker", "name:~oak", False),
        ("name:~broker", "name:~roke", True),
        ("made:-7d", "made:>-8d", True),
        ("fake", "fake", True),
        ("fake", "other", False),
        ("nonsense:1", "nonsense:1", True),
        ("nonsense:1", "nonsense:2", False),
    ],
)
def test_implication_is_never_wrong_when_it_says_yes(narrow, wide, expected):
    assert implies(parse(narrow), parse(wide), FIELDS, reader()) is expected


FIELD_PIECES = ["colour:", "size:", "left:", "cost:", "made:", "name:", "lang:", "box:", "sort:"]
VALUE_PIECES = [
    "red",
    "1",
    "..",
    "<",
    ">=",
    "~",
    "-",
    "2h",
    "1.2M",
    "today",
    "-7d",
    "+99999y",
    "2026-13-40",
    "0000-01-01",
    "none",
    "any",
    "@me",
    ",",
    "(",
    ")",
    '"',
    "٣",
    "²",
]
PIECES = st.sampled_from([*FIELD_PIECES, *VALUE_PIECES, " ", " OR ", "9" * 20])


@settings(max_examples=800, deadline=None)
@given(
    st.one_of(
        st.lists(PIECES, max_size=14).map("".join),
        st.tuples(st.sampled_from(list(FIELDS.by_name)), st.text(max_size=20)).map(":".join),
    )
)
def test_any_text_compiles_or_points(text):
    try:
        compiled(text, zone="Pacific/Chatham")
    except FilterError as error:
        for problem in error.problems:
            assert 0 <= problem.start <= problem.end <= len(text)
            assert problem.sentence(text)
