"""Words and ladders of the policy library in templates: {% load policies %}."""

from __future__ import annotations

import secrets

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
def keyword_words(code: str) -> str:
    """A keyword of the statement of reasons, readable: `KEYWORD_HATE_SPEECH` → "hate speech"."""
    return code.removeprefix("KEYWORD_").replace("_", " ").lower()


@register.inclusion_tag("policies/_citation.html")
def citation(version: PolicyVersion) -> dict[str, object]:
    """A citation that links to the version's own page and shows title and rule on hover or focus (ux.md POL-7).

    The version needs its `policy` loaded; a page may show the same citation more than once.
    """
    return {"version": version, "tip": f"cite-{secrets.token_hex(4)}"}


@register.filter
def harm_label(harm: str) -> str:
    """The harm in words; an unknown one as it is."""
    return str(HARM_LABELS.get(harm, harm))
