"""What people write comes out as text, links through the warning page, and nothing else."""

from __future__ import annotations

import re

import pytest

from core import markup
from tests.factories.people import make_user

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "![](http://tracker.test/p.gif)",
    "<div hx-get='/x' hx-trigger='load'>x</div>",
    "<div data-hx-post='/x'>x</div>",
    "**<b onclick=alert(1)>x</b>**",
    "`<script>`",
    "```\n<script>alert(1)</script>\n```",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.test></iframe>",
    "<form action=/c/new/><button>x</button></form>",
    "<base href=//evil.test>",
    "[x](//evil.test)",
    "[x](/\\evil.test)",
    "<!-- --><p style='position:fixed'>x</p>",
    "[a]: http://evil.test onclick=x\n[a]",
    "<http://evil.test/>",
    "| <script> | b |\n|---|---|\n| <img onerror=x> | y |",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_markup_of_the_writer_survives(payload):
    html = markup.render(payload)

    tags = set(re.findall(r"<\s*([a-z0-9]+)", html, re.I))
    assert tags <= markup.TAGS
    assert not re.search(r"<[^>]*\s(on\w+|hx-|data-|style|src|class|id)\s*=", html, re.I)
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith("/")
        assert not address.startswith(("//", "/\\"))


def test_plain_text_is_escaped_and_keeps_its_lines():
    assert markup.render("a & b\nc\n\nd {{ 7*7 }}") == "<p>a &amp; b<br>c</p>\n<p>d {{ 7*7 }}</p>\n".replace(
        "<br>c", "<br>\nc"
    )


def test_web_links_lead_through_the_page_that_warns():
    html = markup.render("[look](https://example.test/a?b=1)")

    address = re.search(r'href="([^"]+)"', html).group(1)
    assert markup.left_for(address.partition("to=")[2]) == "https://example.test/a?b=1"
    assert "noreferrer" in html


def test_references_become_links_outside_code_only():
    pattern = (re.compile(r"ESC-\d+"), lambda ref: f"/c/{ref}/")

    html = markup.render("see ESC-12 not `ESC-13`", autolinks=[pattern])

    assert 'href="/c/ESC-12/"' in html
    assert "<code>ESC-13</code>" in html


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://bad.example.test/x.y", "hxxps://bad[.]example[.]test/x.y"),
        ("http://a.test", "hxxp://a[.]test"),
        ("no address", "no address"),
    ],
)
def test_an_address_is_shown_so_that_nothing_makes_it_a_link(url, shown):
    assert markup.defanged(url) == shown


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://user@host.test/", "https://", "http://a.test/\n", "ftp://a.test", "x" * 2001],
)
def test_what_is_no_web_address_gets_no_link(url):
    assert markup.leave_url(url) == ""


@pytest.mark.django_db
def test_the_warning_page_takes_only_links_we_made(client):
    client.force_login(make_user())

    good = client.get(markup.leave_url("https://example.test/a"))
    bad = client.get("/leave/?to=https://evil.test/")

    assert good.status_code == 200
    assert "hxxps://example[.]test/a" in good.content.decode()
    assert bad.status_code == 404
    assert "evil" not in bad.content.decode()
