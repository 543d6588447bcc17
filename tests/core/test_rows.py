"""core.rows: many rows in one statement."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from audit.models import Schedule
from core import rows
from escalations.models import Case, Submission

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_blank_instance_is_what_the_model_would_make() -> None:
    made, plain = rows.blank(Case, title="x"), Case(title="x")
    assert {n: v for n, v in made.__dict__.items() if n != "_state"} == {
        n: v for n, v in plain.__dict__.items() if n != "_state"
    }
    assert made._state.adding


def test_blank_instances_share_no_list_and_no_id() -> None:
    one, other = rows.blank(Submission), rows.blank(Submission)
    one.warnings.append({"code": "x"})
    assert other.warnings == []
    first, second = rows.blank(Case), rows.blank(Case)
    first.order_terms["x"] = 1
    assert second.order_terms == {}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2, 5])
def test_what_rows_share_and_what_differs_both_arrive(count: int) -> None:
    rows.insert(
        [rows.blank(Schedule, name=f"s{n}", every_s=60, next_at=NOON, last_error='a "word" \\') for n in range(count)]
    )
    found = Schedule.objects.filter(name__regex=r"^s[0-9]$").order_by("name")
    assert [(row.name, row.every_s, row.next_at, row.last_error) for row in found] == [
        (f"s{n}", 60, NOON, 'a "word" \\') for n in range(count)
    ]


@pytest.mark.django_db
def test_an_array_literal_reads_back_as_it_was() -> None:
    texts = ['a"b', "c\\d", "{e,f}", "", "NULL", "ü\n", None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::text[], %s::bigint[], %s::timestamptz[]",
            [rows.array(texts), rows.array([1, None, -3]), rows.array([NOON, None])],
        )
        assert cursor.fetchone() == (texts, [1, None, -3], [NOON, None])
