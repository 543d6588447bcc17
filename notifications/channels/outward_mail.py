"""The mail that those who submitted get: what the team wrote, how it ended. It names nobody of ours, quotes nothing restricted,
and leads to the vendor's own page of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.models import Event
from core import mail
from escalations import events as of_cases
from escalations.lifecycle import Audience, DecisionState, NoticeState, Resolution
from escalations.models import Case, Comment, NoticeDelivery
from escalations.permissions import is_child_safety
from notifications import events, rules
from notifications.channels import Outcome, not_needed
from notifications.channels.email import QUIET, link, stop_token
from notifications.lifecycle import EventClass
from notifications.models import Delivery, WebhookEndpoint

LONGEST = 20_000  # characters of an answer


def prepare(delivery: Delivery, person: User) -> EmailMultiAlternatives | Outcome:
    """The mail for an event of `operations.outward`, in the person's language and zone; nothing where they may see it no more."""
    event = Event.objects.filter(pk=delivery.payload["outward"]).first()
    if event is None:
        return not_needed("What it told of is gone.")
    with translation.override(person.locale), timezone.override(ZoneInfo(person.time_zone)):
        if event.kind == events.ENDPOINT_PAUSED:
            return _of_endpoint(delivery, person, event)
        if event.kind in (rules.COACHING_SHARED, rules.WEEK_FROZEN):
            return _of_scorecard(delivery, person, event)
        case = Case.objects.visible_to(person).filter(pk=event.subject_id).first()
        if case is None:
            return not_needed("There is nothing left that its receiver may see.")
        return _of_case(delivery, person, event, case)


def prepare_notice(delivery: Delivery, person: User) -> EmailMultiAlternatives | Outcome:
    """The mail that tells a decision: the notice as it was written, in its own language, framed in the person's."""
    row = NoticeDelivery.objects.select_related("notice__decision").filter(pk=delivery.payload["notice"]).first()
    case = Case.objects.visible_to(person).filter(pk=row.case_id).first() if row is not None else None
    if row is None or case is None:
        return not_needed("There is nothing left that its receiver may see.")
    if row.notice.decision.state != DecisionState.EFFECTIVE and not row.tries:
        return not_needed("Another decision has taken the place of the one it tells.")
    if row.state != NoticeState.QUEUED:
        return not_needed("It was given up, or is settled.")
    is_open_word = not case.compartments and not is_child_safety(case)
    ours = f" ({case.external_ref})" if case.external_ref else ""
    with translation.override(person.locale), timezone.override(ZoneInfo(person.time_zone)):
        values = {
            "line": _("%(ref)s was decided") % {"ref": f"{case.ref}{ours}"},
            "body": row.notice.body if is_open_word else "",
            "is_hidden": not is_open_word,
            "is_submitter": person.pk == case.submitted_by_id,
            "page": link(reverse("portal:submission", args=[case.ref])),
        }
        bounces_to = mail.bounce_address(delivery_id=row.pk, tries=row.tries)
        return _mail(delivery, person, values, case, bounces_to=bounces_to)


def _of_case(delivery: Delivery, person: User, event: Event, case: Case) -> EmailMultiAlternatives | Outcome:
    is_open_word = not case.compartments and not is_child_safety(case)
    body = ""
    if event.kind == of_cases.COMMENT_ADDED:
        comment = Comment.objects.filter(
            public_id=event.data.get("comment"), case=case, audience=Audience.SUBMITTER, retracted_at__isnull=True
        ).first()
        if comment is None:
            return not_needed("The answer was taken back.")
        body = comment.body[:LONGEST] if is_open_word else ""
        line = _("There is an answer about %(ref)s")
    elif event.kind == of_cases.CASE_REOPENED:
        line = _("%(ref)s is open again")
    elif is_open_word and event.data.get("resolution") in Resolution.values:
        line = _("%(ref)s was closed: %(resolution)s")
    else:
        line = _("%(ref)s was closed")
    label = Resolution(event.data["resolution"]).label if event.data.get("resolution") in Resolution.values else ""
    ours = f" ({case.external_ref})" if case.external_ref else ""
    values = {
        "line": line % {"ref": f"{case.ref}{ours}", "resolution": label},
        "body": body,
        "is_hidden": event.kind == of_cases.COMMENT_ADDED and not body,
        "is_submitter": person.pk == case.submitted_by_id,
        "page": link(reverse("portal:submission", args=[case.ref])),
    }
    return _mail(delivery, person, values, case)


def _of_endpoint(delivery: Delivery, person: User, event: Event) -> EmailMultiAlternatives | Outcome:
    endpoint = WebhookEndpoint.objects.filter(pk=event.subject_id, organization_id=person.organization_id).first()
    if endpoint is None or endpoint.state != WebhookEndpoint.State.PAUSED:
        return not_needed("The endpoint is not paused any more.")
    line = _("Your webhook endpoint at %(host)s was paused: it kept failing") % {"host": event.data.get("host", "–")}
    page = link(reverse("portal:webhook", args=[endpoint.public_id]))
    return _mail(
        delivery, person, {"line": line, "body": endpoint.paused_why, "page": page, "is_submitter": False}, None
    )


def _of_scorecard(delivery: Delivery, person: User, event: Event) -> EmailMultiAlternatives | Outcome:
    """What waits for a vendor's lead beside the scorecard: examples to read, or a week to sign."""
    if event.organization_id != person.organization_id:
        return not_needed("It is not their organization's.")
    if event.kind == rules.WEEK_FROZEN:
        line = _("The figures of %(week)s wait for your signature") % {"week": event.data.get("week", "–")}
        body = str(event.data.get("why") or "")  # of a corrected edition
    else:
        line = _("Examples to learn from: %(title)s") % {"title": event.subject_ref}
        count = int(event.data.get("count") or 0)
        body = ngettext(
            "We put %(n)d of your submissions that came back together, with what to do instead. Please read it, and say so.",
            "We put %(n)d of your submissions that came back together, with what to do instead. Please read them, and say so.",
            count,
        ) % {"n": count}
    page = link(reverse("portal:scorecard"))
    return _mail(delivery, person, {"line": line, "body": body, "page": page, "is_submitter": False}, None)


def _mail(
    delivery: Delivery, person: User, values: dict[str, object], case: Case | None, *, bounces_to: str = ""
) -> EmailMultiAlternatives:
    """The mail itself; `bounces_to` is the envelope's sender where what comes back must be known to belong to it."""
    reply_to = mail.reply_address(case_id=case.pk, user_id=person.pk) if case is not None else ""
    stop = link(reverse("notifications:stop", args=[stop_token(person.pk, delivery.event_class)]))
    subject = " ".join(f"[{settings.PRODUCT_NAME}] {values['line']}".split())[:200]
    values = values | {
        "product": settings.PRODUCT_NAME,
        "subject": subject,
        "above": mail.REPLY_ABOVE if reply_to else "",
        "can_reply": bool(reply_to),
        "stop_url": stop,
        "stop_class": EventClass(delivery.event_class).label,
        "language": translation.get_language(),
        "is_rtl": translation.get_language_bidi(),
    }
    headers = {
        **QUIET,
        "Message-ID": mail.message_id("outward", delivery.public_id),
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if case is not None:
        headers["References"] = headers["In-Reply-To"] = mail.message_id("case", case.ref)
    if bounces_to:  # readers see the header's sender, mail servers answer the envelope's (RFC 5321, 4.4)
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("email/outward/body.txt", values),
        from_email=bounces_to or settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    message.attach_alternative(render_to_string("email/outward/body.html", values), "text/html")
    return message
