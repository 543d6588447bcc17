"""Answers that are files: sent in pieces as the client takes them, so that a large one is never whole in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

PIECE = 256 * 1024  # bytes


class FileAnswer(StreamingHttpResponse):
    """The bytes of the file at `path`, with their length; of a part of it, `length` bytes from `first` on.

    Django's `FileResponse` is read whole into memory under ASGI, since its iterator is not asynchronous; this one reads a piece at
    a time in a thread. The file is open from the start: whoever removes it meanwhile cuts no answer short. Holds no database
    connection (`accounts.middleware` gives it back before the first piece).
    """

    def __init__(
        self, path: Path, *, content_type: str, first: int = 0, length: int | None = None, status: int = 200
    ) -> None:
        self._file: IO[bytes] = path.open("rb")
        self._file.seek(first)
        self._left = path.stat().st_size - first if length is None else length
        super().__init__(self._pieces(), content_type=content_type, status=status)
        self._resource_closers.append(self._file.close)  # type: ignore[attr-defined]
        self.headers["Content-Length"] = str(self._left)

    def _piece(self) -> bytes:
        piece = self._file.read(min(PIECE, self._left))
        self._left -= len(piece)
        return piece

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._piece():
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(self._piece):
            yield piece


_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def resumable(
    request: HttpRequest, path: Path, *, name: str, content_type: str, etag: str, extra: Mapping[str, str] | None = None
) -> HttpResponseBase:
    """A download that can go on where it broke off: one range of bytes, if what the client has is of this very file.

    As RFC 9110 says: `If-Range` that does not match, a range of several parts or one that cannot be read answer the whole file with
    200; a range beyond its end 416. `etag` is without quotes and changes with the bytes.
    """
    size, quoted = path.stat().st_size, f'"{etag}"'
    first, last = 0, size - 1
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    is_part = bool(asked and (asked[1] or asked[2]) and request.headers.get("If-Range", quoted) == quoted)
    answer: HttpResponseBase
    if asked and is_part:
        if asked[1]:
            first, last = int(asked[1]), min(int(asked[2]), size - 1) if asked[2] else size - 1
        else:
            first = max(0, size - int(asked[2]))
    if is_part and asked and asked[1] and asked[2] and int(asked[2]) < int(asked[1]):
        is_part, first, last = False, 0, size - 1  # no range at all
    if is_part and first > last:
        answer = HttpResponse(status=416)
        answer.headers["Content-Range"] = f"bytes */{size}"
    else:
        answer = FileAnswer(
            path, content_type=content_type, first=first, length=last - first + 1, status=206 if is_part else 200
        )
        if is_part:
            answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["ETag"], answer.headers["Accept-Ranges"] = quoted, "bytes"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    for header, value in (extra or {}).items():
        answer.headers[header] = value
    return answer


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise with answers from memory: its own would be streams that ASGI reads whole anyway, in a detour over threads."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The answer to a request for a static file; also to part of one, and where the browser has it already."""
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        answer = HttpResponse(content, status=int(found.status))
        del answer["content-type"]  # the right one stands in the headers
        for name, value in found.headers:
            answer[name] = value
        return answer
