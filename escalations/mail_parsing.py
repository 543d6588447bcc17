"""What a raw mail says, without believing it: sender, recipients, words, files, and whether a machine wrote it. Pure functions."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default as modern
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser

from core.mail import REPLY_ABOVE

LONGEST_TEXT = 100_000
MOST_FILES = 20
# Halves of surrogate pairs come out of charsets such as utf-7 and can be written nowhere.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_ATTRIBUTION = re.compile(
    r"^(on .{5,200} wrote:|el .{5,200} escribió:|le .{5,200} a écrit ?:|am .{5,200} schrieb .*:)$", re.I
)


@dataclass(frozen=True)
class Attached:
    """A file of a mail; its name and type are claims."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A mail as read. Addresses are lower-case; `references` newest first; `verdict` is our own server's on the sender."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    references: tuple[str, ...] = ()
    is_automatic: bool = False
    verdict: str = ""  # pass | fail | "" where nobody we trust looked
    files: tuple[Attached, ...] = field(default=(), repr=False)
    bounce: str | None = None  # of a report that a mail did not arrive: what the other server says


def parse(raw: bytes, *, envelope_to: str = "", authserv: str = "") -> Mail:
    """Read a raw mail. Whatever is broken in it reads as empty: nothing raises, since a mail is kept in any case.

    `envelope_to` is where the server took it for, and wins over the headers. `authserv` is the name under which our server writes
    `Authentication-Results` (RFC 8601); what others wrote there counts for nothing.
    """
    try:
        return _read(email.message_from_bytes(raw, policy=modern), envelope_to, authserv)
    except (
        RecursionError
    ):  # parts within parts, thousands deep: nobody's program writes such; what it says of itself is read alone
        return _read(
            BytesHeaderParser(policy=modern).parsebytes(raw, headersonly=True), envelope_to, authserv, of_body=False
        )


def _read(message: EmailMessage, envelope_to: str, authserv: str, *, of_body: bool = True) -> Mail:
    recipients = [envelope_to] if envelope_to else [_header(message, name) for name in ("To", "Cc", "Delivered-To")]
    return Mail(
        message_id=_one_line(_header(message, "Message-ID"))[:250],
        sender=_address(_header(message, "From")),
        recipients=tuple(sorted({one.lower() for _name, one in getaddresses(recipients) if "@" in one})),
        subject=_one_line(_header(message, "Subject"))[:200],
        text=text_of(message) if of_body else "",
        references=_references(message),
        is_automatic=is_automatic(message),
        verdict=_verdict(message, authserv),
        files=tuple(_files(message)) if of_body else (),
        bounce=bounce_of(message) if of_body else None,
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return writable(str(message.get(name, "") or ""))
    except (
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        IndexError,
    ):  # the library trips over some hostile headers
        return ""


def writable(text: str) -> str:
    """The text without what a database cannot hold or a terminal would obey."""
    return _CONTROL.sub("", text)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", writable(text)).strip()


def _address(text: str) -> str:
    """The one address of a From header; empty where it names several, since then none of them is sure."""
    found = [one for _name, one in getaddresses([text]) if one]
    return parseaddr(text)[1].lower() if len(found) == 1 else ""


def _references(message: EmailMessage) -> tuple[str, ...]:
    named = f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}"
    return tuple(reversed(re.findall(r"<[^<>\s]{3,250}>", named)))[:50]


def is_automatic(message: EmailMessage) -> bool:
    """Whether a machine wrote it: bounces, out-of-office answers, lists (RFC 3834, RFC 3464). Answering those makes loops."""
    if _header(message, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        return True
    if message.get_content_type() == "multipart/report" or _header(message, "Return-Path").strip() == "<>":
        return True
    if _header(message, "Precedence").strip().lower() in _BULK or _header(message, "List-Id"):
        return True
    if (
        _header(message, "X-Autoreply")
        or _header(message, "X-Autorespond")
        or _header(message, "X-Auto-Response-Suppress")
    ):
        return True
    return _address(_header(message, "From")).partition("@")[0] in (
        "mailer-daemon",
        "postmaster",
        "no-reply",
        "noreply",
    )


def bounce_of(message: EmailMessage) -> str | None:
    """What a delivery report (RFC 3464) says of a mail that did not arrive; None where it is none, or it only took longer.

    Some servers name the address that failed in a header instead of a report.
    """
    if message.get_content_type() != "multipart/report":
        named = _header(message, "X-Failed-Recipients")
        return _one_line(_header(message, "Subject"))[:300] if named else None
    try:
        for part in message.walk():
            if part.get_content_type() != "message/delivery-status":
                continue
            for group in part.get_payload():
                if isinstance(group, EmailMessage) and _header(group, "Action").strip().lower() == "failed":
                    said = _header(group, "Diagnostic-Code") or _header(group, "Status")
                    return _one_line(said)[:300]
    except (KeyError, LookupError, ValueError, AttributeError, TypeError):
        pass
    return None


def _verdict(message: EmailMessage, authserv: str) -> str:
    if not authserv:
        return ""
    try:
        results = [str(value) for value in message.get_all("Authentication-Results", [])]
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""
    ours = [value for value in results if value.split(";")[0].split()[:1] == [authserv]]
    if not ours:
        return ""
    said = _methods(ours[0])  # the topmost is the newest
    dmarc = [result for method, result, _properties in said if method == "dmarc"]
    if dmarc:
        return "pass" if set(dmarc) == {"pass"} else "fail"
    domain = _address(_header(message, "From")).rpartition("@")[2]
    signed = {
        properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        for method, result, properties in said
        if (method, result) == ("dkim", "pass")
    }
    return "pass" if domain and domain in signed else "fail"


def _methods(results: str) -> list[tuple[str, str, dict[str, str]]]:
    """The methods of an `Authentication-Results` header (RFC 8601 §2.2), their results and properties, in lower case.

    Some of its words are the sender's own (`smtp.mailfrom=dmarc=pass@evil.example` is a valid address), so a method counts only where
    one may stand: first after a semicolon, outside of comments and quoted strings.
    """
    plain = re.sub(r'"(?:\\.|[^"\\])*"?', "quoted", results[:10_000].lower())
    while (without := re.sub(r"\([^()]*\)", " ", plain)) != plain:
        plain = without
    found = []
    for part in plain.split(";")[1:]:
        method = re.match(r"\s*(dmarc|dkim|spf)(?:\s*/\s*\d+)?\s*=\s*(\w+)", part)
        if method is not None:
            properties = dict(re.findall(r"(?:^|\s)([a-z]+\.[a-z]+)\s*=\s*([^\s=]+)(?=\s|$)", part[method.end() :]))
            found.append((method[1], method[2], properties))
    return found


def text_of(message: EmailMessage) -> str:
    """The words a person wrote: the plain part, else the HTML part without its markup."""
    try:
        part = message.get_body(preferencelist=("plain", "html"))
        content = str(part.get_content()) if part is not None else ""
        is_html = part is not None and part.get_content_type() == "text/html"
    except (KeyError, LookupError, ValueError, AttributeError, TypeError):
        return ""
    content = _without_markup(content) if is_html else content
    return writable(content.replace("\r\n", "\n"))[:LONGEST_TEXT].strip()


def answer_of(text: str) -> str:
    """What was written above the quoted mail."""
    text = text.split(REPLY_ABOVE)[0]
    lines = text.rstrip().split("\n")
    while lines and (lines[-1].startswith(">") or not lines[-1].strip()):
        lines.pop()
    if lines and _ATTRIBUTION.match(lines[-1].strip()):
        lines.pop()
    return "\n".join(lines).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "head", "title")
        if tag in ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= self.hidden > 0 and tag in ("script", "style", "head", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(re.sub(r"\s+", " ", data))


def _without_markup(html: str) -> str:
    words = _Words()
    words.feed(html[: 10 * LONGEST_TEXT])
    return re.sub(r"\n\s*\n\s*", "\n\n", "".join(words.found))


def _files(message: EmailMessage) -> list[Attached]:
    found = []
    try:
        for part in message.iter_attachments():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                name = _one_line(part.get_filename() or "") or "attachment"
                found.append(Attached(name, part.get_content_type(), content))
    except (KeyError, LookupError, ValueError, AttributeError, TypeError):
        pass
    return found[:MOST_FILES]
