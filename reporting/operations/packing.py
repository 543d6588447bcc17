"""Making the finished file of a spool: CSV is its spool, the other formats are written by a child process (`reporting/packer.py`).

A child, since what writes Parquet takes more memory than an engine should keep, and a kill of it costs nothing but its work.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from reporting.lifecycle import ExportFormat

_PACKER = Path(__file__).resolve().parent.parent / "packer.py"
_LOOK_S = 1.0


class Stopped(Exception):
    """Nobody wants the file any more, or the process is asked to end."""


@dataclass(frozen=True)
class Described:
    """What the file needs beside its rows: columns as (heading, what it holds), the watermark, lines of the Definitions sheet."""

    format: str
    title: str
    columns: Sequence[tuple[str, str]]
    watermark: Sequence[str]
    definitions: Sequence[tuple[str, str]]
    rows: int


@dataclass(frozen=True)
class Made:
    """The finished file's size in bytes and its SHA-256."""

    bytes: int
    sha256: str


def part_of(target: Path) -> Path:
    """The unfinished file beside its final place."""
    return target.with_suffix(f"{target.suffix}.part")


def check_room(folder: Path, least: int) -> None:
    """Raises `OSError` (no space left) where the disk has less than `least` bytes free."""
    if shutil.disk_usage(folder).free < least:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def to_disk(descriptor: int) -> None:
    """Wait until what was written is on the disk."""
    os.fdatasync(descriptor)


def pack(*, spool: Path, target: Path, described: Described, alive: Callable[[], bool]) -> Made:
    """Write the file, ask `alive()` now and then whether to go on, and put it in its place in one move.

    Safe to begin anew after a crash at any point. Raises `Stopped`, `OSError` (no room), `RuntimeError` (the child failed).
    """
    if described.format == ExportFormat.CSV:
        if spool.exists():  # else it was moved before the crash
            os.replace(spool, target)
    else:
        part = part_of(target)
        try:
            _write(spool, part, described, alive)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        os.replace(part, target)
    digest = hashlib.sha256()
    with target.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size = file.tell()
            if size % (64 << 20) == 0 and not alive():
                raise Stopped
        to_disk(file.fileno())
        size = file.tell()
    return Made(size, digest.hexdigest())


def _write(spool: Path, part: Path, described: Described, alive: Callable[[], bool]) -> None:
    order = orjson.dumps(asdict(described) | {"spool": str(spool), "target": str(part)})
    # -P: names of our modules must not stand before the library's (reporting has a `statistics`).
    child = subprocess.Popen(
        [sys.executable, "-P", str(_PACKER)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        assert child.stdin is not None
        assert child.stderr is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(order)
            child.stdin.close()
        while True:
            try:
                status = child.wait(_LOOK_S)
                break
            except subprocess.TimeoutExpired:
                if not alive():
                    raise Stopped from None
        if status:
            said = child.stderr.read().decode(errors="replace")
            if status == errno.ENOSPC:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))
            raise RuntimeError(f"the packer ended with {status}: {said[-500:]}")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stderr):
            if pipe is not None:
                pipe.close()
