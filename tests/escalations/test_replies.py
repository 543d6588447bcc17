"""Reply templates: written, versioned, filled with a case's facts, and never sent with a hole in them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus
from escalations.models import Comment, Draft, ReplyTemplate, ReplyTemplateVersion
from escalations.operations import comments, replies
from tests.factories.cases import make_case, make_internal_case
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead():
    return make_user(roles=["LD"], name="Lea Lead")


def wording(lead, body="About {{ reference }}, {{ submitter }}.", *, language="en", slug="first"):
    if not ReplyTemplate.objects.filter(slug=slug).exists():
        replies.save_template(slug=slug, name=slug.title(), is_active=True, is_new=True, by=lead, at=NOON)
    return replies.publish_wording(slug=slug, language=language, body=body, by=lead, at=NOON)


# -- Writing them ------------------------------------------------------------------------------------------------------
def test_a_new_wording_is_the_next_version_and_the_old_one_stays(lead):
    first = wording(lead, "One")
    second = wording(lead, "Two")
    assert wording(lead, "Two") == second

    assert (first.number, second.number) == (1, 2)
    assert ReplyTemplateVersion.objects.get(pk=first.pk).body == "One"
    assert Event.objects.filter(kind=events.REPLY_TEMPLATE_CHANGED).count() == 3


def test_the_database_never_changes_a_wording(lead):
    version = wording(lead, "One")

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        ReplyTemplateVersion.objects.filter(pk=version.pk).update(body="Two")


@pytest.mark.parametrize("role", ["SP", "IC", "LG", "QA"])
def test_leads_and_administrators_alone_write_them(role):
    with pytest.raises(NotPermitted):
        replies.save_template(slug="x", name="X", is_active=True, is_new=True, by=make_user(roles=[role]), at=NOON)


@pytest.mark.parametrize(
    ("language", "body"),
    [("", "Hi"), ("english!", "Hi"), ("en", ""), ("en", "x" * 10_001), ("en", "Dear {{ first_name }}")],
)
def test_bad_wordings_are_refused(lead, language, body):
    replies.save_template(slug="first", name="First", is_active=True, is_new=True, by=lead, at=NOON)

    with pytest.raises(Invalid):
        replies.publish_wording(slug="first", language=language, body=body, by=lead, at=NOON)


@pytest.mark.parametrize("slug", ["", "New One", "new", "first", "x" * 51])
def test_a_short_name_is_new_and_plain(lead, slug):
    wording(lead)

    with pytest.raises(Invalid):
        replies.save_template(slug=slug, name="Other", is_active=True, is_new=True, by=lead, at=NOON)


def test_an_empty_installation_gets_some_once():
    make_internal_case()
    replies.ensure_first(at=NOON)
    replies.ensure_first(at=NOON)

    assert ReplyTemplate.objects.count() == len(replies.FIRST) + len(replies.FIRST_NOTICES)
    assert all(
        not replies._PLACE.sub("", body).count("{{")
        for body in ReplyTemplateVersion.objects.values_list("body", flat=True)
    )


# -- Filling in --------------------------------------------------------------------------------------------------------
def test_facts_of_the_case_are_filled_in_and_what_has_none_stays(lead):
    case = make_case(external_ref="", severity=2)
    version = wording(lead, "{{ reference }} {{severity}} {{ submitter }} {{ their_reference }} {{ decision }}")

    text = replies.filled(version, case, by=lead)

    assert text == f"{case.ref} S2 {case.organization.name} {{{{ their_reference }}}} {{{{ decision }}}}"


def test_a_missing_variable_blocks_sending(lead):
    case = make_case()

    with pytest.raises(Invalid, match="their_reference") as refused:
        comments.add_reply(case_id=case.pk, body="As in {{ their_reference }}.", by=lead, at=NOON)

    assert refused.value.given_code == "missing_variable"
    assert not Comment.objects.exists()


def test_braces_of_ones_own_are_words_unless_a_template_put_them_there(lead):
    case, version = make_case(), wording(lead)

    comments.add_reply(case_id=case.pk, body="The page shows {{ 7*7 }}.", by=lead, at=NOON)
    with pytest.raises(Invalid):
        comments.add_reply(case_id=case.pk, body="Dear {{ whoever }}", by=lead, at=NOON, template=version)

    assert Comment.objects.get().body == "The page shows {{ 7*7 }}."


def test_a_reply_remembers_the_wording_it_began_with(client, lead):
    case, version = make_case(), wording(lead)
    client.force_login(lead)

    client.post(f"/c/{case.ref}/reply/", {"body": "Hello.", "template": version.pk, "language": "en"})

    assert Comment.objects.get().template_version == version


# -- The composer ------------------------------------------------------------------------------------------------------
def test_templates_are_offered_in_the_cases_language_first(client, lead):
    case = make_case(language="es")
    wording(lead, "Hello", language="en")
    wording(lead, "Hola", language="es")
    wording(lead, "Old", slug="gone")
    replies.save_template(slug="gone", name="Gone", is_active=False, is_new=False, by=lead, at=NOON)
    client.force_login(lead)

    html = client.get(f"/c/{case.ref}/reply/templates/", headers=HTMX).content.decode()

    assert html.index(">es</span>") < html.index(">en</a>")
    assert "Gone" not in html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_choosing_one_fills_the_composer(client, lead, headers):
    case = make_case()
    version = wording(lead)
    client.force_login(lead)

    answer = client.get(f"/c/{case.ref}/reply/", {"template": version.pk}, headers=headers)

    html = answer.content.decode()
    assert f"About {case.ref}, {case.organization.name}." in html
    assert f'name="template" value="{version.pk}"' in html
    assert not Comment.objects.exists()


def test_what_was_typed_by_hand_stays_above_it(client, lead):
    case = make_case()
    version = wording(lead)
    Draft.objects.create(
        organization=case.organization, case=case, user=lead, kind="reply", data={"body": "By hand."}, saved_at=NOON
    )
    client.force_login(lead)

    html = client.get(f"/c/{case.ref}/reply/", {"template": version.pk}, headers=HTMX).content.decode()

    assert f"By hand.\n\nAbout {case.ref}" in html


@pytest.mark.parametrize("given", ["999999", "x", "9" * 30, "-1"])
def test_an_unknown_template_is_no_template(client, lead, given):
    case = make_case()
    client.force_login(lead)

    assert client.get(f"/c/{case.ref}/reply/", {"template": given}).status_code == 200


def test_a_refused_reply_keeps_its_words_and_its_template(client, lead):
    case, version = make_case(), wording(lead)
    client.force_login(lead)

    answer = client.post(f"/c/{case.ref}/reply/", {"body": "Dear {{ due }}", "template": version.pk}, headers=HTMX)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Dear {{ due }}" in html
    assert f'name="template" value="{version.pk}"' in html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_preview_shows_what_they_will_read_and_what_is_missing(client, lead, headers):
    case = make_case()
    client.force_login(lead)

    html = client.post(
        f"/c/{case.ref}/reply/preview/", {"body": "**Hello** {{ due }} <script>x</script>"}, headers=headers
    ).content.decode()

    assert "<strong>Hello</strong>" in html
    assert "Not filled in yet" in html
    assert "<script>x" not in html
    assert not Comment.objects.exists()


def test_who_may_not_write_outside_gets_neither(client):
    case = make_case(status=CaseStatus.CLOSED)
    client.force_login(make_user(roles=["QA"]))

    assert client.get(f"/c/{case.ref}/reply/templates/").status_code == 403
    assert client.post(f"/c/{case.ref}/reply/preview/", {"body": "x"}).status_code == 403


# -- Administration ----------------------------------------------------------------------------------------------------
def test_a_lead_makes_a_template_and_its_wording_on_the_page(client, lead):
    client.force_login(lead)

    made = client.post("/admin/replies/new/", {"slug": "thanks", "name": "Thanks", "is_active": "on", "do": "template"})
    bad = client.post("/admin/replies/thanks/", {"language": "en", "body": "{{ nobody }}", "do": "wording"})
    good = client.post("/admin/replies/thanks/", {"language": "en", "body": "Thank you.", "do": "wording"})
    again = client.post("/admin/replies/thanks/", {"language": "en", "body": "Many thanks.", "do": "wording"})

    assert (made.status_code, bad.status_code, good.status_code, again.status_code) == (302, 422, 302, 302)
    html = client.get("/admin/replies/thanks/").content.decode()
    assert "Many thanks." in html
    assert "Earlier wordings" in html
    assert "Thanks" in client.get("/admin/replies/").content.decode()


def test_switching_off_is_saved(client, lead):
    wording(lead)
    client.force_login(lead)

    client.post("/admin/replies/first/", {"name": "First", "do": "template"})

    assert not ReplyTemplate.objects.get().is_active


def test_others_read_the_pages_and_change_nothing(client, lead):
    wording(lead)
    client.force_login(make_user())

    assert client.get("/admin/replies/").status_code == 200
    assert "New wording" not in client.get("/admin/replies/first/").content.decode()
    assert client.post("/admin/replies/first/", {"name": "Mine", "do": "template"}).status_code == 403
    assert client.get("/admin/replies/new/").status_code == 403
    assert client.get("/admin/replies/none/").status_code == 404
