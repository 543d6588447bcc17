"""Vendors' own decisions: rows kept once, refused with why, read beside their escalations, and nobody else's."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import NotPermitted
from core.sheets import FileRefused
from escalations.lifecycle import InvalidReason
from escalations.operations.closing import mark_invalid
from reporting import demo
from reporting.models import CaseFact, CoachingSet, ContractTarget, DecisionFact, ReviewImport, VendorReview
from reporting.operations import vendor_reviews
from reporting.operations.vendor_reviews import EXAMPLE, FIELDS, RowState
from reporting.selectors.figures import Scope, Window, scope_of
from reporting.selectors.vendor_reviews import reviewing
from tests.escalations.api_client import Caller
from tests.escalations.test_views_queue import client_of
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


def values(key: str, **changes: object) -> dict[str, object]:
    return dict(EXAMPLE) | {"external_id": key, "escalation": "", "item": f"ad-{key}"} | changes


def table(*rows: dict[str, object]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(FIELDS))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def bring(vendor, by, *rows, is_try=False, content=b""):
    return vendor_reviews.bring_file(
        content=content or table(*rows), name="march.csv", vendor=vendor, is_try=is_try, by=by, at=db_now()
    )


def states(report):
    return [row.state for row in report.rows]


class TestBringing:
    def test_a_file_comes_twice_changes_and_leaves_out_what_is_wrong(self, lead):
        vendor = make_vendor()
        rows = [
            values("1"),
            values("2"),
            values("2"),
            values("3", decided_at="yesterday"),
            values("4", decision="Maybe"),
        ]

        tried = bring(vendor, lead, *rows, is_try=True)
        assert (tried.brought, VendorReview.objects.count()) == (None, 0)
        first = bring(vendor, lead, *rows)
        again = bring(vendor, lead, values("1", decision="No violation"), values("2", decision="Remove"))

        assert states(first) == states(tried) == [RowState.NEW] * 2 + [RowState.REFUSED] * 3
        assert [row.problems[0].pointer for row in first.rows[2:]] == ["/external_id", "/decided_at", "/decision"]
        assert states(again) == [RowState.KNOWN, RowState.CHANGED]
        assert dict(VendorReview.objects.values_list("external_id", "decision")) == {"1": "no_violation", "2": "remove"}
        assert ReviewImport.objects.count() == Event.objects.filter(kind="vendor_reviews.imported").count() == 2
        assert states(bring(vendor, lead, values("1"))) == [RowState.KNOWN]
        assert ReviewImport.objects.count() == 2

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b"external_id,item\n1,2", "missing"),
            (b"external_id,colour\n1,2", "colour"),
            (table(), "no rows"),
            (b"external_id,external_id\n1,2", "Two columns"),
        ],
    )
    def test_another_table_is_refused_with_what_to_do(self, lead, content, said):
        with pytest.raises(FileRefused, match=said):
            bring(make_vendor(), lead, content=content or b" ")

    def test_a_vendors_lead_brings_its_own_and_nobody_another_vendors(self, lead):
        vendor, other = make_vendor(), make_vendor()
        theirs = make_user(organization=vendor, roles=[Role.VENDOR_LEAD])

        assert states(bring(vendor, theirs, values("1"))) == [RowState.NEW]
        submitter = make_user(organization=vendor, roles=[Role.VENDOR_SUBMITTER])
        for by, of in ((theirs, other), (submitter, vendor), (make_user(), vendor), (lead, lead.organization)):
            with pytest.raises(NotPermitted):
                bring(of, by, values("2"))
        assert VendorReview.objects.count() == 1

    def test_a_key_sends_and_reads_back_its_own(self):
        caller, stranger = Caller(), Caller()
        body = {"reviews": [values("1"), {"external_id": "2"}]}

        tried = caller.post("reviews/", body | {"dry_run": True}).json()
        sent = caller.post("reviews/", body)
        same = stranger.post("reviews/", {"reviews": [values("1", decision="remove")]})

        assert (tried["kept"], tried["new"], sent.json()["kept"], sent.json()["refused"]) == (False, 1, True, 1)
        assert {error["pointer"] for error in sent.json()["results"][1]["errors"]} >= {"/item", "/decided_at"}
        assert same.json()["new"] == 1
        assert [row["decision"] for row in caller.get("reviews/").json()["results"]] == ["no_violation"]
        assert caller.get("reviews/", {"decided_before": "2020-01-01T00:00:00Z"}).json()["results"] == []
        sandbox = Caller(organization=caller.key.organization, is_sandbox=True)
        assert sandbox.post("reviews/", {"reviews": [values("9")]}).json()["kept"] is False
        for bad in ([], {"reviews": []}, {"reviews": "x"}, {"reviews": [{}] * 501}, {"reviews": [1], "dry": 1}):
            assert caller.post("reviews/", bad).status_code == 422
        assert caller.post("reviews/", {"reviews": [7]}).json()["refused"] == 1


def make_judged(vendor, *, verdict: str, triage: str = "valid", **case_):
    """A case of a vendor with its facts, decided by us."""
    at = db_now() - timedelta(days=1)
    case = make_case(organization=vendor, **case_)
    CaseFact.objects.create(
        case_id=case.pk,
        organization=vendor,
        queue_id=case.queue_id,
        severity=3,
        severity_first=3,
        shift="day",
        is_child=False,
        received_at=at,
        is_open=False,
        triaged_at=at,
        triage=triage,
    )
    if verdict:
        DecisionFact.objects.create(
            decision_id=case.pk,
            case_id=case.pk,
            organization=vendor,
            decided_at=at,
            effective_at=at,
            verdict=verdict,
            clause="AD-FR-2.1",
            is_repeat=False,
            is_gap=False,
            is_graphic=False,
            was_shielded=True,
        )
    return case


@pytest.fixture
def read(lead):
    """Twelve decisions that came up here, ten judged, of which three otherwise, and three that did not."""
    vendor, queue, rows = make_vendor(), make_queue(), []
    for number in range(12):
        verdict = "remove" if number < 3 else "restore" if number < 10 else ""
        case = make_judged(
            vendor,
            queue=queue,
            verdict=verdict,
            triage="valid" if number < 10 else "invalid",
            external_ref=f"X-{number}",
        )
        name = case.ref if number % 2 else case.external_ref
        rows.append(values(str(number), escalation=name, decided_at=db_now().isoformat(), handle_s=60))
    rows += [values(f"n{each}", clause="", decided_at=db_now().isoformat(), decision="escalated") for each in range(3)]
    bring(vendor, lead, *rows)
    return vendor


def of(vendor, scope):
    window = Window.last(days=7, at=db_now() + timedelta(hours=1), zone=ZoneInfo("UTC"))
    return reviewing(vendor, scope=scope, window=window, zone="UTC")


def test_decisions_are_read_beside_their_escalations(read, lead):
    other = make_vendor()
    make_judged(other, verdict="remove", external_ref="X-0", queue=make_queue())

    found = of(read, scope_of(lead))
    total, by_clause = found.total, {line.key: line for line in found.clauses}

    assert (total.n, total.reviewers, total.looked_at, total.handle_s) == (
        15,
        1,
        12,
        pytest.approx((12 * 60 + 3 * 74) / 15),
    )
    assert (total.overturned.k, total.overturned.n, total.overturned.text) == (3, 10, "30.0 %")
    assert (total.valid.k, total.valid.n, total.escalated.k) == (10, 12, 3)
    assert (by_clause["AD-FR-2.1"].n, by_clause[""].overturned.text, by_clause[""].valid.n) == (12, "—", 0)
    assert [(flip.theirs, flip.ours, flip.n) for flip in found.flips] == [("no_violation", "remove", 3)]
    assert of(read, Scope(small_cell=5)).flips == ()
    assert of(other, scope_of(lead)).total.n == 0
    assert of(read, Scope.of_vendor(other.pk)).total.looked_at == 0


def test_the_page_in_every_state(read, lead):
    client, empty = client_of(lead), make_vendor()
    address = reverse("reporting:vendor-reviewing", args=[read.slug])

    page = client.get(address)
    assert "30.0 %" in page.text
    assert page.text.count("ESC-") >= 3
    assert "no decisions" in client.get(reverse("reporting:vendor-reviewing", args=[empty.slug])).text
    assert b"external_id" in client.get(reverse("reporting:vendor-reviewing-template")).content

    def post(content, act):
        return client.post(address, {"act": act, "file": SimpleUploadedFile("more.csv", content)})

    assert "Nothing was kept" in post(table(values("new")), "try").text
    kept = post(table(values("new"), values("bad", kind="song")), "keep")
    assert "The file was brought in" in kept.text
    assert "Send one of: content, ad." in kept.text
    assert "more.csv" in client.get(address).text
    assert post(b"", "keep").status_code == 422


def test_who_may_not_see_it(read):
    address = reverse("reporting:vendor-reviewing", args=[read.slug])
    theirs = make_user(organization=read, roles=[Role.VENDOR_LEAD])
    assert client_of(theirs).get(address).status_code in (302, 403, 404)
    assert client_of(make_user()).get(address).status_code == 403
    assert (
        client_of(make_user(roles=[Role.LEAD])).get(reverse("reporting:vendor-reviewing", args=["x"])).status_code
        == 404
    )
    auditor = client_of(make_user(roles=[Role.AUDITOR]))
    assert "Bring a file in" not in auditor.get(address).text
    assert auditor.post(address, {"act": "keep", "file": SimpleUploadedFile("a.csv", b"x")}).status_code == 403


def test_the_demo_has_eight_weeks_of_one_vendors_decisions():
    vendor = make_vendor(slug="northgate")
    make_user(roles=[Role.LEAD], email="ravi@demo.watchfloor.example")
    for hours in range(1, 5):
        make_case(organization=vendor, received_at=db_now() - timedelta(hours=hours))
    back = make_case(organization=vendor, received_at=db_now() - timedelta(days=70), surface="ads")
    mark_invalid(
        case_id=back.pk,
        reason=InvalidReason.MISSING_EVIDENCE,
        note="Add it",
        by=make_user(roles=[Role.LEAD]),
        at=db_now(),
    )

    for _ in range(2):
        demo.bring_reviews(Event(kind="demo.completed"))
        demo.agree_with_vendors(Event(kind="demo.completed"))

    brought = ReviewImport.objects.get()
    assert (brought.new, brought.refused) == (424, 0)
    assert ContractTarget.objects.filter(organization=vendor).count() == len(demo.AGREED)
    assert CoachingSet.objects.get().refs == [back.ref]
    assert VendorReview.objects.exclude(escalation="").count() == 4
