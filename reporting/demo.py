"""The demo's briefs: one that was sent, one that waits for a second person. Made once, when every case of the demo is there."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from audit.models import Event
from core.clock import db_now
from reporting.blocks import Block
from reporting.lifecycle import BlockKind
from reporting.models import Brief
from reporting.operations import briefs
from reporting.selectors import said

HEARD = ("demo.completed",)
AUTHOR, SECOND, ANOTHER = "ravi", "aiko", "marta"


def make_briefs(event: Event) -> None:
    """The outbox's listener `demo_briefs`. Does nothing where there are briefs, or where the demo's people are not."""
    people = {
        user.email.partition("@")[0]: user
        for user in User.objects.filter(
            email__in=[f"{name}@demo.watchfloor.example" for name in (AUTHOR, SECOND, ANOTHER)]
        )
    }
    if len(people) < 3 or Brief.objects.exists():
        return
    at = db_now()
    with transaction.atomic():
        _sent(people[AUTHOR], people[SECOND])
        waiting = briefs.start_brief(
            kind="special",
            title="Northgate: evidence is missing more often",
            surface="",
            classification="confidential",
            language="en",
            by=people[ANOTHER],
            at=at,
            blocks=[
                _words(
                    BlockKind.BLUF,
                    "One vendor leaves out evidence more often. Its leads know; we look again on Friday.",
                ),
                _words(BlockKind.DOING, "We show the form with the missing field to their lead on Wednesday."),
            ],
        )
        briefs.submit(brief_id=waiting.pk, revision=waiting.revision, by=people[ANOTHER], at=at)


def _sent(author: User, second: User) -> None:
    at = db_now()
    made = briefs.start_brief(
        kind="weekly",
        title="The week on the floor",
        surface="",
        classification="internal",
        language="en",
        by=author,
        at=at,
        blocks=[
            _words(
                BlockKind.BLUF,
                "We keep up. More comes in about ads, and one vendor's submissions need a second look. One decision is asked of you.",
            ),
            *(
                said.figure_block(measure=key, period="7", where="", language="en", by=author, at=at)
                for key in said.HOME
            ),
            _words(BlockKind.DOING, "Two people moved to the ads queue until the end of the month."),
            _words(BlockKind.RISK, "A sale at the end of the month brings more scam ads.", owner="Ravi", days=7),
            _words(
                BlockKind.ASK, "May we keep the two people on ads until the sale is over?", owner="Leadership", days=3
            ),
            _words(BlockKind.NEXT, "Next Monday at nine."),
            said.chart_block(measure=said.HOME[0], where="", language="en", by=author, at=at),
        ],
    )
    briefs.submit(brief_id=made.pk, revision=made.revision, by=author, at=at)
    briefs.approve(brief_id=made.pk, number=1, by=second, at=at)
    briefs.send(brief_id=made.pk, by=author, at=at)


def _words(kind: BlockKind, text: str, *, owner: str = "", days: int = 0) -> Block:
    by_on = (db_now() + timedelta(days=days)).date() if days else None
    return Block(briefs.new_block_id(), kind, text=text, owner=owner, by_on=by_on)
