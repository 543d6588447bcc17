"""What leaves by channels that others carry and locked screens show: public id, severity, what happened, a link. For every case.

The same for chat, SMS, voice and push, so that nothing else can slip in (permissions.md: public id and severity only).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.models import Event
from core import outward
from escalations.models import Case
from notifications.channels import Outcome, accepted, ambiguous, not_needed, permanent, retryable
from notifications.channels.webhook import outcome_of
from notifications.lifecycle import EventClass
from notifications.models import Delivery, Notification
from notifications.rules import CASE
from notifications.selectors import texts


@dataclass(frozen=True)
class Short:
    """One message in few words. `ref` is empty where it tells of several objects; `severity` is None where there is none."""

    ref: str
    severity: int | None
    what: str
    url: str

    @property
    def line(self) -> str:
        """Everything but the link, as one line."""
        rank = f"S{self.severity}" if self.severity is not None else ""
        return " · ".join(part for part in (self.ref, rank, self.what) if part)


@contextmanager
def speaking_as(person: User) -> Iterator[None]:
    """The person's language and zone."""
    with translation.override(person.locale), timezone.override(ZoneInfo(person.time_zone)):
        yield


def of_delivery(delivery: Delivery, person: User) -> Short | Outcome:
    """What `delivery` tells `person`: notices that are unread and of what they may still see; else the outcome that ends it."""
    found = list(
        Notification.objects.filter(items__delivery=delivery).select_related("event").order_by("created_at", "pk")
    )
    notices = [notice for notice in found if notice.read_at is None]
    if not notices:
        return not_needed("It was read in the inbox." if found else "It carries no notice.")
    wanted = {notice.subject_id for notice in notices if notice.subject_type == CASE}
    cases = Case.objects.visible_to(person).only("compartments").in_bulk(wanted)
    notices = [notice for notice in notices if notice.subject_type != CASE or notice.subject_id in cases]
    if not notices:
        return not_needed("There is nothing left that its receiver may see.")
    with speaking_as(person):
        return _said(notices)


def _said(notices: list[Notification]) -> Short:
    last, more = notices[-1], len(notices) - 1
    if len({(notice.subject_type, notice.subject_id) for notice in notices}) > 1:
        what = ngettext("%(n)d notice", "%(n)d notices", more + 1) % {"n": more + 1}
        ranks = [notice.severity for notice in notices if notice.severity is not None]
        return Short("", min(ranks, default=None), what, link(reverse("notifications:inbox")))
    what = _what(last.event, last.compartments, EventClass(last.event_class))
    if more:
        what += " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
    return Short(last.subject_ref, last.severity, what, _place(last.subject_type, last.subject_ref))


def of_event(event: Event, *, event_class: EventClass, severity: int) -> Short:
    """What an event on a case tells those who are not one person: a team's chat."""
    what = _what(event, event.compartments, event_class)
    return Short(event.subject_ref, severity, what, _place(event.subject_type, event.subject_ref))


def of_test() -> Short:
    """What a test says."""
    what = _("This is a test of %(product)s. Nothing happened.") % {"product": settings.PRODUCT_NAME}
    return Short("", None, what, link(reverse("notifications:preferences")))


def _what(event: Event, labels: list[str], event_class: EventClass) -> str:
    """The sentence; of what only a compartment may know, its class alone."""
    return str(event_class.label) if labels else " ".join(texts.outside_line(event).split())


def _place(subject_type: str, ref: str) -> str:
    return link(reverse("escalations:case", args=[ref]) if subject_type == CASE else reverse("notifications:inbox"))


def link(path: str) -> str:
    """A path as an address that works outside."""
    return f"{settings.SITE_URL}{path}"


def post(
    method: str, url: str, *, headers: dict[str, str], body: bytes, timeout_s: float, max_bytes: int = 65_536
) -> tuple[Outcome, outward.Answer | None]:
    """Send once to a place that shows repeats twice, and say what its answer means; the answer is there where one came.

    Sure not to have arrived: no connection, 408, 425, 429, 503, and every other refusal. Other errors of a server, and silence
    after the request left, say nothing about it: ambiguous.
    """
    try:
        answer = outward.fetch(method, url, headers=headers, body=body, timeout_s=timeout_s, max_bytes=max_bytes)
    except outward.UrlNotAllowed as error:
        return permanent(str(error)), None
    except outward.NotReached as error:
        return retryable(str(error)), None
    except outward.OutwardFailed as error:
        return ambiguous(str(error)), None
    read = outcome_of(answer.status, answer.headers.get("retry-after", ""), took_ms=0)
    if answer.status >= 500 and answer.status != 503:
        return ambiguous(read.error), answer
    return (accepted() if 200 <= answer.status < 300 else read), answer
