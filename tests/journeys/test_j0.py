"""J0: somebody who never saw the product practises on the real pages, step by step, as the bar tells them (ux.md §20, FST-2)."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from escalations.models import Case, Decision
from tests import browsers
from tests.factories.cases import make_case
from tests.journeys.inputs import Hands

pytestmark = pytest.mark.browser


def follow(page: Page, hands: Hands) -> list[str]:
    """Press the keys that the bar shows, in its order, checking that each is lit when its turn comes."""
    pressed = []
    for number in range(page.locator("[data-press]").count()):
        step = page.locator("[data-press]").nth(number)
        expect(step.locator("kbd").first).to_have_class("lit")
        combination = step.get_attribute("data-press") or ""
        for part in combination.replace("Mod+", "Control+").split(" "):
            hands.press(part)
        pressed.append(combination)
        if combination == "Mod+Enter" or combination == "n":
            break  # the page changes, and its bar with it
    return pressed


def test_the_first_practice_decision_takes_the_keys_the_bar_shows(page: Page, live_url: str, ana: User) -> None:
    real = make_case(title="A real case")
    wrong = browsers.watch(page)
    hands = Hands(page)
    bar = page.locator("#practice_banner")
    began = time.monotonic()

    page.goto(f"{live_url}/practice/")
    hands.click(page.get_by_role("button", name="Begin"))
    expect(bar).to_contain_text("Practice 1 of 4")
    assert follow(page, hands) == ["n"]
    expect(page.locator("#decision-form")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Practice:")
    first = page.locator("#casehead .key").inner_text().strip()
    expect(bar).to_contain_text("Practice 2 of 4")
    assert follow(page, hands) == ["1", "Enter", "Mod+Enter"]
    expect(page.locator("#casehead .key")).not_to_have_text(first)
    expect(page.locator("h1")).to_contain_text("Practice:")

    assert time.monotonic() - began < 180
    assert (hands.clicks, hands.keys) == (1, 5)
    assert Decision.objects.get().case.is_practice_for == ana
    real.refresh_from_db()
    assert real.assignee is None
    assert wrong == []


def test_filter_and_undo_end_the_lane_and_next_gives_real_cases_again(page: Page, live_url: str, ana: User) -> None:
    real = make_case(title="A real case")
    hands = Hands(page)
    bar = page.locator("#practice_banner")
    page.goto(f"{live_url}/practice/")
    page.get_by_role("button", name="Begin").click()
    expect(bar).to_contain_text("Practice 1 of")
    hands.press("n")
    expect(page.locator("#decision-form")).to_be_visible()
    first = page.locator("#casehead .key").inner_text().strip()
    for key in ("1", "Enter", "Control+Enter"):
        hands.press(key)
    expect(page.locator("#casehead .key")).not_to_have_text(first)

    expect(bar).to_contain_text("Practice 3 of 4")
    hands.press("g")
    hands.press("q")
    expect(page.locator("#rows")).to_be_visible()
    expect(page.locator("#rows")).not_to_contain_text("Practice:")
    hands.press("/")
    page.keyboard.press("Control+a")
    hands.type("sev:1")
    hands.press("Enter")
    expect(bar).to_contain_text("Practice 4 of 4")

    page.keyboard.press("Escape")
    hands.press("n")
    expect(page.locator("#decision-form")).to_be_visible()
    undone = page.locator("#casehead .key").inner_text().strip()
    for key in ("1", "Enter", "Control+Enter"):
        hands.press(key)
    expect(page.locator("#casehead .key")).not_to_have_text(undone)
    hands.press("z")
    expect(page.locator("#casehead .key")).to_contain_text(undone)
    expect(bar).to_contain_text("That was all of it.")

    page.get_by_role("button", name="Finish").click()
    expect(bar).to_have_count(0)
    hands.press("n")
    expect(page.locator("h1")).to_contain_text("A real case")
    assert Case.objects.get(assignee=ana, is_practice_for=None) == real
