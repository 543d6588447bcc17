"""Requests to configured addresses: what is refused at save, what at connection, what is cut."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from core import outward


class _Odd(http.server.BaseHTTPRequestHandler):
    """Answers by path: /ok, /big, /drip, /headers, /redirect, /gzip, /short, /echo."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/big":
            self.send_response(200)
            self.end_headers()
            self._write(b"x" * 100_000)
        elif self.path == "/drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            while self._write(b"x") and not self.server.enough.wait(0.05):  # type: ignore[attr-defined]
                pass
        elif self.path == "/headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while self._write(b"X-More: yes\r\n"):
                pass
        else:
            said = {"/gzip": ("Content-Encoding", "gzip"), "/short": ("Content-Length", "10")}
            self.send_response(200)
            self.send_header(*said.get(self.path, ("X-Seen-Host", self.headers["Host"])))
            self.end_headers()
            self._write(b"hello")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self._write(body)

    def _write(self, data: bytes) -> bool:
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            return False
        return True


@pytest.fixture
def odd(settings) -> Iterator[str]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd)
    server.enough = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    place = f"127.0.0.1:{server.server_port}"
    settings.OUTWARD_ALLOWED = frozenset({place})
    yield f"http://{place}"
    server.enough.set()
    server.shutdown()
    server.server_close()


def ask(url: str, **changes: Any) -> outward.Answer:
    return outward.fetch(**({"method": "GET", "url": url, "timeout_s": 2.0, "max_bytes": 1000} | changes))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "",
        "example.org",
        "https://",
        "https:///path",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0.0.0.0/",
        "https://0/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.0x1/",
        "https://１２７.0.0.1/",
        "https://①②⑦.0.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[ff02::1]/",
        "https://169.254.169.254/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://good.example.org@evil.example.com/",
        "https://user:password@example.org/",
        "https://a@b@example.org/",
        "https://example.org\\@evil.example.com/",
        "https://example.org\t/",
        "https://example.org/\r\nX: y",
        "https://exam ple.org/",
        "https://example.org:22/",
        "https://example.org:25/",
        "https://example.org:6379/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://example.org/straße",
        "https://example.org/" + "x" * 3000,
        "https://[::1",
    ],
)
def test_addresses_that_are_not_public_are_refused_at_save(url: str) -> None:
    with pytest.raises(outward.UrlNotAllowed) as caught:
        outward.check_url(url)

    assert str(caught.value)


def test_our_own_address_is_refused(settings) -> None:
    settings.ALLOWED_HOSTS = ["watchfloor.example.org"]

    with pytest.raises(outward.UrlNotAllowed):
        outward.check_url("https://watchfloor.example.org/hooks/")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/hook?a=b",
        "https://example.org:8443/hook",
        "https://bücher.example.com/",
        "https://93.184.215.14/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    ],
)
def test_public_addresses_are_taken(url: str) -> None:
    outward.check_url(url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("8.8.8.8", True), ("10.1.1.1", False), ("::ffff:8.8.8.8", True), ("::ffff:10.1.1.1", False), ("fec0::1", False)],
)
def test_which_addresses_are_public(text: str, expected: bool) -> None:
    assert outward.is_public(ipaddress.ip_address(text)) is expected


@pytest.mark.parametrize("addresses", [["10.0.0.7"], ["93.184.215.14", "10.0.0.7"], ["::1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_to_one_private_address_is_refused_before_any_connection(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kw: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_kw: pytest.fail("connected"))

    with pytest.raises(outward.UrlNotAllowed):
        ask("https://rebind.example.org/")


def test_the_connection_goes_to_the_address_that_was_checked_and_the_name_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up, connected = [], []

    def resolve(host: str, *_args: object, **_kw: object) -> list[Any]:
        looked_up.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14" if len(looked_up) == 1 else "10.0.0.7", 443))
        ]

    def connect(address: tuple[str, int], **_kw: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(outward.OutwardFailed):
        ask("https://rebind.example.org/")

    assert looked_up == ["rebind.example.org"]
    assert connected == [("93.184.215.14", 443)]


def test_a_listed_place_answers(odd: str) -> None:
    answer = ask(f"{odd}/ok")

    assert (answer.status, answer.body) == (200, b"hello")
    assert answer.headers["x-seen-host"] == odd.removeprefix("http://")


def test_a_body_is_sent(odd: str) -> None:
    assert ask(f"{odd}/echo", method="POST", body=b"{}", headers={"Content-Type": "application/json"}).body == b"{}"


def test_a_redirect_is_an_answer_and_not_followed(odd: str) -> None:
    assert ask(f"{odd}/redirect").status == 302


@pytest.mark.parametrize("path", ["big", "headers", "gzip", "short"])
def test_what_is_too_large_or_broken_is_a_failure(odd: str, path: str) -> None:
    with pytest.raises(outward.OutwardFailed):
        ask(f"{odd}/{path}")


def test_a_drip_is_ended_at_the_limit_over_all(odd: str) -> None:
    with pytest.raises(outward.OutwardFailed, match="too long"):
        ask(f"{odd}/drip", timeout_s=0.4)


def test_nobody_listening_is_a_failure(settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    settings.OUTWARD_ALLOWED = frozenset({place})

    with pytest.raises(outward.OutwardFailed):
        ask(f"http://{place}/")
