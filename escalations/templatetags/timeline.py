"""The lines of a case's timeline, written in one pass: two hundred of them through template nodes cost more than all else on the page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape  # a twentieth of what Django's costs; its texts are never marked safe
from typing import NamedTuple

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.ui import icon, printer_of_times
from escalations.models import Case
from escalations.selectors.timeline import Entry, Noise, Timeline

register = template.Library()


@register.simple_tag(takes_context=True)
def timeline_lines(context: Context, stream: Timeline, case: Case) -> SafeString:
    """Every line as `<li>`: a person's act, a note, a message, or several automatic updates folded into one."""
    address = escape(reverse("escalations:case", args=[case.ref]))
    words = _Words(printer_of_times(context), address, escape(_("team only")), escape(_("goes out")))
    lines = (_noise(line, words) if isinstance(line, Noise) else _line(line, words) for line in stream.lines)
    return SafeString("\n".join(lines))


class _Words(NamedTuple):
    """What stands on every line."""

    when: Callable[..., SafeString]
    address: str
    team_only: str
    goes_out: str


def _line(entry: Entry, words: _Words) -> str:
    tone = f' class="{entry.tone}"' if entry.tone else ""
    who = f"<b><bdi>{escape(entry.who)}</bdi></b> " if entry.who else ""
    note = f' <span class="meta">{words.team_only}</span>' if entry.tone == "int" else ""
    pending = ""
    if entry.pending_until is not None:
        pending = f' <span class="meta">{words.goes_out} {words.when(entry.pending_until, "time")}</span>'
    body = ""
    if entry.body:
        language = f' lang="{escape(entry.language)}"' if entry.language else ""
        body = f'<div class="said" dir="auto"{language}>{entry.body}</div>'
    return (
        f'<li id="{entry.anchor}"><a class="permalink" href="{words.address}#{entry.anchor}">{words.when(entry.at)}</a>'
        f"{icon(entry.icon)}<div{tone}>{who}<span>{escape(entry.text)}</span>{note}{pending}{body}</div></li>"
    )


def _noise(noise: Noise, words: _Words) -> str:
    rows = "".join(
        f'<li id="{entry.anchor}" class="sys">{words.when(entry.at)} {escape(entry.text)}</li>'
        for entry in noise.entries
    )
    return (
        f'<li>{words.when(noise.at)}{icon("gear")}<details class="noise">'
        f'<summary class="sys">{escape(noise.label)}: {escape(noise.summary)}</summary><ol>{rows}</ol></details></li>'
    )
