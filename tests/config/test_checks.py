"""What must hold of the database before a process starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import checks

BASE = Path(__file__).resolve().parent.parent.parent
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}


def _told(messages):
    return [message.msg for message in messages]


@pytest.mark.django_db
def test_the_tests_own_database_passes():
    assert checks.database_is_safe(databases=["default"]) == []


def test_other_databases_are_not_looked_at():
    assert checks.database_is_safe(databases=None) == []
    assert checks.database_is_safe(databases=["independent"]) == []


@pytest.mark.parametrize("name", SAFE)
def test_a_setting_that_may_lose_data_is_named_with_its_cure(name, settings):
    settings.ENVIRONMENT = "local"

    assert checks._about_durability(SAFE) == []
    (told,) = _told(checks._about_durability(SAFE | {name: "off"}))
    assert f"{name} = off" in told
    assert told.endswith("set it to on.")


@pytest.mark.parametrize("collation", [("b", "C.UTF-8"), ("c", "C.UTF-8"), ("c", "C.utf8"), ("c", "C")])
def test_a_database_that_orders_text_by_bytes_passes(collation):
    assert checks._about_collation(*collation) == []


@pytest.mark.parametrize("collation", [("c", "en_US.UTF-8"), ("i", "en-US"), ("i", "C")])
def test_a_database_that_orders_text_as_a_language_does_is_refused(collation):
    (told,) = _told(checks._about_collation(*collation))

    assert f"the rules of {collation[1]}" in told


def test_waiting_for_a_standby_is_safe_too(settings):
    settings.ENVIRONMENT = "production"

    assert checks._about_durability(SAFE | {"synchronous_commit": "remote_apply"}) == []


@pytest.mark.parametrize(("is_superuser", "passes"), [(True, False), (False, True), (True, True)])
def test_a_role_that_passes_row_level_security_is_refused(is_superuser, passes):
    (told,) = _told(checks._about_role("boss", is_superuser, passes, is_superuser))

    assert "The database role boss passes row level security" in told


def test_a_superuser_acting_as_a_role_is_refused_in_production_only(settings):
    settings.LOCAL = True
    assert checks._about_role("wf_web", False, False, True) == []

    settings.LOCAL = False
    (told,) = _told(checks._about_role("wf_web", False, False, True))
    assert "sign in as wf_web itself" in told


@pytest.mark.django_db
def test_a_tenants_table_without_forced_security_is_named(wf_role):
    with wf_role("wf_owner").cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (id bigint PRIMARY KEY, organization_id bigint)")
        cursor.execute("ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY")

    (told,) = _told(checks.database_is_safe(databases=["default"]))

    assert told.startswith("Row level security is not forced on forgotten")


@pytest.mark.processes
@pytest.mark.parametrize(
    "arguments",
    [
        ["manage.py", "engine"],
        ["-m", "uvicorn", "config.asgi:application", "--fd", "0"],
        ["-m", "celery", "--app", "config", "worker", "--pool", "solo"],
    ],
    ids=["engine", "web", "worker"],
)
@pytest.mark.django_db(transaction=True)
def test_no_process_starts_on_an_unsafe_database(arguments, database_clone):
    environment = os.environ | {
        "DATABASE_URL": database_clone.url("wf_engine"),
        "WATCHFLOOR_DB_ROLE": "wf_engine",
        "WATCHFLOOR_ENV": "local",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "fsync = off" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_provider_alone_the_same_one_twice_and_a_log_kept_here_alone_stop_the_start():
    """R43: each with one line that says what to set."""

    def refused(**given: str) -> str:
        environment = {"PATH": os.environ["PATH"], "WATCHFLOOR_ENV": "production", **given}
        tried = subprocess.run(
            [sys.executable, "-c", "import config.settings"], cwd=BASE, env=environment, capture_output=True, timeout=60
        )
        assert tried.returncode != 0
        return tried.stderr.decode()

    alone = refused(
        WATCHFLOOR_SMS_URL="https://a.example/x",
        WATCHFLOOR_LOG_KEY_FILE="/k",
        WATCHFLOOR_LOG_WITNESSES="file:/mnt/a, file:/mnt/a",
    )
    twice = refused(WATCHFLOOR_SMS_URL="https://a.example/x", WATCHFLOOR_SMS2_URL="https://a.example/y")

    assert "WATCHFLOOR_SMS2_URL is not set" in alone
    assert "WATCHFLOOR_LOG_WITNESSES names fewer than two places" in alone
    assert "the same provider twice" in twice
    assert "WATCHFLOOR_SECRET_KEY" in twice
