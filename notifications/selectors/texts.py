"""A notice in words: the sentence, why it came, how to stop it. In the language and zone that are active."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.roles import Role
from audit.models import Event
from escalations.lifecycle import Metric, Resolution, Verdict, WaitingOn
from notifications import rules
from notifications.lifecycle import EventClass, Reason
from notifications.models import Notification
from notifications.rules import CASE

_LABELLED: dict[str, Any] = {"verdict": Verdict, "resolution": Resolution, "on": WaitingOn, "role": Role}


class _Facts(dict[str, str]):
    """What a text may name; a name the event does not carry is a dash rather than an error."""

    def __missing__(self, name: str) -> str:
        return "–"


def facts(event: Event) -> Mapping[str, str]:
    """The names that texts of this event may use."""
    data = event.data
    made = _Facts(
        {
            name: str(value)
            for name, value in data.items()
            if isinstance(value, str | int) and not isinstance(value, bool)
        }
    )
    for name, choices in _LABELLED.items():
        if data.get(name) in choices.values:
            made[name] = str(choices(data[name]).label)
    for name in ("before", "after"):
        if isinstance(data.get(name), int):
            made[name] = f"S{data[name]}"
    if data.get("metric") in Metric.values:
        made["clock"] = str(Metric(data["metric"]).label)
    for name, source in (("due", "due_at"), ("breached", "breach_at"), ("until", "until")):
        at = parse_datetime(data[source]) if isinstance(data.get(source), str) else None
        if at is not None:
            made[name] = clock_time(at)
    made["actor"] = event.actor_label or settings.PRODUCT_NAME
    made["ref"] = event.subject_ref or "–"
    if data.get("of_ref"):  # a part of a case with a clock of its own
        made["ref"] = f"{made['ref']} · {data['of_ref']}"
    return made


def clock_time(at: datetime) -> str:
    """`22 Nov 15:02 CET`: an instant (aware UTC) in the active zone, which it names."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'j M H:i')} {local.tzname()}"


def line(event: Event) -> str:
    """The sentence for an event. Holds nothing that somebody wrote."""
    return str(rules.text_of(event.kind, event.data)) % facts(event)


def outside_line(event: Event) -> str:
    """The sentence for channels whose carriers are others: it names no person of ours either."""
    made = _Facts(facts(event))
    if event.actor_kind == "person":
        made["actor"] = _("Somebody")
    return str(rules.text_of(event.kind, event.data)) % made


def hidden_line() -> str:
    """What stands in place of a notice whose object its reader may no longer see."""
    return _("This is about something you can no longer open.")


@dataclass(frozen=True)
class Why:
    """Why somebody was told, and what would stop it. `act` is a way the inbox offers: `unwatch`, `mute` or nothing."""

    because: str
    stop: str
    act: str


def why(notice: Notification) -> Why:
    """Why this person got this notice and how to stop more of it."""
    because = _("You got this because %(reason)s.") % {"reason": Reason(notice.reason).label}
    of_class = _("switch off “%(name)s” in Settings, Notifications") % {"name": EventClass(notice.event_class).label}
    if notice.reason == Reason.WATCHER:
        return Why(because, _("To stop: watch the case no more, or %(way)s.") % {"way": of_class}, "unwatch")
    if notice.reason in (Reason.ASSIGNEE, Reason.LEAD, Reason.DUTY) and notice.subject_type == CASE:
        if is_worst(notice):
            return Why(
                because,
                _("Misses of S0 and S1 always reach the inbox; their e-mails can be switched off in Settings."),
                "",
            )
        return Why(because, _("To stop: mute this case, or %(way)s.") % {"way": of_class}, "mute")
    return Why(because, _("To stop: %(way)s.") % {"way": of_class}, "")


def is_worst(notice: Notification) -> bool:
    """Whether it is one of those that nothing holds back."""
    return (
        notice.severity is not None
        and notice.severity <= rules.WORST_MUST_BE_HEARD
        and EventClass(notice.event_class) in rules.MUST_BE_HEARD
    )
