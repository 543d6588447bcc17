from __future__ import annotations

from datetime import timedelta

import psycopg2
import pytest
from django.utils import timezone

from escalations.lifecycle import Severity
from escalations.models import SlaClock
from escalations.operations import timers
from reporting import dictionary
from tests.factories.cases import make_case
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import make_vendor

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_reading_role_finds_every_case_but_trials(wf_role):
    case = make_case(severity=2)
    make_case(is_sandbox=True)

    cursor = wf_role("wf_report").cursor()
    cursor.execute("SELECT ref, severity, status, resolution, is_merged_child FROM v_case")

    assert cursor.fetchall() == [(case.ref, 2, "new", None, False)]


def test_a_case_is_breached_while_its_missed_clock_is_open(wf_role):
    """A firing writes the clock and not the case."""
    make_plan({"A": 300})
    at = timezone.now() - timedelta(hours=1)
    missed, paid = (make_case_with_clocks(at=at, severity=Severity.S1) for _ in range(2))
    timers.fire_due_timers(at=at + timedelta(minutes=10))
    SlaClock.objects.filter(object_id=paid.pk).update(state="missed", stopped_at=at + timedelta(minutes=20))
    cursor = wf_role("wf_report").cursor()

    cursor.execute("SELECT ref FROM v_case WHERE is_breached")

    assert cursor.fetchall() == [(missed.ref,)]


def test_row_level_security_holds_in_the_view(wf_role):
    ours, theirs = make_vendor(), make_vendor()
    case = make_case(organization=ours)
    make_case(organization=theirs)
    connection = wf_role("wf_web")
    connection.autocommit = False
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config('app.actor_kind', 'vendor', true), set_config('app.org', %s, true)", [str(ours.pk)]
    )

    cursor.execute("SELECT ref, organization FROM v_case")

    assert cursor.fetchall() == [(case.ref, ours.slug)]


def test_the_reading_role_writes_nothing(wf_role):
    make_case()
    cursor = wf_role("wf_report").cursor()

    with pytest.raises((psycopg2.errors.ReadOnlySqlTransaction, psycopg2.errors.InsufficientPrivilege)):
        cursor.execute("UPDATE escalations_case SET title = 'changed'")


# -- The dictionary and the guarded twins -----------------------------------------------------------------------------
KINDS = {
    "character varying": "text", "text": "text", "boolean": "yes or no", "timestamp with time zone": "time (UTC)",
    "smallint": "number", "integer": "number", "bigint": "number",
}  # fmt: skip


def test_the_dictionary_describes_exactly_the_columns_there_are(wf_role):
    cursor = wf_role("wf_owner").cursor()
    cursor.execute(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema IN ('public', 'explore') AND table_name LIKE 'v\\_%' ORDER BY ordinal_position"
    )
    there: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, view, column, held in cursor.fetchall():
        there.setdefault((schema, view), []).append((column, KINDS[held]))
    cursor.execute("SELECT obj_description('v_case'::regclass)")

    assert there == {
        (schema, view.name): [(column.name, column.kind.value) for column in view.columns]
        for schema in ("public", "explore")
        for view in dictionary.VIEWS.values()
    }
    assert cursor.fetchone()[0].startswith(f"Version {dictionary.VERSION}. ")
    assert all(column.meaning.endswith(".") for view in dictionary.VIEWS.values() for column in view.columns)


def test_every_view_answers_its_example(wf_role):
    make_case()
    cursor = wf_role("wf_report").cursor()

    for view in dictionary.VIEWS.values():
        cursor.execute(view.example)


def test_the_role_of_the_sql_tab_reads_nothing_until_somebody_is_named(wf_role):
    make_case()
    cursor = wf_role("wf_sql").cursor()

    for statement in ("SELECT ref FROM explore.v_case", "SELECT ref FROM public.v_case", "TABLE escalations_case"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)
