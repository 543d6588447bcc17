"""J12: a question that no rule answers becomes a published version, within its budget of keys and clicks (ux.md §20)."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.models import Case, Decision
from escalations.selectors.precedents import SUPERSEDED, with_validity
from policies.models import Gap, PolicyVersion
from tests import browsers
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_user, make_vendor
from tests.journeys.inputs import Hands
from tests.journeys.people import wait_until

pytestmark = pytest.mark.browser


def case_about(title: str, vendor: object, ana: User) -> Case:
    return make_case_with_clocks(
        at=db_now(),
        organization=vendor,
        assignee=ana,
        title=title,
        ask="The clip promises guaranteed returns.",
        surface="ads",
        harm="fraud_scam",
        suspected_policy="AD-FR-2.1",
    )


def somebody(browser: Browser, user: User, live_url: str) -> Page:
    context = browser.new_context()
    browsers.sign_in(context, user, url=live_url)
    page = context.new_page()
    browsers.patient(page)
    return page


def test_a_gap_becomes_a_version_that_open_panels_follow(
    page: Page, browser: Browser, live_url: str, live_engine: object, ana: User
) -> None:
    vendor = make_vendor()
    first, second = case_about("A dead singer sells shares", vendor, ana), case_about("Another one", vendor, ana)
    vera = make_user(name="Vera Olsen", roles=[Role.POLICY_EDITOR])
    ravi = make_user(name="Ravi Das", roles=[Role.LEAD])
    old = PolicyVersion.objects.effective(at=db_now()).get(policy__key="AD-FR-2.1", market="")
    at = db_now()
    earlier = case_about("Decided before", vendor, ana)
    precedent = Decision.objects.create(
        organization_id=earlier.organization_id,
        case=earlier,
        state="effective",
        verdict="remove",
        clause=old,
        decided_by=ana,
        decided_at=at,
        hold_until=at,
        effective_at=at,
    )

    # The specialist: four keys and one line.
    hands = Hands(page)
    page.goto(f"{live_url}/c/{first.ref}/")
    expect(page.locator("#decision-form")).to_be_visible()
    hands.press("7")
    expect(page.locator("input[name=verdict]:checked")).to_have_value("policy_gap")
    hands.press("Enter")
    expect(page.locator("#clause_card")).to_contain_text("AD-FR-2.1@v")
    page.locator("#decision-form textarea[name=rationale]").fill("May a dead person promise returns?")
    hands.press("Control+Enter")
    wait_until("the gap is written down", lambda: Gap.objects.exists())
    gap = Gap.objects.get()
    assert hands.keys <= 4
    assert gap.source_ref == first.ref

    # Somebody has the clause on the screen meanwhile.
    page.goto(f"{live_url}/c/{second.ref}/decide/")
    expect(page.locator("#decision-form")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_contain_text(old.citation)

    # The owner, and the second person who publishes: six clicks between them.
    theirs = somebody(browser, vera, live_url)
    clicks = Hands(theirs)
    theirs.goto(f"{live_url}/policies/gaps/{gap.pk}/")
    clicks.click(theirs.get_by_role("button", name="Write the next version of AD-FR-2.1"))
    expect(theirs.locator("#id_rule")).to_be_visible()
    theirs.locator("#id_rule").fill(
        "No ads promising guaranteed returns, whoever, living or dead, seems to promise them."
    )
    theirs.locator("#id_changed_note").fill("Says that an imitation of a dead person promises, too.")
    theirs.locator("#id_label").select_option("substantive")
    clicks.click(theirs.get_by_role("button", name="Save and compare"))
    expect(theirs.locator("#diff ins").first).to_be_visible()
    expect(theirs.locator("#impact-title")).to_be_visible()
    clicks.click(theirs.get_by_role("button", name="Send to review"))
    expect(theirs.locator(".crumbs-steps [aria-current=step]")).to_have_text("In review")
    draft = PolicyVersion.objects.get(policy=old.policy, state="review")
    his = somebody(browser, ravi, live_url)
    his.goto(f"{live_url}/policies/AD-FR-2.1/drafts/{draft.number}/")
    clicks.click(his.get_by_role("button", name="Publish"))
    expect(his.locator("h1").first).to_be_visible()
    wait_until("it is published", lambda: PolicyVersion.objects.filter(pk=draft.pk, state="effective").exists())
    since = time.monotonic()
    assert clicks.clicks <= 6

    expect(page.locator("#replaced")).to_contain_text(f"AD-FR-2.1@v{draft.number}", timeout=5000)
    assert time.monotonic() - since <= 5.5
    gap.refresh_from_db()
    assert (gap.state, gap.answer_id) == ("answered", draft.pk)
    [shown] = with_validity([Decision.objects.select_related("clause__policy").get(pk=precedent.pk)], at=db_now())
    assert (shown.validity, shown.superseded_by) == (SUPERSEDED, draft.number)
