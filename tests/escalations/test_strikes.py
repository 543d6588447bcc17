"""Strikes: given once, counted by weight over their window, given back; and the editions that say what they lead to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.roles import Role
from core.errors import Invalid, NotPermitted
from escalations.models import Case, EnforcementAction, Strike, StrikeLadder
from escalations.operations import enforcement, strikes
from tests.factories.enforcement import LADDER, add_subject, decide, make_subject_case
from tests.factories.people import NOON, internal_organization, make_user
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _house():
    internal_organization()


def test_strikes_of_several_cases_add_up_until_a_threshold_is_crossed():
    clause = make_version(ladder=LADDER, strike_weight=2)
    first, person, account, _post = make_subject_case()
    decide(first, person, actions=("content_remove", "strike"), clause=clause)
    second, person, _other, _post = make_subject_case()
    add_subject(second, account)

    decide(second, person, actions=("content_remove", "strike"), clause=clause, at=LATER)

    assert strikes.count(account, "organic", at=LATER + timedelta(minutes=1)) == 4
    crossed = EnforcementAction.objects.filter(case=second, entity=account, source="threshold")
    assert list(crossed.values_list("type", "days")) == [("feature_block", 7)]


def test_a_strike_given_back_counts_no_more():
    clause = make_version(ladder=LADDER)
    case, person, account, _post = make_subject_case()
    decision = decide(case, person, actions=("content_remove", "strike"), clause=clause)

    done = enforcement.reverse_decision(
        decision, case=Case.objects.lock(case.pk), reason="Overturned.", by=person, at=LATER
    )

    assert [strike.refund_why for strike in done.strikes] == ["Overturned."]
    assert strikes.count(account, "organic", at=LATER) == 0


@pytest.mark.parametrize(
    "change",
    [{"weight": 0}, {"expires_at": NOON - timedelta(days=1)}, {"refunded_at": LATER}, {"refund_why": "Because."}],
)
def test_the_database_refuses_half_a_strike(change):
    case, person, _account, _post = make_subject_case()
    decide(case, person, actions=("content_remove", "strike"))

    with pytest.raises(IntegrityError), transaction.atomic():
        Strike.objects.filter(case=case).update(**change)


def test_an_edition_never_changes():
    strikes.ensure_first(at=NOON)

    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        StrikeLadder.objects.update(window_days=1)


def test_the_next_edition_holds_from_its_time_on():
    strikes.ensure_first(at=NOON)

    strikes.publish_ladder(
        surface="ads", window_days=30, thresholds=[{"at": 2, "actions": ["warning"]}], by=None, at=LATER
    )

    assert strikes.ladder_in_force("ads", at=NOON).number == 1
    assert strikes.ladder_in_force("ads", at=LATER).number == 2


@pytest.mark.parametrize(
    "thresholds",
    [
        [],
        [{"at": 0, "actions": ["warning"]}],
        [{"at": 2, "actions": []}],
        [{"at": 2, "actions": ["restore"]}],
        [{"at": 2, "actions": ["nonsense"]}],
        [{"at": 2, "actions": ["warning"]}, {"at": 2, "actions": ["warning"]}],
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(thresholds):
    with pytest.raises(Invalid):
        strikes.publish_ladder(surface="ads", window_days=30, thresholds=thresholds, by=None, at=NOON)


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.SENIOR, Role.POLICY_EDITOR, Role.ADMIN, Role.LEGAL])
def test_only_a_lead_publishes(role):
    with pytest.raises(NotPermitted):
        strikes.publish_ladder(
            surface="ads",
            window_days=30,
            thresholds=[{"at": 2, "actions": ["warning"]}],
            by=make_user(roles=[role]),
            at=NOON,
        )


def test_a_lead_publishes_from_the_page(client):
    strikes.ensure_first(at=NOON)
    client.force_login(make_user(roles=[Role.LEAD]))
    url = "/admin/strikes/ads/edit/"
    body = {"window_days": "90", "thresholds": "1: warning\n3: feature_block:7, warning", "note": "Milder."}

    listed, form = client.get("/admin/strikes/"), client.get(url)
    odd = client.post(url, body | {"thresholds": "three: warning"})
    odder = client.post(url, body | {"thresholds": "3: nonsense"})
    answer = client.post(url, body)

    newest = StrikeLadder.objects.filter(surface="ads").order_by("-number").first()
    assert (listed.status_code, form.status_code, odd.status_code, odder.status_code) == (200, 200, 422, 422)
    assert answer.status_code == 302
    assert (newest.number, newest.window_days) == (2, 90)
    assert newest.steps[1].label == "Block a feature, 7 days, Warning"
    assert client.get("/admin/strikes/nowhere/edit/").status_code == 404
