"""Making a case by hand: what is known of what was pasted, what is refused, what comes out (NEW-1)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from escalations.lifecycle import CaseStatus, EntityKind, Surface
from escalations.models import Case, CaseEntity, Entity, Evidence, Submission
from escalations.selectors.lookup import look_up
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
VALUES = {
    "what": "https://photos.example/p/77?utm_source=x",
    "kind": "post",
    "title": "Sold as new",
    "ask": "Please look at this listing.",
    "surface": "commerce",
    "harm": "fraud_scam",
    "market": "IE",
    "form_token": "once",
}


@pytest.fixture
def ana(client):
    make_queue(is_default=True)
    user = make_user()
    client.force_login(user)
    return user


def known(case, *, key, kind="post"):
    entity = Entity.objects.create(platform="photos", kind=kind, key=key, first_seen_at=NOON)
    CaseEntity.objects.create(organization=case.organization, case=case, entity=entity, added_at=NOON)


def test_a_case_made_by_hand_is_ours_and_its_makers(client, ana):
    answer = client.post("/c/new/", VALUES)

    case = Case.objects.get()
    assert answer.url == f"/c/{case.ref}/"
    assert (case.assignee, case.status, case.channel) == (ana, CaseStatus.IN_REVIEW, "manual")
    assert case.organization.kind == "internal"
    assert Submission.objects.get().person == ana
    assert Evidence.objects.get().original_url == VALUES["what"]


def test_the_same_form_sent_twice_makes_one_case(client, ana):
    client.post("/c/new/", VALUES)
    again = client.post("/c/new/", VALUES)

    assert Case.objects.count() == 1
    assert again.status_code == 302


def test_answers_set_the_severity(client, ana):
    client.post("/c/new/", VALUES | {"imminence": "now", "physical_harm": "lethal"})

    assert Case.objects.get().severity == 0


def test_a_file_and_a_text_join_as_evidence(client, ana):
    file = SimpleUploadedFile("a.txt", b"words", content_type="text/plain")

    client.post("/c/new/", VALUES | {"text": "As it stood", "file": file, "note": "A copy", "tier": "0"})

    assert [row.kind for row in Evidence.objects.order_by("number")] == ["url", "text", "file"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " "}, "required"),
        ({"title": "x" * 201}, "200"),
        ({"market": "", "language": ""}, "Give a market or a language."),
        ({"market": "QQ"}, "country"),
        ({"language": "zz-zz-zz-!"}, "language"),
        ({"harm": "other-harm"}, "other-harm"),
        ({"ask": "a\x00b"}, "Null characters"),
        ({"what": ""}, "required"),
        ({"what": "https://user:pw@host.example/"}, "address"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_made(client, ana, change, words):
    answer = client.post("/c/new/", VALUES | change, headers=HTMX)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Case.objects.exists()


def test_pasting_shows_the_cases_that_speak_of_it_and_suggests_their_surface(client, ana):
    case = make_case(surface=Surface.ADS, title="Seen before")
    known(case, key="photos.example/p/77")
    hidden = make_case(queue=make_queue(team=make_team()))
    known(hidden, key="ADV-9", kind="advertiser")

    html = client.get("/c/new/known/", {"what": VALUES["what"]}, headers=HTMX).content.decode()

    assert case.ref in html
    assert "1 open case already" in html
    assert '<option value="ads" selected>' in html
    assert hidden.ref not in client.get("/c/new/known/", {"what": "ADV-9"}, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("what", "kind", "surface"),
    [
        ("@handle", EntityKind.ACCOUNT, Surface.ACCOUNT),
        ("https://x.example/ads/12", EntityKind.AD, Surface.ADS),
        ("https://x.example/listing/12", EntityKind.LISTING, Surface.COMMERCE),
        ("https://x.example/", EntityKind.DOMAIN, Surface.ORGANIC),
        ("bad.example", EntityKind.DOMAIN, Surface.ORGANIC),
        ("http://[", EntityKind.POST, Surface.ORGANIC),
        ("a\x00b", EntityKind.POST, Surface.ORGANIC),
        ("", EntityKind.POST, Surface.ORGANIC),
    ],
)
def test_kind_and_surface_are_guessed_from_what_was_pasted(what, kind, surface):
    found = look_up(what, viewer=make_user())

    assert (found.kind, found.surface) == (kind, surface)


def test_who_may_make_no_case_finds_no_form(client):
    client.force_login(make_user(roles=[Role.AUDITOR]))

    assert client.get("/c/new/").status_code == 403
    assert client.post("/c/new/", VALUES).status_code == 403
