"""Carrying the plan out: each case's whole life through the operations, in one transaction, with the times it had then.

One transaction per case, so that the engine beside never meets a case of the past with its timers still armed.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from PIL import Image, ImageDraw

from accounts.demo import DOMAIN, PASSWORD, PEOPLE
from accounts.models import Organization, ServiceKey, Team, User
from accounts.operations import keys, people
from accounts.roles import VENDOR_ROLES, Role
from audit.models import Event
from audit.recording import record
from escalations import events, permissions
from escalations.demo import appealing, cast, platform, scenes
from escalations.demo.plan import PlannedCase
from escalations.lifecycle import TAKEDOWNS, ApprovalAbout, Channel, Confidence, InvalidReason, OriginalState, Verdict
from escalations.models import Case, Queue, SavedView, Submission
from escalations.operations import (
    approvals,
    cases,
    claims,
    closing,
    clusters,
    comments,
    decisions,
    evidence,
    intake,
    replies,
    routing,
    strikes,
    submission_input,
    timers,
    uploads,
)
from escalations.operations.decisions import Ruling
from escalations.selectors.ladder import rung_of, steps_at
from oncall.models import HolidaySet
from oncall.operations import calendars, feeds
from oncall.selectors.calendars import version_in_force
from policies.models import PolicyVersion
from policies.operations.library import load_library

SHORT = timedelta(minutes=14)  # within a claim lease
PACE = {
    0: timedelta(minutes=26),
    1: timedelta(minutes=108),
}  # of news to the submitter: within the promised 30 and 120 minutes
KEY_SCOPES = ("submissions:write", "submissions:read", "evidence:write", "messages:write", "decisions:read")


@dataclass
class Stage:
    """The people and things the plan is played with, read once."""

    keys: dict[str, ServiceKey] = field(default_factory=dict)
    specialists: dict[int, list[User]] = field(default_factory=dict)  # by team
    lead: User | None = None
    senior: User | None = None
    seconds: list[User] = field(default_factory=list)  # invented colleagues who answer as second persons
    versions: dict[str, list[PolicyVersion]] = field(default_factory=dict)

    def person(self, case: Case, pick: float) -> User:
        """Somebody who may work in the case's queue; for S0 the senior."""
        if case.severity == 0 and self.senior is not None:
            return self.senior
        team = case.queue.team_id
        found = self.specialists.get(team or 0) or next(iter(self.specialists.values()))
        return found[int(pick * len(found)) % len(found)]

    def colleague(self, case: Case, of: User, pick: float) -> User:
        """Another who may work in the case's queue, or the same person where there is none."""
        others = [one for one in self.specialists.get(case.queue.team_id or 0, []) if one.pk != of.pk]
        return others[int(pick * len(others)) % len(others)] if others else of

    def clause(self, key: str, case: Case, at: datetime) -> PolicyVersion | None:
        """The wording that binds the case's market at `at`: its own variant before the general one."""
        holding = [v for v in self.versions.get(key, []) if v.holds_at(at) and v.market in ("", case.market)]
        return max(holding, key=lambda version: len(version.market), default=None)


# -- What this database holds of the demo ------------------------------------------------------------------------------
STARTED, COMPLETED = "demo.started", "demo.completed"  # seed, days, cases, now: what the plan is made of again


def note_start(*, seed: int, days: int, cases: int, now: datetime) -> None:
    """Write down which plan is being carried out, so that a stopped load goes on where it was."""
    data = {"seed": seed, "days": days, "cases": cases, "now": now.isoformat()}
    record(STARTED, subject=Organization.objects.get(kind=Organization.Kind.INTERNAL), by=None, at=now, data=data)


def note_completion(*, at: datetime) -> None:
    """Every case of the plan is there."""
    record(COMPLETED, subject=Organization.objects.get(kind=Organization.Kind.INTERNAL), by=None, at=at)


def unfinished() -> dict[str, Any] | None:
    """What the plan of an unfinished load is made of; None where there is none."""
    if Event.objects.filter(kind=COMPLETED).exists():
        return None
    started = Event.objects.filter(kind=STARTED).order_by("id").last()
    return None if started is None else started.data


def still_missing(planned: Sequence[PlannedCase]) -> list[PlannedCase]:
    """Those whose submissions are not in the database."""
    there = set(Submission.objects.exclude(external_ref="").values_list("external_ref", flat=True))
    return [case for case in planned if payload(case)["external_ref"] not in there]


# -- The stage ---------------------------------------------------------------------------------------------------------
def is_there() -> bool:
    """Whether anybody is in this database already."""
    return User.objects.exists()


def _calendars_with_a_past(at: datetime) -> None:
    """A calendar that was changed once, and days of an uploaded feed that wait for an administrator's review."""
    if HolidaySet.objects.filter(key="dublin-events").exists():
        return
    before = version_in_force("office-dublin", at)
    late = {day: [["09:00", "12:30"], ["13:30", "18:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendars.publish_calendar_version(
        key="office-dublin",
        name="Dublin office hours",
        rules=before.rules | {"weekly": late},
        holiday_sets=[*before.holiday_sets, _hub_days(at)],
        reason="A common lunch break, agreed with the hub",
        by=None,
        at=at,
    )


def _hub_days(at: datetime) -> str:
    """The set of the hub's own closing days, with what was uploaded for it still to be reviewed."""
    feeds.save_feed(key="dublin-events", name="Dublin hub closing days", url="", zone="Europe/Dublin", by=None, at=at)
    days = ((1, 4, "Hub closed: planning day"), (5, 21, "Hub closed: moving house"), (8, 27, "Hub closed: summer day"))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dublin hub//Days//EN"]
    for month, day, name in days:
        date = f"{at.year + 1}{month:02}{day:02}"
        lines += ["BEGIN:VEVENT", f"UID:{date}@hub", f"SUMMARY:{name}", f"DTSTART;VALUE=DATE:{date}", "END:VEVENT"]
    data = "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
    feeds.upload_reading(key="dublin-events", data=data, file_name="dublin-hub.ics", by=None, at=at)
    return "dublin-events"


@transaction.atomic
def build_stage(*, at: datetime) -> None:
    """Organizations, teams, queues, people, keys, policies and routing, as of `at` (aware UTC, before the first case)."""
    internal, _ = Organization.objects.get_or_create(
        kind="internal", defaults={"name": "Watchfloor", "slug": "internal"}
    )
    calendars.ensure_defaults(at=at)
    _calendars_with_a_past(at)
    teams = {}
    for position, row in enumerate(cast.TEAMS):
        team, _ = Team.objects.get_or_create(
            slug=row.slug,
            defaults={
                "organization": internal,
                "name": row.name,
                "hub": row.hub,
                "function": row.function,
                "time_zone": cast.HUBS[row.hub],
            },
        )
        teams[row.slug] = team
        queue, made = Queue.objects.get_or_create(
            slug=row.slug,
            defaults={
                "name": row.queue_name,
                "outward_name": row.outward_name,
                "team": team,
                "position": position,
            },
        )
        if made:
            record(events.QUEUE_CHANGED, subject=queue, by=None, at=at, organization_id=internal.pk)
    routing.ensure_default_queue()
    replies.ensure_first(at=at)
    strikes.ensure_first(at=at)
    approvals.publish_rules(rules=cast.APPROVAL_RULES, note="The first rules", by=None, at=at)
    _people(internal, teams, at)
    _vendors(at)
    load_library(at=at + timedelta(days=90), by=None)
    routing.publish_routing(rules=cast.ROUTING, by=None, at=at, note="The first rules")
    _views(at + timedelta(days=90))  # young enough not to be offered for archive


def _people(internal: Organization, teams: dict[str, Team], at: datetime) -> None:
    """42 people in three hubs: the named ones of the role switcher, and specialists for every team."""
    for person in PEOPLE:
        if person.role in VENDOR_ROLES:
            continue
        mine = [team.pk for slug, team in teams.items() if cast.TEAMS[list(teams).index(slug)].hub == person.hub]
        people.create_person(
            organization=internal,
            person=people.NewPerson(
                email=person.email,
                display_name=person.display_name,
                roles=[person.role],
                team_ids=mine if person.role is Role.SPECIALIST else [],
                time_zone=person.time_zone,
                password=PASSWORD,
            ),
            by=None,
            at=at,
        )
    chance = random.Random(42)
    languages = list(scenes.LANGUAGES)
    for number in range(42 - sum(1 for person in PEOPLE if person.role not in VENDOR_ROLES)):
        row = cast.TEAMS[number % len(cast.TEAMS)]
        first, last = cast.FIRST_NAMES[number], cast.LAST_NAMES[(number * 7) % len(cast.LAST_NAMES)]
        user = people.create_person(
            organization=internal,
            person=people.NewPerson(
                email=f"{first}.{last}{number}@{DOMAIN}".lower(),
                display_name=f"{first} {last}",
                roles=[Role.SENIOR if number in cast.SENIORS else Role.SPECIALIST],
                team_ids=[teams[row.slug].pk],
                time_zone=cast.HUBS[row.hub],
            ),
            by=None,
            at=at,
        )
        spoken = {"en", chance.choice(languages), chance.choice(languages)}
        people.set_skills(
            user=user,
            skills=[("language", code, chance.randint(3, 5), None) for code in sorted(spoken)],
            by=None,
            at=at,
        )


def _vendors(at: datetime) -> None:
    """Five vendors with 36 people and a live and a sandbox key each."""
    visitors = [
        person for person in PEOPLE if person.role in VENDOR_ROLES
    ]  # Northgate's first ones, its lead before the others
    names = iter(cast.LAST_NAMES * 2)
    for index, vendor in enumerate(cast.VENDORS):
        organization, _ = Organization.objects.get_or_create(
            slug=vendor.slug, defaults={"kind": "vendor", "name": vendor.name, "time_zone": vendor.time_zone}
        )
        count = cast.VENDOR_PEOPLE // len(cast.VENDORS) + (1 if index < cast.VENDOR_PEOPLE % len(cast.VENDORS) else 0)
        for number in range(count):
            visitor = visitors[number] if vendor.slug == "northgate" and number < len(visitors) else None
            last = next(names)
            people.create_person(
                organization=organization,
                person=people.NewPerson(
                    email=visitor.email if visitor else f"{last}{number}@{vendor.slug}.example".lower(),
                    display_name=visitor.display_name if visitor else f"{cast.FIRST_NAMES[-1 - number]} {last}",
                    roles=[Role.VENDOR_LEAD if number == 0 else Role.VENDOR_SUBMITTER],
                    time_zone=visitor.time_zone if visitor else vendor.time_zone,
                    password=PASSWORD if visitor else "",
                ),
                by=None,
                at=at,
            )
        for is_sandbox in (False, True):
            keys.create_key(
                organization=organization,
                name=f"{vendor.name} {'sandbox' if is_sandbox else 'reviews'}",
                scopes=KEY_SCOPES,
                is_sandbox=is_sandbox,
                by=None,
                at=at + timedelta(days=85),  # keys live 90 days: these were changed last week
            )


def _views(at: datetime) -> None:
    """Three shared views, owned by the lead."""
    lead = User.objects.get(email=next(p.email for p in PEOPLE if p.role is Role.LEAD))
    views = (
        ("northgate-waiting", "Waiting for Northgate", "is:waiting vendor:northgate"),
        ("ads-scams", "Ads scams", "is:open surface:ads harm:fraud_scam"),
        ("election", "Election", "is:open harm:election_integrity,misinformation"),
    )
    for position, (slug, name, text) in enumerate(views):
        view = SavedView.objects.create(
            slug=slug, name=name, filter_text=text, audience="shared", owner=lead, position=position, created_at=at
        )
        record(events.VIEW_SAVED, subject=view, by=lead, at=at, organization_id=lead.organization_id)


def read_stage() -> Stage:
    """The stage as it stands in the database."""
    stage = Stage()
    for key in ServiceKey.objects.filter(is_sandbox=False).select_related("organization"):
        stage.keys[key.organization.slug] = key
    internal = User.objects.filter(organization__kind="internal", is_active=True).select_related("organization")
    for user in internal.order_by("pk"):
        if Role.LEAD in user.access.roles:
            stage.lead = user
        elif Role.SENIOR in user.access.roles and stage.senior is None:
            stage.senior = user  # the named one, who was made before the others
        elif Role.SENIOR in user.access.roles:
            stage.seconds.append(user)
        elif Role.SPECIALIST in user.access.roles:
            for team_id in user.access.team_ids:
                stage.specialists.setdefault(team_id, []).append(user)
    for version in PolicyVersion.objects.published().select_related("policy"):
        stage.versions.setdefault(version.policy.key, []).append(version)
    return stage


# -- Playing -----------------------------------------------------------------------------------------------------------
def play(planned: Iterable[PlannedCase], stage: Stage, *, now: datetime) -> Iterator[int]:
    """Write each planned case with its life up to `now`; yields how many are done, after each.

    Members of a cluster are merged into its first once all of them are there.
    """
    done = 0
    waiting: dict[int, list[PlannedCase]] = {}
    for case in planned:
        if case.cluster:
            waiting.setdefault(case.cluster, []).append(case)
            continue
        play_one(case, stage, now=now)
        done += 1
        yield done
    for members in waiting.values():
        play_cluster(sorted(members, key=lambda case: case.received_at), stage, now=now)
        done += len(members)
        yield done


@transaction.atomic
def play_one(
    planned: PlannedCase, stage: Stage, *, now: datetime, key: ServiceKey | None = None, by: User | None = None
) -> Case:
    """One case from its arrival to what it is at `now`; sent with `key` or by a person in the portal, else with its vendor's live key."""
    _relax()
    case = _submit(planned, stage, by or key)
    _live(planned, case, stage, now=now)
    _catch_up(case, now)
    if planned.fate == "decided":
        judges = [one for one in (stage.senior, stage.lead) if one is not None]
        appealing.appeal(planned, case, judges, now=now)
    return case


@transaction.atomic
def play_cluster(members: Sequence[PlannedCase], stage: Stage, *, now: datetime) -> None:
    """A wave: everybody's case, merged into the first, which is decided for all of them."""
    _relax()
    made = [_submit(planned, stage) for planned in members]
    first = members[0]
    merged_at = max(planned.received_at for planned in members) + timedelta(minutes=5)
    assert stage.lead is not None
    clusters.merge_cases(
        case_ids=[case.pk for case in made[1:]], target_id=made[0].pk, by=stage.lead, at=min(merged_at, now)
    )
    head = Case.objects.select_related("queue").get(pk=made[0].pk)
    if head.parent_id is not None:  # cases of several organizations get an internal parent
        head = Case.objects.select_related("queue").get(pk=head.parent_id)
    decide_at = min(merged_at + timedelta(minutes=25), now)
    for member in Case.objects.filter(parent=head).order_by("pk")[: decisions.SAMPLE]:
        decisions.view_sample(parent=head, child=member, by=stage.person(head, first.actor), at=decide_at)
    _decide(first, head, stage, claim_at=min(merged_at + timedelta(minutes=2), now), decide_at=decide_at, now=now)


def receive(planned: PlannedCase, stage: Stage) -> Case:
    """Only the arrival of a case, as its vendor's key sends it."""
    return _submit(planned, stage)


def _relax() -> None:
    """A lost second of demo data costs nothing: do not wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _submit(planned: PlannedCase, stage: Stage, sender: ServiceKey | User | None = None) -> Case:
    by = sender or stage.keys[planned.vendor]
    channel = Channel.PORTAL if isinstance(by, User) else Channel.API
    body = payload(planned)
    if picture := _picture(planned):
        upload = uploads.keep_upload(
            chunks=[picture], name="capture.png", claimed_type="image/png", by=by, at=planned.received_at
        )
        body["evidence"].append(
            {
                "upload_id": str(upload.public_id),
                "graphic_tier": planned.scene.tier,
                "note": "Simulated picture, described in words.",
            }
        )
    order = submission_input.read(body, at=planned.received_at)
    return intake.submit(payload=order, by=by, channel=channel, at=planned.received_at).case


def payload(planned: PlannedCase) -> dict[str, Any]:
    """The JSON a vendor would have sent."""
    scene, words = planned.scene, planned.words
    seen = hashlib.sha256(f"{planned.cluster or planned.number}:{scene.clause}".encode()).hexdigest()[:10]
    ident = f"{scene.subject}-{seen}"
    if planned.cluster == 1:  # D2: cards and domains shared by accounts that look unrelated
        ident = f"advertiser-orbix-{planned.number % 9}"
    subjects: list[dict[str, Any]] = [
        {
            "kind": scene.subject,
            "platform": "plaza",
            "id": ident,
            "url": f"https://plaza.example/{scene.subject}/{ident}",
            "created_at": (planned.received_at - timedelta(days=3 + planned.number * 37 % 2900)).isoformat(),
            "followers": planned.views // 40,
            **({"verified": planned.number % 14 == 0} if planned.number % 7 == 0 else {}),
            **({"high_profile": True} if planned.number % 23 == 0 else {}),
            **({"protected": True} if planned.number % 31 == 0 else {}),
        }
    ]
    if planned.cluster == 1:
        subjects.append(
            {"kind": "payment_instrument", "platform": "plaza", "id": f"card-{planned.number % 3}", "role": "asset"}
        )
        subjects.append({"kind": "domain", "id": f"orbix-yield-{planned.number % 5}.example", "role": "asset"})
    items: list[dict[str, Any]] = []
    if planned.story != "D4":
        items.append(
            {
                "url": f"https://plaza.example/{scene.subject}/{ident}/capture",
                "note": "Page as seen.",
                "graphic_tier": scene.tier,
            }
        )
        items.append({"text": f"{words['title']}. Text as posted, in {planned.language}.", "graphic_tier": "G0"})
    return {
        "external_ref": f"{planned.vendor[:2].upper()}-{planned.received_at:%y%m}-{planned.number:05d}",
        "title": words["title"],
        "ask": scene.ask.format(**words),
        "surface": scene.surface,
        "platform": "plaza",
        "harm": scene.harm,
        "suspected_policy": scene.clause,
        "market": planned.market,
        "language": planned.language,
        "severity_inputs": scene.answers.get(planned.severity, {}),
        "subjects": subjects,
        "impact": {"views": planned.views, "spend": planned.spend, "currency": "EUR", "source": "submitter"}
        if planned.spend
        else {"views": planned.views, "source": "submitter"},
        "evidence": items,
        **planned.extra,
    }


def _picture(planned: PlannedCase) -> bytes | None:
    """A flat test picture with a caption, for some of the cases whose material would be graphic: fewer of the past.

    Each is drawn anew by a process of its own, as everything that comes in; for 10,000 past cases that was a fifth of the time.
    """
    every = 3 if planned.fate in ("unclaimed", "assigned", "waiting") else 30
    if planned.scene.tier not in ("G1", "G2", "G3") or planned.number % every:
        return None
    shade = planned.number * 37 % 200
    image = Image.new("RGB", (480, 270), (shade, 90, 200 - shade))
    draw = ImageDraw.Draw(image)
    draw.ellipse((160, 60, 320, 220), fill=(200 - shade, 160, shade))
    draw.text((20, 240), f"SIMULATED - {planned.scene.harm}", fill=(255, 255, 255))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


def _live(planned: PlannedCase, case: Case, stage: Stage, *, now: datetime) -> None:
    at = planned.received_at
    claim_at = min(at + timedelta(seconds=planned.claim_s), now)
    if planned.fate == "unclaimed":
        return
    if planned.fate in ("assigned", "waiting"):
        person = stage.person(case, planned.actor)
        claims.assign_case(case_id=case.pk, assignee=person, by=stage.lead, at=claim_at)
        if planned.story != "D4" and planned.number % 3 == 0:
            found = OriginalState.REMOVED if planned.number % 2 else OriginalState.LIVE
            evidence.note_original(case_id=case.pk, number=1, state=found, by=person, at=claim_at)
        reply_at = min(at + timedelta(seconds=planned.reply_s), now - timedelta(seconds=30))
        _reply(planned, case, person, max(reply_at, claim_at))
        if planned.delay == "handover":
            handed_at = max(reply_at + SHORT, at + (now - at) / 4)
            _keep_told(planned, case, person, since=reply_at, until=handed_at)
            _hand_over(case, stage, person, planned, at=handed_at)
        elif planned.fate == "assigned":
            _keep_told(planned, case, person, since=max(reply_at, claim_at), until=now - SHORT)
        if planned.fate == "waiting":
            question = scenes.QUESTIONS[planned.number % len(scenes.QUESTIONS)]
            asked_at = max(reply_at, claim_at) + timedelta(minutes=1)
            comments.request_info(case_id=case.pk, question=question, by=person, at=min(asked_at, now))
            _catch_up(case, min(asked_at + timedelta(seconds=15), now))
        return
    if planned.fate == "withdrawn":
        closing.withdraw_case(case_id=case.pk, reason="Solved on our side.", by=stage.keys[planned.vendor], at=claim_at)
        return
    if planned.fate == "invalid":
        person = stage.person(case, planned.actor)
        back_at = claim_at + timedelta(seconds=90)
        if planned.story == "D4":  # looked for elsewhere what the submission did not say, until its time was up
            back_at = max(back_at, min(at + timedelta(seconds=planned.end_s), now))
            claims.assign_case(case_id=case.pk, assignee=person, by=stage.lead, at=claim_at)
            _reply(planned, case, person, min(max(claim_at, at + timedelta(seconds=planned.reply_s)), back_at))
        else:
            claims.claim_case(case_id=case.pk, by=person, at=claim_at)
        closing.mark_invalid(
            case_id=case.pk,
            reason=InvalidReason(planned.reason),
            note="Please add the landing page and the text as posted."
            if planned.reason == "missing_evidence"
            else "Please see the guide for what to escalate.",
            by=person,
            at=back_at,
        )
        return
    _decide(planned, case, stage, claim_at=claim_at, decide_at=min(at + timedelta(seconds=planned.end_s), now), now=now)


def _decide(
    planned: PlannedCase, case: Case, stage: Stage, *, claim_at: datetime, decide_at: datetime, now: datetime
) -> None:
    person = stage.person(case, planned.actor)
    spent = decide_at - planned.received_at
    if planned.delay == "late_claim":
        claim_at = max(claim_at, planned.received_at + spent * 0.7)
    if case.assignee_id is None and decide_at - claim_at < SHORT:
        claims.claim_case(case_id=case.pk, by=person, at=claim_at)
    elif case.assignee_id is None:  # longer work than a lease is given to somebody by the lead
        claims.assign_case(case_id=case.pk, assignee=person, by=stage.lead, at=claim_at)
    elif case.assignee_id != person.pk:
        person = User.objects.select_related("organization").get(pk=case.assignee_id)
    reply_at = min(max(claim_at, planned.received_at + timedelta(seconds=planned.reply_s)), decide_at)
    _reply(planned, case, person, reply_at)
    stops_at = decide_at
    if planned.delay == "handover":
        stops_at = max(reply_at + SHORT, planned.received_at + spent * 0.35)
    elif planned.delay == "outside":
        stops_at = max(reply_at + SHORT, planned.received_at + spent * 0.32)
    _keep_told(planned, case, person, since=reply_at, until=stops_at)
    if planned.delay == "handover":
        person = _hand_over(case, stage, person, planned, at=stops_at)
    elif planned.delay == "outside":
        cases.wait_outside(case_id=case.pk, reason=scenes.OUTSIDE, by=person, at=stops_at)
        cases.resume_case(case_id=case.pk, by=person, at=planned.received_at + spent * 0.95)
    ruling = ruling_of(planned, case, stage, person, at=decide_at)
    decision = decisions.decide_case(case_id=case.pk, by=person, at=decide_at, ruling=ruling)
    asked = approvals.open_of(ApprovalAbout.DECISION, decision.pk)
    if asked is not None:
        second = next((one for one in (stage.lead, stage.senior) if one and permissions.can_approve(one, asked)), None)
        if second is not None:  # else it waits, for whoever holds the case's labels
            approvals.answer(
                approval_id=asked.pk, is_yes=True, reason="", by=second, at=decide_at + timedelta(seconds=5)
            )
    effective_at = decide_at + timedelta(seconds=person.undo_s + 1)
    _catch_up(case, effective_at)
    platform.answer_history(case, at=effective_at, now=now)


def _hand_over(case: Case, stage: Stage, person: User, planned: PlannedCase, *, at: datetime) -> User:
    """At the end of a shift the lead gives the case to a colleague, who leaves it lying; answers who has it then."""
    colleague = stage.colleague(case, person, planned.actor)
    if colleague != person:
        claims.assign_case(case_id=case.pk, assignee=colleague, by=stage.lead, at=at)
    return colleague


def ruling_of(planned: PlannedCase, case: Case, stage: Stage, person: User, *, at: datetime) -> Ruling:
    """What the plan has `person` decide at `at` (aware UTC), under the wording that held then."""
    verdict = Verdict(planned.verdict)
    clause = stage.clause(planned.scene.clause, case, at)
    if clause is None or verdict in (Verdict.INSUFFICIENT_INFO, Verdict.POLICY_GAP):
        verdict, clause = (verdict if clause is not None else Verdict.INSUFFICIENT_INFO), None
    return Ruling(
        verdict=verdict,
        clause_id=clause.pk if clause is not None else None,
        elements=[item["key"] for item in clause.elements] if clause is not None and verdict in TAKEDOWNS else [],
        rationale=(lines := scenes.rationales(verdict))[planned.number % len(lines)],
        confidence=Confidence.SURE if planned.actor > 0.8 else Confidence.LIKELY,
        actions=actions_for(case, clause, verdict, viewer=person),
    )


def actions_for(case: Case, clause: PolicyVersion | None, verdict: Verdict, *, viewer: User) -> tuple[str, ...]:
    """The steps of the rung that the case's subject stands on; a restoration restores."""
    if verdict is Verdict.RESTORE:
        return (decisions.RESTORE_ACTION,)
    if clause is None or verdict not in TAKEDOWNS:
        return ()
    return steps_at(case, clause, rung_of(case, clause, viewer=viewer))


def _reply(planned: PlannedCase, case: Case, person: User, at: datetime) -> None:
    if case.channel in (
        Channel.API,
        Channel.PORTAL,
    ):  # the parent of a cluster over several vendors has nobody to reply to
        comments.add_reply(case_id=case.pk, body=scenes.REPLIES[planned.number % len(scenes.REPLIES)], by=person, at=at)
        _catch_up(case, at + timedelta(seconds=person.undo_s + 1))
    if planned.number % 3 == 0:
        note = scenes.NOTES[planned.number % len(scenes.NOTES)]
        comments.add_note(case_id=case.pk, body=note, by=person, at=at + timedelta(seconds=20))


def _keep_told(planned: PlannedCase, case: Case, person: User, *, since: datetime, until: datetime) -> None:
    """News at the pace that the severity owes from the first answer on; every ninth case is forgotten."""
    pace = PACE.get(planned.severity)
    if pace is None or planned.number % 9 == 0 or case.channel not in (Channel.API, Channel.PORTAL):
        return
    at = since + pace
    while at < until:
        comments.add_reply(case_id=case.pk, body=scenes.NEWS[planned.number % len(scenes.NEWS)], by=person, at=at)
        at += pace
        _catch_up(case, min(at, until))


def _catch_up(case: Case, until: datetime) -> None:
    """Fire what of this case was due by `until`, as the engine would have then."""
    timers.fire_of_case(case.pk, until=until)
