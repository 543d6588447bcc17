"""J1: claim the next case and decide it, within its budget of keys and of clicks (ux.md §20)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from core.clock import db_now
from escalations.lifecycle import CaseStatus
from escalations.models import Case, Decision
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_vendor
from tests.journeys.inputs import Hands

pytestmark = pytest.mark.browser


def waiting_cases(count: int = 2) -> list[Case]:
    vendor = make_vendor()
    return [
        make_case_with_clocks(
            at=db_now(),
            organization=vendor,
            title=f"Fake broker ads, number {number}",
            ask="The clip promises guaranteed returns.",
            surface="ads",
            harm="fraud_scam",
            suspected_policy="AD-FR-2.1",
        )
        for number in range(count)
    ]


def test_six_keys_from_the_queue_to_the_next_case(page: Page, live_url: str, ana: User) -> None:
    waiting_cases()
    page.goto(f"{live_url}/q/")
    hands = Hands(page)

    hands.press("n")
    expect(page.locator("#decision-form")).to_be_visible()
    first = page.locator("#casehead .key").inner_text().strip()
    panel, foot = (page.locator(place).bounding_box() for place in ("#decision", "#decision .foot"))
    assert panel["y"] + panel["height"] - foot["y"] - foot["height"] < 2, "the whole column is for the decision"
    hands.press("1")
    hands.press("Enter")
    hands.press("Control+Enter")
    expect(page.locator("#casehead .key")).not_to_have_text(first)

    decided = Case.objects.get(ref=first)
    decision = Decision.objects.get(case=decided)
    following = Case.objects.exclude(pk=decided.pk).get()
    expect(page.locator("#casehead .key")).to_contain_text(following.ref)
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Decided · Violating: remove · AD-FR-2.1@v9")
    assert (decided.status, following.assignee) == (CaseStatus.DECIDED, ana)
    assert (decision.verdict, decision.clause.citation) == ("remove", "AD-FR-2.1@v9")
    assert decision.elements
    assert hands.keys <= 6

    hands.press("z")
    expect(page.locator("#casehead .key")).to_contain_text(decided.ref)
    expect(page.locator("input[name=verdict]:checked")).to_have_value("remove")
    expect(page.locator("#clause_card")).to_contain_text("AD-FR-2.1@v9")
    decided.refresh_from_db()
    assert decided.status == CaseStatus.IN_REVIEW


def test_seven_clicks_with_the_mouse_alone(page: Page, live_url: str, ana: User) -> None:
    waiting_cases()
    page.goto(f"{live_url}/q/")
    hands = Hands(page)

    hands.click(page.locator("[data-key-action=next]:visible").first)
    expect(page.locator("#decision-form")).to_be_visible()
    first = page.locator("#casehead .key").inner_text().strip()
    hands.click(page.locator(".verd label").first)
    hands.click(page.locator("#suggestions [role=option]").first)
    hands.click(page.locator("#decision-form [data-submit=primary]"))
    expect(page.locator("#casehead .key")).not_to_have_text(first)

    assert Decision.objects.get(case__ref=first).verdict == "remove"
    assert hands.clicks <= 7


def test_a_severe_case_takes_one_line_more(page: Page, live_url: str, ana: User) -> None:
    case = waiting_cases(1)[0]
    Case.objects.filter(pk=case.pk).update(severity=1)
    page.goto(f"{live_url}/q/")
    hands = Hands(page)

    hands.press("n")
    expect(page.locator("#decision-form")).to_be_visible()
    hands.press("1")
    hands.press("Enter")
    hands.press("Control+Enter")
    expect(page.locator("#rationale-problem")).to_be_visible()
    expect(page.locator("textarea[name=rationale]")).to_be_focused()
    hands.press("Control+End")
    hands.type(" The same card pays for four of nine accounts.")
    hands.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Decided")

    assert "four of nine" in Decision.objects.get(case=case).rationale
