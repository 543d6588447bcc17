"""A Chromium for browser tests: the system's own, driven by Playwright."""

from __future__ import annotations

import os
import shutil

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from accounts.models import User

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing but the page under test may talk to anybody.
_QUIET = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-pings",
]


def find_chromium() -> str | None:
    """The program named by `WATCHFLOOR_CHROMIUM`, else the first of the usual names on PATH."""
    chosen = os.environ.get("WATCHFLOOR_CHROMIUM")
    return chosen or next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright, program: str) -> Browser:
    """Start it; root has no right to Chromium's sandbox, everybody else keeps it."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=program, args=[*_QUIET, *sandbox])


def sign_in(context: BrowserContext, user: User, *, url: str) -> None:
    """Give every page of `context` a session of `user`, without the sign-in page."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    context.add_cookies([{"name": morsel.key, "value": morsel.value, "url": url} for morsel in client.cookies.values()])


# A page whose scripts have run and into which nothing is being swapped; a page without our scripts listens at once.
_LISTENS = 'html:is([data-ready], :not(:has(script[src*="app."]))):not(:has(.htmx-swapping, .htmx-settling))'


def patient(page: Page) -> None:
    """Let keys wait until the page hears them: scripts are deferred, and nobody presses within those first milliseconds."""
    press = page.keyboard.press

    def press_when_heard(key: str, *, delay: float | None = None) -> None:
        page.locator(_LISTENS).wait_for(state="attached")
        press(key, delay=delay)

    page.keyboard.press = press_when_heard  # type: ignore[method-assign]


# The rules of axe whose answer depends on colours; the others say the same in every theme.
_OF_COLOURS = ("color-contrast", "link-in-text-block")
_FIND = """async ({without, only, off}) => {
  document.body.offsetWidth  // a theme that changed just now fades its colours over: they are judged once they stand
  const ends = document.getAnimations().filter(one => one.effect?.getComputedTiming().endTime < 2000)
  await Promise.allSettled(ends.map(one => one.finished))
  const options = {resultTypes: ['violations'], rules: Object.fromEntries(off.map(name => [name, {enabled: false}]))}
  if (only.length) options.runOnly = {type: 'rule', values: only}
  return (await axe.run(without ? {exclude: [[without]]} : document, options)).violations
}"""


def serious(page: Page, *, colours: bool | None = None, without: str = "") -> list[str]:
    """What axe finds wrong on the page as it stands, serious and critical alone.

    `colours` asks for the rules about colours alone (True), or for all the others (False): a contrast is the same at every width,
    a structure in every theme. `without` leaves parts out, as a selector: of two hundred rows alike a dozen tell it all.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    only = _OF_COLOURS if colours else ()
    found = page.evaluate(
        _FIND, {"without": without, "only": list(only), "off": list(_OF_COLOURS) if colours is False else []}
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: serious for axe in light or dark, or wider than its window or than a phone.

    Leaves the page light and 1280 wide; the theme must be the system's, as a new person's is.
    """
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    found = [*serious(page), *sideways(page)]
    page.emulate_media(color_scheme="dark")
    found += serious(page, colours=True)
    page.set_viewport_size({"width": 320, "height": 900})
    found += sideways(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def sideways(page: Page) -> list[str]:
    """Whether the page, or its main part, is wider than what is seen of it."""
    wider = page.evaluate(
        "[document.documentElement, document.querySelector('main')].map(a => a && a.scrollWidth - a.clientWidth)"
    )
    return [
        f"{part} needs sideways scrolling"
        for part, by in zip(("the page", "main"), wider, strict=True)
        if by and by > 0
    ]


def watch(page: Page) -> list[str]:
    """Collects what the page must never do: throw in a script, or break the content security policy.

    A request that is under way when the page is left is aborted, and htmx rejects its promise with nothing; the browser
    tells of that as an error "undefined", which none of our own errors is.
    """
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}") if str(error) != "undefined" else None)
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    return wrong
