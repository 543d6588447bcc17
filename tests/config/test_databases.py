"""The test databases themselves: whose rights tests have, what a test leaves behind, and what a request begins with."""

from __future__ import annotations

import psycopg2
import pytest
from django.core.signals import request_started
from django.db import connection, connections, transaction

from accounts.models import Organization

pytestmark = pytest.mark.django_db


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0]


def test_tests_work_as_the_web_role():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user"
        )

        assert cursor.fetchone() == ("wf_web", "wf_web", False, False)


def test_both_aliases_share_an_ordinary_tests_transaction():
    Organization.objects.create(kind="vendor", name="Canary", slug="canary")

    assert Organization.objects.using("independent").filter(slug="canary").exists()


@pytest.mark.parametrize("attempt", [1, 2])
def test_an_ordinary_test_leaves_nothing_behind(attempt):
    assert not Organization.objects.filter(slug="left").exists()

    Organization.objects.create(kind="vendor", name="Left", slug="left")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_a_committing_test_leaves_nothing_behind(attempt):
    assert not Organization.objects.filter(slug="left").exists()

    with transaction.atomic():
        Organization.objects.create(kind="vendor", name="Left", slug="left")
        assert not Organization.objects.using("independent").filter(slug="left").exists()
    assert Organization.objects.using("independent").filter(slug="left").exists()


def test_readers_can_read_and_not_write(wf_role):
    with wf_role("wf_report").cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_organization")
        cursor.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("DELETE FROM accounts_organization")


def test_a_request_begins_without_a_tenant_and_the_test_goes_on_seeing_everything(client):
    seen = []

    def look(**_):
        seen.append(_setting("app.actor_kind"))

    request_started.connect(look)
    try:
        client.get("/livez")
    finally:
        request_started.disconnect(look)

    assert seen == [""]
    assert _setting("app.actor_kind") == "internal"


def test_nobody_may_truncate():
    table = connections["default"].ops.quote_name(Organization._meta.db_table)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
