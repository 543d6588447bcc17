"""What people write, as safe HTML: Markdown without HTML, pictures or scripts; links leave through a page that warns.

Two walls: the Markdown parser emits no HTML of its own, and nh3 lets through only the tags below with no attribute but an
address. `hx-*`, `data-*`, `on*`, `style`, `id` and `class` never survive (reliability.md T5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from urllib.parse import urlsplit

import nh3
from django.core import signing
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = frozenset(
    "p br strong em s code pre blockquote ul ol li a hr h3 h4 h5 h6 table thead tbody tr th td".split()  # noqa: SIM905
)
_SALT = "leave"
_WEB = ("http", "https")
_REMEMBERED = 2000  # characters
_MARKED = re.compile(r"[*_`#>\[\]<|~\\&]|^\s*([-+]|\d+[.)])\s|^( {4}|\t)|^(---|===)|\r", re.M)
_BLANK_LINES = re.compile(r"\n\s*\n")

Autolink = tuple[re.Pattern[str], Callable[[str], str]]
"""A pattern in running text and the address (a path of ours) that a match links to."""


def render(text: str, *, autolinks: Sequence[Autolink] = ()) -> SafeString:
    """Markdown as HTML. Web links lead to `leave_url`, other schemes are dropped, pictures are never fetched.

    A timeline shows hundreds of texts and most have no mark-up at all, so those skip the parser, and short ones are
    remembered by this process (a text never changes).
    """
    if len(text) > _REMEMBERED:
        return _render(text, tuple(autolinks))
    return _remembered(text, tuple(autolinks))


@lru_cache(maxsize=4096)
def _remembered(text: str, autolinks: tuple[Autolink, ...]) -> SafeString:
    return _render(text, autolinks)


def _render(text: str, autolinks: tuple[Autolink, ...]) -> SafeString:
    if not _MARKED.search(text) and not any(pattern.search(text) for pattern, _address in autolinks):
        paragraphs = [escape(part).replace("\n", "<br>\n") for part in _BLANK_LINES.split(text.strip())]
        return mark_safe("".join(f"<p>{part}</p>\n" for part in paragraphs))
    html = _parser().render(_linked(text, autolinks))
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_attribute,
        url_schemes=set(_WEB),
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)


def is_web_address(url: str) -> bool:
    """Whether a URL may be offered behind the warning page: http or https, a host, no credentials, no control characters."""
    if len(url) > 2000 or any(ord(mark) < 33 or mark == "\\" for mark in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in _WEB and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def leave_url(url: str) -> str:
    """Our page that names an outside address and warns before it is opened; "" for what is no web address.

    The address is signed, so that nobody can hand out links to our warning page with an address of their choice.
    """
    if not is_web_address(url):
        return ""
    return f"{reverse('core:leave')}?to={signing.dumps(url, salt=_SALT, compress=True)}"


def left_for(token: str) -> str:
    """The address in a `leave_url`; "" when the token is not ours."""
    try:
        url = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return ""
    return url if isinstance(url, str) and is_web_address(url) else ""


def defanged(url: str) -> str:
    """An address that no program turns into a link: `hxxps://example[.]com/x`."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    host, slash, path = rest.partition("/")
    shown = {"http": "hxxp", "https": "hxxps"}.get(scheme.lower(), scheme)
    return f"{shown}://{host.replace('.', '[.]')}{slash}{path}"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def _attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute != "href":
        return value
    if value.startswith("/") and not value.startswith(("//", "/\\")):
        return value
    return leave_url(value) or None


_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.S)


def _linked(text: str, autolinks: Sequence[Autolink]) -> str:
    """Turn matches outside code and existing links into Markdown links."""
    if not autolinks:
        return text
    pieces = _CODE.split(text)
    for index in range(0, len(pieces), 2):
        for pattern, address in autolinks:
            pieces[index] = pattern.sub(
                lambda match, address=address: f"[{match.group()}]({address(match.group())})",
                pieces[index],
            )
    return "".join(pieces)
