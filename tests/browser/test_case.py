"""The case page in a real Chromium: by keyboard alone, in both themes, narrow; nothing graphic before it is asked for; no script of a submitter."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from audit.models import AccessRecord
from core.clock import db_now
from core.ids import new_id
from escalations.models import Case, CaseEntity, Comment, Entity, Evidence
from escalations.operations import cases, comments, evidence, uploads
from tests import browsers
from tests.factories.cases import make_case
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.browser


@pytest.fixture
def ana(browser_context: BrowserContext, live_url: str) -> User:
    user = make_user(name="Ana Bell")
    browsers.sign_in(browser_context, user, url=live_url)
    return user


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    return browser_context.new_page()


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot((320, 200), (-2, -1.5, 1, 1.5), 40).save(out, "PNG")
    return out.getvalue()


def whole_case(ana: User, **fields: object) -> Case:
    """A case with one of everything on it."""
    at = db_now()
    case = make_case_with_clocks(
        at=at,
        organization=make_vendor(),
        title="Fake broker ads using doctored news clip",
        ask="46 ads promise guaranteed returns.",
        contact="maria@example.test",
        **fields,
    )
    entity = Entity.objects.create(platform="photos", kind="advertiser", key=f"ADV-{case.pk}", first_seen_at=at)
    CaseEntity.objects.create(organization=case.organization, case=case, entity=entity, role="violator", added_at=at)
    upload = uploads.keep_upload(chunks=[picture()], name="still.png", claimed_type="image/png", by=ana, at=at)
    evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=ana, at=at, note="A still")
    evidence.add_text(case_id=case.pk, text="Guaranteed 8 % a week", by=ana, at=at)
    evidence.add_url_note(case_id=case.pk, url="https://orbix.example/landing", by=ana, at=at)
    comments.add_note(case_id=case.pk, body="Same *card* as before", by=ana, at=at)
    cases.tag_case(case_id=case.pk, by=ana, at=at, add=["scam-ring"])
    return case


def test_a_case_is_worked_by_keyboard_alone(page, live_url, ana):
    case = whole_case(ana)
    wrong = browsers.watch(page)
    page.goto(f"{live_url}/c/{case.ref}/")

    page.keyboard.press("c")
    expect(page.locator("#casehead")).to_contain_text("claimed by you")
    expect(page.locator("#act-claim")).to_have_count(0)
    expect(page.locator("#act-release")).to_have_count(1)
    page.keyboard.press("i")
    page.keyboard.type("Checked the card.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Checked the card.")
    expect(page.locator("#note-body")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("We look at it now.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("goes out")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#timeline")).not_to_contain_text("We look at it now.")
    page.keyboard.press("e")
    expect(page).to_have_url(f"{live_url}/c/{case.ref}/#evidence")

    case.refresh_from_db()
    assert case.assignee == ana
    assert Comment.objects.get(audience="submitter").retracted_at is not None
    assert wrong == []


@pytest.mark.parametrize(
    ("key", "title"),
    [("s", "severity"), ("h", "Snooze"), ("Shift+L", "Link"), ("m", "Merge"), ("Shift+R", "information")],
)
def test_a_key_opens_the_dialog_of_its_act(page, live_url, ana, key, title):
    case = whole_case(ana, assignee=ana)
    page.goto(f"{live_url}/c/{case.ref}/")

    page.keyboard.press(key)

    expect(page.locator("#dlg #dlg-title")).to_contain_text(title, ignore_case=True)
    page.keyboard.press("Escape")
    expect(page.locator("#dlg")).to_be_hidden()


def test_what_is_typed_survives_leaving_the_page(page, live_url, ana):
    case = whole_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")

    page.keyboard.press("i")
    page.keyboard.type("Half a thought")
    with page.expect_response(lambda answer: "/draft/note/" in answer.url):
        page.locator("#case-key").focus()
    page.goto(f"{live_url}/c/{case.ref}/")

    expect(page.locator("#note-body")).to_have_value("Half a thought")


def test_not_one_byte_of_a_picture_is_fetched_before_somebody_asks(page, live_url, ana):
    case = whole_case(ana)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/e/" in request.url else None)

    page.goto(f"{live_url}/c/{case.ref}/")
    page.locator("#e-1").hover()
    page.locator("#shield-1 .tile").hover()
    page.wait_for_load_state("networkidle")
    assert asked == []
    assert not AccessRecord.objects.exists()

    with page.expect_response(lambda answer: answer.url.endswith("/e/1/preview/")):
        page.locator("#shield-1 [data-shield-blurred]").click()
    assert not AccessRecord.objects.exists()
    with page.expect_response(lambda answer: answer.url.endswith("/e/1/original/")) as answered:
        page.locator("#shield-1 [data-shield-pin]").click()
    assert answered.value.status == 200
    expect(page.locator("#shield-1 img[data-kind=full]")).to_be_visible()
    assert AccessRecord.objects.get().actor_id == ana.pk

    page.keyboard.press("0")
    expect(page.locator("#shield-1 img")).to_have_count(0)
    expect(page.locator("#shield-1 .tile")).to_be_visible()


def test_holding_space_reveals_and_letting_go_hides(page, live_url, ana):
    case = whole_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/e/1/")

    page.locator("[data-shield-hold]").focus()
    page.keyboard.down("Space")
    expect(page.locator("img[data-kind=full]")).to_be_visible()
    page.keyboard.up("Space")
    expect(page.locator("img[data-kind=full]")).to_be_hidden()
    expect(page.locator(".tile")).to_be_visible()


PAYLOADS = [
    "<script>window.bad=1</script>",
    "<img src=x onerror=window.bad=1>",
    "<svg onload=window.bad=1>",
    "\"'><details open ontoggle=window.bad=1>",
    "<a href=javascript:window.bad=1 autofocus onfocus=window.bad=1>x</a>",
    "<div hx-get=/me/ hx-trigger=load data-hx-post=/me/>x</div>",
    "[x](javascript:window.bad=1) ![](http://canary.test/p.gif)",
    "{{7*7}} ${7*7} {% load x %}",
    "</textarea><script>window.bad=1</script>",
    "</title><script>window.bad=1</script>",
    "<iframe srcdoc='<script>parent.bad=1</script>'></iframe>",
    "<style>@import 'http://canary.test/'</style><link rel=stylesheet href=http://canary.test/>",
]


def test_no_script_of_a_submitter_runs_and_nothing_outside_is_asked(page, live_url, ana):
    at = db_now()
    text = "\n\n".join(PAYLOADS)
    case = make_case(at=at, title=text[:200], ask=text, external_ref=text[:120], contact=text[:200])
    entity = Entity.objects.create(platform="x", kind="post", key=text[:300], label=text[:300], first_seen_at=at)
    CaseEntity.objects.create(organization=case.organization, case=case, entity=entity, role="violator", added_at=at)
    for number, payload in enumerate(PAYLOADS, start=1):
        Evidence.objects.create(
            organization=case.organization,
            case=case,
            number=number,
            public_id=new_id(),
            kind="text",
            sha256="0" * 64,
            text=payload,
            name=payload[:200],
            note=payload,
            graphic_tier=0,
            added_at=at,
        )
        comments.add_note(
            case_id=case.pk, body=payload, by=make_user(name=payload[:80], email=f"{number}@x.test"), at=at
        )
    cases.tag_case(case_id=case.pk, by=ana, at=at, add=["tag"])
    upload = uploads.keep_upload(chunks=[picture()], name=PAYLOADS[1], claimed_type="image/png", by=ana, at=at)
    evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=ana, at=at, note=PAYLOADS[1])
    wrong = browsers.watch(page)
    outside: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(live_url) else None)

    for address in ("", "e/1/", f"e/{len(PAYLOADS) + 1}/", "print/", "edit/", "timeline/?show=comms"):
        page.goto(f"{live_url}/c/{case.ref}/{address}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.bad") is None, address
        assert page.locator("main [hx-trigger=load], main script, main iframe").count() == 0
    assert wrong == []
    assert outside == []


def test_links_of_a_submitter_open_behind_a_warning(page, live_url, ana):
    case = whole_case(ana)
    page.goto(f"{live_url}/c/{case.ref}/")

    page.get_by_text("hxxps://orbix[.]example/landing").click()

    expect(page.get_by_text("This address is outside.")).to_be_visible()
    assert page.url.startswith(f"{live_url}/leave/")


def test_axe_finds_nothing_serious(page, live_url, ana):
    case = whole_case(ana)
    page.set_viewport_size({"width": 1600, "height": 900})

    for address in (f"/c/{case.ref}/", f"/c/{case.ref}/e/1/", f"/c/{case.ref}/print/", "/c/new/", "/me/"):
        page.emulate_media(color_scheme="light")
        page.goto(live_url + address)
        assert browsers.serious(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert browsers.serious(page, colours=True) == [], address


def test_nothing_scrolls_sideways_on_a_phone(page, live_url, ana):
    case = whole_case(ana)
    Case.objects.filter(pk=case.pk).update(title="W" * 200, ask="Q" * 3000)
    page.set_viewport_size({"width": 320, "height": 640})

    for address in (f"/c/{case.ref}/", f"/c/{case.ref}/e/1/", f"/c/{case.ref}/e/3/", "/c/new/", "/me/"):
        page.goto(live_url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_a_case_is_made_by_hand_paste_first(page, live_url, ana):
    known = whole_case(ana)
    key = Entity.objects.get(in_cases__case=known).key
    page.goto(f"{live_url}/c/new/")

    page.keyboard.type(key)
    expect(page.locator("#found")).to_contain_text(known.ref)
    page.locator("#id_title").fill("Same advertiser again")
    page.locator("#id_ask").fill("Please look.")
    page.locator("#id_harm").select_option("fraud_scam")
    page.locator("#id_market").fill("IE")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/c/ESC-*/")

    made = Case.objects.get(title="Same advertiser again")
    assert (made.assignee, made.channel, made.organization.kind) == (ana, "manual", "internal")


def test_two_people_see_each_other_on_the_case(page, live_url, ana, browser):
    case = whole_case(ana)
    ben = make_user(name="Ben Okafor")
    other = browser.new_context(base_url=live_url)
    browsers.sign_in(other, ben, url=live_url)
    theirs = other.new_page()
    with theirs.expect_response(lambda answer: answer.url.endswith("/look/")):
        theirs.goto(f"{live_url}/c/{case.ref}/")

    page.goto(f"{live_url}/c/{case.ref}/")

    expect(page.locator("#casehead")).to_contain_text("also here: Ben Okafor")
    other.close()
