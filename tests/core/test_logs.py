"""Logs hold ids: no secret of a link, nothing that was searched for, no row that the database refused."""

from __future__ import annotations

import json
import logging
import re
import sys

import psycopg2
import psycopg2.errors
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from core import logs


def line(message: str, *args: object, exc_info=None) -> dict:
    record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, message, args, exc_info)
    return json.loads(logs.formatter(local=False).format(record))


@pytest.mark.django_db
@pytest.mark.parametrize("local", [True, False])
def test_a_refused_row_is_told_by_its_constraint_and_not_by_its_words(local):
    name = " ".join(("Jo", "Private"))
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT '{name}' FROM nowhere")
    except DatabaseError:
        record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info())

    told = logs.formatter(local=local).format(record)

    assert "nowhere" in told
    assert "Traceback" in told  # and not `<traceback object at 0x…>`
    assert name not in told


def test_a_server_that_is_away_is_one_line_and_a_lock_keeps_its_stack():
    def told(cause: psycopg2.OperationalError) -> str:
        try:
            raise OperationalError("connection to server failed\nIs it running?") from cause
        except OperationalError:
            return line("failed", exc_info=sys.exc_info())["exception"]

    assert told(psycopg2.OperationalError()) == "OperationalError: connection to server failed"
    assert "Traceback" in told(psycopg2.errors.LockNotAvailable())


def addresses():
    def walk(patterns, prefix=""):
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, prefix + str(entry.pattern))
            elif isinstance(entry, URLPattern):
                yield prefix + str(entry.pattern)

    return walk(get_resolver().url_patterns)


def test_no_link_that_lets_somebody_in_is_logged_whole():
    paths = [path for path in addresses() if "<str:token>" in path]
    paths += ["accounts/password/reset/key/1-SECRET/", "accounts/confirm-email/SECRET/"]
    assert len(paths) == 4

    for path in paths:
        address = "/" + re.sub(r"<\w+:\w+>", "x", path.replace("<str:token>", "SECRET"))
        assert "SECRET" not in line("Internal Server Error: %s", address)["event"]


def test_what_was_asked_for_is_not_logged():
    event = logs._addresses_bare(None, "info", {"event": "request_finished", "request": "GET /q/?q=jo.private"})

    assert event["request"] == "GET /q/"
