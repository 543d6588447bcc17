"""Administration in a real Chromium: looks in every theme and width, keys, what a person does there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.operations import keys
from accounts.roles import Role
from escalations.models import RoutingVersion
from escalations.operations.routing import RuleInput, publish_routing
from oncall.models import HolidayReading
from oncall.operations.calendars import ensure_defaults
from oncall.operations.feeds import save_feed, upload_reading
from tests import browsers
from tests.factories.cases import make_case, make_queue
from tests.factories.people import internal_organization, make_team, make_user, make_vendor

pytestmark = pytest.mark.browser
ADDRESSES = (
    "/admin/",
    "/admin/people/",
    "/admin/teams/",
    "/admin/teams/ads-dublin/",
    "/admin/teams/new/",
    "/admin/skills/",
    "/admin/replies/",
    "/admin/replies/new/",
    "/admin/queues/",
    "/admin/queues/ads-emea/",
    "/admin/routing/",
    "/admin/routing/edit/",
    "/admin/routing/bench/",
    "/admin/sla/?severity=2&start=2026-11-20T10:00",
    "/admin/sla/tester/",
    "/admin/sla/new/",
    "/admin/sla/apply/?calendar=always",
    "/admin/calendars/",
    "/admin/calendars/office-dublin/",
    "/admin/calendars/office-dublin/edit/",
    "/admin/holidays/ie/",
    "/admin/holidays/new/",
    "/admin/holidays/town/",
    "/admin/vendors/",
    "/admin/vendors/northgate/",
    "/webhooks/northgate/",
    "/admin/mail/",
    "/admin/log/",
    "/admin/vendors/new/",
)


@pytest.fixture
def admin(browser_context: BrowserContext, live_url: str) -> User:
    """An administrator signed in to the browser; queues, rules, calendars, a vendor with keys, some cases."""
    now = timezone.now()
    internal_organization()
    ensure_defaults(at=now)
    team = make_team("Ads Dublin")
    general = make_queue(slug="general", is_default=True)
    make_queue(slug="ads-emea", team=team)
    make_queue(slug="safety")
    publish_routing(
        rules=[
            RuleInput("Ads from Europe", "surface:ads market:DE,FR,IE", "ads-emea", severity_floor=2),
            RuleInput("Ads from Germany", "surface:ads market:DE", "ads-emea", skills=("language:de",)),
            RuleInput("Child safety", "harm:child_safety", "safety", severity_floor=1),
        ],
        by=None,
        at=now,
        note="The first rules",
    )
    vendor = make_vendor("northgate")
    scopes = ["submissions:write", "submissions:read"]
    keys.create_key(organization=vendor, name="CRM sync", scopes=scopes, by=None, at=now)
    keys.ensure_sandbox_key(organization=vendor, by=None, at=now)
    for number in range(4):
        make_case(organization=vendor, queue=general, surface="ads", market="DE", at=now - timedelta(days=number))
    user = make_user(name="Ada Bell", roles=[Role.ADMIN, Role.LEAD])
    save_feed(key="town", name="Town", url="", zone="Europe/Dublin", by=user, at=now)
    day = (now + timedelta(days=30)).strftime("%Y%m%d")
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    upload_reading(key="town", data=text.encode(), file_name="town.ics", by=user, at=now)
    browsers.sign_in(browser_context, user, url=live_url)
    return user


def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(page: Page, admin: User) -> None:
    review = f"/admin/holidays/town/review/{HolidayReading.objects.get().pk}/"
    found = []
    for address in (*ADDRESSES, review):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        found += [(address, fault) for fault in browsers.faults(page)]
    assert found == []


def test_a_leads_alerts_have_no_serious_fault_either(page: Page, admin: User, live_url: str) -> None:
    browsers.sign_in(page.context, make_user(roles=[Role.LEAD]), url=live_url)
    answer = page.goto("/me/alerts/")
    assert answer is not None
    assert answer.status == 200
    assert browsers.faults(page) == []


def test_rules_are_written_tried_moved_and_published_by_keyboard(page: Page, admin: User) -> None:
    page.goto("/admin/routing/edit/")

    page.get_by_role("button", name="Add a rule").press("Enter")
    expect(page.locator("#name-3")).to_be_focused()
    page.keyboard.type("Everything about ads")
    page.keyboard.press("Tab")
    page.keyboard.type("surfce:ads")
    page.keyboard.press("Tab")
    page.keyboard.type("Safety")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    # Enter tries; it never moves, removes or publishes.
    expect(page.locator("#filter_text-3")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#filter_text-3-error")).to_contain_text("surface")
    assert browsers.faults(page) == []
    expect(page.locator("#filter_text-3")).to_be_focused()
    page.locator("#filter_text-3").fill("surface:ads")
    page.keyboard.press("Enter")
    expect(page.locator("#run-title")).to_be_focused()
    assert browsers.faults(page) == []
    page.locator("#up-3").press("Enter")
    expect(page.locator("#name-2")).to_have_value("Everything about ads")
    expect(page.locator("#up-2")).to_be_focused()
    page.locator("#note").fill("Ads have a home")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status", name="Messages")).to_contain_text("is in force for new cases.")
    assert [rule.name for rule in RoutingVersion.objects.get(number=2).rules.order_by("position")][
        2
    ] == "Everything about ads"


def test_the_bench_shows_where_the_example_lands(page: Page, admin: User) -> None:
    page.goto("/admin/routing/bench/")

    page.get_by_role("button", name="See where it lands").click()

    expect(page.locator("#found-title")).to_be_focused()
    expect(page.locator("#found-title")).to_contain_text("It lands in")
    assert browsers.faults(page) == []


def test_a_live_token_is_shown_once_and_can_be_copied(page: Page, admin: User, browser_context: BrowserContext) -> None:
    browser_context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/vendors/northgate/")

    form = page.locator("form", has=page.get_by_role("button", name="Make the key"))
    form.get_by_label("Name").fill("Importer")
    form.get_by_role("button", name="Make the key").click()

    token = page.locator("#token").inner_text()
    assert token.startswith("wf_live_")
    assert browsers.faults(page) == []
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == token
    page.goto("/admin/vendors/northgate/")
    expect(page.locator("#token")).to_have_count(0)
    expect(page.get_by_text("Importer").first).to_be_visible()


def test_targets_are_previewed_and_published(page: Page, admin: User) -> None:
    page.goto("/admin/sla/")
    page.get_by_role("link", name="Change the targets").click()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert browsers.faults(page) == []

    page.locator("#time-A2").fill("soon")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#time-A2")).to_be_focused()
    page.locator("#time-A2").fill("45m")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("45m")
    assert browsers.faults(page) == []
    page.locator("#note").fill("Faster")
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_role("status", name="Messages")).to_contain_text("is in force for new cases.")
    expect(page.get_by_text("45m", exact=True)).to_be_visible()
