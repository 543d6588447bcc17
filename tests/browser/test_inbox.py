"""The inbox and its settings in a real Chromium: by keyboard, live, in both themes, on a phone (ux.md §7.9)."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Team, User
from accounts.roles import Role
from audit import relay
from audit.recording import record
from core.clock import db_now
from escalations import events
from escalations.lifecycle import Severity
from escalations.models import Queue
from escalations.operations import claims, comments
from notifications.models import Delivery, Mute, Notification
from tests import browsers
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user

pytestmark = pytest.mark.browser
TITLES = (
    "Fake broker ads using a doctored news clip",
    "Threats against poll workers",
    "Recalled batteries still listed",
)
ADDRESSES = ("/inbox/", "/inbox/?tab=fyi", "/inbox/?state=done", "/notices/", "/admin/deliveries/", "/admin/duty/", "/admin/kept-mail/")  # fmt: skip


@pytest.fixture
def team(live_url: str) -> Team:
    return make_team()


@pytest.fixture
def queue(team: Team) -> Queue:
    return make_queue(team=team)


@pytest.fixture
def lead(team: Team) -> User:
    return make_user(roles=[Role.LEAD], teams=[team], name="Lea Lind")


@pytest.fixture
def ana(team: Team, browser_context: BrowserContext, live_url: str) -> User:
    person = make_user(roles=[Role.SPECIALIST, Role.ADMIN], teams=[team], name="Ana Reyes")
    browsers.sign_in(browser_context, person, url=live_url)
    return person


def tell() -> None:
    while relay.drain(500):
        pass


def mention(ana: User, lead: User, queue: Queue, title: str) -> str:
    case = make_case(queue=queue, title=title, severity=Severity.S2)
    comments.add_note(case_id=case.pk, body=f"@{ana.email} please look", by=lead, at=db_now())
    tell()
    return case.ref


def breach(ana: User, queue: Queue) -> str:
    case = make_case(queue=queue, title="Attack footage re-uploads", severity=Severity.S0)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    at = db_now()
    record(events.CLOCK_BREACHED, subject=case, by=None, at=at, data={"metric": "R", "breach_at": at.isoformat()})
    for _ in range(3):
        record(events.COMMENT_ADDED, subject=case, by=None, at=db_now(), data={"from_submitter": True})
    tell()
    return case.ref


def test_the_inbox_is_worked_by_keyboard_and_each_act_can_be_taken_back(
    page: Page, ana: User, lead: User, queue: Queue
):
    worst = breach(ana, queue)
    refs = [mention(ana, lead, queue, title) for title in TITLES]
    page.goto("/inbox/")
    rows = page.locator("#rows tbody tr[data-key]")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text(worst)  # the worst never leaves the top
    expect(rows.first).to_be_focused()

    page.keyboard.press("ArrowRight")
    expect(page.locator("#rows tr.child")).to_have_count(3)
    page.keyboard.press("Shift+E")
    expect(page.locator("#toasts")).to_contain_text("4 notices done")
    expect(page.locator("#rows tbody")).not_to_contain_text(worst)

    page.goto("/inbox/")
    expect(rows).to_have_count(3)
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("#toasts")).to_contain_text("1 notice done")
    expect(rows).to_have_count(2)
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("Undone")
    page.goto("/inbox/")
    expect(rows).to_have_count(3)

    page.keyboard.press("h")
    expect(page.locator("#dlg-title")).to_have_text("Put off")
    page.get_by_label("Tomorrow at 9:00").check()
    page.locator(".dlg-foot .btn-primary").click()
    expect(rows).to_have_count(2)
    page.goto("/inbox/?state=snoozed")
    expect(rows).to_have_count(1)

    page.goto("/inbox/")
    expect(rows.first).to_be_focused()
    first = rows.first.locator(".mono").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/c/{first}/")
    assert first in refs
    assert Notification.objects.filter(user=ana, subject_ref=first, read_at__isnull=False).exists()


def test_the_badge_follows_what_comes_in(page: Page, ana: User, lead: User, queue: Queue):
    page.goto("/inbox/")
    expect(page.locator("#rows")).to_contain_text("Nothing needs you.")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")

    ref = mention(ana, lead, queue, TITLES[0])

    expect(page.locator("#rail-count-inbox .n")).to_have_text("1")
    expect(page.locator("[data-ui-pill]")).to_contain_text("1 new")
    page.keyboard.press(".")
    expect(page.locator("#rows")).to_contain_text(ref)


def test_choices_are_kept_and_quiet_hours_need_both_ends(page: Page, ana: User):
    page.goto("/notices/")

    page.get_by_label("Somebody mentions me, E-mail").select_option("digest")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Somebody mentions me, E-mail")).to_have_value("digest")

    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#field-quiet_until .errors")).to_contain_text("both ends")
    page.get_by_label("Quiet until").fill("07:00")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_label("Quiet until")).to_have_value("07:00")
    expect(page.locator(".errors")).to_have_count(0)


def test_axe_finds_nothing_serious_and_nothing_needs_sideways_scrolling(
    page: Page, ana: User, lead: User, queue: Queue
):
    breach(ana, queue)
    for title in TITLES:
        mention(ana, lead, queue, title)
    Delivery.objects.update(state="ambiguous", is_gathering=False, last_error="The mail server fell silent")
    case = make_case(queue=queue, title="Muted case")
    Mute.objects.create(
        user=ana,
        organization=ana.organization,
        subject_type="escalations.case",
        subject_id=case.pk,
        created_at=db_now(),
    )
    found = []
    for address in ADDRESSES:
        answer = page.goto(address)
        assert answer is not None
        if address == "/admin/kept-mail/" and answer.status == 404:  # a run that sends mail keeps none
            continue
        assert answer.status == 200, address
        found += [(address, fault) for fault in browsers.faults(page)]

    assert found == []
