"""Clauses and versions for tests, written straight to the tables. The library has its own operation."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from policies.lifecycle import KEY_PREFIX, PUBLISHED, Family, VersionState
from policies.models import Policy, PolicyVersion
from tests.factories.people import NOON

_number = itertools.count(1)


def make_policy(*, key: str = "", family: str = Family.COMMUNITY_STANDARDS, **fields: Any) -> Policy:
    """A clause without a version. Keys count through CS-ZZ-1.1, 1.2 …"""
    number = next(_number)
    key = key or f"{KEY_PREFIX[family]}-ZZ-{number // 90 + 1}.{number % 90 + 1}"
    return Policy.objects.create(key=key, family=family, section=fields.pop("section", "Tests"), **fields)


def make_version(
    *,
    policy: Policy | None = None,
    number: int = 1,
    state: str = VersionState.EFFECTIVE,
    start: datetime | None = NOON - timedelta(days=100),
    end: datetime | None = None,
    **fields: Any,
) -> PolicyVersion:
    """A version in force since 100 days before NOON. Drafts and reviews get no range."""
    dated = state in PUBLISHED
    fields.setdefault("title", "Threats")
    fields.setdefault("rule", "No threats.")
    fields.setdefault("public_rationale", "Threats silence people.")
    fields.setdefault("elements", [{"key": "target", "text": "A person is meant.", "group": "all"}])
    fields.setdefault("ladder", {"organic": [[{"type": "content_remove"}, {"type": "strike"}]]})
    fields.setdefault("label", "substantive")
    fields.setdefault("sor_category", "STATEMENT_CATEGORY_VIOLENCE")
    return PolicyVersion.objects.create(
        policy=policy or make_policy(),
        number=number,
        state=state,
        effective=DateTimeTZRange(start, end) if dated else None,
        created_at=fields.pop("created_at", NOON - timedelta(days=101)),
        **fields,
    )
