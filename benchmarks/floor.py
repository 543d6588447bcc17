"""The framework's floor for P1: a Django view without middleware that writes a case, its event, two timers and an outbox row.

Six statements of raw SQL in one transaction, on the product's own tables with all their indexes and constraints, over the same server and
connection settings. What it leaves out is the product: keys, scopes, limits, validation, idempotency, routing, clocks, explanations.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.floor_settings")

import django

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import GeneratedField  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from escalations.models import Case  # noqa: E402

ORGANIZATION = int(os.environ["BENCHMARK_ORGANIZATION"])
QUEUE = int(os.environ["BENCHMARK_QUEUE"])
FIELDS = [field for field in Case._meta.concrete_fields if not isinstance(field, GeneratedField)]
CASE = (
    f"INSERT INTO escalations_case ({', '.join(f.column for f in FIELDS)}) VALUES ({', '.join(['%s'] * len(FIELDS))})"
)
EVENT = """INSERT INTO audit_event (at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_label, organization_id,
 compartments, request_id, data) VALUES (%s, 'case.created', 'escalations.case', %s, %s, 'system', '', %s, '{}', '', '{}')
 RETURNING id"""
TIMERS = """INSERT INTO escalations_slatimer (organization_id, object_type, object_id, kind, level, due_at, epoch, state, attempts,
 last_error, data) VALUES (%s, 'case', %s, 'warn', 50, %s, 1, 'armed', 0, '', '{}'), (%s, 'case', %s, 'breach', 0, %s, 1, 'armed', 0, '', '{}')"""
OUTBOX = """INSERT INTO audit_outboxmessage (event_id, listener, state, attempts, last_error, organization_id)
 VALUES (%s, 'floor', 'pending', 0, '', %s)"""
TENANT = "SELECT set_config('app.actor_kind', 'vendor', true), set_config('app.org', %s, true), set_config('app.compartments', '{}', true)"


def intake(request: HttpRequest) -> JsonResponse:
    """One case by hand."""
    body: dict[str, Any] = json.loads(request.body)
    at = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TENANT, [str(ORGANIZATION)])
        cursor.execute("SELECT nextval('escalations_case_id_seq')")
        number = cursor.fetchone()[0]
        case = Case(
            id=number,
            ref=f"FLOOR-{number}",
            organization_id=ORGANIZATION,
            queue_id=QUEUE,
            channel="api",
            title=body["title"],
            ask=body["ask"],
            surface="ads",
            market="IE",
            severity=3,
            order_at=at,
            received_at=at,
            updated_at=at,
        )
        cursor.execute(CASE, [field.get_db_prep_save(getattr(case, field.attname), connection) for field in FIELDS])
        cursor.execute(EVENT, [at, number, case.ref, ORGANIZATION])
        event = cursor.fetchone()[0]
        due = at + timedelta(hours=4)
        cursor.execute(TIMERS, [ORGANIZATION, number, due, ORGANIZATION, number, due])
        cursor.execute(OUTBOX, [event, ORGANIZATION])
    return JsonResponse({"ref": case.ref}, status=201)


urlpatterns = [path("floor/", intake)]
application = get_asgi_application()
