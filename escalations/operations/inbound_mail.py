"""Mail as a way in: kept at once, then filed as a submission or as a message on its case, or set aside with the reason.

A mail is never refused for what it says and never lost: `receive` commits it before the mail server is told that it was taken, and
whatever cannot be filed waits in quarantine for a person. Nothing is ever answered from here, so two machines cannot talk.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core import engine, faults
from core import mail as addresses
from core.clock import db_now
from core.errors import DomainError, Invalid
from escalations import events
from escalations.lifecycle import CaseStatus, Channel, Harm, MailReason, MailState, Surface
from escalations.mail_parsing import Attached, Mail, answer_of, parse, writable
from escalations.models import Case, InboundMail, Queue
from escalations.operations import cases, comments, evidence, evidence_store, intake, notices, uploads
from escalations.operations.submission_input import FIELDS, EvidenceItem, SubmissionInput

GENERAL = "cases"  # the address that routing rules place; a queue's own address is its short name
LARGEST = 30 * 1024 * 1024  # bytes of a raw mail
TRIES = 3
LEASE = timedelta(seconds=60)  # of one try; the engine's watchdog ends a turn of fifteen seconds
LOOP_MAILS, LOOP_TIME = 5, timedelta(minutes=10)  # reliability.md T24
_MOST_URLS = 20
_URL = re.compile(r"https?://[^\s<>\"')\]]{4,1900}")
_FACT = re.compile(r"^(surface|harm|market|language|platform|reference|clause)\s*:\s*(.{1,200})$", re.IGNORECASE)
_FACT_NAMES = {"reference": "external_ref", "clause": "suspected_policy"}

ENDED = "The process that read it ended before it was done, three times."

log = structlog.get_logger(__name__)


class MailTooLarge(DomainError):
    status = 413
    code = "too_large"
    title = "The mail is too large"


class SetAside(Exception):
    """The mail is not filed, for this reason."""

    def __init__(self, reason: MailReason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def receive(*, raw: bytes, recipient: str = "", at: datetime) -> InboundMail:
    """Keep a mail as it came; the same bytes for the same recipient are kept once.

    `recipient` is the envelope's; `at` aware UTC. Raises `MailTooLarge`, `Invalid` (empty), `StorageFull`.
    """
    if len(raw) > LARGEST:
        raise MailTooLarge(_("A mail may have %(most)d MB at most.") % {"most": LARGEST >> 20})
    stored = evidence_store.store([raw])
    recipient = writable(recipient)
    read = parse(raw, envelope_to=recipient, authserv=settings.MAIL_AUTHSERV)
    with transaction.atomic():
        kept, _made = InboundMail.objects.get_or_create(
            blob=uploads.blob_for(stored, at=at),
            recipient=recipient.strip().lower()[:320],
            defaults={
                "organization": Organization.objects.get(kind=Organization.Kind.INTERNAL),
                "message_id": read.message_id,
                "sender": read.sender[:320],
                "subject": read.subject,
                "received_at": at,
            },
        )
    return kept


def file_waiting(limit: int = 500) -> int:
    """File mails that wait, oldest first, at most ten a turn; answers how many were looked at. Run by `engine` (lane `mail`)."""
    # Uses index: inbound_mail_waiting
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now())
    waiting = InboundMail.objects.filter(free, state=MailState.RECEIVED).order_by("id").values_list("pk", flat=True)
    for mail_id in list(waiting[: min(limit, 10)]):
        file_mail(mail_id=mail_id, at=db_now())
        engine.progress()
    return 0 if not waiting.exists() else limit


def file_mail(*, mail_id: int, at: datetime) -> InboundMail:
    """File one mail, or set it aside with the reason. `at` aware UTC. What fails is tried three times, then set aside.

    A try counts before it begins: a mail that ends the process that reads it (memory, a parser's fault) is set aside like one that
    fails, and does not end every engine for ever. One try at a time, for a minute at most. Records what `intake.submit`, `comments.message_from_submitter` or `comments.add_note` record, or `mail.quarantined`.
    """
    row = InboundMail.objects.select_related("blob").get(pk=mail_id)
    if row.state != MailState.RECEIVED:
        return row
    if row.attempts >= TRIES:
        return _settle(row, MailState.QUARANTINED, MailReason.REFUSED, row.detail or ENDED, at)
    if not _begin(row):
        return row
    faults.point("mail_begun")
    try:  # all of it: a mail whose file is gone must not stop those behind it
        with evidence_store.open_blob(row.blob.sha256) as file:
            raw = file.read()
        mail = parse(raw, envelope_to=row.recipient, authserv=settings.MAIL_AUTHSERV)
        return _filed(row, mail, raw, at)
    except SetAside as aside:
        automatic = aside.reason in (MailReason.AUTOMATIC, MailReason.REPEAT)
        return _settle(row, MailState.IGNORED if automatic else MailState.QUARANTINED, aside.reason, aside.detail, at)
    except DomainError as refusal:
        return _settle(row, MailState.QUARANTINED, MailReason.REFUSED, refusal.detail, at)
    except Exception as error:  # kept with its reason; its neighbours go on
        log.exception("mail_failed", mail=row.ref)
        row.detail, row.claimed_until = f"{type(error).__name__}: {error}"[:500], None
        row.save(update_fields=["detail", "claimed_until"])
        if row.attempts >= TRIES:
            return _settle(row, MailState.QUARANTINED, MailReason.REFUSED, row.detail, at)
        return row


def _begin(row: InboundMail) -> bool:
    """Count a try and keep others off it; False where another process is at it. Committed before anything is read."""
    free = InboundMail.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=Now()), pk=row.pk, state=MailState.RECEIVED
    )
    if not free.update(attempts=F("attempts") + 1, claimed_until=Now() + LEASE):
        return False
    row.refresh_from_db(fields=["attempts", "claimed_until"])
    return True


def _filed(row: InboundMail, mail: Mail, raw: bytes, at: datetime) -> InboundMail:
    if (of_notice := _bounce_of(mail)) is not None and mail.bounce is not None:
        return _file_bounce(row, *of_notice, mail.bounce, at)
    if mail.is_automatic:
        raise SetAside(MailReason.AUTOMATIC)
    if mail.verdict == "fail":
        raise SetAside(MailReason.FORGED)
    sender, case, queue = _whose(mail)
    _check_new(mail)
    if case is not None:
        _check_loop(case, mail, at)
    text = answer_of(mail.text) if case is not None else mail.text
    if not text.strip() and not mail.files:
        raise SetAside(MailReason.EMPTY)
    # What opens a case is its first evidence, as it came.
    files = mail.files if case is not None else (*mail.files, Attached("message.eml", "message/rfc822", raw))
    kept = _keep(files, sender, at)  # pictures take seconds: before the transaction
    with transaction.atomic():
        locked = InboundMail.objects.select_for_update().get(pk=row.pk)
        if locked.state != MailState.RECEIVED:  # another engine was faster; uploads nobody took are forgotten in a day
            return locked
        with (
            connection.cursor() as cursor
        ):  # two copies of one mail, to two of our addresses, may be filed at the same moment
            name = f"mail:{mail.sender}:{mail.message_id}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        _check_new(mail)
        if case is not None:
            _write_on(case, text, kept, sender, locked, at)
        else:
            case = _submitted(mail, text, kept, sender, queue, at)
        locked.state, locked.case, locked.settled_at = MailState.FILED, case, at
        locked.organization_id = case.organization_id
        locked.reason = locked.detail = ""
        locked.save(update_fields=["state", "case", "settled_at", "organization", "reason", "detail"])
        return locked


def _bounce_of(mail: Mail) -> tuple[int, int] | None:
    """Which sending of which notice a mail came back from. Raises `SetAside` for an address that only looks like ours."""
    for recipient in mail.recipients:
        try:
            named = addresses.read_bounce_address(recipient)
        except addresses.ForgedAddress as error:
            raise SetAside(MailReason.REPLY_ADDRESS) from error
        if named is not None:
            return named
    return None


@transaction.atomic
def _file_bounce(row: InboundMail, delivery_id: int, tries: int, why: str, at: datetime) -> InboundMail:
    """A notice came back: it failed, and the mail is filed on its case. Its sender is a server, of whom nothing is asked."""
    case = notices.bounced(delivery_id=delivery_id, tries=tries, why=why, at=at)
    if case is None:
        raise SetAside(MailReason.REPLY_ADDRESS)
    locked = InboundMail.objects.select_for_update().get(pk=row.pk)
    if locked.state != MailState.RECEIVED:
        return locked
    locked.state, locked.case, locked.settled_at = MailState.FILED, case, at
    locked.organization_id = case.organization_id
    locked.reason = locked.detail = ""
    locked.save(update_fields=["state", "case", "settled_at", "organization", "reason", "detail"])
    return locked


# -- whose it is and where it goes -------------------------------------------------------------------------------------
def _whose(mail: Mail) -> tuple[User, Case | None, Queue | None]:
    """Who wrote, and the case it answers or the queue it was sent to. Raises `SetAside`."""
    for recipient in mail.recipients:
        try:
            named = addresses.read_reply_address(recipient)
        except addresses.ForgedAddress as error:
            raise SetAside(MailReason.REPLY_ADDRESS) from error
        if named is not None:
            return _answering(mail, *named)
    queue, is_ours = _addressed(mail.recipients)
    if not is_ours:
        raise SetAside(MailReason.UNKNOWN_ADDRESS)
    if mail.verdict != "pass":
        raise SetAside(MailReason.UNVERIFIED)
    sender = User.objects.filter(email__iexact=mail.sender, is_active=True).select_related("organization").first()
    if sender is None:
        raise SetAside(MailReason.UNKNOWN_SENDER)
    return sender, _thread(mail, sender), queue


def _answering(mail: Mail, case_id: int, user_id: int) -> tuple[User, Case, None]:
    sender = User.objects.filter(pk=user_id, is_active=True).select_related("organization").first()
    if sender is None or sender.email.lower() != mail.sender:
        raise SetAside(MailReason.OTHER_SENDER)
    case = Case.objects.visible_to(sender).filter(pk=case_id).first()
    if case is None:
        raise SetAside(MailReason.NO_ACCESS)
    return sender, case, None


def _addressed(recipients: Sequence[str]) -> tuple[Queue | None, bool]:
    """The queue a mail was sent to, and whether any recipient is an address of ours."""
    names = [local for local, _at, domain in (one.rpartition("@") for one in recipients) if _is_our(domain)]
    queue = Queue.objects.filter(slug__in=names, is_active=True).order_by("position", "id").first()
    return queue, queue is not None or GENERAL in names


def _is_our(domain: str) -> bool:
    return bool(settings.MAIL_DOMAIN) and domain == settings.MAIL_DOMAIN.lower()


def _thread(mail: Mail, sender: User) -> Case | None:
    """The open case that a mail before it in the thread was filed on or sent about, if the sender sees it."""
    refs, filed = _named_in_thread(mail)
    seen = Case.objects.visible_to(sender).exclude(status=CaseStatus.CLOSED)
    return seen.filter(ref__in=refs).first() or seen.filter(pk__in=filed).order_by("-pk").first()


def _named_in_thread(mail: Mail) -> tuple[list[str], QuerySet[InboundMail, int | None]]:
    """References of cases that our mails before it in the thread were sent about; ids of those that its mails were filed on."""
    ours = re.compile(rf"<case\.(ESC-\w+)@{re.escape(settings.MAIL_DOMAIN)}>", re.IGNORECASE)
    refs = [found.group(1).upper() for one in mail.references if (found := ours.fullmatch(one))]
    filed = InboundMail.objects.filter(message_id__in=mail.references, state=MailState.FILED)
    return refs, filed.values_list("case_id", flat=True)


def answers_hidden_case(mail: Mail, *, viewer: User) -> bool:
    """Whether it was written to a case that `viewer` does not see: its words, and what it quotes, are that case's then."""
    refs, filed = _named_in_thread(mail)
    ids = {case_id for case_id in filed if case_id is not None}
    for recipient in mail.recipients:
        with contextlib.suppress(addresses.ForgedAddress):
            if (named := addresses.read_reply_address(recipient)) is not None:
                ids.add(named[0])
    seen = Case.objects.visible_to(viewer)
    return seen.filter(pk__in=ids).count() < len(ids) or seen.filter(ref__in=refs).count() < len(set(refs))


def _check_new(mail: Mail) -> None:
    repeats = InboundMail.objects.filter(message_id=mail.message_id, sender=mail.sender, state=MailState.FILED)
    if mail.message_id and repeats.exists():
        raise SetAside(MailReason.REPEAT)


def _check_loop(case: Case, mail: Mail, at: datetime) -> None:
    just_now = InboundMail.objects.filter(
        case=case, sender=mail.sender, state=MailState.FILED, received_at__gt=at - LOOP_TIME
    )
    if just_now.count() >= LOOP_MAILS:
        raise SetAside(MailReason.LOOP)


# -- filing ------------------------------------------------------------------------------------------------------------
def _keep(files: Sequence[Attached], sender: User, at: datetime) -> list[UUID]:
    """Public ids of uploads of the files; an empty file is left out. What a file claims to be is not believed."""
    kept = []
    for file in files:
        try:
            upload = uploads.keep_upload(chunks=[file.content], name=file.name, claimed_type="", by=sender, at=at)
        except Invalid:
            continue
        kept.append(upload.public_id)
    return kept


def _write_on(case: Case, text: str, kept: Sequence[UUID], sender: User, row: InboundMail, at: datetime) -> None:
    body, token = text or _("(Only files: see the evidence.)"), f"mail:{row.pk}"
    if sender.is_internal:  # what the team writes leaves by the reply composer alone
        comments.add_note(case_id=case.pk, body=body, by=sender, at=at, form_token=token)
    else:
        comments.message_from_submitter(case_id=case.pk, body=body, by=sender, at=at, form_token=token)
    for public_id in kept:
        evidence.add_file(case_id=case.pk, upload_id=public_id, by=sender, at=at)


def _submitted(mail: Mail, text: str, kept: Sequence[UUID], sender: User, queue: Queue | None, at: datetime) -> Case:
    facts, ask = _facts(text)
    urls = [EvidenceItem(kind="url", url=url) for url in dict.fromkeys(_URL.findall(ask))][:_MOST_URLS]
    files = [EvidenceItem(kind="file", upload_id=str(one)) for one in kept]
    if not facts.get("suspected_policy"):
        facts.setdefault("harm", Harm.OTHER)
    if not facts.get("market"):
        facts.setdefault("language", sender.locale)
    payload = SubmissionInput(
        title=mail.subject or ask.split("\n")[0][:200] or _("(No subject)"),
        ask=ask[:20_000] or _("(Only files: see the evidence.)"),
        payload={
            "message_id": mail.message_id,
            "from": mail.sender,
            "to": list(mail.recipients),
            "subject": mail.subject,
            "text": mail.text,
        },
        contact=mail.sender[:200],
        evidence=(*files, *urls),
        **({"surface": Surface.ORGANIC} | facts),
    )
    case = intake.submit(payload=payload, by=sender, channel=Channel.EMAIL, at=at).case
    if queue is not None and case.queue_id != queue.pk:
        case = cases.move_to_queue(
            case_id=case.pk, queue_id=queue.pk, by=None, at=at, reason=_("It was mailed to this queue's address.")
        )
    return case


def _facts(text: str) -> tuple[dict[str, Any], str]:
    """Facts given as lines at the top (`Surface: ads`), and the words after them. A line that does not fit stays a word."""
    facts: dict[str, Any] = {}
    lines = text.split("\n")
    while lines and (not lines[0].strip() or (found := _FACT.match(lines[0].strip()))):
        if lines[0].strip() and found:
            name = _FACT_NAMES.get(found[1].lower(), found[1].lower())
            problems: list[Any] = []
            value = FIELDS[name].read(found[2].strip(), f"/{name}", problems)
            if problems:
                break
            facts[name] = value
        lines.pop(0)
    return facts, "\n".join(lines).strip()


# -- quarantine --------------------------------------------------------------------------------------------------------
@transaction.atomic
def _settle(row: InboundMail, state: MailState, reason: MailReason, detail: str, at: datetime) -> InboundMail:
    locked = InboundMail.objects.select_for_update().get(pk=row.pk)
    if locked.state != MailState.RECEIVED:
        return locked
    locked.state, locked.reason, locked.detail, locked.settled_at = state, reason, detail[:500], at
    locked.save(update_fields=["state", "reason", "detail", "settled_at"])
    if state == MailState.QUARANTINED:
        record(events.MAIL_QUARANTINED, subject=locked, by=None, at=at, data={"reason": reason, "detail": detail[:500]})
    return locked


@transaction.atomic
def try_again(*, mail_id: int, by: User, at: datetime) -> InboundMail:
    """Let a quarantined mail be filed anew, once its cause is mended (an account was made, an address was set). `at` aware UTC.

    Raises `NotPermitted`, `Invalid` where it is not in quarantine. The rules are the same: a forged mail stays forged.
    """
    locked = _quarantined(mail_id, by)
    locked.state, locked.reason, locked.detail = MailState.RECEIVED, "", ""
    locked.attempts, locked.settled_at, locked.claimed_until = 0, None, None
    locked.save(update_fields=["state", "reason", "detail", "attempts", "settled_at", "claimed_until"])
    return locked


@transaction.atomic
def discard(*, mail_id: int, reason: str, by: User, at: datetime) -> InboundMail:
    """Put a quarantined mail away for good; it stays readable. `at` aware UTC. Records `mail.discarded`.

    Raises `NotPermitted`, `Invalid` without a reason or where it is not in quarantine.
    """
    locked = _quarantined(mail_id, by)
    if not reason.strip():
        raise Invalid(_("Say why, for whoever asks later."), code="required")
    locked.state, locked.settled_at, locked.settled_by = MailState.DISCARDED, at, by
    locked.detail = reason.strip()[:500]
    locked.save(update_fields=["state", "settled_at", "settled_by", "detail"])
    record(events.MAIL_DISCARDED, subject=locked, by=by, at=at, data={"reason": locked.detail})
    return locked


def _quarantined(mail_id: int, by: User) -> InboundMail:
    check_can(by, Action.ROUTING_EDIT)
    locked = InboundMail.objects.select_for_update().get(pk=mail_id)
    if locked.state != MailState.QUARANTINED:
        raise Invalid(_("This mail is not in quarantine any more."), code="not_quarantined")
    return locked
