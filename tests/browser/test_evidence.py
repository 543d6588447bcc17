"""Evidence in a real Chromium: pasted and dropped onto the case; pictures behind the shield as their viewer's settings say."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.operations import people
from core.clock import db_now
from escalations.lifecycle import GraphicTier
from escalations.models import Case
from escalations.operations import evidence, uploads
from tests import browsers
from tests.browser.test_case import picture
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def ana(browser_context: BrowserContext, live_url: str) -> User:
    user = make_user(name="Ana Bell", roles=["LD"])
    browsers.sign_in(browser_context, user, url=live_url)
    return user


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    return browser_context.new_page()


def case_with_picture(ana: User, tier: GraphicTier) -> Case:
    at = db_now()
    case = make_case_with_clocks(at=at)
    upload = uploads.keep_upload(chunks=[picture()], name="still.png", claimed_type="image/png", by=ana, at=at)
    evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=ana, at=at, tier=tier)
    return case


PASTE = """(text) => {
    const data = new DataTransfer(); data.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
DROP = """() => {
    const data = new DataTransfer(); data.items.add(new File(["as posted"], "post.txt", { type: "text/plain" }));
    for (const type of ["dragover", "drop"])
        document.querySelector(".mid").dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def ready(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("html[data-ready]")).to_have_count(1)


@pytest.mark.parametrize(("text", "field"), [("https://plaza.example/p/1", "url"), ("Gana un 8 % a la semana", "text")])
def test_what_is_pasted_onto_the_case_is_offered_as_evidence(page, live_url, ana, text, field):
    case = make_case_with_clocks(at=db_now())
    ready(page, f"{live_url}/c/{case.ref}/")

    page.evaluate(PASTE, text)

    expect(page.locator(f"#add [name={field}]")).to_have_value(text)
    expect(page.locator("#add [name=note]")).to_be_focused()
    page.get_by_role("button", name="Add", exact=False).last.click()
    expect(page.locator("#evidence .ev")).to_have_count(1)


def test_a_file_dropped_onto_the_case_is_offered_as_evidence(page, live_url, ana):
    case = make_case_with_clocks(at=db_now())
    ready(page, f"{live_url}/c/{case.ref}/")

    page.evaluate(DROP)

    expect(page.locator("#add [name=note]")).to_be_focused()
    assert page.evaluate("document.querySelector('#add [name=file]').files[0].name") == "post.txt"


def test_a_paste_into_a_field_stays_there(page, live_url, ana):
    case = make_case_with_clocks(at=db_now())
    ready(page, f"{live_url}/c/{case.ref}/")

    page.locator("#note-body").focus()
    page.evaluate(PASTE.replace("document.body", "document.activeElement"), "https://plaza.example/p/1")

    expect(page.locator("#note-body")).to_be_focused()
    expect(page.locator("#add")).to_have_count(0)


def test_a_graphic_picture_begins_blurred_where_its_viewer_chose_so_and_is_revealed_through_their_filters(
    page, live_url, ana
):
    kept = {"start_g2": "blurred", "greyscale": True, "blur_px": 8}
    people.save_settings(user=ana, at=db_now(), shield_settings=kept)
    case = case_with_picture(ana, GraphicTier.G2)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    ready(page, f"{live_url}/c/{case.ref}/")
    figure = page.locator("[data-shield]")
    expect(figure.locator("img[data-kind=blurred]")).to_be_visible()
    originals = [url for url in asked if "/original/" in url or url.endswith("/media/")]
    assert originals == []

    figure.get_by_role("button", name="Reveal", exact=True).click()
    shown = figure.locator("img[data-kind=full]")
    expect(shown).to_be_visible()
    expect(shown).to_have_css("filter", "grayscale(1) blur(8px)")

    figure.get_by_role("button", name="As it is").click()
    expect(shown).to_have_css("filter", "none")

    page.keyboard.press("0")
    expect(figure.locator(".tile")).to_be_visible()
    expect(figure.get_by_role("button", name="As it is")).to_have_attribute("aria-pressed", "false")


def test_a_harmless_picture_may_show_itself_and_a_graphic_one_never_does(page, live_url, ana):
    people.save_settings(user=ana, at=db_now(), shield_settings={"start_g0": "shown", "start_g3": "shown"})
    harmless, graphic = case_with_picture(ana, GraphicTier.G0), case_with_picture(ana, GraphicTier.G3)

    ready(page, f"{live_url}/c/{harmless.ref}/")
    expect(page.locator("[data-shield] img[data-kind=full]")).to_be_visible()

    ready(page, f"{live_url}/c/{graphic.ref}/")
    expect(page.locator("[data-shield] .tile")).to_be_visible()
    expect(page.locator("[data-shield] img")).to_have_count(0)


def test_the_settings_page_shows_on_a_harmless_picture_what_is_chosen(page, live_url, ana):
    ready(page, f"{live_url}/settings/wellness/")

    page.get_by_label("Blur, in pixels").fill("12")
    page.get_by_label("Without colour").check()

    expect(page.locator("#shield-trial")).to_have_css("filter", "grayscale(1) blur(12px)")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Blur, in pixels")).to_have_value("12")
    expect(page.locator("#shield-trial")).to_have_css("filter", "grayscale(1) blur(12px)")
