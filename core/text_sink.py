"""Texts and calls that go nowhere: a local run keeps each as a file below DATA_DIR, to be read by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from django.conf import settings

from core.ids import new_id

KEPT = 500  # older ones are removed


@dataclass(frozen=True)
class Kept:
    """A text or call that was kept: which of both, when (aware UTC), to which number, and what it says."""

    kind: str
    at: datetime
    to: str
    text: str


def folder() -> Path:
    """Where they are kept."""
    return Path(settings.DATA_DIR) / "texts"


def keep(kind: str, *, to: str, text: str) -> str:
    """Keep one; answers its name."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = str(new_id())
    (place / f"{name}.json").write_bytes(orjson.dumps({"kind": kind, "to": to, "text": text}))
    for old in sorted(place.glob("*.json"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return name


def newest(limit: int = 100) -> list[Kept]:
    """The newest ones, newest first."""
    return [
        Kept(at=datetime.fromtimestamp(path.stat().st_mtime, UTC), **orjson.loads(path.read_bytes()))
        for path in sorted(folder().glob("*.json"), reverse=True)[:limit]
    ]
