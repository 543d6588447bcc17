"""Files of submissions: what is read, what is refused and how it is said, sending in part, never twice, taking back."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
import xlsxwriter

from accounts.roles import Role
from audit.models import Event
from core import engine
from core.clock import db_now
from core.sheets import FileRefused, read_table
from escalations import events
from escalations.models import BatchRow, Case, SubmissionBatch
from escalations.operations import batches
from escalations.operations.cases import claim_case
from tests.factories.cases import make_queue
from tests.factories.people import make_user, make_vendor

HEADER = "row_key,what,where,surface,harm,market,evidence_text"


def line(key: str, where: str = "", **changes: str) -> str:
    cells = {
        "row_key": key,
        "what": "Fake broker",
        "where": where or f"https://vid.example/{key}",
        "surface": "ads",
        "harm": "fraud_scam",
        "market": "CO",
        "evidence_text": "40 % a month",
    } | changes
    out = io.StringIO()
    csv.writer(out).writerow(cells.values())
    return out.getvalue().strip()


def table(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def workbook(rows: list[list[object]], *, merge: str = "") -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if merge:
            sheet.merge_range(merge, "both")
    return file.getvalue()


def bomb() -> bytes:
    """A workbook whose one part says that it unpacks to 80 MB, from some KB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (80 << 20))
    return file.getvalue()


@pytest.fixture
def sender(db):
    make_queue(is_default=True)
    return make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())


# -- Reading
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "password"),
        (b"PK\x03\x04 no archive", "damaged"),
        ("a;b\nseñor;x".encode("cp1252"), "CSV UTF-8"),
        (b"a,b\n\x00,x", "no table"),
        (b'a,b\n"open,x\n', "quotation marks"),
        (b"a,b\n" + b"1,2\n" * 30, "At most 20 rows"),
        (b"," * 100 + b"\n", "more than 60 columns"),
    ],
)
def test_a_file_that_is_no_table_is_answered_with_what_to_send_instead(content, said):
    with pytest.raises(FileRefused, match=said):
        read_table(content, most_rows=20)


def test_a_workbook_made_to_explode_is_refused_before_it_is_unpacked():
    with pytest.raises(FileRefused, match="unpacks to more than 60 MB"):
        read_table(bomb(), most_rows=20)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffa;b\n1;zwei\n".encode(),
        b"sep=;\na;b\n1;zwei\n",
        "a\tb\n1\tzwei\n".encode("utf-16"),
        workbook([["a", "b"], [1, "zwei"]]),
    ],
    ids=["semicolons and a mark", "Excel's own line", "UTF-16", "workbook"],
)
def test_tables_are_read_however_they_are_written(content):
    found = read_table(content, most_rows=20)

    assert found.headers == ["a", "b"]
    assert [cells for _number, cells in found.rows] == [["1", "zwei"]]


def test_a_workbook_with_merged_cells_names_them():
    with pytest.raises(FileRefused, match="B2:B3"):
        read_table(workbook([["a", "b"], [1, 2], [3, 4]], merge="B2:B3"), most_rows=20)


# -- Trying
def test_trying_a_file_makes_no_case_and_says_of_every_row_what_is_wrong(sender):
    content = table(
        line("A1"),
        line("A2", market="XX"),
        line("A3", what="=1+1"),
        line("1.2E+18"),
        line("A1"),
        line("A5", surface=""),
    )

    batch = batches.check_file(content=content, name="week 47.csv", by=sender, at=db_now())

    assert not Case.objects.exists()
    said = {row.number: (row.state, [(p["column"], p["code"]) for p in row.problems]) for row in batch.rows.all()}
    assert said == {
        2: ("ready", []),
        3: ("bad", [("market", "unknown_country")]),
        4: ("bad", [("what", "formula")]),
        5: ("bad", [("row_key", "shortened")]),
        6: ("bad", [("row_key", "twin")]),
        7: ("bad", [("surface", "required")]),
    }


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("row_key,what,where,surfase", "did you mean surface"),
        ("row_key,title,what,where,surface", "Two columns are called what"),
        ("what,where", "row_key, surface"),
    ],
)
def test_a_header_that_is_not_the_templates_is_explained(sender, header, said):
    with pytest.raises(FileRefused, match=said):
        batches.check_file(content=f"{header}\n1,2,3,4,5".encode(), name="x.csv", by=sender, at=db_now())


def test_the_templates_can_be_read_back_and_their_example_is_not_sent(sender):
    for content in (batches.template_csv(), batches.template_xlsx()):
        batch = batches.check_file(content=content, name="template", by=sender, at=db_now())

        assert [(row.state, row.problems[0]["code"]) for row in batch.rows.all()] == [("bad", "example")]


# -- Sending and taking back
def test_what_is_right_is_sent_and_sending_the_file_again_makes_nothing_twice(sender):
    at = db_now()
    content = table(line("A1"), line("A2", market="XX"))
    batch = batches.check_file(content=content, name="a.csv", by=sender, at=at)

    sent = batches.send(batch_id=batch.pk, by=sender, at=at)
    batches.send(batch_id=batch.pk, by=sender, at=at)
    again = batches.check_file(content=content, name="a.csv", by=sender, at=at)

    assert sent.state == SubmissionBatch.State.SENT
    case = Case.objects.get()
    assert (case.external_ref, case.channel, case.submitted_by) == ("A1", "bulk", sender)
    assert Event.objects.get(kind=events.BATCH_SENT).data == {"count": 1, "refused": 1, "known": 0}
    assert [(row.state, row.ref) for row in again.rows.order_by("number")] == [("known", case.ref), ("bad", "")]


def test_a_row_about_something_open_is_warned_of(sender):
    at = db_now()
    first = batches.check_file(content=table(line("A1")), name="a.csv", by=sender, at=at)
    batches.send(batch_id=first.pk, by=sender, at=at)

    second = batches.check_file(
        content=table(line("B1", "https://www.vid.example/A1/")), name="b.csv", by=sender, at=at
    )

    [row] = second.rows.all()
    assert row.state == "ready"
    assert [(w["column"], w["code"]) for w in row.warnings] == [("where", "known")]
    assert Case.objects.get().ref in row.warnings[0]["detail"]


def test_more_than_fifty_rows_are_the_engines_and_taking_back_leaves_what_somebody_works_on(sender, monkeypatch):
    at = db_now()
    content = table(*[line(f"R{number}") for number in range(70)])
    batch = batches.check_file(content=content, name="many.csv", by=sender, at=at)

    assert batches.send(batch_id=batch.pk, by=sender, at=at).state == "sending"
    assert not Case.objects.exists()
    batches.run_now()
    batch.refresh_from_db()
    assert (batch.state, Case.objects.count()) == ("sent", 70)
    held = Case.objects.order_by("pk")[3]
    claim_case(case_id=held.pk, by=make_user(roles=[Role.LEAD]), at=db_now())

    batches.undo(batch_id=batch.pk, by=sender, at=db_now())
    signs_of_life: list[None] = []
    monkeypatch.setattr(engine, "progress", lambda: signs_of_life.append(None))
    batches.run_now()

    batch.refresh_from_db()
    assert batch.state == "undone"
    assert len(signs_of_life) >= 70  # else a busy machine's engine takes its own work for a hang, and ends itself
    assert batches.tally(batch) == {"withdrawn": 69, "kept": 1}
    assert Case.objects.filter(resolution="withdrawn").count() == 69
    kept = BatchRow.objects.get(state="kept")
    assert kept.case == held
    assert "Somebody works on it" in kept.problems[0]["detail"]
    report = batches.report_csv(batch).decode("utf-8-sig")
    assert f"{kept.number},{kept.row_key},Fake broker,kept,{held.ref}" in report


def test_the_report_is_read_as_no_formula(sender):
    batch = batches.check_file(content=table(line("-2+3", what="=cmd|' /C calc'!A0")), name="x", by=sender, at=db_now())

    rows = list(csv.reader(io.StringIO(batches.report_csv(batch).decode("utf-8-sig"))))

    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_file_is_seen_by_its_sender_and_their_lead_alone(sender):
    colleague = make_user(roles=[Role.VENDOR_SUBMITTER], organization=sender.organization)
    batch = batches.check_file(content=table(line("A1")), name="x", by=colleague, at=db_now())
    others = [make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor()), make_user(roles=[Role.LEAD])]
    peer = make_user(roles=[Role.VENDOR_SUBMITTER], organization=sender.organization)

    seen = [SubmissionBatch.objects.visible_to(viewer).filter(pk=batch.pk).exists() for viewer in (sender, colleague)]
    hidden = [SubmissionBatch.objects.visible_to(viewer).filter(pk=batch.pk).exists() for viewer in (peer, *others)]

    assert (all(seen), any(hidden)) == (True, False)
