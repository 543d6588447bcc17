"""Notices by e-mail: text and HTML, in the person's language and zone, through Django's mail backend."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core import mail
from escalations import events
from escalations.lifecycle import Audience
from escalations.models import Case, Comment
from escalations.permissions import is_child_safety
from notifications.channels import Outcome, accepted, ambiguous, not_needed, permanent, retryable
from notifications.lifecycle import EMAIL, EventClass, Lane, Mode
from notifications.models import Delivery, Notification
from notifications.operations.delivering import minutes
from notifications.rules import CASE
from notifications.selectors import texts

MOST_LINES = 50
EXCERPT = 1000  # characters of a comment
STOP_SALT = "notices.stop"
# What keeps other machines from answering (RFC 3834; the second is what Exchange reads).
QUIET = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


# Mails that are no notices of the inbox, by what their `payload` holds; registered in `ready()`.
OTHERS: dict[str, Callable[[Delivery, User], EmailMultiAlternatives | Outcome]] = {}


@dataclass(frozen=True)
class Line:
    """One notice as the message prints it."""

    text: str
    at: datetime
    excerpt: str


@dataclass(frozen=True)
class Group:
    """The notices about one object."""

    ref: str
    title: str
    url: str
    lines: Sequence[Line]


def stop_token(user_id: int, event_class: str) -> str:
    """What a one-click unsubscribe link carries: whose, of which class. It does nothing else, so it may live for long."""
    return signing.dumps([user_id, event_class, EMAIL], salt=STOP_SALT)


class EmailChannel:
    """E-mail. A message that may have left is not sent again by itself: mailboxes show both."""

    name = EMAIL
    label = gettext_lazy("E-mail")
    is_personal = True
    repeats_safely = False
    lane = Lane.NOTIFY
    place = "mail"  # one server takes all of it
    delays = minutes(0.5, 2, 10, 30, 60, 120, 240, 480, 480)  # about a day

    def prepare(self, delivery: Delivery) -> EmailMultiAlternatives | Outcome:
        """The message for what this delivery gathered and its person may still see and has not read yet."""
        person = User.objects.select_related("organization").filter(deliveries=delivery, is_active=True).first()
        if person is None:
            return not_needed("The account is closed.")
        for name, build in OTHERS.items():
            if name in delivery.payload:
                return build(delivery, person)
        found = list(
            Notification.objects.filter(items__delivery=delivery).select_related("event").order_by("created_at", "pk")
        )
        notices = [notice for notice in found if notice.read_at is None]
        if not notices:
            return not_needed("It was read in the inbox." if found else "It carries no notice.")
        cases = {
            case.pk: case
            for case in Case.objects.visible_to(person)
            .select_related("queue")
            .filter(pk__in={notice.subject_id for notice in notices if notice.subject_type == CASE})
        }
        notices = [notice for notice in notices if notice.subject_type != CASE or notice.subject_id in cases]
        gone = _retracted(notices)
        notices = [notice for notice in notices if notice.event.data.get("comment") not in gone]
        if not notices:
            return not_needed("There is nothing left that its receiver may see.")
        with translation.override(person.locale), timezone.override(ZoneInfo(person.time_zone)):
            return _message(delivery, person, notices, cases)

    def send(self, message: EmailMultiAlternatives, *, timeout_s: float) -> Outcome:
        """Hand it to the mail server. What the server says before it takes the text is certain; a silence after is not."""
        connection = get_connection(timeout=min(timeout_s, settings.EMAIL_TIMEOUT))
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            return retryable(f"The mail server cannot be reached: {error}")
        message.connection = connection
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return _refused(code, said)
        except smtplib.SMTPResponseException as error:  # refused sender or text
            return _refused(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            return ambiguous(f"The mail server fell silent: {type(error).__name__} {error}")
        finally:
            _close(connection)
        return accepted(str(message.extra_headers["Message-ID"]))


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        return  # the message is in its hands already


def _refused(code: int, said: bytes | str) -> Outcome:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    text = f"The mail server refused it: {code} {words}"[:500]
    # 421 closes the service for all; other codes of its kind are about a mailbox that is full, or unknown yet (RFC 5321, 4.2.2).
    return retryable(text, is_about_one=code != 421) if 400 <= code < 500 else permanent(text)


def _retracted(notices: Sequence[Notification]) -> set[str]:
    """Public ids of comments that were taken back since."""
    named = {notice.event.data["comment"] for notice in notices if notice.event.data.get("comment")}
    taken = Comment.objects.filter(public_id__in=named, retracted_at__isnull=False)
    return {str(found) for found in taken.values_list("public_id", flat=True)}


def _message(
    delivery: Delivery, person: User, notices: Sequence[Notification], cases: dict[int, Case]
) -> EmailMultiAlternatives:
    groups = _groups(notices[-MOST_LINES:], cases)
    refs = {(notice.subject_type, notice.subject_id) for notice in notices}
    only = cases.get(notices[0].subject_id) if len(refs) == 1 and notices[0].subject_type == CASE else None
    classes = sorted({notice.event_class for notice in notices})
    reasons = {texts.why(notice).because: texts.why(notice) for notice in notices}
    reply_to = mail.reply_address(case_id=only.pk, user_id=person.pk) if only is not None else ""
    subject = _subject(delivery, notices, only)
    values = {
        "product": settings.PRODUCT_NAME,
        "person": person,
        "subject": subject,
        "groups": groups,
        "left_out": len(notices) - MOST_LINES,
        "whys": list(reasons.values()),
        "inbox_url": link(reverse("notifications:inbox")),
        "settings_url": link(reverse("notifications:preferences")),
        "can_reply": bool(reply_to),
        "above": mail.REPLY_ABOVE if reply_to else "",
        "language": translation.get_language(),
        "is_rtl": translation.get_language_bidi(),
    }
    headers = {
        **QUIET,
        "Message-ID": mail.message_id("notice", delivery.public_id),
    }
    if only is not None:
        headers["References"] = headers["In-Reply-To"] = mail.message_id("case", only.ref)
    if len(classes) == 1 and not delivery.is_urgent:  # RFC 8058; what must be heard has no one-click stop
        stop = link(reverse("notifications:stop", args=[stop_token(person.pk, classes[0])]))
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        values["stop_url"], values["stop_class"] = stop, EventClass(classes[0]).label
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("email/notice/body.txt", values),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    message.attach_alternative(render_to_string("email/notice/body.html", values), "text/html")
    return message


def _subject(delivery: Delivery, notices: Sequence[Notification], only: Case | None) -> str:
    """Names the object and what happened, nothing that somebody wrote."""
    count = len(notices)
    if delivery.mode == Mode.DIGEST:
        text = ngettext("Digest: %(n)d notice", "Digest: %(n)d notices", count) % {"n": count}
    elif only is not None:
        text = f"[{only.ref}] {texts.line(notices[-1].event)}"
        if count > 1:
            text += " " + ngettext("and %(n)d more", "and %(n)d more", count - 1) % {"n": count - 1}
    elif count > 1:
        what = EventClass(notices[-1].event_class).label
        text = ngettext("%(n)d notice: %(what)s", "%(n)d notices: %(what)s", count) % {"n": count, "what": what}
    else:
        text = texts.line(notices[-1].event)
    return " ".join(text.split())[:200]


def _groups(notices: Sequence[Notification], cases: dict[int, Case]) -> list[Group]:
    by_object: dict[tuple[str, int], list[Notification]] = {}
    for notice in notices:
        by_object.setdefault((notice.subject_type, notice.subject_id), []).append(notice)
    excerpts = _excerpts(notices, cases)
    groups = []
    for (kind, key), some in by_object.items():
        case = cases.get(key) if kind == CASE else None
        title, url = "", ""
        if case is not None:
            # A title may tell what only the compartment may know; mail leaves our hands.
            title = "" if case.compartments else case.title
            url = link(reverse("escalations:case", args=[case.ref]))
        lines = [
            Line(texts.line(one.event), one.created_at, excerpts.get(str(one.event.data.get("comment", "")), ""))
            for one in some
        ]
        groups.append(Group(some[0].subject_ref, title, url, lines))
    return groups


def _excerpts(notices: Sequence[Notification], cases: dict[int, Case]) -> dict[str, str]:
    """The beginnings of the comments told of, of cases without labels that are no child's matter."""
    plain = [case.pk for case in cases.values() if not case.compartments and not is_child_safety(case)]
    named = {
        notice.event.data["comment"]
        for notice in notices
        if notice.kind == events.COMMENT_ADDED and notice.subject_id in plain and notice.event.data.get("comment")
    }
    found = Comment.objects.filter(public_id__in=named, case_id__in=plain).exclude(audience=Audience.RESTRICTED)
    return {
        str(comment.public_id): comment.body if len(comment.body) <= EXCERPT else comment.body[:EXCERPT] + " …"
        for comment in found
    }


def link(path: str) -> str:
    """A path as an address that works outside."""
    return f"{settings.SITE_URL}{path}"
