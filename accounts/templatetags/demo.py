"""The demo's people for the sign-in page and the banner."""

from __future__ import annotations

from django import template

from accounts import demo

register = template.Library()


@register.simple_tag
def demo_people() -> list[demo.DemoPerson]:
    """Whom one may sign in as; empty outside the demo."""
    return demo.people()
