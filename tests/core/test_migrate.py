"""A migration that meets a lock lets the traffic pass and tries again; anything else stops it at once."""

from __future__ import annotations

import psycopg2
import psycopg2.errors
import pytest
from django.core.management import call_command
from django.core.management.commands import migrate as of_django
from django.db import OperationalError

from core.management.commands import migrate


class Refusals:
    """Django's own command, which fails as often as told."""

    def __init__(self, count: int, why: type[psycopg2.Error]) -> None:
        self.left, self.why, self.tries = count, why, 0

    def __call__(self, *_: object, **__: object) -> None:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise OperationalError("canceling statement due to lock timeout") from self.why()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "PAUSE_S", 0.0)


class LockNotAvailable(psycopg2.errors.LockNotAvailable):
    pgcode = "55P03"


def run(monkeypatch: pytest.MonkeyPatch, refusals: Refusals) -> None:
    monkeypatch.setattr(of_django.Command, "handle", lambda _self, *args, **options: refusals(*args, **options))
    call_command("migrate", skip_checks=True)


@pytest.mark.django_db
def test_a_lock_held_for_a_while_costs_tries_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = Refusals(3, LockNotAvailable)

    run(monkeypatch, refusals)

    assert refusals.tries == 4


@pytest.mark.django_db
def test_a_lock_that_is_never_given_up_is_said_after_twenty_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = Refusals(99, LockNotAvailable)

    with pytest.raises(OperationalError):
        run(monkeypatch, refusals)

    assert refusals.tries == migrate.TRIES == 20


@pytest.mark.django_db
def test_a_server_that_is_away_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = Refusals(1, psycopg2.OperationalError)

    with pytest.raises(OperationalError):
        run(monkeypatch, refusals)

    assert refusals.tries == 1
