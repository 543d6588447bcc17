"""The appeal round trip in the browser: taken down, claimed, the appellant asked, overturned, undone, overturned again, carried out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.appeal_life import AppealState
from escalations.models import Appeal, EnforcementAction, Strike
from tests import browsers
from tests.factories.enforcement import decide, end_hold, make_subject_case
from tests.factories.people import make_user
from tests.journeys.people import wait_until

pytestmark = pytest.mark.browser


def test_an_appeal_from_its_filing_to_what_it_takes_back(
    page: Page, live_url: str, live_engine: object, ana: User
) -> None:
    decider = make_user(name="Deci Der", roles=[Role.LEAD])
    case, _person, _account, _post = make_subject_case(person=decider, title="Satire page removed")
    decision = decide(
        case,
        decider,
        actions=("content_remove", "feature_block:7", "strike"),
        at=db_now() - timedelta(minutes=5),
    )
    lead = make_user(name="Le Ad", roles=[Role.SENIOR])
    browsers.sign_in(page.context, lead, url=live_url)

    page.goto(f"{live_url}/c/{case.ref}/")
    page.get_by_role("link", name="Take an appeal down").click()
    expect(page.locator("h1")).to_have_text("Take an appeal down")
    page.get_by_label("What they say, word for word").fill("É sátira.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#appeal-says")).to_be_visible()
    appeal = Appeal.objects.get(case=case)
    assert browsers.faults(page) == []

    page.keyboard.press("c")
    expect(page.locator("#appeal-decide")).to_be_visible()
    page.locator("#ask_body").fill("Is the page yours?")
    page.get_by_role("button", name="Ask; the clock rests").click()
    expect(page.locator("#appeal-talk + *")).to_contain_text("Is the page yours?")
    assert Appeal.objects.get(pk=appeal.pk).state == AppealState.WAITING
    assert browsers.faults(page) == []

    page.keyboard.press("2")
    expect(page.locator("input[name=outcome][value=overturned]")).to_be_checked()
    page.get_by_label("What was wrong").select_option("error")
    page.get_by_label("Why, for the team").fill("The exception for satire was not ticked.")
    page.get_by_label("What the appellant reads").fill("You were right. The page is back.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#appeal-outcome + *")).to_contain_text("Overturn")
    page.keyboard.press("z")
    expect(page.locator("#appeal-decide")).to_be_visible()
    assert Appeal.objects.get(pk=appeal.pk).state == AppealState.OPEN

    page.keyboard.press("2")
    expect(page.locator("input[name=outcome][value=overturned]")).to_be_checked()
    page.get_by_label("What was wrong").select_option("error")
    page.get_by_label("Why, for the team").fill("The exception for satire was not ticked.")
    page.get_by_label("What the appellant reads").fill("You were right. The page is back.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#appeal-outcome + *")).to_contain_text("Overturn")
    end_hold(case)
    wait_until("it is carried out", lambda: Appeal.objects.get(pk=appeal.pk).state == AppealState.CLOSED)
    assert not EnforcementAction.objects.filter(decision=decision, ended_at=None, source="decision").exists()
    assert not Strike.objects.filter(decision=decision, refunded_at=None).exists()

    page.goto(f"{live_url}/appeals/{appeal.ref}/")
    page.get_by_role("link", name="resemble").click()
    expect(page.locator("h1")).to_contain_text(appeal.ref)
    assert browsers.faults(page) == []
    page.goto(f"{live_url}/appeals/?show=settled")
    expect(page.locator("#appeals")).to_contain_text(appeal.ref)
    assert browsers.faults(page) == []
