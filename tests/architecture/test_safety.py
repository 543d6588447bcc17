"""Safeties that no behaviour would show until the day they are needed; F46 takes each out and expects red."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from audit import doorbell
from notifications.models import Delivery
from tests.faults.mutants import BASE, MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_still_finds_what_it_takes_out(mutant):
    assert (BASE / mutant.path).read_text(encoding="utf-8").count(mutant.old) == 1


def test_one_cause_has_one_row_to_send():
    assert Delivery._meta.get_field("dedup_key").unique


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung_for_what_is_rolled_back(monkeypatch):
    rung = []
    monkeypatch.setattr(doorbell, "ring", rung.append)

    with transaction.atomic():
        doorbell.ring_after_commit("outbox")
        transaction.set_rollback(True)
    assert rung == []
    with transaction.atomic():
        doorbell.ring_after_commit("outbox")
        assert rung == []
    assert rung == ["outbox"]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["UPDATE audit_event SET kind = 'x'", "DELETE FROM audit_event"])
def test_the_log_refuses_to_change(verb):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, kind, subject_type, subject_id, subject_ref, actor_kind, actor_label, organization_id,"
            " compartments, request_id, data) VALUES (now(), 'a.b', 'x.y', 1, '', 'system', '', 1, '{}', '', '{}')"
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(verb)
