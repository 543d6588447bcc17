"""What happened to a case, told in words: one stream of events and messages, and where the time went.

Events are the one source (`audit.Event`); texts of notes and messages are joined to the events that name them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import BooleanField, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Organization, User
from audit.models import ActorKind, Event
from core import markup
from escalations import events
from escalations.appeal_life import Outcome
from escalations.lifecycle import Audience, LinkKind, Metric, OriginalState, Resolution, Verdict, WaitingOn
from escalations.models import Case, Comment, Queue
from policies.lifecycle import ActionType

MOST = 200
SUBJECT_TYPE = "escalations.case"
SHOWN = {
    "all": gettext_lazy("All"),
    "comms": gettext_lazy("Comms"),
    "system": gettext_lazy("System"),
    "mine": gettext_lazy("Mine"),
}
COMMS = (
    events.COMMENT_ADDED,
    events.COMMENT_WRITTEN,
    events.COMMENT_RETRACTED,
    events.CASE_WAITING,
    events.CASE_REJECTED,
)
NOT_TOLD = (events.CASE_LEASE_RENEWED,)
# A machine's updates between two acts of people are one line; these are news and stand alone.
NEWS = frozenset(
    {
        events.CASE_CREATED,
        events.CLOCK_BREACHED,
        events.CASE_CLOSED,
        events.CASE_REOPENED,
        events.CASE_RELEASED,
        events.DECISION_EFFECTIVE,
        events.APPROVAL_EXPIRED,
        events.ENFORCEMENT_REFUSED,
        events.ENFORCEMENT_UNCLEAR,
        events.NOTICE_FAILED,
        events.NOTICE_WITHHELD,
        events.COMMENT_ADDED,
    }
)
_REFERENCE = (re.compile(r"(?<![\w/\[-])ESC-\d{4,12}\b"), lambda ref: reverse("escalations:case", args=[ref]))


class Told(NamedTuple):
    """What the timeline reads of an event: two hundred whole rows would cost more than the query."""

    pk: int
    at: datetime
    kind: str
    actor_kind: str
    actor_id: int | None
    actor_label: str
    data: dict[str, Any]


class Words(NamedTuple):
    """What the timeline reads of a comment; its public id as text, as events name it."""

    public_id: str
    audience: str
    body: str
    language: str
    is_from_submitter: bool
    visible_at: datetime
    retracted_at: datetime | None


@dataclass(frozen=True)
class _Reader:
    """Who reads, and the words that stand on many lines, translated once."""

    id: int
    at: datetime
    you: str
    wrote: str
    noted: str
    replied: str
    submitter: str
    is_ours: bool


@dataclass(frozen=True)
class Entry:
    """One line. `tone` is msg (to or from the submitter), int (a note), sys (a machine) or "" (a person's act)."""

    id: int
    at: datetime
    who: str
    text: str
    icon: str
    tone: str = ""
    detail: str = ""
    body: SafeString = field(default_factory=SafeString)
    language: str = ""
    is_mine: bool = False
    pending_until: datetime | None = None
    comment_id: str = ""

    @property
    def anchor(self) -> str:
        return f"t-{self.id}"


@dataclass(frozen=True)
class Noise:
    """Several automatic updates in a row, told as one."""

    entries: Sequence[Entry]

    @property
    def at(self) -> datetime:
        return self.entries[-1].at

    @property
    def label(self) -> str:
        return ngettext("%d automatic update", "%d automatic updates", len(self.entries)) % len(self.entries)

    @property
    def summary(self) -> str:
        told = list(dict.fromkeys(entry.text for entry in self.entries))
        return ", ".join(told[:3]) + (" …" if len(told) > 3 else "")


@dataclass(frozen=True)
class Timeline:
    """A page of the stream, oldest first. `older` is the id to continue before, 0 where the beginning is shown."""

    lines: Sequence[Entry | Noise]
    shown: str
    older: int
    count: int
    is_capped: bool
    events: Sequence[Told] = ()
    is_whole: bool = False
    is_older: bool = False


def timeline_of(
    case: Case, *, viewer: User, at: datetime, shown: str = "all", before: int = 0, is_document: bool = False
) -> Timeline:
    """The newest 200 entries of a case (before an id), as `viewer` reads them. Two to four queries.

    Acts of the viewer are "You", but in a document, which others read too.
    """
    shown = shown if shown in SHOWN else "all"
    rows = Event.objects.filter(subject_type=SUBJECT_TYPE, subject_id=case.pk).exclude(kind__in=NOT_TOLD)
    if before:
        rows = rows.filter(id__lt=before)
    if shown == "comms":
        rows = rows.filter(kind__in=COMMS)
    elif shown == "system":
        rows = rows.exclude(actor_kind=ActorKind.PERSON).exclude(kind__in=COMMS)
    elif shown == "mine":
        rows = rows.filter(actor_kind=ActorKind.PERSON, actor_id=viewer.pk)
    # Uses index: event_of_subject
    newest = rows.order_by("-id").values_list(*Told._fields)[: MOST + 1]
    found = [Told._make(row) for row in newest]
    is_capped = len(found) > MOST
    found = found[:MOST][::-1]
    you = viewer.display_name if is_document else _("You")
    entries = _entries(found, case=case, viewer=viewer, at=at, you=you)
    lines: Sequence[Entry | Noise] = entries if shown == "system" else _collapsed(entries)
    return Timeline(
        lines=lines,
        shown=shown,
        older=found[0].pk if is_capped else 0,
        count=len(entries),
        is_capped=is_capped,
        events=found,
        is_older=bool(before),
        is_whole=shown == "all" and not before and not is_capped,
    )


def _entries(rows: Sequence[Told], *, case: Case, viewer: User, at: datetime, you: str) -> list[Entry]:
    ids = {row.data["comment"] for row in rows if row.data.get("comment")}
    comments: dict[str, Words] = {}
    if ids:
        # Two hundred ids as one array, and back as text: as UUIDs they cost more than all else the timeline reads.
        named = RawSQL("escalations_comment.public_id = ANY(%s::uuid[])", [sorted(ids)], output_field=BooleanField())
        key = Cast("public_id", TextField())
        texts = Comment.objects.filter(named, case=case).values_list(key, *Words._fields[1:])
        comments = {row[0]: Words._make(row) for row in texts}
    submitter = case.organization.name
    reader = _Reader(
        id=viewer.pk,
        at=at,
        you=you,
        wrote=_("wrote"),
        noted=_("noted"),
        replied=_("replied to %(name)s") % {"name": submitter},
        submitter=submitter,
        is_ours=case.organization.kind == Organization.Kind.INTERNAL,
    )
    names = _Names(rows)
    return [entry for row in rows if (entry := _entry(row, comments, names, reader)) is not None]


def _entry(row: Told, comments: Mapping[str, Words], names: _Names, reader: _Reader) -> Entry | None:
    is_mine = row.actor_kind == ActorKind.PERSON and row.actor_id == reader.id
    who = reader.you if is_mine else row.actor_label
    if row.actor_kind == ActorKind.KEY and not reader.is_ours:
        who = reader.submitter
    if row.kind in (events.COMMENT_ADDED, events.COMMENT_WRITTEN):
        comment = comments.get(row.data.get("comment", ""))
        return None if comment is None else _written(row, comment, who, is_mine, reader)
    text, icon = _told(row, names)
    is_machine = row.actor_kind == ActorKind.SYSTEM
    return Entry(
        id=row.pk,
        at=row.at,
        who="" if is_machine else who,
        text=text,
        icon=icon,
        tone="sys" if is_machine else "",
        detail=_detail(row),
        is_mine=is_mine,
    )


def _written(row: Told, comment: Words, who: str, is_mine: bool, reader: _Reader) -> Entry | None:
    is_reply = comment.audience == Audience.SUBMITTER
    if comment.retracted_at is not None:
        return None  # the line about taking it back says it all
    if row.kind == events.COMMENT_WRITTEN and comment.visible_at <= reader.at:
        return None  # told once, where it was sent
    text = reader.replied if is_reply else reader.noted
    if comment.is_from_submitter:
        text, who = reader.wrote, reader.submitter
    return Entry(
        id=row.pk,
        at=row.at,
        who=who,
        text=text,
        icon="reply" if is_reply else "text",
        tone="msg" if is_reply else "int",
        body=markup.render(comment.body, autolinks=(_REFERENCE,)),
        language=comment.language,
        is_mine=is_mine,
        pending_until=comment.visible_at if is_reply and comment.visible_at > reader.at else None,
        comment_id=comment.public_id,
    )


def _collapsed(entries: Iterable[Entry]) -> list[Entry | Noise]:
    lines: list[Entry | Noise] = []
    run: list[Entry] = []

    def flush() -> None:
        lines.extend(run if len(run) < 3 else [Noise(tuple(run))])
        run.clear()

    for entry in entries:
        if entry.tone == "sys" and not entry.detail.startswith("!"):
            run.append(entry)
        else:
            flush()
            lines.append(entry)
    flush()
    return lines


class _Names:
    """Names of the people and queues that events refer to by id: one query each, and only where needed."""

    def __init__(self, rows: Iterable[Told]) -> None:
        people: set[int] = set()
        queues: set[int] = set()
        for row in rows:
            if row.kind in (events.CASE_ASSIGNED, events.CASE_RELEASED):
                people |= {row.data[name] for name in ("assignee_id", "before_id") if row.data.get(name)}
            elif row.kind in (events.CASE_MOVED, events.CASE_ROUTED):
                queues |= {row.data[name] for name in ("queue_id",) if row.data.get(name)}
        self._people = dict(User.objects.filter(pk__in=people).values_list("pk", "display_name")) if people else {}
        self._queues = dict(Queue.objects.filter(pk__in=queues).values_list("pk", "name")) if queues else {}

    def person(self, key: Any) -> str:
        return str(self._people.get(key, _("somebody")))

    def queue(self, key: Any) -> str:
        return str(self._queues.get(key, _("another queue")))


Data = Mapping[str, Any]
Teller = Callable[[Data, _Names], str]


def _label(choices: Any, value: Any) -> str:
    try:
        return str(choices(value).label)
    except (ValueError, TypeError):
        return str(value)


def _plain(text: str | Promise) -> Teller:
    return lambda data, names: str(text)


def _severity(data: Data, names: _Names) -> str:
    said = _("changed the severity from S%(before)s to S%(after)s") % {
        "before": data.get("before"),
        "after": data.get("after"),
    }
    said = f"{said}: {data['reason']}" if data.get("reason") else said
    if data.get("promised") is not None:
        return _("%(said)s. The targets stay those of S%(level)s") % {"said": said, "level": data["promised"]}
    return said


def _waiting(data: Data, names: _Names) -> str:
    said = _("waits for %(on)s") % {"on": _label(WaitingOn, data.get("on"))}
    return f"{said}: {data['question']}" if data.get("question") else said


def _released(data: Data, names: _Names) -> str:
    if data.get("cause") == "lease":
        return _("Released: no input for 15 minutes. The draft is kept")
    if data.get("cause") == "wellness":
        return _("Released")
    return _("released the case")


def _edited(data: Data, names: _Names) -> str:
    said = _("edited %(fields)s") % {"fields": ", ".join(sorted(data.get("changes", {})))}
    return f"{said}: {data['reason']}" if data.get("reason") else said


def _appeal_closed(data: Data, names: _Names) -> str:
    return _("The appeal %(appeal)s ended: %(outcome)s") % {
        "appeal": data.get("appeal", ""),
        "outcome": Outcome(data["outcome"]).label,
    }


def _held(data: Data, names: _Names) -> str:
    said = _("set a legal hold") if data.get("is_held") else _("released the legal hold")
    return f"{said}: {data['basis']}" if data.get("basis") else said


def _tagged(data: Data, names: _Names) -> str:
    signs = [f"+{tag}" for tag in data.get("added", [])] + [f"−{tag}" for tag in data.get("removed", [])]
    return _("tagged %(tags)s") % {"tags": " ".join(signs)}


def _action(text: str | Promise, *also: str) -> Teller:
    """A sentence about an enforcement action, which `%(action)s` names; then what else the event says."""

    def tell(data: Data, names: _Names) -> str:
        said = str(text) % {"action": _label(ActionType, data.get("type")), "count": data.get("count", 1)}
        return ": ".join([said, *(str(data[name]) for name in also if data.get(name))])

    return tell


def _queued(data: Data, names: _Names) -> str:
    kinds = dict.fromkeys(_label(ActionType, row.get("type")) for row in data.get("actions", []))
    said = ngettext(
        "%(count)d action goes to the platform", "%(count)d actions go to the platform", int(data.get("count", 1))
    ) % {"count": int(data.get("count", 1))}
    return f"{said}: {', '.join(kinds)}"


def _struck(data: Data, names: _Names) -> str:
    said = ngettext(
        "A strike: the subject has %(count)d now", "A strike: the subject has %(count)d now", int(data.get("count", 1))
    )
    return said % {"count": int(data.get("count", 1))}


def _linked(data: Data, names: _Names) -> str:
    return f"{_('linked')}: {_label(LinkKind, data.get('kind'))} {data.get('other', '')}"


def _unlinked(data: Data, names: _Names) -> str:
    return f"{_('removed the link')}: {_label(LinkKind, data.get('kind'))} {data.get('other', '')}"


def _decided(data: Data, names: _Names) -> str:
    said = _("decided: %(verdict)s") % {"verdict": _label(Verdict, data.get("verdict"))}
    return f"{said}, {data['clause']}" if data.get("clause") else said


def _closed(data: Data, names: _Names) -> str:
    return _("closed: %(resolution)s") % {"resolution": _label(Resolution, data.get("resolution"))}


def _reopened(data: Data, names: _Names) -> str:
    said = _("reopened")
    return f"{said}: {data['reason']}" if data.get("reason") else said


def _with(text: str | Promise, name: str) -> Teller:
    return lambda data, names: f"{text} {data.get(name, '')}".strip()


def _clock(text: str | Promise) -> Teller:
    return lambda data, names: (
        str(text) % {"clock": _label(Metric, data.get("metric")), "reason": data.get("reason", "")}
    )


_TELLERS: dict[str, tuple[str, Teller]] = {
    events.SUBMISSION_RECEIVED: ("send", _plain(gettext_lazy("submission received"))),
    events.CASE_CREATED: ("plus", _plain(gettext_lazy("created the case"))),
    events.CASE_ROUTED: (
        "route",
        lambda data, names: _("routed to %(queue)s") % {"queue": names.queue(data.get("queue_id"))},
    ),
    events.CASE_CLAIMED: ("user", _plain(gettext_lazy("claimed the case"))),
    events.CASE_RELEASED: ("user", _released),
    events.CASE_ASSIGNED: (
        "user",
        lambda data, names: _("assigned the case to %(person)s") % {"person": names.person(data.get("assignee_id"))},
    ),
    events.CASE_EDITED: ("pencil", _edited),
    events.CASE_SEVERITY_CHANGED: ("flag", _severity),
    events.CASE_MOVED: (
        "route",
        lambda data, names: _("moved the case to %(queue)s") % {"queue": names.queue(data.get("queue_id"))},
    ),
    events.CASE_SNOOZED: ("pause", _plain(gettext_lazy("snoozed the case"))),
    events.CASE_WOKEN: ("play", _plain(gettext_lazy("Back from snooze"))),
    events.CASE_WAITING: ("wait", _waiting),
    events.CASE_RESUMED: ("play", _plain(gettext_lazy("goes on: no longer waiting"))),
    events.CASE_TAGGED: ("bookmark", _tagged),
    events.CASE_WATCHED: ("eye", _plain(gettext_lazy("watches the case"))),
    events.CASE_UNWATCHED: ("eyeoff", _plain(gettext_lazy("stopped watching"))),
    events.CASE_LINKED: ("link", _linked),
    events.CASE_UNLINKED: ("link", _unlinked),
    events.CASE_MERGED: ("merge", _with(gettext_lazy("merged this case into"), "into")),
    events.CASE_ABSORBED: (
        "merge",
        lambda data, names: (
            _("merged into this case: %(cases)s")
            % {"cases": ", ".join(str(child) for child in list(data.get("children", []))[:5])}
        ),
    ),
    events.CASE_SPLIT: ("link", _with(gettext_lazy("made a message a case of its own:"), "into")),
    events.CASE_UNMERGED: ("merge", _with(gettext_lazy("took the case out of the cluster"), "from")),
    events.CASE_LABELLED: ("lock", _plain(gettext_lazy("changed the compartments"))),
    events.APPEAL_FILED: ("again", _with(gettext_lazy("filed an appeal:"), "appeal")),
    events.APPEAL_CLAIMED: ("user", _with(gettext_lazy("claimed the appeal"), "appeal")),
    events.APPEAL_RELEASED: ("undo", _with(gettext_lazy("gave the appeal back:"), "appeal")),
    events.APPEAL_TRANSLATED: ("text", _with(gettext_lazy("translated the appeal"), "appeal")),
    events.APPEAL_EXPEDITED: ("bolt", _with(gettext_lazy("put the appeal in the fast lane:"), "reason")),
    events.APPEAL_ASKED: ("ask", _with(gettext_lazy("asked the appellant of"), "appeal")),
    events.APPEAL_ANSWERED: ("reply", _with(gettext_lazy("The appellant answered on"), "appeal")),
    events.APPEAL_WITHDRAWN: ("undo", _with(gettext_lazy("withdrew the appeal"), "appeal")),
    events.APPEAL_DECIDED: ("check", _with(gettext_lazy("decided the appeal"), "appeal")),
    events.APPEAL_UNDONE: ("undo", _with(gettext_lazy("took back the outcome of the appeal"), "appeal")),
    events.APPEAL_CLOSED: ("check", _appeal_closed),
    events.CASE_HELD: ("hold", _held),
    events.CASE_HOLD_ASKED: ("hold", _with(gettext_lazy("asked the legal desk for a hold:"), "basis")),
    events.CASE_HOLD_RELEASE_ASKED: ("hold", _with(gettext_lazy("proposed to release the legal hold:"), "reason")),
    events.CASE_CLOSED: ("st-closed", _closed),
    events.CASE_REOPENED: ("again", _reopened),
    events.CASE_WITHDRAWN: ("undo", _with(gettext_lazy("withdrew the submission"), "reason")),
    events.CASE_REJECTED: ("x", _with(gettext_lazy("sent back as invalid:"), "note")),
    events.DISPUTE_FILED: ("again", _plain(gettext_lazy("contests that it was sent back"))),
    events.DISPUTE_ANSWERED: (
        "check",
        lambda data, names: (
            _("found that it should not have been sent back")
            if data.get("upheld")
            else _("found that it stays invalid")
        ),
    ),
    events.COMMENT_RETRACTED: ("undo", _plain(gettext_lazy("took a text back before it was sent"))),
    events.EVIDENCE_ADDED: ("file", _with(gettext_lazy("added evidence"), "number")),
    events.EVIDENCE_TIERED: (
        "eye",
        lambda data, names: (
            _("set evidence %(number)s to G%(tier)s") % {"number": data.get("number"), "tier": data.get("tier")}
        ),
    ),
    events.EVIDENCE_ORIGINAL_SEEN: (
        "eye",
        lambda data, names: (
            _("found the original of evidence %(number)s %(state)s")
            % {"number": data.get("number"), "state": _label(OriginalState, data.get("state")).lower()}
            if data.get("state")
            else _("took back what was said of the original of evidence %(number)s") % {"number": data.get("number")}
        ),
    ),
    events.EVIDENCE_CORRECTED: (
        "file",
        lambda data, names: (
            _("corrected evidence %(old)s with %(new)s") % {"old": data.get("corrects"), "new": data.get("number")}
        ),
    ),
    events.DECISION_MADE: ("check", _decided),
    events.SECOND_LOOK_ASKED: ("eye", _plain(gettext_lazy("A blind second decision is asked for"))),
    events.SECOND_LOOK_ANSWERED: ("eye", _plain(gettext_lazy("decided it a second time, without the first"))),
    events.SECOND_LOOK_SETTLED: ("check", _plain(gettext_lazy("settled which of the two decisions stands"))),
    events.SPREAD_STARTED: ("merge", _with(gettext_lazy("lets the decision stand for merged cases:"), "count")),
    events.SPREAD_ENDED: (
        "merge",
        lambda data, names: (
            _("The decision reached %(count)s merged cases; left out: %(left)s")
            % {"count": data.get("count", 0), "left": data.get("left_out", 0)}
        ),
    ),
    events.CASE_PROVENANCE_DISPUTED: ("warn", _plain(gettext_lazy("said that the source is wrong"))),
    events.APPROVAL_ASKED: ("clock", _with(gettext_lazy("asked a second person to confirm"), "rule")),
    events.APPROVAL_GIVEN: ("check", _with(gettext_lazy("approved it as the second person"), "reason")),
    events.APPROVAL_REFUSED: ("x", _with(gettext_lazy("refused it as the second person:"), "reason")),
    events.APPROVAL_EXPIRED: ("clock", _plain(gettext_lazy("No second person answered in time"))),
    events.APPROVAL_WITHDRAWN: ("undo", _plain(gettext_lazy("asks no second person any more"))),
    events.DECISION_UNDONE: ("undo", _plain(gettext_lazy("took the decision back"))),
    events.DECISION_EFFECTIVE: ("check", _plain(gettext_lazy("The decision took effect"))),
    events.LEADING_CASE_NAMED: ("pin", _with(gettext_lazy("made the decision a leading case of"), "clause")),
    events.LEADING_CASE_REMOVED: ("undo", _with(gettext_lazy("took the decision off the leading cases of"), "clause")),
    events.PRECEDENT_OVERTURNED: ("undo", _plain(gettext_lazy("The decision is no precedent any more"))),
    events.NOTICE_QUEUED: ("send", _plain(gettext_lazy("The notice of the decision goes out by e-mail"))),
    events.NOTICE_SENT: ("check", _plain(gettext_lazy("The notice of the decision has left by e-mail"))),
    events.NOTICE_DELIVERED: ("eye", _plain(gettext_lazy("opened the notice of the decision"))),
    events.NOTICE_FAILED: ("x", _with(gettext_lazy("The notice of the decision did not arrive:"), "why")),
    events.NOTICE_RESENT: ("again", _with(gettext_lazy("had the notice of the decision sent again:"), "reason")),
    events.NOTICE_DISCARDED: ("undo", _with(gettext_lazy("gave the notice of the decision up:"), "reason")),
    events.NOTICE_WITHHELD: (
        "warn",
        lambda data, names: (
            _("No notice of the decision was made: no value for %(names)s")
            % {"names": ", ".join(map(str, data.get("missing", ())))}
        ),
    ),
    events.ENFORCEMENT_QUEUED: ("send", _queued),
    events.ENFORCEMENT_MITIGATED: ("shield", _action(gettext_lazy("limits it until a decision: %(action)s"), "reason")),
    events.ENFORCEMENT_SENT: ("send", _action(gettext_lazy("The platform has it, not confirmed: %(action)s"))),
    events.ENFORCEMENT_ACCEPTED: ("check", _action(gettext_lazy("The platform confirmed: %(action)s"), "foreign_id")),
    events.ENFORCEMENT_REFUSED: ("x", _action(gettext_lazy("The platform refused: %(action)s"), "why")),
    events.ENFORCEMENT_UNCLEAR: ("warn", _action(gettext_lazy("Unclear whether it was done: %(action)s"), "why")),
    events.ENFORCEMENT_CONTRADICTED: (
        "warn",
        _action(gettext_lazy("The platform says something else than before: %(action)s"), "said"),
    ),
    events.ENFORCEMENT_RETRIED: ("again", _action(gettext_lazy("had it sent again: %(action)s"), "reason")),
    events.ENFORCEMENT_RESOLVED: (
        "check",
        lambda data, names: (
            _action(_("says that it was done: %(action)s"), "foreign_id", "reason")(data, names)
            if data.get("outcome") == "done"
            else _action(_("says that it was not done: %(action)s"), "reason")(data, names)
        ),
    ),
    events.ENFORCEMENT_REVERSED: ("undo", _action(gettext_lazy("took actions back (%(count)s)"), "reason")),
    events.ENFORCEMENT_ENDING: ("clock", _action(gettext_lazy("Ends soon: %(action)s"))),
    events.ENFORCEMENT_ENDED: ("clock", _action(gettext_lazy("Its time is over: %(action)s"))),
    events.ENFORCEMENT_CLOSED_OVER: (
        "st-closed",
        _action(gettext_lazy("lets the case close over what is not confirmed (%(count)s)"), "reason"),
    ),
    events.STRIKE_GIVEN: ("flag", _struck),
    events.STRIKE_REFUNDED: ("undo", _action(gettext_lazy("gave strikes back (%(count)s)"), "reason")),
    events.CLOCK_WARNED: ("clock", _clock(gettext_lazy("%(clock)s comes near its due time"))),
    events.CLOCK_EXCUSED: ("check", _clock(gettext_lazy("excused the miss of %(clock)s: %(reason)s"))),
    events.CLOCK_CORRECTED: ("clock", _clock(gettext_lazy("corrected %(clock)s for its whole time: %(reason)s"))),
    events.CLOCK_EXTENDED: ("clock", _clock(gettext_lazy("extended %(clock)s: %(reason)s"))),
    events.CLOCK_PROMISED: ("clock", _clock(gettext_lazy("promised news to the submitter"))),
    events.CLOCK_ANSWERED_ELSEWHERE: ("check", _clock(gettext_lazy("said that it was answered elsewhere: %(reason)s"))),
    events.CLOCK_WAIVED: ("check", _clock(gettext_lazy("said that no answer was needed: %(reason)s"))),
    events.CLOCK_PAUSE_ENDING: ("clock", _clock(gettext_lazy("The pause of %(clock)s ends soon"))),
    events.CLOCK_RESUMED: ("clock", _clock(gettext_lazy("%(clock)s goes on: its pause has lasted as long as it may"))),
    events.CLOCK_BREACHED: ("warn", _clock(gettext_lazy("%(clock)s is overdue"))),
}


def _told(row: Told, names: _Names) -> tuple[str, str]:
    icon, teller = _TELLERS.get(row.kind, ("gear", _plain(row.kind.replace(".", " ").replace("_", " "))))
    return teller(row.data, names), icon


def _detail(row: Told) -> str:
    return "!" if row.kind in NEWS else ""


# -- Where time went (CAS-11) ------------------------------------------------------------------------------------------
SPANS = {
    "unclaimed": gettext_lazy("unclaimed"),
    "working": gettext_lazy("working"),
    "consult": gettext_lazy("consult"),
    "submitter": gettext_lazy("submitter"),
    "external": gettext_lazy("outside"),
    "hold": gettext_lazy("held"),
}
_TURNS = {
    events.CASE_CLAIMED: "working",
    events.CASE_ASSIGNED: "working",
    events.CASE_RESUMED: "working",
    events.CASE_RELEASED: "unclaimed",
    events.CASE_REOPENED: "unclaimed",
    events.DECISION_MADE: "hold",
    events.APPROVAL_REFUSED: "working",
    events.APPROVAL_EXPIRED: "working",
    events.DECISION_UNDONE: "working",
    events.CASE_CLOSED: "",
}
TURNING = (*_TURNS, events.CASE_WAITING)


@dataclass(frozen=True)
class Share:
    """Time of one kind, whole numbers of the bar's 248 units."""

    kind: str
    label: str
    spent: timedelta
    x: float
    width: float

    @property
    def css(self) -> str:
        """The fill's class of components.css."""
        return {"unclaimed": "wait", "working": "work", "consult": "cons", "submitter": "subm", "hold": "hold"}.get(
            self.kind, "subm"
        )

    @property
    def svg_x(self) -> str:
        """Not a number: templates write numbers by the reader's locale, SVG by its own."""
        return f"{self.x:.1f}"

    @property
    def svg_width(self) -> str:
        return f"{self.width:.1f}"

    @property
    def words(self) -> str:
        minutes = int(self.spent.total_seconds()) // 60
        if minutes < 60:
            return f"{minutes}m"
        hours, rest = divmod(minutes, 60)
        return f"{hours}h {rest:02d}m" if hours < 48 else f"{hours // 24}d {hours % 24}h"


def time_spent(received_at: datetime, turns: Iterable[tuple[str, datetime, Data]], *, until: datetime) -> list[Share]:
    """How the time from receipt to `until` was spent, by what stood between; `turns` are (kind, at, data), oldest first.

    Kinds follow the order of `SPANS`; a closed case counts nothing until it is reopened.
    """
    spent: dict[str, timedelta] = {}
    now, since = "unclaimed", received_at
    for kind, at, data in turns:
        after = str(data.get("on", "submitter")) if kind == events.CASE_WAITING else _TURNS.get(kind, now)
        if now:
            spent[now] = spent.get(now, timedelta()) + max(at - since, timedelta())
        now, since = after, at
    if now:
        spent[now] = spent.get(now, timedelta()) + max(until - since, timedelta())
    whole = sum(spent.values(), timedelta()).total_seconds() or 1.0
    shares, x = [], 0.0
    for kind, label in SPANS.items():
        if spent.get(kind):
            width = max(2.0, 248 * spent[kind].total_seconds() / whole)
            shares.append(Share(kind, str(label), spent[kind], round(x, 1), round(width - 1, 1)))
            x += width
    return shares


def time_spent_on(case: Case, *, at: datetime, stream: Timeline | None = None) -> list[Share]:
    """`time_spent` of a case up to `at`: from `stream` where it holds the whole story, else by one query."""
    turns: Iterable[tuple[str, datetime, Data]]
    if stream is not None and stream.is_whole:
        turns = [(row.kind, row.at, row.data) for row in stream.events if row.kind in TURNING]
    else:
        rows = Event.objects.filter(subject_type=SUBJECT_TYPE, subject_id=case.pk, kind__in=TURNING).order_by("id")
        turns = rows.values_list("kind", "at", "data")
    return time_spent(case.received_at, turns, until=case.closed_at or at)
