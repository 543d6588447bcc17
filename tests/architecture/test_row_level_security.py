"""The catalogue, not our memory, says whether every tenant's table is forced, and canary rows say whether it holds."""

from __future__ import annotations

import psycopg2
import pytest

from tests.factories.cases import make_case
from tests.factories.people import make_vendor

# Needed before the tenant is known (permissions.md §7).
BEFORE_THE_TENANT = {"accounts_user", "accounts_team", "accounts_servicekey"}
ROLES = ("wf_web", "wf_engine", "wf_audit", "wf_report")


def _bind(cursor, kind, org, compartments="{}"):
    cursor.execute("SELECT set_config('app.actor_kind', %s, true)", [kind])
    cursor.execute("SELECT set_config('app.org', %s, true)", [str(org)])
    cursor.execute("SELECT set_config('app.compartments', %s, true)", [compartments])


@pytest.mark.django_db(transaction=True)
def test_every_table_with_an_organization_is_forced(wf_role):
    cursor = wf_role("wf_owner").cursor()
    cursor.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    tables = dict(cursor.fetchall())

    assert "escalations_case" in tables
    assert {name for name, forced in tables.items() if not forced} == BEFORE_THE_TENANT


@pytest.mark.django_db(transaction=True)
def test_every_part_of_a_case_points_at_a_case_of_its_own_organization(wf_role):
    cursor = wf_role("wf_owner").cursor()
    cursor.execute(
        "SELECT c.relname FROM pg_class c"
        " JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'organization_id'"
        " JOIN pg_attribute k ON k.attrelid = c.oid AND k.attname = 'case_id'"
        " WHERE c.relkind = 'r' AND c.relname <> 'escalations_submission' AND NOT EXISTS ("
        "  SELECT 1 FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'"
        "  AND f.conkey = ARRAY[o.attnum, k.attnum])"
    )

    assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_no_working_role_is_superuser_or_passes_row_level_security(wf_role):
    cursor = wf_role("wf_owner").cursor()
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'wf\\_%' AND (rolsuper OR rolbypassrls)")

    assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_a_vendor_counts_its_own_canaries_only(wf_role):
    ours, theirs = make_vendor(), make_vendor()
    make_case(organization=ours, title="canary ours")
    make_case(organization=theirs, title="canary theirs")
    connection = wf_role("wf_web")
    connection.autocommit = False
    cursor = connection.cursor()

    _bind(cursor, "vendor", ours.id)
    cursor.execute("SELECT title FROM escalations_case WHERE title LIKE 'canary%%'")

    assert cursor.fetchall() == [("canary ours",)]


@pytest.mark.django_db(transaction=True)
def test_staff_see_both_organizations_but_no_case_whose_label_they_lack(wf_role):
    make_case(title="canary open")
    make_case(title="canary restricted", compartments=["CHILD_SAFETY"])
    connection = wf_role("wf_web")
    connection.autocommit = False
    cursor = connection.cursor()

    _bind(cursor, "internal", 1)
    cursor.execute("SELECT count(*) FROM escalations_case WHERE title LIKE 'canary%%'")
    assert cursor.fetchone() == (1,)

    _bind(cursor, "internal", 1, "{CHILD_SAFETY}")
    cursor.execute("SELECT count(*) FROM escalations_case WHERE title LIKE 'canary%%'")
    assert cursor.fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
def test_without_a_tenant_reading_raises(wf_role):
    make_case()
    cursor = wf_role("wf_web").cursor()

    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="no tenant is set"):
        cursor.execute("SELECT count(*) FROM escalations_case")


@pytest.mark.django_db(transaction=True)
def test_a_vendor_cannot_write_into_another_organization(wf_role):
    ours, theirs = make_vendor(), make_vendor()
    case = make_case(organization=theirs)
    connection = wf_role("wf_web")
    connection.autocommit = False
    cursor = connection.cursor()
    _bind(cursor, "vendor", ours.id)

    cursor.execute("UPDATE escalations_case SET title = 'taken' WHERE id = %s", [case.id])
    assert cursor.rowcount == 0
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(
            "INSERT INTO escalations_slaclockevent (organization_id, clock_id, kind, occurred_at, recorded_at,"
            " actor_kind, cause, level, data) VALUES (%s, 1, 'start', now(), now(), '', '', 0, '{}')",
            [theirs.id],
        )


@pytest.mark.django_db(transaction=True)
def test_a_part_cannot_name_another_organizations_case(wf_role):
    ours, theirs = make_vendor(), make_vendor()
    case = make_case(organization=theirs)
    connection = wf_role("wf_owner")
    connection.autocommit = False
    cursor = connection.cursor()

    cursor.execute(
        "INSERT INTO escalations_comment (organization_id, case_id, public_id, audience, body, is_from_submitter,"
        " language, created_at, visible_at) VALUES (%s, %s, gen_random_uuid(), 'internal', 'x', false, '', now(), now())",
        [ours.id, case.id],
    )
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        connection.commit()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["wf_owner", *ROLES])
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET kind = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event CASCADE"]
)
def test_nobody_changes_the_log(wf_role, role, statement):
    owner = wf_role("wf_owner").cursor()
    owner.execute(
        "INSERT INTO audit_event (at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_label,"
        " organization_id, compartments, request_id, data)"
        " VALUES (now(), 'case.created', 'escalations.case', 1, '', 'system', '', 1, '{}', '', '{}')"
    )
    connection = wf_role(role)
    connection.autocommit = False
    cursor = connection.cursor()
    _bind(cursor, "internal", 1)

    with pytest.raises(psycopg2.Error):
        cursor.execute(statement)
