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
from escalations.models import Case
from reporting.measures import MEASURES
from reporting.models import CaseFact, ContractTarget, DecisionFact, ReviewImport, VendorReview, VendorWeek
from reporting.operations import contracts
from reporting.pages import scorecards
from reporting.selectors import scorecard as selectors
from reporting.selectors.figures import Figure, Scope, Value, Window, scope_of
from reporting.statistics import Signal, contribution
from tests.escalations.test_views_queue import client_of
from tests.factories.cases import make_queue
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
        assert f"explains {scorecards.change_rows(change)[0].of_change} of it" in scorecards.headline(change, ZONE)
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


def many_slices(count, *, untold=None):
    """A change of `count` slices of odd sizes, none of whose parts is a round number."""
    sides = [
        {
            (Value(f"q{n}", f"Queue {n}", f"queue:q{n}"),): (float((11 + n) * rate // 100), float(17 + n))
            for n in range(count)
        }
        for rate in (97, 71)
    ]
    measure, start, day = MEASURES["attainment_r"], db_now(), timedelta(days=1)
    wholes = []
    for side in sides:
        kept, of = (sum(counts[place] for counts in side.values()) for place in (0, 1))
        wholes.append(Figure(measure, kept / of, int(of), start, numerator=kept, denominator=of))
    parts = tuple(selectors.Part(share.slice, share, None) for share in contribution(*sides))
    windows = Window(start - 28 * day, start), Window(start, start + 11 * day)
    return selectors.Change(measure, *windows, *wholes, parts, True, untold)


@pytest.mark.parametrize("count", [1, 8, 9, 240])
def test_what_is_printed_of_a_change_adds_up_to_the_last_digit(count):
    change = many_slices(count)

    for rows in (scorecards.change_rows(change), scorecards.change_rows(change, most=count)):
        *told, whole = rows
        assert len(told) == min(count, 9) or len(told) == count
        for column in ("points", "rate", "mix", "of_change"):
            assert sum(tenths(getattr(row, column)) for row in told) == tenths(getattr(whole, column))
        for row in rows:
            assert tenths(row.rate) + tenths(row.mix) == tenths(row.points)
        assert tenths(whole.after) - tenths(whole.before) == tenths(whole.points)
        assert whole.of_change == "100.0 %"
        for row, part in zip(told[:8], change.parts, strict=False):
            assert abs(tenths(row.points) - 1000 * part.share.total) < 1.1


def tenths(words):
    return round(10 * float(words.split()[0].replace("−", "-").replace("+", "").replace(",", "")))


def test_what_a_small_cell_hides_is_in_the_rest_and_is_named_nowhere():
    at = db_now()
    vendor, _ads, other = make_slump(at=at)
    hidden = CaseFact.objects.filter(organization=vendor, queue_id=other.pk, received_at__gte=at - timedelta(days=8))
    few = list(hidden.order_by("case_id").values_list("pk", flat=True)[:3])
    CaseFact.objects.filter(pk__in=few).update(language="ga")

    change = card_of(vendor, scope=Scope(small_cell=5), at=at).changes[0]
    rows = scorecards.change_rows(change)

    assert change.untold is not None
    assert sum(part.share.total for part in change.parts) + change.untold.total == pytest.approx(change.difference)
    assert "ga" not in " ".join(row.label for row in rows)
    assert rows[-2].label.startswith("The other slices")


def test_no_vendor_is_left_out_of_a_list_of_more_than_two_hundred():
    at = db_now()
    made = Organization.objects.bulk_create(
        [Organization(name=f"Vendor {n:03}", slug=f"vendor-{n:03}", kind="vendor") for n in range(215)]
    )
    queue, seen = make_queue(), at - timedelta(days=1)
    senders = [vendor for place, vendor in enumerate(made) for _ in range(1 if place == 107 else 2)]
    cases = Case.objects.bulk_create(
        Case(
            ref=f"ESC-{6_000_000 + number}",
            organization=vendor,
            channel="api",
            title="Advertisement",
            ask="Please look.",
            surface="ads",
            severity=3,
            queue=queue,
            order_at=seen,
            received_at=seen,
            updated_at=seen,
        )
        for number, vendor in enumerate(senders)
    )
    CaseFact.objects.bulk_create(
        CaseFact(
            case_id=case.pk,
            organization_id=case.organization_id,
            queue_id=queue.pk,
            severity=3,
            severity_first=3,
            is_child=False,
            is_open=True,
            received_at=seen,
            triaged_at=seen,
            triage="invalid",
            reason="test",
        )
        for case in cases
    )

    lines = selectors.vendor_lines(made, scope=Scope.everything(), at=at, zone=ZONE)

    assert [line.submissions.text for line in lines] == ["1" if place == 107 else "2" for place in range(215)]
    assert all(line.figures["acceptance"].n for line in lines)
    assert all(line.top_reason for line in lines)


def test_the_list_shows_what_the_vendor_decided_itself_and_when_it_is_reviewed_next(lead):
    at = db_now()
    vendor, *_ = make_slump(at=at, history=12, a_day=5)
    page = client_of(lead).get(reverse("reporting:vendors"))
    assert "Their accuracy" not in page.text  # nobody has facts for it
    assert "ch-spark" in page.text
    assert "Answer to questions" in page.text
    brought = ReviewImport.objects.create(
        organization=vendor, name="x.csv", at=at, person=lead, new=12, changed=0, known=0, refused=0
    )
    cases = list(Case.objects.filter(organization=vendor, closed_at__gte=at - timedelta(days=9)).order_by("pk")[:12])
    for number, case in enumerate(cases):
        VendorReview.objects.create(
            organization=vendor,
            external_id=f"r{number}",
            kind="ad",
            item=f"ad-{number}",
            item_key=f"ad-{number}",
            reviewer="R1",
            decision="remove" if number < 3 else "no_violation",
            decided_at=case.received_at,
            escalation=case.ref,
            brought_by=brought,
        )
        DecisionFact.objects.create(
            decision_id=8_000_000 + number,
            case_id=case.pk,
            organization=vendor,
            verdict="no_violation",
            clause="",
            is_repeat=False,
            is_gap=False,
            is_graphic=False,
            was_shielded=True,
            effective_at=case.closed_at,
            decided_at=case.closed_at,
        )
    monday = (at - timedelta(days=at.weekday(), weeks=1)).date()
    VendorWeek.objects.create(
        organization=vendor, starts_on=monday, zone="UTC", edition=1, figures={}, frozen_at=at, frozen_by=lead
    )

    line = next(
        line
        for line in selectors.vendor_lines([vendor], scope=Scope.everything(), at=at, zone=ZONE)
        if line.vendor == vendor
    )
    page = client_of(lead).get(reverse("reporting:vendors"))

    assert (line.accuracy.k, line.accuracy.n, line.accuracy.text) == (9, 12, "75.0 %")
    assert line.review_on == monday + timedelta(days=14)
    assert "75.0 %" in page.text
    assert reverse("reporting:vendor-review", args=[vendor.slug, line.week]) in page.text


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

    def test_each_chart_is_taken_along_and_says_what_it_counts(self, lead):
        slumped, *_ = make_slump(at=db_now(), a_day=5)
        client = client_of(lead)
        page = client.get(reverse("reporting:vendor", args=[slumped.slug])).text
        for key in ("changed-attainment_r", "changed-acceptance", "attainment_r", "acceptance", "reasons"):
            for form in ("csv", "png"):
                assert reverse(f"reporting:vendor-{form}", args=[slumped.slug, key]) in page
        assert "invalid / (valid + invalid)" in page

        changed = client.get(reverse("reporting:vendor-csv", args=[slumped.slug, "changed-attainment_r"]))
        figures = client.get(reverse("reporting:vendor-csv", args=[slumped.slug, "figures"]))
        drawn = client.get(reverse("reporting:vendor-png", args=[slumped.slug, "attainment_r"]))

        assert "All slices,100.0 %" in changed.text
        assert figures.text.count("KPI-") >= 5
        assert drawn.content.startswith(b"\x89PNG")
        assert client.get(reverse("reporting:vendor-csv", args=[slumped.slug, "nothing"])).status_code == 404
        assert client.get(reverse("reporting:vendor-png", args=[slumped.slug, "figures"])).status_code == 404
        note = client.get(reverse("reporting:annotation-new"), {"vendor": slumped.slug})
        assert f'value="{slumped.pk}" selected' in note.text
        theirs = make_user(organization=slumped, roles=[Role.VENDOR_LEAD])
        away = client_of(theirs).get(reverse("reporting:vendor-csv", args=[slumped.slug, "figures"]))
        assert away.status_code in (302, 404)

    def test_strangers_and_missing_vendors(self, lead):
        assert client_of(lead).get(reverse("reporting:vendor", args=["nobody"])).status_code == 404
        internal = Organization.objects.get(kind="internal")
        assert client_of(lead).get(reverse("reporting:vendor", args=[internal.slug])).status_code == 404
        vendor = make_vendor()
        theirs = make_user(organization=vendor, roles=[Role.VENDOR_LEAD])
        assert client_of(theirs).get(reverse("reporting:vendor", args=[vendor.slug])).status_code in (302, 403, 404)
        reader = make_user(roles=[Role.PARTNER])
        assert client_of(reader).get(reverse("reporting:vendors")).status_code == 403
