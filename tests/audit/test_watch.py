"""Watching the watchers: the guard over the clock, the canary's way, incidents, the dead-man's switch, the auditor's own looks."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from audit import beats, relay, watch
from audit.models import CanaryRun, EngineBeat, Event, Incident, Maintenance, OutboxMessage
from config.auditor import Auditor
from core.clock import db_now
from escalations.lifecycle import Metric
from escalations.models import Case, SlaClock, SlaTimer
from escalations.operations import canary, timers
from tests.databases import Clone
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_user

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beats, "_suspicion", {"asked_at": 0.0, "until": 0.0, "hosts_at": -beats.HOSTS_EVERY_S})


class Outside:
    """A monitor outside: counts what it is told, and keeps alarms."""

    def __init__(self) -> None:
        self.pings: list[str] = []
        self.alarms: list[dict[str, object]] = []
        outside = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outside.pings.append(self.path)
                self.send_response(200)
                self.end_headers()

            def do_POST(self) -> None:
                outside.alarms.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    yield made
    made.server.shutdown()
    made.server.server_close()


# -- The clock ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_clock_set_back_is_noticed_and_firings_are_marked() -> None:
    make_user()
    beats.beat("one:1", "timers")
    assert not beats.clock_is_suspect()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_clockguard SET latest_at = clock_timestamp() + interval '5 seconds'")

    beats.beat("one:1", "timers")

    beats._suspicion["asked_at"] = 0.0
    assert beats.clock_is_suspect()
    assert "went back by 5 s" in Incident.objects.get(check_name=beats.CLOCK).detail
    case = make_case_with_clocks(at=db_now() - timedelta(days=30))
    timers.fire_due_timers()
    fired = SlaTimer.objects.filter(object_id=case.pk, state="fired")
    assert {timer.data.get("clock_suspect") for timer in fired} == {True}


@pytest.mark.django_db
def test_a_database_off_the_median_of_two_hosts_is_noticed_and_one_host_is_not_believed() -> None:
    now = db_now()
    EngineBeat.objects.create(engine="a:1", lane="timers", at=now, host_ahead_s=40.0)
    assert beats._why_suspect(now, now) == ""

    EngineBeat.objects.create(engine="b:1", lane="timers", at=now, host_ahead_s=42.0)
    assert beats._why_suspect(now, now) == ""  # the hosts were looked at a moment ago
    beats._suspicion["hosts_at"] -= beats.HOSTS_EVERY_S

    assert beats._why_suspect(now, now) == "the database's clock is +41 s off the median of 2 hosts"


# -- The canary --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_canary_goes_the_way_of_a_timer_and_arrives_once() -> None:
    make_user()
    at = db_now() - MINUTE
    canary.arm(at)

    assert timers.fire_due_timers(at=at) == 0
    assert timers.fire_due_timers(at=at + canary.LEAD) == 1
    assert timers.fire_due_timers(at=at + MINUTE) == 0
    run = CanaryRun.objects.get()
    assert (run.fired_at, run.arrived_at) == (at + canary.LEAD, None)

    while relay.drain():
        pass
    run.refresh_from_db()
    first = run.arrived_at
    assert first is not None
    canary.arrive(Event.objects.get(kind="canary.fired"))
    run.refresh_from_db()
    assert run.arrived_at == first


# -- Incidents and the switch ------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_incident_is_told_once_and_once_more_when_it_is_over() -> None:
    make_user()
    incident = Incident.objects.create(check_name="timer_overdue", detail="3: oldest")

    assert [watch.tell_incidents(10), watch.tell_incidents(10)] == [1, 0]
    Incident.objects.update(seen_at=db_now() - MINUTE)
    assert [watch.tell_incidents(10), watch.tell_incidents(10)] == [1, 0]

    told = Event.objects.filter(subject_id=incident.pk, kind__startswith="incident.").order_by("id")
    assert list(told.values_list("kind", flat=True)) == ["incident.found", "incident.ended"]
    incident.refresh_from_db()
    assert incident.ended_at is not None


def all_green() -> None:
    now = db_now()
    EngineBeat.objects.create(engine="a:1", lane="auditor", at=now)
    CanaryRun.objects.create(due_at=now, fired_at=now, arrived_at=now)


@pytest.mark.django_db
def test_the_switch_is_pinged_only_while_all_is_green(outside: Outside, settings, monkeypatch) -> None:
    settings.DEADMAN_URLS = [f"{outside.url}/1", f"{outside.url}/2"]
    monkeypatch.setattr(watch.connection, "close", lambda: None)  # the test's own connection
    watch.ping(1)
    assert outside.pings == []
    assert watch.why_not_green() == ["the auditor gave no sign", "the canary did not arrive"]

    all_green()
    watch.ping(1)
    assert outside.pings == ["/1", "/2"]

    Incident.objects.create(check_name="timer_overdue")
    watch.ping(1)
    assert watch.why_not_green() == ["1 incidents are open"]
    assert len(outside.pings) == 2


@pytest.mark.django_db
def test_only_a_short_maintenance_with_a_reason_speaks_for_us_meanwhile() -> None:
    make_user()
    at = db_now()
    for arguments in ({"minutes": 31, "reason": "x"}, {"minutes": 5, "reason": " "}):
        with pytest.raises(CommandError):
            call_command("maintenance", **arguments)
    with pytest.raises(IntegrityError, match="maintenance_at_most_30_minutes"):
        Maintenance.objects.create(starts_at=at, ends_at=at + 31 * MINUTE, reason="x", actor_label="x")


@pytest.mark.django_db
def test_a_maintenance_is_recorded_and_can_be_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    make_user()

    call_command("maintenance", minutes=5, reason="moving the database")
    assert watch.why_not_green() == []
    call_command("maintenance", end=True)

    assert "the auditor gave no sign" in watch.why_not_green()
    assert list(
        Event.objects.filter(kind__startswith="maintenance.").order_by("id").values_list("kind", flat=True)
    ) == [
        "maintenance.started",
        "maintenance.ended",
    ]


# -- The auditor -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_auditor_finds_each_break_with_a_role_that_only_reads(
    database_clone: Clone, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = Auditor(database_clone.url("wf_audit"), [outside.url])
    assert auditor.look() == {}  # everything may still be starting
    assert outside.alarms == []
    auditor.grace_s = 0.0
    assert auditor.look() == {"engine_silent": "1: no engine ever ran"}
    now = db_now()
    EngineBeat.objects.create(engine="a:1", lane="timers", at=now)
    case = make_case_with_clocks(at=now - timedelta(days=3))
    lost = SlaClock.objects.get(object_id=case.pk, metric=Metric.RESOLVE)
    SlaTimer.objects.filter(clock=lost).update(state="cancelled")
    SlaTimer.objects.filter(clock__object_id=case.pk, clock__metric=Metric.FIRST_RESPONSE).update(state="quarantined")
    OutboxMessage.objects.update(next_at=now - 5 * MINUTE)
    CanaryRun.objects.create(due_at=now - 5 * MINUTE)
    with monkeypatch.context() as beside_a_person:
        beside_a_person.setenv("WATCHFLOOR_ENV", "local")  # all of it starts at once: what waits for an engine may wait
        assert set(Auditor(database_clone.url("wf_audit"), []).look()) == {"clock_without_timer", "timer_quarantined"}

    found = auditor.look()

    assert set(found) == {"timer_overdue", "clock_without_timer", "timer_quarantined", "canary_late"} | (
        {"outbox_stuck"} if OutboxMessage.objects.exists() else set()
    )
    assert set(Incident.objects.filter(ended_at=None).values_list("check_name", flat=True)) == {*found, "engine_silent"}
    assert EngineBeat.objects.filter(lane="auditor").exists()
    told = [alarm["alarm"] for alarm in outside.alarms if not alarm["over"]]
    assert sorted(told) == sorted([*found, "engine_silent"])
    auditor.look()
    assert len([alarm for alarm in outside.alarms if not alarm["over"]]) == len(told)  # not again at once
    assert auditor._connection is not None
    with auditor._connection.cursor() as cursor, pytest.raises(Exception, match=r"read-only|permission denied"):
        cursor.execute("DELETE FROM escalations_slatimer")
    assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    ("place", "line"), [("local", r"^Alarm: database_away – .+"), ("production", r'^\{"alarm": "database_away"')]
)
def test_an_alarm_is_words_for_a_person_and_json_for_a_log(place, line, monkeypatch, capsys) -> None:
    monkeypatch.setenv("WATCHFLOOR_ENV", place)
    auditor = Auditor("postgresql://nobody@127.0.0.1:1/none", [])

    auditor.look()
    auditor.look()

    assert re.search(line, capsys.readouterr().err)


def test_a_database_that_is_away_is_told_without_it(outside: Outside) -> None:
    auditor = Auditor("postgresql://nobody@127.0.0.1:1/none", [outside.url])

    assert auditor.look() == {}
    assert set(auditor.look()) == {"database_away"}

    assert [alarm["alarm"] for alarm in outside.alarms] == ["database_away"]
