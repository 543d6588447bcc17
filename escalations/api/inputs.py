"""What calls of the API take besides submissions themselves: bodies and query parameters, each described once."""

from __future__ import annotations

from collections.abc import Mapping

from core.shapes import Choice, Flag, Integer, ListOf, Record, Shape, Text, When
from escalations.enforcement_life import HandOffState
from escalations.lifecycle import CaseStatus, Harm, Surface
from escalations.operations import appeals, comments, disputes
from escalations.operations.submission_input import SEVERITIES, Language, Market

MOST_A_PAGE = 200

SUBMISSIONS_QUERY: Mapping[str, Shape] = {
    "external_ref": Text(120, help="Your own reference, exactly."),
    "status": Choice([*CaseStatus.values, "open"], help="`open` is everything but closed."),
    "surface": Choice(Surface.values),
    "received_after": When(),
    "received_before": When(),
    "q": Text(512, help="The filter language of the console, with the fields that submitters may use."),
    "limit": Integer(1, MOST_A_PAGE, help="50 where left out."),
    "cursor": Text(2000, help="`next` or `previous` of a page."),
    "count": Flag(help="Also count them all. Leave it out where you can."),
}
EVENTS_QUERY: Mapping[str, Shape] = {
    "after": Text(
        2000, help="`next` of your last call; `latest` to start from now; nothing to start at the beginning."
    ),
    "limit": Integer(1, 500, help="100 where left out."),
}
CASES_QUERY: Mapping[str, Shape] = {
    "q": Text(512, help="The filter language; `/help/filters/` explains it."),
    "limit": Integer(1, MOST_A_PAGE, help="50 where left out."),
    "cursor": Text(2000),
    "count": Flag(),
}

ENFORCEMENT_QUERY: Mapping[str, Shape] = {
    "state": Choice(HandOffState.values, help="`queued` where left out: what waits for you."),
    "platform": Text(60, help="Only what is to be done on this platform."),
    "limit": Integer(1, MOST_A_PAGE, help="50 where left out."),
    "cursor": Text(2000),
}
SLA_QUERY: Mapping[str, Shape] = {
    "why": Flag(help="With every stretch of time and every change of each clock."),
}

MESSAGE = Record(
    {
        "body": Text(comments.MAX_LENGTH, required=True, one_line=False, help="What you want to say."),
        "language": Language(12),
    }
)
APPEAL = Record(
    {
        "text": Text(appeals.TEXT_MAX, required=True, one_line=False, help="What should be looked at again, and why."),
        "language": Language(12),
    }
)
DISPUTE = Record(
    {"text": Text(disputes.TEXT_MAX, required=True, one_line=False, help="Why it should not have come back.")}
)
WITHDRAWAL = Record({"reason": Text(300, required=True, help="Why you take it back.")})
ASSIGN = Record({"assignee": Text(254, help="E-mail of the person; null gives the case back to its queue.")})
SEVERITY = Record({"severity": Choice(SEVERITIES, required=True), "reason": Text(300, required=True)})
TAGS = Record({"add": ListOf(Text(40), 20), "remove": ListOf(Text(40), 20)}, any_of=[("add", "remove")])
MOVE = Record({"queue": Text(50, required=True, help="The queue's slug."), "reason": Text(300)})
WAIT = Record(
    {
        "reason": Text(300, required=True, help="For whom: an authority, an expert of a vendor."),
        "until": When(help="When it goes on by itself; thirty days ahead at most, and as long where left out."),
    }
)
GO_ON = Record({})
ELSEWHERE = Record(
    {
        "occurred_at": When(required=True, help="When the submitter was answered, within the last 24 hours."),
        "reason": Text(300, required=True, help="How: a call, another system."),
    }
)
_EDITABLE: dict[str, Shape] = {
    "title": Text(200),
    "surface": Choice(Surface.values),
    "platform": Text(60, change=str.lower),
    "harm": Choice(Harm.values),
    "suspected_policy": Text(40, change=str.upper),
    "market": Market(2),
    "language": Language(12),
}
EDIT = Record(_EDITABLE, any_of=[tuple(_EDITABLE)])
ACK = Record(
    {
        "state": Choice(
            ["received", "accepted", "refused"],
            required=True,
            help="Whether you have it and will say more, or did it, or not.",
        ),
        "foreign_id": Text(200, help="Your own id of what you did; needed with `accepted`."),
        "reason": Text(500, help="Why you will not; needed with `refused`."),
    }
)
