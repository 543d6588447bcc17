"""Exports as jobs: whose rows, how many, through crashes, as which file, fetched by whom (QUE-15, reliability.md T23)."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Clearance, RoleGrant, User
from accounts.roles import Role
from audit.models import AccessRecord, Event
from core.clock import db_now
from core.errors import Invalid, NotFound, NotPermitted, TooManyRequests
from core.tenancy import ActorKind, bind
from escalations.lifecycle import CaseStatus
from escalations.models import Case
from notifications.rules import RULES
from policies.models import Gap
from reporting import exports as registry
from reporting.exports import Column, Holds, Source
from reporting.lifecycle import ExportState, Trouble
from reporting.models import Export
from reporting.operations import exports, packing
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# reliability.md T23: what spreadsheets run when a cell begins with it.
PAYLOADS = [
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "=IMPORTXML(\"http://x\",\"//a\")", "=WEBSERVICE(\"http://x\")",
    "=DDE(\"cmd\";\"/C calc\";\"1\")", "==1", "= 1", "=", "=@SUM(A1)", "+1+1", "+cmd|' /C calc'!A0", "++1", "+", "+44 123", "-1+1",
    "-2+3+cmd|' /C calc'!A0", "--1", "-", "-=1", "@SUM(1+1)", "@", "@@", "@A1", "\t=1+1", "\t", "\r=1+1", "\r", "\n=1+1", "\n",
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.EXPORTS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def lead(db) -> User:
    return make_user(roles=[Role.LEAD], name="Marta Lead")


def ask(by: User, format: str = "csv", **params: str) -> Export:
    return exports.ask_export(what="cases", params={"q": "is:open"} | params, format=format, by=by, at=db_now())


def finish() -> None:
    while exports.step():
        pass


def read(export: Export) -> list[list[str]]:
    text = exports.file_of(export).read_bytes().decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def grow(count: int) -> None:
    """`count` more cases like the newest one, by one statement."""
    case = make_case()
    fields = [field for field in Case._meta.concrete_fields if not field.generated and not field.primary_key]
    copies = []
    for number in range(count - 1):
        values = {field.attname: getattr(case, field.attname) for field in fields}
        copies.append(Case(**values | {"ref": f"ESC-{2_000_000 + number}"}))
    Case.objects.bulk_create(copies, batch_size=1000)


def test_a_file_holds_what_its_asker_may_see_and_says_who_took_it_out(lead):
    ours, secret = make_case(title="Plain"), make_case(title="Hidden", compartments=["CHILD_SAFETY"])
    make_case(title="Trial", is_sandbox=True, is_practice_for=lead)
    export = ask(lead, q="is:open sev:3")

    finish()

    export.refresh_from_db()
    mark, head, *rows = read(export)
    assert export.state == ExportState.DONE
    assert mark[:2] == ["filter", "is:open sev:3"]
    assert (mark[5], mark[7]) == ("Marta Lead", str(export.public_id))
    assert head[:3] == ["key", "title", "severity"]
    assert [row[0] for row in rows] == [ours.ref]
    assert rows[0][head.index("received_at_utc")] == exports.moment(ours.received_at)
    assert secret.title not in exports.file_of(export).read_text()
    assert (export.rows, export.bytes) == (1, exports.file_of(export).stat().st_size)
    done = Event.objects.get(kind="export.done")
    assert (done.data["user_id"], done.data["rows"]) == (lead.pk, 1)
    assert RULES["export.done"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.QUALITY])
def test_rights_are_those_of_the_moment_of_writing(role):
    team = make_team()
    person = make_user(roles=[role], teams=[team])
    mine = make_case(queue=make_queue(team=team), status=CaseStatus.CLOSED)
    make_case(queue=make_queue(team=make_team()), status=CaseStatus.NEW)
    export = ask(person, q="is:closed")
    lost = ask(person, q="is:closed")
    Export.objects.filter(pk=lost.pk).update(next_at=timezone.now() + timezone.timedelta(hours=1))
    finish()
    RoleGrant.objects.filter(user=person).delete()
    Export.objects.filter(pk=lost.pk).update(next_at=timezone.now())

    finish()

    lost.refresh_from_db()
    assert [row[0] for row in read(export)[2:]] == [mine.ref]
    assert (lost.state, lost.trouble) == (ExportState.FAILED, Trouble.NOT_ALLOWED)
    assert not exports.file_of(lost).exists()
    client = Client()
    client.force_login(person, backend=BACKEND)
    assert client.get(f"/exports/{export.public_id}/file/").status_code == 403


@pytest.mark.django_db
def test_a_label_that_is_taken_away_takes_the_rows_along_in_the_middle_and_in_the_finished_file(monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    person = make_user(roles=[Role.LEAD], compartments=["CHILD_SAFETY"])
    secret = make_case(compartments=["CHILD_SAFETY"], status=CaseStatus.NEW)
    others = [make_case(status=CaseStatus.NEW) for _number in range(3)]
    client = Client()
    client.force_login(person, backend=BACKEND)
    early = ask(person)
    finish()
    half = ask(person, format="jsonl")
    exports.step()
    half.refresh_from_db()
    assert (half.rows, [row[0] for row in read(early)[2:]]) == (2, [case.ref for case in (secret, *others)])

    Clearance.objects.filter(user=person).delete()
    finish()

    assert secret.ref not in exports.file_of(half).read_text()
    assert others[-1].ref in exports.file_of(half).read_text()
    refused = client.get(f"/exports/{early.public_id}/file/")
    assert (refused.status_code, secret.ref in refused.text) == (403, False)
    assert "Ask for it again" in client.get("/exports/").text
    assert others[-1].ref in b"".join(client.get(f"/exports/{half.public_id}/file/")).decode()


@pytest.mark.django_db
def test_a_vendor_takes_out_its_own_organization_alone(monkeypatch):
    ours, theirs = make_vendor(), make_vendor()
    person = make_user(roles=[Role.VENDOR_LEAD], organization=ours)
    mine, _theirs = make_case(organization=ours, assignee=make_user(name="Secret Name")), make_case(organization=theirs)
    secret = make_case(organization=ours, compartments=["CHILD_SAFETY"])
    bind(
        ActorKind.INTERNAL, organization_id=0, compartments=["CHILD_SAFETY"]
    )  # what the engine's role sees: it is under no row level security
    monkeypatch.setattr(exports, "bind_user", lambda user: None)
    export = ask(person, q="")
    finish()

    text = exports.file_of(export).read_text()
    assert [row[0] for row in read(export)[2:]] == [mine.ref]
    for name in ("Secret Name", secret.ref, "cluster_size", mine.queue.name):
        assert name not in text
    client = Client()
    client.force_login(person, backend=BACKEND)
    for headers in ({}, {"Range": "bytes=0-"}):
        assert client.get(f"/exports/{export.public_id}/file/", headers=headers).status_code == 404
    assert client.post("/exports/new/", {"source": "cases", "as": "csv"}).status_code == 404


# -- Formulas -----------------------------------------------------------------------------------------------------------
def test_thirty_payloads_stay_text_in_every_way_of_writing(lead):
    assert len(PAYLOADS) == 30
    for payload in PAYLOADS:
        make_case(title=payload)
    copied, packed = ask(lead), ask(lead, format="xlsx")
    finish()
    registry.register(
        Source(
            "payloads", "Payloads", [Column("said")], rows=lambda params, user, at: iter([(one,) for one in PAYLOADS])
        )
    )
    try:
        written = exports.ask_export(what="payloads", params={}, format="csv", by=lead, at=db_now())
        finish()
    finally:
        del registry.SOURCES["payloads"]

    for cells in ([row[1] for row in read(copied)[2:]], [row[0] for row in read(written)[2:]]):
        assert cells == [f"'{payload}" for payload in PAYLOADS]
    assert [row[1] for row in sheet(packed, "Rows")[2:]] == PAYLOADS
    assert b"<f>" not in inside(packed, "xl/worksheets/sheet1.xml")
    assert b"<f>" not in inside(packed, "xl/worksheets/sheet2.xml")


def test_a_filter_that_looks_like_a_formula_stays_text_in_the_first_row(lead):
    export = ask(lead, q='"=1+1"')
    Export.objects.filter(pk=export.pk).update(said="=1+1")
    finish()

    assert read(export)[0][1] == "'=1+1"


def inside(export: Export, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(exports.file_of(export)) as book:
        return book.read(name)


def sheet(export: Export, name: str) -> list[list[object]]:
    from python_calamine import CalamineWorkbook

    return (
        CalamineWorkbook.from_path(str(exports.file_of(export)))
        .get_sheet_by_name(name)
        .to_python(skip_empty_area=False)
    )


# -- Formats ------------------------------------------------------------------------------------------------------------
def test_the_four_formats_hold_the_same_rows_with_their_types(lead):
    import pyarrow.parquet

    case = make_case(title='Grüße, "quoted"\nsecond line', reach=12)
    made = {}
    for format in ("csv", "xlsx", "jsonl", "parquet"):
        made[format] = ask(lead, format=format)
        finish()
    first, line = [json.loads(text) for text in exports.file_of(made["jsonl"]).read_text().splitlines()]
    table = pyarrow.parquet.read_table(exports.file_of(made["parquet"]))
    row = table.to_pylist()[0]

    assert read(made["csv"])[2][1] == case.title
    assert first["_export"]["filter"] == "is:open"
    assert (line["title"], line["reach"], line["assignee"]) == (case.title, 12, None)
    assert (row["title"], row["reach"], row["received_at_utc"]) == (case.title, 12, case.received_at)
    assert table.schema.metadata[b"exported_by"] == b"Marta Lead"
    assert table.schema.field("reach").metadata[b"meaning"]
    assert sheet(made["xlsx"], "Rows")[2][1] == case.title
    assert sheet(made["xlsx"], "Rows")[2][12] == 12
    assert ["reach", "People or views reached, the largest figure reported."] in sheet(made["xlsx"], "Definitions")
    for export in Export.objects.all():
        assert export.state == ExportState.DONE
        assert not exports.spool_of(export).exists()


def test_an_empty_list_is_a_file_with_headings(lead):
    for format in ("csv", "xlsx", "jsonl", "parquet"):
        export = ask(lead, format=format)
        finish()
        export.refresh_from_db()
        assert (export.state, export.rows, exports.file_of(export).stat().st_size > 0) == (ExportState.DONE, 0, True)


# -- Limits and the second person ---------------------------------------------------------------------------------------
def test_more_than_a_thousand_rows_need_a_second_person_and_other_roles_are_refused(lead, monkeypatch):
    monkeypatch.setattr("reporting.rights.ALONE_AT_MOST", 3)
    for _number in range(4):
        make_case()
    other, legal = make_user(roles=[Role.LEAD]), make_user(roles=[Role.LEGAL])
    senior, specialist = make_user(roles=[Role.SENIOR]), make_user()

    with pytest.raises(Invalid, match="more than 3 rows"):
        ask(senior)
    for person in (make_user(roles=[Role.READER]), make_user(roles=[Role.AUDITOR]), make_user(roles=[Role.ADMIN])):
        with pytest.raises(NotPermitted):
            ask(person)
    export = ask(lead)
    assert export.state == ExportState.ASKED
    assert not exports.step()
    for person in (lead, senior, specialist):
        with pytest.raises(NotPermitted):
            exports.answer(export_id=export.pk, is_yes=True, reason="", by=person, at=db_now())
    with pytest.raises(Invalid):
        exports.answer(export_id=export.pk, is_yes=False, reason=" ", by=other, at=db_now())
    exports.answer(export_id=export.pk, is_yes=True, reason="", by=legal, at=db_now())
    with pytest.raises(exports.AlreadyAnswered):
        exports.answer(export_id=export.pk, is_yes=True, reason="", by=other, at=db_now())
    finish()

    export.refresh_from_db()
    assert (export.state, export.rows, export.answered_by) == (ExportState.DONE, 4, legal)
    refused = ask(lead)
    exports.answer(export_id=refused.pk, is_yes=False, reason="Too much", by=other, at=db_now())
    assert not exports.step()
    assert list(Event.objects.filter(kind__startswith="export.").order_by("id").values_list("kind", flat=True)) == [
        "export.waits", "export.approved", "export.done", "export.waits", "export.refused",
    ]  # fmt: skip


def test_rows_that_nobody_counted_stop_at_the_limit_as_well(lead, monkeypatch):
    monkeypatch.setattr("reporting.rights.ALONE_AT_MOST", 3)
    registry.register(
        Source("many", "Many", [Column("n", Holds.INTEGER)], rows=lambda params, user, at: iter([(1,)] * 5))
    )
    try:
        export = exports.ask_export(what="many", params={}, format="csv", by=lead, at=db_now())
        finish()
    finally:
        del registry.SOURCES["many"]

    export.refresh_from_db()
    assert (export.state, export.trouble) == (ExportState.FAILED, Trouble.TOO_MANY)
    assert not exports.spool_of(export).exists()


def test_two_at_once_a_wrong_format_and_an_unknown_source_are_refused(lead):
    ask(lead)
    with pytest.raises(Invalid):
        ask(lead, format="exe")
    with pytest.raises(Invalid):
        ask(lead, q="nosuchfield:1")
    with pytest.raises(NotFound):
        exports.ask_export(what="nothing", params={}, format="csv", by=lead, at=db_now())
    second = ask(lead)
    with pytest.raises(TooManyRequests):
        ask(lead)
    exports.cancel(export_id=second.pk, by=lead, at=db_now())

    assert ask(lead).state == ExportState.QUEUED


# -- Crashes ------------------------------------------------------------------------------------------------------------
KILLED = """
import os, sys
import django
django.setup()
from django.conf import settings
from core.db import INDEPENDENT
from django.db import connections
from pathlib import Path
from reporting.operations import exports, packing
settings.EXPORTS_DIR = Path(sys.argv[1])
exports.CHUNK = 100
turn = {"left": int(sys.argv[2])}
def to_disk(descriptor):
    turn["left"] -= 1
    if not turn["left"]:
        os.kill(os.getpid(), 9)  # the rows stand in the file; that they do is noted nowhere
packing.to_disk = to_disk
while exports.step():
    pass
"""


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_costs_no_row_and_doubles_none(folder, database_clone, monkeypatch):
    person = make_user(roles=[Role.LEAD], name="Marta Lead")
    grow(450)
    export = ask(person, q="")
    environment = os.environ | {
        "DATABASE_URL": database_clone.url("wf_engine"), "WATCHFLOOR_DB_ROLE": "wf_engine", "DJANGO_SETTINGS_MODULE": "tests.settings",
    }  # fmt: skip
    for turn in ("3", "2"):
        killed = subprocess.run([sys.executable, "-c", KILLED, str(folder), turn], env=environment, timeout=60)
        assert killed.returncode == -signal.SIGKILL
    export.refresh_from_db()
    assert (export.rows, exports.spool_of(export).stat().st_size > export.spooled) == (300, True)
    monkeypatch.setattr(exports, "CHUNK", 100)

    finish()

    export.refresh_from_db()
    keys = [row[0] for row in read(export)[2:]]
    assert export.state == ExportState.DONE
    assert (len(keys), len(set(keys)), export.rows) == (450, 450, 450)


def test_a_fault_is_tried_three_times_and_a_full_disk_says_so(lead, monkeypatch):
    make_case()
    export, full = ask(lead), ask(lead)
    Export.objects.filter(pk=full.pk).update(next_at=timezone.now() + timezone.timedelta(hours=1))
    monkeypatch.setattr(packing, "pack", lambda **_: (_ for _ in ()).throw(RuntimeError("broken")))
    for _turn in range(4):
        Export.objects.filter(pk=export.pk).update(next_at=timezone.now())
        exports.step()
        exports.step()
    export.refresh_from_db()
    assert (export.state, export.trouble, export.attempts) == (ExportState.FAILED, Trouble.FAULT, 3)

    monkeypatch.setattr(exports, "_ROOM_LEFT", 1 << 62)
    Export.objects.filter(pk=full.pk).update(next_at=timezone.now())
    finish()
    full.refresh_from_db()

    assert (full.state, full.trouble) == (ExportState.FAILED, Trouble.NO_ROOM)
    client = Client()
    client.force_login(lead, backend=BACKEND)
    assert "The disk for exports is full" in client.get("/exports/").content.decode()
    assert Event.objects.filter(kind="export.failed").count() == 2


def test_files_go_after_their_time_and_unanswered_questions_too(lead, monkeypatch, folder):
    make_case()
    orphan, fresh = folder / "orphan.spool", folder / "fresh.spool"
    for path in (orphan, fresh):
        path.write_text("rows that no export knows")
    os.utime(orphan, (0, 0))
    export = ask(lead)
    finish()
    monkeypatch.setattr("reporting.rights.ALONE_AT_MOST", 0)
    waiting = ask(lead)

    assert exports.expire(db_now()) == 0
    assert (orphan.exists(), fresh.exists()) == (False, True)
    assert exports.expire(db_now() + exports.KEPT + timezone.timedelta(hours=1)) == 2

    export.refresh_from_db()
    waiting.refresh_from_db()
    assert (export.state, waiting.state) == (ExportState.EXPIRED, ExportState.EXPIRED)
    assert not exports.file_of(export).exists()


# -- Fetching -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_broken_download_goes_on_where_it_stopped_and_only_for_its_asker():
    lead = make_user(roles=[Role.LEAD])
    for _number in range(3):
        make_case()
    export = ask(lead)
    finish()
    export.refresh_from_db()
    whole = exports.file_of(export).read_bytes()
    client, other = Client(), Client()
    client.force_login(lead, backend=BACKEND)
    other.force_login(make_user(roles=[Role.LEAD, Role.ADMIN]), backend=BACKEND)
    address = f"/exports/{export.public_id}/file/"

    first = client.get(address)
    tag = first["ETag"]
    rest = client.get(address, headers={"Range": "bytes=100-", "If-Range": tag})
    middle = client.get(address, headers={"Range": "bytes=10-19"})
    end = client.get(address, headers={"Range": "bytes=-5"})
    changed = client.get(address, headers={"Range": "bytes=100-", "If-Range": '"another"'})
    beyond = client.get(address, headers={"Range": f"bytes={len(whole)}-"})

    assert b"".join(first) == whole
    assert (first.status_code, first["Accept-Ranges"], tag) == (200, "bytes", f'"{export.sha256}"')
    assert (rest.status_code, b"".join(rest)) == (206, whole[100:])
    assert rest["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert (b"".join(middle), middle["Content-Length"]) == (whole[10:20], "10")
    assert b"".join(end) == whole[-5:]
    assert (changed.status_code, b"".join(changed)) == (200, whole)
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert "attachment" in first["Content-Disposition"]
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert AccessRecord.objects.filter(what="export.download", actor_id=lead.pk).count() >= 6
    export.refresh_from_db()
    assert export.downloads == 1  # the others asked for parts


def test_pages_ask_show_and_cancel(lead, monkeypatch):
    make_case()
    client = Client()
    client.force_login(lead, backend=BACKEND)
    page = client.get("/exports/new/?source=cases&q=is:open&as=xlsx").content.decode()
    asked = client.post("/exports/new/", {"source": "cases", "q": "is:open", "as": "xlsx"})
    export = Export.objects.get()
    listed = client.get("/exports/").content.decode()
    part = client.get("/exports/", headers={"HX-Request": "true"}).content.decode()

    assert "1 row now" in page
    assert asked["Location"] == "/exports/"
    assert 'hx-trigger="every 2s"' in listed
    assert part.strip().startswith('<section id="exports"')
    assert client.post(f"/exports/{export.public_id}/cancel/").status_code == 302
    assert 'hx-trigger="every 2s"' not in client.get("/exports/").content.decode()
    assert client.get(f"/exports/{export.public_id}/file/").status_code == 409
    assert client.get("/exports/new/?source=cases&q=nosuch:1").status_code == 422
    assert client.get("/exports/new/?source=no").status_code == 404

    monkeypatch.setattr("reporting.rights.ALONE_AT_MOST", 0)
    client.post("/exports/new/", {"source": "cases", "q": "is:open", "as": "csv"})
    waiting = Export.objects.get(state=ExportState.ASKED)
    second = Client()
    second.force_login(make_user(roles=[Role.LEGAL]), backend=BACKEND)
    assert "Waits for your answer" in second.get("/exports/").content.decode()
    assert second.post(f"/exports/{waiting.public_id}/answer/", {"do": "no"}).status_code == 422
    assert second.post(f"/exports/{waiting.public_id}/answer/", {"do": "yes"}).status_code == 302
    assert client.post(f"/exports/{waiting.public_id}/answer/", {"do": "yes"}).status_code == 404


def test_gaps_and_appeals_leave_as_their_lists_show_them(lead):
    for question, labels in (("Is satire of a bot allowed?", []), ("=CANARY()", ["CHILD_SAFETY"])):
        Gap.objects.create(
            question=question, compartments=labels, source_ref="ESC-1", opened_by=lead, opened_at=db_now()
        )
    client = Client()
    client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")

    asked = [
        exports.ask_export(what=what, params=params, format="csv", by=lead, at=db_now())
        for what, params in (("gaps", {"state": "all"}), ("appeals", {"show": "settled"}))
    ]
    finish()
    gaps, appeals = (read(Export.objects.get(pk=export.pk)) for export in asked)

    assert "Is satire of a bot allowed?" in str(gaps)
    assert "CANARY" not in str(gaps)
    assert "appellant" in str(appeals)
    assert "source=gaps" in client.get("/policies/gaps/").content.decode()
    assert "source=appeals" in client.get("/appeals/").content.decode()
    assert client.get("/exports/new/?source=gaps&state=nothing").status_code == 422
    for person in (make_user(roles=[Role.PARTNER]), make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())):
        for what in ("gaps", "appeals"):
            with pytest.raises(NotPermitted):
                exports.ask_export(what=what, params={}, format="csv", by=person, at=db_now())
