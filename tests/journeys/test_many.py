"""One act on many cases with two browsers open at once: asked in the queue, confirmed, watched until done, undone (ux.md QUE-7)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.roles import Role
from core.clock import db_now
from escalations.models import CaseTag
from escalations.operations import approvals
from escalations.operations.approvals import RuleInput
from tests import browsers
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.browser


def test_one_asks_in_the_queue_another_confirms_and_the_first_undoes_it(
    page: Page, browser: Browser, live_url: str, live_engine: object
) -> None:
    lea, marta = (make_user(name=name, roles=[Role.LEAD]) for name in ("Lea Ortiz", "Marta Ruiz"))
    rule = RuleInput(name="More than three", count_over=3, expires_s=3600)
    approvals.publish_rules(rules=[rule], note="", by=lea, at=db_now())
    vendor = make_vendor()
    for number in range(5):
        make_case_with_clocks(at=db_now(), organization=vendor, title=f"The same text {number}")
    browsers.sign_in(page.context, lea, url=live_url)
    theirs = browser.new_context()
    browsers.sign_in(theirs, marta, url=live_url)
    second = theirs.new_page()
    browsers.patient(second)
    wrong = browsers.watch(second)

    page.goto(f"{live_url}/q/?q=is:open")
    page.keyboard.press("*")
    expect(page.locator("#bulk")).to_contain_text("5 selected")
    page.keyboard.press("t")
    dialog = page.locator("#dlg")
    expect(dialog).to_contain_text("Rule: More than three")
    assert browsers.serious(page) == []
    dialog.locator("[name=add]").fill("wave")
    dialog.locator("[name=note_to_second]").fill("One campaign, five accounts")
    page.keyboard.press("Enter")
    expect(page.locator("#bulk-act")).to_contain_text("Waits for a second person")
    assert browsers.serious(page) == []
    asked = page.url

    second.goto(f"{live_url}/approvals/")
    second.get_by_role("link", name="Tags").click()
    expect(second.locator("#bulk-act")).to_contain_text("One campaign, five accounts")
    assert browsers.serious(second) == []
    second.keyboard.press("y")
    expect(second.locator("#bulk-act")).to_contain_text("Done", timeout=30_000)
    assert CaseTag.objects.filter(tag__name="wave").count() == 5

    page.goto(asked)
    expect(page.locator("#bulk-act")).to_contain_text("confirmed by Marta Ruiz")
    page.keyboard.press("z")
    expect(page.locator("#bulk-act")).to_contain_text("Undone", timeout=30_000)
    assert CaseTag.objects.filter(tag__name="wave").count() == 0
    page.set_viewport_size({"width": 320, "height": 800})
    assert browsers.sideways(page) == []
    assert browsers.faults(page) == []
    assert wrong == []
    theirs.close()
