from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import ServiceKey
from audit import recording
from audit.models import Event
from core.errors import DomainError, Invalid
from core.rows import insert
from escalations.lifecycle import Channel, Severity
from escalations.models import Case, CaseEntity, Evidence, SlaClock, Submission
from escalations.operations import intake
from escalations.operations.intake import Accepted, AlreadySubmitted, Order
from escalations.operations.submission_input import entity_key, normal_url, read
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_key, make_user, make_vendor
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> ServiceKey:
    return make_key()[0]


def submit(key: ServiceKey, *, idempotency_key: str = "", **changes: Any) -> Accepted:
    payload = read(submission_body(**changes), at=NOON)
    return intake.submit(payload=payload, by=key, channel=Channel.API, at=NOON, idempotency_key=idempotency_key)


def test_a_submission_becomes_a_case_with_its_parts_clocks_and_events(key: ServiceKey) -> None:
    accepted = submit(key, external_ref="NG-1")

    case = Case.objects.get(ref=accepted.case.ref)
    assert (case.organization_id, case.status, case.revision) == (key.organization_id, "new", 1)
    assert case.queue.is_default
    assert case.is_open is True
    assert Submission.objects.get(case=case).payload["title"] == case.title
    assert CaseEntity.objects.get(case=case).reported["url"] == "https://vid.example/ads/7731"
    assert Evidence.objects.get(case=case).number == 1
    assert set(SlaClock.objects.filter(object_id=case.pk).values_list("metric", flat=True)) == {"A", "F", "R"}
    kinds = Event.objects.filter(subject_type="escalations.case", subject_id=case.pk).values_list("kind", flat=True)
    assert list(kinds) == ["submission.received", "case.created"]


def test_the_promised_times_are_those_of_the_clocks(key: ServiceKey) -> None:
    accepted = submit(key)

    due = dict(SlaClock.objects.filter(object_id=accepted.case.pk).values_list("metric", "due_at"))
    assert accepted.promised == {"acknowledge": due["A"], "first_response": due["F"], "resolve": due["R"]}
    stored = Case.objects.get(pk=accepted.case.pk)
    assert stored.due_at == min(moment for moment in due.values() if moment)
    assert stored.order_at < stored.due_at


def test_nothing_stays_when_its_events_cannot_be_written(key: ServiceKey, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(recording, "write", fail)

    with pytest.raises(RuntimeError):
        submit(key)

    assert not Case.objects.exists()
    assert not Submission.objects.exists()


def test_a_sandbox_key_makes_a_sandbox_case() -> None:
    key, _token = make_key(is_sandbox=True)

    accepted = submit(key)

    assert Case.objects.get(pk=accepted.case.pk).is_sandbox
    assert Submission.objects.get(pk=accepted.submission.pk).is_sandbox


def test_an_external_reference_is_taken_once_in_an_organization(key: ServiceKey) -> None:
    first = submit(key, external_ref="NG-1")

    with pytest.raises(AlreadySubmitted) as refused:
        submit(key, external_ref="NG-1", title="Something else altogether")

    assert refused.value.extra["ref"] == first.case.ref
    assert Case.objects.count() == 1


def test_another_organization_may_use_the_same_reference(key: ServiceKey) -> None:
    submit(key, external_ref="NG-1")

    other = submit(make_key()[0], external_ref="NG-1")

    assert other.case.external_ref == "NG-1"


def test_an_idempotency_key_never_makes_a_second_case_even_after_its_record_is_gone(key: ServiceKey) -> None:
    first = submit(key, idempotency_key="k1")

    with pytest.raises(AlreadySubmitted) as refused:
        submit(key, idempotency_key="k1")

    assert refused.value.given_code == "idempotency_key_taken"
    assert refused.value.extra["ref"] == first.case.ref


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"title": "Other words entirely here"}, "the same ad"),
        ({"subjects": [{"kind": "ad", "url": "https://x.example/1"}], "title": "Nothing alike"}, "the same evidence"),
        (
            {"subjects": [{"kind": "ad", "url": "https://x.example/1"}], "evidence": None},
            "nearly the same title",
        ),
    ],
)
def test_a_case_of_the_same_organization_that_may_be_the_same_is_named(
    key: ServiceKey, changes: dict[str, Any], why: str
) -> None:
    first = submit(key)

    second = submit(key, **changes)

    assert [(twin.ref, twin.why) for twin in second.duplicate_of] == [(first.case.ref, why)]


def test_another_organizations_case_is_never_suggested(key: ServiceKey) -> None:
    submit(make_key()[0])

    assert submit(key).duplicate_of == []


def test_a_batch_makes_what_it_can_and_says_what_it_cannot(key: ServiceKey) -> None:
    taken = submit(key, external_ref="NG-1")
    bodies = [
        submission_body(external_ref="NG-1"),
        submission_body(external_ref="NG-2"),
        submission_body(external_ref="NG-2"),
        submission_body(external_ref="NG-3", evidence=[{"upload_id": "0192f7c2-6b1e-7d2c-9a53-0d7cf7ab2f31"}]),
        submission_body(external_ref="NG-4"),
    ]
    orders = [Order(read(body, at=NOON)) for body in bodies]

    found = intake.submit_many(orders=orders, by=key, channel=Channel.API, at=NOON)

    assert [isinstance(item, Accepted) for item in found] == [False, True, False, False, True]
    assert isinstance(found[0], AlreadySubmitted)
    assert found[0].extra["ref"] == taken.case.ref
    assert isinstance(found[2], DomainError)
    assert found[2].given_code == "twin_in_batch"
    assert isinstance(found[3], Invalid)
    assert found[3].errors[0].pointer == "/evidence/0/upload_id"
    assert set(Case.objects.values_list("external_ref", flat=True)) == {"NG-1", "NG-2", "NG-4"}
    assert SlaClock.objects.count() == 9


def test_a_person_of_the_team_submits_for_the_internal_organization() -> None:
    person = make_user()

    accepted = intake.submit(payload=read(submission_body(), at=NOON), by=person, channel=Channel.MANUAL, at=NOON)

    case = Case.objects.get(pk=accepted.case.pk)
    assert case.submitted_by == person
    assert case.organization == person.organization


def test_severity_is_computed_from_the_answers_and_explained(key: ServiceKey) -> None:
    accepted = submit(key, severity_inputs={"imminence": "now", "physical_harm": "lethal"})

    case = Case.objects.get(pk=accepted.case.pk)
    assert case.severity == Severity.S0
    assert case.severity_why[0] == {"level": "S0", "because": "a life or serious injury is at stake now"}
    assert case.severity_inputs["imminence"] == "now"


def test_a_claim_with_a_reason_raises_by_one(key: ServiceKey) -> None:
    accepted = submit(key, severity_claimed="S1", severity_reason="money is being lost")

    case = Case.objects.get(pk=accepted.case.pk)
    assert (case.severity, case.severity_claimed) == (Severity.S2, Severity.S1)
    assert case.severity_source == "computed"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("account", "@Some.One", ""), ("account", "some.one", "")),
        (("domain", "WWW.Shop.Example", ""), ("domain", "shop.example", "")),
        (
            ("ad", "", "https://www.vid.example/ads/7/?utm_source=x#top"),
            ("ad", "", "http://vid.example/ads/7"),
        ),
    ],
)
def test_two_spellings_of_one_thing_are_one_identity(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert entity_key(*one) == entity_key(*other)


def test_a_long_identity_is_kept_within_its_column() -> None:
    key = entity_key("post", "", "https://vid.example/" + "x" * 1500)

    assert len(key) == 300
    assert key != entity_key("post", "", "https://vid.example/" + "x" * 1499)
    assert normal_url("https://vid.example:8443/a?b=1") == "vid.example:8443/a?b=1"


def test_rows_of_several_tables_go_in_with_one_statement(django_assert_num_queries: Any) -> None:
    organization = make_vendor()
    case = make_case(organization=organization, received_at=NOON - timedelta(days=1))
    rows = [
        Submission(
            organization=organization, case=case, channel="api", payload={"n": n, "a": ["ü", None]}, received_at=NOON
        )
        for n in range(3)
    ]

    with django_assert_num_queries(1):
        insert(rows, [])

    stored = Submission.objects.order_by("id")
    assert [row.payload for row in stored] == [{"n": n, "a": ["ü", None]} for n in range(3)]
    assert {row.warnings == [] and row.external_ref == "" for row in stored} == {True}
