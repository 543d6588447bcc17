"""What a person has typed and not sent: kept on the server, through lease end and sign-out (ux.md DEC-15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Invalid
from escalations.models import Case, Draft

MAX_BYTES = 200_000


@transaction.atomic
def save_draft(*, case: Case, kind: Draft.Kind, data: dict[str, Any], by: User, at: datetime) -> Draft | None:
    """Keep what `by` is writing on a case they may see; empty values drop the draft. `at` (aware UTC): when it was sent.

    An autosave and the form itself can be on their way at once and be carried out in either order: what was sent before the
    words that are kept changes nothing, and those are returned. Takes no lock on the case and records nothing: a draft is its
    writer's until it is sent. Raises `Invalid` for more than 200 kB or a NUL.
    """
    kept = {name: value for name, value in data.items() if value not in ("", [], None)}
    if not kept:
        Draft.objects.filter(case=case, user=by, kind=kind, saved_at__lte=at).delete()
        return None
    size = orjson.dumps(kept)
    if len(size) > MAX_BYTES:
        raise Invalid(_("This draft is too long to keep. Shorten it."), code="too_long")
    if b"\\u0000" in size:
        raise Invalid(_("The text holds a NUL character. Remove it."), code="nul_not_allowed")
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        case=case,
        user=by,
        kind=kind,
        defaults={"organization_id": case.organization_id, "data": kept, "saved_at": at},
    )
    if not is_new and draft.saved_at <= at:
        draft.data, draft.saved_at = kept, at
        draft.save(update_fields=["data", "saved_at"])
    return draft


def unfinished_by_others(case: Case, by: User) -> list[Draft]:
    """What others began on a case that `by` holds now and did not send, of the kinds `by` has begun nothing of: the newest first.

    A colleague whose claim lapsed leaves a decision or a reply half written (ux.md SLA-8). Notes stay their writer's.
    """
    if case.assignee_id != by.pk or not case.is_open:
        return []
    mine = Draft.objects.filter(case=case, user=by).values("kind")
    left = Draft.objects.filter(case=case, kind__in=(Draft.Kind.DECISION, Draft.Kind.REPLY)).exclude(user=by)
    return list(left.exclude(kind__in=mine).select_related("user").order_by("-saved_at", "id"))


@transaction.atomic
def take_over(*, case: Case, by: User, at: datetime) -> list[Draft]:
    """Copy what others left unfinished into `by`'s own drafts, the newest of each kind; theirs stay. `at` aware UTC.

    Answers the copies; none where there is nothing to take, or where `by` does not hold the case.
    """
    newest: dict[str, Draft] = {}
    for draft in unfinished_by_others(case, by):
        newest.setdefault(draft.kind, draft)
    return [
        kept
        for kind, draft in newest.items()
        if (kept := save_draft(case=case, kind=Draft.Kind(kind), data=draft.data, by=by, at=at)) is not None
    ]


def drop_draft(*, case: Case, kind: Draft.Kind, by: User) -> None:
    """Forget a draft, because it was sent or thrown away."""
    Draft.objects.filter(case=case, user=by, kind=kind).delete()
