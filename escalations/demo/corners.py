"""What stands beside the plan, so that everybody of the role switcher has something to see: restricted cases for the legal
desk, a vendor's practice in the sandbox, decisions that wait for a second person, and what the policy library has to tell.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from accounts.demo import DOMAIN
from accounts.models import Compartment, ServiceKey, User
from accounts.operations import people
from accounts.operations.people import MAX_CLEARANCE
from escalations.demo import policy_stories, seeding
from escalations.demo.plan import PlannedCase, arriving_case
from escalations.demo.seeding import Stage
from escalations.lifecycle import Confidence, Verdict
from escalations.models import BulkAct, Case
from escalations.operations import bulk, cases, claims, comments, decisions, disputes

FIRST_NUMBER = 90_000  # above the plan's, below the simulator's

RESTRICTED = (
    (
        Compartment.LEGAL_PRIVILEGED,
        "Court in Port Ellis asks for an account's records",
        "We were served an order and may not tell the account's owner. Please say what may be handed over and by when.",
        "Counsel reads the order first: nothing is sent before that.",
    ),
    (
        Compartment.LAW_ENFORCEMENT,
        "Valdorian police ask to keep a seller's messages",
        "Preservation request for ninety days. Nothing must be removed meanwhile.",
        "The request names no case number. Asked for it by the usual channel.",
    ),
)
SANDBOX = (
    ("Trying the API: a listing with a copied brand", "decided"),
    ("Trying the API: an ad without a landing page", "unclaimed"),
    ("Trying the API: an account that copies another", "unclaimed"),
)


# What Northgate's submitter sent in the portal: the title, what became of it, how many hours ago.
PORTAL = (
    ("Doctored news clip sells a broker, four ads", "waiting", 3),
    ("Loan offer behind a cloaked redirect", "waiting", 7),
    ("Shop account taken over, new payout account", "assigned", 5),
    ("Bank support is imitated by 14 pages", "unclaimed", 1),
    ("Charity after the flood: the account is new", "decided", 20),
    ("Miracle cure in a paid partnership", "decided", 28),
    ("Battery listing that was recalled", "invalid", 24),
)

# Decisions that wait for a second person: the title, what becomes of it, how many minutes ago it was decided.
SECOND = (
    ("Ticket seller with a million followers took payment twice", Verdict.ACCOUNT_ACTION, 41),
    ("Fund with a licence number of another company", Verdict.REMOVE, 23),
    ("Recalled infant car seat is sold again by a known shop", Verdict.REMOVE, 8),
)

MANY = 120  # cases that a senior wants to tag at once


def add(stage: Stage, *, now: datetime) -> None:
    """All of it, unless an earlier load that was stopped has added them; `now` is the demo's instant (aware UTC)."""
    if not Case.objects.filter(title=RESTRICTED[0][1]).exists():
        add_restricted(stage, now=now)
    if not Case.objects.filter(title=SANDBOX[0][0]).exists():
        add_sandbox(stage, now=now)
    if not Case.objects.filter(title=PORTAL[0][0]).exists():
        add_portal(stage, now=now)
    if not Case.objects.filter(title=SECOND[0][0]).exists():
        add_second_persons(stage, now=now)
    policy_stories.add(now=now)


@transaction.atomic
def add_restricted(stage: Stage, *, now: datetime) -> int:
    """Let the legal desk into its compartments, and give each a case that nobody else sees; answers how many.

    `now` is aware UTC. Records what the operations record.
    """
    desk = User.objects.select_related("organization").get(email=f"aiko@{DOMAIN}")
    cleared_at = now - timedelta(days=1)
    for label, *_ in RESTRICTED:
        people.grant_clearance(
            user=desk, compartment=label, by=None, at=cleared_at, expires_at=cleared_at + MAX_CLEARANCE
        )
    desk = User.objects.select_related("organization").get(pk=desk.pk)  # what a person may do is read once
    for index, (label, title, ask, note) in enumerate(RESTRICTED):
        planned = _case(FIRST_NUMBER + index, now - timedelta(minutes=50 + 25 * index), title, ask)
        case = seeding.receive(planned, stage)
        cases.set_compartments(
            case_id=case.pk, compartments=[label.value], by=desk, at=planned.received_at + timedelta(minutes=2)
        )
        comments.add_note(case_id=case.pk, body=note, by=desk, at=planned.received_at + timedelta(minutes=9))
    return len(RESTRICTED)


@transaction.atomic
def add_sandbox(stage: Stage, *, now: datetime) -> int:
    """What Northgate tried with its sandbox key: one case decided, two that wait; answers how many."""
    key = ServiceKey.objects.select_related("organization").get(organization__slug="northgate", is_sandbox=True)
    for index, (title, fate) in enumerate(SANDBOX):
        number = FIRST_NUMBER + len(RESTRICTED) + index
        planned = _case(number, now - timedelta(minutes=40 - 5 * index), title, "A trial of ours: please ignore it.")
        seeding.play_one(replace(planned, fate=fate, claim_s=60, reply_s=180, end_s=600), stage, now=now, key=key)
    return len(SANDBOX)


@transaction.atomic
def add_portal(stage: Stage, *, now: datetime) -> int:
    """What Northgate's submitter sent in the portal, some of it asked about, some decided; answers how many."""
    sender = User.objects.select_related("organization").get(email=f"camila@{DOMAIN}")
    for index, (title, fate, hours) in enumerate(PORTAL):
        number = FIRST_NUMBER + len(RESTRICTED) + len(SANDBOX) + index
        planned = _case(number, now - timedelta(hours=hours), title, "Please look at it and say what we should do.")
        told = replace(planned, fate=fate, reason="missing_evidence", claim_s=300, reply_s=900, end_s=3600)
        case = seeding.play_one(told, stage, now=now, by=sender)
        if fate == "invalid":
            said = "The recall notice is in item 2: please look again."
            disputes.file_dispute(case_id=case.pk, text=said, by=sender, at=now - timedelta(hours=hours - 2))
    return len(PORTAL)


@transaction.atomic
def add_second_persons(stage: Stage, *, now: datetime) -> int:
    """Decisions whose deciders are not sure and ask for a second person, which nobody has answered; answers how many."""
    first = FIRST_NUMBER + len(RESTRICTED) + len(SANDBOX) + len(PORTAL)
    for index, (title, verdict, minutes) in enumerate(SECOND):
        at = now - timedelta(minutes=minutes)
        planned = replace(_case(first + index, at - timedelta(minutes=30), title, "Please act today."), verdict=verdict)
        case = seeding.receive(planned, stage)
        person = stage.person(case, index / len(SECOND))
        claims.claim_case(case_id=case.pk, by=person, at=at - timedelta(minutes=9))
        ruling = seeding.ruling_of(planned, case, stage, person, at=at)
        unsure = replace(ruling, confidence=Confidence.UNSURE, wants_second=True)
        decisions.decide_case(case_id=case.pk, by=person, at=at, ruling=unsure)
    return len(SECOND)


def add_many(*, now: datetime) -> int:
    """Marta's question whether so many cases may be tagged at once, which nobody has answered; answers how many they are.

    Once the queue is complete: it takes more cases than one person changes alone. `now` is aware UTC. Records `bulk.asked`.
    """
    asker = User.objects.select_related("organization").get(email=f"marta@{DOMAIN}")
    waiting = Case.objects.visible_to(asker).filter(is_open=True, is_sandbox=False, is_practice_for=None)
    chosen = list(waiting.select_related("queue", "organization").order_by("-severity", "pk")[:MANY])
    if len(chosen) <= bulk.ALONE_AT_MOST or BulkAct.objects.exists():
        return 0
    values = {"add": ["weekly-sample"], "remove": []}
    said, note = [("Put on", "weekly-sample")], "The sample for Thursday’s calibration"
    label = f"Changed the tags of {MANY} cases"
    bulk.ask(chosen, "tag", values, label=label, said=said, note=note, by=asker, at=now)
    return len(chosen)


def _case(number: int, at: datetime, title: str, ask: str) -> PlannedCase:
    planned = arriving_case(random.Random(number), at=at, number=number)
    return replace(planned, vendor="northgate", words=planned.words | {"title": title}, extra={"ask": ask})
