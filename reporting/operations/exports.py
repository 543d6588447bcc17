"""Exports as jobs: asked by a person, collected by the engine in short transactions, packed into a file, fetched, removed.

What a crash leaves is gone on from: each chunk's rows are appended to a spool file, brought to disk, and only then noted in the row;
a restart cuts the spool back to what is noted. The asker's rights are read anew before every chunk. Sources: `reporting.exports`.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, connections, transaction
from django.db.models import F, Func, TextField
from django.db.models.expressions import Combinable
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import bind_user
from accounts.models import User
from audit.access import record_access
from audit.recording import record
from core import engine, faults, live
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid, NotFound, NotPermitted, TooManyRequests, is_no_room
from reporting import events, rights
from reporting.exports import SOURCES, Column, Holds, Source
from reporting.lifecycle import UNFINISHED, WORKING, ExportFormat, ExportState, Trouble
from reporting.models import Export
from reporting.operations import packing

CHUNK = 10_000
AT_ONCE = 2  # unfinished exports of one person (reliability.md, limits)
ANSWER_WITHIN = timedelta(hours=8)
KEPT = timedelta(days=7)
ATTEMPTS = 3
RETRY = timedelta(seconds=20)
LEASE = timedelta(seconds=60)
REASON_MAX = 300
PARAMS_MAX = 130_000  # characters: 10,000 keys
_ROOM_LEFT = 256 * 1024 * 1024  # bytes that exports leave free for evidence and the log

log = structlog.get_logger(__name__)


class NotReady(DomainError):
    """The file is not there: still being written, failed, cancelled or removed after its time."""

    code = "export_not_ready"
    title = "There is no file"


def changed_words() -> str:
    """Why a finished file stays."""
    return _("What you may see has changed since this file was written. Ask for it again.")


class AlreadyAnswered(DomainError):
    """Somebody answered in between, or it is no longer asked."""

    code = "already_answered"
    title = "This has been answered"


# -- Asking -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_export(
    *,
    what: str,
    params: Mapping[str, Any],
    format: str,
    by: User,
    at: datetime,
    language: str = "",
) -> Export:
    """Ask for the rows of a source as a file. `at` aware UTC; `params` plain values as the source reads them.

    Above a thousand rows a lead's or the legal desk's export waits for a second person; other roles are refused. Records
    `export.asked` or `export.waits`. Raises `NotFound` (no such source), `NotPermitted`, `Invalid` (format, parameters, too many
    rows), `TooManyRequests` (two of theirs are unfinished).
    """
    source = source_of(what)
    if not source.may(by):
        raise NotPermitted(_("Your role does not take these rows out."), rule="export")
    if format not in ExportFormat.values:
        detail = _("Choose CSV, XLSX, JSON lines or Parquet.")
        raise Invalid(errors=[FieldProblem("/format", "unknown", detail)])
    if source.check is not None:
        source.check(params, by, at)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two requests at once do not both find room for one
    if Export.objects.filter(asked_by=by, state__in=UNFINISHED).count() >= AT_ONCE:
        raise TooManyRequests(
            _("Two exports of yours are not finished yet. Wait for one, or cancel it."), retry_after_s=60
        )
    count = source.count(params, by, at, rights.ALONE_AT_MOST + 1) if source.count else None
    waits = False
    if count is not None and count > rights.ALONE_AT_MOST and not source.is_figures:
        if not rights.may_exceed(by):
            raise _too_many()
        waits = True
        count = None  # counted no further
    export = Export.objects.create(
        organization_id=by.organization_id,
        asked_by=by,
        asked_at=at,
        source=what,
        title=str(source.title)[:120],
        said=source.said(params)[:1000],
        params=dict(params),
        format=format,
        language=language or translation.get_language() or "en",
        state=ExportState.ASKED if waits else ExportState.QUEUED,
        total=count,
        next_at=at + ANSWER_WITHIN if waits else at,
        expires_at=at + KEPT,
    )
    data = {"source": what, "title": export.title, "format": format, "said": export.said}
    record(events.EXPORT_WAITS if waits else events.EXPORT_ASKED, subject=export, by=by, at=at, data=data)
    return export


def source_of(key: str) -> Source:
    """Raises `NotFound`."""
    source = SOURCES.get(key)
    if source is None:
        raise NotFound(_("There is nothing of this name to take out."))
    return source


def _too_many() -> Invalid:
    return Invalid(
        _(
            "This has more than %(count)s rows, which your role may not take out. Narrow it to what you need, for example to one "
            "queue, one severity, or created:>-7d, or ask a lead."
        )
        % {"count": f"{rights.ALONE_AT_MOST:,}"},
        code="too_many_rows",
    )


@transaction.atomic
def answer(*, export_id: int, is_yes: bool, reason: str, by: User, at: datetime) -> Export:
    """The second person's word. A refusal needs a reason. `at` aware UTC. Locks the export.

    Records `export.approved` or `export.refused`. Raises `NotPermitted`, `AlreadyAnswered`, `Invalid`.
    """
    export = Export.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=export_id)
    rights.check_can_answer(by, export)
    if export.state != ExportState.ASKED:
        raise AlreadyAnswered(_("Nobody is asked any more: %(state)s.") % {"state": export.get_state_display()})
    reason = " ".join(reason.replace("\x00", "").split())
    if len(reason) > REASON_MAX or not (is_yes or reason):
        detail = _("Say in a line, at most %(limit)d characters, why not.") % {"limit": REASON_MAX}
        raise Invalid(errors=[FieldProblem("/reason", "too_long" if reason else "required", detail)])
    export.answered_by, export.answered_at, export.reason = by, at, reason
    export.state = ExportState.QUEUED if is_yes else ExportState.REFUSED
    export.next_at, export.ended_at = at, None if is_yes else at
    export.save(update_fields=["answered_by", "answered_at", "reason", "state", "next_at", "ended_at"])
    kind = events.EXPORT_APPROVED if is_yes else events.EXPORT_REFUSED
    record(kind, subject=export, by=by, at=at, data=_about(export))
    _signal(export)
    return export


@transaction.atomic
def cancel(*, export_id: int, by: User, at: datetime) -> Export:
    """Stop an unfinished export; its spool goes. `at` aware UTC. Records `export.cancelled`. A finished one stays as it is.

    Raises `NotPermitted` (somebody else's).
    """
    export = Export.objects.select_for_update().get(pk=export_id)
    if export.asked_by_id != by.pk:
        raise NotPermitted(_("Only whoever asked for it cancels it."), rule="export.own")
    if export.state in UNFINISHED:
        _end(export, ExportState.CANCELLED, at=at)
        record(events.EXPORT_CANCELLED, subject=export, by=by, at=at, data=_about(export))
        transaction.on_commit(lambda: remove_files(export))
    return export


def _about(export: Export) -> dict[str, Any]:
    return {"source": export.source, "title": export.title, "user_id": export.asked_by_id}


def _end(export: Export, state: ExportState, *, at: datetime, trouble: str = "") -> None:
    export.state, export.ended_at, export.trouble, export.leased_until = state, at, trouble, None
    export.save(update_fields=["state", "ended_at", "trouble", "leased_until"])
    _signal(export)


def _signal(export: Export) -> None:
    live.publish("inbox.changed", {"users": [export.asked_by_id]}, {})


# -- Fetching -----------------------------------------------------------------------------------------------------------
def open_for_download(*, export: Export, by: User, at: datetime, counts: bool = True) -> Path:
    """The finished file, for whoever asked for it; every access is on record before a byte leaves.

    `at` aware UTC; `counts`: it is a download of its own, and not the rest of a broken one. Raises `NotFound`, `NotPermitted`,
    `NotReady`. The rights are asked again: who lost them gets nothing, and nobody a file of what they reached before.
    """
    if export.asked_by_id != by.pk:
        raise NotFound(_("There is no such export."))
    if not source_of(export.source).may(by):
        raise NotPermitted(_("You may no longer take these rows out."), rule="export")
    path = file_of(export)
    if not is_still_theirs(export, by):
        raise NotPermitted(changed_words(), rule="export.access")
    if export.state != ExportState.DONE or not path.exists():
        raise NotReady(_("There is no file: %(state)s.") % {"state": export.get_state_display()})
    record_access(
        "export.download",
        subject=export,
        by=by,
        at=at,
        organization_id=export.organization_id,
        data={"source": export.source, "said": export.said, "rows": export.rows, "sha256": export.sha256},
    )
    if counts:
        Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
    return path


def base64_of(sha256: str) -> str:
    """A hexadecimal digest as `Repr-Digest` writes it (RFC 9530)."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def folder() -> Path:
    """Where exports stand, made on the way."""
    path = Path(settings.EXPORTS_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def file_of(export: Export) -> Path:
    """The finished file's place."""
    return Path(settings.EXPORTS_DIR) / f"{export.public_id}.{export.format}"


def spool_of(export: Export) -> Path:
    """Where rows gather until all are there."""
    return Path(settings.EXPORTS_DIR) / f"{export.public_id}.spool"


def remove_files(export: Export) -> None:
    """Take away whatever stands on disk for it."""
    for path in (file_of(export), spool_of(export), packing.part_of(file_of(export))):
        path.unlink(missing_ok=True)


@transaction.atomic
def expire(at: datetime) -> int:
    """Remove files after their time, and what nobody answered in time; answers how many. A schedule of the engine.

    `at` aware UTC. Records `export.expired`.
    """
    old = Export.objects.select_for_update(skip_locked=True)
    ended = list(old.filter(state=ExportState.DONE, expires_at__lte=at).order_by("expires_at")[:200])
    ended += list(old.filter(state=ExportState.ASKED, next_at__lte=at).order_by("next_at")[:200])
    for export in ended:
        engine.progress()
        _end(export, ExportState.EXPIRED, at=at)
        record(events.EXPORT_EXPIRED, subject=export, by=None, at=at, data=_about(export))
        remove_files(export)
    _sweep(at)
    return len(ended)


def _sweep(at: datetime) -> None:
    """Take away files that no row knows any more, as a crash between the two may leave them: older than any export lives."""
    oldest = (at - KEPT - ANSWER_WITHIN - timedelta(days=1)).timestamp()
    for path in folder().iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()


# -- Collecting (the engine) --------------------------------------------------------------------------------------------
def run_now(limit: int = 50) -> int:
    """Take steps of exports that are due; answers how many. A claim of the engine: any number of engines may run it."""
    done = 0
    while done < limit and not engine.is_stopping() and step():
        engine.progress()
        done += 1
    return done


def step() -> bool:
    """One step of the export that has waited longest: a chunk of rows, or the packing of its file. False where none is due."""
    at = db_now()
    with transaction.atomic():
        due = Export.objects.filter(state__in=WORKING, next_at__lte=at).exclude(leased_until__gt=at)
        export = due.order_by("next_at", "id").select_for_update(skip_locked=True, of=("self",)).first()
        if export is None:
            return False
        source = SOURCES.get(export.source)
        if export.state != ExportState.PACKING and (source is None or source.keyset is not None):
            _attempt(export, at)
            return True
        export.leased_until = at + LEASE
        export.save(update_fields=["leased_until"])
    if export.state == ExportState.PACKING:
        _pack(export)
    else:
        _attempt_whole(export, at)
    return True


def _attempt(export: Export, at: datetime) -> None:
    """Collect, inside the caller's transaction; whatever goes wrong is written to the row, and the engine goes on."""
    try:
        with transaction.atomic(), translation.override(export.language):
            _collect(export, at)
    except Exception as error:
        failed(export, error, at)


def _attempt_whole(export: Export, at: datetime) -> None:
    """Collect from a source that answers its rows one by one, which may take half a minute: leased, with no transaction open."""
    wrong: list[Exception] = []

    def collect() -> None:
        try:
            with translation.override(export.language):
                _collect(export, at)
        except Exception as error:
            wrong.append(error)

    if engine.has_lane():  # the watchdog wants a sign of life from this thread, whatever the statement takes
        worker = threading.Thread(target=_on_its_own, args=(collect,), name="export-rows", daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(1.0)
            engine.progress()
            Export.objects.filter(pk=export.pk, state__in=WORKING).update(leased_until=db_now() + LEASE)
        Export.objects.filter(pk=export.pk).update(leased_until=None)
    else:
        collect()
    if wrong:
        with transaction.atomic():
            failed(export, wrong[0], at)


def _on_its_own(collect: Callable[[], None]) -> None:
    try:
        collect()
    finally:
        connections.close_all()


def failed(export: Export, error: Exception, at: datetime) -> None:
    """Write down why a step failed: for good where trying again is of no use, else to be tried again from where it stood."""
    trouble = _trouble_of(error)
    Export.objects.filter(pk=export.pk).update(leased_until=None)
    kept = Export.objects.get(pk=export.pk)
    kept.attempts += 1
    log.warning("export_step_failed", export=str(kept.public_id), attempts=kept.attempts, error=repr(error)[:700])
    if trouble is Trouble.FAULT and kept.attempts < ATTEMPTS:
        kept.next_at = at + RETRY
        kept.save(update_fields=["attempts", "next_at"])
        return
    kept.save(update_fields=["attempts"])
    _end(kept, ExportState.FAILED, at=at, trouble=trouble)
    record(events.EXPORT_FAILED, subject=kept, by=None, at=at, data=_about(kept) | {"trouble": trouble.value})
    remove_files(kept)


def _trouble_of(error: BaseException) -> Trouble:
    if is_no_room(error):
        return Trouble.NO_ROOM
    if isinstance(error, NotPermitted):
        return Trouble.NOT_ALLOWED
    if isinstance(error, Invalid):
        return Trouble.TOO_MANY if error.given_code == "too_many_rows" else Trouble.BAD_PARAMS
    if isinstance(error, DomainError) and error.code in ("sql_failed", "not_found"):
        return Trouble.BAD_PARAMS
    if isinstance(error, OperationalError) and "statement timeout" in str(error):
        return Trouble.TOO_SLOW
    return Trouble.FAULT


def _collect(export: Export, at: datetime) -> None:
    asker = User.objects.select_related("organization").get(pk=export.asked_by_id)
    source = source_of(export.source)
    if source.keyset is not None:
        bind_user(asker)  # the tenant of this transaction, where the process works under row level security
    if not asker.is_active or not source.may(asker):
        raise NotPermitted(_("You may no longer take these rows out."), rule="export")
    _read_anew_if_changed(export, asker)
    columns = source.columns_of(export.params, asker)
    check_room()
    if export.state == ExportState.QUEUED:
        export.state, export.started_at = ExportState.RUNNING, at
    path = spool_of(export)
    folder()
    with path.open("r+b" if path.exists() else "w+b") as spool:
        spool.truncate(export.spooled)
        spool.seek(export.spooled)
        if not export.rows:  # nothing stands there but perhaps a heading
            spool.truncate(0)
            spool.seek(0)
            spool.write(heading(export, columns, by=asker))
        if source.keyset is not None:
            count, last, more = _copy_chunk(export, source, columns, asker, at, spool)
            export.cursor = last
        else:
            count, more = _write_all(export, source, columns, asker, at, spool), False
        export.rows += count
        _check_rows(export, source, asker)
        spool.flush()
        faults.point("export_chunk_written")
        packing.to_disk(spool.fileno())
        export.spooled = spool.tell()
    export.attempts, export.next_at, export.leased_until = 0, at, None  # behind others that wait: exports take turns
    if not more:
        export.state = ExportState.PACKING
    _keep(export)
    _signal(export)


_COLLECTED = ("state", "started_at", "access", "rows", "cursor", "spooled", "attempts", "next_at", "leased_until")


def _read_anew_if_changed(export: Export, asker: User) -> None:
    """Forget the rows so far where the asker reaches something else than when they were read: some may not be theirs any more."""
    held = rights.access_of(asker)
    if export.access != held:
        export.rows = export.cursor = export.spooled = 0
        export.access = held


def is_still_theirs(export: Export, by: User) -> bool:
    """Whether the asker reaches what they reached when the rows were read. A file of before that was kept is."""
    return not export.access or export.access == rights.access_of(by)


def _keep(export: Export) -> None:
    """Note what was collected, unless it was cancelled in the meantime."""
    changed = {name: getattr(export, name) for name in _COLLECTED}
    if not Export.objects.filter(pk=export.pk, state__in=WORKING).update(**changed):
        remove_files(export)


def check_room() -> None:
    """Raises `OSError` (no space left) while less is free than evidence and the log need."""
    packing.check_room(folder(), _ROOM_LEFT)


def _check_rows(export: Export, source: Source, asker: User) -> None:
    """Whoever takes out more than a thousand rows has a second person's yes, also where nobody could count before."""
    if source.is_figures or export.answered_by_id is not None or export.rows <= rights.ALONE_AT_MOST:
        return
    raise _too_many()


def heading(export: Export, columns: Sequence[Column], *, by: User) -> bytes:
    """What stands above the rows: for CSV who took out what and when, then the columns' names; for other formats the packing adds it."""
    if export.format != ExportFormat.CSV:
        return b""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([harmless(cell) for cell in watermark(export, by=by)])
    writer.writerow([harmless(column.key) for column in columns])
    return text.getvalue().encode()


def watermark(export: Export, *, by: User) -> list[str]:
    """Who, when, which filter: the first row of every file (QUE-15)."""
    return [
        "filter", export.said, "as_of_utc", moment(export.started_at or export.asked_at),
        "exported_by", by.display_name, "export", str(export.public_id),
    ]  # fmt: skip


def moment(at: datetime) -> str:
    """An instant (aware) as files say it: `2026-11-22T15:02:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV Injection"; reliability.md T23).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: str) -> str:
    """The cell as text that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _write_all(
    export: Export, source: Source, columns: Sequence[Column], asker: User, at: datetime, spool: io.BufferedRandom
) -> int:
    """All rows of a source that answers them one by one; a crash begins anew with them."""
    assert source.rows is not None
    count = 0
    found = source.rows(export.params, asker, at)
    guard = export.format == ExportFormat.CSV
    while chunk := list(islice(found, 1000)):
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerows(_cells(row, columns, guard=guard) for row in chunk)
        spool.write(text.getvalue().encode())
        count += len(chunk)
        engine.progress()
        if count > rights.ALONE_AT_MOST and not source.is_figures and export.answered_by_id is None:
            raise _too_many()
    return count


def _cells(row: Sequence[Any], columns: Sequence[Column], *, guard: bool) -> list[str]:
    cells = []
    for value, column in zip(row, columns, strict=True):
        text = plain(value)
        is_text = isinstance(value, str) or column.holds is Holds.TEXT
        cells.append(harmless(text) if guard and is_text else text)
    return cells


def plain(value: Any) -> str:
    """A value as files say it: empty for none, `true` and `false`, UTC with a Z."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moment(value) if value.tzinfo else value.isoformat(timespec="seconds")
    return str(value).replace("\x00", "")


class _Utc(Func):
    """An instant as files say it."""

    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


class _TrueFalse(Func):
    template = "CASE WHEN %(expressions)s THEN 'true' ELSE 'false' END"


class _Harmless(Func):
    """`harmless`, by the database: its first character is looked at, which costs less than a pattern."""

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self.source_expressions[0])
        codes = ", ".join(str(ord(character)) for character in FORMULA)
        return f"CASE WHEN ascii({sql}) IN ({codes}) THEN '''' || {sql} ELSE {sql} END", (*params, *params, *params)


def _field(expression: str | Combinable, column: Column, *, guard: bool) -> Combinable:
    """A column as the database writes it into the spool; of text, with `guard`, nothing that a spreadsheet would run."""
    inner = F(expression) if isinstance(expression, str) else expression
    if column.holds is Holds.TIME:
        return _Utc(inner, output_field=TextField())
    if column.holds is Holds.YES_NO:
        return _TrueFalse(inner, output_field=TextField())
    if column.holds is Holds.TEXT and guard:
        return _Harmless(inner, output_field=TextField())
    return inner


def _copy_chunk(
    export: Export, source: Source, columns: Sequence[Column], asker: User, at: datetime, spool: io.BufferedRandom
) -> tuple[int, int, bool]:
    """Let the database copy the next rows by key into the spool; answers how many, the last one's key, whether more may follow."""
    assert source.keyset is not None
    keyset = source.keyset(export.params, asker, at)
    rows = keyset.rows.order_by()
    guard = export.format == ExportFormat.CSV
    with connection.cursor() as cursor:
        # Below the fifteen seconds after which the engine's watchdog would take this thread for dead.
        cursor.execute("SELECT set_config('statement_timeout', '12s', true)")
    left = rows.filter(pk__gt=export.cursor).order_by("pk")
    # None: what is left is less than a chunk.
    last = left.values_list("pk", flat=True)[CHUNK - 1 : CHUNK].first()
    fields = {
        f"f{number}": _field(expression, column, guard=guard)
        for number, (expression, column) in enumerate(zip(keyset.fields, columns, strict=True))
    }
    chosen = left if last is None else left.filter(pk__lte=last)
    chosen = chosen.annotate(**fields).values_list(*fields)
    try:
        statement, params = chosen.query.sql_with_params()
    except EmptyResultSet:  # the filter can find nothing, which the query knows without asking
        return 0, export.cursor, False
    with connection.cursor() as cursor:
        text = cursor.mogrify(statement, params)
        text = text.decode() if isinstance(text, bytes) else text
        cursor.cursor.copy_expert(f"COPY ({text}) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *)", spool)
        count = int(cursor.cursor.rowcount)
    return count, export.cursor if last is None else int(last), last is not None


# -- Packing ------------------------------------------------------------------------------------------------------------
def _pack(export: Export) -> None:
    """Make the file of the spool, with no transaction open; the lease is renewed meanwhile."""
    try:
        asker = User.objects.select_related("organization").get(pk=export.asked_by_id)
        with translation.override(export.language):
            made = packing.pack(
                spool=spool_of(export),
                target=file_of(export),
                described=_described(export, asker),
                alive=lambda: _renew(export),
            )
    except packing.Stopped:
        return  # cancelled, or the engine ends: somebody else packs it
    except Exception as error:
        with transaction.atomic():
            failed(export, error, db_now())
        return
    finish(export_id=export.pk, made=made, at=db_now())


def _described(export: Export, asker: User) -> packing.Described:
    source = source_of(export.source)
    columns = source.columns_of(export.params, asker)
    return packing.Described(
        format=export.format,
        title=export.title,
        columns=[(column.key, column.holds.value) for column in columns],
        watermark=watermark(export, by=asker),
        definitions=[
            (column.key, str(column.meaning) + (f" ({column.unit})" if column.unit else "")) for column in columns
        ]
        + (
            [(str(name), str(meaning)) for name, meaning in source.definitions(export.params)]
            if source.definitions
            else []
        ),
        rows=export.rows,
    )


def _renew(export: Export) -> bool:
    """Keep the lease; False where there is nothing to pack any more."""
    if engine.is_stopping():
        Export.objects.filter(pk=export.pk, state=ExportState.PACKING).update(leased_until=None)
        return False
    engine.progress()
    at = db_now()
    return bool(Export.objects.filter(pk=export.pk, state=ExportState.PACKING).update(leased_until=at + LEASE))


@transaction.atomic
def finish(*, export_id: int, made: packing.Made, at: datetime) -> Export:
    """The file is there. `at` aware UTC. Records `export.done` and, as an access, that rows left; locks the export."""
    export = Export.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=export_id)
    if export.state != ExportState.PACKING:  # cancelled while it was being packed
        remove_files(export)
        return export
    export.bytes, export.sha256 = made.bytes, made.sha256
    export.state, export.ended_at, export.leased_until, export.expires_at = ExportState.DONE, at, None, at + KEPT
    export.total = export.rows
    export.save(update_fields=["bytes", "sha256", "state", "ended_at", "leased_until", "expires_at", "total"])
    facts = {"format": export.format, "rows": export.rows, "bytes": made.bytes, "sha256": made.sha256}
    record(events.EXPORT_DONE, subject=export, by=None, at=at, data=_about(export) | facts)
    spool_of(export).unlink(missing_ok=True)
    _signal(export)
    return export
