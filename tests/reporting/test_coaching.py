"""Coaching (VEN-3): returned cases shared as examples, read by the vendor's lead, and how often the reason comes back since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.lifecycle import InvalidReason
from escalations.operations.closing import mark_invalid
from notifications.channels import outward_mail
from notifications.models import Delivery
from notifications.operations import outward
from reporting.models import CoachingSet
from reporting.operations import coaching, facts
from reporting.selectors.coaching import coached
from tests.factories.people import make_user
from tests.portal.people import Vendor, make_portal_vendor, send_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor() -> Vendor:
    return make_portal_vendor()


def returns(vendor: Vendor, count: int) -> list[str]:
    """So many cases of a vendor that came back for missing evidence; their references."""
    at, judge, refs, ids = db_now(), make_user(roles=[Role.LEAD]), [], []
    for number in range(count):
        case = send_in(vendor.lead, at=at - timedelta(days=2), where=f"https://x.example/{vendor.lead.pk}/{number}")
        mark_invalid(case_id=case.pk, reason=InvalidReason.MISSING_EVIDENCE, note="Add it", by=judge, at=at)
        refs.append(case.ref)
        ids.append(case.pk)
    facts.write(ids)
    return refs


def test_examples_are_shared_on_the_page_and_read_in_the_portal(vendor):
    refs, lead = returns(vendor, 10), make_user(roles=[Role.LEAD])
    values = {"title": "Landing pages", "reason": "missing_evidence", "message": "Add the page.", "refs": refs[:2]}

    shared = signed_in(lead).post(f"/vendors/{vendor.organization.slug}/coaching/", values)
    row = CoachingSet.objects.get()
    event = Event.objects.get(kind="coaching_set.shared")
    theirs = signed_in(vendor.lead)
    home = theirs.get("/portal/").content.decode()
    page = theirs.get("/portal/scorecard/").content.decode()
    theirs.post(f"/portal/scorecard/examples/{row.public_id}/")
    ours = signed_in(lead).get(f"/vendors/{vendor.organization.slug}/coaching/").content.decode()

    assert shared.status_code == 302
    assert list(outward.receivers(event)) == [vendor.lead]  # neither its submitters nor another vendor
    outward.hear(event)
    outward.hear(event)
    told = Delivery.objects.get(user=vendor.lead, payload__outward=event.pk)
    mail = outward_mail.prepare(told, vendor.lead)
    assert isinstance(mail, EmailMultiAlternatives)
    assert "Examples to learn from: Landing pages" in mail.subject
    assert "2 of your submissions" in mail.body
    assert "/portal/scorecard/" in mail.body
    assert lead.display_name not in mail.body
    assert outward_mail.prepare(told, make_portal_vendor().lead).__class__ is not EmailMultiAlternatives
    assert f"#set-{row.public_id}" in home
    assert f"#set-{row.public_id}" not in theirs.get("/portal/").content.decode()
    assert "Add the page." in page
    assert f"/portal/s/{refs[0]}/" in page
    row.refresh_from_db()
    assert row.acknowledged_by == vendor.lead
    [shown] = coached(vendor.organization, viewer=lead, at=db_now() + timedelta(minutes=1))
    assert (shown.before.count, shown.before.percent, shown.after) == (10, 100, None)
    assert "100 %" in ours


def test_only_returned_cases_of_that_vendor_are_examples(vendor):
    other, lead = make_portal_vendor(), make_user(roles=[Role.LEAD])
    open_case = send_in(vendor.lead, at=db_now())

    for refs in ([], [open_case.ref], returns(other, 1), ["ESC-1000001"]):
        with pytest.raises(Invalid):
            coaching.share(
                vendor=vendor.organization,
                reason="missing_evidence",
                title="t",
                message="m",
                refs=refs,
                by=lead,
                at=db_now(),
            )


def test_somebody_elses_examples_are_as_if_they_did_not_exist(vendor):
    row = coaching.share(
        vendor=vendor.organization,
        reason="missing_evidence",
        title="t",
        message="m",
        refs=returns(vendor, 1),
        by=make_user(roles=[Role.LEAD]),
        at=db_now(),
    )
    rival = signed_in(make_portal_vendor().lead)

    assert rival.post(f"/portal/scorecard/examples/{row.public_id}/").status_code == 404
    with pytest.raises(NotPermitted):
        coaching.acknowledge(set_id=row.pk, by=vendor.submitter, at=db_now())
    refused = signed_in(make_user(roles=[Role.SPECIALIST])).post(f"/vendors/{vendor.organization.slug}/coaching/", {})
    assert refused.status_code in (403, 422)
