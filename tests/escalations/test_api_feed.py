from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from audit.recording import record
from core.tenancy import ActorKind, bind
from escalations import events
from escalations.lifecycle import Severity
from escalations.models import Case
from escalations.operations import cases, comments
from tests.escalations.api_client import Caller
from tests.factories.people import NOON, internal_organization, make_user
from tests.factories.submissions import submission_body

# Events appear behind the horizon, so what is read must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


def sent(caller: Caller, **changes: Any) -> Case:
    return Case.objects.get(ref=caller.post("submissions/", submission_body(**changes)).json()["ref"])


class Reader(Caller):
    """Reads the feed once everything written so far lies behind the horizon.

    The horizon is the whole server's: a transaction that another test process has open beside us holds it back too.
    """

    def get(self, path: str, *args: Any, **kwargs: Any) -> Any:
        settle()
        return super().get(path, *args, **kwargs)


def settle() -> None:
    for _turn in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT max(transaction) FROM audit_event), 0)"
                " < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            )
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.02)
    pytest.fail("another transaction of the server is open for a minute")


def read_all(caller: Caller, limit: int = 100) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = caller.get("events/", {"limit": limit, **({"after": after} if after else {})}).json()
        found += page["results"]
        after = page["next"]
        if not page["has_more"]:
            return found


def test_the_feed_tells_each_thing_once_in_order_however_it_is_cut() -> None:
    caller = Reader()
    refs = [sent(caller, title=f"Matter {n} {n * 7919}", external_ref=f"NG-{n}").ref for n in range(3)]

    whole, in_pieces = read_all(caller), read_all(caller, limit=1)

    assert [(event["kind"], event["ref"]) for event in whole] == [
        (kind, ref) for ref in refs for kind in ("submission.received", "case.created")
    ]
    assert in_pieces == whole
    assert whole[0]["external_ref"] == "NG-0"


def test_reading_on_gives_only_what_is_new() -> None:
    caller = Reader()
    sent(caller)
    start = caller.get("events/", {"after": "latest"}).json()
    assert start["results"] == []

    case = sent(caller, title="A new matter")
    page = caller.get("events/", {"after": start["next"]}).json()
    again = caller.get("events/", {"after": page["next"]}).json()

    assert {event["ref"] for event in page["results"]} == {case.ref}
    assert again["results"] == []


def test_an_event_of_a_transaction_that_still_runs_is_not_skipped() -> None:
    caller = Caller()
    first = sent(caller)
    settle()
    opened, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            bind(ActorKind.INTERNAL, organization_id=first.organization_id)
            record(events.CASE_CLAIMED, subject=first, by=None, at=NOON)
            opened.set()
            finish.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    opened.wait(20)
    second = sent(caller, title="Committed while the other still runs")
    during = caller.get("events/").json()
    finish.set()
    thread.join()
    settle()

    after = caller.get("events/", {"after": during["next"]}).json()

    assert second.ref not in {event["ref"] for event in during["results"]}
    assert [event["kind"] for event in after["results"]] == ["case.claimed", "submission.received", "case.created"]


def test_submitters_hear_outward_kinds_without_the_teams_own_words() -> None:
    caller = Reader()
    case = sent(caller)
    person = make_user(name="Ana Ruiz", roles=("LD",))
    with transaction.atomic():
        bind(ActorKind.INTERNAL, organization_id=person.organization_id)
        cases.change_severity(
            case_id=case.pk, severity=Severity.S1, reason="secret reason", by=person, at=case.received_at
        )
        comments.add_note(case_id=case.pk, body="secret note", by=person, at=case.received_at)
        cases.tag_case(case_id=case.pk, by=person, at=case.received_at, add=["secret-tag"])

    answer = caller.get("events/")

    found = {event["kind"]: event["data"] for event in answer.json()["results"]}
    assert found["case.severity_changed"] == {"before": "S3", "after": "S1"}
    assert found["case.created"] == {"severity": "S3"}
    assert found.keys() == {"submission.received", "case.created", "case.severity_changed"}
    assert not any(word in answer.content for word in (b"secret", b"Ana", b"queue_id"))


def test_sandbox_and_live_keys_have_feeds_of_their_own() -> None:
    live = Reader()
    sandbox = Reader(organization=live.key.organization, is_sandbox=True)
    live_case, test_case = sent(live), sent(sandbox, title="A trial")

    assert {event["ref"] for event in read_all(live)} == {live_case.ref}
    assert {event["ref"] for event in read_all(sandbox)} == {test_case.ref}


def test_internal_keys_hear_every_organization() -> None:
    inside = Reader(organization=internal_organization(), scopes=("submissions:read",))
    one, other = sent(Reader()), sent(Reader())

    assert {one.ref, other.ref} <= {event["ref"] for event in read_all(inside)}
