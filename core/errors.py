"""What operations raise when a person or a program asks for something that cannot be done.

Each becomes a problem document in the API (`core.api.errors`) and the same sentence by the field or in a toast on a
page (`core.middleware.domain_errors`). `code` is stable and documented; `detail` is for people and says what to do next.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import psycopg2
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class FieldProblem:
    """One wrong value: a JSON pointer (`/evidence/0/url`), a stable code, a sentence."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """A refusal with a stable code, an HTTP status and a sentence that says what to do next."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "conflict"
    title: ClassVar[str] = "This cannot be done now"

    def __init__(self, detail: object = "", *, code: str = "", **extra: Any) -> None:
        self.detail = str(detail) or str(self.title)
        self.given_code = code or self.code
        self.extra = extra
        super().__init__(self.detail)


class NotPermitted(DomainError):
    """The person sees the thing but may not do this; `rule` names the rule of the permission matrix."""

    status = 403
    code = "not_permitted"
    title = "Your role does not allow this"


class NotFound(DomainError):
    """Gone, hidden or another organization's: all the same answer."""

    status = 404
    code = "not_found"
    title = "It does not exist, or you may not see it"


class Invalid(DomainError):
    """The values are wrong; `errors` lists every one of them."""

    status = 422
    code = "invalid"
    title = "Some values need correcting"

    def __init__(
        self, detail: object = "", *, errors: Sequence[FieldProblem] = (), code: str = "", **extra: Any
    ) -> None:
        super().__init__(detail or "; ".join(e.detail for e in errors), code=code, **extra)
        self.errors = list(errors)


class BadRequest(DomainError):
    """What came cannot be parsed."""

    status = 400
    code = "bad_request"
    title = "The request cannot be read"


class StaleRevision(DomainError):
    """Somebody changed the thing since it was read; `current` and `given` are revisions."""

    status = 412
    code = "stale_revision"
    title = "Somebody changed this since you opened it"


class StorageFull(DomainError):
    """The disk that keeps files is full, or nearly. Cases and pages go on."""

    status = 507
    code = "storage_full"
    title = "No room for files"


def no_room() -> StorageFull:
    """What to answer whoever sends a file while there is no room; with a time to come again."""
    return StorageFull(_("Files cannot be taken just now; cases can. Send the file again later."), retry_after_s=600)


def is_no_room(error: BaseException | None) -> bool:
    """Whether the operating system says that a disk, or somebody's share of it, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, or hung up: in the middle of a statement psycopg2 says so by the bare class.

    Django raises that class, too, by itself and so without a cause.
    """
    return isinstance(error, (OperationalError, InterfaceError)) or (
        type(error) is DatabaseError and error.__cause__ is not None
    )


def is_unreachable(error: BaseException | None) -> bool:
    """Whether there is no server at the other end. What a server says has a class of its own (a lock, a time that ran out)."""
    cause = error.__cause__ if isinstance(error, (OperationalError, InterfaceError)) else None
    return type(cause) in (psycopg2.OperationalError, psycopg2.InterfaceError)


class TooManyRequests(DomainError):
    """A limit is used up; `retry_after_s` seconds until it opens."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"
