"""Words for a clock's story: lengths of open time, states, stretches, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escalations.lifecycle import ClockState, WaitingOn
from escalations.selectors.clock_story import Change, Cycle, Stretch

register = template.Library()


@register.filter
def open_time(seconds: int) -> str:
    """Seconds as people read them, whatever the sign: `2 d 3 h`, `1 h 20 min`, `42 s`. Days are of 24 hours."""
    total = abs(int(seconds))
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(_("%(n)d d") % {"n": days})
    if hours:
        parts.append(_("%(n)d h") % {"n": hours})
    if minutes and not days:
        parts.append(_("%(n)d min") % {"n": minutes})
    if left and not days and not hours:
        parts.append(_("%(n)d s") % {"n": left})
    return " ".join(parts) or _("%(n)d s") % {"n": 0}


@register.filter
def goal(cycle: Cycle) -> str:
    """A target in words, with its unit: open time, or open days."""
    if cycle.working_days:
        words = ngettext("%(n)d working day", "%(n)d working days", cycle.working_days)
        return words % {"n": cycle.working_days}
    return _("%(time)s of open time") % {"time": open_time(cycle.goal_s)}


@register.filter
def clock_state(cycle: Cycle) -> str:
    """The state in a word; a clock that runs on past its time is missed."""
    if cycle.state == ClockState.RUNNING and cycle.missed_at is not None:
        return _("missed, still open")
    return str(ClockState(cycle.state).label).lower()


@register.filter
def pause_reason(code: str) -> str:
    """What a clock waits for."""
    if code in WaitingOn.values:
        return _("waiting for %(whom)s") % {"whom": WaitingOn(code).label}
    return _("no plan applied") if code == "detached" else code


@register.filter
def stretch_words(piece: Stretch) -> str:
    """What a stretch of time was."""
    if piece.kind == "paused":
        return _("Stood still: %(why)s") % {"why": pause_reason(piece.reason)}
    return _("Counted") if piece.kind == "counted" else _("Closed")


@register.filter
def change_words(change: Change) -> str:
    """An event of a clock in words, with the old and the new target."""
    before = change.data.get("before", {}).get("target_s")
    target_s = change.data.get("target_s")
    if change.kind == "warn":
        return _("Warned at %(percent)d %%") % {"percent": change.level}
    if before is not None and target_s is not None:
        return _("%(what)s: %(before)s to %(after)s") % {
            "what": change.label,
            "before": open_time(before),
            "after": open_time(target_s),
        }
    return change.label


@register.filter
def of_clock(offers: Mapping[int, Any], clock_id: int) -> Any:
    """The offer that belongs to a clock."""
    return offers.get(clock_id)
