"""What is mailed by itself: briefs to those who subscribed, reports to those a schedule names (ux.md REP-8, BRI-3).

Each mail is a row that the engine makes under its receiver's own rights at that moment, renders, and hands to the e-mail channel with
its file. One row is one mail: a slot or a version has one row a person, whatever runs twice. What the receiver could reach is kept
beside it; where that changed before the mail left, it is made anew (`remake`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone as django_timezone
from django.utils import translation

from accounts.access import bind_user
from accounts.models import User
from audit import doorbell
from audit.recording import record
from core import engine
from core.clock import db_now
from core.errors import DomainError, NotFound
from notifications import channels
from notifications.lifecycle import EMAIL, DeliveryState, EventClass, Lane
from notifications.models import Delivery
from reporting import blocks as of_blocks
from reporting import events, permissions
from reporting.documents import paper_of, render
from reporting.documents.brief import brief_document, brief_lines, file_name
from reporting.lifecycle import BriefState, Classification, MailingState, SkipReason
from reporting.models import BriefSubscription, Mailing
from reporting.rights import access_of

RETRIES = (timedelta(minutes=1), timedelta(minutes=5))  # three tries in all, about six minutes
KEPT = timedelta(days=14)  # how long the file of a mail is kept for sending it again
RANG = f"deliver_{Lane.NOTIFY.value}"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Made:
    """A mail as it is to be sent: subject and text in the receiver's language, a file or none (`content` None)."""

    subject: str
    body: str
    file_name: str = ""
    content: bytes | None = None


class Skipped(Exception):
    """Nobody is to get this; `reason` is kept and shown."""

    def __init__(self, reason: SkipReason) -> None:
        self.reason = reason
        super().__init__(reason.label)


Maker = Callable[[Mailing, User, datetime], Made]


def run_due(limit: int = 500) -> int:
    """Make the mails whose time has come; answers how many were made, skipped or failed. Safe on several engines at once."""
    done = 0
    while done < limit and not engine.is_stopping() and _make_next():
        done += 1
        engine.progress()
    return done


def _make_next() -> bool:
    with transaction.atomic():
        at = db_now()
        mailing = (
            Mailing.objects.due(at=at)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("user__organization", "version__brief__organization", "schedule")
            .first()
        )
        if mailing is None:
            return False
        mailing.attempts += 1
        try:
            with transaction.atomic():
                made = _make(mailing, at)
        except Skipped as skipped:
            mailing.state, mailing.skipped_for = MailingState.SKIPPED, skipped.reason
        except Exception as error:  # one that fails must not stop the others; the row shows what happened
            log.exception("mailing_failed", mailing=mailing.pk)
            _failed(mailing, error, at)
        else:
            _hand_over(mailing, made, at)
        mailing.save()
    return True


def _make(mailing: Mailing, at: datetime) -> Made:
    """The mail for its receiver as of now. Raises `Skipped`."""
    user = mailing.user
    if not user.is_active or not user.organization.is_active:
        raise Skipped(SkipReason.CLOSED)
    if EMAIL not in channels.REGISTRY:
        raise Skipped(SkipReason.NO_MAIL)
    bind_user(user)
    mailing.access = access_of(user)
    maker = MAKERS["brief" if mailing.version_id is not None else "schedule"]
    with translation.override(user.locale), django_timezone.override(user.time_zone):
        return maker(mailing, user, at)


def make_brief(mailing: Mailing, user: User, at: datetime) -> Made:
    """A sent brief: its words in the mail and the PDF beside it. One that is strictly confidential is only linked (F154)."""
    version = mailing.version
    if version is None or version.sent_at is None or version.brief.state == BriefState.WITHDRAWN:
        raise Skipped(SkipReason.STOPPED)
    if version.superseded_at is not None:
        raise Skipped(SkipReason.OVERTAKEN)
    about = {"surface__in": ("", version.brief.surface), "region__in": ("", version.brief.region)}
    if not BriefSubscription.objects.filter(user=user, **about).exists():
        raise Skipped(SkipReason.STOPPED)
    if not permissions.can_read_briefs(user):
        raise Skipped(SkipReason.NOT_ALLOWED)
    subject = f"{version.brief.get_kind_display()}: {version.title}"
    if version.classification == Classification.STRICTLY:
        return Made(f"{version.brief.get_kind_display()} {version.citation}", "")
    there = of_blocks.ordered(of_blocks.read(version.blocks))
    if mailing.is_forward_safe:
        there = of_blocks.forward_safe(there)
    pdf = render(brief_document(version, is_forward_safe=mailing.is_forward_safe), paper=paper_of(user.time_zone))
    with translation.override(version.brief.language):
        body = brief_lines(version, there)
    return Made(subject, body, file_name(version), pdf.content)


MAKERS: dict[str, Maker] = {"brief": make_brief}


def _hand_over(mailing: Mailing, made: Made, at: datetime) -> None:
    mailing.state, mailing.last_error, mailing.made_at = MailingState.HANDED, "", at
    mailing.subject, mailing.body = " ".join(made.subject.split())[:200], made.body
    mailing.file_name, mailing.content = made.file_name[:120], made.content
    Delivery.objects.bulk_create(
        [
            Delivery(
                organization_id=mailing.user.organization_id,
                lane=Lane.NOTIFY,
                channel=EMAIL,
                user_id=mailing.user_id,
                event_class=EventClass.REPORT,
                payload={"mailing": mailing.pk},
                dedup_key=delivery_key(mailing),
                created_at=at,
                next_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    data = {
        "what": what(mailing),
        "to": mailing.user_id,
        "format": mailing.file_name.rpartition(".")[2],
        "bytes": len(made.content or b""),
        "sha256": hashlib.sha256(made.content or b"").hexdigest(),
    }
    record(events.MAILING_MADE, subject=mailing, by=None, at=at, data=data)
    doorbell.ring_after_commit(RANG)


def _failed(mailing: Mailing, error: Exception, at: datetime) -> None:
    mailing.last_error = f"{type(error).__name__}: {error}"[:300]
    if mailing.attempts <= len(RETRIES):
        mailing.next_at = at + RETRIES[mailing.attempts - 1]
        return
    mailing.state = MailingState.FAILED
    schedule, version = mailing.schedule, mailing.version
    owner = schedule.made_by_id if schedule is not None else version.sent_by_id if version is not None else None
    record(events.MAILING_FAILED, subject=mailing, by=None, at=at, data={"what": what(mailing), "user_id": owner})


@transaction.atomic
def retry(*, mailing_id: int, by: User, at: datetime) -> Mailing:
    """Make and send once more what failed, or whose e-mail was given up. `at` aware UTC.

    Locks the mailing. Records `report_mail.retried`. Raises `NotFound` for what `by` may not look after, `NothingFailed`.
    """
    mailing = Mailing.objects.select_for_update(of=("self",)).filter(pk=mailing_id).first()
    if mailing is None or not can_retry(by, mailing):
        raise NotFound
    if not has_failed(mailing):
        raise NothingFailed
    record(events.MAILING_RETRIED, subject=mailing, by=by, at=at, data={"what": what(mailing)})
    _anew(mailing, at)
    return mailing


@transaction.atomic
def remake(*, mailing_id: int, at: datetime) -> None:
    """Make a mail anew because its receiver's rights changed since; what was made is thrown away. `at` aware UTC."""
    mailing = Mailing.objects.select_for_update(of=("self",)).filter(pk=mailing_id, state=MailingState.HANDED).first()
    if mailing is not None:
        _anew(mailing, at)


def _anew(mailing: Mailing, at: datetime) -> None:
    mailing.state, mailing.attempts, mailing.next_at = MailingState.WAITING, 0, at
    mailing.content, mailing.body, mailing.last_error = None, "", ""
    mailing.save(update_fields=["state", "attempts", "next_at", "content", "body", "last_error"])


class NothingFailed(DomainError):
    """The mail went its way, or still will."""

    code = "nothing_failed"
    title = "There is nothing to send again"


def can_retry(user: User, mailing: Mailing) -> bool:
    """Whoever keeps its schedule; of a brief, whoever writes briefs."""
    if mailing.schedule is not None:
        return permissions.can_keep_schedule(user, mailing.schedule)
    return permissions.can_write_briefs(user)


def has_failed(mailing: Mailing) -> bool:
    """Whether it could not be made, or its e-mail was given up or ended nobody knows how."""
    if mailing.state == MailingState.FAILED:
        return True
    undelivered = Delivery.objects.filter(
        dedup_key=delivery_key(mailing), state__in=(DeliveryState.DEAD, DeliveryState.AMBIGUOUS)
    )
    return mailing.state == MailingState.HANDED and undelivered.exists()


def delivery_key(mailing: Mailing) -> str:
    """The `dedup_key` of the delivery that carries what was made last."""
    made = int(mailing.made_at.timestamp() * 1000) if mailing.made_at is not None else 0
    return f"mailing:{mailing.pk}:{made}"


def what(mailing: Mailing) -> str:
    """How the log names what is mailed."""
    return f"BRF-version-{mailing.version_id}" if mailing.version_id is not None else f"schedule-{mailing.schedule_id}"


def forget_old(at: datetime) -> None:
    """Remove the files of mails that were made two weeks before `at` (aware UTC); their rows stay as the log."""
    Mailing.objects.filter(made_at__lt=at - KEPT, content__isnull=False).update(content=None, body="")
