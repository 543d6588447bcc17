"""The queue console in a real Chromium: by keyboard, live, with a colleague, at every width and in both themes (ux.md §7.1)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import Team, User
from audit import relay
from core.clock import db_now
from escalations.lifecycle import CaseStatus
from escalations.models import Case, CaseEntity, Entity, Evidence
from escalations.operations import cases, holds
from tests import browsers
from tests.factories.cases import make_queue
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_team, make_user, make_vendor

pytestmark = pytest.mark.browser
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

# Title, severity, minutes since receipt, language, surface, channel, reach, more.
STORY: list[tuple[str, int, int, str, str, str, int, dict[str, object]]] = [
    ("Altered polling-date image spreading in Valdorian groups", 0, 2, "vd", "organic", "api", 1_900_000, {}),
    ("Fake broker ads using doctored news clip", 1, 51, "es", "ads", "api", 1_200_000, {"cluster_size": 38}),
    ("Attack footage re-uploads, Port Ellis", 1, 72, "en", "organic", "api", 640_000, {"graphic_tier": 3}),
    ("Verified singer hijacked, crypto stream", 1, 30, "en", "account", "portal", 8_900_000, {"is_high_profile": True}),
    ("Recalled e-bike batteries still listed", 2, 202, "en", "commerce", "email", 42_000, {"is_legal_hold": True}),
    ("Threats against poll workers named in video", 2, 39, "vd", "organic", "api", 88_000, {}),
    ("Account lockout after ownership dispute", 2, 120, "pt", "account", "portal", 12_000, {}),
    ("Deceased relative “AI message” service ads", 2, 20, "en", "ads", "api", 210_000, {}),
    (
        "Satire page removed in error, appeal by publisher",
        3,
        434,
        "es",
        "organic",
        "portal",
        3_000,
        {"cluster_size": 4},
    ),
    ("Impersonation of bank support, 14 pages", 3, 255, "pt", "account", "manual", 18_000, {"reopened_count": 1}),
    ("Counterfeit infant sleep product", 3, 470, "es", "ads", "portal", 94_000, {}),
    ("Hidden-text jailbreak in ad creatives", 3, 300, "hi", "ads", "portal", 18_000, {"graphic_tier": 2}),
    ("Coordinated reports against journalist", 3, 100, "pt", "account", "api", 1_100, {}),
    ("Loan scam redirect, cloaked landing page", 3, 660, "es", "ads", "portal", 94_000, {}),
    ("Graphic injury in livestream clip", 2, 15, "hi", "commerce", "portal", 94_000, {"graphic_tier": 2}),
    ("Election ad without disclaimer", 3, 200, "ar", "account", "manual", 18_000, {}),
    ("Doxxing thread, home address", 3, 90, "en", "organic", "portal", 18_000, {}),
    ("Stolen card pattern across shops", 4, 1000, "ar", "organic", "portal", 3_000, {}),
    ("Miracle cure claim, paid partnership", 2, 80, "pt", "account", "api", 94_000, {}),
    ("Hate slogan in Arabic, reclaimed use?", 3, 60, "pt", "ads", "portal", 94_000, {}),
    ("Minor in risky challenge video", 4, 300, "en", "commerce", "portal", 18_000, {}),
    ("Fake charity after flood", 3, 30, "ar", "ads", "api", 3_000, {"cluster_size": 4}),
    ("Extremist logo in music clip", 2, 60, "es", "organic", "manual", 1_100, {"reopened_count": 1}),
    ("Romance scam network, 22 accounts", 4, 100, "pt", "commerce", "manual", 18_000, {}),
    ("Gambling ads to minors, PH", 3, 20, "es", "commerce", "api", 410, {}),
    ("Review-bombing of local clinic", 3, 10, "pt", "account", "api", 18_000, {}),
]


@pytest.fixture
def team(live_url: str) -> Team:
    return make_team()


@pytest.fixture
def ana(team: Team, browser_context: BrowserContext, live_url: str) -> User:
    user = make_user(name="Ana Silva", teams=[team])
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Dublin")
    browsers.sign_in(browser_context, user, url=live_url)
    return user


@pytest.fixture
def story(team: Team, ana: User) -> list[Case]:
    """The list of the mocks, some of it held by colleagues."""
    now: datetime = db_now()
    queue = make_queue(slug="general-desk", team=team)
    vendor = make_vendor("northgate")
    colleagues = [make_user(name=name, teams=[team]) for name in ("Tom Berg", "Ravi Rao", "Ines Sol")]
    made = []
    for index, (title, severity, minutes, language, surface, channel, reach, more) in enumerate(STORY):
        made.append(
            make_case_with_clocks(
                at=now - minutes * MINUTE,
                queue=queue,
                organization=vendor,
                title=title,
                ask="46 ads from 9 advertisers promise guaranteed returns. Press publishes 18:00Z. Please pause today.",
                severity=severity,
                language=language,
                surface=surface,
                channel=channel,
                reach=reach,
                **more,
            )
        )
        if index in (2, 3, 6, 19):
            cases.claim_case(case_id=made[-1].pk, by=colleagues[index % 3], at=now)
    cases.wait_for_submitter(case_id=made[6].pk, question="Who owns it?", by=colleagues[0], at=now)
    Evidence.objects.create(
        organization=vendor,
        case=made[1],
        number=1,
        kind="url",
        sha256="0" * 64,
        original_url="https://broker.example/landing",
        note="News anchor, altered lips; broker logo; no injury.",
        graphic_tier=1,
        added_at=now,
    )
    return made


def ready(page: Page) -> None:
    page.evaluate("() => import(document.querySelector('script[type=module]').src).then(() => true)")


def open_queue(page: Page, query: str = "") -> None:
    page.goto(f"/q/{query}")
    ready(page)


def cursor(page: Page) -> str:
    return page.locator("tr[data-ui-cursor]").get_attribute("data-key") or ""


def deliver() -> None:
    """What the engine does: hand events to their listeners."""
    while relay.drain():
        pass


@pytest.mark.parametrize(("theme", "width"), [("light", 1600), ("light", 1024), ("light", 320), ("dark", 1600)])
def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(
    page: Page, ana: User, story: list[Case], theme: str, width: int
) -> None:
    User.objects.filter(pk=ana.pk).update(theme=theme)
    page.set_viewport_size({"width": width, "height": 900})

    open_queue(page)
    if width >= 1024:
        page.locator("#preview h2").wait_for()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"queue-{theme}-{width}.png"))

    # A structure is the same in every theme, and a contrast at every width.
    if theme == "light":
        assert browsers.serious(page, colours=None if width == 1600 else False) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    else:
        assert browsers.serious(page, colours=True) == []


def test_twenty_five_rows_stand_on_a_full_screen(page: Page, story: list[Case]) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_queue(page)

    seen = page.evaluate(
        """() => { const list = document.querySelector('.qlist').getBoundingClientRect();
        return [...document.querySelectorAll('#rows tbody tr')].filter(
          (row) => row.getBoundingClientRect().bottom <= list.bottom).length }"""
    )

    assert seen >= 25


def test_rows_are_walked_claimed_and_opened_by_keyboard(page: Page, ana: User, story: list[Case]) -> None:
    open_queue(page)
    first = cursor(page)

    page.keyboard.press("j")
    second = cursor(page)
    assert second != first
    expect(page.locator("#preview h2")).to_have_text(Case.objects.get(ref=second).title)
    page.keyboard.press("c")

    row = page.locator(f"#r-{second}")
    expect(row.locator(".who")).to_contain_text("you")
    assert Case.objects.get(ref=second).assignee == ana
    assert cursor(page) == second
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/c/{second}/**")


def test_n_claims_the_next_best_of_the_view_and_opens_it(page: Page, ana: User, story: list[Case]) -> None:
    best = Case.objects.filter(surface="ads", assignee=None).order_by("order_at", "id").first()
    open_queue(page, "?q=is:open surface:ads")

    page.keyboard.press("n")

    page.wait_for_url(f"**/c/{best.ref}/**")
    best.refresh_from_db()
    assert best.assignee == ana


def test_a_selection_is_snoozed_told_and_taken_back(page: Page, ana: User, story: list[Case]) -> None:
    open_queue(page, "?q=is:open sev:3..4 is:unclaimed")
    keys = [row.get_attribute("data-key") for row in page.locator("#rows tbody tr").all()[:2]]

    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-ui-bulk]")).to_be_visible()
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / "queue-selected.png"))
    with page.expect_download() as taken:
        page.locator("#bulk-export").click()
    written = taken.value.path().read_text()
    assert {ref for ref in Case.objects.values_list("ref", flat=True) if ref in written} == set(keys)
    page.keyboard.press("h")
    expect(page.locator("#dlg")).to_contain_text("2 of 2 cases")
    assert browsers.serious(page) == []
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("Snoozed 2 cases")
    expect(page.locator("#dlg")).to_be_hidden()
    assert Case.objects.filter(ref__in=keys, snoozed_until__isnull=False).count() == 2
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Undone")
    assert not Case.objects.filter(snoozed_until__isnull=False).exists()


def test_a_refused_form_stays_with_what_was_typed(page: Page, story: list[Case]) -> None:
    open_queue(page, "?q=is:open sev:3")
    page.keyboard.press("s")
    page.locator("#dlg input[name=severity][value='1']").check()

    page.locator("#dlg button[type=submit]").click()
    page.locator("#dlg input[name=reason]").fill("Threat within hours")
    page.locator("#dlg button[type=submit]").click()

    expect(page.locator("#toasts")).to_contain_text("Changed the severity")


def test_why_here_says_the_sum(page: Page, story: list[Case]) -> None:
    open_queue(page)

    page.keyboard.press("w")

    expect(page.locator("#dlg")).to_contain_text("earlier for S0")
    page.keyboard.press("Escape")
    expect(page.locator("#dlg")).to_be_hidden()


def test_a_colleagues_claim_shows_in_place_and_new_cases_wait_behind_the_pill(
    page: Page, story: list[Case], live_engine: object, team: Team
) -> None:
    open_queue(page, "?q=is:open is:unclaimed")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    rows = page.locator("#rows tbody tr")
    before = rows.count()
    taken = Case.objects.filter(assignee=None).order_by("order_at", "id")[2]
    colleague = make_user(name="Mia Moss", teams=[team])

    cases.claim_case(case_id=taken.pk, by=colleague, at=db_now())
    ghost = page.locator(f"#r-{taken.ref}")
    expect(ghost).to_have_attribute("data-ui-ghost", re.compile(r"Mia claimed \d\d:\d\d"), timeout=20_000)
    make_and_tell(story[0])

    expect(page.locator("[data-ui-pill]")).to_contain_text("1 new", timeout=20_000)
    assert rows.count() == before
    page.keyboard.press(".")
    expect(page.locator("#rows")).to_contain_text("Brand new case")
    expect(page.locator(f"#r-{taken.ref}")).to_have_count(0)


def make_and_tell(like: Case) -> None:
    """A case that came in just now, and the event of its arrival."""
    from audit.recording import record
    from escalations import events

    case = make_case_with_clocks(at=db_now(), queue=like.queue, organization=like.organization, title="Brand new case")
    record(events.CASE_CREATED, subject=case, by=None, at=db_now(), data={"channel": "api"})


@pytest.fixture
def colleague_page(browser: Browser, live_url: str, team: Team) -> Iterator[Callable[[], tuple[Page, User]]]:
    context = browser.new_context(base_url=live_url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)

    def make() -> tuple[Page, User]:
        user = make_user(name="Mia Moss", teams=[team])
        browsers.sign_in(context, user, url=live_url)
        return context.new_page(), user

    yield make
    context.close()


def test_of_two_people_pressing_c_on_one_row_one_wins_and_the_other_sees_who(
    page: Page, ana: User, story: list[Case], colleague_page: Callable[[], tuple[Page, User]]
) -> None:
    theirs, mia = colleague_page()
    open_queue(page, "?q=is:open is:unclaimed")
    open_queue(theirs, "?q=is:open is:unclaimed")
    wanted = cursor(page)
    assert cursor(theirs) == wanted

    theirs.keyboard.press("c")
    expect(theirs.locator(f"#r-{wanted} .who")).to_contain_text("You claimed")
    page.keyboard.press("c")

    expect(page.locator(f"#r-{wanted}")).to_have_attribute("data-ui-ghost", re.compile("Mia claimed"))
    expect(page.locator("#status")).to_contain_text("Mia Moss has claimed")
    assert Case.objects.get(ref=wanted).assignee == mia


def test_a_wave_is_found_by_its_hash_merged_and_explained_in_few_keys(
    page: Page, ana: User, story: list[Case], team: Team
) -> None:
    """J2's part in the queue: filter, select all matching, merge, Enter; at most 12 keys and 25 typed characters."""
    now, queue, vendor = db_now(), make_queue(slug="wave", team=team), make_vendor("wavevendor")
    sha256 = "ab12cd" + "0" * 58
    wave = [
        make_case_with_clocks(at=now - HOUR, queue=queue, organization=vendor, title=f"Same clip {n}")
        for n in range(40)
    ]
    for case in wave:
        Evidence.objects.create(organization=vendor, case=case, number=1, kind="text", sha256=sha256, added_at=now)
    holds.set_legal_hold(case_id=wave[0].pk, basis="Order 7", by=make_user(roles=["LG"]), at=now)
    open_queue(page)

    page.keyboard.press("/")
    page.keyboard.type("is:open hash:ab12cd")
    page.keyboard.press("Enter")
    expect(page.locator("#rows tbody tr[data-key]")).to_have_count(40)
    ready(page)
    page.locator("tr[data-ui-cursor]").focus()
    page.keyboard.press("*")
    expect(page.locator("[data-ui-count]")).to_contain_text("40")
    page.keyboard.press("Shift+M")
    expect(page.locator("#dlg")).to_contain_text("38 cases")
    expect(page.locator("#dlg")).to_contain_text("legal hold")
    assert browsers.serious(page) == []
    page.keyboard.press("Enter")

    page.wait_for_url("**/c/ESC-*/")
    parent = Case.objects.get(cluster_size=38, title__startswith="Same clip")
    assert parent.ref in page.url
    assert Case.objects.filter(title__startswith="Same clip", status=CaseStatus.CLOSED).count() == 38


def test_similar_cases_unfold_under_the_first_of_them(page: Page, story: list[Case]) -> None:
    ring = Entity.objects.create(platform="x", kind="advertiser", key="orbix", first_seen_at=db_now())
    for case in (story[1], story[7], story[10]):
        CaseEntity.objects.create(organization=case.organization, case=case, entity=ring, added_at=db_now())
    open_queue(page, "?q=is:open group:cluster")
    expect(page.locator(f"#r-{story[7].ref}")).to_have_count(0)

    page.locator(f"#r-{story[1].ref} .expander").click()

    expect(page.locator(f"#r-{story[7].ref}")).to_have_attribute("data-parent", story[1].ref)
    page.locator(f"#r-{story[1].ref} .expander").click()
    expect(page.locator(f"#r-{story[7].ref}")).to_have_count(0)


def test_the_palette_goes_to_a_pasted_key(page: Page, story: list[Case]) -> None:
    open_queue(page)

    page.keyboard.press("Control+k")
    page.keyboard.type(story[5].ref)
    expect(page.locator("#palette-results [role=option]").first).to_contain_text(story[5].title)
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / "palette.png"))
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/c/{story[5].ref}/")


def test_the_list_and_its_acts_work_without_scripts(
    browser: Browser, live_url: str, ana: User, story: list[Case]
) -> None:
    context = browser.new_context(base_url=live_url, java_script_enabled=False)
    browsers.sign_in(context, ana, url=live_url)
    page = context.new_page()
    page.goto("/q/?q=is:open sev:3 is:unclaimed")
    keys = [row.get_attribute("data-key") for row in page.locator("#rows tbody tr").all()[:2]]

    for key in keys:
        page.locator(f"#r-{key} input[name=keys]").check()
    page.locator("#bulk-tag").click()
    page.locator("input[name=add]").fill("wave-3")
    page.locator("main button[type=submit]").click()

    assert "/q/" in page.url
    assert Case.objects.filter(case_tags__tag__name="wave-3").count() == 2
    context.close()


def test_all_clocks_of_a_row_show_on_its_chip_and_go_by_escape(page: Page, story: list[Case]) -> None:
    open_queue(page)

    page.locator(f"#r-{story[1].ref} .sla").hover()

    expect(page.locator("#clockpeek")).to_contain_text("First response")
    expect(page.locator("#clockpeek")).to_contain_text("UTC")
    assert browsers.serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#clockpeek")).to_have_count(0)


def test_the_keys_of_a_list_have_controls_that_do_the_same(page: Page, story: list[Case]) -> None:
    open_queue(page)
    menu = page.locator(".rowbar details").first
    keys = [row.get_attribute("data-key") for row in page.locator("#rows tbody tr[data-key]").all()]

    for action, expected in (("down", keys[1]), ("last", keys[-1]), ("up", keys[-2]), ("first", keys[0])):
        menu.locator("summary").click()
        menu.locator(f"[data-key-action={action}]").click()
        expect(page.locator(f"#r-{expected}")).to_have_attribute("data-ui-cursor", "")
    menu.locator("summary").click()
    menu.locator("[data-key-action=extend-down]").click()
    expect(page.locator("[data-ui-count]")).to_have_text("2 selected")
    menu.locator("summary").click()
    menu.locator("[data-key-action=open]").click()
    page.wait_for_url(f"**/c/{keys[1]}/**")


def test_the_preview_grows_wide_and_stays_so(page: Page, story: list[Case]) -> None:
    open_queue(page)
    page.locator(".rowbar details summary").last.click()

    page.locator("#preview-wide").click()

    expect(page.locator(".queue")).to_have_class(re.compile("wide-preview"))
    open_queue(page)
    expect(page.locator(".queue")).to_have_class(re.compile("wide-preview"))


def test_a_claim_warms_the_next_case_and_only_reading_it_counts(page: Page, ana: User, story: list[Case]) -> None:
    order = list(Case.objects.filter(assignee=None).order_by("order_at", "id").values_list("ref", flat=True)[:2])
    open_queue(page)

    page.keyboard.press("n")

    page.wait_for_url(f"**/c/{order[0]}/**")
    expect(page.locator("html")).to_have_attribute("data-warm", order[1])
    expect(page.locator("[data-lease-url]")).to_have_count(1)
    second = Case.objects.get(ref=order[1])
    assert (second.assignee, second.status) == (None, CaseStatus.NEW)
    page.keyboard.press("n")
    page.wait_for_url(f"**/c/{order[1]}/**")
    expect(page.locator("#casehead")).to_contain_text(order[1])
    expect(page.locator("#likely")).to_have_count(0)
