from __future__ import annotations

from typing import Any

import pytest

from accounts.models import ServiceKey
from accounts.roles import Role
from core.errors import Invalid, NotPermitted
from escalations.filters.rules import match_one
from escalations.lifecycle import Channel, Severity
from escalations.models import Case, Queue, RoutingVersion, SlaClock
from escalations.operations import intake, routing
from escalations.operations.routing import RuleInput
from escalations.operations.submission_input import read
from tests.factories.cases import make_queue
from tests.factories.people import NOON, internal_organization, make_key, make_user
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> ServiceKey:
    internal_organization()
    return make_key()[0]


def publish(*rules: RuleInput) -> RoutingVersion:
    return routing.publish_routing(rules=rules, by=None, at=NOON)


def rule(name: str, filter_text: str, queue: str, **more: Any) -> RuleInput:
    return RuleInput(name=name, filter_text=filter_text, queue=queue, **more)


def placed(key: ServiceKey, **changes: Any) -> Case:
    payload = read(submission_body(**changes), at=NOON)
    accepted = intake.submit(payload=payload, by=key, channel=Channel.API, at=NOON)
    return Case.objects.select_related("queue").get(pk=accepted.case.pk)


def test_without_rules_everything_waits_in_the_default_queue(key: ServiceKey) -> None:
    case = placed(key)

    assert case.queue.is_default
    assert case.routed_why["rule"] == ""


def test_the_first_rule_that_matches_places_a_case_and_says_so(key: ServiceKey) -> None:
    make_queue(slug="ads")
    make_queue(slug="spanish")
    publish(rule("Commerce", "surface:commerce", "spanish"), rule("Ads", "surface:ads", "ads", skills=("ads",)))
    publish(
        rule("Ads in Spanish", "surface:ads lang:es", "spanish", skills=("spanish", "ads")),
        rule("Ads", "surface:ads", "ads"),
    )

    spanish, english, other = placed(key), placed(key, language="en"), placed(key, surface="organic", title="Else")

    assert [case.queue.slug for case in (spanish, english)] == ["spanish", "ads"]
    assert other.queue.is_default
    assert spanish.required_skills == ["ads", "spanish"]
    assert spanish.routed_why == {
        "rule": "Ads in Spanish",
        "position": 1,
        "version": 2,
        "filter": "surface:ads lang:es",
    }


def test_a_rule_that_asks_for_more_than_columns_is_answered_by_the_database(key: ServiceKey) -> None:
    make_queue(slug="known")
    publish(rule("A known account", "acct:broker_2", "known", severity_floor=1))
    account = {"kind": "account", "platform": "vid", "id": "@Broker_2"}

    known, unknown = placed(key, subjects=[account]), placed(key)

    assert (known.queue.slug, known.severity) == ("known", Severity.S1)
    assert unknown.queue.is_default
    resolve = SlaClock.objects.get(object_id=known.pk, metric="R")
    assert resolve.target is not None
    assert resolve.target.severity == Severity.S1
    assert known.due_at is not None
    assert known.order_at < known.due_at


def test_a_floor_raises_the_severity_and_never_lowers_it(key: ServiceKey) -> None:
    make_queue(slug="ads")
    publish(rule("Ads", "surface:ads", "ads", severity_floor=2))

    raised = placed(key)
    worse = placed(key, title="Worse", severity_inputs={"imminence": "now", "physical_harm": "lethal"})

    assert (raised.severity, worse.severity) == (Severity.S2, Severity.S0)
    assert raised.severity_why[0] == {"level": "S2", "because": "a routing rule sets this floor"}


def test_a_queue_that_was_switched_off_gets_nothing(key: ServiceKey) -> None:
    queue = make_queue(slug="ads")
    publish(rule("Ads", "surface:ads", "ads"))
    Queue.objects.filter(pk=queue.pk).update(is_active=False)

    assert placed(key).queue.is_default


def test_a_rule_that_is_switched_off_is_passed_over(key: ServiceKey) -> None:
    make_queue(slug="ads")
    publish(rule("Ads", "surface:ads", "ads", is_active=False))

    assert placed(key).queue.is_default


RULES = [
    "surface:ads",
    "-surface:ads",
    "surface:ads,commerce lang:es",
    "sev:<=3",
    "sev:0..2",
    "market:none",
    "reach:>100",
    "reach:>=1000000 OR lang:es",
    "-(lang:es surface:ads)",
    "platform:vid",
    "platform:any",
    "from:api,bulk",
    "vendor:nobody",
    "harm:none",
    "graphic:<=1",
    "spend:>10k",
    "is:open surface:ads",
    "-is:sandbox",
]


@pytest.mark.parametrize("text", RULES)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"surface": "commerce", "language": "en", "market": "IE", "harm": "spam"},
        {"impact": {"views": 2_000_000, "spend": 50_000, "currency": "EUR"}, "platform": "vid"},
        {"evidence": [{"url": "https://a.example/", "graphic_tier": "G1"}]},
    ],
)
def test_what_is_answered_here_is_what_the_database_answers(
    key: ServiceKey, text: str, changes: dict[str, Any]
) -> None:
    case = placed(key, **changes)
    plain = routing.plain_condition(text, at=NOON)
    here = None if plain is None else routing.holds(plain, case)

    assert here in (None, match_one(case.pk, text, at=NOON))


def test_ordinary_rules_need_no_database() -> None:
    plain = [text for text in RULES if routing.plain_condition(text, at=NOON) is not None]

    assert {"surface:ads", "surface:ads,commerce lang:es", "sev:0..2", "reach:>100", "platform:vid"} <= set(plain)
    assert routing.plain_condition("acct:x", at=NOON) is None
    assert routing.plain_condition("age:>1h", at=NOON) is None


@pytest.mark.parametrize(
    ("bad", "pointer", "code"),
    [
        ({"name": " "}, "/rules/0/name", "required"),
        ({"filter_text": ""}, "/rules/0/filter_text", "required"),
        ({"filter_text": "surfac:ads"}, "/rules/0/filter_text", ""),
        ({"filter_text": "who:@me"}, "/rules/0/filter_text", ""),
        ({"filter_text": "sort:due"}, "/rules/0/filter_text", "shape_in_rule"),
        ({"queue": "nowhere"}, "/rules/0/queue", "unknown_queue"),
        ({"severity_floor": 9}, "/rules/0/severity_floor", "out_of_range"),
    ],
)
def test_a_rule_that_is_none_is_not_published(bad: dict[str, Any], pointer: str, code: str) -> None:
    make_queue(slug="ads")
    good = {"name": "Ads", "filter_text": "surface:ads", "queue": "ads"}

    with pytest.raises(Invalid) as refused:
        publish(RuleInput(**{**good, **bad}))

    assert pointer in [problem.pointer for problem in refused.value.errors]
    assert not code or code in [problem.code for problem in refused.value.errors]
    assert not RoutingVersion.objects.exists()


@pytest.mark.parametrize(
    ("role", "may"), [(Role.LEAD, True), (Role.ADMIN, True), (Role.SPECIALIST, False), (Role.AUDITOR, False)]
)
def test_leads_and_administrators_publish(role: Role, may: bool) -> None:
    make_queue(slug="ads")
    person = make_user(roles=(role,))
    rules = [rule("Ads", "surface:ads", "ads")]

    if may:
        assert routing.publish_routing(rules=rules, by=person, at=NOON).number == 1
    else:
        with pytest.raises(NotPermitted):
            routing.publish_routing(rules=rules, by=person, at=NOON)


def test_a_rule_that_an_earlier_one_leaves_nothing_is_warned_of() -> None:
    rules = [
        rule("Ads", "surface:ads", "a"),
        rule("Spanish ads", "surface:ads lang:es", "b"),
        rule("Spanish", "lang:es", "b"),
    ]

    warned = routing.unreachable(rules, at=NOON)

    assert [(found.position, found.by) for found in warned] == [(2, "Ads")]
