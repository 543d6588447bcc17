"""The decision panel in a real Chromium: keys, drafts, a quicker colleague, narrow widths, both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations.lifecycle import Verdict
from escalations.models import Case, Decision, Draft
from escalations.operations import clusters, decisions
from escalations.operations.decisions import Ruling
from policies.models import PolicyVersion
from policies.operations.library import load_library
from tests import browsers
from tests.factories.clocks import make_case_with_clocks
from tests.factories.enforcement import add_subject
from tests.factories.people import internal_organization, make_user, make_vendor
from tests.journeys.people import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def ana(browser_context: BrowserContext, live_url: str) -> User:
    internal_organization()
    load_library(at=db_now(), by=None)
    user = make_user(name="Ana Bell")
    browsers.sign_in(browser_context, user, url=live_url)
    return user


def my_case(ana: User, **fields: object) -> Case:
    values = {
        "title": "Fake broker ads",
        "ask": "They promise guaranteed returns.",
        "surface": "ads",
        "harm": "fraud_scam",
        "suspected_policy": "AD-FR-2.1",
    } | fields
    return make_case_with_clocks(at=db_now(), organization=make_vendor(), assignee=ana, **values)


def test_axe_finds_nothing_serious_in_either_theme_and_nothing_is_wider_than_a_phone(
    page: Page, live_url: str, ana: User
) -> None:
    open_case, gap, decided = my_case(ana), my_case(ana), my_case(ana)
    clause = PolicyVersion.objects.get(policy__key="AD-FR-2.1", number=9)
    ruling = Ruling(verdict=Verdict.NO_VIOLATION, clause_id=clause.pk)
    decisions.decide_case(case_id=decided.pk, by=ana, at=db_now(), ruling=ruling)
    for case, verdict in ((open_case, "1"), (gap, "7"), (decided, "")):
        page.set_viewport_size({"width": 1600, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(f"{live_url}/c/{case.ref}/")
        if verdict:
            page.keyboard.press(verdict)
            page.keyboard.press("Enter")
            expect(page.locator("#clause_card")).to_be_visible()
        assert browsers.serious(page) == [], verdict
        page.emulate_media(color_scheme="dark")
        assert browsers.serious(page, colours=True) == [], verdict
        page.set_viewport_size({"width": 320, "height": 900})
        assert browsers.serious(page, colours=False) == [], verdict
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, verdict


def test_digits_tick_elements_while_the_checklist_has_the_focus_and_choose_verdicts_elsewhere(
    page: Page, live_url: str, ana: User
) -> None:
    case = my_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")

    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#element-product")).to_be_checked()
    expect(page.locator("#element-licence")).to_be_checked()
    page.locator("#element-product").focus()
    page.keyboard.press("3")
    page.keyboard.press("4")

    expect(page.locator("#element-licence")).not_to_be_checked()
    expect(page.locator("#element-endorse")).to_be_checked()
    expect(page.locator("input[name=verdict]:checked")).to_have_value("remove")
    expect(page.locator("textarea[name=rationale]")).to_have_value(re.compile(r"^AD-FR-2\.1@v9: .*endorsement"))
    page.locator("h1").focus()
    page.keyboard.press("4")
    expect(page.locator("input[name=verdict]:checked")).to_have_value("no_violation")


def test_where_and_how_long_a_step_holds_is_written_beside_it(page: Page, live_url: str, ana: User) -> None:
    case = my_case(ana)
    add_subject(case, kind="ad")
    page.goto(f"{live_url}/c/{case.ref}/")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_be_visible()
    removal = page.locator(".act", has=page.locator("input[value=content_remove]"))

    removal.locator("[name^=markets]").fill("es, PT")
    removal.locator("[name^=markets]").press("Tab")
    expect(page.locator("#decision-effects")).to_contain_text("(ES, PT)")
    expect(page.locator("#decision-deviation")).to_be_hidden()
    removal.locator("[name^=days]").fill("30")
    removal.locator("[name^=days]").press("Tab")
    expect(page.locator("#decision-deviation")).to_be_visible()
    expect(page.locator("#rationale-need")).to_be_visible()
    assert browsers.faults(page) == []
    removal.locator("[name^=days]").fill("")
    removal.locator("[name^=days]").press("Tab")
    expect(page.locator("#decision-deviation")).to_be_hidden()
    count = page.locator("#rationale-count")
    expect(count).not_to_have_text("0")
    page.keyboard.press("Control+Shift+Enter")

    expect(page.locator(".outcome")).to_contain_text("(ES, PT)")
    assert "content_remove@ES,PT" in Decision.objects.get(case=case).actions


def test_typing_finds_clauses_and_arrows_choose(page: Page, live_url: str, ana: User) -> None:
    case = my_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")
    page.keyboard.press("2")

    # Each letter asks; the last answer stays, and only then do the arrows walk in it.
    page.keyboard.type("weapon", delay=40)
    expect(page.locator("#suggestions[data-q=weapon]")).to_contain_text("text match")
    page.keyboard.press("ArrowDown")
    second = page.locator("#suggestions [role=option]").nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    wanted = second.get_attribute("data-citation")
    page.keyboard.press("Enter")

    expect(page.locator("#clause_card")).to_contain_text(wanted or "-")


def test_the_draft_survives_leaving_and_signing_in_again_and_escape_keeps_it(
    page: Page, browser_context: BrowserContext, live_url: str, ana: User
) -> None:
    case = my_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_be_visible()
    page.locator("textarea[name=rationale]").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" The page is cloaked.")
    page.keyboard.press("Escape")
    expect(page.locator("#decision [data-draft-status]")).to_contain_text("Draft saved")
    expect(page.locator("h1")).to_be_focused()
    # An earlier save says so as well; only the database says that the last words came.
    kept = Draft.objects.filter(case=case, data__rationale__icontains="The page is cloaked.")
    wait_until("the last words in the draft", kept.exists)

    browser_context.clear_cookies()
    browsers.sign_in(browser_context, User.objects.get(pk=ana.pk), url=live_url)
    page.goto(f"{live_url}/c/{case.ref}/")

    expect(page.locator("textarea[name=rationale]")).to_have_value(re.compile("The page is cloaked."))
    expect(page.locator("input[name=verdict]:checked")).to_have_value("remove")
    expect(page.locator("#clause_card")).to_contain_text("AD-FR-2.1@v9")


def test_an_older_draft_never_arrives_after_a_newer_one(page: Page, live_url: str, ana: User) -> None:
    case = my_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_be_visible()
    text = page.locator("textarea[name=rationale]")
    held: list[Route] = []
    released: list[bool] = []
    page.route("**/draft/decision/", lambda route: route.continue_() if released else held.append(route))

    with page.expect_request("**/draft/decision/"):  # the first save that comes from here on stays on its way
        text.focus()
        page.keyboard.press("Control+End")
        page.keyboard.type(" First words.")
        page.keyboard.press("Escape")
    expect(page.locator("h1")).to_be_focused()
    text.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Last words.")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_be_focused()
    page.evaluate("fetch('/livez').then((answer) => answer.status)")  # a second save would have been asked before this
    assert len(held) == 1

    released.append(True)
    with page.expect_response(lambda answer: "Last words." in (answer.request.post_data or "")):
        held[0].continue_()
    kept = Draft.objects.filter(case=case, data__rationale__icontains="First words. Last words.")
    wait_until("the newer words in the draft", kept.exists)


def test_a_colleague_who_decides_meanwhile_shuts_the_panel_and_nothing_typed_is_lost(
    page: Page, live_url: str, ana: User
) -> None:
    case = my_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_be_visible()
    page.locator("textarea[name=rationale]").fill("My own words.")
    lead = make_user(roles=[Role.LEAD], name="Ben Lead")
    clause = PolicyVersion.objects.get(policy__key="AD-FR-2.1", number=9)
    ruling = Ruling(verdict=Verdict.NO_VIOLATION, clause_id=clause.pk)
    decisions.decide_case(case_id=case.pk, by=lead, at=db_now(), ruling=ruling)

    page.keyboard.press("Control+Enter")

    expect(page.locator("#decision")).to_contain_text("Ben Lead decided this case")
    expect(page.locator("textarea[name=rationale]")).to_have_value("My own words.")
    assert Draft.objects.get(case=case, user=ana).data["rationale"] == "My own words."
    assert Decision.objects.get(case=case).decided_by == lead


def test_submit_and_stay_shows_the_outcome_and_z_brings_the_panel_back(page: Page, live_url: str, ana: User) -> None:
    case = my_case(ana)
    make_case_with_clocks(at=db_now(), organization=make_vendor(), title="The next best, which must wait")
    page.goto(f"{live_url}/c/{case.ref}/")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_be_visible()

    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".outcome")).to_contain_text("Decided · Violating: remove · AD-FR-2.1@v9")
    expect(page.locator("#casehead .key")).to_contain_text(case.ref)
    page.keyboard.press("z")

    expect(page.locator("#decision-form")).to_be_visible()
    expect(page.locator("input[name=verdict]:checked")).to_have_value("remove")


def test_it_works_without_scripts(browser_context: BrowserContext, live_url: str, ana: User) -> None:
    case = my_case(ana)
    assert browser_context.browser is not None
    plain = browser_context.browser.new_context(java_script_enabled=False, base_url=live_url)
    browsers.sign_in(plain, ana, url=live_url)
    page = plain.new_page()
    page.goto(f"/c/{case.ref}/decide/")

    page.locator("input[value=remove]").check(force=True)
    page.locator("#suggestions [role=option]").first.click()
    expect(page.locator("#clause_card")).to_contain_text("AD-FR-2.1@v9")
    page.locator("[data-submit=stay]").click()

    expect(page.locator(".outcome")).to_contain_text("Decided")
    assert Decision.objects.get(case=case).clause.citation == "AD-FR-2.1@v9"
    plain.close()


def test_a_cluster_asks_for_its_sample_and_says_so_in_words(page: Page, live_url: str, ana: User) -> None:
    children = [my_case(ana, title=f"Sighting {n}") for n in range(6)]
    lead = make_user(roles=[Role.LEAD])
    Case.objects.filter(pk__in=[c.pk for c in children]).update(assignee=None, status="new", claimed_at=None)
    merged = clusters.merge_cases(case_ids=[c.pk for c in children], target_id=None, by=lead, at=db_now())
    page.goto(f"{live_url}/c/{merged.parent.ref}/")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#clause_card")).to_be_visible()

    page.keyboard.press("Control+Enter")
    expect(page.locator("#decision [data-error-summary]")).to_contain_text("Look at 5 more")
    page.locator("#sample-show").click()

    expect(page.locator("#sample .samples li")).to_have_count(5)
    expect(page.locator("#sample-show")).to_be_focused()
    assert browsers.serious(page) == []
    page.locator("#decision-form [data-submit=stay]").click()
    expect(page.locator(".outcome")).to_contain_text("Decided")
