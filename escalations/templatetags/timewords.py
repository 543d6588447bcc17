"""Lengths of time in templates."""

from __future__ import annotations

from django import template

from escalations.selectors.clock_why import time_words as words

register = template.Library()


@register.filter
def time_words(seconds: object) -> str:
    """Seconds as people write lengths: `1h 42m`; nothing for what is no number."""
    return words(seconds) if isinstance(seconds, int) else ""
