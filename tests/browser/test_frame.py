"""The frame in a real Chromium: keys, skip links, dialogs, times, reflow, colours, right to left (ux.md §6, §8, §17)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from tests import browsers
from tests.factories.people import make_user

pytestmark = pytest.mark.browser
KEYS = "/help/keys/"


@pytest.fixture
def viewer(browser_context: BrowserContext, live_url: str) -> User:
    """Somebody signed in to the browser, in Dublin."""
    user = make_user(name="Ana Bell")
    change(user, time_zone="Europe/Dublin")
    browsers.sign_in(browser_context, user, url=live_url)
    return user


def change(user: User, **fields: object) -> None:
    User.objects.filter(pk=user.pk).update(**fields)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(page: Page, viewer: User, theme: str) -> None:
    change(viewer, theme=theme)
    page.goto(KEYS)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)

    for width in (1600, 768, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if theme == "light" or width == 1600:  # a structure is the same in every theme, and a contrast at every width
            assert (
                browsers.serious(page, colours=False if width < 1600 else None if theme == "light" else True) == []
            ), width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_help_opens_over_the_page_and_gives_the_focus_back(page: Page, viewer: User) -> None:
    page.goto(KEYS)
    opener = page.locator("#help-link")
    opener.focus()

    page.keyboard.press("?")

    expect(page.locator("#dlg")).to_be_visible()
    expect(page.locator("#dlg #keys")).to_be_visible()
    assert browsers.serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#dlg")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_chord_shows_its_second_keys_for_a_second_only(page: Page, viewer: User) -> None:
    page.goto(KEYS)
    page.evaluate("""() => {
      const link = document.createElement('a');
      link.href = '#went'; link.dataset.keyAction = 'view-1'; link.textContent = 'One';
      document.querySelector('main').append(link);
    }""")

    page.keyboard.press("g")
    expect(page.locator(".chord")).to_contain_text("Pinned views")
    page.keyboard.press("1")
    expect(page).to_have_url(re.compile("#went$"))
    expect(page.locator(".chord")).to_have_count(0)

    page.keyboard.press("g")
    expect(page.locator(".chord")).to_have_count(0, timeout=3000)


def probe(page: Page) -> None:
    """A button of the action `filter`'s kind that counts its presses, and a field to type in."""
    page.evaluate("""() => {
      document.querySelector('main').insertAdjacentHTML('beforeend',
        '<input id="field"><textarea id="area"></textarea><button id="probe" data-key-action="shield">0</button>');
      window.presses = 0;
      document.getElementById('probe').addEventListener('click', () => { window.presses += 1; });
    }""")


def press_count(page: Page) -> int:
    count: int = page.evaluate("window.presses")
    return count


def test_keys_act_on_their_control_and_never_while_typing(page: Page, viewer: User) -> None:
    page.goto(KEYS)
    probe(page)

    page.keyboard.press("0")
    assert press_count(page) == 1
    page.keyboard.press("Control+0")
    assert press_count(page) == 1
    for field in ("#field", "#area"):
        page.locator(field).focus()
        page.keyboard.press("0")
        expect(page.locator(field)).to_have_value("0")
    assert press_count(page) == 1


def test_keys_wait_while_an_input_method_composes(page: Page, viewer: User) -> None:
    page.goto(KEYS)
    probe(page)

    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: '0', bubbles: true, isComposing: true}))")
    assert press_count(page) == 0
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '0', bubbles: true}))")
    assert press_count(page) == 1


def test_a_key_without_its_control_does_nothing(page: Page, viewer: User) -> None:
    page.goto(KEYS)

    for key in ("n", "c", "z", "1", "o", "x", "."):
        page.keyboard.press(key)

    assert page.url.endswith(KEYS)
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize(
    ("settings", "pressed", "acts"),
    [
        ({"single_keys": False}, "0", False),
        ({"alt": True}, "0", False),
        ({"alt": True}, "Alt+0", True),
        ({"remap": {"anywhere.shield": "q"}}, "q", True),
        ({"remap": {"anywhere.shield": "q"}}, "0", False),
    ],
)
def test_a_persons_key_settings_hold(
    page: Page, viewer: User, settings: dict[str, object], pressed: str, acts: bool
) -> None:
    change(viewer, key_settings=settings)
    page.goto(KEYS)
    probe(page)

    page.keyboard.press(pressed)

    assert press_count(page) == int(acts)


def test_skip_link_is_first_and_leads_to_the_page(page: Page, viewer: User) -> None:
    page.goto(KEYS)

    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Skip to the page")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_landmarks_are_there(page: Page, viewer: User) -> None:
    page.goto(KEYS)

    for role in ("banner", "main"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_have_count(1)
    expect(page.locator("#status[role=status][aria-live=polite]")).to_have_count(1)


def test_the_dual_clock_changes_which_time_leads_and_remembers_it(page: Page, viewer: User) -> None:
    page.goto(KEYS)
    clock = page.locator("#dual-clock")
    expect(clock).to_contain_text("Dublin")
    expect(page.locator("html")).to_have_attribute("data-leads", "local")

    clock.click()

    expect(page.locator("html")).to_have_attribute("data-leads", "utc")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-leads", "utc")


def test_the_rail_shows_its_labels_and_remembers_it(page: Page, viewer: User) -> None:
    page.goto(KEYS)
    toggle = page.locator(".rail-toggle")

    toggle.click()

    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".rail #help-link .label")).to_be_visible()
    page.reload()
    expect(page.locator(".rail #help-link .label")).to_be_visible()


def test_the_theme_follows_the_person_and_the_system(page: Page, viewer: User) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    change(viewer, theme="system")
    page.emulate_media(color_scheme="dark")
    page.goto(KEYS)
    assert page.evaluate(ground) == "rgb(13, 17, 23)"

    change(viewer, theme="light")
    page.reload()
    assert page.evaluate(ground) == "rgb(246, 247, 249)"


def test_the_frame_mirrors_right_to_left(page: Page, viewer: User) -> None:
    page.goto(KEYS)

    page.evaluate("document.documentElement.dir = 'rtl'")

    rail = page.locator("nav.rail").bounding_box()
    main = page.locator("main").bounding_box()
    assert rail
    assert main
    assert rail["x"] > main["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("density", ["compact", "cosy", "touch"])
def test_targets_are_large_enough(page: Page, viewer: User, density: str) -> None:
    change(viewer, density=density)
    page.goto(KEYS)

    small = page.evaluate("""() => [...document.querySelectorAll('button, a[href], summary, select, input:not([type=hidden])')]
      .filter((one) => one.checkVisibility() && !one.closest('.skips, p, li'))
      .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)""")

    assert small == []


def test_forced_colours_keep_the_controls_visible(page: Page, viewer: User) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(KEYS)

    assert page.locator("#help-link").is_visible()
    assert browsers.serious(page) == []


@pytest.mark.parametrize("path", ["/no-such-page/"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_error_pages_are_readable(page: Page, viewer: User, path: str, theme: str) -> None:
    change(viewer, theme=theme)

    answer = page.goto(path)

    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert browsers.serious(page) == []


def test_text_spacing_and_double_text_size_lose_nothing(page: Page, viewer: User) -> None:
    page.goto(KEYS)

    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('html{font-size:200%} *{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}');
      document.adoptedStyleSheets = [sheet];
    }""")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
