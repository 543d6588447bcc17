"""Filters as rules over one stored row, counts that give up, and why nothing is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from accounts.roles import Role
from core.errors import Invalid
from escalations.filters.compiling import compile_filter
from escalations.filters.explaining import explain_empty
from escalations.filters.limits import Count, TooSlow, count, estimate, within
from escalations.filters.rules import implies, match_one, rule_problems
from escalations.models import Case
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user, make_vendor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ("", True),
        ("surface:ads", True),
        ("surface:ads -lang:en", True),
        ("surface:ads lang:en", False),
        ("vendor:northgate harm:fraud_scam", True),
        ('"fake broker"', True),
        ("broker zebra", False),
        ("sev:0..1 OR reach:>100k", True),
        ("created:>-1h", True),
        ("ref:NG-1", True),
        ("is:open is:unclaimed", True),
        ("nonsense:1", False),
        ("sla:<2x", False),
    ],
)
def test_a_rule_is_matched_against_the_stored_row(rule, matches):
    case = make_case(
        organization=make_vendor("northgate"),
        title="Fake broker ads",
        surface="ads",
        language="es",
        harm="fraud_scam",
        reach=200_000,
        external_ref="NG-1",
    )

    assert match_one(case.pk, rule, at=NOON) is matches


def test_a_rule_matches_sandbox_submissions_too():
    case = make_case(is_sandbox=True, surface="ads")

    assert match_one(case.pk, "surface:ads", at=NOON)


def test_matching_a_row_is_one_query(django_assert_num_queries):
    case = make_case(surface="ads", language="es")

    with django_assert_num_queries(1):
        match_one(case.pk, "surface:ads lang:es sev:0..4", at=NOON)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("surface:ads", []),
        ("who:@me", ["no_reader"]),
        ("team:@team", ["no_reader"]),
        ("surface:ads sort:due", ["shape_in_rule"]),
        ("surfac:ads", ["unknown_field"]),
        ("(", ["unbalanced"]),
    ],
)
def test_what_keeps_a_text_from_being_a_rule(text, codes):
    assert [problem.code for problem in rule_problems(text, at=NOON)] == codes


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [
        ("surface:ads lang:es", "surface:ads", True),
        ("surface:ads", "surface:ads lang:es", False),
        ("sev:0", "sev:0..1", True),
        ("severity:0", "s:<=1", True),
        ("anything:1", "surface:ads", False),
        ("surface:ads", "", True),
        ("(", "", False),
    ],
)
def test_a_rule_that_is_never_reached(later, earlier, expected):
    assert implies(later, earlier, at=NOON) is expected


def test_the_condition_that_leaves_out_most_is_named():
    lead = make_user(roles=[Role.LEAD])
    for number in range(5):
        make_case(language="es", severity=0 if number == 0 else 3)

    cause = explain_empty("lang:xh is:open sev:3 sort:due", viewer=lead, at=NOON)

    assert cause is not None
    assert (cause.term, str(cause.others), cause.without) == ("lang:xh", "4", "is:open sev:3 sort:due")


@pytest.mark.parametrize("text", ["", "lang:xh surface:ads", "(", "lang:"])
def test_nothing_is_blamed_without_reason(text):
    lead = make_user(roles=[Role.LEAD])
    make_case(language="es", surface="organic")

    assert explain_empty(text, viewer=lead, at=NOON) is None


def test_counts_are_capped():
    for _number in range(4):
        make_case()

    assert count(Case.objects.all(), to=3) == Count(3, is_capped=True)
    assert str(count(Case.objects.all(), to=3)) == "3+"
    assert str(count(Case.objects.all(), to=4)) == "4"


def test_a_slow_statement_is_cut_off_and_the_transaction_goes_on():
    case = make_case()

    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM generate_series(1, 1000000000)")

    with pytest.raises(TooSlow):
        within(0.02, slow)

    assert Case.objects.filter(pk=case.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] not in ("20ms", "0")


def test_a_slow_count_becomes_an_estimate(monkeypatch):
    make_case()

    def cut_off(*_):
        raise TooSlow

    monkeypatch.setattr("escalations.filters.limits.within", cut_off)
    found = count(Case.objects.all())

    assert found.is_estimate
    assert str(found) == f"~{estimate(Case.objects.all()):,}"


def test_errors_become_a_problem_of_the_api():
    with pytest.raises(Invalid) as refused:
        compile_filter("sla:<2x sev:9", viewer=None, at=NOON).raise_for_errors()

    assert [problem.pointer for problem in refused.value.errors] == ["/q", "/q"]
    assert refused.value.errors[0].detail == "`sla:<2x` — expected a duration such as `2h`"


def test_a_filter_with_errors_finds_nothing():
    make_case()

    compiled = compile_filter("sla:<2x", viewer=None, at=NOON)

    assert not compiled.is_valid
    assert not compiled.cases().exists()


def test_order_and_layout_are_read():
    compiled = compile_filter("is:open sort:reach- group:vendor cols:sev,who", viewer=None, at=NOON)

    assert compiled.order is not None
    assert (compiled.order.name, compiled.order.is_descending) == ("reach", True)
    assert (compiled.group, compiled.columns) == ("vendor", ("sev", "who"))
    assert compiled.asks("is", "open")
    assert not compiled.asks("is", "closed")


def test_a_filter_is_read_at_the_time_given():
    case = make_case(due_at=NOON + timedelta(hours=3), due_metric="F")

    assert not match_one(case.pk, "sla:<2h", at=NOON)
    assert match_one(case.pk, "sla:<2h", at=NOON + timedelta(hours=2))


def test_text_beside_a_condition_that_nothing_meets_finds_nothing():
    make_case(title="Fake broker")
    lead = make_user(roles=[Role.LEAD])

    assert not compile_filter("acct:nobody broker", viewer=lead, at=NOON).cases().exists()
    assert explain_empty("acct:nobody broker", viewer=lead, at=NOON).term == "acct:nobody"


def test_a_word_that_takes_too_long_to_look_up_is_matched_in_place(monkeypatch):
    make_case(title="Fake broker")
    lead = make_user(roles=[Role.LEAD])
    monkeypatch.setattr("escalations.filters.search.FEW", 0)
    monkeypatch.setattr("escalations.filters.search.within", _cut_off)

    assert compile_filter("broker", viewer=lead, at=NOON).cases().count() == 1


def test_a_part_of_a_name_that_takes_too_long_says_what_to_write(monkeypatch):
    lead = make_user(roles=[Role.LEAD])
    monkeypatch.setattr("escalations.filters.conditions.within", _cut_off)

    (said,) = compile_filter("acct:~a", viewer=lead, at=NOON).sentences

    assert said == "`acct:~a` — too many names contain this; write more of it, or the whole without `~`"


def _cut_off(*_):
    raise TooSlow
