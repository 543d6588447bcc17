"""Items of evidence joining a case. They never change: a correction is a new item that names the old one."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import ServiceKey, User
from accounts.roles import Action
from audit.recording import record
from core import markup
from core.errors import DomainError, FieldProblem, Invalid, NotFound
from core.ids import new_id
from escalations import events
from escalations.lifecycle import CaseStatus, EvidenceKind, GraphicTier, OriginalState
from escalations.models import Case, Evidence, Upload
from escalations.operations.comments import INDEXED_BYTES, MAX_LENGTH, checked_body
from escalations.operations.saving import save
from escalations.permissions import check_can_act

AT_MOST = 50  # items per case (reliability.md, limits)
NOTE_MAX = 500
URL_MAX = 2000


class EvidenceClosed(DomainError):
    """The case takes no more evidence: it is closed, or under legal hold."""

    code = "evidence_closed"
    title = "This case takes no more evidence"


@transaction.atomic
def add_text(
    *,
    case_id: int,
    text: str,
    by: Actor,
    at: datetime,
    name: str = "",
    note: str = "",
    language: str = "",
    tier: GraphicTier | None = None,
    corrects: int | None = None,
    form_token: str = "",
) -> Evidence:
    """Add a passage as evidence, kept word for word under its SHA-256. `at` aware UTC; `corrects` the number of an older item.

    Records `evidence.added` (and `evidence.corrected`); locks the case. Raises `Invalid`, `EvidenceClosed`, `NotPermitted`.
    """
    text = checked_body(text)
    fields = {"kind": EvidenceKind.TEXT, "text": text, "sha256": _sha256(text), "language": language}
    return _add(case_id, by, at, fields, name, note, tier, corrects, form_token)


@transaction.atomic
def add_url_note(
    *,
    case_id: int,
    url: str,
    by: Actor,
    at: datetime,
    note: str = "",
    captured_at: datetime | None = None,
    tier: GraphicTier | None = None,
    corrects: int | None = None,
    form_token: str = "",
) -> Evidence:
    """Add an address with what was seen there. Nothing is fetched; it is shown defanged and opens behind a warning.

    Records and raises as `add_text`; `Invalid` for what is no web address.
    """
    url = url.strip()
    if not markup.is_web_address(url):
        detail = _("Give a whole address that starts with http:// or https://, without a name or password in it.")
        raise Invalid(detail, code="url_not_allowed", errors=[FieldProblem("/url", "url_not_allowed", detail)])
    fields = {
        "kind": EvidenceKind.URL,
        "original_url": url,
        "sha256": _sha256(url),
        "captured_at": captured_at,
    }
    return _add(case_id, by, at, fields, "", note, tier, corrects, form_token)


@transaction.atomic
def add_file(
    *,
    case_id: int,
    upload_id: uuid.UUID,
    by: Actor,
    at: datetime,
    note: str = "",
    original_url: str = "",
    captured_at: datetime | None = None,
    tier: GraphicTier | None = None,
    corrects: int | None = None,
    form_token: str = "",
) -> Evidence:
    """Attach an uploaded file, whose bytes are stored under their SHA-256 already. An upload is attached once.

    Records and raises as `add_text`; `NotFound` for another's upload, `Invalid` for one that is attached.
    """
    upload = _upload_of(upload_id, by)
    fields = {
        "kind": EvidenceKind.FILE,
        "blob": upload.blob,
        "sha256": upload.blob.sha256,
        "original_url": original_url if markup.is_web_address(original_url) else "",
        "captured_at": captured_at,
    }
    evidence = _add(case_id, by, at, fields, upload.name, note, tier, corrects, form_token)
    upload.attached_at = at
    upload.save(update_fields=["attached_at"])
    return evidence


def _upload_of(upload_id: uuid.UUID, by: Actor) -> Upload:
    uploads = Upload.objects.select_for_update(of=("self",)).select_related("blob")
    if isinstance(by, User):
        uploads = uploads.filter(person=by)
    elif isinstance(by, ServiceKey):
        uploads = uploads.filter(organization_id=by.organization_id)
    upload = uploads.filter(public_id=upload_id).first()
    if upload is None:
        raise NotFound(_("This upload does not exist any more. Send the file again."))
    if upload.attached_at is not None:
        raise Invalid(_("This upload belongs to a case already. Send the file again."), code="upload_attached")
    return upload


@transaction.atomic
def set_tier(*, case_id: int, number: int, tier: GraphicTier | None, by: User, at: datetime) -> Evidence:
    """Say how graphic an item is; None is unknown, which shields like G2. Records `evidence.tiered`; locks the case.

    Raises `NotPermitted`, `NotFound`.
    """
    case = Case.objects.lock(case_id)
    check_can_act(by, Action.CASE_EDIT, case)
    evidence = Evidence.objects.filter(case=case, number=number).first()
    if evidence is None:
        raise NotFound
    if evidence.graphic_tier == tier:
        return evidence
    before, evidence.graphic_tier = evidence.graphic_tier, tier
    evidence.save(update_fields=["graphic_tier"])
    tiers = list(Evidence.objects.filter(case=case).values_list("graphic_tier", flat=True))
    known = [value for value in tiers if value is not None]
    case.graphic_tier = max(known) if len(known) == len(tiers) else None
    save(case, ["graphic_tier"], at=at, moves=False)
    record(
        events.EVIDENCE_TIERED,
        subject=case,
        by=by,
        at=at,
        data={"number": number, "tier": tier, "before": before},
    )
    return evidence


@transaction.atomic
def note_original(*, case_id: int, number: int, state: OriginalState | None, by: User, at: datetime) -> Evidence:
    """Say whether the original of an item was found live or removed at `at` (aware UTC); None takes back what was said.

    Records `evidence.original_seen`, also for the same finding at a later time; locks the case. Raises `NotPermitted`, `NotFound`, and
    `Invalid` for an item that came from no address.
    """
    case = Case.objects.lock(case_id)
    check_can_act(by, Action.CASE_EDIT, case)
    evidence = Evidence.objects.filter(case=case, number=number).first()
    if evidence is None:
        raise NotFound
    if not evidence.original_url:
        raise Invalid(_("This item came from no address that could be looked at."), code="no_original")
    before = evidence.original_state
    if state is None and not before:
        return evidence
    evidence.original_state = state or ""
    evidence.original_seen_at, evidence.original_seen_by = (at, by) if state else (None, None)
    evidence.save(update_fields=["original_state", "original_seen_at", "original_seen_by"])
    save(case, [], at=at, moves=False)
    data = {"number": number, "state": evidence.original_state, "before": before}
    record(events.EVIDENCE_ORIGINAL_SEEN, subject=case, by=by, at=at, data=data)
    return evidence


def _add(
    case_id: int,
    by: Actor,
    at: datetime,
    fields: dict[str, Any],
    name: str,
    note: str,
    tier: GraphicTier | None,
    corrects: int | None,
    form_token: str,
) -> Evidence:
    _check_words(name, note)
    case = Case.objects.lock(case_id)
    check_can_act(by, Action.EVIDENCE_UPLOAD, case)
    public_id = new_id()
    if form_token and by is not None:
        public_id = uuid.uuid5(uuid.NAMESPACE_OID, f"evidence:{case.pk}:{by.actor_kind}:{by.actor_id}:{form_token}")
        if (before := Evidence.objects.filter(public_id=public_id, case=case).first()) is not None:
            return before
    number = _next_number(case)
    old = _corrected(case, corrects)
    evidence = Evidence.objects.create(
        organization_id=case.organization_id,
        public_id=public_id,
        case=case,
        number=number,
        name=name,
        note=note.strip(),
        graphic_tier=tier,
        corrects=old,
        added_at=at,
        added_by=by if isinstance(by, User) else None,
        added_by_key=by if isinstance(by, ServiceKey) else None,
        is_internal=by is None or by.is_internal,
        **fields,
    )
    _index(case, evidence)
    if tier is None or case.graphic_tier is None:
        case.graphic_tier = None
    else:
        case.graphic_tier = max(case.graphic_tier, tier)
    save(case, ["graphic_tier", "outward_text", "internal_text"], at=at, moves=False)
    data = {"number": number, "kind": evidence.kind, "sha256": evidence.sha256, "is_internal": evidence.is_internal}
    record(events.EVIDENCE_ADDED, subject=case, by=by, at=at, data=data)
    if old is not None:
        record(events.EVIDENCE_CORRECTED, subject=case, by=by, at=at, data={"number": number, "corrects": old.number})
    return evidence


def _next_number(case: Case) -> int:
    """The next number of the locked case. Raises `EvidenceClosed`, and `Invalid` at the limit."""
    if case.status == CaseStatus.CLOSED:
        raise EvidenceClosed(_("%(ref)s is closed. Reopen it first.") % {"ref": case.ref})
    if case.is_legal_hold:
        raise EvidenceClosed(_("%(ref)s is under legal hold. Ask the legal desk.") % {"ref": case.ref})
    last = Evidence.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    if last >= AT_MOST:
        raise Invalid(
            _("A case takes at most %(limit)d items of evidence. Link a second case.") % {"limit": AT_MOST},
            code="too_many",
        )
    return int(last) + 1


def _corrected(case: Case, number: int | None) -> Evidence | None:
    if number is None:
        return None
    old = Evidence.objects.filter(case=case, number=number).first()
    if old is None:
        raise NotFound(_("There is no such item to correct."))
    return old


def _index(case: Case, evidence: Evidence) -> None:
    """Let the search find its words: outward for the submitter's own items, else the team's."""
    words = "\n".join(part for part in (evidence.name, evidence.note, evidence.text) if part)
    if evidence.is_internal:
        case.internal_text = f"{case.internal_text}\n{words}".strip().encode()[-INDEXED_BYTES:].decode(errors="ignore")
    else:
        case.outward_text = f"{case.outward_text}\n{words}".strip().encode()[-INDEXED_BYTES:].decode(errors="ignore")


def _check_words(name: str, note: str) -> None:
    if "\x00" in name + note:
        raise Invalid(_("The text holds a NUL character. Remove it."), code="nul_not_allowed")
    if len(note.strip()) > NOTE_MAX:
        detail = _("At most %(limit)d characters; this has %(length)d.") % {"limit": NOTE_MAX, "length": len(note)}
        raise Invalid(detail, errors=[FieldProblem("/note", "too_long", detail)])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = [
    "AT_MOST",
    "MAX_LENGTH",
    "EvidenceClosed",
    "add_file",
    "add_text",
    "add_url_note",
    "note_original",
    "set_tier",
]
