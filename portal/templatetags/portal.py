"""Tags of the portal's pages: {% reply_by at now %}, a time somebody else waits for, in both zones and with what is left;
{% may "keys.read" as x %}, whether the reader may."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts.permissions import can
from accounts.roles import Action
from core.templatetags.ui import both

register = template.Library()


@register.simple_tag(takes_context=True)
def reply_by(context: Context, at: datetime, now: datetime) -> SafeString:
    """`at` in the reader's zone and UTC, with how long it is until then, or how late it is."""
    if at < now:
        words = _("late by %(time)s") % {"time": timesince(at, now, depth=1)}
        return format_html('<span><span class="sla breach">{}</span> {}</span>', words, both(context, at))
    return format_html('<span>{} <span class="meta">({})</span></span>', both(context, at), timesince(now, at, depth=1))


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """Whether the reader's role goes any way with an action of the matrix: `{% may "keys.read" as may_keys %}`."""
    return can(context["request"].user, Action(action))
