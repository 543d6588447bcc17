from __future__ import annotations

import psycopg2
import pytest

from tests.factories.cases import make_case
from tests.factories.people import make_vendor

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_reading_role_finds_every_case_but_trials(wf_role):
    case = make_case(severity=2)
    make_case(is_sandbox=True)

    cursor = wf_role("wf_report").cursor()
    cursor.execute("SELECT ref, severity, status, resolution, is_merged_child FROM v_case")

    assert cursor.fetchall() == [(case.ref, 2, "new", None, False)]


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
