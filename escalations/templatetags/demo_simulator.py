"""The simulator's state for the demo banner."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.conf import settings

from accounts.demo import PEOPLE, DemoPerson
from accounts.models import User
from escalations.demo import simulator

register = template.Library()


@register.simple_tag
def simulator_runs(at: datetime) -> bool:
    """Whether the demo lives by itself at `at` (aware UTC). One query, and none outside the demo."""
    found = simulator.state() if settings.DEMO else None
    return found is not None and found.is_running(at=at)


@register.simple_tag
def demo_role(viewer: User) -> DemoPerson | None:
    """Which of the role switcher's people the viewer is, for the line that says what they look at."""
    return next((person for person in PEOPLE if person.email == viewer.email), None)
