"""What the tests of notices start from: a team with its queue, a specialist, a lead, and no breaker of another test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Team, User
from accounts.roles import Role
from core.breakers import Destinations
from escalations.models import Queue
from notifications.operations import delivering
from tests.factories.cases import make_queue
from tests.factories.people import make_team, make_user
from tests.notifications.receivers import Receiver, receiving


@pytest.fixture(autouse=True)
def _breakers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "PLACES", Destinations(parallel=2))
    monkeypatch.setattr(delivering, "_known", set())


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Somebody's program on loopback."""
    with receiving(settings) as there:
        yield there


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def queue(team: Team) -> Queue:
    return make_queue(team=team)


@pytest.fixture
def ana(team: Team) -> User:
    return make_user(roles=[Role.SPECIALIST], teams=[team], name="Ana Reyes")


@pytest.fixture
def lead(team: Team) -> User:
    return make_user(roles=[Role.LEAD], teams=[team], name="Lea Lind")
