"""Briefs: written, put up, approved by somebody else, sent, written on, withdrawn; and who gets them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotFound, StaleRevision
from core.shapes import is_blank
from policies.lifecycle import SURFACE_LABELS
from policies.models import Gap
from reporting import blocks as of_blocks
from reporting import events, permissions
from reporting.blocks import Block, Source
from reporting.lifecycle import (
    BLOCKS_MOST,
    BLUF_MOST,
    BRIEF_TRANSITIONS,
    FIGURES_MOST,
    ONLY_ONE,
    WORDS_MOST,
    WRITTEN,
    BlockKind,
    BriefCadence,
    BriefKind,
    BriefState,
    Classification,
    Region,
)
from reporting.models import Brief, BriefSubscription, BriefVersion, Mailing

TITLE_MOST, NOTE_MOST = 120, 500
EARLY = time(8, 0)  # when digests of briefs arrive, in the reader's zone


class BriefNotOpen(DomainError):
    """The brief is not in the state that this needs."""

    code = "brief_not_open"
    title = "The brief is not in a state for this"


# -- Writing -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def start_brief(
    *,
    kind: str,
    title: str,
    surface: str,
    classification: str,
    language: str,
    by: User,
    at: datetime,
    region: str = "",
    blocks: Iterable[Block] = (),
) -> Brief:
    """Begin a brief, with blocks to start from or without. `at` aware UTC. Records `brief.started`. Raises `NotPermitted`, `Invalid`."""
    permissions.check_can_write_briefs(by)
    title = " ".join(title.split())
    problems = _head_problems(kind, title, surface, region, classification)
    if problems:
        raise Invalid(errors=problems)
    brief = Brief.objects.create(
        organization_id=by.organization_id,
        kind=kind,
        title=title,
        surface=surface,
        region=region,
        classification=classification,
        language=language,
        author=by,
        blocks=[of_blocks.keep(block) for block in blocks],
        created_at=at,
        changed_at=at,
    )
    record(events.BRIEF_STARTED, subject=brief, by=by, at=at, data={"user_id": by.pk})
    return brief


@transaction.atomic
def write(
    *,
    brief_id: int,
    revision: int,
    by: User,
    at: datetime,
    head: Mapping[str, str] | None = None,
    texts: Mapping[str, of_blocks.Written] | None = None,
    remove: str = "",
) -> Brief:
    """Keep what was typed: `head` (title, surface, region, classification), `texts` by block id; then `remove` a block. `at` aware UTC.

    Locks the brief. Records `brief.changed`. Raises `NotPermitted`, `BriefNotOpen`, `StaleRevision`, `Invalid`.
    """
    brief = _open(brief_id, by, revision)
    problems: list[FieldProblem] = []
    if head is not None:
        title = " ".join(head.get("title", "").split())
        brief.title, brief.surface, brief.region = title, head.get("surface", ""), head.get("region", "")
        brief.classification = head.get("classification", "")
        problems += _head_problems(brief.kind, title, brief.surface, brief.region, brief.classification)
    kept = []
    for block in of_blocks.read(brief.blocks):
        typed = (texts or {}).get(block.id)
        if typed is not None:
            problems += _text_problems(block.id, typed)
            block = replace(block, text=typed.text.strip(), owner=" ".join(typed.owner.split()), by_on=typed.by_on)
        if block.id != remove:
            kept.append(block)
    if problems:
        raise Invalid(errors=problems)
    return _keep(brief, kept, by=by, at=at)


@transaction.atomic
def add_block(*, brief_id: int, revision: int, block: Block, by: User, at: datetime) -> Brief:
    """Add a block at its place. What it says of live objects must be from the adder's own reading; `at` aware UTC.

    Locks the brief. Records `brief.changed`. Raises `NotPermitted`, `BriefNotOpen`, `StaleRevision`, `Invalid` (too many).
    """
    brief = _open(brief_id, by, revision)
    there = of_blocks.read(brief.blocks)
    same = [one for one in there if one.kind == block.kind]
    if len(there) >= BLOCKS_MOST:
        raise Invalid(_("A brief has at most %(n)d parts: remove one first.") % {"n": BLOCKS_MOST}, code="too_many")
    if block.kind in ONLY_ONE and same:
        raise Invalid(
            _("There is one “%(part)s” already: change that one.") % {"part": block.kind.label}, code="too_many"
        )
    if block.kind == BlockKind.FIGURE and len(same) >= FIGURES_MOST:
        raise Invalid(_("At most %(n)d figures: nobody keeps more in mind.") % {"n": FIGURES_MOST}, code="too_many")
    return _keep(brief, [*there, replace(block, id=new_block_id())], by=by, at=at)


def gap_block(*, gap_id: int, by: User, at: datetime) -> Block:
    """A policy gap as a block, as it stands now. Raises `NotFound`; `Invalid` for one that a label guards: briefs are read by many."""
    gap = Gap.objects.visible_to(by).filter(pk=gap_id).first()
    if gap is None:
        raise NotFound
    if gap.compartments:
        raise Invalid(_("This question is restricted: it cannot stand in a brief."), code="restricted")
    source = Source(gap.ref, gap.get_absolute_url(), is_restricted=True)
    return Block(new_block_id(), BlockKind.GAP, text=gap.question, by_on=gap.target_on, as_of=at, source=source)


def written_block(kind: str) -> Block:
    """An empty block for a person's words. Raises `Invalid` for a kind that is not written."""
    if kind not in WRITTEN:
        raise Invalid(
            errors=[FieldProblem("/kind", "not_a_choice", _("Choose a part from the list."))], code="not_a_choice"
        )
    return Block(new_block_id(), BlockKind(kind))


def new_block_id() -> str:
    """A short name for a block, unlike the others of its brief."""
    return secrets.token_hex(4)


# -- Putting up, approving, sending ------------------------------------------------------------------------------------
@transaction.atomic
def submit(*, brief_id: int, revision: int, by: User, at: datetime) -> BriefVersion:
    """Put the brief up for approval as a version that never changes. `at` aware UTC.

    Locks the brief. Records `brief.submitted`. Raises `NotPermitted`, `BriefNotOpen`, `StaleRevision`, `Invalid` with every reason
    (no bottom line, too long, a part without words).
    """
    brief = _open(brief_id, by, revision)
    there = of_blocks.ordered(of_blocks.read(brief.blocks))
    problems = unfinished(there)
    if problems:
        raise Invalid(errors=problems)
    length = of_blocks.measure(there, brief.language)
    newest = brief.versions.order_by("-number").first()
    version = BriefVersion.objects.create(
        organization_id=brief.organization_id,
        brief=brief,
        number=newest.number + 1 if newest is not None else 1,
        title=brief.title,
        classification=brief.classification,
        blocks=[of_blocks.keep(block) for block in there],
        words=length.words,
        as_of=of_blocks.as_of(there, at),
        submitted_by=by,
        submitted_at=at,
    )
    _move(brief, BriefState.IN_REVIEW, at)
    data = {"version": version.number, "words": length.words}
    record(events.BRIEF_SUBMITTED, subject=brief, by=by, at=at, data=data)
    return version


def unfinished(there: Iterable[Block]) -> list[FieldProblem]:
    """What keeps these blocks from being put up."""
    there = list(there)
    problems = []
    if not any(block.kind == BlockKind.BLUF for block in there):
        problems.append(FieldProblem("/blocks", "required", _("Say the bottom line first: add that part.")))
    for block in there:
        if block.kind in WRITTEN and is_blank(block.text):
            problems.append(
                FieldProblem(f"/{block.id}", "required", _("“%(part)s” is empty.") % {"part": block.kind.label})
            )
        if block.kind == BlockKind.ASK and not (block.owner and block.by_on):
            problems.append(FieldProblem(f"/{block.id}", "required", _("Say who is to decide, and by when.")))
    length = of_blocks.measure(there, "")
    if length.bluf_words > BLUF_MOST:
        over = {"n": length.bluf_words, "most": BLUF_MOST}
        problems.append(
            FieldProblem("/bluf", "too_long", _("The bottom line has %(n)d words; at most %(most)d.") % over)
        )
    if length.words > WORDS_MOST:
        over = {"n": length.words, "most": WORDS_MOST}
        problems.append(FieldProblem("/blocks", "too_long", _("The brief has %(n)d words; at most %(most)d.") % over))
    return problems


@transaction.atomic
def approve(*, brief_id: int, number: int, by: User, at: datetime) -> BriefVersion:
    """Approve the version that waits: by somebody who neither wrote the brief nor put it up. `at` aware UTC.

    Locks the brief. Records `brief.approved`. Raises `NotPermitted`, `BriefNotOpen`.
    """
    brief, version = _waiting(brief_id, number)
    permissions.check_can_approve(by, version)
    version.approved_by, version.approved_at = by, at
    version.save(update_fields=["approved_by", "approved_at"])
    _move(brief, BriefState.APPROVED, at)
    data = {"version": version.number, "user_id": version.submitted_by_id}
    record(events.BRIEF_APPROVED, subject=brief, by=by, at=at, data=data)
    return version


@transaction.atomic
def give_back(*, brief_id: int, number: int, note: str, by: User, at: datetime) -> BriefVersion:
    """Give the version that waits back to its author, saying why. `at` aware UTC.

    Locks the brief. Records `brief.returned`. Raises `NotPermitted`, `BriefNotOpen`, `Invalid` (no reason).
    """
    brief, version = _waiting(brief_id, number)
    permissions.check_can_approve(by, version)
    note = note.strip()
    if is_blank(note) or len(note) > NOTE_MOST:
        raise Invalid(
            errors=[
                FieldProblem(
                    "/note", "required", _("Say in at most %(n)d characters what is to change.") % {"n": NOTE_MOST}
                )
            ]
        )
    version.returned_by, version.returned_at, version.return_note = by, at, note
    version.save(update_fields=["returned_by", "returned_at", "return_note"])
    _move(brief, BriefState.DRAFT, at)
    data = {"version": version.number, "user_id": version.submitted_by_id}
    record(events.BRIEF_RETURNED, subject=brief, by=by, at=at, data=data)
    return version


@transaction.atomic
def send(*, brief_id: int, by: User, at: datetime) -> BriefVersion:
    """Send the approved version to whoever subscribed, each at their time; it overtakes the one before. `at` aware UTC.

    Locks the brief. Records `brief.sent`; the engine makes and mails each copy with what its receiver may read then.
    Raises `NotPermitted`, `BriefNotOpen`.
    """
    permissions.check_can_write_briefs(by)
    brief = _locked(brief_id)
    version = brief.versions.order_by("-number").first()
    if brief.state != BriefState.APPROVED or version is None or version.approved_at is None:
        raise BriefNotOpen(_("It is not approved: somebody else has to approve it first."))
    BriefVersion.objects.filter(brief=brief, sent_at__isnull=False, superseded_at__isnull=True).update(superseded_at=at)
    version.sent_by, version.sent_at = by, at
    version.save(update_fields=["sent_by", "sent_at"])
    _move(brief, BriefState.SENT, at)
    mailings = _mailings(brief, version, at)
    Mailing.objects.bulk_create(mailings, ignore_conflicts=True)
    data = {"version": version.number, "readers": len(mailings)}
    record(events.BRIEF_SENT, subject=brief, by=by, at=at, data=data)
    return version


def _mailings(brief: Brief, version: BriefVersion, at: datetime) -> list[Mailing]:
    """One copy for each reader: of several subscriptions that fit, the one that says most of what it is about."""
    found: dict[int, BriefSubscription] = {}
    wanted = BriefSubscription.objects.select_related("user").filter(user__is_active=True)
    wanted = wanted.filter(surface__in={"", brief.surface}, region__in={"", brief.region})
    for subscription in wanted.order_by("surface", "region"):
        found[subscription.user_id] = subscription
    return [
        Mailing(
            organization_id=subscription.user.organization_id,
            user=subscription.user,
            version=version,
            is_forward_safe=subscription.is_forward_safe,
            slot_at=(slot := next_slot(subscription.cadence, subscription.user.time_zone, at=at)),
            next_at=slot,
            created_at=at,
        )
        for subscription in found.values()
    ]


def next_slot(cadence: str, zone: str, *, at: datetime) -> datetime:
    """When a subscriber of this cadence gets what is sent at `at` (both aware UTC), by the clock of their zone (IANA)."""
    if cadence == BriefCadence.AT_ONCE:
        return at
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=1 if local.time() >= EARLY else 0)
    if cadence == BriefCadence.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    return datetime.combine(day, EARLY, ZoneInfo(zone)).astimezone(at.tzinfo)


@transaction.atomic
def revise(*, brief_id: int, by: User, at: datetime) -> Brief:
    """Write on a brief that was approved or sent: what was sent stays readable until the next version is. `at` aware UTC.

    Locks the brief. Records `brief.revised`. Raises `NotPermitted`, `BriefNotOpen`.
    """
    permissions.check_can_write_briefs(by)
    brief = _locked(brief_id)
    if brief.state not in (BriefState.APPROVED, BriefState.SENT):
        raise BriefNotOpen(_("Only an approved or sent brief is revised."))
    number = brief.versions.count()
    _move(brief, BriefState.DRAFT, at)
    record(events.BRIEF_REVISED, subject=brief, by=by, at=at, data={"version": number})
    return brief


@transaction.atomic
def withdraw(*, brief_id: int, by: User, at: datetime) -> Brief:
    """Take a brief back: readers no longer find it, and copies that wait are not sent. `at` aware UTC.

    Locks the brief. Records `brief.withdrawn`. Raises `NotPermitted`, `BriefNotOpen`.
    """
    brief = _locked(brief_id)
    permissions.check_can_withdraw(by, brief)
    if BriefState.WITHDRAWN not in BRIEF_TRANSITIONS[BriefState(brief.state)]:
        raise BriefNotOpen(_("It was withdrawn already."))
    _move(brief, BriefState.WITHDRAWN, at)
    record(events.BRIEF_WITHDRAWN, subject=brief, by=by, at=at)
    return brief


# -- Subscriptions -----------------------------------------------------------------------------------------------------
@transaction.atomic
def subscribe(
    *, surface: str, cadence: str, is_forward_safe: bool, by: User, at: datetime, region: str = ""
) -> BriefSubscription:
    """Have briefs of one surface and region ("" for all) mailed to oneself. A second time changes the first. `at` aware UTC.

    Records `brief_subscription.set`. Raises `NotPermitted`, `Invalid`.
    """
    permissions.check_can_read_briefs(by)
    problems = []
    if surface and surface not in SURFACE_LABELS:
        problems.append(FieldProblem("/surface", "not_a_choice", _("Choose a surface from the list.")))
    problems += _region_problems(region)
    if cadence not in BriefCadence.values:
        problems.append(FieldProblem("/cadence", "not_a_choice", _("Choose when from the list.")))
    if problems:
        raise Invalid(errors=problems)
    subscription, _made = BriefSubscription.objects.update_or_create(
        user=by,
        surface=surface,
        region=region,
        defaults={"cadence": cadence, "is_forward_safe": is_forward_safe},
        create_defaults={
            "organization_id": by.organization_id,
            "cadence": cadence,
            "is_forward_safe": is_forward_safe,
            "created_at": at,
        },
    )
    data = {"cadence": cadence, "surface": surface, "region": region, "forward_safe": is_forward_safe}
    record(events.BRIEF_SUBSCRIBED, subject=subscription, by=by, at=at, data=data)
    return subscription


@transaction.atomic
def unsubscribe(*, subscription_id: int, by: User, at: datetime) -> None:
    """Get no more of these briefs. `at` aware UTC. Records `brief_subscription.removed`. Raises `NotFound` for another's."""
    subscription = BriefSubscription.objects.filter(pk=subscription_id, user=by).first()
    if subscription is None:
        raise NotFound
    record(events.BRIEF_UNSUBSCRIBED, subject=subscription, by=by, at=at)
    subscription.delete()


# -- Small parts -------------------------------------------------------------------------------------------------------
def _locked(brief_id: int) -> Brief:
    return Brief.objects.select_for_update(of=("self",)).get(pk=brief_id)


def _open(brief_id: int, by: User, revision: int) -> Brief:
    permissions.check_can_write_briefs(by)
    brief = _locked(brief_id)
    if brief.state != BriefState.DRAFT:
        raise BriefNotOpen(_("It is not a draft: revise it to write on."))
    if brief.revision != revision:
        raise StaleRevision(
            _("Somebody changed the brief since you opened it. Your words are below: look at theirs, then save again."),
            current=brief.revision,
            given=revision,
        )
    return brief


def _waiting(brief_id: int, number: int) -> tuple[Brief, BriefVersion]:
    brief = _locked(brief_id)
    version = brief.versions.select_related("brief").filter(number=number).first()
    if brief.state != BriefState.IN_REVIEW or version is None or version.approved_at or version.returned_at:
        raise BriefNotOpen(_("This version does not wait for approval any more."))
    return brief, version


def _move(brief: Brief, state: BriefState, at: datetime) -> None:
    if state not in BRIEF_TRANSITIONS[BriefState(brief.state)]:
        raise BriefNotOpen(_("The brief is not in a state for this."))
    brief.state, brief.changed_at = state, at
    brief.revision += 1
    brief.save(update_fields=["state", "changed_at", "revision"])


def _keep(brief: Brief, there: Iterable[Block], *, by: User, at: datetime) -> Brief:
    brief.blocks = [of_blocks.keep(block) for block in there]
    brief.changed_at = at
    brief.revision += 1
    brief.save(update_fields=["title", "surface", "region", "classification", "blocks", "changed_at", "revision"])
    kinds: list[Any] = [block["kind"] for block in brief.blocks]
    record(events.BRIEF_CHANGED, subject=brief, by=by, at=at, data={"blocks": kinds})
    return brief


def _head_problems(kind: str, title: str, surface: str, region: str, classification: str) -> list[FieldProblem]:
    problems = []
    if is_blank(title) or len(title) > TITLE_MOST:
        problems.append(
            FieldProblem("/title", "required", _("Give a title of at most %(n)d characters.") % {"n": TITLE_MOST})
        )
    if kind not in BriefKind.values:
        problems.append(FieldProblem("/kind", "not_a_choice", _("Choose a kind from the list.")))
    if surface and surface not in SURFACE_LABELS:
        problems.append(FieldProblem("/surface", "not_a_choice", _("Choose a surface from the list.")))
    problems += _region_problems(region)
    if classification not in Classification.values:
        problems.append(FieldProblem("/classification", "not_a_choice", _("Choose a classification from the list.")))
    return problems


def _region_problems(region: str) -> list[FieldProblem]:
    if not region or region in Region.values:
        return []
    return [FieldProblem("/region", "not_a_choice", _("Choose a region from the list."))]


def _text_problems(block_id: str, typed: of_blocks.Written) -> list[FieldProblem]:
    problems = list(typed.problems)
    if len(typed.text) > of_blocks.TEXT_MOST:
        detail = _("This part has more than %(n)d characters.") % {"n": of_blocks.TEXT_MOST}
        problems.append(FieldProblem(f"/{block_id}", "too_long", detail))
    if len(typed.owner) > of_blocks.OWNER_MOST:
        detail = _("The name has more than %(n)d characters.") % {"n": of_blocks.OWNER_MOST}
        problems.append(FieldProblem(f"/{block_id}", "too_long", detail))
    if typed.by_on is not None and not date(2000, 1, 1) <= typed.by_on < date(2100, 1, 1):
        problems.append(FieldProblem(f"/{block_id}", "out_of_range", _("The date must lie between 2000 and 2100.")))
    return problems
