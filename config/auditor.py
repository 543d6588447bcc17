"""The auditor: a process of its own that looks every ten seconds whether what must hold does hold (reliability.md R25).

`python -m config.auditor` with `DATABASE_URL` of `wf_audit`, which may read all and write incidents and its own sign of life,
nothing else. It shares no code with what it watches: no Django, SQL of its own. What it finds becomes a row of
`audit_incident` (the engine makes it an event that people hear of) and is posted as JSON to `WATCHFLOOR_ALARM_URLS`, a way that
does not pass through the product; so is a database that does not answer.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from types import FrameType

import psycopg2
from psycopg2.extensions import connection as Connection

EVERY_S = 10.0
REMIND_S = 300.0
STALLED_S = 45.0
LOOK_MS = 3000  # of one check
POST_TIMEOUT_S = 5.0
AWAY = "database_away"
NEVER_RAN = "no engine ever ran"
WAIT_FOR_AN_ENGINE = ("engine_silent", "timer_overdue", "outbox_stuck", "canary_late", "hand_off_stuck")

# Each answers a count and one example. A table that an installation does not have yet is left out.
CHECKS: dict[str, tuple[str, str]] = {
    "engine_silent": (
        "audit_enginebeat",
        "SELECT CASE WHEN max(at) > clock_timestamp() - interval '10 seconds' THEN 0 ELSE 1 END,"
        " coalesce('newest beat ' || max(at)::text, 'no engine ever ran') FROM audit_enginebeat WHERE lane <> 'auditor'",
    ),
    "timer_overdue": (
        "escalations_slatimer",
        "SELECT count(*), 'oldest due ' || min(due_at)::text FROM escalations_slatimer"
        " WHERE state = 'armed' AND due_at < clock_timestamp() - interval '15 seconds'",
    ),
    "clock_without_timer": (
        "escalations_slaclock",
        "SELECT count(*), 'clock ' || min(k.id)::text FROM escalations_slaclock k WHERE k.state = 'running' AND k.missed_at IS NULL"
        " AND NOT EXISTS (SELECT FROM escalations_slatimer t WHERE t.clock_id = k.id AND t.state IN ('armed', 'quarantined'))",
    ),
    "breach_without_fact": (
        "escalations_slaclock",
        "SELECT count(*), 'clock ' || min(k.id)::text FROM escalations_slatimer t JOIN escalations_slaclock k ON k.id = t.clock_id"
        " WHERE t.state = 'fired' AND t.kind = 'breach' AND t.due_at > clock_timestamp() - interval '15 minutes'"
        " AND t.epoch = k.epoch AND k.state = 'running' AND NOT EXISTS (SELECT FROM escalations_slaclockevent e"
        " WHERE e.clock_id = k.id AND e.kind = 'breach')",
    ),
    "breach_untold": (
        "escalations_slatimer",
        "SELECT count(*), 'clock ' || min(f.clock_id)::text FROM escalations_slatimer t JOIN escalations_slaclockevent f"
        " ON f.clock_id = t.clock_id AND f.kind = 'breach' WHERE t.state = 'fired' AND t.object_type = 'case'"
        " AND t.kind IN ('warn', 'breach') AND t.fired_at BETWEEN clock_timestamp() - interval '2 minutes'"
        " AND clock_timestamp() - interval '15 seconds' AND f.recorded_at = t.fired_at AND NOT EXISTS (SELECT FROM audit_event a"
        " WHERE a.subject_type = 'escalations.case' AND a.subject_id = t.object_id AND a.kind = 'clock.breached'"
        " AND (a.data->>'clock')::bigint = t.clock_id)",
    ),
    "hand_off_stuck": (
        "escalations_enforcementaction",
        "SELECT count(*), 'action ' || min(id)::text FROM escalations_enforcementaction WHERE"
        " (state = 'sending' AND lease_until < clock_timestamp() - interval '1 minute')"
        " OR (state = 'sent' AND answer_due_at < clock_timestamp() - interval '1 minute')"
        " OR (state <> 'cancelled' AND ended_at IS NULL AND ends_at < clock_timestamp() - interval '2 minutes')",
    ),
    # Only where every plan that is in force promises a resolution for that severity: a plan may leave cases out on purpose.
    "case_without_clock": (
        "escalations_slaclock",
        "WITH plan AS (SELECT DISTINCT ON (v.plan_id) v.id, v.condition, v.published_at FROM escalations_slaplanversion v"
        " JOIN escalations_slaplan p ON p.id = v.plan_id AND p.is_active ORDER BY v.plan_id, v.number DESC)"
        " SELECT count(*), min(c.ref) FROM escalations_case c WHERE c.is_open AND NOT c.is_sandbox"
        " AND c.received_at < clock_timestamp() - interval '1 minute' AND c.received_at > (SELECT max(published_at) FROM plan)"
        " AND EXISTS (SELECT FROM plan WHERE condition = '') AND NOT EXISTS (SELECT FROM plan WHERE NOT EXISTS (SELECT FROM"
        " escalations_slatarget t WHERE t.version_id = plan.id AND t.metric = 'R' AND coalesce(t.severity, c.severity) = c.severity))"
        " AND NOT EXISTS (SELECT FROM escalations_slaclock k WHERE k.object_type = 'case' AND k.object_id = c.id)",
    ),
    # The newest events' cases: their state is what the last event that says one says. A case's events are written under its lock.
    "state_without_event": (
        "escalations_case",
        "SELECT count(*), min(c.ref) FROM (SELECT DISTINCT ON (subject_id) subject_id, kind FROM audit_event"
        " WHERE id > (SELECT max(id) - 3000 FROM audit_event) AND subject_type = 'escalations.case'"
        " AND kind = ANY('{case.created,case.claimed,case.released,case.assigned,case.waiting,case.resumed,case.reopened,"
        "case.unmerged,case.closed,decision.made,decision.undone}') ORDER BY subject_id, id DESC) last"
        " JOIN escalations_case c ON c.id = last.subject_id WHERE c.status <> ALL(CASE"
        " WHEN kind IN ('case.created', 'case.released', 'case.reopened', 'case.unmerged') THEN ARRAY['new']"
        " WHEN kind IN ('case.claimed', 'decision.undone') THEN ARRAY['in_review'] WHEN kind = 'case.waiting' THEN ARRAY['waiting']"
        " WHEN kind = 'case.assigned' THEN ARRAY['in_review', 'waiting'] WHEN kind = 'case.resumed' THEN ARRAY['new', 'in_review']"
        " WHEN kind = 'decision.made' THEN ARRAY['decided'] ELSE ARRAY['closed'] END)",
    ),
    "outbox_stuck": (
        "audit_outboxmessage",
        "SELECT count(*), 'oldest ' || min(next_at)::text FROM audit_outboxmessage"
        " WHERE state = 'pending' AND next_at < clock_timestamp() - interval '60 seconds'",
    ),
    "outbox_quarantined": (
        "audit_outboxmessage",
        "SELECT count(*), 'message ' || min(id)::text FROM audit_outboxmessage WHERE state = 'quarantined'",
    ),
    "timer_quarantined": (
        "escalations_slatimer",
        "SELECT count(*), 'timer ' || min(id)::text FROM escalations_slatimer WHERE state = 'quarantined'",
    ),
    "page_unaccepted": (
        "notifications_delivery",
        "SELECT count(*), 'delivery ' || min(id)::text FROM notifications_delivery WHERE lane = 'page'"
        " AND state IN ('pending', 'leased') AND next_at < clock_timestamp() - interval '30 seconds'",
    ),
    "page_dead": (
        "notifications_delivery",
        "SELECT count(*), 'delivery ' || min(id)::text FROM notifications_delivery WHERE lane = 'page' AND state = 'dead'",
    ),
    "canary_late": (
        "audit_canaryrun",
        "SELECT CASE WHEN count(*) FILTER (WHERE due_at < clock_timestamp() - interval '3 minutes') > 0 AND coalesce(max(due_at)"
        " FILTER (WHERE arrived_at IS NOT NULL), '-infinity') < clock_timestamp() - interval '3 minutes' THEN 1 ELSE 0 END,"
        " 'last arrived ' || coalesce(max(due_at) FILTER (WHERE arrived_at IS NOT NULL)::text, 'never') FROM audit_canaryrun",
    ),
    "job_failing": (
        "audit_schedule",
        "SELECT count(*), min(name) FROM audit_schedule WHERE last_error <> ''",
    ),
}
_NOTE = """
INSERT INTO audit_incident (check_name, subject, detail) VALUES (%s, '', %s)
ON CONFLICT (check_name, subject) WHERE ended_at IS NULL DO UPDATE SET seen_at = now(), detail = excluded.detail
RETURNING (xmax = 0)
"""
_BEAT = """
INSERT INTO audit_enginebeat (engine, lane, at) VALUES (%s, 'auditor', clock_timestamp())
ON CONFLICT (engine, lane) DO UPDATE SET at = excluded.at
"""


@dataclass
class Auditor:
    """One auditor; any number may run. `alarm_urls` get each new finding, and again every five minutes while it lasts."""

    url: str
    alarm_urls: list[str]
    role: str = "wf_audit"
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}"[:64])
    stop: threading.Event = field(default_factory=threading.Event)
    grace_s: float = 45.0
    _began: float = field(default_factory=time.monotonic)
    _told: dict[str, float] = field(default_factory=dict)
    _away: int = 0
    _connection: Connection | None = None

    def run(self) -> None:
        """Look until asked to stop. A round that hangs ends the process; the supervisor starts another."""
        while not self.stop.is_set():
            faulthandler.dump_traceback_later(STALLED_S, exit=True)
            self.look()
            self.stop.wait(EVERY_S)
        faulthandler.cancel_dump_traceback_later()

    def look(self) -> dict[str, str]:
        """One round; answers what is wrong: {check: detail}."""
        try:
            found = self._found()
        except psycopg2.Error as error:
            self._connection = None
            self._away += 1
            found = {AWAY: str(error).strip().split("\n")[0][:300]} if self._away >= 2 else {}
        else:
            self._away = 0
        now = time.monotonic()
        for check, detail in found.items():
            if now - self._told.get(check, -REMIND_S) >= REMIND_S:
                self._told[check] = now
                self._alarm(check, detail)
        for check in set(self._told) - set(found):
            del self._told[check]
            self._alarm(check, "over", is_over=True)
        return found

    def _found(self) -> dict[str, str]:
        if self._connection is None:
            options = f"-c statement_timeout={LOOK_MS} -c role={self.role}"
            self._connection = psycopg2.connect(self.url, connect_timeout=3, options=options)
            self._connection.autocommit = True
        found: dict[str, str] = {}
        with self._connection.cursor() as cursor:
            for check, (table, statement) in CHECKS.items():
                cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
                if not (cursor.fetchone() or (False,))[0]:
                    continue
                try:
                    cursor.execute(statement)
                except psycopg2.errors.QueryCanceled:  # the database is there, the others must still be asked
                    found[check] = "the auditor could not look within its time limit"
                    continue
                count, example = cursor.fetchone() or (0, "")
                if count and not self._may_wait(check, example):
                    found[check] = f"{count}: {example}"[:300]
            # The role's sessions are read-only; these two statements say that they are not.
            cursor.execute("BEGIN READ WRITE")
            for check, detail in found.items():
                cursor.execute(_NOTE, [check, detail])
            cursor.execute(_BEAT, [self.name])
            cursor.execute("COMMIT")
        return found

    def _may_wait(self, check: str, example: str) -> bool:
        """Whether everything may still be starting: where no engine ever ran, and what waits for one where a person runs all of it.

        Beside `make run` the auditor starts with the engine, also after a stop of days; elsewhere one that starts anew while the
        engines are dead must say so at once.
        """
        if time.monotonic() - self._began >= self.grace_s:
            return False
        return NEVER_RAN in (example or "") or (_is_read_by_a_person() and check in WAIT_FOR_AN_ENGINE)

    def _alarm(self, check: str, detail: str, *, is_over: bool = False) -> None:
        line = {"alarm": check, "detail": detail, "over": is_over, "host": socket.gethostname()}
        _say(line, f"No longer so: {check}." if is_over else f"Alarm: {check} – {detail}. See docs/alarms.md.")
        for url in self.alarm_urls:
            request = urllib.request.Request(
                url, data=json.dumps(line).encode(), headers={"Content-Type": "application/json"}, method="POST"
            )
            try:
                with urllib.request.urlopen(request, timeout=POST_TIMEOUT_S) as answer:
                    answer.read(64)
            except (OSError, ValueError) as error:
                _say({"alarm_not_posted": check, "error": str(error)}, f"The alarm {check} was not posted: {error}.")


def _say(line: dict[str, object], words: str) -> None:
    """A line of the log, or `words` where a person reads along. A full disk must not end the one who raises alarms."""
    with contextlib.suppress(OSError):
        print(words if _is_read_by_a_person() else json.dumps(line), file=sys.stderr, flush=True)


def _is_read_by_a_person() -> bool:
    return os.environ.get("WATCHFLOOR_ENV") == "local"


def is_alive(url: str) -> bool:
    """Whether some auditor looked within the last half minute."""
    try:
        with contextlib.closing(psycopg2.connect(url, connect_timeout=3)) as conn, conn.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM audit_enginebeat WHERE lane = 'auditor' AND at > clock_timestamp() - interval '30 s')"
            )
            return bool((cursor.fetchone() or (False,))[0])
    except psycopg2.Error:
        return False


def main(arguments: list[str]) -> int:
    """The command line: `--is-alive` asks, else it audits. Everything else comes from the environment."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        print("Set DATABASE_URL to a connection of wf_audit.", file=sys.stderr)
        return 2
    if arguments == ["--is-alive"]:
        return 0 if is_alive(url) else 1
    urls = [part.strip() for part in os.environ.get("WATCHFLOOR_ALARM_URLS", "").split(",") if part.strip()]
    auditor = Auditor(url, urls)

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        auditor.stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    auditor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
