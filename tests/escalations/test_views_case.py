"""The case page: what it shows to whom, its parts, its small verbs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Compartment
from accounts.roles import Role
from audit.models import AccessRecord, Event
from core.clock import db_now
from core.ids import new_id
from escalations import events
from escalations.lifecycle import CaseStatus, EntityRole
from escalations.models import Appeal, CaseEntity, Comment, Draft, Entity, Evidence, Strike
from escalations.operations import cases, comments, drafts
from escalations.selectors import related
from tests.factories.cases import make_case, make_internal_case, make_queue
from tests.factories.enforcement import decide, make_subject_case
from tests.factories.people import NOON, make_team, make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def signed_in(client, **options):
    user = make_user(**options)
    client.force_login(user)
    return user


def make_subject(case, *, role="violator", key="ADV-1", label="", kind="advertiser"):
    entity = Entity.objects.create(platform="photos", kind=kind, key=key, label=label, first_seen_at=NOON)
    return CaseEntity.objects.create(organization=case.organization, case=case, entity=entity, role=role, added_at=NOON)


def make_text_evidence(case, number=1, **fields):
    fields = {"kind": "text", "text": "Guaranteed returns", "sha256": "ab" * 32, "added_at": NOON} | fields
    return Evidence.objects.create(
        organization=case.organization, case=case, number=number, public_id=new_id(), **fields
    )


def test_the_page_says_what_it_is_and_what_is_asked(client):
    case = make_case(title="Fake broker ads", ask="Please pause them today.", external_ref="NG-88213")
    make_subject(case, label="Orbix Yield Ltd")
    make_text_evidence(case)
    signed_in(client)

    html = client.get(f"/c/{case.ref}/").content.decode()

    for words in ("Fake broker ads", "Please pause them today.", "NG-88213", "Orbix Yield Ltd", "Guaranteed returns"):
        assert words in html


@pytest.mark.parametrize("part", ["head", "timeline", "evidence", "context", "composers"])
def test_every_part_has_an_address_that_is_also_a_page(client, part):
    case = make_case()
    signed_in(client)

    page = client.get(f"/c/{case.ref}/{part}/").content.decode()
    fragment = client.get(f"/c/{case.ref}/{part}/", headers=HTMX).content.decode()

    assert "<html" in page
    assert "<html" not in fragment
    assert fragment.strip()


def test_a_hidden_case_and_one_that_does_not_exist_look_the_same(client):
    team, other = make_team(), make_team()
    hidden = make_case(queue=make_queue(team=other))
    labelled = make_case(queue=make_queue(team=team), compartments=[Compartment.LEGAL_PRIVILEGED])
    signed_in(client, teams=[team])
    bodies = set()
    for ref in (hidden.ref, labelled.ref, "ESC-999999999"):
        answer = client.get(f"/c/{ref}/")
        assert answer.status_code == 404
        bodies.add(re.sub(r"[0-9a-f-]{36}|csrf-token\" content=\"\w+|ESC-\d+", "", answer.content.decode()))
    assert len(bodies) == 1


def test_the_page_asks_few_questions_of_the_database_however_long_its_story(client, django_assert_max_num_queries):
    team = make_team()
    ana = make_user(teams=[team])
    case = make_case(queue=make_queue(team=team), organization=make_vendor(), assignee=ana, external_ref="X1")
    make_subject(case)
    make_subject(case, role="asset", key="AD-2")
    make_text_evidence(case)
    for number in range(30):
        comments.add_note(case_id=case.pk, body=f"Note {number} *x*", by=ana, at=NOON)
        cases.tag_case(case_id=case.pk, by=ana, at=NOON, add=[f"t{number % 9}"])
    client.force_login(ana)
    client.get(f"/c/{case.ref}/")  # the process remembers plans and texts

    with django_assert_max_num_queries(15):  # two of them begin and end the transaction
        answer = client.get(f"/c/{case.ref}/")

    assert answer.status_code == 200


def test_a_draft_with_a_clause_related_cases_and_evidence_ask_no_more(client):
    team = make_team()
    ana = make_user(teams=[team])
    queue, vendor = make_queue(team=team), make_vendor()
    case = make_case(queue=queue, organization=vendor, assignee=ana, status="in_review", suspected_policy="odd words")
    subject = make_subject(case)
    other = make_case(queue=queue, organization=vendor)
    CaseEntity.objects.create(
        organization=vendor, case=other, entity=subject.entity, role=EntityRole.VIOLATOR, added_at=NOON
    )
    for number in (1, 2, 3):
        make_text_evidence(case, number, sha256=f"{number:064x}")
    comments.add_note(case_id=case.pk, body="Looked at it", by=ana, at=NOON)
    clause = make_version()
    Draft.objects.create(
        organization=vendor,
        case=case,
        user=ana,
        kind="decision",
        saved_at=NOON,
        data={"verdict": "remove", "clause": clause.pk},
    )
    client.force_login(ana)
    client.get(f"/c/{case.ref}/")

    with CaptureQueriesContext(connection) as captured:
        html = client.get(f"/c/{case.ref}/").content.decode()

    asked = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 16, "\n".join(sql[:200] for sql in asked)
    assert other.ref in html
    assert f'name="clause" value="{clause.pk}"' in html


def test_what_a_submitter_wrote_is_text_and_nothing_else(client):
    nasty = "<script>window.bad=1</script>{{ 7*7 }}<img src=x onerror=alert(1)>"
    case = make_case(title=nasty, ask=nasty, external_ref=nasty[:100], contact=nasty)
    make_subject(case, label=nasty, key=nasty)
    make_text_evidence(case, text=nasty, note=nasty, name=nasty)
    signed_in(client)
    comments.add_note(case_id=case.pk, body=nasty, by=make_user(), at=NOON)

    html = client.get(f"/c/{case.ref}/").content.decode()

    assert "<script>window" not in html
    assert "<img src=x" not in html
    assert "{{ 7*7 }}" in html


def test_a_note_sent_by_htmx_comes_back_as_a_line_and_an_empty_composer(client):
    case = make_case()
    signed_in(client)

    answer = client.post(f"/c/{case.ref}/note/", {"body": "Same card.", "form_token": "t"}, headers=HTMX)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="timeline" hx-swap-oob="true"' in html
    assert "Same card." in html
    assert "toast" in html
    assert Comment.objects.get().body == "Same card."


def test_a_note_sent_plainly_leads_back_to_the_case(client):
    case = make_case()
    signed_in(client)

    answer = client.post(f"/c/{case.ref}/note/", {"body": "Same card."})

    assert answer.status_code == 302
    assert answer.url == f"/c/{case.ref}/"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_empty_note_is_refused_beside_its_field_and_keeps_what_was_typed(client, headers):
    case = make_case()
    signed_in(client)

    answer = client.post(f"/c/{case.ref}/note/", {"body": " \u200b "}, headers=headers)

    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_reply_is_shown_as_going_out_until_it_has(client):
    case = make_case()
    signed_in(client)

    html = client.post(f"/c/{case.ref}/reply/", {"body": "We look now."}, headers=HTMX).content.decode()

    assert "goes out" in html
    assert "will see this" in html


def test_there_is_no_reply_box_on_a_case_of_our_own(client):
    case = make_internal_case()
    signed_in(client)

    assert 'id="composerreply"' not in client.get(f"/c/{case.ref}/").content.decode()


def test_readers_see_no_composer_and_cannot_write(client):
    case = make_case(status=CaseStatus.CLOSED)
    signed_in(client, roles=[Role.QUALITY])

    assert 'id="composernote"' not in client.get(f"/c/{case.ref}/").content.decode()
    assert client.post(f"/c/{case.ref}/note/", {"body": "Hello"}).status_code == 403


def test_what_is_typed_is_kept_and_comes_back(client):
    case = make_case()
    signed_in(client)

    assert client.post(f"/c/{case.ref}/draft/note/", {"body": "Half a thought"}).status_code == 204
    assert "Half a thought" in client.get(f"/c/{case.ref}/").content.decode()
    client.post(f"/c/{case.ref}/draft/note/", {"body": "  "})
    assert not Draft.objects.exists()


def test_the_timeline_can_be_narrowed(client):
    case = make_case()
    ana = signed_in(client)
    comments.add_note(case_id=case.pk, body="By Ana", by=ana, at=NOON)
    comments.add_note(case_id=case.pk, body="By Ben", by=make_user(), at=NOON)
    cases.tag_case(case_id=case.pk, by=ana, at=NOON, add=["scam"])

    def lines(show):
        return client.get(f"/c/{case.ref}/timeline/?show={show}", headers=HTMX).content.decode()

    assert "By Ben" in lines("comms")
    assert "+scam" not in lines("comms")
    assert "By Ben" not in lines("mine")
    assert "By Ana" in lines("mine")
    assert "By Ana" not in lines("system")
    assert "By Ana" in lines("anything")


def test_a_note_taken_back_shows_no_text(client):
    case = make_case()
    ana = signed_in(client)
    written = comments.add_note(case_id=case.pk, body="Unsayable", by=ana, at=NOON)
    comments.retract(comment_id=written.comment.public_id, by=ana, at=NOON)
    Draft.objects.all().delete()

    html = client.get(f"/c/{case.ref}/").content.decode()

    assert "Unsayable" not in html
    assert "took a text back" in html


@pytest.mark.django_db(transaction=True, databases=["default", "independent"])
def test_a_masked_identity_is_shown_once_asked_for_and_leaves_exactly_one_record(client):
    case = make_case(contact="maria@example.test")
    row = make_subject(case, role="reporter", key="maria-91", label="Maria Q", kind="account")
    ana = signed_in(client)
    page = client.get(f"/c/{case.ref}/").content.decode()
    assert "Maria Q" not in page
    assert "maria@example.test" not in page
    assert not AccessRecord.objects.exists()

    html = client.post(f"/c/{case.ref}/reveal/", {"what": row.pk}, headers=HTMX).content.decode()

    assert "Maria Q" in html
    record = AccessRecord.objects.get()
    assert (record.what, record.actor_id, record.subject_id) == ("pii.subject", ana.pk, row.pk)


@pytest.mark.django_db(transaction=True, databases=["default", "independent"])
def test_a_victim_is_named_to_the_legal_desk_alone_and_only_with_a_reason(client):
    case = make_case()
    row = make_subject(case, role="victim", key="child-7", label="Nobody", kind="account")
    signed_in(client)
    assert client.post(f"/c/{case.ref}/reveal/", {"what": row.pk, "reason": "need"}).status_code == 403
    signed_in(client, roles=[Role.LEGAL])
    assert client.post(f"/c/{case.ref}/reveal/", {"what": row.pk, "reason": " "}).status_code == 422

    answer = client.post(f"/c/{case.ref}/reveal/", {"what": row.pk, "reason": "Court order"}, headers=HTMX)

    assert "Nobody" in answer.content.decode()
    assert AccessRecord.objects.get().reason == "Court order"


def test_another_cases_subject_cannot_be_revealed_here(client):
    case, other = make_case(), make_case()
    row = make_subject(other, role="reporter")
    signed_in(client)

    assert client.post(f"/c/{case.ref}/reveal/", {"what": row.pk}).status_code == 404


def edit_values(case, **changes):
    names = ("title", "surface", "platform", "harm", "suspected_policy", "market", "language")
    seen = {f"seen_{name}": getattr(case, name) for name in names}
    return {name: getattr(case, name) for name in names} | seen | {"revision": case.revision} | changes


def test_the_title_is_edited_in_place(client):
    case = make_case(title="Old words")
    signed_in(client)

    answer = client.post(f"/c/{case.ref}/edit/", edit_values(case, title="New words"))

    case.refresh_from_db()
    assert answer.status_code == 302
    assert case.title == "New words"
    assert Event.objects.get(kind=events.CASE_EDITED).data["changes"]["title"] == ["Old words", "New words"]


def test_an_edit_beside_somebody_elses_note_is_no_conflict(client):
    case = make_case(title="Old words")
    values = edit_values(case, title="New words")
    ana = signed_in(client)
    comments.add_note(case_id=case.pk, body="Unrelated", by=ana, at=NOON)

    assert client.post(f"/c/{case.ref}/edit/", values).status_code == 302


def test_an_edit_of_what_somebody_changed_shows_both_texts_and_keeps_mine(client):
    case = make_case(title="Old words")
    values = edit_values(case, title="My words")
    signed_in(client)
    cases.edit_case(case_id=case.pk, changes={"title": "Their words"}, by=make_user(), at=NOON)

    answer = client.post(f"/c/{case.ref}/edit/", values)

    html = answer.content.decode()
    assert answer.status_code == 412
    assert "Their words" in html
    assert "My words" in html
    case.refresh_from_db()
    assert case.title == "Their words"


def test_related_cases_say_why_they_are_related(client):
    vendor = make_vendor()
    case = make_case(organization=vendor, external_ref="NG-1")
    row = make_subject(case)
    same_subject = make_case()
    CaseEntity.objects.create(
        organization=same_subject.organization, case=same_subject, entity=row.entity, added_at=NOON
    )
    same_ref = make_case(external_ref="NG-1")
    make_text_evidence(case)
    same_file = make_case(status=CaseStatus.CLOSED, resolution="violating_removed")
    make_text_evidence(same_file)
    hidden = make_case(queue=make_queue(team=make_team()))
    make_text_evidence(hidden)
    signed_in(client)

    html = client.get(f"/c/{case.ref}/").content.decode()

    assert all(other.ref in html for other in (same_subject, same_ref, same_file))
    assert "Violating: removed · same file or text" in html
    assert hidden.ref not in html


def test_next_and_previous_walk_the_list_the_reader_came_from(client):
    queue = make_queue(team=None, is_default=True)
    first, second, third = (
        make_case(queue=queue, order_at=NOON + timedelta(hours=hour), market=market)
        for hour, market in ((1, "IE"), (2, "FR"), (3, "IE"))
    )
    signed_in(client)

    assert client.get(f"/c/{first.ref}/next/").url == f"/c/{second.ref}/"
    filtered = client.get(f"/c/{first.ref}/next/?list=market:ie")
    assert filtered.url == f"/c/{third.ref}/?list=market%3Aie"
    assert client.get(f"/c/{third.ref}/previous/?list=market:ie").url.startswith(f"/c/{first.ref}/")
    assert client.get(f"/c/{third.ref}/next/").url == f"/c/{third.ref}/"


def test_the_printed_file_has_hashes_and_no_pictures(client):
    case = make_case()
    make_text_evidence(case)
    signed_in(client)

    html = client.get(f"/c/{case.ref}/print/").content.decode()

    assert "ab" * 32 in html
    assert "/preview/" not in html
    assert "/original/" not in html


def test_a_question_to_the_submitter_lets_the_case_wait(client):
    ana = signed_in(client)
    case = make_case(assignee=ana)

    answer = client.post(f"/c/{case.ref}/ask/", {"question": "Which ads?"})

    case.refresh_from_db()
    assert answer.status_code in (200, 302)
    assert (case.status, case.waiting_on) == ("waiting", "submitter")


def test_my_work_lists_what_i_hold_have_begun_wait_for_and_put_off(client):
    ana = signed_in(client)
    make_case(title="Held one", assignee=ana)
    make_case(title="Waiting one", assignee=ana, status=CaseStatus.WAITING)
    drafted = make_case(title="Begun one")
    Draft.objects.create(
        organization=drafted.organization,
        case=drafted,
        user=ana,
        kind="note",
        data={"body": "Half"},
        saved_at=NOON,
    )
    make_case(title="Not mine", assignee=make_user())

    html = client.get(reverse("escalations:me")).content.decode()

    for words in ("Held one", "Waiting one", "Begun one"):
        assert words in html
    assert "Not mine" not in html


def team_addresses(ref):
    from django.urls import URLPattern

    from escalations.urls import urlpatterns
    from escalations.views.team import TEAM

    values = {"ref": ref, "number": 1, "slug": "general", "name": "assign", "token": str(new_id())}
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLPattern) and route.startswith(TEAM):
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found.group(1), "x")), route)


@pytest.mark.parametrize("role", [Role.VENDOR_LEAD, Role.VENDOR_SUBMITTER])
def test_a_vendors_people_find_none_of_the_teams_pages_not_even_of_their_own_case(client, role):
    vendor = make_vendor()
    eve = make_user(roles=[role], organization=vendor)
    case = make_case(organization=vendor, submitted_by=eve)
    make_text_evidence(case)
    comments.add_note(case_id=case.pk, body="Not for their eyes", by=make_user(), at=NOON)
    client.force_login(eve)

    addresses = list(team_addresses(case.ref))

    assert len(addresses) > 40
    for address in addresses:
        for method in (client.get, client.post):
            assert method(address).status_code == 404, address


def test_a_person_who_opens_too_many_identities_is_stopped(client):
    lena = signed_in(client, roles=[Role.LEGAL])
    case = make_case()
    row = make_subject(case, role="victim", key="child-7", kind="account")
    AccessRecord.objects.bulk_create(
        AccessRecord(
            at=db_now(),
            what="pii.victim",
            subject_type="escalations.caseentity",
            actor_kind="person",
            actor_id=lena.pk,
            organization_id=lena.organization_id,
        )
        for _number in range(100)
    )

    assert client.post(f"/c/{case.ref}/reveal/", {"what": row.pk, "reason": "Court order"}).status_code == 429


def test_nothing_can_be_kept_on_a_case_out_of_sight(client):
    case = make_case(queue=make_queue(team=make_team()))
    signed_in(client)

    for address in ("draft/note/", "draft/reply/", "note/", "reply/", "reveal/", "e/add/", "edit/"):
        assert client.post(f"/c/{case.ref}/{address}", {"body": "x"}).status_code == 404, address
    assert not Draft.objects.exists()


def test_a_merged_case_leads_to_its_parent(client):
    parent = make_case(cluster_size=1)
    child = make_case(parent=parent)
    signed_in(client)

    assert f'href="/c/{parent.ref}/"' in client.get(f"/c/{child.ref}/context/", headers=HTMX).content.decode()
    assert child.ref in client.get(f"/c/{parent.ref}/context/", headers=HTMX).content.decode()


def test_a_draft_left_by_a_lapsed_claim_is_offered_to_who_holds_the_case_now():
    team = make_team()
    ana, ben = (make_user(name=name, teams=[team]) for name in ("Ana Left", "Ben Next"))
    case = make_case(queue=make_queue(team=team), status="in_review", assignee=ben, claimed_at=NOON)
    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data={"rationale": "Half a reason"}, by=ana, at=NOON)
    client = Client()
    client.force_login(ben, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Unfinished draft by Ana Left" in client.get(f"/c/{case.ref}/").content.decode()

    client.post(f"/c/{case.ref}/draft/take/")

    assert Draft.objects.get(case=case, user=ben).data == {"rationale": "Half a reason"}
    page = client.get(f"/c/{case.ref}/").content.decode()
    assert "Unfinished draft" not in page
    other = Client()
    other.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Unfinished draft" not in other.get(f"/c/{case.ref}/").content.decode()


def test_a_subject_stands_with_what_was_told_of_it_its_strikes_and_open_appeals(client):
    ana = signed_in(client)
    before, lead, account, _post = make_subject_case()
    decide(before, lead, actions=("content_remove", "strike"))
    Appeal.objects.create(
        ref="APL-1",
        case=before,
        organization_id=before.organization_id,
        decision=before.decisions.get(),
        original_decider=lead,
        appellant="subject",
        channel="portal",
        filed_at=NOON,
        text="It was satire.",
    )
    case = make_case(assignee=ana, status=CaseStatus.IN_REVIEW, surface=before.surface)
    told = {"verified": True, "protected": True, "followers": 1_200_000, "created_at": "2019-03-01T00:00:00Z"}
    part = {"organization_id": case.organization_id, "case": case, "added_at": NOON}
    CaseEntity.objects.create(entity=account, reported=told, is_verified=True, **part)
    Strike.objects.update(expires_at=db_now() + timedelta(days=30))

    page = client.get(f"/c/{case.ref}/").text

    card = page[page.index('id="context"') : page.index('id="related"')]
    clause = Strike.objects.get(entity=account).clause.policy.key
    assert f"/policies/{clause}/" in card
    assert all(word in card for word in (">verified<", ">protected<", "1.2M", "1 open appeal"))


def test_cases_in_similar_words_stand_with_how_they_ended(client):
    ana = signed_in(client)
    words = "Pause these ads of a broker that shows a doctored news clip"
    case = make_case(title="Fake broker ads 12", ask=words)
    near = make_case(
        title="fake broker ads 77",
        ask=f"{words}, please",
        status=CaseStatus.CLOSED,
        resolution="duplicate",
        closed_at=NOON,
    )
    make_case(title="Stolen account of a singer", ask="Give the account back to its owner, who cannot sign in.")
    make_case(title="Fake broker ads 13", ask=words, queue=make_queue(slug="hidden", team=make_team("hidden")))

    dialog, page = client.get(f"/c/{case.ref}/alike/", headers=HTMX), client.get(f"/c/{case.ref}/alike/")

    assert related.alike_in_words(case, viewer=ana)[0].ref == near.ref
    assert re.findall(r"ESC-\d+", dialog.text.split("<tbody", 1)[1]) == [near.ref, near.ref]
    assert "Duplicate · similar words" in dialog.text
    assert "<main" in page.text
