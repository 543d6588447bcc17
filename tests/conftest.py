"""Fixtures every test may ask for. The servers behind them come from `tests.harness`, the databases from
`tests.databases`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg2.extensions import connection as Connection
from pytest_django.plugin import DjangoDbBlocker

from tests import browsers, databases, live

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


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Every test client loads the middleware anew, and WhiteNoise would walk through all static files each time."""
    from django.conf import settings
    from whitenoise.middleware import WhiteNoiseMiddleware

    walk, known = WhiteNoiseMiddleware.add_files_from_finders, dict[object, dict[str, object]]()

    def walk_once(self: WhiteNoiseMiddleware) -> None:
        key = (self.static_prefix, self.max_age, repr(settings.STATICFILES_DIRS), repr(settings.STATICFILES_FINDERS))
        if key not in known:
            walk(self)
            known[key] = dict(self.files)
        self.files.update(known[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", walk_once)
        yield


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> None:
    """Start every test that may use the database with an empty Redis; nothing of value lives there."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        databases.empty_redis(os.environ["REDIS_URL"])


@pytest.fixture(autouse=True)
def _forget_configuration(request: pytest.FixtureRequest) -> None:
    """Start without kept plans and calendars: what another test published was rolled back, and its ids may come again."""
    from escalations.selectors import clocks, sla_plans
    from oncall.selectors import calendars

    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        sla_plans.forget()
        for kept in (clocks.target_facts, clocks.target_id_in, calendars.spec_of, calendars.calendar_name_of):
            kept.cache_clear()


@pytest.fixture
def wf_role(transactional_db: None, database_clone: databases.Clone) -> Iterator[RoleConnection]:
    """Raw psycopg2 connections as any database role: `wf_role("wf_report").cursor()`.

    They autocommit and see only what is committed, so the test is a transactional one.
    """
    with contextlib.ExitStack() as opened:

        def connect(role: str) -> Connection:
            return opened.enter_context(contextlib.closing(databases.connect(database_clone.name, role)))

        yield connect


# ── the product running ─────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def _live_server(database_clone: databases.Clone) -> Iterator[live.LiveServer]:
    server = live.LiveServer(database_clone)
    yield server
    server.stop()


@pytest.fixture
def live_url(transactional_db: None, _live_server: live.LiveServer) -> str:
    """Address of a real web process on this worker's database. What the test commits, it sees, and the reverse."""
    return _live_server.url


@pytest.fixture
def live_engine(transactional_db: None, database_clone: databases.Clone) -> Iterator[live.LiveProcess]:
    """A real `engine` process on this worker's database, for as long as the test lasts."""
    engine = live.LiveProcess("engine", ["manage.py", "engine"], database_clone)
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; the test is skipped where there is none."""
    program = browsers.find_chromium()
    if program is None:
        pytest.skip("no Chromium: install chromium from the system's packages, or name one in WATCHFLOOR_CHROMIUM")
    # Playwright keeps an event loop in this thread, for which Django would refuse every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = browsers.launch(playwright, program)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_context(browser: Browser, live_url: str) -> Iterator[BrowserContext]:
    """A fresh profile; relative addresses lead to the live server. `browsers.sign_in` signs somebody in."""
    context = browser.new_context(base_url=live_url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    context.on("page", browsers.patient)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script throws or the content security policy is broken."""
    opened = browser_context.new_page()
    wrong = browsers.watch(opened)
    yield opened
    assert not wrong, wrong
