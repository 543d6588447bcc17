"""Notices to vendors: on the first page of every portal while they hold, made by those who set the service up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from notifications import events
from notifications.models import ServiceNotice
from notifications.operations import service_notices
from tests.factories.people import make_user
from tests.portal.people import make_portal_vendor, signed_in

pytestmark = pytest.mark.django_db
WORDS = {"title": "Valdoria votes", "body": "Send altered polling dates under Organic."}


def test_a_notice_is_read_by_vendors_until_it_is_taken_down() -> None:
    lead = signed_in(make_user(roles=[Role.LEAD]))
    vendor = signed_in(make_portal_vendor().lead)

    made = lead.post("/admin/vendor-notices/", WORDS)
    notice = ServiceNotice.objects.get()
    shown = vendor.get("/portal/").content.decode()
    ended = lead.post(f"/admin/vendor-notices/{notice.public_id}/end/")

    assert (made.status_code, ended.status_code) == (302, 302)
    assert "Valdoria votes" in shown
    assert "Valdoria votes" not in vendor.get("/portal/").content.decode()
    assert Event.objects.filter(kind__in=[events.SERVICE_NOTICE_MADE, events.SERVICE_NOTICE_ENDED]).count() == 2


def test_one_of_tomorrow_is_not_shown_today_and_an_end_in_the_past_is_refused() -> None:
    lead, at = make_user(roles=[Role.LEAD]), db_now()
    service_notices.make(**WORDS, starts_at=at + timedelta(days=1), ends_at=None, by=lead, at=at)

    refused = signed_in(lead).post("/admin/vendor-notices/", WORDS | {"ends_at": "2020-01-01T10:00"})
    ancient = signed_in(lead).post("/admin/vendor-notices/", WORDS | {"starts_at": "0001-01-01T00:00"})

    assert list(service_notices.shown_at(at)) == []
    assert refused.status_code == ancient.status_code == 422


@pytest.mark.parametrize(("role", "status"), [(Role.SPECIALIST, 403), (Role.AUDITOR, 403), (Role.ADMIN, 302)])
def test_who_may_tell_vendors(role: str, status: int) -> None:
    assert signed_in(make_user(roles=[role])).post("/admin/vendor-notices/", WORDS).status_code == status
