"""Words and ladders of the policy library in templates: {% load policies %}."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from policies.lifecycle import HARM_LABELS, SURFACE_LABELS, Rung
from policies.models import PolicyVersion
from policies.permissions import can_read_drafts

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


@register.filter
def may_read_drafts(viewer: Any) -> bool:
    """Whether the viewer sees what is not published yet."""
    return bool(viewer.is_authenticated) and can_read_drafts(viewer)


@register.filter
def with_glossary(text: str, definitions: Iterable[Mapping[str, str]]) -> SafeString:
    """A text in which the words that the clause defines carry their meaning, for hover, focus and screen readers."""
    terms = {one["term"].lower(): one for one in definitions}
    if not terms:
        return format_html("{}", text)
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(" + "|".join(re.escape(term) for term in longest_first) + r")(?!\w)", re.IGNORECASE)
    parts: list[SafeString] = []
    at = 0
    for found in pattern.finditer(text):
        tip = f"term-{secrets.token_hex(4)}"
        parts += [
            format_html("{}", text[at : found.start()]),
            format_html(
                '<span class="cite" data-cite><button type="button" class="term" aria-describedby="{}">{}</button>'
                '<span class="cite-card" role="tooltip" id="{}">{}</span></span>',
                tip,
                found[0],
                tip,
                terms[found[0].lower()]["text"],
            ),
        ]
        at = found.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, format_html("{}", text[at:])]))


@register.filter
def of(numbers: Mapping[int, Any], key: int) -> Any:
    """An entry of a mapping by its key."""
    return numbers.get(key)
