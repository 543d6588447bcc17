"""Handing actions to a platform that accepts, refuses, falls silent, breaks, answers late and answers twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.roles import Role
from audit.models import Event
from core.breakers import Breaker
from core.errors import Invalid, NotPermitted
from core.standard_webhooks import read_secret
from escalations.enforcement_life import TRANSITIONS, HandOffNotAllowed, HandOffState
from escalations.lifecycle import CaseStatus
from escalations.models import Case, EnforcementAction
from escalations.operations import enforcement, handing_over
from tests.factories.enforcement import make_action
from tests.factories.people import NOON, make_user
from tests.fake_platform import SECRET, FakePlatform

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def platform(settings, monkeypatch) -> Iterator[FakePlatform]:
    made = FakePlatform()
    settings.ENFORCEMENT_URL, settings.ENFORCEMENT_SECRETS = made.url, [read_secret(SECRET)]
    settings.OUTWARD_ALLOWED = [*settings.OUTWARD_ALLOWED, f"127.0.0.1:{made.port}"]
    monkeypatch.setattr(handing_over, "PLATFORM", Breaker())
    yield made
    made.stop()


def hand_over(action):
    handing_over.hand_over_due(10)
    action.refresh_from_db()
    return action


def again(action):
    EnforcementAction.objects.filter(pk=action.pk).update(next_at=Now())
    return hand_over(action)


def test_it_goes_out_signed_and_is_settled_by_the_answer(platform):
    action = hand_over(make_action())

    [asked] = platform.asked
    assert (asked.key, asked.is_signed) == (action.key, True)
    assert asked.body["data"]["subject"]["id"] == action.entity.key
    assert (action.state, action.foreign_id) == ("accepted", "mod-1")
    assert Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED


@pytest.mark.parametrize(
    ("mood", "state"),
    [
        ("accept", "accepted"),
        ("refuse", "refused"),
        ("gone", "refused"),
        ("moved", "refused"),
        ("take", "sent"),
        ("odd", "sent"),
        ("silent", "ambiguous"),
        ("drop", "ambiguous"),
        ("broken", "ambiguous"),
        ("conflict", "ambiguous"),
        ("busy", "queued"),
    ],
)
def test_what_each_answer_means(platform, mood, state):
    platform.mood = mood

    action = hand_over(make_action())

    assert action.state == state
    assert len(platform.asked) == 1
    assert (Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED) == (mood == "accept")


def test_what_is_unclear_is_never_sent_again_by_itself(platform):
    platform.mood = "silent"
    action = hand_over(make_action())

    for _turn in range(3):
        again(action)

    assert platform.keys == [action.key]
    assert Event.objects.filter(kind="enforcement.unclear").count() == 1


def test_what_was_not_taken_is_tried_again_under_the_same_key_and_with_the_same_words(platform):
    platform.mood = "busy"
    action = hand_over(make_action())
    platform.mood = "accept"

    again(action)

    assert [one.key for one in platform.asked] == [action.key] * 2
    assert platform.asked[0].body == platform.asked[1].body
    assert action.state == "accepted"


def test_an_address_that_cannot_be_reached_keeps_the_action_queued_as_if_it_had_never_left(platform, settings):
    platform.stop()

    action = hand_over(make_action())

    assert (action.state, action.sent_at, action.attempts) == ("queued", None, 1)
    assert action.last_error


def test_an_address_inside_our_network_is_never_asked(platform, settings):
    settings.OUTWARD_ALLOWED = []

    action = hand_over(make_action())

    assert (action.state, platform.asked) == ("queued", [])


def test_without_an_address_nothing_is_sent(platform, settings):
    settings.ENFORCEMENT_URL = ""

    action = hand_over(make_action())

    assert (action.state, platform.asked) == ("queued", [])


def test_an_answer_that_drips_ends_in_time(platform, monkeypatch):
    monkeypatch.setattr(handing_over, "TIMEOUT_S", 1.5)
    platform.mood = "slow"

    action = hand_over(make_action())

    assert action.state == "ambiguous"


def test_after_failures_one_probe_goes_out_at_a_time(platform):
    platform.mood = "silent"
    for _number in range(3):
        hand_over(make_action())

    waiting = hand_over(make_action())

    assert handing_over.PLATFORM.is_open
    assert (waiting.state, len(platform.asked)) == ("queued", 3)


def test_what_a_process_began_and_never_settled_is_unclear(platform):
    action = make_action()
    [claimed] = handing_over.LEASES.claim(1)
    EnforcementAction.objects.filter(pk=action.pk).update(
        started_at=Now(), sent_at=Now(), lease_until=Now() - timedelta(seconds=1)
    )

    lost = handing_over.declare_lost()
    overtaken = handing_over.LEASES.settle(claimed, state="accepted", foreign_id="x")
    hand_over(action)

    assert (lost, overtaken, action.state, platform.asked) == (1, False, "ambiguous", [])


def test_what_was_only_claimed_goes_out_once_the_lease_is_over(platform):
    action = make_action()
    handing_over.LEASES.claim(1)
    EnforcementAction.objects.filter(pk=action.pk).update(lease_until=Now() - timedelta(seconds=1))

    hand_over(action)

    assert (action.state, platform.keys) == ("accepted", [action.key])


def test_the_word_that_comes_while_it_is_being_sent_stands(platform, monkeypatch):
    action = make_action()

    def answered_meanwhile(key, body):
        handing_over.answer(action_id=action.pk, accepted=True, foreign_id="early", reason="", by=None, at=LATER)
        return handing_over.Word(HandOffState.AMBIGUOUS, "No answer.")

    monkeypatch.setattr(handing_over, "_ask", answered_meanwhile)
    hand_over(action)

    assert (action.state, action.foreign_id) == ("accepted", "early")


# -- A person ----------------------------------------------------------------------------------------------------------
def unclear(platform):
    platform.mood = "silent"
    return hand_over(make_action())


def test_a_person_who_looked_lets_it_go_out_again_under_its_one_key(platform):
    action, lead = unclear(platform), make_user(roles=[Role.LEAD])
    platform.mood = "accept"

    handing_over.retry(action_id=action.pk, reason="Not there: looked it up.", by=lead, at=LATER)
    again(action)

    assert platform.keys == [action.key] * 2
    assert len(platform.done) == 1  # it had done it: the key told
    assert (action.state, action.foreign_id) == ("accepted", "mod-1")


def test_a_person_says_that_it_is_done(platform):
    action, lead = unclear(platform), make_user(roles=[Role.LEAD])

    handing_over.resolve(action_id=action.pk, is_done=True, reason="Seen there.", foreign_id="mod-1", by=lead, at=LATER)

    action.refresh_from_db()
    assert (action.state, action.resolved_by) == ("accepted", lead)
    assert Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED


def test_a_lead_withdraws_what_will_not_be_done(platform):
    platform.mood = "refuse"
    action, lead = hand_over(make_action()), make_user(roles=[Role.LEAD])

    handing_over.resolve(action_id=action.pk, is_done=False, reason="The account is gone.", by=lead, at=LATER)

    action.refresh_from_db()
    assert (action.state, action.ended_why) == ("cancelled", "reversed")
    assert Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED


def test_taking_back_what_is_unclear_asks_to_lift_it(platform):
    action = unclear(platform)
    case = Case.objects.lock(action.case_id)

    done = enforcement.reverse([action.pk], case=case, reason="Overturned.", by=None, at=LATER)

    assert [lift.reverses for lift in done.lifted] == [action]


def test_taking_back_what_a_person_sent_again_asks_to_lift_it_too(platform):
    action, lead = unclear(platform), make_user(roles=[Role.LEAD])
    handing_over.retry(action_id=action.pk, reason="Looked.", by=lead, at=LATER)
    case = Case.objects.lock(action.case_id)

    done = enforcement.reverse([action.pk], case=case, reason="Overturned.", by=None, at=LATER)

    assert [one.pk for one in done.cancelled] == [action.pk]
    assert len(done.lifted) == 1  # the first try may have done it


@pytest.mark.parametrize("state", ["accepted", "sent"])
def test_what_is_confirmed_or_on_its_way_is_not_sent_again(platform, state):
    platform.mood = {"accepted": "accept", "sent": "take"}[state]
    action = hand_over(make_action())

    with pytest.raises(HandOffNotAllowed):
        handing_over.retry(action_id=action.pk, reason="Why not.", by=make_user(roles=[Role.LEAD]), at=LATER)


@pytest.mark.parametrize(
    ("values", "pointer"),
    [({"reason": " "}, "/reason"), ({"reason": "Seen."}, "/foreign_id"), ({"reason": "x" * 301}, "/reason")],
)
def test_a_person_says_why_and_where(platform, values, pointer):
    action = unclear(platform)

    with pytest.raises(Invalid) as refused:
        handing_over.resolve(action_id=action.pk, is_done=True, by=make_user(roles=[Role.LEAD]), at=LATER, **values)

    assert refused.value.errors[0].pointer == pointer


# -- Who may (permissions.md §3) ---------------------------------------------------------------------------------------
MAY = {
    Role.SPECIALIST: (True, False),  # on cases of their queues
    Role.SENIOR: (True, False),
    Role.LEAD: (True, True),
    Role.LEGAL: (True, False),
    Role.POLICY_EDITOR: (False, False),
    Role.QUALITY: (False, False),
    Role.ADMIN: (False, False),
    Role.AUDITOR: (False, False),
    Role.READER: (False, False),
}


@pytest.mark.parametrize("role", list(MAY))
def test_who_tries_again_and_who_withdraws(platform, role):
    action, person = unclear(platform), make_user(roles=[role])
    settles, withdraws = MAY[role]

    for allowed, act in (
        (
            withdraws,
            lambda: handing_over.resolve(action_id=action.pk, is_done=False, reason="No.", by=person, at=LATER),
        ),
        (settles and not withdraws, lambda: handing_over.retry(action_id=action.pk, reason="Go.", by=person, at=LATER)),
    ):
        if allowed:
            act()
        elif not (settles and withdraws):
            with pytest.raises(NotPermitted):
                act()


# -- The table ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("before", list(HandOffState))
@pytest.mark.parametrize("after", list(HandOffState))
def test_where_a_hand_off_may_go(before, after):
    action = EnforcementAction(state=before)

    if after in TRANSITIONS[before]:
        action.move_to(after, at=NOON)
        assert action.state == after
    else:
        with pytest.raises(HandOffNotAllowed):
            action.move_to(after, at=NOON)
