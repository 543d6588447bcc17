"""The library's pages: who reads, what they show, as a page and as a fragment, with and without finding anything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.roles import MATRIX, Action, Reach, Role
from policies.library import read_library
from policies.lifecycle import VersionState
from policies.models import Policy, PolicyVersion
from policies.operations.library import load_library
from policies.selectors import clause_card
from tests.factories.people import internal_organization, make_user, make_vendor
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PEOPLE = sorted(set(Role.values) - {Role.VENDOR_KEY, Role.INTERNAL_KEY})
ADDRESSES = ["/policies/", "/policies/CS-AU-2.4/", "/policies/CS-AU-2.4/@v3/"]


# Enough to show every page and filter; the whole library is loaded in test_library.py and test_search.py.
SOME = {
    "CS-AU-2.4",
    "CS-CE-1.1",
    "CS-FR-1.1",
    "CS-HC-1.2",
    "CS-VI-3.2",
    "AD-FR-2.1",
    "AD-CL-1.2",
    "CO-RC-1.1",
    "PR-AC-1.1",
}
CLAUSES = [clause for clause in read_library() if clause.key in SOME]


@pytest.fixture
def library():
    internal_organization()
    load_library(at=timezone.now(), by=None, clauses=CLAUSES)


@pytest.fixture
def reader(client):
    user = make_user(roles=[Role.SPECIALIST])
    client.force_login(user)
    return user


def _text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("address", ADDRESSES)
def test_policy_text_is_read_by_the_roles_of_the_matrix(client, library, role, address):
    is_vendor = role in (Role.VENDOR_SUBMITTER, Role.VENDOR_LEAD)
    client.force_login(make_user(roles=[role], organization=make_vendor() if is_vendor else None))

    answer = client.get(address)

    reads = MATRIX[Action.POLICY_READ][Role(role)] is Reach.ALL
    assert answer.status_code == (404 if is_vendor else 200 if reads else 403)
    assert ("closest family" in _text(answer)) <= reads


@pytest.mark.parametrize("role", [Role.VENDOR_LEAD, Role.READER, Role.PARTNER])
def test_a_clause_that_exists_and_one_that_does_not_look_alike_to_those_who_may_not_read(client, library, role):
    client.force_login(make_user(roles=[role], organization=make_vendor() if role == Role.VENDOR_LEAD else None))

    answers = [client.get(f"/policies/{key}/") for key in ("CS-AU-2.4", "CS-AU-9.9")]

    assert answers[0].status_code == answers[1].status_code


@pytest.mark.parametrize("role", PEOPLE)
def test_the_querysets_give_nothing_to_those_who_may_not_read(library, role):
    is_vendor = role in (Role.VENDOR_SUBMITTER, Role.VENDOR_LEAD)
    user = make_user(roles=[role], organization=make_vendor() if is_vendor else None)
    reads = MATRIX[Action.POLICY_READ][Role(role)] is Reach.ALL

    assert Policy.objects.visible_to(user).exists() == reads
    assert PolicyVersion.objects.visible_to(user).exists() == reads


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_reads_without_signing_in(client, library, address):
    assert client.get(address).status_code == 302


def test_the_list_shows_every_clause_and_the_tree(client, library, reader):
    answer = client.get("/policies/")

    text = _text(answer)
    assert len(answer.context["rows"]) == Policy.objects.count()
    assert [book.family.value for book in answer.context["tree"]] == [
        "community_standards",
        "advertiser",
        "commerce",
        "product",
    ]
    assert "Deceptive investment offers" in text
    assert 'id="tree"' in text


def test_htmx_gets_the_rows_alone(client, library, reader):
    answer = client.get("/policies/?q=guaranteed+returns", headers=HTMX)

    text = _text(answer)
    assert text.lstrip().startswith('<section id="clauses"')
    assert "<html" not in text
    assert "AD-FR-2.1" in text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_search_without_script_is_a_page(client, library, reader):
    answer = client.get("/policies/?q=griefbot")

    assert "<html" in _text(answer)
    assert [row.policy.key for row in answer.context["rows"]] == ["CS-AU-2.4"]
    assert 'value="griefbot"' in _text(answer)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("family=commerce", lambda row: row.policy.family == "commerce"),
        ("surface=ads", lambda row: "ads" in row.version.ladder),
        ("harm=child_safety", lambda row: "child_safety" in row.policy.harms),
        ("market=DE", lambda row: row.version.market == "DE"),
        ("changed=7", lambda row: row.policy.key == "CS-AU-2.4"),
        ("q=fraud&family=advertiser", lambda row: row.policy.family == "advertiser"),
    ],
)
def test_filters_narrow_the_list(client, library, reader, query, holds):
    rows = client.get(f"/policies/?{query}").context["rows"]

    assert 0 < len(rows) < len(SOME)
    assert all(holds(row) for row in rows)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "query", ["family=radio", "surface=%00", "changed=-1", "market=ZZ", "q=" + "x" * 201, "harm=1"]
)
def test_a_filter_that_does_not_exist_is_explained(client, library, reader, query, headers):
    answer = client.get(f"/policies/?{query}", headers=headers)

    assert answer.status_code == 422
    assert "to correct" in _text(answer)


@pytest.mark.parametrize("q", ["%00", "%F0%9F%92%A9", "' OR 1=1 --", "<script>alert(1)</script>", "\\", "a%20" * 60])
def test_any_text_gives_a_page(client, library, reader, q):
    answer = client.get(f"/policies/?q={q}")

    assert answer.status_code in (200, 422)
    assert "<script>alert" not in _text(answer)


def test_nothing_found_offers_each_filter_to_take_away(client, library, reader):
    text = _text(client.get("/policies/?q=zzzzqqq&surface=ads"))

    assert "No clause passes these filters." in text
    assert 'href="?surface=ads"' in text
    assert 'href="?q=zzzzqqq"' in text


def test_an_empty_library_says_how_to_fill_it(client, reader):
    text = _text(client.get("/policies/"))

    assert "No clause is in force yet." in text
    assert "manage.py load_policies" in text


def test_a_clause_page_shows_the_card_in_full(client, library, reader):
    answer = client.get("/policies/AD-FR-2.1/")

    text = _text(answer)
    version = answer.context["version"]
    assert version.citation == "AD-FR-2.1@v9"
    for words in [
        version.rule,
        *(element["text"] for element in version.elements),
        *(exception["text"] for exception in version.exceptions),
        *version.fine_examples,
        "Enforcement ladder",
        "Suspend account, 7 days",
        "Change log",
        "/policies/AD-FR-2.1/@v8/",
        "/policies/AD-FR-2.1/@v10/",
        version.public_rationale,
    ]:
        assert str(words).replace("'", "&#x27;") in text
    assert f'data-copy="{version.cite_text}"' in text
    assert 'data-key-action="cite"' in text


def test_htmx_gets_the_clause_alone(client, library, reader):
    text = _text(client.get("/policies/CS-VI-3.2/", headers=HTMX))

    assert text.lstrip().startswith('<article class="doc scroll" id="clause"')
    assert "<html" not in text


def test_a_pinned_address_shows_that_version_whatever_binds_now(client, library, reader):
    answer = client.get("/policies/CS-VI-3.2/@v13/")

    text = _text(answer)
    assert answer.context["version"].number == 13
    assert answer.context["version"].state == VersionState.RETIRED
    assert "no longer in force" in text
    assert "Read CS-VI-3.2@v14, in force now" in text


def test_the_change_of_six_days_ago_is_announced_and_shown_word_by_word(client, library, reader):
    text = _text(client.get("/policies/CS-AU-2.4/"))

    assert "Changed 6 days ago." in text
    assert "Against CS-AU-2.4@v3" in text
    assert "removed: </span>estate</del>" in text


def test_a_variant_is_read_against_the_general_wording(client, library, reader):
    answer = client.get("/policies/CS-HC-1.2/@v2/")

    assert answer.context["shown"].before.number == 1
    assert [v.market for v in answer.context["shown"].variants] == [""]


@pytest.mark.parametrize(
    "address",
    [
        "/policies/CS-AU-9.9/",
        "/policies/CS-AU-2.4/@v99/",
        "/policies/CS-AU-2.4/@v0/",
        "/policies/CS-AU-2.4/@v/",
        "/policies/CS-AU-2.4/@v99999/",
        "/policies/nothing/",
    ],
)
def test_what_does_not_exist_is_a_404(client, library, reader, address):
    assert client.get(address).status_code == 404


def test_a_key_may_be_typed_small(client, library, reader):
    assert client.get("/policies/cs-au-2.4/").context["version"].policy.key == "CS-AU-2.4"


@pytest.mark.parametrize("state", ["draft", "review"])
def test_a_draft_has_no_page(client, reader, state):
    version = make_version(state=state)

    assert client.get(f"/policies/{version.policy.key}/").status_code == 404
    assert client.get(version.get_absolute_url()).status_code == 404


def test_a_clause_whose_wordings_have_all_ended_is_still_shown(client, reader):
    now = timezone.now()
    version = make_version(state="retired", start=now - timedelta(days=9), end=now - timedelta(days=2))

    text = _text(client.get(f"/policies/{version.policy.key}/"))

    assert "no longer in force" in text
    assert "in force now" not in text


def test_a_version_still_to_come_says_so(client, reader):
    now = timezone.now()
    policy = make_policy()
    make_version(policy=policy, start=now - timedelta(days=9), end=now + timedelta(days=2))
    coming = make_version(policy=policy, number=2, state="scheduled", start=now + timedelta(days=2))

    assert "not in force yet" in _text(client.get(coming.get_absolute_url()))
    assert client.get(f"/policies/{policy.key}/").context["version"].number == 1


def test_pages_take_few_queries(client, library, reader, django_assert_max_num_queries):
    client.get("/policies/")
    with django_assert_max_num_queries(16):
        client.get("/policies/")
    with django_assert_max_num_queries(18):
        client.get("/policies/AD-FR-2.1/")


def test_writing_methods_are_refused(client, library, reader):
    assert client.post("/policies/").status_code == 405


def test_the_rail_offers_the_library_to_readers_only(client, library):
    client.force_login(make_user(roles=[Role.SPECIALIST]))
    assert 'href="/policies/"' in _text(client.get("/settings/"))
    client.force_login(make_user(roles=[Role.PARTNER]))
    assert 'href="/policies/"' not in _text(client.get("/settings/"))


def test_the_decision_panels_card_carries_ticks_ladder_and_change(library, django_assert_num_queries):
    version = PolicyVersion.objects.select_related("policy").get(policy__key="CS-AU-2.4", number=4)

    card = clause_card(
        version, at=timezone.now(), ticks=["person", "words", "use"], exceptions=["news"], surface="ads", rung=2
    )
    with django_assert_num_queries(0):
        text = render_to_string("policies/_clause_card.html", {"card": card})

    assert text.lstrip().startswith('<div class="card clause" id="clause_card"')
    assert card.is_met
    assert text.count(" checked") == 4
    assert 'name="elements" value="use" id="element-use" checked' in text
    assert "Changed 6 days ago" in text
    assert 'class="now" aria-current="step">Block a feature, 30 days' in text


def test_the_card_of_an_ended_version_asks_to_choose_again(library):
    version = PolicyVersion.objects.select_related("policy").get(policy__key="CS-AU-2.4", number=3)

    card = clause_card(version, at=timezone.now())

    assert "No longer in force: choose the clause again." in render_to_string(
        "policies/_clause_card.html", {"card": card}
    )


def test_a_citation_links_to_its_version_and_is_described_by_its_card(library):
    version = PolicyVersion.objects.select_related("policy").get(policy__key="CS-AU-2.4", number=4)
    template = Template("{% load policies %}{% citation version %}{% citation version %}")

    text = template.render(Context({"version": version}))

    tips = re.findall(r'aria-describedby="(cite-[0-9a-f]+)"', text)
    assert len(set(tips)) == 2
    assert all(f'role="tooltip" id="{tip}"' in text for tip in tips)
    assert 'href="/policies/CS-AU-2.4/@v4/"' in text
    assert version.rule in text


def test_keywords_and_surfaces_are_shown_in_words(client, library, reader):
    text = _text(client.get("/policies/CS-AU-2.4/"))

    assert "impersonation account hijacking" in text
    assert text.index("<h3>Organic</h3>") < text.index("<h3>Ads</h3>") < text.index("<h3>Commerce</h3>")


def test_families_stand_in_the_order_of_their_books(client, library, reader):
    families = [row.policy.family for row in client.get("/policies/").context["rows"]]

    assert list(dict.fromkeys(families)) == ["community_standards", "advertiser", "commerce", "product"]
