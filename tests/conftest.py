"""Fixtures every test may ask for. The servers behind them come from `tests.harness`, the databases from
`tests.databases`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from psycopg2.extensions import connection as Connection
from pytest_django.plugin import DjangoDbBlocker

from tests import databases

RoleConnection = Callable[[str], Connection]


@pytest.fixture(scope="session")
def database_clone(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[databases.Clone]:
    """This worker's database: a copy of the migrated template."""
    clone = databases.Clone(databases.template())
    with django_db_blocker.unblock():
        databases.point_django_at(clone)
        databases.install(clone)
    yield clone
    with django_db_blocker.unblock():
        databases.disconnect()
    clone.drop()


@pytest.fixture(scope="session")
def django_db_setup(database_clone: databases.Clone) -> None:
    """In place of pytest-django's, which would create tables by Django's test runner and flush them."""


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> None:
    """Start every test that may use the database with an empty Redis; nothing of value lives there."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        databases.empty_redis(os.environ["REDIS_URL"])


@pytest.fixture
def wf_role(transactional_db: None, database_clone: databases.Clone) -> Iterator[RoleConnection]:
    """Raw psycopg2 connections as any database role: `wf_role("wf_report").cursor()`.

    They autocommit and see only what is committed, so the test is a transactional one.
    """
    with contextlib.ExitStack() as opened:

        def connect(role: str) -> Connection:
            return opened.enter_context(contextlib.closing(databases.connect(database_clone.name, role)))

        yield connect
