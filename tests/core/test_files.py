"""Files go out in pieces, under either kind of server."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import AsyncClient

from core.files import PIECE, FileAnswer

# The end of an answer is told to Django, which looks after its connections then.
pytestmark = pytest.mark.django_db
CONTENT = os.urandom(2 * PIECE + 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "file"
    found.write_bytes(CONTENT)
    return found


async def taken(answer: FileAnswer) -> list[bytes]:
    return [piece async for piece in answer]


@pytest.mark.parametrize("take", [list, lambda answer: asyncio.run(taken(answer))], ids=["wsgi", "asgi"])
def test_a_file_goes_out_in_pieces(path: Path, take: Callable[[FileAnswer], list[bytes]]) -> None:
    answer = FileAnswer(path, content_type="video/mp4")

    with contextlib.closing(answer):
        pieces = take(answer)

    assert [len(piece) for piece in pieces] == [PIECE, PIECE, 7]
    assert b"".join(pieces) == CONTENT
    assert answer.headers["Content-Length"] == str(len(CONTENT))


def test_it_is_whole_although_it_is_removed_meanwhile_and_is_closed_at_the_end(path: Path) -> None:
    answer = FileAnswer(path, content_type="video/mp4")
    path.unlink()

    assert b"".join(answer) == CONTENT
    answer.close()
    assert answer._file.closed


@pytest.mark.parametrize("header", [{}, {"Range": "bytes=0-9"}])
def test_static_files_are_no_streams(header: dict[str, str]) -> None:
    async def ask() -> tuple[int, bool, bytes]:
        answer = await AsyncClient().get("/static/js/app.js", headers=header)
        return answer.status_code, answer.streaming, answer.content

    status, is_streaming, content = asyncio.run(ask())

    assert not is_streaming
    assert (status, len(content)) == (206, 10) if header else status == 200 and len(content) > 100
