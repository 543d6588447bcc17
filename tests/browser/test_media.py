"""The main pages on paper, in the system's own few colours, and right to left; and no focus takes a page's top line away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Team, User
from accounts.roles import Role
from core.clock import db_now
from escalations.lifecycle import Verdict
from escalations.models import Case
from escalations.operations import comments, decisions, evidence
from escalations.operations.decisions import Ruling
from policies.models import PolicyVersion
from policies.operations.library import load_library
from tests import browsers
from tests.factories.cases import make_queue
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import internal_organization, make_team, make_user, make_vendor

pytestmark = pytest.mark.browser
A4 = {"width": 673, "height": 1000}  # what print.css's margins leave of the sheet, at 96 dpi

WRONG_ON_PAPER = """() => {
  const seen = (it) => it.checkVisibility({visibilityProperty: true, opacityProperty: true}) && it.getBoundingClientRect().width > 2
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number)
  const light = (parts) => parts.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
  const said = (what, it) => `${what}: ${it.outerHTML.slice(0, 120)}`
  const wrong = [...document.querySelectorAll('nav, button:not(.key), .btn, dialog, .toasts, form[method=get], #decision-form')].filter(seen)
    .map((it) => said('a control', it))
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  let read = 0
  while (texts.nextNode()) {
    const it = texts.currentNode.parentElement, range = document.createRange()
    range.selectNodeContents(texts.currentNode)
    const box = range.getBoundingClientRect()
    if (!texts.currentNode.data.trim() || !seen(it) || it.closest('.vh:not(h1)') || box.width < 2) continue
    read += 1
    let ground = [255, 255, 255]
    for (let up = it; up; up = up.parentElement) {
      const colour = rgb(getComputedStyle(up).backgroundColor)
      if (colour.length < 4 || colour[3] > .5) { ground = colour; break }
    }
    if (light(ground) < .8) wrong.push(said('on dark', it))
    else if ((light(ground) + .05) / (light(rgb(getComputedStyle(it).color)) + .05) < 4.5) wrong.push(said('pale', it))
    for (let up = it; up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up), edge = up.getBoundingClientRect()
      if (style.overflowX === 'visible' && style.overflowY === 'visible' || edge.width < 3) continue
      if (box.right > edge.right + 2 || box.left < edge.left - 2 || box.bottom > edge.bottom + 2) { wrong.push(said('cut', it)); break }
    }
    if (box.right > innerWidth + 1 || box.left < -1) wrong.push(said('off the sheet', it))
  }
  if (read < 9) wrong.push(`only ${read} pieces of text`)
  return wrong
}"""

# Each thing the focus stops at shows a thick line around itself or its field, which the mark of what is chosen is not.
_WITHOUT_RING = """() => {
  const ringed = (it) => { const style = getComputedStyle(it); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }
  const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
  let stopped = 0
  const bare = stops.filter((it) => {
    it.focus()
    if (document.activeElement !== it || !it.matches(':focus-visible')) return false
    stopped += 1
    return ![it, it.closest('label'), it.closest('.input')].some((one) => one && ringed(one))
  }).map((it) => it.outerHTML.slice(0, 160))
  const moved = [document.documentElement, document.body].some((it) => it.scrollTop > 0)
  return [...bare, ...(moved ? ['the page itself was scrolled'] : []), ...(stopped < 12 ? [`only ${stopped} stops`] : [])]
}"""

# The rail stands at the right, nothing leaves the window, and keys still read "Ctrl+K".
_NOT_MIRRORED = """() => {
  const outside = [...document.querySelectorAll('body *')].filter((it) => {
    const box = it.getBoundingClientRect()
    return box.width > 2 && (box.left < -3 || box.right > innerWidth + 3) && it.checkVisibility() && !it.closest('.skips, .vh, .tbl-wrap, .scroll')
  })
  const turned = [...document.querySelectorAll('kbd, code')].filter((it) => getComputedStyle(it).direction !== 'ltr')
  const rail = document.querySelector('nav.rail').getBoundingClientRect().left > innerWidth / 2 ? [] : ['the rail stands at the left']
  return [...rail, ...[...outside, ...turned].map((it) => it.outerHTML.slice(0, 140))]
}"""


@pytest.fixture
def ana(browser_context: BrowserContext, live_url: str) -> User:
    """Somebody who works cases and keeps the house: one session sees all the pages. Her theme is dark, which paper must not be."""
    internal_organization()
    load_library(at=db_now(), by=None)
    user = make_user(name="Ana Bell", roles=[Role.SPECIALIST, Role.ADMIN, Role.AUDITOR], teams=[make_team()])
    User.objects.filter(pk=user.pk).update(theme="dark")
    browsers.sign_in(browser_context, user, url=live_url)
    return user


@pytest.fixture
def floor(ana: User) -> tuple[Case, Case]:
    """A case of hers that is open, and one that is decided, and six more in their queue."""
    queue, vendor, at = make_queue(slug="general-desk", team=Team.objects.get()), make_vendor("northgate"), db_now()
    about = {"queue": queue, "organization": vendor, "surface": "ads", "harm": "fraud_scam"}
    for number in range(6):
        make_case_with_clocks(at=at, title=f"Fake broker ads with a doctored news clip, {number}", **about)
    mine, decided = (
        make_case_with_clocks(at=at, assignee=ana, title=title, ask="They promise guaranteed returns. " * 20, **about)
        for title in ("Cloned news page sells a trading bot", "Altered polling-date image spreads")
    )
    for case in (mine, decided):
        evidence.add_text(case_id=case.pk, text="Guaranteed 8 % a week. " * 30, by=ana, at=at)
        evidence.add_url_note(case_id=case.pk, url="https://orbix.example/" + "landing/" * 20, by=ana, at=at)
        comments.add_note(case_id=case.pk, body="Same *card* as before", by=ana, at=at)
    clause = PolicyVersion.objects.get(policy__key="AD-FR-2.1", number=9)
    decisions.decide_case(
        case_id=decided.pk, by=ana, at=at, ruling=Ruling(verdict=Verdict.NO_VIOLATION, clause_id=clause.pk)
    )
    return mine, decided


def test_the_main_pages_stand_on_paper_in_forced_colours_and_right_to_left(
    page: Page, ana: User, floor: tuple[Case, Case]
) -> None:
    mine, decided = floor
    wrong: dict[str, list[str]] = {}
    for name, path in {
        "queue": "/q/",
        "case": f"/c/{decided.ref}/",
        "decision": f"/c/{mine.ref}/",
        "case file": f"/c/{decided.ref}/print/",
        "settings": "/settings/",
        "admin": "/admin/people/",
        "log": "/admin/log/",
    }.items():
        page.emulate_media(media="screen", forced_colors="active")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(path)
        if name == "decision":
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            expect(page.locator("#clause_card")).to_be_visible()
        page.keyboard.press("Tab")  # from here on the browser shows where the focus is
        if name != "case file":
            wrong[f"{name} in forced colours"] = page.evaluate(_WITHOUT_RING)
        if name != "case file":
            page.emulate_media(media="screen", forced_colors="none")
            page.evaluate("document.documentElement.dir = 'rtl'")
            wrong[f"{name} right to left"] = [*browsers.sideways(page), *page.evaluate(_NOT_MIRRORED)]
            page.evaluate("document.documentElement.dir = 'ltr'")
        page.emulate_media(media="print", forced_colors="none")
        page.set_viewport_size(A4)  # type: ignore[arg-type]
        wrong[f"{name} on paper"] = [*page.evaluate(WRONG_ON_PAPER), *browsers.sideways(page)]
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=str(Path(folder) / f"paper-{name}.png"), full_page=True)
        expect(page.locator("h1").first).to_be_visible()

    assert {what: said[:6] for what, said in wrong.items() if said} == {}
