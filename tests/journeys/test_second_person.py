"""The approval round trip with two browsers open at once: asked, refused with a reason, asked again, approved (ux.md DEC-12)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.lifecycle import ApprovalState, DecisionState
from escalations.models import Approval, Decision
from escalations.operations import approvals
from notifications.models import Notification
from tests import browsers
from tests.factories.clocks import make_case_with_clocks
from tests.factories.enforcement import confirm_all, end_hold
from tests.factories.people import make_user, make_vendor
from tests.journeys.people import wait_until

pytestmark = pytest.mark.browser


def test_two_browsers_ask_refuse_ask_again_and_approve(
    page: Page, browser: Browser, live_url: str, live_engine: object, ana: User
) -> None:
    approvals.ensure_first(at=db_now())
    case = make_case_with_clocks(
        at=db_now(),
        organization=make_vendor(),
        assignee=ana,
        title="Fake broker ads",
        ask="The clip promises guaranteed returns.",
        surface="ads",
        harm="fraud_scam",
        suspected_policy="AD-FR-2.1",
        is_legal_hold=True,
    )
    marta = make_user(name="Marta Ruiz", roles=[Role.LEAD])
    theirs = browser.new_context()
    browsers.sign_in(theirs, marta, url=live_url)
    second = theirs.new_page()
    browsers.patient(second)
    wrong = browsers.watch(second)

    page.goto(f"{live_url}/c/{case.ref}/")
    expect(page.locator("#decision-form")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#second")).to_contain_text("Waits for a second person")

    wait_until("the notice", lambda: Notification.objects.filter(user=marta, kind="approval.asked").exists())
    second.goto(f"{live_url}/inbox/")
    notice = second.locator("tr.notice", has_text="asks a second person")
    expect(notice).to_be_visible()
    notice.locator("th a").click()
    expect(second.locator("h1")).to_contain_text(case.ref)
    expect(second.locator("#approval")).to_contain_text("Rule: Anything under legal hold")
    second.keyboard.press("Shift+n")
    expect(second.locator("#approval-reason")).to_be_focused()
    second.keyboard.type("Name the account that pays.")
    second.keyboard.press("Tab")
    second.keyboard.press("Shift+n")
    expect(second.locator("h1")).to_have_text("Second person")
    assert Approval.objects.get().state == ApprovalState.REFUSED

    # The first browser, still open, has its panel back with the reason and everything in it.
    expect(page.locator("#decision-form")).to_contain_text("Name the account that pays.", timeout=30_000)
    expect(page.locator("input[name=verdict]:checked")).to_have_value("remove")
    expect(page.locator("#clause_card")).to_contain_text("AD-FR-2.1@v9")
    page.locator("textarea[name=rationale]").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Account 77 pays for all of them.")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#second")).to_contain_text("Waits for a second person")

    asked = Approval.objects.get(state=ApprovalState.OPEN)
    second.goto(f"{live_url}/approvals/")
    second.get_by_role("link", name=case.ref).click()
    expect(second.locator("#approval")).to_contain_text("Account 77 pays")
    second.keyboard.press("y")
    expect(second.locator("h1")).to_have_text("Second person")

    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == (ApprovalState.APPROVED, marta)
    end_hold(case)
    wait_until("the decision takes effect and the platform confirms", lambda: confirm_all(case))
    assert Decision.objects.get(case=case, state=DecisionState.EFFECTIVE).decided_by == ana
    expect(page.locator("#decision")).to_contain_text("in effect since", timeout=30_000)
    assert wrong == []
    theirs.close()
