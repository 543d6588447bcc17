"""Evidence: how items join a case, and that no original byte leaves before somebody asks and is written down."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Compartment
from accounts.roles import Role
from audit.models import AccessRecord, Event
from core.errors import DomainError, Invalid, NotFound, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus, GraphicTier, OriginalState
from escalations.models import Blob, EnforcementAction, Evidence
from escalations.operations import evidence, evidence_store, uploads
from escalations.selectors import case as case_selectors
from escalations.views import evidence as views
from policies.lifecycle import ActionType
from tests.factories.cases import make_case
from tests.factories.enforcement import decide, make_subject_case
from tests.factories.people import NOON, make_key, make_user, make_vendor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
committed = pytest.mark.django_db(transaction=True, databases=["default", "independent"])


def picture(colour="red"):
    out = io.BytesIO()
    Image.new("RGB", (64, 40), colour).save(out, "PNG")
    return out.getvalue()


def attach(case, by, *, content=None, name="still.png", claimed="image/png", **fields):
    upload = uploads.keep_upload(chunks=[content or picture()], name=name, claimed_type=claimed, by=by, at=NOON)
    return evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=by, at=NOON, **fields)


def signed_in(client, **options):
    user = make_user(**options)
    client.force_login(user)
    return user


# -- Joining a case ------------------------------------------------------------------------------------------------------
def test_a_text_is_kept_word_for_word_under_its_hash():
    case = make_case()

    item = evidence.add_text(case_id=case.pk, text="Gana un 8 %", by=make_user(), at=NOON, tier=GraphicTier.G0)

    assert item.sha256 == hashlib.sha256(b"Gana un 8 %").hexdigest()
    assert item.is_internal
    data = Event.objects.get(kind=events.EVIDENCE_ADDED).data
    assert (data["number"], data["sha256"]) == (1, item.sha256)
    case.refresh_from_db()
    assert "Gana" in case.internal_text
    assert "Gana" not in case.outward_text


def test_the_same_bytes_twice_are_one_blob_and_two_items():
    case = make_case()
    ana = make_user()

    first, second = attach(case, ana), attach(case, ana)

    assert first.blob == second.blob
    assert [first.number, second.number] == [1, 2]
    assert Blob.objects.count() == 1


def test_a_correction_is_a_new_item_that_names_the_old_one():
    case = make_case()
    ana = make_user()
    evidence.add_text(case_id=case.pk, text="Wrong", by=ana, at=NOON)

    item = evidence.add_text(case_id=case.pk, text="Right", by=ana, at=NOON, corrects=1)

    assert item.corrects.text == "Wrong"
    assert Event.objects.get(kind=events.EVIDENCE_CORRECTED).data == {"number": 2, "corrects": 1}


def test_another_persons_upload_cannot_be_attached():
    upload = uploads.keep_upload(chunks=[b"x"], name="x", claimed_type="", by=make_user(), at=NOON)

    with pytest.raises(NotFound):
        evidence.add_file(case_id=make_case().pk, upload_id=upload.public_id, by=make_user(), at=NOON)


def test_a_vendors_upload_cannot_be_attached_by_another_vendor():
    vendor = make_vendor()
    key, _secret = make_key(organization=vendor)
    other, _secret = make_key()
    upload = uploads.keep_upload(chunks=[b"x"], name="x", claimed_type="", by=other, at=NOON)

    with pytest.raises(NotFound):
        evidence.add_file(case_id=make_case(organization=vendor).pk, upload_id=upload.public_id, by=key, at=NOON)


def test_an_upload_is_attached_once():
    case = make_case()
    ana = make_user()
    upload = uploads.keep_upload(chunks=[b"x"], name="x", claimed_type="", by=ana, at=NOON)
    evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=ana, at=NOON)

    with pytest.raises(Invalid):
        evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=ana, at=NOON)


@pytest.mark.parametrize("state", [{"status": CaseStatus.CLOSED}, {"is_legal_hold": True}])
def test_a_closed_or_held_case_takes_no_more(state):
    with pytest.raises(DomainError) as refusal:
        evidence.add_text(case_id=make_case(**state).pk, text="Late", by=make_user(), at=NOON)

    assert refusal.value.status == 409


def test_a_case_takes_fifty_items():
    case = make_case()
    ana = make_user()
    for number in range(50):
        evidence.add_text(case_id=case.pk, text=f"Item {number}", by=ana, at=NOON)

    with pytest.raises(Invalid):
        evidence.add_text(case_id=case.pk, text="One more", by=ana, at=NOON)


def test_the_same_form_adds_once():
    case = make_case()
    ana = make_user()

    first = evidence.add_text(case_id=case.pk, text="Once", by=ana, at=NOON, form_token="t")
    second = evidence.add_text(case_id=case.pk, text="Once", by=ana, at=NOON, form_token="t")

    assert first == second


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://a.test/x",
        "https://user:secret@a.test/",
        "https://a.test/\\@b.test",
        "not an address",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(Invalid) as refusal:
        evidence.add_url_note(case_id=make_case().pk, url=url, by=make_user(), at=NOON)

    assert refusal.value.errors[0].code == "url_not_allowed"


def test_a_case_is_as_graphic_as_its_worst_item_and_unknown_while_one_is():
    case = make_case()
    ana = make_user()
    evidence.add_text(case_id=case.pk, text="a", by=ana, at=NOON, tier=GraphicTier.G1)
    evidence.add_text(case_id=case.pk, text="b", by=ana, at=NOON)
    case.refresh_from_db()
    assert case.graphic_tier is None

    evidence.set_tier(case_id=case.pk, number=2, tier=GraphicTier.G3, by=ana, at=NOON)

    case.refresh_from_db()
    assert case.graphic_tier == GraphicTier.G3
    assert Event.objects.get(kind=events.EVIDENCE_TIERED).data == {"number": 2, "tier": 3, "before": None}


def test_a_reader_adds_nothing():
    with pytest.raises(NotPermitted):
        evidence.add_text(
            case_id=make_case(status=CaseStatus.NEW).pk, text="x", by=make_user(roles=[Role.AUDITOR]), at=NOON
        )


# -- Adding on the page --------------------------------------------------------------------------------------------------
def test_a_file_is_added_in_the_browser(client):
    case = make_case()
    signed_in(client)
    file = SimpleUploadedFile("../../etc/passwd.png", picture(), content_type="image/png")

    answer = client.post(f"/c/{case.ref}/e/add/", {"file": file, "note": "A red tile"}, headers=HTMX)

    item = Evidence.objects.get()
    assert answer.headers["HX-Retarget"] == "#evidence"
    assert (item.name, item.note, item.blob.media_type) == ("passwd.png", "A red tile", "image/png")
    assert "<img" not in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Give a file, an address or a text."),
        ({"url": "https://a.test/", "text": "both"}, "Give one of these at a time."),
        ({"url": "javascript:alert(1)"}, "Give a whole address"),
        ({"text": "x", "note": "n" * 501}, "500"),
        ({"text": "x", "tier": "9"}, "9"),
    ],
)
def test_what_cannot_be_added_is_said_beside_the_field(client, values, words):
    case = make_case()
    signed_in(client)

    answer = client.post(f"/c/{case.ref}/e/add/", values, headers=HTMX)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("name", "claimed", "content", "words"),
    [
        ("empty.png", "image/png", b"", "empty"),
        ("page.jpg", "image/jpeg", b"<html><script>alert(1)</script></html>", "its bytes say text/html"),
        ("a.svg.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "bytes say"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(client, name, claimed, content, words):
    case = make_case()
    signed_in(client)
    file = SimpleUploadedFile(name, content, content_type=claimed)

    answer = client.post(f"/c/{case.ref}/e/add/", {"file": file}, headers=HTMX)

    assert answer.status_code == 422
    assert words in answer.content.decode()


# -- Looking -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["", "e/1/", "print/"])
def test_no_page_loads_a_picture_by_itself(client, address):
    case = make_case()
    ana = signed_in(client)
    attach(case, ana, tier=GraphicTier.G0)

    html = client.get(f"/c/{case.ref}/{address}").content.decode()

    assert "<img" not in html
    assert 'src="/c/' not in html.replace('data-src="/c/', "")
    assert not AccessRecord.objects.exists()


@committed
def test_an_original_is_shown_after_exactly_one_record_and_may_not_be_kept_or_run(client):
    case = make_case()
    ana = signed_in(client)
    item = attach(case, ana, name='a"b\r\nSet-Cookie: x.png')

    answer = client.get(f"/c/{case.ref}/e/1/original/")

    record = AccessRecord.objects.get()
    assert (record.what, record.actor_id, record.subject_id) == (views.ORIGINAL, ana.pk, item.pk)
    assert hashlib.sha256(answer.content).hexdigest() == item.sha256
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "\n" not in answer.headers["Content-Disposition"]


@committed
def test_without_a_record_there_are_no_bytes(client, monkeypatch):
    from django.db import DatabaseError

    case = make_case()
    attach(case, signed_in(client))

    def fail(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(views, "record_access", fail)
    answer = client.get(f"/c/{case.ref}/e/1/original/")

    assert client.head(f"/c/{case.ref}/e/1/original/").status_code == 405
    assert answer.status_code == 503
    assert b"PNG" not in answer.content


@committed
def test_a_browser_that_fetches_ahead_gets_nothing(client):
    case = make_case()
    attach(case, signed_in(client))

    answer = client.get(f"/c/{case.ref}/e/1/original/", headers={"Sec-Purpose": "prefetch"})

    assert answer.status_code == 503
    assert not AccessRecord.objects.exists()


@committed
def test_bytes_that_changed_on_the_disk_are_not_shown(client):
    case = make_case()
    item = attach(case, signed_in(client), content=picture("blue"))
    path = evidence_store.path_of(item.sha256)
    kept = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(picture("green"))

    answer = client.get(f"/c/{case.ref}/e/1/original/")
    path.write_bytes(kept)

    assert answer.status_code == 409
    assert b"PNG" not in answer.content


def test_the_blurred_derivative_has_none_of_the_originals_bytes(client):
    case = make_case()
    item = attach(case, signed_in(client))

    answer = client.get(f"/c/{case.ref}/e/1/preview/")

    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == item.blob.blurred_sha256 != item.sha256
    assert "no-store" in answer.headers["Cache-Control"]


@committed
@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"<html><script>alert(1)</script>", b"<svg onload='x'/>", b"PK\x03\x04x"]
)
def test_what_a_browser_could_run_is_never_opened_only_taken_away(client, content):
    case = make_case()
    attach(case, signed_in(client, roles=[Role.LEAD]), content=content, name="x.bin", claimed="")

    assert client.get(f"/c/{case.ref}/e/1/original/").status_code == 404
    answer = client.post(f"/c/{case.ref}/e/1/download/", {"reason": "For the regulator"})

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert AccessRecord.objects.get().reason == "For the regulator"


@pytest.mark.parametrize(
    ("role", "preview", "original", "download"),
    [
        (Role.SPECIALIST, 200, 200, 403),
        (Role.SENIOR, 200, 200, 200),
        (Role.LEAD, 200, 200, 200),
        (Role.LEGAL, 200, 200, 200),
        (Role.QUALITY, 403, 403, 403),
        (Role.AUDITOR, 403, 403, 403),
    ],
)
@committed
def test_who_may_look_and_take_follows_the_matrix(client, role, preview, original, download):
    case = make_case()
    attach(case, make_user())
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_at=NOON, resolution="no_violation")
    signed_in(client, roles=[role])

    assert client.get(f"/c/{case.ref}/e/1/preview/").status_code == preview
    assert client.get(f"/c/{case.ref}/e/1/original/").status_code == original
    assert client.post(f"/c/{case.ref}/e/1/download/", {"reason": "Needed in court"}).status_code == download


@committed
@pytest.mark.parametrize(
    "mark", [{"harm": "child_safety"}, {"compartments": [Compartment.CHILD_SAFETY]}, {"suspected_policy": "CS-CE-1.1"}]
)
def test_possible_child_abuse_material_is_never_rendered_here(client, mark):
    case = make_case(**mark)
    attach(case, make_user(compartments=[Compartment.CHILD_SAFETY]))
    signed_in(client, roles=[Role.LEAD], compartments=[Compartment.CHILD_SAFETY])

    page = client.get(f"/c/{case.ref}/").content.decode()
    for address in ("preview/", "original/"):
        assert client.get(f"/c/{case.ref}/e/1/{address}").status_code == 403
    assert client.post(f"/c/{case.ref}/e/1/download/", {"reason": "Any reason"}).status_code == 403

    assert "data-src" not in page
    assert "Possible child abuse material" in page
    assert not AccessRecord.objects.exists()


def test_items_of_a_hidden_case_do_not_exist(client):
    case = make_case(compartments=[Compartment.LEGAL_PRIVILEGED])
    attach(case, make_user(compartments=[Compartment.LEGAL_PRIVILEGED]))
    signed_in(client)

    for address in ("", "preview/", "original/"):
        assert client.get(f"/c/{case.ref}/e/1/{address}").status_code == 404


def test_an_item_of_another_case_is_not_found_here(client):
    case, other = make_case(), make_case()
    attach(other, signed_in(client))

    assert client.get(f"/c/{case.ref}/e/1/").status_code == 404
    assert client.get(f"/c/{case.ref}/e/1/original/").status_code == 404


@committed
def test_a_download_needs_a_reason(client):
    case = make_case()
    attach(case, signed_in(client, roles=[Role.LEAD]))

    assert client.post(f"/c/{case.ref}/e/1/download/", {"reason": " "}).status_code == 422
    assert not AccessRecord.objects.exists()


def test_the_tier_is_set_on_the_items_page(client):
    case = make_case()
    attach(case, signed_in(client))

    client.post(f"/c/{case.ref}/e/1/tier/", {"tier": "1"})

    assert Evidence.objects.get().graphic_tier == GraphicTier.G1
    assert client.post(f"/c/{case.ref}/e/1/tier/", {"tier": "7"}).status_code == 422


# -- What became of the original (CAS-5) ------------------------------------------------------------------------------------
def test_whether_the_original_is_live_is_said_with_who_looked_and_when(client):
    ana = signed_in(client)
    case = make_case()
    evidence.add_url_note(case_id=case.pk, url="https://clips.example/a?b=1", by=ana, at=NOON)
    page = f"/c/{case.ref}/e/1/"
    assert "nobody has looked" in client.get(f"/c/{case.ref}/").text

    client.post(f"{page}looked/", {"state": "removed"})

    item = Evidence.objects.get(case=case)
    assert (item.original_state, item.original_seen_by) == ("removed", ana)
    assert item.original_seen_at is not None
    assert Event.objects.get(kind=events.EVIDENCE_ORIGINAL_SEEN).data == {"number": 1, "state": "removed", "before": ""}
    assert 'tag-line">Removed</span>' in client.get(page).text
    listed = client.get(f"/c/{case.ref}/").text
    assert 'tag-line">Removed</span>' in listed
    assert "found the original of evidence 1 removed" in listed


def test_the_original_is_removed_once_the_platform_confirms_it():
    case, ana, _account, post = make_subject_case()
    post.url = "https://clips.example/a"
    post.save()
    evidence.add_url_note(case_id=case.pk, url=post.url, by=ana, at=NOON)
    evidence.note_original(case_id=case.pk, number=1, state=OriginalState.LIVE, by=ana, at=NOON)
    action = EnforcementAction.objects.get(decision=decide(case, ana), type=ActionType.CONTENT_REMOVE, entity=post)

    def shown():
        [item] = case_selectors.evidence_items(
            case, list(case.evidence.all()), viewer=ana, subjects=case_selectors.subjects_of(case)
        )
        return item.original, item.original_at, item.is_confirmed

    assert shown() == (OriginalState.LIVE, NOON, False)
    later = NOON + timedelta(hours=1)
    EnforcementAction.objects.filter(pk=action.pk).update(
        state="accepted", settled_at=later, foreign_id="p-1", lease_until=None
    )
    assert shown() == (OriginalState.REMOVED, later, True)
    evidence.note_original(case_id=case.pk, number=1, state=OriginalState.LIVE, by=ana, at=later + timedelta(hours=1))
    assert shown() == (OriginalState.LIVE, later + timedelta(hours=1), False)  # it came back


def test_an_original_is_said_of_addresses_alone_by_who_may_edit(client):
    case = make_case()
    evidence.add_text(case_id=case.pk, text="Words", by=make_user(), at=NOON)
    with pytest.raises(Invalid):
        evidence.note_original(case_id=case.pk, number=1, state=OriginalState.LIVE, by=make_user(), at=NOON)
    with pytest.raises(NotPermitted):
        evidence.note_original(
            case_id=case.pk, number=1, state=OriginalState.LIVE, by=make_user(roles=[Role.AUDITOR]), at=NOON
        )
    signed_in(client)
    assert client.post(f"/c/{case.ref}/e/1/looked/", {"state": "burnt"}).status_code == 422
