"""Connections kept between requests of a real server: whatever becomes of a request, its connection goes on with nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from django.core.signals import request_finished, request_started
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as product
from core.postgres import base
from core.tenancy import ActorKind, bind
from escalations.models import Case
from tests import databases
from tests.factories.cases import make_case
from tests.factories.people import make_team, make_user

pytestmark = pytest.mark.django_db(transaction=True)
STARTED = threading.Event()


def raising(_request: HttpRequest) -> HttpResponse:
    Case.objects.count()
    raise RuntimeError("a fault of ours")


def refused(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    raise AssertionError


def swallowed(_request: HttpRequest) -> HttpResponse:
    with contextlib.suppress(Exception), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '50', true), pg_sleep(1)")
        cursor.execute("SELECT pg_sleep(1)")
    return HttpResponse()


def unnested(_request: HttpRequest) -> HttpResponse:
    transaction.atomic().__enter__()  # what a fault in the middle of one leaves open
    with connections["independent"].cursor() as cursor:
        cursor.execute("SELECT 1")
    connections["independent"].set_autocommit(False)
    return HttpResponse()


def slow(_request: HttpRequest) -> HttpResponse:
    STARTED.set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")
    return HttpResponse(str(Case.objects.count()))


def streaming(_request: HttpRequest) -> StreamingHttpResponse:
    Case.objects.count()

    async def parts() -> AsyncIterator[str]:
        for _part in range(50):
            STARTED.set()
            yield "x" * 100_000
            await asyncio.sleep(0.01)

    return StreamingHttpResponse(parts())


FAULTS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (raising, refused, swallowed, unnested, slow, streaming)
}
urlpatterns = [*[path(f"{name}/", view) for name, view in FAULTS.items()], *product]


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The product in a server of this process, its database sessions begun without any tenant; answers the port."""
    settings.ROOT_URLCONF = __name__
    settings.DATABASE_CONNECTIONS_KEPT = 4
    hooks = ((request_started, databases.forget_tenant), (request_finished, databases.see_everything))
    for told, hook in hooks:
        told.disconnect(hook)
    connections.close_all()
    base.idle.clear()
    for alias in ("default", "independent"):
        monkeypatch.setitem(connections[alias].settings_dict["OPTIONS"], "options", "")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        runs = uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off", log_level="critical"))
        thread = threading.Thread(target=runs.run, kwargs={"sockets": [listening]})
        thread.start()
        yield int(listening.getsockname()[1])
        runs.should_exit = True
        thread.join(20)
    base.idle.clear()
    for told, hook in hooks:
        told.connect(hook)


def ask(port: int, where: str, cookie: str, *, leave_after: threading.Event | None = None) -> bytes:
    """A GET; with `leave_after` the browser goes away once that has happened."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as talking:
        talking.sendall(
            f"GET {where} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode()
        )
        if leave_after is not None:
            assert leave_after.wait(20)
            return b""
        got = b""
        while part := talking.recv(65536):
            got += part
        return got


def state_of(session: Any) -> tuple[Any, ...]:
    """The tenant of a session, its time limits, its role, and what is open on it."""
    with session.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.actor_kind', true), ''), coalesce(current_setting('app.org', true), ''),"
            " coalesce(current_setting('app.compartments', true), ''), current_setting('statement_timeout'),"
            " current_setting('lock_timeout'), current_user::text, current_setting('TimeZone'),"
            " (SELECT count(*) FROM pg_cursors), (SELECT count(*) FROM pg_prepared_statements),"
            " (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')"
        )
        return tuple(cursor.fetchone())


def leftovers() -> list[tuple[Any, ...]]:
    """The state of every connection that waits for the next request."""
    waiting = [kept for some in base.idle._waiting.values() for kept in list(some)]
    assert all(kept.is_clean() for kept in waiting)
    return [state_of(kept) for kept in waiting]


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_nothing_of_a_request_is_left_on_its_connection(server, settings, fault):
    client = Client()
    with transaction.atomic():
        bind(ActorKind.INTERNAL, organization_id=0, compartments=["CHILD_SAFETY"])
        make_case()
        reader = make_user(teams=[make_team()], compartments=["CHILD_SAFETY"])
        client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    fresh = state_of(connection.connection)
    assert fresh[:3] == ("", "", "")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    connections.close_all()
    base.idle.clear()
    STARTED.clear()

    for _again in range(3):
        leaves = STARTED if fault in ("slow", "streaming") else None
        ask(server, f"/{fault}/", cookie, leave_after=leaves)
        assert b" 200 " in ask(server, "/me/", cookie)[:20]

    give_up_at = time.monotonic() + 20
    while not (found := leftovers()) and time.monotonic() < give_up_at:
        threading.Event().wait(0.05)
    assert set(found) == {fresh}
