"""Every list page can be taken out as a file: by whom, with which rows, as its page is filtered ("any list or report", issue 5)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.models import ActorKind, Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.models import Blob, InboundMail
from notifications.lifecycle import WEBHOOK
from notifications.models import Delivery
from notifications.operations import webhooks
from reporting import exports as registry
from reporting.lifecycle import ExportState
from reporting.models import Export
from reporting.operations import exports
from reporting.sources import casework, kept, records
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LISTINGS = {one.key: one for one in (*records.ALL, *casework.ALL, *kept.ALL)}
# Pages called list that hold no rows of ours to take out.
NO_ROWS = {
    "templates/escalations/bulk": "acts on many cases; the page of each takes its rows out",
    "templates/escalations/me": "one's own work: links into lists that have it",
    "templates/escalations/palette": "the palette",
    "templates/escalations/queue": "its menu has it (listmenu.html)",
    "templates/notifications/duty": "a setting: who is told when no lead is on shift",
    "templates/notifications/mail": "files that a local run keeps instead of sending",
    "templates/notifications/texts": "texts that a local run keeps instead of sending",
    "templates/oncall/calendars": "settings; a calendar is shared as a feed",
    "templates/reporting/exports": "the files themselves",
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.EXPORTS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def lead(db) -> User:
    return make_user(roles=[Role.LEAD], name="Marta Lead")


@pytest.fixture
def auditor(db) -> User:
    return make_user(roles=[Role.AUDITOR], name="Vera Auditor")


def take(what: str, by: User, **params: str) -> list[dict[str, str]]:
    export = exports.ask_export(what=what, params=params, format="csv", by=by, at=db_now())
    while exports.step():
        pass
    export.refresh_from_db()
    assert export.state == ExportState.DONE, (what, export.trouble, export.attempts)
    text = exports.file_of(export).read_text()
    mark, head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert mark[4:6] == ["exported_by", by.display_name]
    return [dict(zip(head, row, strict=True)) for row in rows]


def blob(number: int) -> Blob:
    return Blob.objects.create(sha256=f"{number:064x}", size=1, created_at=db_now())


def page(by: User, address: str) -> str:
    client = Client()
    client.force_login(by, backend=BACKEND)
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_every_list_page_offers_its_rows_as_a_file():
    root = Path(django_settings.BASE_DIR)
    pages = [*root.glob("templates/*/*/list.html"), root / "templates/escalations/admin/mails.html"]
    without = []
    for path in pages:
        name = str(path.parent.relative_to(root))
        if name.startswith("templates/portal/") or name in NO_ROWS:
            continue
        texts = [one.read_text() for one in path.parent.glob("*.html")]
        if not any("export_link" in text or "export_url" in text or "export-new" in text for text in texts):
            without.append(name)

    assert len(pages) > 25
    assert without == []


def test_every_list_is_written_for_who_may_and_for_nobody_else(lead, auditor):
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())
    nobody = make_user(roles=[Role.ADMIN])
    make_case(title="=1+1")

    for key, listing in LISTINGS.items():
        takers = [one for one in (lead, auditor) if listing.may(one)]
        assert takers, key
        rows = take(key, takers[0])
        assert len(rows) <= 1000
        Export.objects.all().update(state=ExportState.EXPIRED)
        for other in (vendor, nobody):
            with pytest.raises(NotPermitted):
                exports.ask_export(what=key, params={}, format="csv", by=other, at=db_now())


def test_the_log_goes_out_filtered_and_without_what_one_may_not_see(lead, auditor):
    plain, secret = make_case(title="Plain"), make_case(title="Hidden", compartments=["CHILD_SAFETY"])
    for case in (plain, secret):
        Event.objects.create(
            at=db_now(), kind="case.noted", subject_type="escalations.case", subject_id=case.pk, subject_ref=case.ref,
            actor_kind=ActorKind.PERSON, actor_id=lead.pk, actor_label="=cmd()", organization_id=case.organization_id,
            compartments=case.compartments, data={"text": "x" * 90},
        )  # fmt: skip
    Event.objects.create(
        at=db_now() - timedelta(days=3), kind="case.noted", subject_type="escalations.case", subject_id=plain.pk,
        subject_ref=plain.ref, actor_kind=ActorKind.SYSTEM, organization_id=plain.organization_id,
    )  # fmt: skip

    for who in (lead, auditor):
        rows = take("log", who, kind="case.noted")
        assert {row["about"] for row in rows} == {plain.ref}, who
        assert sorted(row["who"] for row in rows) == ["", "'=cmd()"]
        assert sorted(row["details"] for row in rows) == ["", f"text: {'x' * 60}"]
    assert len(take("log", lead, kind="case.noted", since=f"{db_now() - timedelta(days=1):%Y-%m-%dT%H:%M}")) == 1
    with pytest.raises(Invalid):
        exports.ask_export(what="log", params={"since": "tomorrow"}, format="csv", by=lead, at=db_now())
    shown = page(auditor, "/admin/log/?kind=case.noted&cursor=")
    assert "/exports/new/?kind=case.noted&amp;source=log" in shown
    assert "source=access" in page(auditor, "/admin/access/")


def test_more_of_the_log_than_a_thousand_rows_needs_a_second_person_who_is_no_auditor(lead, auditor, monkeypatch):
    monkeypatch.setattr("reporting.rights.ALONE_AT_MOST", 2)
    for number in range(3):
        Event.objects.create(
            at=db_now(), kind="case.noted", subject_type="escalations.case", subject_id=number, subject_ref="ESC-1",
            actor_kind=ActorKind.SYSTEM, organization_id=lead.organization_id,
        )  # fmt: skip

    export = exports.ask_export(what="log", params={}, format="csv", by=auditor, at=db_now())

    assert export.state == ExportState.ASKED
    with pytest.raises(NotPermitted):
        exports.answer(export_id=export.pk, is_yes=True, reason="", by=make_user(roles=[Role.AUDITOR]), at=db_now())
    exports.answer(export_id=export.pk, is_yes=True, reason="", by=lead, at=db_now())


def test_people_go_out_as_their_page_finds_them(lead):
    make_user(name="Ravi Found", roles=[Role.SPECIALIST], email="ravi.found@example.org")
    make_user(name="Somebody else", email="else@example.org")

    rows = take("people", lead, q="found")

    assert [(row["name"], row["roles"], row["active"]) for row in rows] == [("Ravi Found", "SP", "true")]
    assert "source=people" in page(lead, "/admin/people/?q=found")
    assert "source=people" not in page(make_user(roles=[Role.ADMIN]), "/admin/people/")


def test_webhooks_and_their_messages_go_out_to_auditors(auditor):
    vendor = make_vendor()
    admin = make_user(roles=[Role.ADMIN])
    made = webhooks.make(
        organization=vendor, url="https://hooks.example.org/in", by=admin, at=db_now(), description="=CRM"
    ).endpoint
    event = Event.objects.filter(kind="webhook.made").get()
    Delivery.objects.create(
        organization=vendor, lane="webhook", channel=WEBHOOK, destination=made.destination, payload={"event": event.pk},
        dedup_key="one", created_at=db_now(),
    )  # fmt: skip

    [endpoint] = take("webhooks", auditor, organization=vendor.slug)
    [message] = take("webhook-messages", auditor, endpoint=str(made.public_id))

    assert (endpoint["organization"], endpoint["description"]) == (vendor.name, "'=CRM")
    assert (message["event"], message["state"]) == ("webhook.made", "pending")
    Export.objects.all().update(state=ExportState.EXPIRED)
    assert take("webhook-messages", auditor, endpoint="nonsense") == []
    assert [row["to"] for row in take("deliveries", auditor, show="waiting")] == [made.destination]
    assert f"organization={vendor.slug}" in page(auditor, f"/webhooks/{vendor.slug}/")
    assert f"endpoint={made.public_id}" in page(auditor, f"/webhooks/{vendor.slug}/{made.public_id}/")


def test_mail_of_a_hidden_case_goes_out_without_its_words(lead):
    hidden = make_case(compartments=["CHILD_SAFETY"])
    values = {"organization": hidden.organization, "received_at": db_now(), "sender": "a@example.org"}
    InboundMail.objects.create(
        blob=blob(1), subject="Secret words", case=hidden, state="filed", settled_at=db_now(), **values
    )
    InboundMail.objects.create(blob=blob(2), subject="Plain words", state="quarantined", reason="forged", **values)

    rows = take("mails", lead, state="")

    assert sorted((row["subject"], row["case"]) for row in rows) == [("", ""), ("Plain words", "")]


def test_precedents_and_clauses_refuse_what_their_pages_refuse(lead):
    for what, params in (
        ("precedents", {"q": "nonsense:1"}),
        ("clauses", {"family": "none"}),
        ("hand-offs", {"type": "x"}),
    ):
        with pytest.raises(Invalid):
            exports.ask_export(what=what, params=params, format="csv", by=lead, at=db_now())
    assert set(registry.SOURCES) >= set(LISTINGS)
