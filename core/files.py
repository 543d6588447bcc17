"""Answers that are files: sent in pieces as the client takes them, so that a large one is never whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

PIECE = 256 * 1024  # bytes


class FileAnswer(StreamingHttpResponse):
    """The bytes of the file at `path`, with their length.

    Django's `FileResponse` is read whole into memory under ASGI, since its iterator is not asynchronous; this one reads a piece at
    a time in a thread. The file is open from the start: whoever removes it meanwhile cuts no answer short. Holds no database
    connection (`accounts.middleware` gives it back before the first piece).
    """

    def __init__(self, path: Path, *, content_type: str) -> None:
        self._file: IO[bytes] = path.open("rb")
        super().__init__(self._pieces(), content_type=content_type)
        self._resource_closers.append(self._file.close)  # type: ignore[attr-defined]
        self.headers["Content-Length"] = str(path.stat().st_size)

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._file.read(PIECE):
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await asyncio.to_thread(self._file.read, PIECE):
            yield piece


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
