"""A submitter raises the severity later: by one level, until triage; and where the plan says so its targets stay (sla.md 3.6, rule 8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import Metric, Severity
from escalations.models import Case
from escalations.operations import cases, clocks, sla_plans
from escalations.operations.sla_plans import TargetInput
from escalations.selectors import sla_plans as selectors
from escalations.selectors.clocks import clocks_of
from oncall.operations.calendars import ALWAYS
from tests.escalations.api_client import Caller
from tests.factories.cases import make_queue
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import NOON, make_user, make_vendor
from tests.portal.people import make_portal_vendor, send_in, signed_in

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def agreed(*, keeps: bool) -> None:
    """A plan of three targets; the next version of it, by its own operation, says whether they stay."""
    old = make_plan(
        {"R3": 72 * 3600, "R2": 24 * 3600, "R1": 8 * 3600, "R0": 4 * 3600, "R4": 168 * 3600, "A": 3600, "F": 7200}
    )
    admin = make_user(roles=[Role.ADMIN])
    targets = [
        TargetInput(row.metric, row.severity, row.seconds, ALWAYS, pause_reasons=tuple(row.pause_reasons))
        for row in old.targets.all()
    ]
    made = sla_plans.publish_plan_version(
        plan_id=old.plan_id, targets=targets, note="Agreed", by=admin, at=NOON, keeps_when_submitter_raises=keeps
    )
    selectors.forget()
    again = sla_plans.publish_plan_version(plan_id=old.plan_id, targets=targets, note="As before", by=admin, at=NOON)
    assert (made.keeps_when_submitter_raises, again.keeps_when_submitter_raises) == (keeps, keeps)
    selectors.forget()


def sent_in() -> tuple[Case, User]:
    vendor = make_vendor()
    case = make_case_with_clocks(severity=Severity.S3, organization=vendor)
    return case, make_user(roles=[Role.VENDOR_SUBMITTER], organization=vendor)


def due_after(case: Case) -> timedelta:
    due_at = clocks_of(case).get(metric=Metric.RESOLVE).due_at
    assert due_at is not None
    return due_at - NOON


def test_the_targets_stay_until_somebody_of_the_team_sets_the_severity() -> None:
    agreed(keeps=True)
    case, submitter = sent_in()

    case = cases.change_severity(case_id=case.pk, severity=Severity.S2, reason="Spreads", by=submitter, at=NOON + HOUR)

    assert (case.severity, case.severity_promised, due_after(case)) == (Severity.S2, Severity.S3, 72 * HOUR)
    flag: dict[str, Any] = Event.objects.get(subject_id=case.pk, kind=events.CASE_SEVERITY_CHANGED).data
    assert (flag["before"], flag["after"], flag["promised"]) == (3, 2, 3)
    # Whatever matches the case anew in the meantime keeps to what was promised, and so does a second raise.
    assert clocks.retarget(case, at=NOON + 2 * HOUR, by=None, cause="tags") == []
    case = cases.change_severity(case_id=case.pk, severity=Severity.S1, reason="More", by=submitter, at=NOON + 2 * HOUR)
    assert (case.severity_promised, due_after(case)) == (Severity.S3, 72 * HOUR)

    lead = make_user(roles=[Role.LEAD])
    case = cases.change_severity(case_id=case.pk, severity=Severity.S1, reason="Yes", by=lead, at=NOON + 3 * HOUR)

    assert (case.severity_promised, due_after(case)) == (None, 8 * HOUR)


def test_without_that_agreement_the_clocks_follow_at_once() -> None:
    agreed(keeps=False)
    case, submitter = sent_in()

    case = cases.change_severity(case_id=case.pk, severity=Severity.S2, reason="Spreads", by=submitter, at=NOON + HOUR)

    assert (case.severity_promised, due_after(case)) == (None, 24 * HOUR)


def test_it_goes_up_one_level_never_to_s0_and_not_once_somebody_works_on_it() -> None:
    case, submitter = sent_in()

    with pytest.raises(Invalid, match="one level"):
        cases.change_severity(case_id=case.pk, severity=Severity.S1, reason="Bad", by=submitter, at=NOON)
    with pytest.raises(NotPermitted):
        cases.change_severity(case_id=case.pk, severity=Severity.S4, reason="Less", by=submitter, at=NOON)
    Case.objects.filter(pk=case.pk).update(severity=Severity.S1)
    with pytest.raises(Invalid, match="one level"):
        cases.change_severity(case_id=case.pk, severity=Severity.S0, reason="Bad", by=submitter, at=NOON)
    Case.objects.filter(pk=case.pk).update(status="in_review", assignee=make_user(), claimed_at=NOON, severity=3)
    with pytest.raises(NotPermitted):
        cases.change_severity(case_id=case.pk, severity=Severity.S2, reason="Bad", by=submitter, at=NOON)


def test_the_api_and_the_portal_do_it_and_the_team_sees_the_flag(client: Client) -> None:
    agreed(keeps=True)
    make_queue(is_default=True)
    vendor = make_portal_vendor()
    case = send_in(vendor.lead, at=db_now())
    Case.objects.filter(pk=case.pk).update(severity=Severity.S3)
    portal = signed_in(vendor.lead)
    address = f"/portal/s/{case.ref}/"
    assert "It is worse than it looked" in portal.get(address).content.decode()

    refused = portal.post(f"{address}severity/", {"reason": ""})
    answer = portal.post(f"{address}severity/", {"reason": "Copied to three accounts"})

    assert (refused.status_code, answer.status_code) == (422, 302)
    case.refresh_from_db()
    assert (case.severity, case.severity_promised) == (Severity.S2, Severity.S3)
    lead = signed_in(make_user(roles=[Role.LEAD]))
    assert "targets still of S3" in lead.get(reverse("escalations:case", args=[case.ref])).content.decode()
    caller = Caller(organization=vendor.organization)
    assert caller.post(f"submissions/{case.ref}/severity/", {"severity": "S0", "reason": "x"}).status_code == 422
    raised = caller.post(f"submissions/{case.ref}/severity/", {"severity": "S1", "reason": "Viral now"})
    assert (raised.status_code, Case.objects.get(pk=case.pk).severity) == (200, Severity.S1)
    other = Caller(organization=make_vendor())
    assert other.post(f"submissions/{case.ref}/severity/", {"severity": "S1", "reason": "x"}).status_code == 404
