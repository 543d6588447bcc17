from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from accounts.operations import organizations, people
from accounts.roles import Role
from audit.models import Event
from core import first_run
from core.clock import db_now
from escalations.models import Queue
from oncall.models import Calendar
from tests import databases
from tests.factories.people import internal_organization, make_user, make_vendor

pytestmark = pytest.mark.django_db
GOOD = {"email": "ada@example.test", "name": "Ada Bell", "organization": "Harbour Trust", "password_stdin": True}


def run(monkeypatch: pytest.MonkeyPatch, *, password: str = "a long passphrase 7", **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    said = io.StringIO()
    call_command("create_admin", stdout=said, **(GOOD | options))
    return said.getvalue()


def test_an_empty_installation_gets_its_organization_administrator_calendars_and_default_queue(monkeypatch, client):
    said = run(monkeypatch, time_zone="Europe/Dublin")

    admin = User.objects.get(email="ada@example.test")
    assert admin.organization.kind == Organization.Kind.INTERNAL
    assert admin.organization.name == "Harbour Trust"
    assert admin.access.roles == {Role.ADMIN}
    assert admin.time_zone == "Europe/Dublin"
    assert Calendar.objects.filter(key="office-dublin").exists()
    assert Queue.objects.filter(is_default=True).count() == 1
    assert "ada@example.test" in said
    assert (
        client.post("/accounts/login/", {"login": "ada@example.test", "password": "a long passphrase 7"}).status_code
        == 302
    )
    assert Event.objects.filter(kind="organization.created").count() == 1


def test_it_refuses_a_second_time_and_changes_nothing(monkeypatch):
    run(monkeypatch)
    before = Event.objects.count()

    with pytest.raises(CommandError, match="administrator already"):
        run(monkeypatch, email="eve@example.test")

    assert not User.objects.filter(email="eve@example.test").exists()
    assert Event.objects.count() == before


def test_the_operation_itself_refuses_too():
    make_user(roles=[Role.ADMIN])

    with pytest.raises(organizations.AdministratorExists):
        organizations.set_up(
            organization_name="Harbour", person=people.NewPerson("eve@example.test", "Eve"), at=db_now()
        )


def test_an_internal_organization_without_an_administrator_gets_one(monkeypatch):
    make_user(roles=[Role.SPECIALIST])

    run(monkeypatch)

    assert Organization.objects.filter(kind="internal").count() == 1
    assert User.objects.get(email="ada@example.test").organization == internal_organization()


def test_a_departed_administrator_does_not_lock_everybody_out(monkeypatch):
    gone = make_user(roles=[Role.ADMIN])
    User.objects.filter(pk=gone.pk).update(is_active=False)

    run(monkeypatch)

    assert User.objects.filter(email="ada@example.test").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "short"}, "too short"),
        ({"password": ""}, "too short"),
        ({"email": "not an address"}, "not an e-mail"),
        ({"time_zone": "Mars/Olympus"}, "IANA"),
        ({"email": ""}, "is missing"),
        ({"organization": " "}, "Give a name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(monkeypatch, change, says):
    with pytest.raises(CommandError, match=says):
        run(monkeypatch, **change)

    assert not User.objects.exists()
    assert not Organization.objects.exists()


def test_an_address_that_somebody_has_is_refused(monkeypatch):
    make_user(email="ADA@example.test", organization=make_vendor(), roles=[Role.VENDOR_LEAD])

    with pytest.raises(CommandError, match="belongs to somebody"):
        run(monkeypatch)

    assert not Organization.objects.filter(kind="internal").exists()


def test_the_parts_of_a_first_run_may_run_again():
    internal_organization()
    first_run.run(at=db_now())
    counts = (Queue.objects.count(), Calendar.objects.count())

    names = first_run.run(at=db_now())

    assert (Queue.objects.count(), Calendar.objects.count()) == counts
    assert {"calendars", "default queue"} <= set(names)


@pytest.mark.django_db(transaction=True)
def test_the_command_line_works_as_the_engines_database_role(database_clone: databases.Clone) -> None:
    arguments = ["--email", "ada@example.test", "--name", "Ada", "--organization", "Harbour", "--password-stdin"]
    environment = {name: value for name, value in os.environ.items() if name != "WATCHFLOOR_DB_ROLE"} | {
        "DATABASE_URL": database_clone.url("wf_engine"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "create_admin", *arguments],
        input="a long passphrase 7\n",
        cwd=databases.BASE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert User.objects.get().access.roles == {Role.ADMIN}
