"""Words and ladders of the policy library in templates: {% load policies %}."""

from __future__ import annotations

from django import template

from policies.lifecycle import HARM_LABELS, SURFACE_LABELS, Rung
from policies.models import PolicyVersion

register = template.Library()


@register.filter
def rungs_on(version: PolicyVersion, surface: str) -> list[Rung]:
    """The enforcement ladder of a version on a surface."""
    return version.rungs(surface)


@register.filter
def surface_label(surface: str) -> str:
    """The surface in words; an unknown one as it is."""
    return str(SURFACE_LABELS.get(surface, surface))


@register.filter
def harm_label(harm: str) -> str:
    """The harm in words; an unknown one as it is."""
    return str(HARM_LABELS.get(harm, harm))
