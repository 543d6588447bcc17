"""Words for the runs of a case's clocks: targets, states, what a clock waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escalations.lifecycle import ClockState, WaitingOn
from escalations.selectors.clock_story import Cycle
from escalations.selectors.clock_why import time_words

register = template.Library()


@register.filter
def goal(cycle: Cycle) -> str:
    """A target in words, with its unit: open time, or open days."""
    if cycle.working_days:
        words = ngettext("%(n)d working day", "%(n)d working days", cycle.working_days)
        return words % {"n": cycle.working_days}
    return _("%(time)s of open time") % {"time": time_words(cycle.goal_s)}


@register.filter
def clock_state(cycle: Cycle) -> str:
    """The state in a word; a clock that runs on past its time is missed."""
    if cycle.state == ClockState.RUNNING and cycle.missed_at is not None:
        return _("missed, still open")
    return str(ClockState(cycle.state).label).lower()


@register.filter
def clock_tone(cycle: Cycle) -> str:
    """The class of the chip that shows the state: colour beside the word."""
    if cycle.missed_at is not None:
        return "breach"
    tones = {ClockState.RUNNING: "ok", ClockState.PAUSED: "paused", ClockState.MET: "met"}
    return tones.get(ClockState(cycle.state), "")


@register.filter
def pause_reason(code: str) -> str:
    """What a clock waits for."""
    if code in WaitingOn.values:
        return _("waiting for %(whom)s") % {"whom": WaitingOn(code).label}
    return _("no plan applied") if code == "detached" else code


@register.filter
def of_clock(offers: Mapping[int, Any], clock_id: int) -> Any:
    """The offer that belongs to a clock."""
    return offers.get(clock_id)
