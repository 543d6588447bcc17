"""The vendor's pages in a real Chromium: both themes, a phone, nothing that axe minds, nothing that must be scrolled sideways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.operations import keys
from core.clock import db_now
from escalations.lifecycle import InvalidReason
from escalations.models import Case
from escalations.operations import batches, comments, timers
from escalations.operations.claims import claim_case
from escalations.operations.closing import mark_invalid
from tests import browsers
from tests.browser.test_media import A4, WRONG_ON_PAPER
from tests.factories.people import make_user
from tests.portal.people import Vendor, decide, make_portal_vendor, send_in

pytestmark = pytest.mark.browser
LONG = "https://vid.example/ads/" + "a-very-long-address-without-any-space-" * 6


@pytest.fixture
def vendor(browser_context: BrowserContext, live_url: str) -> Vendor:
    found = make_portal_vendor()
    browsers.sign_in(browser_context, found.lead, url=live_url)
    return found


def a_living_portal(vendor: Vendor) -> dict[str, Case]:
    """One case in each of the states that matter, and a file with good and bad rows."""
    at = db_now() - timedelta(hours=4)
    made = {
        name: send_in(vendor.lead, at=at, where=where, title=title)
        for name, where, title in (
            ("new", LONG, "Unbroken" * 22),
            ("waiting", "https://vid.example/2", "Loan offer, cloaked redirect"),
            ("decided", "https://vid.example/3", "Satire of a bank"),
            ("returned", "https://vid.example/4", "Miracle cure"),
        )
    }
    colleague = make_user(roles=["LD"])
    claim_case(case_id=made["waiting"].pk, by=colleague, at=at)
    question = "We need:\n- the landing page of the four ads\n- the time you saw it, in UTC"
    until = db_now() + timedelta(hours=1)
    comments.request_info(case_id=made["waiting"].pk, question=question, by=colleague, at=at, until=until)
    timers.fire_due_timers(at=at + timedelta(minutes=5))
    decide(made["decided"], at=at + timedelta(hours=1))
    mark_invalid(
        case_id=made["returned"].pk,
        reason=InvalidReason.MISSING_EVIDENCE,
        note="Add the landing page.",
        by=colleague,
        at=at + timedelta(hours=2),
    )
    rows = b"row_key,what,where,surface,harm,market\nA1,Fake broker,https://v.example/1,ads,fraud_scam,CO\nA2,,x,adds,spam,XX"
    batches.check_file(content=rows, name="week 47.csv", by=vendor.lead, at=at)
    keys.ensure_sandbox_key(organization=vendor.organization, by=None, at=at)
    return made


def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(page: Page, vendor: Vendor) -> None:
    made = a_living_portal(vendor)
    batch = vendor.lead.batches.get()

    for address in (
        "/portal/",
        "/portal/new/?where=https://vid.example/2",
        "/portal/s/?state=all",
        *(f"/portal/s/{made[name].ref}/" for name in ("waiting", "decided")),
        f"/portal/s/{made['new'].ref}/receipt/",
        f"/portal/bulk/{batch.public_id}/",
        "/portal/keys/",
        "/portal/scorecard/",
    ):
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        assert browsers.faults(page) == [], address


def test_a_submission_stands_on_paper_whatever_the_theme(page: Page, vendor: Vendor) -> None:
    User.objects.filter(pk=vendor.lead.pk).update(theme="dark")
    case = a_living_portal(vendor)["decided"]
    page.emulate_media(media="print")
    page.set_viewport_size(A4)  # type: ignore[arg-type]

    page.goto(f"/portal/s/{case.ref}/")

    assert [*page.evaluate(WRONG_ON_PAPER), *browsers.sideways(page)] == []


def test_a_question_is_answered_from_home_by_keyboard(page: Page, vendor: Vendor) -> None:
    case = a_living_portal(vendor)["waiting"]
    page.goto("/portal/")
    page.get_by_role("link", name="Loan offer, cloaked redirect").click()
    page.get_by_label("the landing page of the four ads").fill("https://orbix.example/")
    page.get_by_role("button", name="Answer").press("Enter")

    expect(page.get_by_text("Still asked for: the time you saw it, in UTC.")).to_be_visible()
    case.refresh_from_db()
    assert case.status == "in_review"
