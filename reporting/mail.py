"""The mails that carry briefs and reports: what `operations.mailings` made, with its file, sent only while it still holds."""

from __future__ import annotations

import mimetypes

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import mail
from core.clock import db_now
from notifications.channels import Outcome, not_needed
from notifications.channels.email import QUIET, link
from notifications.models import Delivery
from reporting import permissions, rights
from reporting.lifecycle import BriefState, MailingState, ScheduleState
from reporting.models import Mailing
from reporting.operations import mailings


def prepare(delivery: Delivery, person: User) -> EmailMultiAlternatives | Outcome:
    """The mail of a delivery of ours. Nothing where it was stopped since; made anew where its receiver's rights changed since."""
    mailing = (
        Mailing.objects.select_related("schedule", "version__brief")
        .filter(pk=delivery.payload["mailing"], user=person, state=MailingState.HANDED)
        .first()
    )
    if mailing is None or mailings.delivery_key(mailing) != delivery.dedup_key:
        return not_needed("It was made anew.")
    if not _holds(mailing, person):
        return not_needed("It was stopped, or its receiver may not read it any more.")
    if rights.access_of(person) != mailing.access:
        mailings.remake(mailing_id=mailing.pk, at=db_now())
        return not_needed("Its receiver's rights changed: it is made anew.")
    with translation.override(person.locale):
        return _message(delivery, person, mailing)


def _holds(mailing: Mailing, person: User) -> bool:
    if mailing.version is not None:
        is_current = mailing.version.superseded_at is None and mailing.version.brief.state != BriefState.WITHDRAWN
        return is_current and permissions.can_read_briefs(person)
    schedule = mailing.schedule
    return schedule is not None and schedule.state == ScheduleState.ACTIVE and permissions.can_see_reports(person)


def _message(delivery: Delivery, person: User, mailing: Mailing) -> EmailMultiAlternatives:
    page, stop = "", link(reverse("reporting:brief-subscriptions"))
    if mailing.version is not None:
        page = link(mailing.version.get_absolute_url())
    elif mailing.schedule is not None:
        page = link(reverse("reporting:schedule", args=[mailing.schedule.public_id]))
        stop = page
    values = {
        "product": settings.PRODUCT_NAME,
        "subject": mailing.subject,
        "body": mailing.body,
        "page": page,
        "stop": stop,
        "is_brief": mailing.version_id is not None,
        "language": translation.get_language(),
        "is_rtl": translation.get_language_bidi(),
    }
    message = EmailMultiAlternatives(
        subject=mailing.subject,
        body=render_to_string("email/report/body.txt", values),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={**QUIET, "Message-ID": mail.message_id("report", delivery.public_id), "List-Unsubscribe": f"<{stop}>"},
    )
    message.attach_alternative(render_to_string("email/report/body.html", values), "text/html")
    if mailing.content is not None:
        kind = mimetypes.guess_type(mailing.file_name)[0] or "application/octet-stream"
        message.attach(mailing.file_name, bytes(mailing.content), kind)
    return message
