"""What makes the demo live: every 20 to 40 seconds one thing that a colleague or a vendor might do (ux.md DEM-2).

Invented colleagues work only on cases that nobody or one of them holds. What one of the people of the role switcher holds,
or anybody looks at just now, is left alone, so that nothing moves under a visitor's hands.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.demo import DOMAIN, PEOPLE, people
from accounts.models import Organization, User
from audit.recording import record
from core.errors import DomainError, NotPermitted
from escalations import events, permissions, presence
from escalations.demo import scenes, seeding
from escalations.demo.plan import arriving_case
from escalations.demo.seeding import Stage
from escalations.lifecycle import TAKEDOWNS, ApprovalState, CaseStatus, Confidence, Verdict, WaitingOn
from escalations.models import Approval, Case, Simulator
from escalations.operations import approvals, claims, comments, decisions
from escalations.operations.decisions import Ruling
from escalations.querysets import CaseQuerySet

LASTS = timedelta(hours=8)
PAUSE_S = (20.0, 40.0)
UNSURE = 0.15  # of the takedowns are asked a second person about
LEFT_TO_VISITORS, SECONDS_FOR_VISITORS = timedelta(minutes=10), 3
CALM_FROM = 330  # open cases; from then on more is finished than comes in
FIRST_NUMBER = 100_000  # of cases that arrive live: above every number of the plan


# -- On and off --------------------------------------------------------------------------------------------------------
def state() -> Simulator | None:
    """The simulator of this database; None where it was never started."""
    return Simulator.objects.select_related("stopped_by").filter(pk=Simulator.ONLY).first()


@transaction.atomic
def start(*, by: User | None, at: datetime) -> Simulator:
    """Let it run for eight hours from `at` (aware UTC). Starting a running one gives it eight hours anew.

    Records `simulator.started`. Raises `NotPermitted` for people outside the team.
    """
    _check(by)
    simulator, _made = Simulator.objects.update_or_create(
        pk=Simulator.ONLY,
        defaults={
            "started_at": at,
            "stops_at": at + LASTS,
            "next_at": at + timedelta(seconds=PAUSE_S[0]),
            "stopped_at": None,
            "stopped_by": None,
            "made": 0,
        },
    )
    _record(events.SIMULATOR_STARTED, simulator, by=by, at=at, data={"until": simulator.stops_at.isoformat()})
    return simulator


@transaction.atomic
def stop(*, by: User | None, at: datetime) -> None:
    """Let nothing more happen by itself. Stopping a stopped one changes nothing.

    Records `simulator.stopped`. Raises `NotPermitted` for people outside the team.
    """
    _check(by)
    simulator = Simulator.objects.select_for_update().filter(pk=Simulator.ONLY, stopped_at=None).first()
    if simulator is None:
        return
    simulator.stopped_at, simulator.stopped_by = at, by
    simulator.save(update_fields=["stopped_at", "stopped_by"])
    _record(events.SIMULATOR_STOPPED, simulator, by=by, at=at, data={})


def start_again(*, at: datetime) -> None:
    """For the start of the product: goes on with a demo that is there, unless a person stopped its simulator."""
    if not people():
        return
    simulator = state()
    if simulator is None or simulator.stopped_by_id is None:
        start(by=None, at=at)


def _check(by: User | None) -> None:
    if by is not None and not by.is_internal:
        raise NotPermitted(_("Only the team starts and stops the simulator."), rule="simulator")


def _record(kind: str, simulator: Simulator, *, by: User | None, at: datetime, data: dict[str, str]) -> None:
    internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
    record(kind, subject=simulator, by=by, at=at, data=data, organization_id=internal.pk)


# -- One turn ----------------------------------------------------------------------------------------------------------
@dataclass
class Turn:
    """What one turn may touch."""

    chance: random.Random
    at: datetime
    stage: Stage
    bots: list[User]
    looked_at: set[int] = field(default_factory=set)

    def cases(self) -> CaseQuerySet:
        """Open cases that a turn may touch: real ones nobody is looking at, S1 to S4, free or a bot's."""
        free = Q(assignee__isnull=True) | Q(assignee__in=self.bots)
        found = Case.objects.filter(free, is_open=True, is_sandbox=False, is_practice_for=None, severity__gte=1)
        return found.exclude(pk__in=self.looked_at).select_related("queue", "organization", "assignee")

    def one(self, cases: CaseQuerySet, *order: str) -> Case | None:
        """One of the first twelve, so that not every turn takes the very first."""
        first = list(cases.order_by(*order, "pk")[:12])
        return self.chance.choice(first) if first else None


def tick(at: datetime) -> str:
    """A job of the engine: do one thing if the simulator runs and its time has come; answers what it did, or nothing.

    `at` is aware UTC. Two engines never act for the same instant: the row is locked first.
    """
    simulator = Simulator.objects.select_for_update(skip_locked=True).filter(pk=Simulator.ONLY, next_at__lte=at).first()
    if simulator is None or not simulator.is_running(at=at):
        return ""
    chance = random.Random(at.timestamp())
    simulator.next_at = at + timedelta(seconds=chance.uniform(*PAUSE_S))
    did = act(chance, at=at)
    simulator.made += bool(did)
    simulator.save(update_fields=["next_at", "made"])
    return did


def turn_at(chance: random.Random, *, at: datetime) -> Turn:
    """What may be touched at `at` (aware UTC), and who is there to do it."""
    named = {person.email for person in PEOPLE}
    stage = seeding.read_stage()
    bots = [
        user
        for group in stage.specialists.values()
        for user in group
        if user.email.endswith(f"@{DOMAIN}") and user.email not in named
    ]
    return Turn(chance, at, stage, bots, set(presence.viewers()))


def act(chance: random.Random, *, at: datetime) -> str:
    """Do one thing: the likeliest first choice that is possible now. Answers what, in words for the command's output."""
    turn = turn_at(chance, at=at)
    if not turn.bots or not turn.stage.keys:
        return ""
    many = Case.objects.filter(is_open=True, is_sandbox=False, is_practice_for=None).count() >= CALM_FROM
    weights: dict[Callable[[Turn], str], int] = {
        _arrive: 2 if many else 5,
        _claim: 4,
        _decide: 6 if many else 4,
        _answer: 2,
        _note: 1,
        _ask: 1,
        _vendor_answers: 3,
        _second: 3,
    }
    doings = list(weights)
    while doings:
        doing = chance.choices(doings, [weights[one] for one in doings])[0]
        doings.remove(doing)
        try:
            with transaction.atomic():
                did = doing(turn)
        except DomainError:  # somebody was quicker, or the case does not allow it: something else then
            continue
        if did:
            return did
    return ""


def _arrive(turn: Turn) -> str:
    number = FIRST_NUMBER + int(turn.at.timestamp()) % 100_000_000
    planned = arriving_case(turn.chance, at=turn.at, number=number)
    case = seeding.receive(planned, turn.stage)
    return f"{case.ref} came in from {planned.vendor}"


def _claim(turn: Turn) -> str:
    """Visitors want something to claim too: a bot takes one only while enough are there."""
    waiting = turn.cases().filter(status=CaseStatus.NEW, assignee=None, snoozed_until=None)
    if waiting.count() < 20:
        return ""
    case = turn.one(waiting, "order_at")
    bot = _worker(turn, case)
    if case is None or bot is None:
        return ""
    claims.claim_case(case_id=case.pk, by=bot, at=turn.at)
    return f"{bot.display_name} claimed {case.ref}"


def _decide(turn: Turn) -> str:
    # What was claimed before what was assigned: a claim's lease ends without its holder's input.
    case = turn.one(
        _held(turn).filter(cluster_size=0, claimed_at__lt=turn.at - timedelta(minutes=1)), "lease_until", "due_at"
    )
    if case is None or case.assignee is None:
        return ""
    clause = turn.stage.clause(case.suspected_policy, case, turn.at)
    if clause is None:
        return ""
    verdict = turn.chance.choice((Verdict.REMOVE, Verdict.NO_VIOLATION))
    if Verdict.ACCOUNT_ACTION in _verdicts_for(case):
        verdict = Verdict.ACCOUNT_ACTION if turn.chance.random() < 0.7 else Verdict.NO_VIOLATION
    ruling = Ruling(
        verdict=verdict,
        clause_id=clause.pk,
        elements=[item["key"] for item in clause.elements] if verdict in TAKEDOWNS else [],
        rationale=turn.chance.choice(scenes.rationales(verdict)),
        confidence=Confidence.LIKELY,
        actions=seeding.actions_for(case, clause, verdict, viewer=case.assignee),
    )
    if verdict in TAKEDOWNS and turn.chance.random() < UNSURE:
        ruling = replace(ruling, confidence=Confidence.UNSURE, wants_second=True)
    decisions.decide_case(case_id=case.pk, by=case.assignee, at=turn.at, ruling=ruling)
    return f"{case.assignee.display_name} decided {case.ref}"


def _second(turn: Turn) -> str:
    """An invented senior answers what waited for a while: visitors want something to answer, too, and have had time to."""
    waiting = Approval.objects.filter(state=ApprovalState.OPEN, asked_by__in=turn.bots)
    if waiting.count() <= SECONDS_FOR_VISITORS:
        return ""
    asked = waiting.filter(asked_at__lt=turn.at - LEFT_TO_VISITORS)
    for approval in (
        asked.exclude(case_id__in=turn.looked_at).select_related("case", "rule").order_by("expires_at")[:12]
    ):
        person = next((one for one in turn.stage.seconds if permissions.can_approve(one, approval)), None)
        if person is None:
            continue
        is_yes = turn.chance.random() < 0.8
        reason = "" if is_yes else "The second element is not shown: please look at the landing page again."
        approvals.answer(approval_id=approval.pk, is_yes=is_yes, reason=reason, by=person, at=turn.at)
        return f"{person.display_name} answered as second person on {approval.case.ref}"
    return ""


def _verdicts_for(case: Case) -> set[str]:
    return {verdict for scene in scenes.SCENES if scene.clause == case.suspected_policy for verdict in scene.verdicts}


def _answer(turn: Turn) -> str:
    case = turn.one(_held(turn).filter(first_response_at=None, organization__kind="vendor"), "due_at")
    if case is None or case.assignee is None:
        return ""
    comments.add_reply(case_id=case.pk, body=turn.chance.choice(scenes.REPLIES), by=case.assignee, at=turn.at)
    return f"{case.assignee.display_name} answered on {case.ref}"


def _note(turn: Turn) -> str:
    case = turn.one(_held(turn), "-updated_at")
    if case is None or case.assignee is None:
        return ""
    comments.add_note(case_id=case.pk, body=turn.chance.choice(scenes.NOTES), by=case.assignee, at=turn.at)
    return f"{case.assignee.display_name} wrote a note on {case.ref}"


def _ask(turn: Turn) -> str:
    case = turn.one(_held(turn).filter(organization__kind="vendor", severity__gte=2), "-claimed_at")
    if case is None or case.assignee is None:
        return ""
    comments.request_info(case_id=case.pk, question=turn.chance.choice(scenes.QUESTIONS), by=case.assignee, at=turn.at)
    return f"{case.assignee.display_name} asked the submitter of {case.ref}"


def _vendor_answers(turn: Turn) -> str:
    waiting = turn.cases().filter(status=CaseStatus.WAITING, waiting_on=WaitingOn.SUBMITTER)
    case = turn.one(waiting, "updated_at")
    key = turn.stage.keys.get(case.organization.slug) if case is not None else None
    if case is None or key is None:
        return ""
    comments.message_from_submitter(case_id=case.pk, body=turn.chance.choice(ANSWERS), by=key, at=turn.at)
    return f"{case.organization.name} answered on {case.ref}"


ANSWERS = (
    "Here is what you asked for: the page looked the same an hour ago.",
    "We checked again. It was seen in one market only.",
    "The original text is in the evidence now, with our translation.",
)


def _held(turn: Turn) -> CaseQuerySet:
    """What the bots hold and work on."""
    return turn.cases().filter(status=CaseStatus.IN_REVIEW, assignee__in=turn.bots)


def _worker(turn: Turn, case: Case | None) -> User | None:
    """A bot of the case's team."""
    if case is None:
        return None
    named = {bot.pk for bot in turn.bots}
    team = [user for user in turn.stage.specialists.get(case.queue.team_id or 0, []) if user.pk in named]
    return turn.chance.choice(team) if team else None
