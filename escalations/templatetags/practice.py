"""The practice bar above each page."""

from __future__ import annotations

from django import template
from django.template import Context

from escalations.filters.box import recent_filters
from escalations.selectors import practice as selectors

register = template.Library()


@register.simple_tag(takes_context=True)
def practice_of_viewer(context: Context) -> selectors.Practice:
    """The viewer's practice; nothing is asked of the database unless it is under way."""
    page, request = context["page"], context["request"]
    return selectors.practice_of(page.viewer, recent=recent_filters(request.session), key_settings=page.key_settings)
