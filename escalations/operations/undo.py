"""Taking back: one entry per thing done, used once, by its doer, until its time is over (ux.md HTX-15).

An operation that can be taken back registers how (`on`) and offers an entry (`offer`); `POST /undo/<token>/` calls `undo`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError, NotFound
from escalations.models import UndoEntry

Data = dict[str, Any]
TakeBack = Callable[[Data, User, datetime], None]
_TAKE_BACK: dict[str, TakeBack] = {}


class UndoOver(DomainError):
    """Too late, or taken back already."""

    code = "undo_over"
    title = "It is too late to undo this"


def on(action: str, take_back: TakeBack) -> None:
    """Say how `action` is taken back: `take_back(data, by, at)`, in the undo's transaction. Called once, at import."""
    if action in _TAKE_BACK:
        raise ValueError(f"{action} can be undone already")
    _TAKE_BACK[action] = take_back


def offer(action: str, *, by: User, at: datetime, label: str, data: Data, seconds: int | None = None) -> UndoEntry:
    """Let `by` take `action` back for their undo time (`by.undo_s` unless given), in the caller's transaction.

    `label` says what was done, in the past tense, for the toast. `at` is aware UTC.
    """
    if action not in _TAKE_BACK:
        raise ValueError(f"nobody registered how {action} is undone")
    until = at + timedelta(seconds=by.undo_s if seconds is None else seconds)
    return UndoEntry.objects.create(
        user=by, action=action, data=data, label=label[:200], created_at=at, expires_at=until
    )


@transaction.atomic
def undo(*, token: uuid.UUID, by: User, at: datetime) -> UndoEntry:
    """Take back what the token stands for. `at` is aware UTC.

    Pressing twice is harmless: the second answer is the first. Raises `NotFound` for an unknown token or another person's,
    `UndoOver` after its time, and whatever the operation that takes it back refuses (somebody changed the case since).
    """
    entry = UndoEntry.objects.select_for_update().filter(token=token, user=by).first()
    if entry is None:
        raise NotFound(_("There is nothing to undo here."))
    if entry.used_at is not None:
        return entry
    if at >= entry.expires_at:
        raise UndoOver(_("The time to undo “%(label)s” is over.") % {"label": entry.label})
    take_back(entry.action, entry.data, by=by, at=at)
    entry.used_at = at
    entry.save(update_fields=["used_at", "data"])  # who takes it back may note there what stayed
    return entry


def take_back(action: str, data: Data, *, by: User, at: datetime) -> None:
    """Take one action back now, for an entry that stands for several."""
    _TAKE_BACK[action](data, by, at)


def forget_old(at: datetime) -> None:
    """Remove entries that ended more than a day before `at` (a job of the engine)."""
    UndoEntry.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()
