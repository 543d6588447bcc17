"""The inbox: a person's notices, gathered by object, newest reason first (ux.md INB-1 … INB-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from escalations import events as of_cases
from escalations.models import Case
from notifications import rules
from notifications.lifecycle import EventClass, Tab
from notifications.models import Notification
from notifications.selectors import texts
from notifications.selectors.texts import Why

PAGE = 50  # entries
LINES = 5  # notices shown of one entry; more on asking
BADGE_CAP = 100


@dataclass(frozen=True)
class Line:
    """One notice in words."""

    notice: Notification
    text: str
    why: Why


@dataclass(frozen=True)
class Entry:
    """What the inbox shows as one: the notices about an object, or of a storm. `key` is the newest notice's public id."""

    key: str
    bundle: str
    ref: str
    title: str
    url: str
    severity: int | None
    is_hidden: bool
    is_storm: bool
    count: int
    unread: int
    newest_at: datetime
    lines: Sequence[Line]
    can_unwatch: bool
    can_mute: bool

    @property
    def more(self) -> int:
        """How many of its notices are not among `lines`."""
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Filters:
    """What narrows the inbox: words from the address, each checked."""

    tab: str = Tab.NEEDS
    event_class: str = ""
    state: str = "open"  # open | unread | snoozed | done
    text: str = ""  # a reference or part of one
    before: str = ""  # "<0|1>.<iso time>.<id>": where the page before ended


STATES = ("open", "unread", "snoozed", "done")


@dataclass(frozen=True)
class Page:
    """A page of entries, and where the next begins ("" at the end)."""

    entries: Sequence[Entry] = field(default=())
    next_before: str = ""


_CONDITIONS = {
    "open": "n.done_at IS NULL AND (n.snoozed_until IS NULL OR n.snoozed_until <= %(at)s)",
    "unread": "n.done_at IS NULL AND n.read_at IS NULL AND (n.snoozed_until IS NULL OR n.snoozed_until <= %(at)s)",
    "snoozed": "n.done_at IS NULL AND n.snoozed_until > %(at)s",
    "done": "n.done_at IS NOT NULL",
}

# The worst of the open ones never leave the top (reliability.md R31); then the newest.
_GROUPS = """
SELECT bundle, worst, newest_at, newest_id, count, unread FROM (
  SELECT n.bundle, count(*) AS count, count(*) FILTER (WHERE n.read_at IS NULL) AS unread, max(n.created_at) AS newest_at,
    (array_agg(n.id ORDER BY n.created_at DESC, n.id DESC))[1] AS newest_id, min(n.severity) AS worst,
    (coalesce(min(n.severity), 9) = 0 AND %(pins)s)::int AS pinned
  FROM notifications_notification n
  WHERE n.user_id = %(user)s AND n.tab = %(tab)s AND {condition}
    AND (%(class)s = '' OR n.event_class = %(class)s)
    AND (%(text)s = '' OR n.subject_ref ILIKE '%%' || %(text)s || '%%')
  GROUP BY n.bundle
) g
WHERE %(first)s OR (g.pinned, g.newest_at, g.newest_id) < (%(b_pinned)s, %(b_at)s, %(b_id)s)
ORDER BY g.pinned DESC, g.newest_at DESC, g.newest_id DESC LIMIT %(limit)s
"""
_LINES = """
SELECT id FROM (
  SELECT n.id, row_number() OVER (PARTITION BY n.bundle ORDER BY n.created_at DESC, n.id DESC) AS place
  FROM notifications_notification n
  WHERE n.user_id = %(user)s AND n.tab = %(tab)s AND n.bundle = ANY(%(bundles)s) AND {condition}
    AND (%(class)s = '' OR n.event_class = %(class)s)
) l WHERE place <= %(lines)s
"""


def page_of(viewer: User, filters: Filters, *, at: datetime, lines: int = LINES, only: str = "") -> Page:
    """One page of the viewer's inbox seen at `at` (aware UTC); `only` a bundle, with more `lines` of it. Four queries.

    Notices whose case the viewer may no longer see keep their place and lose their words.
    """
    pinned, before_at, before_id = _position(filters.before)
    values: dict[str, Any] = {
        "user": viewer.pk,
        "tab": filters.tab,
        "at": at,
        "class": filters.event_class,
        "text": _like(filters.text),
        "pins": filters.state != "done",
        "first": before_at is None,
        "b_pinned": pinned,
        "b_at": before_at,
        "b_id": before_id,
        "limit": PAGE + 1,
        "lines": lines,
    }
    condition = _CONDITIONS[filters.state] + (" AND n.bundle = %(only)s" if only else "")
    values["only"] = only
    with connection.cursor() as cursor:
        # Uses index: notification_waiting
        cursor.execute(_GROUPS.format(condition=condition), values)
        groups = cursor.fetchall()
        shown = groups[:PAGE]
        values["bundles"] = [group[0] for group in shown]
        ids: list[int] = []
        if shown:
            # Uses index: notification_of_bundle
            cursor.execute(_LINES.format(condition=condition), values)
            ids = [row[0] for row in cursor.fetchall()]
    by_bundle: dict[str, list[Notification]] = {}
    found = Notification.objects.visible_to(viewer).filter(pk__in=ids).select_related("event")
    for notice in found.order_by("-created_at", "-pk"):
        by_bundle.setdefault(notice.bundle, []).append(notice)
    cases = _cases(viewer, [notice for some in by_bundle.values() for notice in some])
    entries = [_entry(group, by_bundle[group[0]], cases) for group in shown if group[0] in by_bundle]
    last = shown[-1] if len(groups) > PAGE else None
    return Page(entries, _mark(last, pins=bool(values["pins"])) if last else "")


def counts(viewer: User, *, at: datetime) -> dict[str, int]:
    """How many notices wait in each tab, at most `BADGE_CAP` counted of each."""
    # Uses index: notification_waiting
    waiting = Notification.objects.visible_to(viewer).waiting(at=at)
    return {tab.value: waiting.filter(tab=tab)[:BADGE_CAP].count() for tab in Tab}


def badge(viewer: User, *, at: datetime) -> int:
    """How many notices need the viewer, at most `BADGE_CAP` (ux.md INB-4)."""
    return Notification.objects.visible_to(viewer).waiting(at=at).filter(tab=Tab.NEEDS)[:BADGE_CAP].count()


def _cases(viewer: User, notices: Sequence[Notification]) -> dict[int, Case]:
    ids = {notice.subject_id for notice in notices if notice.subject_type == rules.CASE}
    return {
        case.pk: case for case in Case.objects.visible_to(viewer).filter(pk__in=ids).only("ref", "title", "severity")
    }


def _entry(group: tuple[Any, ...], notices: list[Notification], cases: dict[int, Case]) -> Entry:
    bundle, worst, newest_at, _newest, count, unread = group
    newest = notices[0]
    is_storm = bundle.startswith("storm:")
    case = cases.get(newest.subject_id) if newest.subject_type == rules.CASE else None
    lines = []
    for notice in notices:
        is_hidden = notice.subject_type == rules.CASE and notice.subject_id not in cases
        lines.append(Line(notice, texts.hidden_line() if is_hidden else texts.line(notice.event), texts.why(notice)))
    is_hidden = newest.subject_type == rules.CASE and case is None
    if is_storm:
        name, title, url = "", storm_title(newest.event_class, count), ""
    elif is_hidden:
        name, title, url = "", texts.hidden_line(), ""
    else:
        name, title, url = newest.subject_ref, case.title if case is not None else "", _address(newest, case)
    acts = {line.why.act for line in lines}
    return Entry(
        key=str(newest.public_id),
        bundle=bundle,
        ref=name,
        title=title,
        url=url,
        severity=worst if worst is not None and not is_hidden else None,
        is_hidden=is_hidden,
        is_storm=is_storm,
        count=count,
        unread=unread,
        newest_at=newest_at,
        lines=lines,
        can_unwatch="unwatch" in acts and case is not None and not is_storm,
        can_mute="mute" in acts and case is not None and not is_storm,
    )


def storm_title(event_class: str, count: int) -> str:
    """What stands over a burst."""
    return _("%(count)d notices at once: %(what)s") % {"count": count, "what": EventClass(event_class).label}


# Where objects that are no cases are read, by their type.
_PLACES = {
    "escalations.bulkact": "escalations:bulk-acts",
    "escalations.queue": "escalations:admin-queues",
    "escalations.approvalrulesversion": "escalations:admin-approvals",
    "escalations.routingversion": "escalations:admin-routing",
    "escalations.slaplanversion": "escalations:admin-sla",
    "accounts.user": "accounts:settings",
    "accounts.servicekey": "accounts:organizations",
    "oncall.calendar": "oncall:calendars",
    "policies.policy": "policies:library",
    "policies.gap": "policies:library",
    "reporting.export": "reporting:exports",
    "reporting.brief": "reporting:briefs",
    "reporting.mailing": "reporting:schedules",
}


def _address(notice: Notification, case: Case | None) -> str:
    try:
        if notice.kind == of_cases.SECOND_LOOK_ANSWERED and case is not None:
            return reverse("escalations:second-look", args=[notice.event.data["second_look"]])
        if notice.kind == of_cases.APPROVAL_ASKED and case is not None:
            return reverse("escalations:approval", args=[notice.event.data["approval"]])
        if case is not None:
            return reverse("escalations:case", args=[case.ref])
        return reverse(_PLACES[notice.subject_type])
    except (KeyError, NoReverseMatch):
        return ""


def _position(text: str) -> tuple[int, datetime | None, int]:
    """What `before` says; the beginning where it cannot be read."""
    parts = text.split("~")
    try:
        pinned, at, key = int(parts[0]), datetime.fromisoformat(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        return 0, None, 0
    return (pinned, at, key) if at.tzinfo is not None and 0 <= key < 2**63 else (0, None, 0)


def _mark(group: tuple[Any, ...], *, pins: bool) -> str:
    _bundle, worst, newest_at, newest_id, *_rest = group
    return f"{int(worst == 0 and pins)}~{newest_at.isoformat()}~{newest_id}"


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
