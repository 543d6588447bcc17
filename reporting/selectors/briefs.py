"""Reads for the pages of briefs: the executive home, one brief, what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action, Reach
from policies.lifecycle import SURFACE_LABELS
from policies.models import Gap
from policies.permissions import can_read_library
from reporting import blocks as of_blocks
from reporting import permissions
from reporting.blocks import Block
from reporting.lifecycle import BlockKind, BriefState
from reporting.models import Brief, BriefVersion

CURRENT_MOST, LIST_MOST = 12, 100


@dataclass(frozen=True)
class Said:
    """A block of a current brief, with the version that says it."""

    version: BriefVersion
    block: Block


@dataclass(frozen=True)
class Home:
    """What leadership sees first (ux.md BRI-1): the newest brief whole, of the others the bottom line, open asks, risks."""

    newest: BriefVersion | None
    newest_blocks: Sequence[Block]
    others: Sequence[tuple[BriefVersion, str]]
    asks: Sequence[Said]
    risks: Sequence[Said]
    waiting: Sequence[BriefVersion]
    drafts: Sequence[Brief]


def home(user: User, *, at: datetime) -> Home:
    """The executive home of `user` at `at` (aware UTC). Asks whose day has passed stay until a newer brief is sent."""
    current = list(
        BriefVersion.objects.visible_to(user)
        .current()
        .select_related("brief", "submitted_by", "approved_by")
        .order_by("-sent_at", "-id")[:CURRENT_MOST]
    )
    read = [(version, of_blocks.ordered(of_blocks.read(version.blocks))) for version in current]
    asks = [Said(version, block) for version, there in read for block in there if block.kind == BlockKind.ASK]
    risks = [Said(version, block) for version, there in read for block in there if block.kind == BlockKind.RISK]
    return Home(
        newest=current[0] if current else None,
        newest_blocks=for_reader(read[0][1], user) if read else [],
        others=[(version, bottom_line(there)) for version, there in read[1:]],
        asks=sorted(asks, key=lambda said: (said.block.by_on is None, said.block.by_on, -said.version.pk))[:8],
        risks=risks[:5],
        waiting=waiting_for(user),
        drafts=drafts_of(user),
    )


def for_reader(there: Sequence[Block], user: User) -> list[Block]:
    """The blocks with links only to what this reader's role opens; names of sources stay, since briefs are read by many."""
    opens = {
        "/q/": user.reach(Action.CASE_READ) is not Reach.NO,
        "/policies/": can_read_library(user),
    }
    return [
        replace(block, source=replace(block.source, path=""))
        if block.source is not None
        and not next((may for begin, may in opens.items() if block.source.path.startswith(begin)), True)
        else block
        for block in there
    ]


def bottom_line(there: Sequence[Block]) -> str:
    """What a brief says first."""
    return next((block.text for block in there if block.kind == BlockKind.BLUF), "")


def waiting_for(user: User) -> list[BriefVersion]:
    """Versions that `user` may approve or give back, oldest first."""
    if not can(user, Action.BRIEF_APPROVE):
        return []
    found = (
        BriefVersion.objects.visible_to(user)
        .filter(brief__state=BriefState.IN_REVIEW, approved_at__isnull=True, returned_at__isnull=True)
        .select_related("brief", "submitted_by")
        .order_by("submitted_at", "id")
    )
    return [version for version in found if permissions.can_approve(user, version)]


def drafts_of(user: User) -> list[Brief]:
    """What `user` writes on or may send, newest first."""
    if not permissions.can_write_briefs(user):
        return []
    found = Brief.objects.visible_to(user).filter(state__in=(BriefState.DRAFT, BriefState.APPROVED))
    return list(found.select_related("author").order_by("-changed_at", "-id")[:10])


def versions_of(user: User, brief: Brief) -> list[BriefVersion]:
    """The versions of a brief that `user` may read, newest first."""
    found = BriefVersion.objects.visible_to(user).filter(brief=brief)
    return list(found.select_related("submitted_by", "approved_by", "returned_by", "sent_by").order_by("-number"))


def gaps_to_add(user: User) -> list[Gap]:
    """Open questions of policy that may stand in a brief: those no label guards."""
    return list(Gap.objects.visible_to(user).open().filter(compartments=[]).order_by("-opened_at", "-id")[:50])


def surface_choices() -> list[tuple[str, str]]:
    """Surfaces a brief may be about."""
    return [(code, str(label)) for code, label in SURFACE_LABELS.items()]


def surface_label(code: str) -> str:
    """A surface in words; "" for all of them."""
    return str(SURFACE_LABELS.get(code, code))
