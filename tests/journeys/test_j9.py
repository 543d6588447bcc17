"""J9 (ux.md §20): the quickstart's curl pasted as it is, in the sandbox; the portal's form within 90 seconds, with and without scripts."""

from __future__ import annotations

import json
import shutil
import subprocess
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.operations import keys
from accounts.roles import Role
from core.clock import db_now
from escalations.models import Case
from tests.browsers import sign_in
from tests.factories.cases import make_queue
from tests.factories.people import PASSWORD, make_user, make_vendor
from tests.portal.people import make_portal_vendor

pytestmark = pytest.mark.browser


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_first_curl_works_as_it_is_copied(page: Page, live_url: str) -> None:
    make_queue(is_default=True)
    vendor = make_vendor()
    keys.ensure_sandbox_key(organization=vendor, by=None, at=db_now())
    sign_in(page.context, make_user(roles=[Role.VENDOR_LEAD], organization=vendor), url=live_url)

    began = time.monotonic()
    page.goto(f"{live_url}/developers/")
    copied = page.locator("pre, code").filter(has_text="curl -sS -X POST").first.inner_text()
    pasted = subprocess.run(["sh", "-c", copied], capture_output=True, text=True, timeout=30, check=True)

    answer = json.loads(pasted.stdout)
    assert time.monotonic() - began <= 120  # opening the page, one copy, one paste, the answer
    case = Case.objects.get(ref=answer["ref"])
    assert case.is_sandbox
    assert case.organization == vendor
    assert answer["promised"]["resolve"]


ADDRESS = "https://vid.example/ads/7731-orbix"


def fill_in(page: Page) -> None:
    """The seven things the portal's form needs, as a person gives them."""
    page.get_by_label("Where is it?").fill(ADDRESS)
    page.get_by_label("What is it, and what should we do?").fill("Fake broker ads\nPause them: doctored news clip.")
    page.get_by_label("Ads", exact=True).check()
    page.get_by_label("Which rule is broken?").select_option("harm:fraud_scam")
    page.get_by_label("S1: severe, within hours").check()
    page.get_by_label("Why so?").fill("Money is lost today")
    page.get_by_label("Language").first.select_option("es")
    page.get_by_label("Words as they stood, or an address as you saw it").fill("Guaranteed 40 % a month")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_portals_form_takes_seven_things_and_finds_the_duplicate_before_it_is_sent(
    browser: Browser, live_url: str, scripts: bool
) -> None:
    vendor = make_portal_vendor()
    lead = make_user(roles=[Role.VENDOR_LEAD], organization=vendor.organization, password=PASSWORD)
    context = browser.new_context(base_url=live_url, java_script_enabled=scripts)
    page = context.new_page()
    page.goto("/portal/")
    page.locator("#id_login").fill(lead.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    began = time.monotonic()

    page.get_by_role("link", name="Submit", exact=True).first.click()
    foreseen = page.locator("#foreseen")
    expect(foreseen).to_contain_text("No evidence attached yet.")
    fill_in(page)
    if scripts:  # what is foretold follows what is typed
        expect(foreseen).not_to_contain_text("No evidence attached yet.")
        expect(foreseen).to_contain_text("Fewer than ten")
    else:
        page.get_by_role("button", name="Check before sending").click()
        expect(page.get_by_text("Nothing is sent yet")).to_be_visible()
        expect(foreseen).not_to_contain_text("No evidence attached yet.")
    page.get_by_role("button", name="Submit", exact=True).click()

    expect(page.get_by_role("heading", name="We have it")).to_be_visible()
    assert time.monotonic() - began < 90
    case = Case.objects.get()
    assert case.submitted_by == lead
    expect(page.get_by_text("Decision by")).to_be_visible()

    page.get_by_role("link", name="Send another").click()
    page.get_by_label("Where is it?").fill(f"{ADDRESS}?utm_source=mail")
    if scripts:  # said while typing
        expect(page.get_by_text(f"as {case.ref}")).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("Nothing is sent yet")).to_be_visible()
    assert Case.objects.count() == 1
    page.get_by_role("button", name=f"Add what I wrote to {case.ref}").click()
    expect(page.get_by_role("heading", name=f"Added to {case.ref}")).to_be_visible()
    assert Case.objects.count() == 1
    context.close()
