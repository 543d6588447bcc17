"""No request body larger than the largest file reaches the disk: Django would spool it whole before any view could refuse it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from core.errors import DomainError, is_no_room, no_room

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

AROUND = 1 << 20  # bytes of a form beside its file


class BodyTooLarge(DomainError):
    """More than any file may have."""

    status = 413
    code = "too_large"
    title = "The body is too large"


class TwoLengths(DomainError):
    """Content-Length and Transfer-Encoding in one request (RFC 9112 §6.3)."""

    status = 400
    code = "parse_error"
    title = "Content-Length and Transfer-Encoding contradict each other: send one of them"


def limit_body(application: Application, *, most: int) -> Application:
    """Answer 413 for a body over `most` bytes and what stands around it, by its declared length or as it streams; 507 where the
    disk that Django puts bodies aside on is full."""
    limit = most + AROUND

    async def limited(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        if _says_two_lengths(scope):  # what stands behind the first would be read as a request of its own by some
            await _answer(scope, send, TwoLengths())
            return
        if _declared(scope) > limit:
            await _refuse(scope, send, most)
            return
        state = {"seen": 0, "is_over": False, "is_answered": False, "is_whole": False}

        async def counted() -> Message:
            message = await receive()
            state["seen"] += len(message.get("body", b""))
            state["is_whole"] = not message.get("more_body")
            if state["seen"] > limit:
                state["is_over"] = state["is_whole"] = True
                return {"type": "http.disconnect"}  # Django drops what it has spooled
            return message

        async def watched(message: Message) -> None:
            state["is_answered"] = True
            await send(message)

        try:
            await application(scope, counted, watched)
        except OSError as error:
            if state["is_answered"] or not is_no_room(error):
                raise
            while not state["is_whole"]:  # who still sends would not read an answer
                await counted()
            await _answer(scope, send, no_room())
            return
        if state["is_over"] and not state["is_answered"]:
            await _refuse(scope, send, most)

    return limited


def _declared(scope: MutableMapping[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0


def _says_two_lengths(scope: MutableMapping[str, Any]) -> bool:
    names = [name for name, _value in scope["headers"]]
    return b"transfer-encoding" in names and b"content-length" in names


async def _refuse(scope: MutableMapping[str, Any], send: Send, most: int) -> None:
    await _answer(scope, send, BodyTooLarge(f"The body is too large: a file may have {most >> 20} MB at most."))


async def _answer(scope: MutableMapping[str, Any], send: Send, error: DomainError) -> None:
    """A refusal from before Django: a problem document for programs, plain words for people."""
    if str(scope["path"]).startswith("/api/"):
        content_type = b"application/problem+json"
        body = orjson.dumps(
            {
                "type": f"/developers/errors/#{error.given_code}",
                "title": error.title,
                "status": error.status,
                "detail": error.detail,
                "code": error.given_code,
                "request_id": "",
            }
        )
    else:
        content_type, body = b"text/plain; charset=utf-8", error.detail.encode()
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if "retry_after_s" in error.extra:
        headers.append((b"retry-after", str(error.extra["retry_after_s"]).encode()))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
