"""The lines of a case's timeline, written in one pass: two hundred of them through template nodes cost more than all else on the page."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.templatetags.ui import icon, when
from escalations.models import Case
from escalations.selectors.timeline import Entry, Noise, Timeline

register = template.Library()


@register.simple_tag(takes_context=True)
def timeline_lines(context: Context, stream: Timeline, case: Case) -> SafeString:
    """Every line as `<li>`: a person's act, a note, a message, or several automatic updates folded into one."""
    address = escape(reverse("escalations:case", args=[case.ref]))
    team_only = escape(_("team only"))
    parts = [
        _noise(context, line) if isinstance(line, Noise) else _line(context, line, address, team_only)
        for line in stream.lines
    ]
    return mark_safe("\n".join(parts))


def _line(context: Context, entry: Entry, address: str, team_only: str) -> str:
    tone = f' class="{entry.tone}"' if entry.tone else ""
    who = f"<b><bdi>{escape(entry.who)}</bdi></b> " if entry.who else ""
    note = f' <span class="meta">{team_only}</span>' if entry.tone == "int" else ""
    pending = ""
    if entry.pending_until is not None:
        pending = f' <span class="meta">{escape(_("goes out"))} {when(context, entry.pending_until, "time")}</span>'
    body = ""
    if entry.body:
        language = f' lang="{escape(entry.language)}"' if entry.language else ""
        body = f'<div class="said" dir="auto"{language}>{entry.body}</div>'
    return (
        f'<li id="{entry.anchor}"><a class="permalink" href="{address}#{entry.anchor}">{when(context, entry.at)}</a>'
        f"{icon(entry.icon)}<div{tone}>{who}<span>{escape(entry.text)}</span>{note}{pending}{body}</div></li>"
    )


def _noise(context: Context, noise: Noise) -> str:
    rows = "".join(
        f'<li id="{entry.anchor}" class="sys">{when(context, entry.at)} {escape(entry.text)}</li>'
        for entry in noise.entries
    )
    return (
        f'<li>{when(context, noise.at)}{icon("gear")}<details class="noise">'
        f'<summary class="sys">{escape(noise.label)}: {escape(noise.summary)}</summary><ol>{rows}</ol></details></li>'
    )
