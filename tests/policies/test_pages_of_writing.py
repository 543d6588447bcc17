"""The pages on which the library is written: who reaches them, what they keep, the whole way over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from core.clock import db_now
from policies.forms_writing import typed_of
from policies.lifecycle import VersionState
from policies.models import Gap, Guidance, PolicyTranslation, PolicyVersion, VersionAcknowledgement
from policies.operations import drafts, gaps, guidance
from policies.operations.guidance import Instruction
from policies.wording import wording_of
from tests.factories.people import NOON, make_user, make_vendor
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user(roles=[Role.POLICY_EDITOR], name="Vera Olsen")


@pytest.fixture
def second():
    return make_user(roles=[Role.LEAD], name="Ravi Das")


@pytest.fixture
def clause():
    return make_version(policy=make_policy(key="CS-VI-8.1")).policy


def typed(version, **more):
    values = {name: value for name, value in typed_of(wording_of(version)).items() if value not in (None, False)}
    return values | {"revision": version.revision} | more


PAGES = [
    "/policies/",
    "/policies/CS-VI-8.1/",
    "/policies/CS-VI-8.1/@v1/",
    "/policies/gaps/",
    "/policies/guidance/",
    "/precedents/",
]
WRITERS = ["/policies/drafts/", "/policies/files/", "/policies/CS-VI-8.1/@v1/readers/"]
EDITORS = ["/policies/new/", "/policies/CS-VI-8.1/@v1/translate/es/"]


@pytest.mark.parametrize("address", [*PAGES, *WRITERS, *EDITORS, "/policies/guidance/new/"])
def test_every_page_opens_for_an_editor(client, editor, clause, address):
    client.force_login(editor)

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_whoever_reads_the_library_reads_these(client, clause, address):
    client.force_login(make_user(roles=[Role.SPECIALIST]))

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [*WRITERS, *EDITORS, "/policies/guidance/new/", "/policies/files/policies.zip"])
def test_a_specialist_is_told_whose_these_are(client, clause, address):
    client.force_login(make_user(roles=[Role.SPECIALIST]))

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [*PAGES, *WRITERS, *EDITORS])
def test_for_a_vendor_there_is_no_library(client, clause, address):
    client.force_login(make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD]))

    assert client.get(address).status_code == 404


def test_a_draft_is_hidden_from_those_who_may_not_read_drafts(client, editor, clause):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)
    client.force_login(make_user(roles=[Role.SPECIALIST]))

    assert client.get(reverse("policies:draft", args=[clause.key, draft.number])).status_code == 404
    assert client.get(f"/policies/{clause.key}/@v2/").status_code == 404
    assert client.get(f"/policies/{clause.key}/@v1/@v2/").status_code == 404


def test_the_whole_way_over_the_pages(client, editor, second, clause):
    client.force_login(editor)
    answer = client.post(f"/policies/{clause.key}/start/")
    assert answer["Location"] == f"/policies/{clause.key}/drafts/2/edit/"
    draft = clause.versions.get(number=2)
    answer = client.post(
        answer["Location"],
        typed(
            draft,
            rule="No threats, however veiled.",
            changed_note="Veiled threats count.",
            some="hint: It is hinted at.",
            definitions="threat: words that frighten",
            decision_tree="Is a person meant?\n  Yes: go on",
        ),
    )
    assert answer["Location"] == f"/policies/{clause.key}/drafts/2/"
    page = client.get(answer["Location"]).content.decode()
    assert "<ins>" in page
    assert "veiled" in page
    draft.refresh_from_db()
    assert draft.logic == "all_and_any"
    assert draft.decision_tree == [{"text": "Is a person meant?", "then": [{"text": "Yes: go on", "then": []}]}]
    client.post(f"/policies/{clause.key}/drafts/2/send/", {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.state == VersionState.REVIEW
    assert (
        client.post(
            f"/policies/{clause.key}/drafts/2/publish/", {"when": "now", "revision": draft.revision}
        ).status_code
        == 403
    )

    client.force_login(second)
    assert "Publish" in client.get(f"/policies/{clause.key}/drafts/2/").content.decode()
    answer = client.post(f"/policies/{clause.key}/drafts/2/publish/", {"when": "now", "revision": draft.revision})

    assert answer["Location"] == f"/policies/{clause.key}/"
    shown = client.get(answer["Location"]).content.decode()
    assert "CS-VI-8.1@v2" in shown
    assert "published by Ravi Das" in shown
    assert "words that frighten" in shown


def test_whoever_saves_second_gets_both_texts_back(client, editor, clause):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)
    client.force_login(editor)
    client.post(f"/policies/{clause.key}/drafts/2/edit/", typed(draft, rule="Mine came first."))

    answer = client.post(f"/policies/{clause.key}/drafts/2/edit/", typed(draft, rule="Yours came second."))

    text = answer.content.decode()
    assert answer.status_code == 412
    assert "Yours came second." in text
    assert "first" in text
    draft.refresh_from_db()
    assert draft.rule == "Mine came first."
    again = client.post(f"/policies/{clause.key}/drafts/2/edit/", typed(draft, rule="Both."))
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("every", "no key here"),
        ("ladder_organic", "account_suspend:soon"),
        ("ladder_organic", "explode"),
        ("decision_tree", "One\n      too deep"),
        ("definitions", "nothing"),
        ("title", ""),
        ("strike_weight", "11"),
        ("sor_category", "x"),
        ("sor_keywords", "hate"),
        ("title", "x" * 200),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(client, editor, clause, field, value):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)
    client.force_login(editor)

    answer = client.post(f"/policies/{clause.key}/drafts/2/edit/", typed(draft, **{field: value}))

    assert answer.status_code == 422
    assert answer.context["form"].errors
    draft.refresh_from_db()
    assert draft.revision == 1


@pytest.mark.parametrize(
    "does", ["send", "return", "comment", "to-legal", "pass-legal", "withdraw", "discard", "explode"]
)
def test_no_step_is_a_500_in_any_state(client, editor, second, clause, does):
    for state in ("draft", "review", "legal", "scheduled"):
        version = make_version(
            policy=make_policy(), state=state, start=NOON + timedelta(days=4000), author=editor, writers=[editor.pk]
        )
        for person in (editor, second):
            client.force_login(person)
            answer = client.post(
                f"/policies/{version.policy.key}/drafts/1/{does}/",
                {"revision": "x" if does == "send" else 1, "text": ""},
            )
            assert answer.status_code < 500


def test_comparing_two_versions_side_by_side_says_what_was_removed(client, editor, clause):
    make_version(policy=make_policy(key="CS-VI-8.2"), number=1, state="retired", end=NOON, rule="No bold threats.")
    make_version(
        policy=PolicyVersion.objects.get(policy__key="CS-VI-8.2").policy,
        number=2,
        start=NOON,
        rule="No veiled threats.",
        title="Hints",
    )
    client.force_login(editor)

    inline = client.get("/policies/CS-VI-8.2/@v1/@v2/").content.decode()
    sides = client.get("/policies/CS-VI-8.2/@v1/@v2/?view=side&meaning=1").content.decode()

    assert '<del><span class="vh">removed: </span>bold</del>' in inline
    assert '<ins><span class="vh">added: </span>veiled</ins>' in sides
    assert "Hints" in inline
    assert "Show 1 change of words" in sides
    assert client.get("/policies/CS-VI-8.2/compare/?older=2&newer=1")["Location"] == "/policies/CS-VI-8.2/@v1/@v2/"
    assert client.get("/policies/CS-VI-8.2/compare/?older=x&newer=").status_code == 302


def test_a_translation_goes_stale_with_a_change_of_words_and_is_brought_up_to_date(client, editor, clause):
    client.force_login(editor)
    client.post(
        f"/policies/{clause.key}/@v1/translate/es/",
        {"title": "Amenazas", "rule": "Nada de amenazas.", "revision": 0, "element_target": "Una persona."},
    )
    first = clause.versions.get(number=1)
    PolicyVersion.objects.create(
        policy=clause,
        number=2,
        market="",
        state="draft",
        author=editor,
        writers=[editor.pk],
        created_at=NOON,
        based_on=first,
        **(wording_of(first).stored() | {"rule": "No threats at all."}),
    )
    page = client.get(f"/policies/{clause.key}/drafts/2/").content.decode()
    assert "/policies/CS-VI-8.1/@v2/translate/es/" in page
    form = client.get(f"/policies/{clause.key}/@v2/translate/es/").content.decode()
    assert "Nada de amenazas." in form
    assert "of v1" in form
    assert (
        client.post(
            f"/policies/{clause.key}/@v2/translate/es/",
            {"title": "Amenazas", "rule": "Ninguna amenaza.", "revision": 0},
        ).status_code
        == 302
    )

    assert PolicyTranslation.objects.count() == 2
    stale = client.post(
        f"/policies/{clause.key}/@v2/translate/es/", {"title": "Amenazas", "rule": "Otra.", "revision": 0}
    )
    assert stale.status_code == 412
    assert "Otra." in stale.content.decode()
    assert "Ninguna amenaza." in stale.content.decode()


def test_a_clause_is_found_by_its_words_in_another_language(client, editor, clause):
    version = clause.versions.get()
    for language, title, rule in (
        ("es", "Amenazas", "Nada de amenazas veladas."),
        ("ar", "تهديدات", "لا تهديدات"),
        ("ja", "脅迫", "人への脅迫は禁止です。"),
    ):
        PolicyTranslation.objects.create(version=version, language=language, title=title, rule=rule, translated_at=NOON)
    client.force_login(editor)

    for words in ("amenazas", "velad", "تهديدات", "脅迫は"):
        assert "CS-VI-8.1" in client.get("/policies/", {"q": words}, headers={"HX-Request": "true"}).content.decode(), (
            words
        )


def test_whoever_decides_is_asked_to_read_and_the_list_knows_who_has(client, editor, clause):
    version = make_version(policy=make_policy(key="CS-VI-8.3"), needs_acknowledgement=True)
    reader = make_user(roles=[Role.SPECIALIST], name="Ana Bell")
    client.force_login(reader)
    assert "I have read it" in client.get("/policies/CS-VI-8.3/").content.decode()

    client.post("/policies/CS-VI-8.3/@v1/acknowledge/")
    client.post("/policies/CS-VI-8.3/@v1/acknowledge/")

    assert VersionAcknowledgement.objects.filter(version=version, user=reader).count() == 1
    assert "I have read it" not in client.get("/policies/CS-VI-8.3/").content.decode()
    client.force_login(editor)
    assert "1 of 1" in client.get("/policies/CS-VI-8.3/@v1/readers/").content.decode()


def test_a_gap_is_owned_dated_and_closed_by_an_explicit_no(client, editor, clause):
    gap = gaps.open_gap(
        question="May a dead person speak?", source_ref="ESC-1", by=editor, at=NOON, nearest=clause.versions.get()
    )
    client.force_login(editor)
    target = (db_now() + timedelta(days=9)).date().isoformat()

    assert (
        client.post(
            gap.get_absolute_url(),
            {"do": "keep", "owner": editor.pk, "target_on": target, "interim_position": "Label it.", "revision": 1},
        ).status_code
        == 302
    )
    gap.refresh_from_db()
    assert (gap.owner, gap.target_on.isoformat(), gap.interim_position) == (editor, target, "Label it.")
    assert client.post(gap.get_absolute_url(), {"do": "rule-out", "outcome": "", "revision": 2}).status_code == 422
    assert (
        client.post(gap.get_absolute_url(), {"do": "rule-out", "outcome": "Too rare.", "revision": 1}).status_code
        == 412
    )
    assert (
        client.post(gap.get_absolute_url(), {"do": "answer", "citation": "CS-VI-8.1@v1", "revision": 2}).status_code
        == 422
    )
    assert (
        client.post(gap.get_absolute_url(), {"do": "rule-out", "outcome": "Too rare.", "revision": 2}).status_code
        == 302
    )

    gap.refresh_from_db()
    assert (gap.state, gap.outcome, gap.closed_by) == ("wont_rule", "Too rare.", editor)
    assert "Too rare." in client.get("/policies/gaps/?state=wont_rule").content.decode()
    assert client.post(gap.get_absolute_url(), {"do": "rule-out", "outcome": "x", "revision": 3}).status_code == 409


def test_a_gap_of_a_restricted_case_does_not_exist_for_others(client, editor, clause):
    hidden = Gap.objects.create(
        question="Secret?", source_ref="ESC-2", compartments=["CHILD_SAFETY"], opened_by=editor, opened_at=NOON
    )
    client.force_login(editor)

    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert "Secret?" not in client.get("/policies/gaps/").content.decode()


def test_guidance_is_issued_tried_acknowledged_replaced_and_withdrawn(client, editor, second, clause):
    client.force_login(second)
    until = db_now() + timedelta(days=5)
    values = {
        "title": "Altered polling dates",
        "text": "Remove at once, no strike.",
        "scope": "market:VD harm:election_integrity",
        "policy_keys": "cs-vi-8.1",
        "crisis_ref": "CR-12",
        "when": "now",
        "expires_at_0": until.date().isoformat(),
        "expires_at_1": "12:00",
        "needs_acknowledgement": "on",
    }
    tried = client.post("/policies/guidance/new/", values | {"do": "try"}).content.decode()
    assert "The filter finds 0 open cases" in tried
    assert "Remove at once" in tried
    assert client.post("/policies/guidance/new/", values | {"scope": "market:", "do": "issue"}).status_code == 422
    assert client.post("/policies/guidance/new/", values | {"do": "issue"})["Location"] == "/policies/guidance/1/"
    first = Guidance.objects.get()
    assert (first.ref, first.policy_keys, first.issuer) == ("IG-1", ["CS-VI-8.1"], second)

    client.post("/policies/guidance/1/new/", values | {"text": "Remove, with a strike.", "do": "issue"})
    first.refresh_from_db()
    assert first.end_cause == "replaced"
    client.post("/policies/guidance/1/v2/acknowledge/")
    assert "you have read it" in client.get("/policies/guidance/1/").content.decode()
    client.post("/policies/guidance/1/v2/withdraw/")
    assert Guidance.objects.get(edition=2).end_cause == "withdrawn"
    assert client.post("/policies/guidance/1/v2/withdraw/").status_code == 409
    assert client.get("/policies/guidance/1/v9/").status_code == 404


def test_guidance_runs_out_by_itself(editor, second):
    now = db_now()
    given = guidance.issue_guidance(
        instruction=Instruction(
            title="t", text="x", expires_at=now - timedelta(hours=1), starts_at=now - timedelta(days=1)
        ),
        by=second,
        at=now - timedelta(days=2),
    )
    assert given.announced_at is None

    assert guidance.turn_due(50) == 2
    assert guidance.turn_due(50) == 0

    given.refresh_from_db()
    assert (given.end_cause, given.ended_at) == ("expired", given.expires_at)


@pytest.mark.parametrize(
    "change",
    [
        "text = 'y'",
        "scope = 'is:open'",
        "expires_at = expires_at + interval '1 day'",
        "issuer_id = issuer_id + 0, edition = 9",
    ],
)
def test_issued_guidance_is_never_rewritten(second, change):
    from django.db import IntegrityError, connection, transaction

    guidance.issue_guidance(
        instruction=Instruction(title="t", text="x", expires_at=NOON + timedelta(days=1)), by=second, at=NOON
    )

    for sql in (f"UPDATE policies_guidance SET {change}", "DELETE FROM policies_guidance"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
