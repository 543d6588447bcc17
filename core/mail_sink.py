"""Mail that goes nowhere: a local run keeps each message as a file below DATA_DIR, to be read by administrators."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.ids import new_id

KEPT = 500  # messages; older ones are removed
_NAME = re.compile(r"[0-9a-f-]{36}")


def folder() -> Path:
    """Where messages are kept."""
    return Path(settings.DATA_DIR) / "mail"


class EmailBackend(BaseEmailBackend):
    """Writes each message to a file of its own; newer names sort later."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            (place / f"{new_id()}.eml").write_bytes(message.message().as_bytes())
        for old in sorted(place.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True)
class Kept:
    """A message that was kept: its name, when it was written (aware UTC), and what it says."""

    name: str
    at: datetime
    to: str
    subject: str
    headers: list[tuple[str, str]]
    text: str


def newest(limit: int = 100) -> list[Kept]:
    """The newest messages, newest first."""
    return [_read(path) for path in sorted(folder().glob("*.eml"), reverse=True)[:limit]]


def find(name: str) -> Kept | None:
    """One message by its name; None where there is none."""
    path = folder() / f"{name}.eml"
    return _read(path) if _NAME.fullmatch(name) and path.is_file() else None


def _read(path: Path) -> Kept:
    parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = parsed.get_body(("plain",))
    return Kept(
        name=path.stem,
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        to=str(parsed["To"] or ""),
        subject=str(parsed["Subject"] or ""),
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=body.get_content() if body is not None else "",
    )
