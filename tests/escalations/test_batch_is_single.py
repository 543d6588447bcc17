"""The batch and the single submission are one implementation: the same inputs write the same rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.roles import Role
from escalations.lifecycle import Channel
from escalations.models import Queue
from escalations.operations import intake, routing
from escalations.operations.intake import Accepted, Order
from escalations.operations.routing import RuleInput
from escalations.operations.submission_input import read
from tests.factories.people import NOON, make_key, make_user

pytestmark = pytest.mark.django_db

TABLES = {
    "escalations_case": "id",
    "escalations_submission": "case_id",
    "escalations_caseentity": "case_id",
    "escalations_evidence": "case_id",
    "escalations_slaclock": "object_id",
    "escalations_slatimer": "object_id",
    "audit_event": "subject_id",
}
# Identities and what is made of them; all times are the same, since both are received at the same moment.
OWN = {
    "id", "ref", "case_id", "object_id", "subject_id", "subject_ref", "clock_id", "public_id", "entity_id",
    "recorded_at", "transaction", "event_id", "idempotency_key", "external_ref", "organization_id", "key_id",
    "created_by_key_id", "added_by_key_id", "actor_id", "actor_label", "reported", "payload", "original_url", "sha256",
    "outward_vector", "internal_vector",
}  # fmt: skip


def bodies(mark: str) -> list[dict[str, Any]]:
    base = {"surface": "ads", "platform": "vid", "language": "es", "market": "MX", "suspected_policy": "AD-FR-2.1"}
    subject = [{"kind": "ad", "url": f"https://vid.example/{mark}/1"}]
    return [
        base | {"title": "Plain", "ask": "Look", "subjects": subject},
        base
        | {
            "title": "With all",
            "ask": 'Look at this \\ "now" {a,b}',
            "external_ref": f"X-{mark}",
            "severity_inputs": {"velocity": "viral", "physical_harm": "serious", "confidence": "low"},
            "severity_claimed": "S1",
            "severity_reason": "it spreads",
            "subjects": [*subject, {"kind": "account", "id": f"@{mark}", "role": "victim"}],
            "impact": {"views": 250_000, "spend": 9000, "currency": "EUR", "source": "dashboard"},
            "evidence": [
                {"kind": "url", "url": f"https://vid.example/{mark}/shot", "graphic_tier": "G3"},
                {"kind": "text", "text": "Gana ya\nun 8 %", "note": "zero"},
            ],
            "deadline_at": (NOON + timedelta(hours=20)).isoformat(),
            "deadline_reason": "court order",
            "contact": "desk",
        },
        base | {"title": "Product", "ask": "Look", "surface": "product", "subjects": subject},
    ]


def written(case_id: int) -> dict[str, list[str]]:
    """Every row written for a case, as JSON without identities, sorted."""
    drop = "{" + ",".join(sorted(OWN)) + "}"
    found = {}
    with connection.cursor() as cursor:
        for table, column in TABLES.items():
            kind = " AND subject_type = 'escalations.case'" if table == "audit_event" else ""
            cursor.execute(
                f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t WHERE {column} = %s{kind}", [drop, case_id]
            )
            found[table] = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT (to_jsonb(e) - %s::text[])::text FROM escalations_slaclockevent e"
            " JOIN escalations_slaclock c ON c.id = e.clock_id WHERE c.object_id = %s",
            [drop, case_id],
        )
        found["escalations_slaclockevent"] = sorted(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT o.listener || ' ' || e.kind || ' ' || o.state FROM audit_outboxmessage o JOIN audit_event e ON e.id = o.event_id"
            " WHERE e.subject_id = %s AND e.subject_type = 'escalations.case'",
            [case_id],
        )
        found["audit_outboxmessage"] = sorted(row[0] for row in cursor.fetchall())
    return found


@pytest.mark.parametrize("rule", ["surface:ads", "acct:a"])
def test_the_same_inputs_write_the_same_rows_singly_and_as_a_batch(rule: str) -> None:
    Queue.objects.create(slug="ads", name="Ads", outward_name="Ads")
    routing.publish_routing(
        rules=[RuleInput("By rule", rule, "ads", severity_floor=2)], by=make_user(roles=[Role.LEAD]), at=NOON
    )
    (one, _), (many, _) = make_key(), make_key()
    singly = [
        intake.submit(payload=read(body, at=NOON), by=one, channel=Channel.API, at=NOON, idempotency_key=f"k{number}")
        for number, body in enumerate(bodies("a"))
    ]
    orders = [Order(read(body, at=NOON), f"k{number}") for number, body in enumerate(bodies("a"))]
    batch = intake.submit_many(orders=orders, by=many, channel=Channel.API, at=NOON)
    for alone, together in zip(singly, batch, strict=True):
        assert isinstance(together, Accepted)
        expected, found = written(alone.case.pk), written(together.case.pk)
        assert found == expected
        assert all(expected[table] for table in ("escalations_case", "escalations_slaclock", "audit_outboxmessage"))
        assert (together.promised, together.warnings) == (alone.promised, alone.warnings)
