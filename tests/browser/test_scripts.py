"""What the scripts promise to every page: lists that nothing disturbs, undo, palette, drafts, clocks, shields, one stream.

The page here is made by the test from the product's own frame, so that the contract written at the top of each script is
what is tested, whatever page uses it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import BrowserContext, Page, Route, expect

from accounts.models import User
from core import navigation
from core.clockface import ClockFace
from tests import browsers
from tests.factories.people import make_user

pytestmark = pytest.mark.browser

ROW = (
    '<tr id="r-{key}" data-key="{key}" data-href="/probe/case/{key}/" data-rev="{rev}"{more}>'
    '<td class="c-sel"><label><input type="checkbox" name="keys" value="{key}" aria-label="Select {key}"></label></td>'
    '<td class="c-sev">S2</td><th scope="row" class="sum">{title}</th><td class="who">{who}</td>'
    '<td><button class="btn btn-sm" hx-post="/probe/claim/{key}/" hx-target="closest tr" hx-swap="morph" hx-sync="closest tr:drop" '
    'data-optimistic="claim" data-key-action="claim">Claim</button></td></tr>'
)
TABLE = (
    '<table id="rows" class="tbl q tbl-cards" data-ui-list data-ui-url="/probe/rows/" data-ui-keys-url="/probe/keys/" '
    'data-ui-row-url="/probe/row/{{key}}/" data-ui-matching="318"><thead><tr><th class="c-sel">#</th><th class="c-sev">Sev</th>'
    "<th>Summary</th><th>Who</th><th>Do</th></tr></thead><tbody>{rows}</tbody></table>"
)


def row(key: str, *, title: str = "A case", who: str = "–", rev: int = 1, more: str = "") -> str:
    return ROW.format(key=key, title=title, who=who, rev=rev, more=more)


def table(*rows: str) -> str:
    return TABLE.format(rows="".join(rows))


class Probe:
    """A made-up page and the answers its addresses give; every request that came is kept."""

    def __init__(self, page: Page, viewer: User) -> None:
        self.page, self.viewer = page, viewer
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.came: list[tuple[str, str, str]] = []
        page.route("**/probe/**", self._answer)
        # No stream: its answer could bring the session's cookie back after a test has thrown it away.
        page.route("**/stream/", lambda route: route.abort())

    def answer(self, path: str, body: str | dict[str, Any], status: int = 200) -> None:
        kind = "application/json" if isinstance(body, dict) else "text/html"
        self.answers[path] = (status, kind, json.dumps(body) if isinstance(body, dict) else body)

    def _answer(self, route: Route) -> None:
        path = "/" + route.request.url.split("/", 3)[3].split("?")[0]
        self.came.append((route.request.method, path, route.request.post_data or ""))
        status, kind, body = self.answers.get(path, (204, "text/html", ""))
        route.fulfill(status=status, headers={"Content-Type": kind, **self.headers.get(path, {})}, body=body)

    def show(self, main: str, *, path: str = "/probe/page/", **context: Any) -> None:
        """Open a page of the real frame with this for its main part (at another path: only have it ready)."""
        request = RequestFactory().get("/probe/")
        request.user, request.session = self.viewer, {}
        source = (
            '{% extends "base.html" %}{% block page_class %}page-fill{% endblock %}{% block main %}'
            + main
            + "{% endblock %}"
        )
        html = engines["django"].from_string(source).render(context, request)
        self.answer(path, html)
        if path != "/probe/page/":
            return
        self.page.goto(path)
        self.page.wait_for_selector("html[data-ready]")  # every module listens, not htmx alone

    def requests(self, method: str, prefix: str) -> list[tuple[str, str, str]]:
        return [one for one in self.came if one[0] == method and one[1].startswith(prefix)]

    def awaited(self, method: str, prefix: str, *, count: int = 1) -> list[tuple[str, str, str]]:
        """The requests once there are `count` of them, within 10 seconds."""
        for _moment in range(200):
            if len(self.requests(method, prefix)) >= count:
                break
            self.page.wait_for_timeout(50)
        return self.requests(method, prefix)

    def signal(self, name: str, **data: Any) -> None:
        self.page.evaluate(
            "([name, data]) => document.dispatchEvent(new CustomEvent(`live:${name}`, {detail: data}))", [name, data]
        )


@pytest.fixture
def probe(page: Page, browser_context: BrowserContext, live_url: str) -> Probe:
    user = make_user(name="Ana Bell")
    browsers.sign_in(browser_context, user, url=live_url)
    return Probe(page, user)


LIST = (
    '<div data-key-scope="list" class="page-fill"><div class="qbar"><button class="pill" type="button" data-ui-pill hidden {% key "admit" %}></button>'
    '<form id="bulk" class="bulk" data-ui-bulk hidden hx-post="/probe/bulk/" hx-swap="none"><span data-ui-count></span>'
    '<button class="btn btn-sm" {% key "assign" "list" %}>Assign</button></form></div>'
    '<div class="queue"><div class="qlist">{{ table|safe }}</div></div></div>'
)


def cursor(page: Page) -> str:
    key: str = page.evaluate("document.querySelector('[data-ui-cursor]')?.dataset.key ?? ''")
    return key


def three() -> str:
    return table(row("ESC-1"), row("ESC-2"), row("ESC-3"))


def test_the_cursor_moves_by_letters_arrows_and_ends(probe: Probe) -> None:
    probe.show(LIST, table=three())
    page = probe.page
    assert cursor(page) == "ESC-1"

    for pressed, expected in (
        ("j", "ESC-2"),
        ("ArrowDown", "ESC-3"),
        ("j", "ESC-3"),
        ("k", "ESC-2"),
        ("Home", "ESC-1"),
        ("End", "ESC-3"),
    ):
        page.keyboard.press(pressed)
        assert cursor(page) == expected

    expect(page.locator("#r-ESC-3")).to_be_focused()
    expect(page.locator("#rows tr[tabindex='0']")).to_have_count(1)


def test_enter_opens_the_row_under_the_cursor(probe: Probe) -> None:
    probe.answer("/probe/case/ESC-2/", "<h1>Opened</h1>")
    probe.show(LIST, table=three())

    probe.page.keyboard.press("j")
    probe.page.keyboard.press("Enter")

    expect(probe.page.get_by_role("heading", name="Opened")).to_be_visible()


def test_selection_extends_and_goes_to_the_bulk_form(probe: Probe) -> None:
    probe.show(LIST, table=three())
    page = probe.page
    expect(page.locator("#bulk")).to_be_hidden()

    page.keyboard.press("x")
    page.keyboard.press("Shift+J")
    expect(page.locator("#bulk")).to_contain_text("2 selected")
    page.keyboard.press("a")

    ((_, _, body),) = probe.awaited("POST", "/probe/bulk/")
    assert "keys=ESC-1&keys=ESC-2" in body
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_all_matching_is_the_servers_set(probe: Probe) -> None:
    probe.show(LIST, table=three())

    probe.page.keyboard.press("*")
    expect(probe.page.locator("#bulk")).to_contain_text("318 selected")
    probe.page.keyboard.press("a")

    ((_, _, body),) = probe.awaited("POST", "/probe/bulk/")
    assert body.endswith("all_matching=1")


def test_a_changed_row_is_replaced_in_place_and_keeps_selection_focus_and_cursor(probe: Probe) -> None:
    probe.show(LIST, table=three())
    page = probe.page
    page.keyboard.press("j")
    page.keyboard.press("x")
    probe.answer("/probe/row/ESC-2/", row("ESC-2", title="Now worse", rev=2))

    probe.signal("case.changed", key="ESC-2", rev=2)

    expect(page.locator("#r-ESC-2 .sum")).to_have_text("Now worse")
    expect(page.locator("#r-ESC-2 input")).to_be_checked()
    expect(page.locator("#r-ESC-2")).to_be_focused()
    assert cursor(page) == "ESC-2"


def test_a_signal_the_row_has_seen_fetches_nothing(probe: Probe) -> None:
    probe.show(LIST, table=three())

    probe.signal("case.changed", key="ESC-2", rev=1)
    probe.signal("case.changed", key="ESC-99", rev=5)

    probe.page.wait_for_timeout(200)
    assert probe.requests("GET", "/probe/row/") == []


def test_a_burst_of_signals_is_one_fetch_at_once_and_one_after(probe: Probe) -> None:
    probe.show(LIST, table=three())
    probe.answer("/probe/row/ESC-2/", row("ESC-2", title="Last", rev=1))

    for rev in range(2, 12):
        probe.signal("case.changed", key="ESC-2", rev=rev)

    probe.awaited("GET", "/probe/row/ESC-2/", count=2)
    probe.page.wait_for_timeout(1100)  # and nothing after the trailing one
    assert len(probe.requests("GET", "/probe/row/ESC-2/")) == 2


def test_new_rows_wait_for_the_reader(probe: Probe) -> None:
    probe.show(LIST, table=three())
    page = probe.page
    page.keyboard.press("j")
    probe.answer("/probe/keys/", {"keys": ["ESC-9", "ESC-2", "ESC-3"], "matching": 319})
    probe.answer("/probe/row/ESC-1/", row("ESC-1", who="Tom", rev=2, more=' data-ghost="Tom claimed 14:02"'))
    probe.answer("/probe/rows/", table(row("ESC-9", title="New"), row("ESC-2"), row("ESC-3")))

    probe.signal("queue.changed", queue="ads")

    pill = page.locator("[data-ui-pill]")
    expect(pill).to_have_text(". 1 new · 1 left")
    expect(page.locator("#r-ESC-9")).to_have_count(0)
    expect(page.locator("#r-ESC-1")).to_have_attribute("data-ui-ghost", "Tom claimed 14:02")
    expect(page.locator("#r-ESC-1 .who")).to_have_text("Tom claimed 14:02")
    page.keyboard.press(".")
    expect(page.locator("#r-ESC-9")).to_be_visible()
    expect(page.locator("#r-ESC-1")).to_have_count(0)
    expect(pill).to_be_hidden()
    assert cursor(page) == "ESC-2"


def test_when_the_cursors_row_left_it_goes_to_the_nearest_after_it(probe: Probe) -> None:
    probe.show(LIST, table=three())
    probe.page.keyboard.press("j")
    probe.answer("/probe/keys/", {"keys": ["ESC-1", "ESC-3", "ESC-4"], "matching": 3})
    probe.answer("/probe/row/ESC-2/", "", status=404)
    probe.answer("/probe/rows/", table(row("ESC-1"), row("ESC-3"), row("ESC-4")))
    probe.signal("queue.changed", queue="ads")
    expect(probe.page.locator("#r-ESC-2")).to_have_attribute("data-ui-ghost", "gone")

    probe.page.keyboard.press(".")

    expect(probe.page.locator("#r-ESC-4")).to_be_visible()
    assert cursor(probe.page) == "ESC-3"


def test_a_claim_shows_at_once_and_is_put_back_when_it_fails(probe: Probe) -> None:
    probe.show(LIST, table=three())
    page = probe.page
    held: list[Route] = []
    page.route("**/probe/claim/**", lambda route: held.append(route))

    page.keyboard.press("c")
    expect(page.locator("#r-ESC-1")).to_have_attribute("data-ui-pending", "claim")
    expect(page.locator("#r-ESC-1 .who")).to_have_text("AB …")
    held[0].fulfill(status=500, body="")

    expect(page.locator("#r-ESC-1 .who")).to_have_text("–")
    expect(page.locator("#r-ESC-1")).not_to_have_attribute("data-ui-pending", "claim")
    expect(page.locator("#toasts")).to_contain_text("Nothing was changed")


def test_a_lost_claim_shows_who_has_it(probe: Probe) -> None:
    probe.show(LIST, table=three())
    probe.answer("/probe/claim/ESC-1/", row("ESC-1", who="Tom, 2 s ago", rev=2), status=409)

    probe.page.keyboard.press("c")

    expect(probe.page.locator("#r-ESC-1 .who")).to_have_text("Tom, 2 s ago")


def test_undo_submits_the_newest_and_counts_down(probe: Probe) -> None:
    until = datetime.now(UTC) + timedelta(seconds=30)
    one = '{% include "components/_toast.html" with text="ESC-1 decided" undo_url="/probe/undo/1/" until=until %}'
    two = '{% include "components/_toast.html" with text="ESC-2 decided" undo_url="/probe/undo/2/" until=until %}'
    probe.show(f'<div id="made">{one}{two}</div>', until=until)
    probe.page.evaluate("document.querySelector('#toasts').append(...document.querySelectorAll('#made > *'))")
    expect(probe.page.locator("#toasts [data-left]").first).to_contain_text("s")

    probe.page.keyboard.press("z")

    expect(probe.page.locator("#toasts .toast")).to_have_count(1)
    assert [path for _, path, _ in probe.requests("POST", "/probe/undo/")] == ["/probe/undo/2/"]


def test_an_undo_that_ended_goes_away(probe: Probe) -> None:
    until = datetime.now(UTC) + timedelta(seconds=1)
    probe.show(
        '<div id="made">{% include "components/_toast.html" with text="Done" undo_url="/probe/undo/1/" until=until %}</div>',
        until=until,
    )
    probe.page.evaluate("document.querySelector('#toasts').append(...document.querySelectorAll('#made > *'))")

    expect(probe.page.locator("#toasts .toast")).to_have_count(0, timeout=4000)


def test_a_whole_page_swapped_in_moves_focus_title_and_running_undos(probe: Probe) -> None:
    until = datetime.now(UTC) + timedelta(seconds=30)
    toast = '{% include "components/_toast.html" with text="ESC-1 decided" undo_url="/probe/undo/1/" until=until %}'
    probe.show(
        f'<div id="made">{toast}</div><form hx-post="/probe/next/" hx-swap="none">'
        '<button class="btn" id="go">Go</button></form>',
        until=until,
    )
    probe.show('<h1>The next case</h1><a href="#x" data-key-action="view-1">One</a>', path="/probe/there/")
    probe.headers["/probe/next/"] = {"HX-Location": '{"path": "/probe/there/", "target": "body"}'}
    probe.page.evaluate("document.querySelector('#toasts').append(...document.querySelectorAll('#made > *'))")

    probe.page.locator("#go").click()

    expect(probe.page.get_by_role("heading", name="The next case")).to_be_focused()
    expect(probe.page.locator("#toasts form[data-undo]")).to_have_count(1)
    assert probe.page.url.endswith("/probe/there/")
    probe.page.keyboard.press("g")
    probe.page.keyboard.press("1")
    assert probe.page.url.endswith("#x")


def test_a_refusal_is_shown_where_the_server_says(probe: Probe) -> None:
    probe.show('<form hx-post="/probe/save/" hx-target="this"><button class="btn" id="go">Go</button></form>')
    probe.answer(
        "/probe/save/",
        '<div class="toast toast-error" data-toast><b>Your role does not allow this</b></div>',
        status=403,
    )
    probe.headers["/probe/save/"] = {
        "HX-Retarget": "#toasts",
        "HX-Reswap": "beforeend",
        "HX-Trigger": '{"say": {"text": "Not allowed"}}',
    }

    probe.page.locator("#go").click()

    expect(probe.page.locator("#toasts .toast")).to_have_count(1)
    expect(probe.page.locator("#toasts")).to_contain_text("Your role does not allow this")
    expect(probe.page.locator("#status")).to_have_text("Not allowed")
    expect(probe.page.locator("#go")).to_be_visible()


def test_a_dialog_opens_with_what_the_server_sent_and_closes_when_it_says_so(probe: Probe) -> None:
    probe.show(
        '<button class="btn" id="open" hx-get="/probe/dialog/" hx-target="#dlg" hx-swap="innerHTML">Open</button>'
    )
    probe.answer(
        "/probe/dialog/",
        '<div class="dlg"><h2 id="dlg-title">Snooze</h2><form hx-post="/probe/done/" hx-swap="none"><input id="until" name="until"><button class="btn btn-primary">Snooze</button></form></div>',
    )
    probe.headers["/probe/done/"] = {"HX-Trigger": "dialog:close"}

    probe.page.locator("#open").click()
    expect(probe.page.locator("#until")).to_be_focused()
    probe.page.keyboard.press("Enter")

    expect(probe.page.locator("#dlg")).to_be_hidden()
    expect(probe.page.locator("#open")).to_be_focused()


def test_a_refused_form_gets_the_focus_on_what_is_wrong(probe: Probe) -> None:
    form = '<form id="f" hx-post="/probe/save/" hx-target="this" hx-swap="outerHTML"><input name="a" id="a"{bad}><button class="btn btn-primary">Save</button></form>'
    probe.show(form.format(bad=""))
    probe.answer("/probe/save/", form.format(bad=' aria-invalid="true"'), status=422)

    probe.page.locator("#a").focus()
    probe.page.keyboard.press("Control+Enter")

    expect(probe.page.locator("#a[aria-invalid]")).to_be_focused()


def test_control_enter_twice_sends_once(probe: Probe) -> None:
    probe.show(
        '<form id="f" hx-post="/probe/save/" hx-swap="none" hx-sync="this:drop"><textarea id="a" name="a"></textarea><button class="btn-primary btn">Send</button></form>'
    )
    held: list[Route] = []
    probe.page.route("**/probe/save/", lambda route: held.append(route))

    probe.page.locator("#a").focus()
    probe.page.keyboard.press("Control+Enter")
    probe.page.keyboard.press("Control+Enter")
    probe.page.wait_for_timeout(200)

    assert len(held) == 1
    held[0].fulfill(status=204)


def test_drafts_are_saved_on_leaving_the_field_and_kept_in_the_browser(probe: Probe) -> None:
    form = (
        '<form id="f" data-draft-url="/probe/draft/" data-draft-key="note:ESC-1"><textarea id="a" name="body"></textarea>'
        '<span data-draft-status></span></form><button id="b" class="btn">Elsewhere</button>'
    )
    probe.show(form)

    probe.page.locator("#a").fill("Half a thought")
    probe.page.locator("#b").focus()

    expect(probe.page.locator("[data-draft-status]")).to_contain_text("Draft saved")
    assert "Half a thought" in probe.requests("POST", "/probe/draft/")[0][2]
    probe.show(form)
    expect(probe.page.locator("#a")).to_have_value("Half a thought")


def test_media_is_fetched_only_when_asked_and_hidden_again(probe: Probe) -> None:
    probe.show(
        '<figure class="shield" data-shield data-src="/probe/media/1/" data-alt="Evidence 1" tabindex="0"><div class="shield-stage">'
        '<div class="tile">not loaded</div></div><button class="btn" data-shield-hold>Hold to reveal</button>'
        '<button class="btn" data-shield-pin aria-pressed="false">Reveal</button></figure><button data-key-action="shield">Shield all</button>'
    )
    page = probe.page
    page.locator("figure").hover()
    page.wait_for_timeout(200)
    assert probe.requests("GET", "/probe/media/") == []

    probe.answer("/probe/media/1/", "")
    page.route(
        "**/probe/media/1/",
        lambda route: route.fulfill(
            status=200,
            content_type="image/svg+xml",
            body='<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
        ),
    )
    page.locator("figure").focus()
    page.keyboard.down("Space")
    expect(page.locator("figure img")).to_be_visible()
    page.keyboard.up("Space")
    expect(page.locator("figure img")).to_be_hidden()

    page.get_by_role("button", name="Reveal", exact=True).click()
    expect(page.locator("figure img")).to_be_visible()
    page.keyboard.press("0")
    expect(page.locator("figure img")).to_have_count(0)
    expect(page.locator("figure .tile")).to_be_visible()


def test_clocks_count_from_server_time_and_change_their_band(probe: Probe) -> None:
    now = datetime.now(UTC)
    face = ClockFace("F", "First response", now + timedelta(minutes=10, seconds=2), timedelta(hours=1), is_mine=True)
    probe.show("{% clock face seconds=True %}", face=face)
    chip = probe.page.locator(".sla")
    expect(chip).to_have_class("sla risk")

    expect(chip).to_have_class("sla due", timeout=6000)
    expect(chip.locator(".tick-text")).to_contain_text("F 9:5")
    expect(chip.locator(".vh")).to_contain_text("due now")


def test_the_palette_asks_marks_and_goes(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(navigation._registry.places, "palette", "core:help-keys")
    probe.page.route(
        "**/help/keys/*",
        lambda route: route.fulfill(
            content_type="text/html",
            body='<ul role="presentation"><li role="option" data-href="/probe/case/ESC-1/">ESC-1</li><li role="option" data-href="/probe/case/ESC-2/">ESC-2</li></ul>',
        ),
    )
    probe.answer("/probe/case/ESC-2/", "<h1>Opened</h1>")
    probe.show(LIST, table=three())

    probe.page.keyboard.press("Control+k")
    expect(probe.page.locator("#palette-q")).to_be_focused()
    probe.page.keyboard.type("esc")
    expect(probe.page.locator("#palette [role=option]").first).to_have_attribute("aria-selected", "true")
    probe.page.keyboard.press("ArrowDown")
    probe.page.keyboard.press("Enter")

    expect(probe.page.get_by_role("heading", name="Opened")).to_be_visible()


STREAM = """() => {
  window.streams = [];
  window.EventSource = class extends EventTarget {
    static CLOSED = 2; static OPEN = 1;
    constructor(url) { super(); this.url = url; this.readyState = 0; window.streams.push(this); }
    close() { this.readyState = 2; }
  };
}"""


def test_one_tab_reads_the_stream_and_tells_the_other(
    probe: Probe, browser_context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(navigation._registry.places, "stream", "livez")
    browser_context.add_init_script(f"({STREAM})()")
    part = '<p id="part" data-live-on="case.changed:ESC-1" data-live-url="/probe/part/" data-live-rev="1">old</p>'
    first = probe
    first.show(part)
    first.page.wait_for_function("window.streams.length === 1")
    second = Probe(browser_context.new_page(), probe.viewer)
    second.answer(
        "/probe/part/",
        '<p id="part" data-live-on="case.changed:ESC-1" data-live-url="/probe/part/" data-live-rev="2">new</p>',
    )
    second.show(part)
    expect(second.page.locator("#live")).to_have_attribute("data-state", "connecting")

    first.page.evaluate("streams[0].readyState = 1; streams[0].dispatchEvent(new Event('open'))")
    expect(second.page.locator("#live")).to_have_attribute("data-state", "live")
    first.page.evaluate(
        """streams[0].dispatchEvent(new MessageEvent('case.changed', {data: '{"key":"ESC-1","rev":2}'}))"""
    )

    expect(second.page.locator("#part")).to_have_text("new")
    assert second.page.evaluate("window.streams.length") == 0


def test_after_a_gap_everything_shown_is_fetched_again(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(navigation._registry.places, "stream", "livez")
    probe.page.add_init_script(f"({STREAM})()")
    probe.answer("/probe/part/", '<p id="part" data-live-url="/probe/part/">new</p>')
    probe.show('<p id="part" data-live-url="/probe/part/">old</p>')
    page = probe.page
    page.wait_for_function("window.streams.length === 1")

    page.evaluate("streams[0].dispatchEvent(new Event('open'))")
    page.wait_for_timeout(100)
    assert probe.requests("GET", "/probe/part/") == []
    page.evaluate("streams[0].dispatchEvent(new Event('error'))")
    expect(page.locator("#live")).to_have_attribute("data-state", "reconnecting")
    page.evaluate("streams[0].dispatchEvent(new Event('open'))")

    expect(page.locator("#part")).to_have_text("new")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


CASE = (
    '<div data-key-scope="case" data-warm-url="/probe/likely/"><header id="casehead" data-live-on="case.changed:ESC-1" '
    'data-live-url="/probe/head/" data-lease-url="/probe/renew/" data-lease-until="{{ until }}">ESC-1</header>'
    "</div>"
)
LIKELY = '<article id="likely" class="likely" data-key="ESC-7"><h1 tabindex="-1">Warmed title</h1><p>Warmed ask</p></article>'


def until(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


def next_is(page: Page, key: str) -> None:
    where = json.dumps({"path": f"/probe/go/c/{key}/", "target": "body"})
    page.route("**/q/next", lambda route: route.fulfill(status=200, headers={"HX-Location": where}, body=""))


def test_the_text_of_the_next_case_shows_before_its_page_has_come(probe: Probe) -> None:
    page = probe.page
    probe.answer("/probe/likely/", LIKELY)
    next_is(page, "ESC-7")
    held: list[Route] = []
    page.route("**/probe/go/**", lambda route: held.append(route))
    probe.show(CASE, until=until(15))
    expect(page.locator("html")).to_have_attribute("data-warm", "ESC-7")
    assert page.locator("#likely").count() == 0

    page.keyboard.press("n")

    expect(page.get_by_role("heading", name="Warmed title")).to_be_focused()
    expect(page.locator("#main")).to_have_attribute("aria-busy", "true")
    for _moment in range(100):
        if not held:
            page.wait_for_timeout(50)
    held[0].fulfill(status=200, content_type="text/html", body="<main id='main'><h1>The whole page</h1></main>")
    expect(page.get_by_role("heading", name="The whole page")).to_be_visible()
    expect(page.locator("#likely")).to_have_count(0)


def test_a_warmed_text_is_not_shown_for_another_case(probe: Probe) -> None:
    page = probe.page
    probe.answer("/probe/likely/", LIKELY)
    next_is(page, "ESC-8")
    probe.answer("/probe/go/c/ESC-8/", "<main id='main'><h1>Another case</h1></main>")
    probe.show(CASE, until=until(15))
    expect(page.locator("html")).to_have_attribute("data-warm", "ESC-7")
    page.evaluate(
        "new MutationObserver(() => { if (document.querySelector('#likely')) document.title = 'leaked' }).observe(document, {subtree: true, childList: true})"
    )

    page.keyboard.press("n")

    expect(page.get_by_role("heading", name="Another case")).to_be_visible()
    assert page.title() != "leaked"


def test_who_does_nothing_is_told_before_the_claim_lapses_and_one_input_keeps_it(probe: Probe) -> None:
    page, soon = probe.page, until(2)
    probe.answer(
        "/probe/head/",
        f'<header id="casehead" data-live-on="case.changed:ESC-1" data-live-url="/probe/head/" data-lease-url="/probe/renew/" data-lease-until="{soon}">ESC-1</header>',
    )
    probe.show(CASE, until=soon)
    expect(page.locator("#lease")).to_contain_text("No input for 12 minutes")
    expect(page.locator("#alert")).to_contain_text("No input for 12 minutes")
    assert probe.requests("POST", "/probe/renew/") == []

    page.keyboard.press("Shift")

    expect(page.locator("#lease")).to_have_count(0)
    assert len(probe.requests("POST", "/probe/renew/")) == 1


def test_a_claim_that_lapsed_is_offered_again(probe: Probe) -> None:
    probe.answer(
        "/probe/head/",
        '<header id="casehead" data-live-on="case.changed:ESC-1" data-live-url="/probe/head/">ESC-1</header>',
    )
    claim = '<form hx-post="/probe/claim/" hx-swap="none"><button {% key "claim" "case" %}>Claim</button></form>'

    probe.show(CASE + claim, until=until(-1))

    expect(probe.page.locator("#lease")).to_contain_text("Released after 15 min idle. Draft kept.")
    expect(probe.page.locator("[data-lease-url]")).to_have_count(0)
    probe.page.wait_for_timeout(1200)  # a tick later it still stands
    probe.page.get_by_role("button", name="Take it back").click()
    assert len(probe.awaited("POST", "/probe/claim/")) == 1


def test_a_session_that_ended_asks_to_sign_in_and_goes_on_with_the_new_token(
    probe: Probe, browser_context: BrowserContext, live_url: str
) -> None:
    page = probe.page
    page.route("**/probe/draft/", lambda route: route.fulfill(status=302, headers={"Location": "/accounts/login/"}))
    probe.show(
        '<form data-draft-url="/probe/draft/"><textarea name="body" aria-label="Note"></textarea>'
        "<span data-draft-status></span></form>"
    )
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    browser_context.clear_cookies()

    page.locator("textarea").fill("Kept words")
    page.locator("textarea").blur()

    expect(page.locator("#dlg")).to_contain_text("Your session has ended")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft not saved yet")
    browsers.sign_in(browser_context, probe.viewer, url=live_url)
    page.get_by_role("button", name="I have signed in").click()
    expect(page.locator("#dlg")).to_be_hidden()
    expect(page.locator("#status")).to_contain_text("Signed in again")
    expect(page.locator("textarea")).to_have_value("Kept words")
    assert page.locator("meta[name=csrf-token]").get_attribute("content") not in ("", token)


def test_a_row_is_never_replaced_by_the_sign_in_page(probe: Probe, browser_context: BrowserContext) -> None:
    page = probe.page
    page.route("**/probe/row/**", lambda route: route.fulfill(status=302, headers={"Location": "/accounts/login/"}))
    probe.show(LIST, table=three())
    browser_context.clear_cookies()

    probe.signal("case.changed", key="ESC-2", rev=9)

    expect(page.locator("#dlg")).to_contain_text("Your session has ended")
    expect(page.locator("#r-ESC-2 .sum")).to_have_text("A case")


def test_a_page_of_an_older_release_offers_to_load_anew_once(probe: Probe) -> None:
    probe.headers["/probe/row/ESC-2/"] = {"X-Release": "another"}
    probe.answer("/probe/row/ESC-2/", row("ESC-2", rev=2))
    probe.answer("/probe/row/ESC-1/", row("ESC-1", rev=2))
    probe.show(LIST, table=three())
    probe.signal("case.changed", key="ESC-1", rev=2)
    probe.page.wait_for_timeout(200)
    expect(probe.page.locator("#stale")).to_have_count(0)

    probe.signal("case.changed", key="ESC-2", rev=3)
    expect(probe.page.locator("#stale")).to_contain_text("older release")
    probe.signal("case.changed", key="ESC-2", rev=4)
    probe.page.wait_for_timeout(1200)

    expect(probe.page.locator("#stale")).to_have_count(1)


def test_a_panel_that_fails_says_so_in_its_place_and_tries_again(probe: Probe) -> None:
    probe.answer("/probe/panel/", "", status=503)
    panel = '<div id="panel" data-panel>Old words</div><button id="ask" hx-get="/probe/panel/" hx-target="#panel" hx-swap="innerHTML">Ask</button>'
    probe.show(panel)
    probe.page.locator("#ask").click()
    expect(probe.page.locator("#panel")).to_contain_text("503")
    expect(probe.page.locator("#toasts .toast")).to_have_count(0)
    probe.answer("/probe/panel/", "<p>Fresh words</p>")

    probe.page.locator("#panel").get_by_role("button", name="Retry").click()

    expect(probe.page.locator("#panel")).to_have_text("Fresh words")


def test_an_act_that_failed_is_said_once_and_can_be_tried_again(probe: Probe) -> None:
    probe.answer("/probe/claim/ESC-1/", "", status=500)
    probe.show(LIST, table=three())
    for _again in range(2):
        probe.page.keyboard.press("c")
        expect(probe.page.locator("#toasts .toast-error")).to_have_count(1)
    probe.answer("/probe/claim/ESC-1/", row("ESC-1", who="(you)", rev=2))

    probe.page.locator("#toasts").get_by_role("button", name="Retry").click()

    expect(probe.page.locator("#r-ESC-1 .who")).to_have_text("(you)")
    expect(probe.page.locator("#toasts .toast-error")).to_have_count(0)


def test_a_dialog_that_was_not_sent_says_so_beside_what_was_typed(probe: Probe) -> None:
    form = '<div class="dlg"><form class="dlg-form" hx-post="/probe/act/" hx-target="#dlg"><input name="why" aria-label="Why"><footer class="dlg-foot"><button type="submit">Do it</button></footer></form></div>'
    probe.answer("/probe/form/", form)
    probe.answer("/probe/act/", "", status=500)
    probe.show('<button id="open" hx-get="/probe/form/" hx-target="#dlg" hx-swap="innerHTML">Open</button>')
    probe.page.locator("#open").click()
    probe.page.locator("#dlg input").fill("Typed")

    probe.page.get_by_role("button", name="Do it").click()

    expect(probe.page.locator("#dlg [role=alert]")).to_contain_text("Nothing was changed")
    expect(probe.page.locator("#dlg input")).to_have_value("Typed")


def test_rows_folded_under_another_do_not_count_as_new(probe: Probe) -> None:
    probe.answer("/probe/keys/", {"keys": ["ESC-1", "ESC-4", "ESC-5", "ESC-2", "ESC-3", "ESC-9"], "matching": 6})
    probe.show(LIST, table=table(row("ESC-1", more=' data-also="ESC-4 ESC-5"'), row("ESC-2"), row("ESC-3")))

    probe.signal("queue.changed", queue="ads")

    expect(probe.page.locator("[data-ui-pill]")).to_have_text(". 1 new")


def test_all_matching_is_counted_to_the_end_where_the_header_was_not(probe: Probe) -> None:
    probe.answer("/probe/count/", {"matching": 12345})
    whole = three().replace('data-ui-matching="318"', 'data-ui-matching="1000" data-ui-count-url="/probe/count/"')
    probe.show(LIST, table=whole)

    probe.page.keyboard.press("*")

    expect(probe.page.locator("[data-ui-count]")).to_have_text("12345 selected")
    expect(probe.page.locator("#status")).to_contain_text("12345")


def test_the_tab_that_takes_over_the_stream_fetches_what_it_may_have_missed(
    probe: Probe, browser_context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(navigation._registry.places, "stream", "livez")
    browser_context.add_init_script(f"({STREAM})()")
    probe.show("<p>first</p>")
    probe.page.wait_for_function("window.streams.length === 1")
    second = Probe(browser_context.new_page(), probe.viewer)
    second.answer("/probe/part/", '<p id="part" data-live-url="/probe/part/">new</p>')
    second.show('<p id="part" data-live-url="/probe/part/">old</p>')
    probe.page.evaluate("streams[0].readyState = 1; streams[0].dispatchEvent(new Event('open'))")
    expect(second.page.locator("#live")).to_have_attribute("data-state", "live")

    probe.page.close()
    second.page.wait_for_function("window.streams.length === 1")
    second.page.evaluate("streams[0].readyState = 1; streams[0].dispatchEvent(new Event('open'))")

    expect(second.page.locator("#part")).to_have_text("new")
