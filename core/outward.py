"""Requests to addresses that people configure: refused unless public, made to the very address that was checked.

A URL is judged when it is saved (`check_url`) and again at every request (`fetch`), which resolves the name once, refuses
unless every address is public, and connects to one of those addresses: a name that changes between check and connection
gains nothing (reliability.md, bad input G and T-SSRF). Redirects are answers, never followed. Each request has a limit of
time over all and of bytes. `OUTWARD_ALLOWED` lists `host:port` pairs that are reached although private, over http too.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

PORTS = (443, 8443)
LONGEST = 2_000
_RESERVED_ENDINGS = (
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
    ".onion",
    ".test",
    ".invalid",
)
_CHUNK = 65_536
# Prefixes that carry an IPv4 address inside which another machine would unpack.
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address


class UrlNotAllowed(Exception):
    """The address may not be used; `code` is stable, the text says what to write instead."""

    code = "url_not_allowed"


class OutwardFailed(Exception):
    """No answer that can be used: unreachable, too slow, too large, or not HTTP."""


class NotReached(OutwardFailed):
    """No connection came about: nothing of the request has left."""


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case; of repeated headers the last stands."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Place:
    scheme: str
    host: str
    port: int
    target: str
    is_listed: bool  # in OUTWARD_ALLOWED

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def check_url(url: str) -> None:
    """Raise `UrlNotAllowed` if `url` could never be requested. Looks nothing up: names are judged again by `fetch`."""
    _read(url)


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout_s: float,
    max_bytes: int,
) -> Answer:
    """Ask once. `timeout_s` covers name, connection and whole answer; a body over `max_bytes` is a failure.

    Raises `UrlNotAllowed` for an address that is not public, `OutwardFailed` for everything else that goes wrong.
    Not inside a transaction: it waits for the network.
    """
    place = _read(url)
    deadline = time.monotonic() + timeout_s
    addresses = _addresses(place, timeout_s)
    failure = NotReached(_("No connection could be made."))
    for address in addresses[:3]:
        if (left := deadline - time.monotonic()) <= 0:
            break
        try:
            sock = _connect(place, address, left / 2 if len(addresses) > 1 else left)
        except (OSError, ssl.SSLError) as error:
            failure = NotReached(_("No connection could be made: %(why)s.") % {"why": _reason(error)})
            continue
        return _ask(sock, place, method, headers or {}, body, deadline, max_bytes)
    raise failure


# -- Reading an address ------------------------------------------------------------------------------------------------
def _read(url: str) -> _Place:
    if len(url) > LONGEST:
        raise UrlNotAllowed(_("The address is longer than %(most)d characters.") % {"most": LONGEST})
    if any(ord(char) <= 32 or char in '\\"<>^`{|}' or ord(char) == 127 for char in url):
        raise UrlNotAllowed(_("The address holds spaces or signs that addresses do not have."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlNotAllowed(_("This is not an address such as https://example.org/hook.")) from None
    host = _host(parts)
    scheme = parts.scheme.lower()
    port = port if port is not None else (80 if scheme == "http" else 443)
    listed = scheme in ("http", "https") and f"{host}:{port}" in settings.OUTWARD_ALLOWED
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = _Place(scheme, host, port, target.encode("utf-8").decode("latin-1") if target.isascii() else "", listed)
    if not place.target:
        raise UrlNotAllowed(_("Write signs outside ASCII percent-encoded."))
    if not listed:
        _check_place(place)
    return place


def _host(parts: SplitResult) -> str:
    if "@" in parts.netloc:
        raise UrlNotAllowed(_("Leave out the name and password before the host."))
    try:
        host = (parts.hostname or "").encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        host = ""
    if not host:
        raise UrlNotAllowed(_("This is not an address such as https://example.org/hook."))
    return host


def _check_place(place: _Place) -> None:
    if place.scheme != "https":
        raise UrlNotAllowed(_("Only https:// addresses are used."))
    if place.port not in PORTS:
        raise UrlNotAllowed(_("Only the ports 443 and 8443 are used."))
    if ":" in place.host or _looks_numeric(place.host):
        try:
            address = ipaddress.ip_address(place.host)
        except ValueError:
            raise UrlNotAllowed(_("Write an IP address in full, or better a name.")) from None
        if not is_public(address):
            raise UrlNotAllowed(_("This address is not on the public internet."))
        return
    own = {name.lower().lstrip(".").rstrip(".") for name in settings.ALLOWED_HOSTS}
    if place.host in own:
        raise UrlNotAllowed(_("This is our own address."))
    if "." not in place.host or f".{place.host}".endswith(_RESERVED_ENDINGS):
        raise UrlNotAllowed(_("This name is not on the public internet."))


def _looks_numeric(host: str) -> bool:
    """Whether clients read the host as an IPv4 address, in whichever of its old spellings."""
    last = host.rsplit(".", 1)[-1]
    return last.isdigit() or (last.startswith("0x") and all(char in "0123456789abcdef" for char in last[2:]))


def is_public(address: _IP) -> bool:
    """Whether an address belongs to the public internet, also once an IPv4 address inside it is unpacked."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        if any(address in network for network in _NAT64) or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


# -- The network -------------------------------------------------------------------------------------------------------
@cache
def _resolvers() -> ThreadPoolExecutor:
    # The system's resolver has no time limit of its own; a thread of its own lets the request have one.
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


def _addresses(place: _Place, timeout_s: float) -> list[str]:
    lookup: Callable[..., list[tuple[object, ...]]] = socket.getaddrinfo  # type: ignore[assignment]
    future = _resolvers().submit(lookup, place.host, place.port, type=socket.SOCK_STREAM)
    try:
        rows = future.result(timeout=timeout_s)
    except NotInTime:
        future.cancel()
        raise NotReached(_("The name could not be looked up in time.")) from None
    except (OSError, UnicodeError):
        raise NotReached(_("The name is not known.")) from None
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))  # type: ignore[index]
    if not place.is_listed:
        for text in found:
            # One private address among public ones is a trap, not a spare.
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise UrlNotAllowed(_("This name leads to an address that is not on the public internet."))
    if not found:
        raise NotReached(_("The name is not known."))
    return found


def _connect(place: _Place, address: str, timeout_s: float) -> socket.socket:
    sock = socket.create_connection((address, place.port), timeout=timeout_s)
    if place.scheme == "http":
        return sock
    try:
        return ssl.create_default_context().wrap_socket(sock, server_hostname=place.host)
    except BaseException:
        sock.close()
        raise


def _ask(
    sock: socket.socket,
    place: _Place,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline: float,
    max_bytes: int,
) -> Answer:
    # Each read has a time limit, but a drip of single bytes would keep every one of them: the timer ends the whole.
    watch = threading.Timer(max(0.05, deadline - time.monotonic()), _hang_up, [sock])
    watch.daemon = True
    watch.start()
    connection = http.client.HTTPConnection(place.host, place.port)
    connection.sock = sock
    try:
        sock.settimeout(max(0.05, deadline - time.monotonic()))
        sent = {"Host": place.authority, "Accept-Encoding": "identity", "Connection": "close", **headers}
        connection.request(method, place.target, body=body, headers=sent)
        response = connection.getresponse()
        got = {name.lower(): value for name, value in response.getheaders()}
        if got.get("content-encoding", "identity").lower() not in ("", "identity"):
            raise OutwardFailed(_("The answer came compressed, which was not asked for."))
        answer = Answer(response.status, got, _body(response, max_bytes, deadline))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline:
            raise OutwardFailed(_("The answer took too long.")) from None
        raise OutwardFailed(_("The answer could not be read: %(why)s.") % {"why": _reason(error)}) from None
    finally:
        watch.cancel()
        connection.close()
        sock.close()
    return answer


def _body(response: http.client.HTTPResponse, max_bytes: int, deadline: float) -> bytes:
    found = bytearray()
    while chunk := response.read1(_CHUNK):
        found += chunk
        if len(found) > max_bytes:
            raise OutwardFailed(_("The answer is larger than %(most)d bytes.") % {"most": max_bytes})
    if time.monotonic() >= deadline:
        raise OutwardFailed(_("The answer took too long."))
    if response.length:
        raise OutwardFailed(_("The answer broke off."))
    return bytes(found)


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("its certificate is not valid for this name")
    if isinstance(error, TimeoutError):
        return _("no answer in time")
    return type(error).__name__
