"""What a filter may not tell: fields, notes, other organizations, restricted cases."""

from __future__ import annotations

import pytest

from accounts.access import bind_user
from accounts.roles import Role
from core.tenancy import ActorKind, bind
from escalations.filters.compiling import compile_filter
from escalations.filters.explaining import explain_empty
from escalations.models import Case
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_key, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db


def said(text, viewer):
    return compile_filter(text, viewer=viewer, at=NOON).sentences


def titles(text, viewer):
    compiled = compile_filter(text, viewer=viewer, at=NOON)
    assert compiled.is_valid, compiled.sentences
    return {case.title for case in compiled.cases()}


TEAM_ONLY = [
    "queue:general",
    "level:1",
    "who:ana",
    "by:ana",
    "team:ads",
    "hub:dublin",
    "watch:ana",
    "mention:ana",
    "vendor:northgate",
    "acct:x",
    "ad:x",
    "url:x",
    "hash:abcdef",
    "cluster:any",
    "tag:press",
    "media:video",
    "has:note",
]


@pytest.mark.parametrize("text", TEAM_ONLY)
def test_a_vendor_is_told_that_a_field_is_the_teams(text):
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())

    assert said(text, vendor) == [f"`{text}` — only the team may filter by this"]
    assert compile_filter(text, viewer=vendor, at=NOON).cases().count() == 0


@pytest.mark.parametrize("flag", ["held", "highprofile", "draft", "claimed", "unclaimed", "cluster", "snoozed"])
def test_a_vendor_is_told_that_a_flag_is_the_teams(flag):
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())

    assert said(f"is:{flag}", vendor) == [f"`is:{flag}` — only the team may filter by this"]


def test_a_vendor_filters_its_own_cases_only():
    vendor = make_vendor("northgate")
    person = make_user(roles=[Role.VENDOR_LEAD], organization=vendor)
    key, _secret = make_key(organization=vendor)
    make_case(title="ours", organization=vendor, language="es", external_ref="A-1")
    make_case(title="theirs", language="es", external_ref="A-1")

    for text in ("lang:es", "", "ref:A-1", "is:open sev:0..4", "-lang:xh"):
        assert titles(text, person) == {"ours"}, text
        assert titles(text, key) == {"ours"}, text


def test_a_vendors_people_are_not_guessed_across_organizations():
    person = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor(), name="Own Person")
    make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor(), name="Other Person")

    assert said("submitter:own.person", person) == []
    hidden, missing = said("submitter:other.person", person)[0], said("submitter:no.such", person)[0]
    assert hidden.replace("other.person", "no.such") == missing


def test_notes_are_found_by_those_who_read_them_only():
    vendor = make_vendor()
    make_case(title="Noted", organization=vendor, internal_text="the reporter is zanzibar")
    lead, admin = make_user(roles=[Role.LEAD]), make_user(roles=[Role.VENDOR_LEAD], organization=vendor)
    key, _secret = make_key(organization=vendor)

    assert titles("zanzibar", lead) == {"Noted"}
    assert titles("zanzibar", admin) == titles("zanzibar", key) == set()
    assert titles("noted", admin) == {"Noted"}


@pytest.mark.parametrize(
    ("few", "rare"), [(5000, 2000), (0, 2000), (0, 1)], ids=["few others", "rare text", "common text"]
)
def test_notes_are_not_found_by_a_vendor_whichever_way_text_is_matched(few, rare, monkeypatch):
    monkeypatch.setattr("escalations.filters.search.FEW", few)
    monkeypatch.setattr("escalations.filters.search.RARE", rare)
    vendor = make_vendor()
    for number in range(3):
        make_case(title=f"Case {number}", organization=vendor, internal_text="zanzibar", ask="mombasa")
    lead, person = make_user(roles=[Role.LEAD]), make_user(roles=[Role.VENDOR_LEAD], organization=vendor)

    assert len(titles("zanzibar", lead)) == 3
    assert titles("zanzibar", person) == set()
    assert len(titles("mombasa", person)) == len(titles("is:open mombasa", person)) == 3
    assert len(titles("mombasa OR zanzibar", lead)) == 3
    assert titles("is:open -mombasa", person) == titles("is:closed mombasa", person) == set()


def test_a_specialist_finds_by_text_in_their_own_queues_only():
    team = make_team()
    specialist = make_user(roles=[Role.SPECIALIST], teams=[team])
    make_case(title="Broker here", queue=make_queue(team=team))
    make_case(title="Broker there", queue=make_queue(team=make_team()))

    assert titles("broker", specialist) == {"Broker here"}


def test_the_team_only_part_of_a_case_is_not_guessed_through_its_cluster():
    team = make_team()
    specialist = make_user(roles=[Role.SPECIALIST], teams=[team])
    parent = make_case(queue=make_queue(team=make_team()))
    make_case(title="child", queue=make_queue(team=team), parent=parent)

    hidden, missing = said(f"cluster:{parent.ref}", specialist)[0], said("cluster:ESC-1", specialist)[0]
    assert hidden.replace(parent.ref, "ESC-1") == missing


def test_me_means_nobody_for_a_key():
    key, _secret = make_key()

    assert said("submitter:@me", key) == [
        "`submitter:@me` — there is nobody here whom `@me` could mean; name the person"
    ]


def test_a_sandbox_key_sees_sandbox_cases_alone_and_people_only_when_they_ask():
    vendor = make_vendor()
    key, _secret = make_key(organization=vendor, is_sandbox=True)
    lead = make_user(roles=[Role.LEAD])
    make_case(title="real", organization=vendor)
    make_case(title="test", organization=vendor, is_sandbox=True)

    assert titles("", key) == {"test"}
    assert titles("", lead) == {"real"}
    assert titles("is:sandbox", lead) == {"test"}


def test_explaining_an_empty_result_counts_visible_cases_only():
    vendor = make_vendor()
    person = make_user(roles=[Role.VENDOR_LEAD], organization=vendor)
    make_case(organization=vendor, language="es")
    for _number in range(4):
        make_case(language="xh")

    cause = explain_empty("lang:xh is:open", viewer=person, at=NOON)

    assert cause is not None
    assert (cause.term, cause.others.number, cause.without) == ("lang:xh", 1, "is:open")


# -- past Python: the function that answers ids ------------------------------------------------------------------------

SEARCH = "SELECT case_ids_with_text(%s, %s, false, 100)"


def ask(connection, words, *, kind, org, compartments="{}", with_notes=True):
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "SELECT set_config('app.actor_kind', %s, true), set_config('app.org', %s, true), set_config('app.compartments', %s, true)",
            [kind, str(org), compartments],
        )
        cursor.execute(SEARCH, [words, with_notes])
        answer = cursor.fetchone()[0]
        cursor.execute("ROLLBACK")
    return sorted(answer)


@pytest.mark.django_db(transaction=True)
def test_the_search_function_tells_a_vendor_nothing_that_is_not_its_own(wf_role):
    mine, theirs = make_vendor(), make_vendor()
    own = make_case(organization=mine, ask="canary", internal_text="zanzibar")
    other = make_case(organization=theirs, ask="canary")
    restricted = make_case(organization=mine, ask="canary", compartments=["CHILD_SAFETY"])
    web = wf_role("wf_web")

    assert ask(web, "canary", kind="vendor", org=mine.pk) == [own.pk]
    assert ask(web, "zanzibar", kind="vendor", org=mine.pk) == []
    assert ask(web, "canary", kind="internal", org=0) == [own.pk, other.pk]
    assert ask(web, "canary", kind="internal", org=0, compartments="{CHILD_SAFETY}") == [
        own.pk,
        other.pk,
        restricted.pk,
    ]
    assert ask(web, "zanzibar", kind="internal", org=0) == [own.pk]
    assert ask(web, "zanzibar", kind="internal", org=0, with_notes=False) == []
    assert ask(web, "!!!", kind="internal", org=0) == []


@pytest.mark.django_db(transaction=True)
def test_the_search_function_refuses_to_answer_nobody(wf_role):
    with wf_role("wf_web").cursor() as cursor, pytest.raises(Exception, match="no tenant is set"):
        cursor.execute(SEARCH, ["canary", True])


@pytest.mark.django_db(transaction=True)
def test_other_roles_may_not_search(wf_role):
    with wf_role("wf_report").cursor() as cursor, pytest.raises(Exception, match="permission denied for function"):
        cursor.execute(SEARCH, ["canary", True])


def test_everything_holds_with_the_tenant_set_as_in_a_request():
    vendor = make_vendor()
    person = make_user(roles=[Role.VENDOR_LEAD], organization=vendor)
    make_case(title="ours", organization=vendor, ask="canary", language="es")
    make_case(title="theirs", ask="canary", language="es")

    bind_user(person)

    assert titles("canary lang:es", person) == {"ours"}
    assert {case.title for case in Case.objects.all()} == {"ours"}
    bind(ActorKind.INTERNAL, organization_id=0)
