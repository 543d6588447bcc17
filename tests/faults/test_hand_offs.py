"""What is handed to the platform, under fire: the short set that every push runs (`make faults` runs it with real leases)."""

from __future__ import annotations

import pytest

from tests.faults import hand_offs
from tests.faults.place import Place
from tests.faults.test_faults import check, place

pytestmark = pytest.mark.processes
__all__ = ["place"]


@pytest.mark.parametrize("step", list(hand_offs.STEPS))
def test_an_engine_that_dies_at_a_step_loses_nothing_and_sends_nothing_twice(place: Place, step: str) -> None:
    check(hand_offs.dying(place, step))


def test_f24_a_platform_that_breaks_in_every_way(place: Place) -> None:
    check(hand_offs.f24_platform(place, away_s=2.0, waits=False))
