"""Structured logs: one JSON object a line in production, a readable line locally. Ids only: never text of a case."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.db import Error
from structlog.typing import ExcInfo

from core.errors import is_unreachable

# What stands in an address in place of a password: links of mails, of feeds, of notices' ends.
_SECRET = re.compile(r"(/password/reset/key/|/confirm-email/|/notices/stop/|/calendars/[^/\s]+/)[^\s/?]+")
_ADDRESSED = ("event", "request", "path")


def _addresses_bare(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut secrets from addresses, and what was asked of them: people search for names and send what they typed."""
    for key in _ADDRESSED:
        if isinstance(event.get(key), str):
            event[key] = _SECRET.sub(r"\1…", event[key])
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    return event


def _told(exc_info: ExcInfo) -> str:
    """The traceback, with the first line alone of what Postgres says: the next ones quote the statement and the row."""
    if is_unreachable(exc_info[1]):  # each request while it is away: its stack says nothing, and fills the disk (F12)
        return f"{type(exc_info[1]).__name__}: {str(exc_info[1]).strip().partition(chr(10))[0]}"
    text = "".join(traceback.format_exception(*exc_info)).rstrip()
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, Error) or type(error).__module__.startswith("psycopg2"):
            said = str(error).rstrip()
            text = text.replace(said, said.partition("\n")[0])
        error = error.__cause__ or error.__context__
    return text


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(_told),
    _addresses_bare,
]


def formatter(*, local: bool) -> logging.Formatter:
    """The formatter of every handler."""
    plain = structlog.dev.plain_traceback  # the other one prints what every variable holds
    renderer: Any = structlog.processors.JSONRenderer()
    if local:
        renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def configure() -> None:
    """Send structlog's events through the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
