"""Running a statement of the SQL tab: as the role `wf_sql`, in a transaction that only reads, for one person (docs/adr/sql-tab.md)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils.translation import gettext as _
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import make_dsn

from accounts.models import User
from accounts.roles import Action, Reach
from audit.access import record_access
from audit.recording import record
from core.db import INDEPENDENT
from core.errors import DomainError, NotPermitted, TooManyRequests
from reporting import events, rights, sql_text
from reporting.exports import Holds

ROLE = "wf_sql"
TIME_LIMIT_S = 30
ROWS_AT_MOST = 100_000
SHOWN = 200
ROW_AT_MOST = 262_144  # bytes: an answer is read whole into our memory, some rows at a time
SHOWN_AT_MOST = 2_000_000  # characters of all rows of a page
_CHUNK = 200
Columns = tuple[tuple[str, Holds], ...]
# By the numbers of Postgres' own types, which never change (catalog/pg_type.dat).
_HOLDS = {16: Holds.YES_NO} | dict.fromkeys((20, 21, 23), Holds.INTEGER) | dict.fromkeys((700, 701, 1700), Holds.NUMBER)
_HOLDS |= dict.fromkeys((1114, 1184), Holds.TIME)
_AT_ONCE = 4  # statements of all people: each may keep a core busy for half a minute


class SqlFailed(DomainError):
    """The database refused the statement or gave up; `at` is the place in it, counted from 0, where Postgres names one."""

    status = 422
    code = "sql_failed"
    title = "The database could not answer this"

    def __init__(self, detail: str, *, at: int | None = None, hint: str = "") -> None:
        super().__init__(detail)
        self.at, self.hint = at, hint


class SqlTabAway(DomainError):
    """The SQL tab's own sign-in does not work here."""

    status = 503
    code = "sql_tab_away"
    title = "The SQL tab is not set up"


@dataclass(frozen=True)
class Answer:
    """What a statement answered: its columns and what they hold, rows, whether there were more, how long it took in milliseconds."""

    columns: tuple[str, ...]
    holds: tuple[Holds, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    took_ms: int


def run(*, statement: str, by: User, at: datetime, rows: int = SHOWN, limit_s: int = 0) -> Answer:
    """Run a statement for its first rows, in at most `limit_s` seconds (0: the tab's own limit). Records `sql.asked` with its text.

    `at` aware UTC. Raises `NotPermitted`, `NotAllowed` and `SqlFailed` (with the place in the statement), `TooManyRequests`,
    `SqlTabAway`.
    """
    rights.check_can_query(by)
    try:
        sql_text.check(statement)
    except sql_text.NotAllowed as refused:
        told = {"statement": statement[:2000], "why": refused.detail}
        record_access("sql.refused", subject=by, by=by, at=at, organization_id=by.organization_id, data=told)
        raise
    with connection.cursor() as cursor:
        # The request's own transaction waits while the statement runs on another connection; it holds no snapshot meanwhile.
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [f"{TIME_LIMIT_S + 15}s"])
    began = time.monotonic()
    with opened(statement, by=by, limit_s=limit_s) as (columns, found):
        kept: list[tuple[Any, ...]] = []
        left = SHOWN_AT_MOST
        for row in found:
            kept.append(row)
            left -= sum(len(str(cell)) for cell in row)
            if len(kept) > rows or left < 0:
                break
    if left < 0 and len(kept) <= rows:  # at least one is shown: it has its own limit
        rows = max(1, len(kept) - 1)
    answer = Answer(
        tuple(name for name, _holds in columns),
        tuple(holds for _name, holds in columns),
        kept[:rows],
        len(kept) > rows,
        round(1000 * (time.monotonic() - began)),
    )
    data = {"statement": statement[:2000], "rows": len(answer.rows), "cut": answer.is_cut, "ms": answer.took_ms}
    record(events.SQL_ASKED, subject=by, by=by, at=at, data=data)
    return answer


@contextmanager
def opened(statement: str, *, by: User, limit_s: int = 0) -> Iterator[tuple[Columns, Iterator[tuple[Any, ...]]]]:
    """The columns and rows of a statement, read as they are asked for, at most `ROWS_AT_MOST`. Raises as `run` does.

    Whoever asks must have been let in (`rights.check_can_query`) by the caller, at the time of asking.
    """
    limit_s = limit_s or TIME_LIMIT_S
    text = sql_text.check(statement)
    prefix = "DECLARE answer NO SCROLL CURSOR FOR WITH answer AS MATERIALIZED ("
    with closing(_connect()) as conn, conn.cursor() as cursor:
        cursor.execute("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY")
        # Local to this transaction: behind a pooler the server process is the next one's.
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('search_path', 'explore', true),"
            " set_config('standard_conforming_strings', 'on', true), set_config('idle_in_transaction_session_timeout', '60s', true),"
            " set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), pg_backend_pid(), now()",
            [f"{limit_s}s"],
        )
        found = cursor.fetchone()
        assert found is not None
        pid, began_at = found[-2:]
        with _scope(by, pid, began_at):
            try:
                cursor.execute(prefix + text + _WIDE)
                cursor.execute(f"FETCH FORWARD {_CHUNK} FROM answer")
                columns = tuple(
                    (column.name, _HOLDS.get(column.type_code, Holds.TEXT)) for column in cursor.description or ()
                )
                yield columns, _rows(cursor, prefix)
            except psycopg2.Error as error:
                raise _told(error, len(prefix), limit_s) from error


# A row that is too long ends the statement with its length in the database's words, before it comes to us.
_WIDE = f"""\n) SELECT answer.* FROM answer WHERE
CASE WHEN octet_length(answer::text) > {ROW_AT_MOST} THEN ('a row of ' || octet_length(answer::text) || ' bytes')::int ELSE 1 END = 1"""
_TOLD_WIDE = re.compile(r'"a row of (\d+) bytes"')


def _rows(cursor: Any, prefix: str) -> Iterator[tuple[Any, ...]]:
    count = 0
    while True:
        try:
            chunk = cursor.fetchall()
        except (ValueError, OverflowError) as error:  # a date after 9999, a length no program can hold
            raise SqlFailed(str(error)) from error
        yield from chunk[: ROWS_AT_MOST - count]
        count += len(chunk)
        if len(chunk) < _CHUNK or count >= ROWS_AT_MOST:
            return
        cursor.execute(f"FETCH FORWARD {_CHUNK} FROM answer")


def _connect() -> Connection:
    """A connection of its own, in autocommit, as `wf_sql`."""
    try:
        if settings.SQL_URL:
            conn = psycopg2.connect(settings.SQL_URL, connect_timeout=3)
        else:
            conn = psycopg2.connect(_own_address(), connect_timeout=3)
        conn.autocommit = True
        with conn.cursor() as cursor:
            cursor.execute("SELECT current_user")
            row = cursor.fetchone()
        if row is None or row[0] != ROLE:
            conn.close()
            raise SqlTabAway(_("The SQL tab signs in as the wrong role. An administrator sets WATCHFLOOR_SQL_URL."))
    except psycopg2.Error as error:
        raise SqlTabAway(
            _("The SQL tab cannot reach the database as its own role. An administrator sets WATCHFLOOR_SQL_URL.")
        ) from error
    return conn


def _own_address() -> str:
    """The database this process works on, signing in as `wf_sql` over a socket that trusts us, else taking the role as it starts."""
    place = connections["default"].settings_dict
    host, user = place["HOST"] or place["OPTIONS"].get("host", ""), place["USER"]
    parts = {"dbname": place["NAME"], "host": host, "port": place["PORT"] or None}
    if host.startswith("/") and not place["PASSWORD"]:
        return str(make_dsn(user=ROLE, **parts))
    return str(make_dsn(user=user, password=place["PASSWORD"] or None, options=f"-c role={ROLE}", **parts))


@contextmanager
def _scope(person: User, pid: int, began_at: datetime) -> Iterator[None]:
    """Say, for this one transaction of this one server process, whose rows the views show; on a connection that commits at once.

    What the statement itself could change, such as a setting, would be no such place. Also where statements are counted.
    """
    reach = "all" if person.access.sees_every_queue else "closed"
    if not person.access.sees_every_queue and person.reach(Action.CASE_READ) is not Reach.PARTIAL:
        raise NotPermitted(_("Your role does not read cases of other teams, so it has no SQL tab."), rule="reports.sql")
    oldest = began_at - timedelta(seconds=TIME_LIMIT_S + 30)
    with transaction.atomic(using=INDEPENDENT), connections[INDEPENDENT].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('watchfloor.sql_tab'))")
        cursor.execute("DELETE FROM reporting_sqlscope WHERE began_at < %s", [oldest])
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE user_id = %s) FROM reporting_sqlscope", [person.pk])
        running, own = cursor.fetchone()
        if own:
            raise TooManyRequests(
                _("A statement of yours is still running: wait for it, at most half a minute."), retry_after_s=30
            )
        if running >= _AT_ONCE:
            raise TooManyRequests(
                _("Other people’s statements keep the database busy: try again in half a minute."), retry_after_s=30
            )
        cursor.execute(
            "INSERT INTO reporting_sqlscope (pid, began_at, user_id, reach, labels) VALUES (%s, %s, %s, %s, %s)",
            [pid, began_at, person.pk, reach, sorted(person.access.compartments)],
        )
    try:
        yield
    finally:
        with transaction.atomic(using=INDEPENDENT), connections[INDEPENDENT].cursor() as cursor:
            cursor.execute("DELETE FROM reporting_sqlscope WHERE pid = %s AND began_at = %s", [pid, began_at])


def _told(error: psycopg2.Error, before: int, limit_s: int = 0) -> SqlFailed:
    """The database's words, with the place as the person sees it."""
    said = error.diag
    if isinstance(error, psycopg2.errors.QueryCanceled):
        return SqlFailed(
            _("It took longer than %(limit)d seconds and was stopped. Ask about a shorter time, or fewer rows.")
            % {"limit": limit_s or TIME_LIMIT_S}
        )
    if wide := _TOLD_WIDE.search(said.message_primary or ""):
        return SqlFailed(
            _(
                "A row of the answer has %(n)s kB; %(most)s are taken. Ask for fewer columns, or shorten them with left()."
            )
            % {"n": int(wide[1]) // 1024, "most": ROW_AT_MOST // 1024}
        )
    if isinstance(error, psycopg2.OperationalError) and not said.message_primary:
        return SqlFailed(_("The connection was lost. Nothing was changed: run it again."))
    place = int(said.statement_position) - 1 - before if said.statement_position else None
    return SqlFailed(
        (said.message_primary or str(error)).strip(),
        at=place if place is not None and place >= 0 else None,
        hint=(said.message_hint or "").strip(),
    )


def place_of(statement: str, at: int) -> tuple[int, int, str]:
    """Line and column, both from 1, of a place in a statement, and the line's text."""
    line = statement.count("\n", 0, at) + 1
    start = statement.rfind("\n", 0, at) + 1
    return line, at - start + 1, statement[start:].split("\n", 1)[0]
