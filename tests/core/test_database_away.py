"""A database that hangs up, however the driver says so, is a 503 that says when to come again; a refusal of it is not."""

from __future__ import annotations

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.errors import is_away
from core.middleware import database_errors

HUNG_UP = DatabaseError("server closed the connection")
HUNG_UP.__cause__ = psycopg2.DatabaseError("server closed the connection")
GONE = [HUNG_UP, OperationalError("gone"), InterfaceError("closed")]


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("path", ["/q/", "/api/v1/cases/"])
def test_a_database_that_hangs_up_is_a_503_with_a_time(error: Exception, path: str) -> None:
    def fails(_request: HttpRequest) -> HttpResponse:
        raise error

    answer = database_errors(fails)(RequestFactory().get(path))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_what_the_database_refuses_is_no_absence() -> None:
    assert not is_away(IntegrityError("twice"))
    assert not is_away(ValueError())
    assert not is_away(DatabaseError("Save with update_fields did not affect any rows."))

    def fails(_request: HttpRequest) -> HttpResponse:
        raise IntegrityError("twice")

    with pytest.raises(IntegrityError):
        database_errors(fails)(RequestFactory().get("/q/"))
