"""Public ids: time-ordered UUIDs (version 7, RFC 9562) that say nothing about volume."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A fresh id."""
    return uuid7()
