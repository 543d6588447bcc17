"""How Postgres answers filters, as the web's role under row level security, over skewed cases: by index, never by reading them all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from benchmarks.load import load
from escalations.filters.compiling import compile_filter
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 8_000
IN_QUEUE_ORDER = [
    "is:open",
    "is:open is:unclaimed",
]
RARE = [
    "is:open word1",
    "is:open -word1",
    "is:open -is:claimed sev:0..2",
    "is:open lang:en",
    "is:open queue:queue-1",
    "is:open who:@me",
    "is:open lang:mt",
    "is:open harm:other lang:cy market:ZA",
    "is:open vendor:vendor-5 harm:other",
    "is:open sev:0 market:ZA",
    "is:open clause:CS-ZA-9",
    "is:open sla:<-5h",
    "is:open acct:account_77",
    "is:open tag:tag-49",
    "is:open word15000",
    "is:closed harm:other lang:cy",
    "is:closed market:ZA",
    "lang:mt market:ZA",
    "harm:other word15000",
    "ref:X-77",
    "is:highprofile",
    "is:reopened",
]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def plan_of(text: str, viewer: User) -> list[dict[str, Any]]:
    compiled = compile_filter(text, viewer=viewer, at=NOON)
    assert compiled.is_valid, compiled.sentences
    order = ("order_at", "id") if "is:open" in text else ("-received_at", "-id")
    rows = compiled.cases().order_by(*order).values("pk")[:50]
    return list(nodes(json.loads(rows.explain(format="json"))[0]["Plan"]))


def reads_every_case(found: list[dict[str, Any]]) -> bool:
    return any(node["Node Type"] == "Seq Scan" and node.get("Relation Name") == "escalations_case" for node in found)


def test_filters_are_answered_by_index(wf_role):
    load(wf_role("wf_owner"), CASES, say=lambda _line: None)
    lead = make_user(roles=[Role.LEAD])

    for text in IN_QUEUE_ORDER:
        found = plan_of(text, lead)
        assert not reads_every_case(found), text
        assert not any(node["Node Type"] == "Sort" for node in found), f"{text} sorts"
        assert any(node.get("Index Name", "").startswith(("case_open_by_", "case_unclaimed")) for node in found), text
    for text in RARE:
        assert not reads_every_case(plan_of(text, lead)), text
