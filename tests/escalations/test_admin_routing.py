from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import ServiceKey, User
from accounts.roles import Role
from audit.models import Event, OutboxMessage
from core.clock import db_now
from core.errors import Invalid
from escalations.models import Case, RoutingRule, RoutingVersion, SlaClock, Submission
from escalations.operations.routing import RuleInput, publish_routing
from tests.factories.cases import make_case, make_queue
from tests.factories.people import internal_organization, make_user, make_vendor
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db
EDIT = "/admin/routing/edit/"
BENCH = "/admin/routing/bench/"


def signed_in(client, role: Role = Role.LEAD) -> User:
    user = make_user(roles=[role])
    client.force_login(user)
    return user


def stage() -> None:
    internal_organization()
    for slug in ("general", "ads", "ads-emea", "safety"):
        make_queue(slug=slug, is_default=slug == "general")


def form(*rules: dict[str, str], do: str = "check", base: int = 0, note: str = "Because") -> dict[str, Any]:
    sent: dict[str, Any] = {"count": len(rules), "do": do, "base": base, "note": note}
    for index, rule in enumerate(rules):
        given = {"name": "Rule", "filter_text": "surface:ads", "queue": "ads", "is_active": "on"} | rule
        sent |= {f"{name}-{index}": value for name, value in given.items() if value}
    return sent


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        (Role.SPECIALIST, 200, 403),
        (Role.SENIOR, 200, 403),
        (Role.LEAD, 200, 200),
        (Role.POLICY_EDITOR, 200, 403),
        (Role.QUALITY, 403, 403),
        (Role.LEGAL, 403, 403),
        (Role.ADMIN, 200, 200),
        (Role.AUDITOR, 200, 403),
        (Role.READER, 403, 403),
    ],
)
def test_who_reads_who_tries_and_who_edits_rules(client, role, reads, edits):
    stage()
    signed_in(client, role)

    assert client.get("/admin/routing/").status_code == reads
    assert client.get(BENCH).status_code == reads
    assert client.get(EDIT).status_code == edits
    published = client.post(EDIT, form({}, do="publish"))
    assert published.status_code == (302 if edits == 200 else 403)
    assert RoutingVersion.objects.exists() == (edits == 200)


def test_publishing_makes_a_version_in_the_order_given(client):
    stage()
    lead = signed_in(client)
    rules = (
        {"name": "EMEA", "filter_text": "surface:ads market:DE", "queue": "ads-emea", "floor": "2"},
        {"skills": "language:es"},
    )

    answer = client.post(EDIT, form(*rules, do="publish", note="Berlin opened"))

    version = RoutingVersion.objects.get()
    assert answer.status_code == 302
    assert (version.number, version.published_by, version.note) == (1, lead, "Berlin opened")
    stored = list(version.rules.order_by("position").values_list("name", "severity_floor", "skills", "is_active"))
    assert stored == [("EMEA", 2, [], True), ("Rule", None, ["language:es"], True)]
    text = client.get("/admin/routing/").content.decode()
    assert "Berlin opened" in text
    assert text.index("EMEA") < text.index("Rule</b>")


def test_what_is_wrong_with_a_filter_is_said_by_its_rule_and_place_and_nothing_is_published(client):
    stage()
    signed_in(client)

    answer = client.post(EDIT, form({}, {"filter_text": "surfce:ads", "name": "Typed name"}, do="publish"))

    row = answer.context["draft"].rows[1]
    assert answer.status_code == 422
    assert "surfce" in row.errors["filter_text"][0]
    assert "surface" in row.errors["filter_text"][0]
    assert not answer.context["draft"].rows[0].errors
    assert "Typed name" in answer.content.decode()
    assert not RoutingVersion.objects.exists()


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"filter_text": ""}, "filter_text"),
        ({"filter_text": "assignee:@me"}, "filter_text"),
        ({"filter_text": "surface:ads sort:received"}, "filter_text"),
        ({"filter_text": '"' * 600}, "filter_text"),
        ({"queue": "nowhere"}, "queue"),
        ({"queue": ""}, "queue"),
        ({"floor": "9"}, "floor"),
        ({"skills": "x" * 70}, "skills"),
    ],
)
@pytest.mark.parametrize("do", ["check", "publish"])
def test_bad_rules_are_refused_by_their_field(client, rule, field, do):
    stage()
    signed_in(client)

    answer = client.post(EDIT, form(rule, do=do))

    assert answer.status_code == 422
    assert field in answer.context["draft"].rows[0].errors
    assert not RoutingVersion.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, {"count": "x"}, {"count": "-1"}, {"count": "99999999"}, {"do": "up-99"}, {"do": "zap"}]
)
def test_a_form_that_no_page_sent_is_no_error(client, sent):
    stage()
    signed_in(client)

    assert client.post(EDIT, sent).status_code in (200, 422)


def test_publishing_needs_a_reason(client):
    stage()
    signed_in(client)

    answer = client.post(EDIT, form({}, do="publish", note=" "))

    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()


def test_rows_move_and_go_without_publishing_and_keep_what_was_typed(client):
    stage()
    signed_in(client)
    three = [{"name": name, "filter_text": f"broken:{name}"} for name in "abc"]

    def names(do: str) -> list[str]:
        return [row.name for row in client.post(EDIT, form(*three, do=do)).context["draft"].rows]

    assert names("up-2") == ["a", "c", "b"]
    assert names("down-0") == ["b", "a", "c"]
    assert names("up-0") == ["a", "b", "c"]
    assert names("remove-1") == ["a", "c"]
    assert names("add") == ["a", "b", "c", ""]
    assert not RoutingVersion.objects.exists()


def test_a_version_published_meanwhile_is_shown_before_it_is_replaced(client):
    stage()
    signed_in(client)
    other = make_user(roles=[Role.ADMIN], name="Bo Quick")
    publish_routing(rules=[RuleInput("Theirs", "surface:ads", "ads")], by=other, at=db_now(), note="Mine first")

    first = client.post(EDIT, form({"name": "Mine"}, do="publish", base=0))
    second = client.post(EDIT, form({"name": "Mine"}, do="publish", base=first.context["draft"].base))

    assert first.status_code == 409
    assert "Bo Quick" in first.content.decode()
    assert "Mine" in first.content.decode()
    assert second.status_code == 302
    assert RoutingVersion.objects.order_by("-number").first().rules.get().name == "Mine"


def test_rules_that_are_never_reached_are_warned_of(client):
    stage()
    signed_in(client)
    narrow = {"name": "Narrow", "filter_text": "surface:ads market:DE", "queue": "ads-emea"}

    rows = client.post(EDIT, form({"name": "Wide"}, narrow)).context["draft"].rows

    assert [row.shadowed_by for row in rows] == ["", "Wide"]
    publish_routing(
        rules=[RuleInput("Wide", "surface:ads", "ads"), RuleInput("Narrow", "surface:ads market:DE", "ads-emea")],
        by=None,
        at=db_now(),
    )
    assert "Never reached" in client.get("/admin/routing/").content.decode()


def test_the_dry_run_counts_what_each_rule_takes_and_what_would_move(client):
    stage()
    signed_in(client)
    at = db_now()
    publish_routing(rules=[RuleInput("Ads", "surface:ads", "ads")], by=None, at=at)
    recent = at - timedelta(days=2)
    for market in ("DE", "DE", "US"):
        make_case(surface="ads", market=market, at=recent)
    make_case(surface="organic", at=recent)
    make_case(surface="ads", market="DE", at=at - timedelta(days=9))
    make_case(surface="ads", market="DE", at=recent, is_sandbox=True)

    draft = form({"name": "EMEA", "filter_text": "surface:ads market:DE", "queue": "ads-emea"}, {"name": "Ads"})
    answer = client.post(EDIT, draft)

    run = answer.context["draft"].run
    assert (run.considered, run.taken, run.left) == (4, {1: 2, 2: 1}, 1)
    assert [(move.before.slug, move.after.slug, move.count) for move in run.moves] == [("ads", "ads-emea", 2)]
    assert len(run.examples) == 2
    assert [row.takes for row in answer.context["draft"].rows] == [2, 1]
    assert RoutingVersion.objects.count() == 1


def test_the_dry_run_names_no_case_to_who_may_not_read_cases(client):
    stage()
    signed_in(client, Role.ADMIN)
    case = make_case(surface="ads", at=db_now() - timedelta(days=1))

    answer = client.post(EDIT, form({}))

    assert answer.context["draft"].run.moved == 1
    assert case.ref not in answer.content.decode()


def test_a_rule_that_is_off_takes_nothing(client):
    stage()
    signed_in(client)
    make_case(surface="ads", at=db_now() - timedelta(days=1))

    run = client.post(EDIT, form({"is_active": ""})).context["draft"].run

    assert (run.taken, run.left) == ({}, 1)


def test_an_earlier_version_is_shown_and_an_unknown_one_is_missing(client):
    stage()
    signed_in(client)
    publish_routing(rules=[RuleInput("First", "surface:ads", "ads")], by=None, at=db_now())
    publish_routing(rules=[RuleInput("Second", "surface:ads", "ads")], by=None, at=db_now())

    assert "First</b>" in client.get("/admin/routing/?version=1").content.decode()
    assert "Second</b>" in client.get("/admin/routing/").content.decode()
    for number in ("3", "x", "99999999999999999999"):
        assert client.get(f"/admin/routing/?version={number}").status_code == 404


# -- The bench ---------------------------------------------------------------------------------------------------------
def test_the_bench_says_where_a_submission_lands_and_why_and_keeps_nothing(client):
    stage()
    signed_in(client, Role.SPECIALIST)
    vendor = make_vendor()
    publish_routing(
        rules=[
            RuleInput("Safety", "surface:organic", "safety"),
            RuleInput("Spanish ads", "surface:ads lang:es", "ads-emea", severity_floor=1, skills=("language:es",)),
            RuleInput("Ads", "surface:ads", "ads"),
        ],
        by=None,
        at=db_now(),
    )
    tables = (Case, Submission, SlaClock, Event, OutboxMessage, ServiceKey)
    before = [table.objects.count() for table in tables]

    answer = client.post(BENCH, {"organization": vendor.pk, "body": json.dumps(submission_body())})

    found = answer.context["found"]
    assert answer.status_code == 200
    assert found.queue.slug == "ads-emea"
    assert [rule.name for rule in found.passed_over] == ["Safety"]
    assert found.matched.name == "Spanish ads"
    assert found.severity == 1
    assert "floor" in found.severity_why[0]["because"]
    assert found.skills == ["language:es"]
    assert set(found.promised) == {"acknowledge", "first_response", "resolve"}
    assert [table.objects.count() for table in tables] == before


def test_what_no_rule_takes_lands_in_the_default_queue(client):
    stage()
    signed_in(client)
    publish_routing(rules=[RuleInput("Safety", "surface:organic", "safety")], by=None, at=db_now())

    found = client.post(BENCH, {"organization": make_vendor().pk, "body": json.dumps(submission_body())}).context[
        "found"
    ]

    assert (found.matched, found.queue.slug) == (None, "general")
    assert [rule.name for rule in found.passed_over] == ["Safety"]


def test_a_rule_that_asks_the_database_is_tried_as_well(client):
    stage()
    signed_in(client)
    publish_routing(rules=[RuleInput("Brokers", "broker", "safety")], by=None, at=db_now())

    found = client.post(BENCH, {"organization": make_vendor().pk, "body": json.dumps(submission_body())}).context[
        "found"
    ]

    assert found.matched.name == "Brokers"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"title": NaN}',
        "[" * 5000,
        json.dumps({"title": "x"}),
        json.dumps(submission_body(attach_to="ESC-1")),
        json.dumps(submission_body(evidence=[{"kind": "file", "upload_id": "nope"}])),
        json.dumps(submission_body()) + "\x00",
        '{"a": 1, "a": 2}',
    ],
)
def test_what_the_api_would_refuse_the_bench_refuses_with_the_place(client, body):
    stage()
    signed_in(client)

    answer = client.post(BENCH, {"organization": make_vendor().pk, "body": body})

    assert answer.status_code == 422
    assert "body" in answer.context["form"].errors
    assert not Case.objects.exists()


def test_the_bench_names_an_unknown_organization(client):
    stage()
    signed_in(client)

    answer = client.post(BENCH, {"organization": 999999, "body": json.dumps(submission_body())})

    assert answer.status_code == 422
    assert "organization" in answer.context["form"].errors


def test_what_is_published_by_the_page_cannot_be_bypassed_by_a_specialist():
    from core.errors import NotPermitted

    stage()

    with pytest.raises(NotPermitted):
        publish_routing(rules=[], by=make_user(), at=db_now())
    with pytest.raises(Invalid):
        publish_routing(rules=[RuleInput("", "", "nowhere")], by=None, at=db_now())
    assert not RoutingRule.objects.exists()
