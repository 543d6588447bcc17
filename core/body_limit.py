"""No request body larger than the largest file reaches the disk: Django would spool it whole before any view could refuse it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

AROUND = 1 << 20  # bytes of a form beside its file


def limit_body(application: Application, *, most: int) -> Application:
    """Answer 413 for a body over `most` bytes and what stands around it, by its declared length or as it streams."""
    limit = most + AROUND

    async def limited(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        if _declared(scope) > limit:
            await _refuse(scope, send, most)
            return
        state = {"seen": 0, "is_over": False, "is_answered": False}

        async def counted() -> Message:
            message = await receive()
            state["seen"] += len(message.get("body", b""))
            if state["seen"] > limit:
                state["is_over"] = True
                return {"type": "http.disconnect"}  # Django drops what it has spooled
            return message

        async def watched(message: Message) -> None:
            state["is_answered"] = True
            await send(message)

        await application(scope, counted, watched)
        if state["is_over"] and not state["is_answered"]:
            await _refuse(scope, send, most)

    return limited


def _declared(scope: MutableMapping[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0


async def _refuse(scope: MutableMapping[str, Any], send: Send, most: int) -> None:
    detail = f"The body is too large: a file may have {most >> 20} MB at most."
    if str(scope["path"]).startswith("/api/"):
        content_type = b"application/problem+json"
        body = orjson.dumps(
            {
                "type": "/developers/errors/#too_large",
                "title": "The body is too large",
                "status": 413,
                "detail": detail,
                "code": "too_large",
                "request_id": "",
            }
        )
    else:
        content_type, body = b"text/plain; charset=utf-8", detail.encode()
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
