"""The bad-input lists of the design (A to E where the API has it, F 66–70, 77, 78, 80, H, I 103–106), one row each."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.operations import idempotency
from escalations.lifecycle import CaseStatus
from escalations.models import Blob, Case, Evidence, Upload
from escalations.operations import evidence_store
from tests.escalations.api_client import Caller
from tests.factories.people import internal_organization, make_user
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.fixture
def caller() -> Caller:
    return Caller()


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, after the checks that hold for every refusal."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), answer.content
    found = answer.json()
    assert found["code"] == code
    assert found["status"] == status
    assert found["detail"]
    assert found["type"] == f"/developers/errors/#{code}"
    assert found["request_id"] == answer.headers["X-Request-ID"]
    assert not any(word in answer.content for word in (b"Traceback", b"SELECT", b"/work", b"psycopg"))
    return found


def body_with(raw: str) -> bytes:
    return json.dumps(submission_body()).replace('"Pause these ads today."', raw).encode()


DEEP = b'{"title": ' + b"[" * 200 + b"]" * 200 + b"}"


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        pytest.param(b"hello", 400, "parse_error", id="A1 not JSON"),
        pytest.param(b'{"title": "x', 400, "parse_error", id="A2 truncated"),
        pytest.param(b'{"title": "a", "title": "b"}', 400, "duplicate_key", id="A3 duplicate keys"),
        pytest.param(DEEP, 400, "too_deep", id="A4 depth 200"),
        pytest.param(b"[" * 100_000, 400, "too_deep", id="A4 depth 100,000"),
        pytest.param(b'{"title": "' + b"x" * 1_100_000 + b'"}', 413, "too_large", id="A5 over 1 MB"),
        pytest.param('{"title": "ü"}'.encode("utf-16"), 400, "bad_encoding", id="A7 UTF-16"),
        pytest.param(b'{"title": "\xff\xfe"}', 400, "bad_encoding", id="A7 invalid UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"title": "a"}', 400, "bad_encoding", id="A7 byte order mark"),
        pytest.param(b'{"title": "\\ud83d"}', 400, "bad_encoding", id="A7 half a surrogate pair"),
        pytest.param(body_with('"a\\u0000b"'), 400, "nul_not_allowed", id="A8 NUL"),
        pytest.param(b'{"a\\u0000": 1}', 400, "nul_not_allowed", id="A8 NUL in a key"),
        pytest.param(b'{"impact": {"views": NaN}}', 400, "parse_error", id="A10 NaN"),
        pytest.param(b'{"impact": {"views": -Infinity}}', 400, "parse_error", id="A10 Infinity"),
        pytest.param(b'{"reach": ' + b"9" * 5000 + b"}", 400, "parse_error", id="a number of 5,000 digits"),
        pytest.param(b"", 400, "body_missing", id="no body"),
        pytest.param(b"[]", 422, "invalid", id="a list"),
        pytest.param(b"null", 422, "invalid", id="null"),
        pytest.param(b'"text"', 422, "invalid", id="a text"),
    ],
)
def test_a_body_that_cannot_be_read(caller: Caller, raw: bytes, status: int, code: str) -> None:
    refused(caller.post("submissions/", raw), status, code)
    assert not Case.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "a"])
def test_a6_another_content_type(caller: Caller, content_type: str) -> None:
    answer = caller.post("submissions/", b"{}", content_type=content_type)

    refused(answer, 415, "unsupported_media_type")


def test_a14_methods_an_address_does_not_have(caller: Caller) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {caller.token}"}
    for method in ("put", "patch", "delete", "options", "trace"):
        answer = getattr(client, method)("/api/v1/submissions/", headers=headers)
        refused(answer, 405, "method_not_allowed")
        assert "POST" in answer.headers["Allow"]


def test_a14_head_and_get_with_a_body(caller: Caller) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {caller.token}"}

    head = client.head("/api/v1/submissions/", headers=headers)
    get = client.generic("GET", "/api/v1/submissions/", b"{not json", content_type="application/json", headers=headers)

    assert (head.status_code, head.content) == (200, b"")
    assert get.status_code == 200


def test_a15_a_method_override_is_ignored(caller: Caller) -> None:
    answer = caller.get("submissions/", **{"X-HTTP-Method-Override": "POST"})

    assert answer.status_code == 200
    assert not Case.objects.exists()


def test_a16_a_compressed_body_is_not_unpacked(caller: Caller) -> None:
    answer = caller.post("submissions/", gzip.compress(b" " * 10_000_000), **{"Content-Encoding": "gzip"})

    refused(answer, 400, "bad_encoding")


def test_a19_a_foreign_host() -> None:
    answer = Client(headers={"Host": "evil.example"}).get("/api/v1/submissions/")

    assert answer.status_code == 400
    assert b"Traceback" not in answer.content


def test_a20_a_garbage_accept_language(caller: Caller) -> None:
    assert caller.get("submissions/", **{"Accept-Language": "x" * 5000 + ";q=9,,;;*"}).status_code == 200


def test_only_json_is_answered(caller: Caller) -> None:
    refused(caller.get("submissions/", Accept="text/html"), 406, "not_acceptable")


@pytest.mark.parametrize("path", ["nothing/", "submissions", "", "submissions/ESC-1234567/appeal-me/", "../admin/"])
def test_an_unknown_address_is_a_problem_too(caller: Caller, path: str) -> None:
    refused(caller.get(path), 404, "no_such_address")


LONG = "x" * 201
SUBJECT = {"kind": "ad", "url": "https://vid.example/ads/7731"}
FAR, PAST = "2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        pytest.param({"lang": "es"}, "/lang", "unknown_field", id="A12 unknown field"),
        pytest.param({"organization": 1}, "/organization", "unknown_field", id="T4 over-posting"),
        pytest.param({"severity": 0}, "/severity", "unknown_field", id="T4 severity"),
        pytest.param({"title": 5}, "/title", "wrong_type", id="A13 number for text"),
        pytest.param({"title": ["a"]}, "/title", "wrong_type", id="A13 list for text"),
        pytest.param({"subjects": {}}, "/subjects", "wrong_type", id="A13 object for list"),
        pytest.param({"subjects": [5]}, "/subjects/0", "wrong_type", id="A13 number for object"),
        pytest.param({"impact": {"views": "5"}}, "/impact/views", "wrong_type", id="A13 text for number"),
        pytest.param({"impact": {"views": True}}, "/impact/views", "wrong_type", id="A13 flag for number"),
        pytest.param({"impact": {"views": 1.5}}, "/impact/views", "wrong_type", id="A13 fraction"),
        pytest.param({"impact": {"views": 1e300}}, "/impact/views", "wrong_type", id="A13 too large a float"),
        pytest.param({"impact": {"views": -1}}, "/impact/views", "out_of_range", id="A13 negative"),
        pytest.param({"impact": {"views": 10**40}}, "/impact/views", "out_of_range", id="A13 40 digits"),
        pytest.param({"title": ""}, "/title", "required", id="D41 empty"),
        pytest.param({"title": "   \n\t"}, "/title", "required", id="D41 blanks"),
        pytest.param({"title": "\u200b\u200d\ufeff"}, "/title", "required", id="D41 zero width"),
        pytest.param({"title": LONG}, "/title", "too_long", id="D42 title 201"),
        pytest.param({"ask": "x" * 100_001}, "/ask", "too_long", id="D42 ask 100,001"),
        pytest.param({"title": "e" + "\u0301" * 1000}, "/title", "too_long", id="D44 combining"),
        pytest.param({"surface": "ad"}, "/surface", "not_a_choice", id="D48 unknown surface"),
        pytest.param({"harm": "bad"}, "/harm", "not_a_choice", id="D48 unknown harm"),
        pytest.param({"severity_claimed": "S9"}, "/severity_claimed", "not_a_choice", id="D48 unknown severity"),
        pytest.param({"market": "XX"}, "/market", "unknown_country", id="D49 country"),
        pytest.param({"market": "Ireland"}, "/market", "too_long", id="D49 country's name"),
        pytest.param({"language": "english"}, "/language", "unknown_language", id="D49 language"),
        pytest.param({"language": "qq"}, "/language", "unknown_language", id="D49 no such language"),
        pytest.param(
            {"subjects": [{"kind": "ad", "url": "javascript:alert(1)"}]},
            "/subjects/0/url",
            "url_not_allowed",
            id="D50 javascript",
        ),
        pytest.param(
            {"subjects": [{"kind": "ad", "url": "https://a:b@vid.example/"}]},
            "/subjects/0/url",
            "url_not_allowed",
            id="D50 credentials",
        ),
        pytest.param(
            {"subjects": [{"kind": "ad", "url": "https://vid.example/" + "x" * 8000}]},
            "/subjects/0/url",
            "too_long",
            id="D50 8 KB",
        ),
        pytest.param(
            {"subjects": [{"kind": "ad", "url": "https://[::1"}]}, "/subjects/0/url", "url_not_allowed", id="D50 broken"
        ),
        pytest.param({"deadline_at": PAST}, "/deadline_at", "in_the_past", id="E58 past"),
        pytest.param({"deadline_at": FAR}, "/deadline_at", "out_of_range", id="E58 too far"),
        pytest.param({"deadline_at": "9999-12-31T23:59:59Z"}, "/deadline_at", "out_of_range", id="E58 year 9999"),
        pytest.param({"deadline_at": "2027-01-01T10:00:00"}, "/deadline_at", "naive_time", id="E58 naive"),
        pytest.param({"deadline_at": "2027-01-01T24:00:00Z"}, "/deadline_at", "wrong_form", id="E58 24:00"),
        pytest.param({"deadline_at": "2027-02-30T10:00:00Z"}, "/deadline_at", "wrong_form", id="E58 30 February"),
        pytest.param({"deadline_at": "tomorrow"}, "/deadline_at", "wrong_form", id="E58 a word"),
        pytest.param({"deadline_at": "0001-01-01T00:00:00+14:00"}, "/deadline_at", "wrong_form", id="E58 year 1"),
        pytest.param({"deadline_at": 1700000000}, "/deadline_at", "wrong_type", id="E58 a number"),
        pytest.param(
            {"evidence": [{"url": "https://a.example/", "captured_at": FAR}]},
            "/evidence/0/captured_at",
            "in_the_future",
            id="captured later",
        ),
        pytest.param({"evidence": [{}]}, "/evidence/0/url", "required", id="evidence of nothing"),
        pytest.param(
            {"evidence": [{"kind": "file", "url": "https://a.example/"}]},
            "/evidence/0/upload_id",
            "required",
            id="a file without its upload",
        ),
        pytest.param({"evidence": [{"upload_id": "x" * 36}]}, "/evidence/0/upload_id", "wrong_form", id="no upload id"),
        pytest.param(
            {"evidence": [{"upload_id": "-" * 36}]}, "/evidence/0/upload_id", "unknown_upload", id="dashes alone"
        ),
        pytest.param({"subjects": [SUBJECT] * 51}, "/subjects", "too_many", id="51 subjects"),
        pytest.param({"subjects": [], "evidence": None}, "/subjects", "required", id="no subject and no address"),
        pytest.param({"subjects": [{"kind": "ad"}]}, "/subjects/0/id", "required", id="a subject without identity"),
        pytest.param({"language": None}, "/market", "required", id="neither market nor language"),
        pytest.param({"suspected_policy": None}, "/suspected_policy", "required", id="neither policy nor harm"),
        pytest.param({"impact": {"spend": 5}}, "/impact/currency", "required", id="money without currency"),
        pytest.param({"severity_inputs": {"imminence": 1}}, "/severity_inputs/imminence", "wrong_type", id="answer"),
        pytest.param(
            {"severity_inputs": {"iminence": "now"}}, "/severity_inputs/iminence", "unknown_field", id="unknown answer"
        ),
        pytest.param({"attach_to": "ESC-1234567"}, "/attach_to", "not_found", id="C31 no such case"),
    ],
)
def test_a_value_that_needs_correcting(caller: Caller, changes: dict[str, Any], pointer: str, code: str) -> None:
    body = {**submission_body(), **changes}

    found = refused(caller.post("submissions/", {k: v for k, v in body.items() if v is not None}), 422, "invalid")

    assert {"pointer": pointer, "code": code} in [
        {name: error[name] for name in ("pointer", "code")} for error in found["errors"]
    ]
    assert not Case.objects.exists()


def test_all_faults_come_at_once_with_the_nearest_name(caller: Caller) -> None:
    body = {"titel": "x", "surface": "ad", "language": "xx", "subjects": [{"kind": "add", "url": "ftp://x"}]}

    found = refused(caller.post("submissions/", body), 422, "invalid")

    said = {error["pointer"]: error["detail"] for error in found["errors"]}
    assert said["/titel"] == "Did you mean title?"
    assert {"/title", "/ask", "/surface", "/language", "/suspected_policy", "/subjects/0/kind", "/subjects/0/url"} <= (
        said.keys()
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "{{7*7}} ${7*7} {% load x %}",
        "🧨👩‍👩‍👧 مرحبا שלום",
        "[x](javascript:alert(1)) ![](http://tracker.example/p.gif)",
        "hx-get=/accounts/logout/ hx-trigger=load",
        "'; DROP TABLE escalations_case; --",
        "=cmd|' /C calc'!A0",
    ],
)
def test_d45_text_is_kept_as_it_is(caller: Caller, text: str) -> None:
    ref = caller.post("submissions/", submission_body(title=text, ask=text)).json()["ref"]

    assert caller.get(f"submissions/{ref}/").json()["title"] == text
    assert Case.objects.get(ref=ref).ask == text


def test_d50_an_address_in_another_script_is_accepted(caller: Caller) -> None:
    body = submission_body(subjects=[{"kind": "domain", "url": "https://пример.example/страница?q=ü"}])

    assert caller.post("submissions/", body).status_code == 201


def test_d52_a_reference_twice_in_one_organization_and_once_in_another(caller: Caller) -> None:
    ref = caller.post("submissions/", submission_body(external_ref="NG-1")).json()["ref"]

    found = refused(caller.post("submissions/", submission_body(external_ref="NG-1")), 409, "external_ref_taken")

    assert found["ref"] == ref
    assert Caller().post("submissions/", submission_body(external_ref="NG-1")).status_code == 201


# -- B: tokens ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer", "key_missing"),
        ("Bearer ", "key_missing"),
        ("Bearer wf_live_\x7f", "key_malformed"),
        ("Bearer " + "x" * 20_000, "key_malformed"),
        ("Bearer wf_test_abcdefabcdef_" + "é" * 43, "key_malformed"),
        ("wf_live_aaaaaaaaaaaa_" + "a" * 43, "key_missing"),
        ("Bearer wf_live_aaaaaaaaaaaa_" + "a" * 43, "key_invalid"),
    ],
)
def test_b_keys_that_are_none(header: str, code: str) -> None:
    refused(Client().get("/api/v1/submissions/", headers={"Authorization": header}), 401, code)


def test_b_a_live_key_under_the_name_of_a_test_key_is_none(caller: Caller) -> None:
    renamed = caller.token.replace("wf_live_", "wf_test_")

    refused(Client().get("/api/v1/submissions/", headers={"Authorization": f"Bearer {renamed}"}), 401, "key_invalid")


def test_b_a_session_is_no_key(client: Client) -> None:
    client.force_login(make_user())

    refused(client.get("/api/v1/submissions/"), 401, "key_missing")


def test_b_a_key_from_another_network() -> None:
    caller = Caller(allowed_networks=["192.0.2.0/24"])

    refused(caller.get("submissions/"), 401, "key_network")


def test_b_a_key_of_an_organization_that_is_gone() -> None:
    caller = Caller()
    caller.key.organization.is_active = False
    caller.key.organization.save()

    refused(caller.get("submissions/"), 401, "key_invalid")


# -- E: workflow through the API ---------------------------------------------------------------------------------------
@pytest.fixture
def inside() -> Caller:
    return Caller(organization=internal_organization(), scopes=("cases:*",))


def ref_of_new_case(caller: Caller, **changes: Any) -> str:
    found: str = caller.post("submissions/", submission_body(**changes)).json()["ref"]
    return found


def test_e53_a_closed_case_takes_no_edit_and_says_where_it_can_go(caller: Caller, inside: Caller) -> None:
    ref = ref_of_new_case(caller)
    caller.post(f"submissions/{ref}/withdraw/", {"reason": "x"})
    tag = inside.get(f"cases/{ref}/").headers["ETag"]

    answer = inside.post(f"cases/{ref}/edit/", {"market": "IE"}, **{"If-Match": tag})

    assert refused(answer, 409, "illegal_transition")["legal"] == ["new"]


def test_e59_a_key_may_not_lower_the_severity(caller: Caller, inside: Caller) -> None:
    ref = ref_of_new_case(caller, severity_inputs={"velocity": "viral"})

    answer = inside.post(f"cases/{ref}/severity/", {"severity": "S4", "reason": "x"}, **{"If-Match": '"rev-1"'})

    assert refused(answer, 403, "not_permitted")["rule"] == "severity.lower"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "if_match_missing"),
        ("rev-1", "if_match_malformed"),
        ("*", "if_match_malformed"),
        ('""', "if_match_malformed"),
    ],
)
def test_e64_an_edit_names_the_revision_it_saw(caller: Caller, inside: Caller, given: str | None, code: str) -> None:
    ref = ref_of_new_case(caller)
    headers = {} if given is None else {"If-Match": given}

    refused(inside.post(f"cases/{ref}/edit/", {"market": "IE"}, **headers), 400, code)


def test_e64_a_stale_revision_is_refused_with_both(caller: Caller, inside: Caller) -> None:
    ref = ref_of_new_case(caller)
    inside.post(f"cases/{ref}/edit/", {"market": "IE"}, **{"If-Match": '"rev-1"'})

    found = refused(
        inside.post(f"cases/{ref}/edit/", {"market": "DE"}, **{"If-Match": '"rev-1"'}), 412, "stale_revision"
    )

    assert (found["given"], found["current"]) == (1, 2)
    assert Case.objects.get(ref=ref).market == "IE"


def test_c35_an_assignee_without_access_is_told_like_an_unknown_one(caller: Caller, inside: Caller) -> None:
    ref = ref_of_new_case(caller)
    Case.objects.filter(ref=ref).update(compartments=[])
    stranger = make_user(organization=caller.key.organization, roles=("VL",))

    known = inside.post(f"cases/{ref}/assign/", {"assignee": stranger.email})
    unknown = inside.post(f"cases/{ref}/assign/", {"assignee": "nobody@example.test"})

    assert refused(known, 422, "invalid")["errors"] == refused(unknown, 422, "invalid")["errors"]
    assert known.json()["errors"][0]["code"] == "no_access_to_case"


def test_a_withdrawal_without_a_reason(caller: Caller) -> None:
    ref = ref_of_new_case(caller)

    refused(caller.post(f"submissions/{ref}/withdraw/", {}), 422, "invalid")
    refused(caller.post(f"submissions/{ref}/withdraw/", {"reason": "\u200b"}), 422, "invalid")


# -- F: files ----------------------------------------------------------------------------------------------------------
def file(data: bytes, name: str = "a.bin", content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type)


def nothing_kept() -> bool:
    return not Blob.objects.exists() and not Upload.objects.exists()


def test_f66_an_empty_file(caller: Caller) -> None:
    found = refused(caller.upload(file(b"", "empty.txt", "text/plain")), 422, "invalid")

    assert found["errors"][0]["code"] == "empty_file"
    assert nothing_kept()


def test_f67_a_file_over_the_limit_by_its_declared_length(caller: Caller, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000

    refused(caller.upload(file(b"x" * 100_000)), 413, "too_large")

    assert nothing_kept()


def test_f67_a_file_over_the_limit_as_it_streams(caller: Caller, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000

    refused(caller.upload(file(b"x" * 2000)), 413, "too_large")

    assert nothing_kept()


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"MZ\x90\x00" + b"\x00" * 100,
        b"PK\x03\x04" + b"\x00" * 100,
        b"%PDF-1.7 /JS",
    ],
)
def test_f68_a_picture_that_is_something_else(caller: Caller, data: bytes) -> None:
    refused(caller.upload(file(data, "photo.jpg", "image/jpeg")), 415, "type_mismatch")

    assert nothing_kept()


@pytest.mark.parametrize(
    ("data", "name", "claimed", "sniffed"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg", "image/svg+xml", "image/svg+xml"),
        (b"<html><script>1</script></html>", "a.html", "text/html", "text/html"),
        (b"%PDF-1.7\n1 0 obj<</JS(app.alert(1))>>", "a.pdf", "application/pdf", "application/pdf"),
    ],
)
def test_f69_what_a_browser_could_run_is_kept_as_what_it_is(
    caller: Caller, data: bytes, name: str, claimed: str, sniffed: str
) -> None:
    answer = caller.upload(file(data, name, claimed))

    assert (answer.status_code, answer.json()["media_type"]) == (201, sniffed)
    assert sniffed in evidence_store.ACTIVE


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\x.txt", "x.txt"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie b"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a" * 300 + ".png", "a" * 196 + ".png"),
        ("", "file"),
        ("näïve 🧨.txt", "näïve 🧨.txt"),
    ],
)
def test_f70_names_become_labels(given: str, kept: str) -> None:
    assert evidence_store.clean_name(given) == kept
    assert len(evidence_store.clean_name(given)) <= 200


def test_f77_the_same_bytes_twice_are_one_blob_with_two_references(caller: Caller) -> None:
    first, second = caller.upload(file(b"same")).json(), caller.upload(file(b"same", "b.bin")).json()

    assert first["upload_id"] != second["upload_id"]
    assert first["sha256"] == second["sha256"] == hashlib.sha256(b"same").hexdigest()
    assert Blob.objects.count() == 1
    assert evidence_store.matches(first["sha256"])


def test_f78_another_hash_than_was_said(caller: Caller) -> None:
    found = refused(caller.upload(file(b"these bytes"), sha256="0" * 64), 422, "invalid")

    assert found["errors"][0]["code"] == "hash_mismatch"
    assert nothing_kept()
    assert not evidence_store.path_of(hashlib.sha256(b"these bytes").hexdigest()).exists()


def test_f78_the_hash_that_was_said(caller: Caller) -> None:
    digest = hashlib.sha256(b"those bytes").hexdigest()

    assert caller.upload(file(b"those bytes"), sha256=digest.upper()).json()["sha256"] == digest


def test_f80_nothing_is_added_to_a_closed_case(caller: Caller) -> None:
    ref = ref_of_new_case(caller)
    caller.post(f"submissions/{ref}/withdraw/", {"reason": "x"})
    upload_id = caller.upload(file(b"late")).json()["upload_id"]
    before = Evidence.objects.count()

    answer = caller.post("submissions/", submission_body(attach_to=ref, evidence=[{"upload_id": upload_id}]))

    refused(answer, 409, "illegal_transition")
    assert Evidence.objects.count() == before
    assert Upload.objects.get(public_id=upload_id).attached_at is None


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({}, "/file", "required"),
        ({"file": "just a text"}, "/file", "required"),
        ({"file": file(b"x"), "name": "y"}, "/name", "unknown_field"),
        ({"file": file(b"x"), "sha256": "zz"}, "/sha256", "wrong_form"),
    ],
)
def test_a_form_that_is_not_a_file(caller: Caller, fields: dict[str, Any], pointer: str, code: str) -> None:
    answer = caller.upload(fields.pop("file", None), **fields)

    errors = refused(answer, 422, "invalid")["errors"]
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in errors]


def test_a_broken_multipart_body(caller: Caller) -> None:
    answer = caller.post("uploads/", b"--x\r\nrubbish", content_type="multipart/form-data; boundary=y")

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == PROBLEM


# -- H: idempotency ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "code"),
    [
        pytest.param(None, "idempotency_key_missing", id="H96 missing"),
        pytest.param("x" * 300, "idempotency_key_malformed", id="H101 300 characters"),
        pytest.param("a\tb", "idempotency_key_malformed", id="H101 control character"),
        pytest.param("a b", "idempotency_key_malformed", id="H101 space"),
        pytest.param("ключ", "idempotency_key_malformed", id="H101 not ASCII"),
    ],
)
def test_h_a_key_that_is_none(caller: Caller, key: str | None, code: str) -> None:
    refused(caller.post("submissions/", submission_body(), idempotency_key=key), 400, code)
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_h98_the_same_key_while_the_first_still_runs() -> None:
    caller = Caller()
    lock = f"idempotency:{caller.key.pk}:submissions:k1"
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [lock])
        answer = caller.post("submissions/", submission_body(), idempotency_key="k1")
    finally:
        other.close()

    refused(answer, 409, "idempotency_in_flight")
    assert answer.headers["Retry-After"] == "1"
    assert caller.post("submissions/", submission_body(), idempotency_key="k1").status_code == 201


def test_t28_a_key_counts_for_its_own_route_key_and_organization(caller: Caller) -> None:
    ref = ref_of_new_case(caller)
    caller.post("submissions/", submission_body(), idempotency_key="k1")

    elsewhere = caller.post(f"submissions/{ref}/messages/", {"body": "x"}, idempotency_key="k1")
    stranger = Caller().post("submissions/", submission_body(title="Other"), idempotency_key="k1")

    assert (elsewhere.status_code, stranger.status_code) == (201, 201)


def test_a_fingerprint_tells_method_path_and_body_apart() -> None:
    parts = [("POST", "/a", b"b"), ("PUT", "/a", b"b"), ("POST", "/ab", b""), ("POST", "/a", b"bb")]

    assert len({idempotency.fingerprint(*part) for part in parts}) == 4


# -- I: lists ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"limit": "0"}, "/limit", "out_of_range"),
        ({"limit": "-1"}, "/limit", "out_of_range"),
        ({"limit": "1000000000"}, "/limit", "out_of_range"),
        ({"limit": "ten"}, "/limit", "wrong_type"),
        ({"limit": "9" * 40}, "/limit", "wrong_type"),
        ({"limit": "٣"}, "/limit", "wrong_type"),
        ({"page": "2"}, "/page", "unknown_parameter"),
        ({"ordering": "-title"}, "/ordering", "unknown_parameter"),
        ({"sort": "nothing"}, "/sort", "unknown_parameter"),
        ({"expand": "organization"}, "/expand", "unknown_parameter"),
        ({"filter[org__name]": "x"}, "/filter[org__name]", "unknown_parameter"),
        ({"organization": "1"}, "/organization", "unknown_parameter"),
        ({"status": ["new", "closed"]}, "/status", "repeated"),
        ({"status": "lost"}, "/status", "not_a_choice"),
        ({"count": "yes"}, "/count", "wrong_type"),
        ({"received_after": "yesterday"}, "/received_after", "wrong_form"),
        ({"external_ref": "a\x00b"}, "/external_ref", "nul_not_allowed"),
        (
            {"received_after": "2026-02-01T00:00:00Z", "received_before": "2026-01-01T00:00:00Z"},
            "/received_after",
            "reversed",
        ),
        ({"q": "nofield:1"}, "/q", "unknown_field"),
        ({"q": "who:@me"}, "/q", "not_allowed"),
    ],
)
def test_i_a_query_that_needs_correcting(caller: Caller, query: dict[str, Any], pointer: str, code: str) -> None:
    found = refused(caller.get("submissions/", query), 422, "invalid")

    assert pointer in [error["pointer"] for error in found["errors"]]
    if pointer != "/q":
        assert code in [error["code"] for error in found["errors"]]


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "é", "x" * 1999, "ImZvbyI:1abcde:xyz"])
@pytest.mark.parametrize("path", ["submissions/", "events/"])
def test_i103_a_cursor_that_is_none(caller: Caller, path: str, cursor: str) -> None:
    name = "cursor" if path == "submissions/" else "after"

    refused(caller.get(path, {name: cursor}), 400, "bad_cursor")


def test_i103_the_cursor_of_another_organization_or_list(caller: Caller) -> None:
    other = Caller()
    for title in ("First", "Second matter"):
        other.post("submissions/", submission_body(title=title))
    cursor = other.get("submissions/", {"limit": 1}).json()["next"]
    feed = other.get("events/").json()["next"]

    assert cursor
    refused(caller.get("submissions/", {"cursor": cursor}), 400, "bad_cursor")
    refused(caller.get("events/", {"after": feed}), 400, "bad_cursor")
    refused(other.get("submissions/", {"cursor": feed}), 400, "bad_cursor")


def test_i106_fifty_years_are_an_answer_and_no_error(caller: Caller) -> None:
    query = {"received_after": "1991-01-01T00:00:00Z", "received_before": "2041-01-01T00:00:00Z"}

    assert caller.get("submissions/", query).json()["results"] == []


# -- Batches -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ([], "", "wrong_type"),
        ({}, "/items", "required"),
        ({"items": []}, "/items", "required"),
        ({"items": "x"}, "/items", "required"),
        ({"items": [{}] * 501}, "/items", "too_many"),
        ({"items": [{}], "more": 1}, "/more", "unknown_field"),
    ],
)
def test_a_batch_that_is_none(caller: Caller, body: Any, pointer: str, code: str) -> None:
    found = refused(caller.post("submissions/batch/", body), 422, "invalid")

    assert (pointer, code) in [(error["pointer"], error["code"]) for error in found["errors"]]


def test_an_upload_expires_after_a_day(caller: Caller) -> None:
    upload_id = caller.upload(file(b"old")).json()["upload_id"]
    Upload.objects.update(created_at=datetime.now(UTC) - timedelta(hours=25))

    answer = caller.post("submissions/", submission_body(evidence=[{"upload_id": upload_id}]))

    assert refused(answer, 422, "invalid")["errors"][0]["code"] == "unknown_upload"


def test_a_message_to_a_closed_case_is_still_heard(caller: Caller) -> None:
    ref = ref_of_new_case(caller)
    caller.post(f"submissions/{ref}/withdraw/", {"reason": "x"})

    assert caller.post(f"submissions/{ref}/messages/", {"body": "One thing more."}).status_code == 201
    assert Case.objects.get(ref=ref).status == CaseStatus.CLOSED
