"""The case file as a PDF: for whom, what it says, and that pictures need a reason and stay shielded (ux.md §16, PRT-1, PRT-2, PRT-5)."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.test import Client
from PIL import Image

from accounts.models import User
from accounts.roles import Role
from audit.models import AccessRecord
from core.clock import db_now
from escalations.models import Blob, Case, Evidence
from escalations.operations import evidence_store
from escalations.selectors.case import find_case
from reporting import documents
from reporting.documents.case_file import case_file_document
from reporting.documents.parts import PictureOf
from reporting.selectors import case_files
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WHY = "The court asks for it, 12/44"


@pytest.fixture
def lead(db) -> User:
    return make_user(roles=[Role.LEAD], name="Marta Lead")


def drawn(case: Case, settings, folder) -> bytes:
    """A picture of evidence with its shielded derivative, whose bytes are answered."""
    settings.EVIDENCE_DIR = folder
    made = io.BytesIO()
    Image.new("L", (40, 20), 128).save(made, "PNG")
    stored = evidence_store.store([made.getvalue()])
    blob = Blob.objects.create(
        sha256="a" * 64, size=1, media_type="image/png", blurred_sha256=stored.sha256, preview_state="ready", created_at=db_now()
    )  # fmt: skip
    Evidence.objects.create(
        case=case, organization=case.organization, number=1, kind="file", blob=blob,
        sha256=blob.sha256, name="capture.png", added_at=db_now(),
    )  # fmt: skip
    return made.getvalue()


def ask(by: User, case: Case, **values: str):
    client = Client()
    client.force_login(by, backend=BACKEND)
    address = f"/exports/case-file/?case={case.ref}"
    return client.post(address, values) if values else client.get(address)


def test_the_file_is_made_for_who_sees_the_case_and_every_making_is_on_record(lead, settings, tmp_path):
    case = make_case(title="=Plain", assignee=lead)
    drawn(case, settings, tmp_path)
    assert "Case file" in ask(lead, case).content.decode()

    answer = ask(lead, case, reason="")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    record = AccessRecord.objects.get(what="export.case_file")
    assert (record.subject_ref, record.data["sha256"]) == (case.ref, hashlib.sha256(answer.content).hexdigest())
    assert record.data["pictures"] == []
    secret = make_case(compartments=["CHILD_SAFETY"])
    for other, found, status in (
        (lead, secret, 404),
        (make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor()), case, 404),
        (make_user(roles=[Role.AUDITOR]), case, 404),
    ):
        assert ask(other, found, reason="x").status_code == status
    assert AccessRecord.objects.filter(what="export.case_file").count() == 1


def test_pictures_need_a_reason_which_is_printed_and_stay_shielded(lead, settings, tmp_path):
    case = make_case()
    shielded = drawn(case, settings, tmp_path)

    refused = ask(lead, case, with_pictures="on", reason=" no ")
    answer = ask(lead, case, with_pictures="on", reason=WHY)

    assert refused.status_code == 422
    assert answer.content.startswith(b"%PDF-")
    kept = AccessRecord.objects.filter(what="export.case_file").order_by("pk")
    assert [(row.subject_type, row.reason) for row in kept] == [
        ("escalations.case", WHY), ("escalations.evidence", WHY),
    ]  # fmt: skip
    found = find_case(lead, case.ref)
    there = case_files.drawable(found, viewer=lead)
    file = case_files.case_file_of(found, viewer=lead, at=db_now(), pictures=there, why=WHY)
    document = case_file_document(file)
    assert [part.png for part in document.parts if isinstance(part, PictureOf)] == [shielded]
    assert WHY in str(document.header)
    without = case_file_document(case_files.case_file_of(found, viewer=lead, at=file.at, pictures=[], why=""))
    assert not [part for part in without.parts if isinstance(part, PictureOf)]
    assert "Picture left out: evidence 1" in str(without.parts)
    assert documents.render(document).content == documents.render(case_file_document(file)).content  # PRT-3
    assert document.is_draft  # nothing is decided yet (PRT-5)
    assert document.name == f"{case.ref}@r{found.revision}"


def test_what_is_privileged_is_taken_out_by_the_legal_desk_alone(db):
    case = make_case(compartments=["LEGAL_PRIVILEGED"])
    lead, legal = (make_user(roles=[role], compartments=["LEGAL_PRIVILEGED"]) for role in (Role.LEAD, Role.LEGAL))

    assert ask(lead, case, reason="").status_code == 403
    assert ask(legal, case, reason="").status_code == 200
