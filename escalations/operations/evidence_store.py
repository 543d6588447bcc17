"""Bytes of evidence on disk, by their SHA-256: kept once, never changed, never served from here (reliability.md R34).

A file is written beside its place while it is hashed, flushed to the disk, then renamed; only then comes its row. A crash
leaves at most an orphan, which `uploads.forget_stale` removes; never a row without bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import puremagic
import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import DomainError, FieldProblem, Invalid, is_no_room, no_room

CHUNK = 1 << 20
_HEAD = 4096  # bytes that tell what a file is
_KEEP_FREE = 5 * 2**30  # bytes: below this and below a tenth of the disk nothing more is taken
PREVIEW_TIMEOUT_S = 8  # below the ten seconds a transaction may stand idle
_PREVIEW = Path(__file__).resolve().parent.parent / "evidence_preview.py"

# What a browser could run or a person mistake for something else is kept and handed out as a download alone.
ACTIVE = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/pdf"})
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"})


class FileTooLarge(DomainError):
    status = 413
    code = "too_large"
    title = "The file is too large"


class TypeMismatch(DomainError):
    status = 415
    code = "type_mismatch"
    title = "The file is not what it says"


@dataclass(frozen=True)
class Stored:
    """A file that stands at its place on disk; `media_type` is what its bytes say, not what was claimed."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Preview:
    """What the child process made of a picture: facts, and the bytes of a blurred grey derivative without metadata."""

    width: int
    height: int
    tile_rgb: str
    perceptual_hash: str
    blurred: bytes


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash stand."""
    return Path(settings.EVIDENCE_DIR) / "sha256" / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def open_blob(sha256: str) -> Iterator[IO[bytes]]:
    """The bytes with this hash, for reading. Raises `FileNotFoundError`. Who may read them, and the record of it, is the caller's."""
    with path_of(sha256).open("rb") as file:
        yield file


def matches(sha256: str) -> bool:
    """Whether the bytes on disk still have the hash they are kept under."""
    digest = hashlib.sha256()
    with open_blob(sha256) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == sha256


def store(chunks: Iterable[bytes], *, claimed_type: str = "", expected_sha256: str = "") -> Stored:
    """Keep bytes. Raises `FileTooLarge` (413), `StorageFull` (507), `TypeMismatch` (415), `Invalid` (empty, another hash); nothing
    is kept then."""
    try:
        return _store(chunks, claimed_type, expected_sha256)
    except OSError as error:
        if is_no_room(error):  # the disk filled up while the file came in
            raise no_room() from error
        raise


def _store(chunks: Iterable[bytes], claimed_type: str, expected_sha256: str) -> Stored:
    folder = Path(settings.EVIDENCE_DIR)
    waiting = folder / "incoming"
    waiting.mkdir(parents=True, exist_ok=True)
    _check_room(folder)
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=waiting, delete=False) as file:
        temporary = Path(file.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise FileTooLarge(
                        _("A file may have %(most)d MB at most.") % {"most": settings.UPLOAD_MAX_BYTES >> 20}
                    )
                head = head if len(head) >= _HEAD else (head + chunk)[:_HEAD]
                digest.update(chunk)
                file.write(chunk)
            sha256 = digest.hexdigest()
            media_type = sniff(head)
            _check(size, sha256, expected_sha256, claimed_type, media_type)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    _settle(temporary, path_of(sha256))
    return Stored(sha256, size, media_type)


def _check_room(folder: Path) -> None:
    disk = shutil.disk_usage(folder)
    if disk.free < _KEEP_FREE and disk.free < disk.total // 10:
        raise no_room()


def _check(size: int, sha256: str, expected: str, claimed: str, sniffed: str) -> None:
    if size == 0:
        raise Invalid(errors=[FieldProblem("/file", "empty_file", _("The file is empty."))])
    if expected and expected.lower() != sha256:
        detail = _("The bytes that came have the SHA-256 %(sha256)s: send the file again.") % {"sha256": sha256}
        raise Invalid(errors=[FieldProblem("/sha256", "hash_mismatch", detail)])
    family = claimed.split("/")[0].lower()
    if (family in ("image", "video", "audio") and sniffed.split("/")[0] != family) or claimed_active(claimed, sniffed):
        raise TypeMismatch(
            _("The file says it is %(claimed)s, its bytes say %(sniffed)s. Send it as what it is.")
            % {"claimed": claimed[:100], "sniffed": sniffed}
        )


def claimed_active(claimed: str, sniffed: str) -> bool:
    """Whether something a browser would run is passed off as a picture."""
    return claimed.lower().startswith("image/") and claimed.lower() != "image/svg+xml" and sniffed in ACTIVE


def _settle(temporary: Path, place: Path) -> None:
    """Rename into place, and flush the folder, so that the name survives a crash too."""
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary.chmod(0o440)
    temporary.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)


def sniff(head: bytes) -> str:
    """What the first bytes say a file is; `application/octet-stream` where they say nothing."""
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        return "text/html"
    if b"<svg" in start[:1024]:
        return "image/svg+xml"
    if b"http://www.w3.org/1999/xhtml" in start:
        return "application/xhtml+xml"
    if start.startswith(b"<?xml"):
        return "text/xml"
    try:
        found = puremagic.from_string(head, mime=True)
        if found and "/" in found:
            return str(found)[:100]
    except (puremagic.PureError, ValueError, IndexError):
        pass
    return "text/plain" if _is_text(head) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    try:
        head[: max(0, len(head) - 3)].decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in head


def preview(sha256: str) -> Preview | None:
    """Facts and a shielded derivative of a picture, made by a child process with tight limits; None where it could not be.

    The child has no environment of ours, 10 s of processor and 1 GB of memory: a hostile file costs the child, not us.
    """
    command = [sys.executable, "-I", str(_PREVIEW), str(path_of(sha256))]
    try:
        done = subprocess.run(  # our own script with a path we made
            command,
            env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PREVIEW_TIMEOUT_S,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        structlog.get_logger(__name__).warning("preview_failed", sha256=sha256, error=type(error).__name__)
        return None
    blurred = b64decode(found.pop("blurred"))
    return Preview(blurred=blurred, **found)


def remove(sha256: str) -> None:
    """Forget the bytes with this hash, for who has made sure that nothing refers to them."""
    path_of(sha256).unlink(missing_ok=True)


_RESERVED = '\\/:*?"<>|'


def clean_name(name: str) -> str:
    """A file's name as a label: without folders, control and direction characters, leading dots; at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in last if char.isprintable() and char not in _RESERVED and not _turns(char))
    kept = kept.strip().lstrip(".").strip()
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > 200:
        kept = f"{stem[: 199 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else kept[:200]
    return kept or "file"


def _turns(char: str) -> bool:
    """Characters that change the direction of reading, by which `gpj.exe` looks like a picture."""
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" or char in "\u200e\u200f\u061c"
