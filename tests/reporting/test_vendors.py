"""Scorecards: the slump that one slice explains, targets, what each viewer counts, and pages in every state."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organization
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from reporting.models import ContractTarget
from reporting.operations import contracts
from reporting.pages import scorecards
from reporting.selectors import scorecard as selectors
from reporting.selectors.figures import Scope, scope_of
from reporting.statistics import Signal
from tests.escalations.test_views_queue import client_of
from tests.factories.people import make_user, make_vendor
from tests.factories.vendors import make_slump

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("UTC")


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


def card_of(vendor, *, scope=None, at=None):
    at = at or db_now()
    return selectors.scorecard(vendor, scope=scope or Scope.everything(), at=at, zone=ZONE)


class TestWhatChanged:
    def test_it_finds_the_day_the_slice_its_share_and_the_reason(self):
        at = db_now()
        vendor, ads, _other = make_slump(at=at)

        change = next(each for each in card_of(vendor, at=at).changes if each.measure.key == "attainment_r")
        worst = change.parts[0]

        assert change.is_sure
        assert abs((change.since - (at - timedelta(days=11)).replace(hour=0, minute=0)).days) <= 1
        assert [value.key for value in worst.values] == [ads.slug, "night", "es"]
        assert worst.share.of_change > 0.9
        assert worst.reason is not None
        assert (worst.reason.reason, worst.reason.before < 0.15, worst.reason.after > 0.25) == (
            "missing_evidence",
            True,
            True,
        )
        assert sum(part.share.total for part in change.parts) == pytest.approx(change.difference)
        said = scorecards.headline(change, ZONE)
        assert "night · es explains" in said
        assert "“Missing evidence” rose from" in said

    def test_without_a_slump_no_day_stands_out(self):
        at = db_now()
        vendor, *_queues = make_slump(at=at, days=0)

        change = card_of(vendor, at=at).changes[0]

        assert not change.is_sure
        assert scorecards.headline(change, ZONE).startswith("No day stands out.")

    def test_a_vendor_without_submissions_has_a_card_that_says_so(self):
        card = card_of(make_vendor())

        assert card.changes == ()
        assert {kpi.figure.text for kpi in card.kpis} <= {"—", "0"}
        assert card.reasons == {}


def test_both_sides_see_the_same_numbers_and_nothing_else(lead):
    at = db_now()
    vendor, *_ = make_slump(at=at)
    make_slump(at=at, days=0)
    theirs = make_user(organization=vendor, roles=[Role.VENDOR_LEAD])

    ours = card_of(vendor, scope=scope_of(lead), at=at)
    own = card_of(vendor, scope=scope_of(theirs), at=at)

    assert [kpi.figure.text for kpi in ours.kpis] == [kpi.figure.text for kpi in own.kpis]
    assert ours.changes[0].parts == own.changes[0].parts
    other = card_of(make_vendor(), scope=scope_of(theirs), at=at)
    assert not any(kpi.figure.n for kpi in other.kpis)


def test_the_list_costs_the_same_however_many_vendors_there_are():
    at = db_now()
    slumped, *_ = make_slump(at=at)

    def listed():
        vendors = list(Organization.objects.filter(kind="vendor"))
        with CaptureQueriesContext(connection) as asked:
            lines = selectors.vendor_lines(vendors, scope=Scope.everything(), at=at, zone=ZONE)
        return lines, len(asked)

    _, alone = listed()
    for _ in range(4):
        make_slump(at=at, days=0, a_day=5, history=14)
    lines, together = listed()

    # Weeks that had nothing of anybody's before ask for no names.
    assert together <= alone + 2 * (selectors.LIST_WEEKS + len(selectors.LISTED) + 2)
    assert together < 120
    worst = next(line for line in lines if line.vendor == slumped)
    assert worst.figures["attainment_r"].value < 0.95
    assert worst.top_reason == "Missing evidence"
    assert worst.state in (Signal.TOO_FEW, Signal.DOWN, Signal.STABLE)


class TestTargets:
    def test_a_target_holds_from_its_day_on_and_the_one_before_stays(self, lead):
        vendor, at = make_vendor(), db_now()
        for value, days in ((0.9, -30), (0.95, -1), (0.99, 30)):
            contracts.set_target(
                vendor=vendor,
                measure="acceptance",
                value=value,
                starts_on=at.date() + timedelta(days=days),
                note="MSA 4.2",
                by=lead,
                at=at,
            )

        def on(days):
            return selectors.targets_of([vendor], at=at + timedelta(days=days), zone=ZONE).get(
                (vendor.pk, "acceptance")
            )

        assert [on(-40), on(-10), on(0), on(31)] == [None, 0.9, 0.95, 0.99]
        assert Event.objects.filter(kind="contract_target.set").count() == 3
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE reporting_contracttarget SET value = 0.1")

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"measure": "luck"}, "/measure"),
            ({"value": 1.2}, "/value"),
            ({"value": -0.1}, "/value"),
            ({"starts_on": date(2001, 1, 1)}, "/starts_on"),
            ({"note": "x" * 301}, "/note"),
        ],
    )
    def test_nonsense_is_refused_where_it_stands(self, lead, changes, pointer):
        at = db_now()
        values = {"measure": "acceptance", "value": 0.9, "starts_on": at.date(), "note": ""} | changes

        with pytest.raises(Invalid) as refused:
            contracts.set_target(vendor=make_vendor(), **values, by=lead, at=at)

        assert [problem.pointer for problem in refused.value.errors] == [pointer]

    def test_leads_and_administrators_agree_and_nobody_else(self):
        at = db_now()
        with pytest.raises(NotPermitted):
            contracts.set_target(
                vendor=make_vendor(),
                measure="acceptance",
                value=0.9,
                starts_on=at.date(),
                note="",
                by=make_user(roles=[Role.SPECIALIST]),
                at=at,
            )


class TestPages:
    def test_the_list_the_card_and_targets_in_every_state(self, lead):
        client = client_of(lead)
        assert "no vendor yet" in client.get(reverse("reporting:vendors")).text
        vendor = make_vendor()
        empty = client.get(reverse("reporting:vendor", args=[vendor.slug]))
        assert "nothing to compare" in empty.text
        slumped, *_ = make_slump(at=db_now())

        page = client.get(reverse("reporting:vendor", args=[slumped.slug]))

        assert "night · es" in page.text
        assert "/q/?q=" in page.text
        assert slumped.name in client.get(reverse("reporting:vendors")).text
        address = reverse("reporting:vendor-targets", args=[slumped.slug])
        refused = client.post(address, {"measure": "acceptance", "value": "180", "starts_on": "2026-11-22"})
        assert refused.status_code == 422
        assert "between 0 and 100" in refused.text
        kept = client.post(address, {"measure": "acceptance", "value": "92", "starts_on": db_now().date().isoformat()})
        assert kept.status_code == 302
        assert ContractTarget.objects.get().value == pytest.approx(0.92)
        assert "92.0 %" in client.get(address).text
        assert "target missed" in client.get(reverse("reporting:vendor", args=[slumped.slug])).text

    def test_strangers_and_missing_vendors(self, lead):
        assert client_of(lead).get(reverse("reporting:vendor", args=["nobody"])).status_code == 404
        internal = Organization.objects.get(kind="internal")
        assert client_of(lead).get(reverse("reporting:vendor", args=[internal.slug])).status_code == 404
        vendor = make_vendor()
        theirs = make_user(organization=vendor, roles=[Role.VENDOR_LEAD])
        assert client_of(theirs).get(reverse("reporting:vendor", args=[vendor.slug])).status_code in (302, 403, 404)
        reader = make_user(roles=[Role.PARTNER])
        assert client_of(reader).get(reverse("reporting:vendors")).status_code == 403
