from __future__ import annotations

import asyncio
import errno
import json
import socket
from typing import Any

import pytest

from core.body_limit import AROUND, limit_body

MOST = 10


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    """As Django's handler: read the body to its end, then answer; a disconnect ends it without an answer."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(chunks: list[bytes], *, declared: int | None = None, path: str = "/api/v1/uploads/") -> tuple[int, bytes, int]:
    """Status, body, and how many chunks were taken."""
    headers = [] if declared is None else [(b"content-length", str(declared).encode())]
    waiting, sent, taken = list(chunks), [], 0

    async def receive() -> Any:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(limit_body(reads_all, most=MOST)({"type": "http", "path": path, "headers": headers}, receive, send))
    return sent[0]["status"], sent[1]["body"], taken


def test_a_body_within_the_limit_passes() -> None:
    assert ask([b"x" * 5, b"y" * 5], declared=10) == (200, b"10", 2)


def test_a_declared_length_over_the_limit_is_refused_unread() -> None:
    status, body, taken = ask([b"x"], declared=MOST + AROUND + 1)

    assert (status, json.loads(body)["code"], taken) == (413, "too_large", 0)


@pytest.mark.parametrize("path", ["/api/v1/uploads/", "/c/ESC-1/"])
def test_a_body_that_grows_over_the_limit_is_cut(path: str) -> None:
    chunk = b"x" * (AROUND // 2)

    status, body, taken = ask([chunk] * 50, path=path)

    assert (status, taken) == (413, 3)
    assert body.startswith(b"{") == path.startswith("/api/")


@pytest.mark.parametrize("full_at", [1, 3])
def test_a_disk_that_is_full_while_the_body_is_put_aside_is_said_after_all_of_it(full_at: int) -> None:
    waiting, sent, taken = [b"a", b"b", b"c"], [], 0

    async def full(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(full_at):
            await receive()
        raise OSError(errno.ENOSPC, "No space left on device")

    async def receive() -> Any:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/api/v1/uploads/", "headers": []}
    asyncio.run(limit_body(full, most=MOST)(scope, receive, send))

    assert (sent[0]["status"], json.loads(sent[1]["body"])["code"], taken) == (507, "storage_full", 3)
    assert dict(sent[0]["headers"])[b"retry-after"] == b"600"


@pytest.mark.parametrize("path", ["/api/v1/submissions/", "/c/ESC-1/"])
def test_a18_a_body_with_two_lengths_is_refused_unread(path: str) -> None:
    sent: list[Any] = []
    headers = [(b"content-length", b"4"), (b"transfer-encoding", b"chunked")]

    async def send(message: Any) -> None:
        sent.append(message)

    async def never() -> Any:
        raise AssertionError("nothing of the body is read")

    asyncio.run(limit_body(reads_all, most=MOST)({"type": "http", "path": path, "headers": headers}, never, send))

    assert sent[0]["status"] == 400
    assert (b"connection", b"close") in sent[0]["headers"]


def test_a18_the_server_answers_a_hidden_second_request_with_nothing(live_url: str) -> None:
    host = live_url.removeprefix("http://")
    hidden = f"GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n"
    head = (
        f"POST /api/v1/submissions/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )

    with socket.create_connection(tuple(host.split(":")), timeout=30) as caller:
        caller.sendall((head + hidden).encode())
        answer = b"".join(iter(lambda: caller.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
