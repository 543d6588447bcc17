"""Files of submissions: tried row by row, sent in part, taken back as far as nobody has worked on them (VPO-5, F010).

`check_file` makes no case: it is the dry run, and its rows are what is sent. Sending makes cases through the same intake as every
channel. A row's key is the sender's own reference, unique in the organization: sending a file again makes nothing twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import process

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action, Role
from audit.recording import record
from core import engine
from core.clock import db_now
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from core.sheets import FileRefused, read_table
from escalations import events
from escalations.lifecycle import CaseStatus, Channel
from escalations.models import BatchRow, Case, Submission, SubmissionBatch
from escalations.models.batches import KEPT_UNSENT
from escalations.operations import evidence_store, intake, submission_input
from escalations.operations.closing import withdraw_case
from escalations.operations.intake import AlreadySubmitted, Order, case_ref
from escalations.selectors.lookup import kind_of
from escalations.selectors.own_cases import known_among

State, RowState = SubmissionBatch.State, BatchRow.State
MOST_ROWS = 2_000
AT_ONCE = 50  # rows that are worked on within the request; more is the engine's
_SHORTENED = ("E+", "e+")
_FORMULA = "="


class BatchMoved(DomainError):
    """The file is not where this act begins: sent already, still at work, or taken back."""

    code = "batch_moved"
    title = "The file is not where you think"


@dataclass(frozen=True)
class Column:
    """A column of the template. `needed` is checked with the row; `example` stands in the template."""

    name: str
    help: str | Promise
    example: str = ""
    needed: bool = False
    aliases: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column(
        "row_key",
        gettext_lazy("Your own reference, unique: a row that was sent before is not sent again."),
        "NG-2041",
        True,
        ("external_ref", "key", "reference", "id"),
    ),
    Column("what", gettext_lazy("One line that says what it is."), "Fake broker ads", True, ("title", "subject")),
    Column(
        "ask", gettext_lazy("What we are to do; empty: the same as “what”."), "Pause these ads", False, ("request",)
    ),
    Column(
        "where",
        gettext_lazy("The address or id of what it is about."),
        "https://vid.example/ads/7731",
        True,
        ("url", "link", "address"),
    ),
    Column("kind", gettext_lazy("account, post, ad, listing, page …; empty: told from the address."), "ad"),
    Column("surface", "organic, ads, commerce, account, product", "ads", True),
    Column("platform", gettext_lazy("Where it is."), ""),
    Column(
        "suspected_policy",
        gettext_lazy("The clause you think is broken, such as AD-FR-2.1; this or harm."),
        "AD-FR-2.1",
        False,
        ("policy", "clause"),
    ),
    Column("harm", gettext_lazy("The kind of harm, such as fraud_scam; this or suspected_policy."), "fraud_scam"),
    Column("market", gettext_lazy("Country as two letters; this or language."), "CO", False, ("country",)),
    Column("language", gettext_lazy("Language as its code, such as es or pt-BR."), "es", False, ("lang",)),
    Column("severity", "S0, S1, S2, S3, S4", "S1"),
    Column("severity_reason", gettext_lazy("Why, if it is to count."), "Money lost today"),
    Column(
        "evidence_url", gettext_lazy("An address as it was seen, such as the landing page."), "https://orbix.example/"
    ),
    Column("evidence_text", gettext_lazy("Words as they stood."), "“Guaranteed 40 % a month”"),
    Column("evidence_note", gettext_lazy("What the evidence shows."), "Landing page of the ad"),
    Column("graphic_tier", gettext_lazy("How upsetting the evidence is: G0, G1, G2, G3."), "G0"),
    Column("views", gettext_lazy("Views so far, as a whole number."), "120000"),
    Column("deadline_at", gettext_lazy("A legal deadline with its zone, such as 2027-01-31T17:00:00Z."), ""),
    Column("deadline_reason", gettext_lazy("The obligation behind the deadline."), ""),
    Column("contact", gettext_lazy("Whom to ask."), ""),
)
_BY_NAME = {column.name: column for column in COLUMNS}
_NAMES = {alias: column.name for column in COLUMNS for alias in (column.name, *column.aliases)}
_EXAMPLE = (_BY_NAME["row_key"].example, _BY_NAME["where"].example)
_POINTED = {
    "external_ref": "row_key",
    "title": "what",
    "subjects": "where",
    "severity_claimed": "severity",
    "impact": "views",
}


# -- Trying ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def check_file(*, content: bytes, name: str, by: User, at: datetime) -> SubmissionBatch:
    """Read a CSV or XLSX file and say of every row whether it can be sent; nothing is sent. `at` is aware UTC.

    Raises `FileRefused` with what to send instead, `NotPermitted`.
    """
    check_can(by, Action.CASE_CREATE)
    if by.is_internal:
        raise NotPermitted(_("Files are for submitters; the team makes cases by hand."), rule="batch.send")
    table = read_table(content, most_rows=MOST_ROWS)
    places = _places(table.headers)
    if not table.rows:
        raise FileRefused(_("There are no rows below the names of the columns."))
    batch = SubmissionBatch.objects.create(
        organization_id=by.organization_id,
        person=by,
        name=evidence_store.clean_name(name)[:200] or "table.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        total=len(table.rows),
        created_at=at,
    )
    rows = [_read_row(batch, number, _cells(places, cells), at) for number, cells in table.rows]
    _mark_repeats(rows, by)
    _mark_likely(rows, by)
    BatchRow.objects.bulk_create(rows, batch_size=500)
    return batch


def _places(headers: Sequence[str]) -> dict[str, int]:
    """Which column of the file is which of ours. Raises `FileRefused`."""
    found: dict[str, int] = {}
    for place, given in enumerate(headers):
        word = "_".join(given.casefold().replace("-", " ").split())
        name = _NAMES.get(word)
        if not word:
            continue
        if name is None:
            near = process.extractOne(word, list(_BY_NAME), score_cutoff=60)
            hint = _("did you mean %(name)s?") % {"name": near[0]} if near else _("take the template’s names.")
            raise FileRefused(
                _("The first row names the columns, and there is none called “%(word)s”: %(hint)s")
                % {"word": given[:60], "hint": hint}
            )
        if name in found:
            raise FileRefused(_("Two columns are called %(name)s: keep one.") % {"name": name})
        found[name] = place
    missing = [column.name for column in COLUMNS if column.needed and column.name not in found]
    if missing:
        raise FileRefused(
            _("The first row must name the columns; these are missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    return found


def _cells(places: dict[str, int], cells: Sequence[str]) -> dict[str, str]:
    return {name: cells[place] for name, place in places.items() if place < len(cells) and cells[place]}


def _read_row(batch: SubmissionBatch, number: int, given: dict[str, str], at: datetime) -> BatchRow:
    row = BatchRow(
        organization_id=batch.organization_id,
        batch=batch,
        number=number,
        row_key=given.get("row_key", "")[:120],
        title=given.get("what", "")[:200],
        state=RowState.READY,
    )
    problems = _problems_of_cells(given)
    body = _body(given, problems)
    try:
        warnings = submission_input.read(body, at=at).warnings()
    except Invalid as error:
        warnings, told = [], {problem["column"] for problem in problems}
        problems += [
            _problem(_column_of(problem.pointer), problem.code, problem.detail)
            for problem in error.errors
            if _column_of(problem.pointer) not in told
        ]
    row.payload = body
    row.warnings = [
        _problem(_column_of(warning["pointer"]), warning["code"], warning["detail"])
        for warning in warnings
        if warning["code"] != "no_severity_inputs"  # a table asks no such questions
    ]
    if problems:
        row.state, row.problems, row.warnings, row.payload = RowState.BAD, problems, [], {}
    return row


def _problems_of_cells(given: dict[str, str]) -> list[dict[str, str]]:
    """What a spreadsheet does to cells, and what is missing."""
    problems = []
    for name, text in given.items():
        if text.startswith(_FORMULA):
            problems.append(_problem(name, "formula", _("This is a formula: paste its value.")))
        elif name in ("row_key", "where", "views") and any(sign in text for sign in _SHORTENED) and _is_number(text):
            detail = _("The spreadsheet has shortened this number: format the column as text and paste it anew.")
            problems.append(_problem(name, "shortened", detail))
        elif text.startswith("#") and text in _EXCEL_ERRORS:
            problems.append(_problem(name, "formula", _("The spreadsheet could not compute this cell.")))
    if (given.get("row_key"), given.get("where")) == _EXAMPLE:
        problems.append(
            _problem("row_key", "example", _("This is the template’s example: replace it by a row of yours."))
        )
    for column in COLUMNS:
        if column.needed and not given.get(column.name):
            problems.append(_problem(column.name, "required", _("This must not be empty.")))
    return problems


_EXCEL_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _problem(column: str, code: str, detail: str) -> dict[str, str]:
    return {"column": column, "code": code, "detail": detail}


def _body(given: dict[str, str], problems: list[dict[str, str]]) -> dict[str, Any]:
    """The submission a row makes, as `submission_input.read` takes it."""
    where = given.get("where", "")
    is_address = where.startswith(("http://", "https://"))
    subject = {"kind": given.get("kind", "").lower() or kind_of(where).value, "url" if is_address else "id": where}
    body: dict[str, Any] = {
        "external_ref": given.get("row_key", ""),
        "title": given.get("what", ""),
        "ask": given.get("ask") or given.get("what", ""),
        "surface": given.get("surface", "").lower(),
        "subjects": [subject],
    }
    for name in ("platform", "suspected_policy", "market", "language", "severity_reason", "deadline_at"):
        if given.get(name):
            body[name] = given[name]
    for name in ("deadline_reason", "contact"):
        if given.get(name):
            body[name] = given[name]
    if given.get("harm"):
        body["harm"] = given["harm"].lower()
    if given.get("severity"):
        body["severity_claimed"] = given["severity"].upper()
    if given.get("views"):
        try:
            body["impact"] = {"views": int(given["views"].replace(",", "").replace(" ", ""))}
        except ValueError:
            problems.append(_problem("views", "wrong_type", _("Send a whole number.")))
    evidence = [
        {"kind": kind, kind: given[f"evidence_{kind}"]} for kind in ("url", "text") if given.get(f"evidence_{kind}")
    ]
    for item in evidence:
        if given.get("evidence_note"):
            item["note"] = given["evidence_note"]
        if given.get("graphic_tier"):
            item["graphic_tier"] = given["graphic_tier"].upper()
    if evidence:
        body["evidence"] = evidence
    return body


def _column_of(pointer: str) -> str:
    parts = pointer.strip("/").split("/")
    if parts[0] == "subjects" and parts[-1] in ("kind", "platform"):
        return parts[-1]
    if parts[0] == "evidence":
        last = parts[-1]
        return "graphic_tier" if last == "graphic_tier" else f"evidence_{last if last in ('text', 'note') else 'url'}"
    return _POINTED.get(parts[0], parts[0] or "row_key")


def _mark_repeats(rows: Sequence[BatchRow], by: User) -> None:
    """Rows of one key: the first of the file stands; those sent before name their case."""
    seen: dict[str, int] = {}
    for row in rows:
        if row.state == RowState.READY:
            if row.row_key in seen:
                detail = _("Row %(number)d has the same key: give each its own.") % {"number": seen[row.row_key]}
                row.state, row.problems = RowState.BAD, [_problem("row_key", "twin", detail)]
            seen.setdefault(row.row_key, row.number)
    # Uses index: submission_external_ref_once
    earlier = Submission.objects.filter(
        organization_id=by.organization_id, external_ref__in=list(seen), is_sandbox=False, result="created"
    ).values_list("external_ref", "case_id")
    refs = {reference: case_ref(case_id) for reference, case_id in earlier}
    for row in rows:
        if row.state == RowState.READY and row.row_key in refs:
            row.state, row.ref = RowState.KNOWN, refs[row.row_key]


def _mark_likely(rows: Sequence[BatchRow], by: User) -> None:
    """Warn of rows about what is open already."""
    wheres: dict[str, list[BatchRow]] = {}
    for row in rows:
        if row.state == RowState.READY:
            subject = row.payload["subjects"][0]
            wheres.setdefault(subject.get("url") or subject["id"], []).append(row)
    for where, found in known_among(wheres, viewer=by).items():
        for row in wheres[where]:
            detail = _("Already open as %(ref)s: send it only if it is different.") % {"ref": found[0].ref}
            row.warnings = [*row.warnings, _problem("where", "known", detail)]


# -- Sending -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def send(*, batch_id: int, by: User, at: datetime) -> SubmissionBatch:
    """Send the rows that are ready; rows to correct stay behind. `at` is aware UTC. Locks the batch.

    Up to 50 rows are sent at once, more by the engine. Records what intake records, and `batch.sent` at the end. Sending twice is
    the same as once. Raises `BatchMoved` (taken back, or nothing to send), `NotPermitted`.
    """
    check_can(by, Action.CASE_CREATE)
    batch = SubmissionBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    _check_own(batch, by)
    if batch.state in (State.SENDING, State.SENT):
        return batch
    if batch.state not in (State.CHECKED, State.FAILED):
        raise BatchMoved(_("This file was taken back: upload it again."))
    count = batch.rows.filter(state=RowState.READY).count()
    if not count:
        raise BatchMoved(_("No row of this file can be sent: correct it and upload it again."))
    batch.state, batch.next_at, batch.last_error = State.SENDING, at, ""
    batch.sent_at = batch.sent_at or at
    batch.save(update_fields=["state", "sent_at", "next_at", "last_error"])
    if count <= AT_ONCE:
        _work(batch, at=at)
        _finish_if_done(batch, at=at)
    return batch


def _check_own(batch: SubmissionBatch, by: User) -> None:
    is_lead = Role.VENDOR_LEAD in by.access.roles
    if batch.organization_id != by.organization_id or not (is_lead or batch.person_id == by.pk):
        raise NotPermitted(_("This file is somebody else’s."), rule="batch.send")


def _work(batch: SubmissionBatch, *, at: datetime) -> None:
    """Send or take back the next rows of a locked batch."""
    rows = list(batch.rows.filter(state=_NEXT[State(batch.state)]).order_by("number")[:AT_ONCE])
    if batch.state == State.SENDING:
        _send_rows(batch, rows, at=at)
    else:
        for row in rows:
            _take_back(batch, row, at=at)
            engine.progress()  # on a busy machine fifty take longer than an engine may stand still
    BatchRow.objects.bulk_update(rows, ["state", "problems", "case", "ref"])


_NEXT = {State.SENDING: RowState.READY, State.UNDOING: RowState.SENT}


def _send_rows(batch: SubmissionBatch, rows: Sequence[BatchRow], *, at: datetime) -> None:
    orders, ready = [], []
    for row in rows:
        try:
            orders.append(Order(submission_input.read(row.payload, at=at), f"batch:{batch.public_id}:{row.number}"))
            ready.append(row)
        except Invalid as error:  # a deadline that passed since it was checked
            _refuse(row, error)
    if not orders:
        return
    results = intake.submit_many(orders=orders, by=batch.person, channel=Channel.BULK, at=at)
    for row, result in zip(ready, results, strict=True):
        if isinstance(result, DomainError):
            _refuse(row, result)
        else:
            row.state, row.case, row.ref = RowState.SENT, result.case, result.case.ref


def _refuse(row: BatchRow, error: DomainError) -> None:
    if isinstance(error, AlreadySubmitted) and error.extra.get("ref"):
        row.state, row.ref = RowState.KNOWN, str(error.extra["ref"])
        return
    problems = error.errors if isinstance(error, Invalid) and error.errors else [FieldProblem("", "", error.detail)]
    row.state = RowState.REFUSED
    row.problems = [_problem(_column_of(one.pointer), one.code or error.given_code, one.detail) for one in problems]


# -- Taking back -------------------------------------------------------------------------------------------------------
@transaction.atomic
def undo(*, batch_id: int, by: User, at: datetime) -> SubmissionBatch:
    """Withdraw those cases of a sent file that nobody has worked on; the others stay, each with why. `at` is aware UTC.

    By who sent it or a lead of the organization. Locks the batch; up to 50 rows at once, more by the engine. Records
    `case.withdrawn` per case and `batch.undone`. Raises `BatchMoved`, `NotPermitted`.
    """
    check_can(by, Action.CASE_CREATE)
    batch = SubmissionBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    _check_own(batch, by)
    if batch.state in (State.UNDOING, State.UNDONE):
        return batch
    count = batch.rows.filter(state=RowState.SENT).count()
    if batch.state not in (State.SENT, State.FAILED) or not count:
        raise BatchMoved(_("There is nothing to take back: wait until the file is sent."))
    batch.state, batch.next_at, batch.undone_by, batch.last_error = State.UNDOING, at, by, ""
    batch.save(update_fields=["state", "next_at", "undone_by", "last_error"])
    if count <= AT_ONCE:
        _work(batch, at=at)
        _finish_if_done(batch, at=at)
    return batch


def _take_back(batch: SubmissionBatch, row: BatchRow, *, at: datetime) -> None:
    assert row.case_id is not None
    assert batch.undone_by is not None
    case = Case.objects.lock(row.case_id)
    detail = ""
    if case.status == CaseStatus.CLOSED:
        detail = _("It is closed already.")
    elif case.status != CaseStatus.NEW or case.first_response_at is not None or case.parent_id is not None:
        detail = _("Somebody works on it already: withdraw it on its own page, with a reason.")
    else:
        try:
            with transaction.atomic():
                withdraw_case(case_id=case.pk, reason=_("The file was taken back"), by=batch.undone_by, at=at)
        except DomainError as error:
            detail = error.detail
    row.state = RowState.KEPT if detail else RowState.WITHDRAWN
    row.problems = [_problem("", "kept", detail)] if detail else []


def _finish_if_done(batch: SubmissionBatch, *, at: datetime) -> None:
    """End the work on a locked batch where no row is left of it; else its turn comes again at once."""
    counts = tally(batch)
    if counts.get(_NEXT[State(batch.state)], 0):
        batch.next_at = at
        batch.save(update_fields=["next_at"])
        return
    batch.next_at = None
    if batch.state == State.SENDING:
        batch.state, batch.ended_at = State.SENT, at
        data = {
            "count": counts.get(RowState.SENT, 0),
            "refused": counts.get(RowState.REFUSED, 0) + counts.get(RowState.BAD, 0),
            "known": counts.get(RowState.KNOWN, 0),
        }
        record(events.BATCH_SENT, subject=batch, by=batch.person, at=at, data=data)
    else:
        batch.state, batch.undone_at = State.UNDONE, at
        data = {"withdrawn": counts.get(RowState.WITHDRAWN, 0), "kept": counts.get(RowState.KEPT, 0)}
        record(events.BATCH_UNDONE, subject=batch, by=batch.undone_by, at=at, data=data)
    batch.save(update_fields=["state", "next_at", "ended_at", "undone_at"])


def tally(batch: SubmissionBatch) -> dict[str, int]:
    """How many rows stand in each state."""
    return dict(batch.rows.values_list("state").annotate(count=Count("pk")).order_by())


def run_now(limit: int = 20) -> int:
    """Work off a piece of each file whose turn it is; answers how many pieces. A claim of the engine."""
    done = 0
    while done < limit and not engine.is_stopping() and _run_one():
        engine.progress()
        done += 1
    return done


@transaction.atomic
def _run_one() -> bool:
    at = db_now()
    # Uses index: submission_batch_due
    due = SubmissionBatch.objects.filter(next_at__lte=at).order_by("next_at", "id")
    batch = due.select_for_update(skip_locked=True, of=("self",)).select_related("person", "undone_by").first()
    if batch is None:
        return False
    try:
        with transaction.atomic():
            _work(batch, at=at)
            _finish_if_done(batch, at=at)
    except AlreadySubmitted:  # another request took a reference at this moment: the next turn finds it
        batch.next_at = at
        batch.save(update_fields=["next_at"])
    except Exception as error:  # whoever lost the right meanwhile, or a fault: the page shows it, the engine goes on
        structlog.get_logger(__name__).exception("batch_failed", batch=batch.pk)
        said = error.detail if isinstance(error, DomainError) else _("Something went wrong on our side.")
        batch.state, batch.next_at, batch.ended_at, batch.last_error = State.FAILED, None, at, said[:300]
        batch.save(update_fields=["state", "next_at", "ended_at", "last_error"])
    return True


def forget_unsent(at: datetime, *, limit: int = 200) -> int:
    """Drop files that were tried and never sent within a week, with their rows; answers how many. Run by `engine`."""
    stale = SubmissionBatch.objects.filter(state=State.CHECKED, created_at__lt=at - KEPT_UNSENT).order_by("pk")
    ids = list(stale.values_list("pk", flat=True)[:limit])
    BatchRow.objects.filter(batch_id__in=ids).delete()
    return SubmissionBatch.objects.filter(pk__in=ids, state=State.CHECKED).delete()[0]


# -- Papers ------------------------------------------------------------------------------------------------------------
def template_rows() -> list[list[str]]:
    """The template: names, what they mean (a line to delete), one example."""
    return [[column.name for column in COLUMNS], [column.example for column in COLUMNS]]


def template_csv() -> bytes:
    """The template as CSV that spreadsheets open in the right encoding."""
    return _written(template_rows())


def template_xlsx() -> bytes:
    """The template as a workbook: the table, and a second sheet that explains its columns."""
    import xlsxwriter  # here: only this request pays for it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("Escalations")[:31])
        names, example = template_rows()
        sheet.set_column(0, len(names) - 1, 18, text)  # as text, so that no long id is shortened
        sheet.write_row(0, 0, names, bold)
        sheet.write_row(1, 0, example, text)
        sheet.freeze_panes(1, 0)
        guide = book.add_worksheet(_("Columns")[:31])
        guide.set_column(0, 0, 18)
        guide.set_column(2, 2, 80)
        guide.write_row(0, 0, [_("Column"), _("Needed"), _("What it is")], bold)
        for number, column in enumerate(COLUMNS, start=1):
            guide.write_row(number, 0, [column.name, _("yes") if column.needed else "", str(column.help)])
    return file.getvalue()


def report_csv(batch: SubmissionBatch) -> bytes:
    """What became of every row, as CSV; no cell of it is read as a formula."""
    lines = [["row", "row_key", "what", "state", "case", "column", "code", "detail"]]
    for row in batch.rows.order_by("number"):
        said = row.problems or row.warnings or [{"column": "", "code": "", "detail": ""}]
        for one in said:
            start = [str(row.number), row.row_key, row.title, row.state, row.ref]
            lines.append([*start, one["column"], one["code"], one["detail"]])
    return _written([[_harmless(cell) for cell in line] for line in lines])


def _harmless(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _written(lines: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(lines)
    return b"\xef\xbb\xbf" + file.getvalue().encode()
