"""The demo's briefs (one sent, one that waits for a second person), what was agreed with its vendors, examples that one of them
has yet to read, and what a vendor's own reviewers decided.

Made once, when every case of the demo is there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Organization, User
from audit.models import Event
from core.clock import db_now
from escalations.lifecycle import InvalidReason, Resolution
from escalations.models import Case, Decision
from reporting.blocks import Block
from reporting.lifecycle import BlockKind, ReviewDecision
from reporting.models import Brief, ContractTarget, VendorReview
from reporting.operations import briefs, coaching, contracts, vendor_reviews
from reporting.selectors import said

HEARD = ("demo.completed",)
AUTHOR, SECOND, ANOTHER = "ravi", "aiko", "marta"
REVIEWING = "northgate"
# What every vendor's contract says, in the measures' units, and where.
AGREED = {
    "attainment_r": 0.95,
    "acceptance": 0.9,
    "complete_share": 0.9,
    "duplicate_rate": 0.2,
    "answer_time_p50": 24 * 3600.0,
}
_CONTRACT, _AGREED_FOR = "Services agreement, schedule 4", timedelta(days=180)
_DAYS, _CASES, _OTHERS = 56, 300, 420  # of decisions: how far back, how many led to a case, how many did not
_CLAUSES = ("AD-FR-2.1", "AD-FR-2.1", "SPAM-1.2", "VIO-3.1", "")


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


def agree_with_vendors(event: Event) -> None:
    """The outbox's listener `demo_vendors`: targets of every vendor, and examples for one of them that its lead has yet to read.

    Does nothing where something was agreed already, or where who agrees is not there.
    """
    by = User.objects.filter(email=f"{AUTHOR}@demo.watchfloor.example").first()
    if by is None or ContractTarget.objects.exists():
        return
    at = db_now()
    with transaction.atomic():
        for vendor in Organization.objects.filter(kind=Organization.Kind.VENDOR).order_by("id"):
            for measure, value in AGREED.items():
                contracts.set_target(
                    vendor=vendor,
                    measure=measure,
                    value=value,
                    starts_on=(at - _AGREED_FOR).date(),
                    note=_CONTRACT,
                    by=by,
                    at=at,
                )
        returned = Event.objects.filter(kind="case.rejected", data__reason=InvalidReason.MISSING_EVIDENCE)
        refs = list(
            Case.objects.visible_to(by)
            .filter(
                organization__slug=REVIEWING,
                organization__kind=Organization.Kind.VENDOR,
                surface="ads",
                resolution=Resolution.INVALID,
                is_sandbox=False,
                pk__in=returned.values("subject_id"),
            )
            .order_by("-closed_at", "-id")
            .values_list("ref", flat=True)[:4]
        )
        if refs:
            coaching.share(
                vendor=Organization.objects.get(slug=REVIEWING),
                reason=InvalidReason.MISSING_EVIDENCE,
                title="Ads without their landing page",
                message="The night shift's template for ads lost its landing-page field. Add the page the ad leads to and the time in UTC.",
                refs=refs,
                by=by,
                at=at,
            )


def bring_reviews(event: Event) -> None:
    """The outbox's listener `demo_reviews`: eight weeks of one vendor's own decisions, some of which we decided otherwise.

    Does nothing where there are such decisions, or where the vendor or who brings them in is not there.
    """
    vendor = Organization.objects.filter(slug=REVIEWING, kind=Organization.Kind.VENDOR).first()
    by = User.objects.filter(email=f"{AUTHOR}@demo.watchfloor.example").first()
    if vendor is None or by is None or VendorReview.objects.exists():
        return
    at = db_now()
    since = at - timedelta(days=_DAYS - 1)
    cases = list(
        Case.objects.filter(organization=vendor, is_sandbox=False, received_at__gte=since)
        .order_by("-received_at", "-id")
        .values_list("id", "ref", "received_at")[:_CASES]
    )
    ours = dict(
        # Not the facts: they follow the log, and may not be as far when this is heard.
        Decision.objects.filter(case_id__in=[case_id for case_id, _ref, _at in cases], effective_at__isnull=False)
        .order_by("effective_at", "id")
        .values_list("case_id", "verdict")
    )
    rows = [
        _review(number, _theirs(number, ours.get(case_id, "")), received_at - timedelta(minutes=20 + number % 40), ref)
        for number, (case_id, ref, received_at) in enumerate(cases)
    ]
    for number in range(_OTHERS):
        decision = ReviewDecision.REMOVE if number % 3 else ReviewDecision.NO_VIOLATION
        rows.append(_review(_CASES + number, decision, since + timedelta(hours=3 * number), ""))
    vendor_reviews.bring(
        given=list(enumerate(rows, start=2)),  # as a spreadsheet counts
        name="northgate-reviews.csv",
        vendor=vendor,
        is_try=False,
        by=by,
        at=at,
    )


def _theirs(number: int, ours: str) -> ReviewDecision:
    """What the vendor's reviewer had said: a third were sent on; of the others, every sixth is not as we decided."""
    if number % 3 == 0 or not ours:
        return ReviewDecision.ESCALATED
    same = {"restore": ReviewDecision.NO_VIOLATION}.get(ours) or (
        ReviewDecision(ours) if ours in ReviewDecision.values else ReviewDecision.ESCALATED
    )
    if number % 6 != 1:
        return same
    return ReviewDecision.REMOVE if same is ReviewDecision.NO_VIOLATION else ReviewDecision.NO_VIOLATION


def _review(number: int, decision: ReviewDecision, decided_at: datetime, escalation: str) -> dict[str, object]:
    """A row as a call sends it."""
    row: dict[str, object] = {
        "external_id": f"NG-R-{10_000 + number}",
        "kind": "content" if number % 4 == 0 else "ad",
        "item": f"ng-item-{70_000 + number}",
        "reviewer": f"ng-reviewer-{number % 12 + 1:02}",
        "decision": decision.value,
        "decided_at": decided_at.isoformat(),
        "handle_s": 45 + number * 37 % 160,
    }
    clause = _CLAUSES[number % len(_CLAUSES)]
    return row | ({"clause": clause} if clause else {}) | ({"escalation": escalation} if escalation else {})


def _words(kind: BlockKind, text: str, *, owner: str = "", days: int = 0) -> Block:
    by_on = (db_now() + timedelta(days=days)).date() if days else None
    return Block(briefs.new_block_id(), kind, text=text, owner=owner, by_on=by_on)
