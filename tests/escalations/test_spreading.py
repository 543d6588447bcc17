"""A cluster's decision carried to its members: who gets it and who does not is said before, and every row has its result."""

from __future__ import annotations

import re
import signal
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from audit.models import Event
from core import engine
from escalations import events
from escalations.lifecycle import CaseStatus, Resolution, Verdict
from escalations.models import Case, Decision, Spread, SpreadRow
from escalations.operations import claims, clusters, decisions, spreading, timers
from escalations.operations.decisions import Ruling
from escalations.selectors import spreads
from tests.escalations.test_intake_races import all_at_once
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user, make_vendor
from tests.factories.policies import make_version
from tests.live import LiveProcess

pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(seconds=11)


@pytest.fixture
def lead():
    return make_user(roles=["LD"], name="Lea Lead")


def cluster(lead, count=4):
    """A parent that `lead` holds, and its merged cases, five of which were looked at."""
    members = [make_case(organization=make_vendor()) for _number in range(count)]
    merged = clusters.merge_cases(case_ids=[one.pk for one in members], target_id=None, by=lead, at=NOON)
    parent = claims.claim_case(case_id=merged.parent.pk, by=lead, at=NOON)
    for child in members[: decisions.SAMPLE]:
        decisions.view_sample(parent=parent, child=child, by=lead, at=NOON)
    return parent, members


def decide(parent, by, clause=None):
    clause = clause or make_version()
    ruling = Ruling(verdict=Verdict.REMOVE, clause_id=clause.pk, elements=["target"], rationale="The same text.")
    return decisions.decide_case(case_id=parent.pk, by=by, at=NOON, ruling=ruling)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_legal_hold": True}, "legal hold"),
        ({"is_high_profile": True}, "high-profile"),
        ({"severity": 1}, "S1"),
    ],
)
def test_who_does_not_get_it_is_said_before_and_stands_alone_after(lead, change, why):
    parent, members = cluster(lead)
    Case.objects.filter(pk=members[1].pk).update(**change)

    plan = spreading.plan_for(parent, make_version(), by=lead)
    decide(parent, lead)
    timers.fire_due_timers(at=AFTER)
    worked = spreading.run_now(500)

    odd = Case.objects.get(pk=members[1].pk)
    rows = {row.case_id: row for row in SpreadRow.objects.all()}
    assert (plan.total, plan.goes) == (4, 3)
    assert why in plan.left_out[0].why
    assert plan.left_out[0].ref == members[1].ref
    assert worked == 4
    assert rows[odd.pk].state == "left_out"
    assert why in rows[odd.pk].why
    assert (odd.status, odd.parent_id) == (CaseStatus.NEW, None)
    assert not Decision.objects.filter(case=odd).exists()
    assert Decision.objects.filter(repeats__case=parent).count() == 3


def test_a_member_that_became_restricted_stays_away_unless_its_decider_holds_the_label(lead):
    parent, members = cluster(lead, count=2)
    members[0].compartments = ["CHILD_SAFETY"]

    without = spreading.why_left_out(members[0], parent, None, labels=set())
    holding = spreading.why_left_out(members[0], parent, None, labels={"CHILD_SAFETY"})

    assert "restricted" in without
    assert holding == ""


def test_a_clause_worded_for_another_market_stays_away_from_members_elsewhere(lead):
    parent, members = cluster(lead, count=2)
    Case.objects.filter(pk=parent.pk).update(market="DE")
    Case.objects.filter(pk=members[0].pk).update(market="DE")

    plan = spreading.plan_for(parent, make_version(market="DE"), by=lead)

    assert [one.ref for one in plan.left_out] == [members[1].ref]


def test_few_members_get_it_at_once_without_a_job(lead):
    parent, members = cluster(lead)

    decide(parent, lead)
    timers.fire_due_timers(at=AFTER)

    assert not Spread.objects.exists()
    assert Decision.objects.filter(case__in=members, state="effective").count() == len(members)


def test_many_members_get_it_by_the_engine_some_at_a_time(lead, monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 2)
    signs_of_life: list[None] = []
    monkeypatch.setattr(engine, "progress", lambda: signs_of_life.append(None))
    parent, members = cluster(lead, count=5)
    decide(parent, lead)
    timers.fire_due_timers(at=AFTER)
    signs_of_life.clear()  # those of the timers

    first = spreading.run_now(2)
    halfway = Spread.objects.get()
    spreading.run_now(500)

    ended = Spread.objects.get()
    assert (first, halfway.done, halfway.percent, halfway.ended_at) == (2, 2, 40, None)
    assert (ended.done, ended.left_out, ended.percent) == (5, 0, 100)
    assert ended.ended_at is not None
    assert Decision.objects.filter(case__in=members, state="effective").count() == 5
    assert spreading.run_now(500) == 0
    assert len(signs_of_life) == 3  # one a piece: else the watchdog takes a long spread for a hang
    end = Event.objects.get(kind=events.SPREAD_ENDED)
    assert (end.subject_id, end.data) == (parent.pk, {"count": 5, "left_out": 0})


@pytest.mark.django_db(transaction=True)
def test_two_engines_give_each_member_one_decision(lead, monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 1)
    parent, members = cluster(lead, count=4)
    decide(parent, lead)
    timers.fire_due_timers(at=AFTER)

    all_at_once(lambda: spreading.run_now(500), lambda: spreading.run_now(500))
    spreading.run_now(500)

    assert Spread.objects.get().done == 4
    for member in members:
        assert Decision.objects.filter(case=member, state="effective").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_kill_9_in_the_middle_of_it_gives_no_member_two_decisions_and_forgets_none(lead, database_clone, monkeypatch):
    parent, members = cluster(lead, count=6)
    with monkeypatch.context() as few:
        few.setattr(spreading, "AT_ONCE", 2)  # six are a job, then
        decide(parent, lead)
        timers.fire_due_timers(at=AFTER)
    program = (
        "import django; django.setup(); from escalations.operations import spreading;"
        "spreading.AT_ONCE = 2; spreading.run_now(500)"
    )
    for passing in (1, 2, 3):  # in the first piece, and further on
        monkeypatch.setenv("WF_FAULT", f"event_written:kill9:{passing}")
        assert LiveProcess(f"spread-{passing}", ["-c", program], database_clone).wait(60) == -signal.SIGKILL
    done = Decision.objects.filter(case__in=members, state="effective").count()
    assert done == SpreadRow.objects.filter(state="done").count()

    spreading.run_now(500)

    assert Spread.objects.get().done == 6
    assert Counter(Decision.objects.filter(case__in=members).values_list("case", flat=True)) == {
        member.pk: 1 for member in members
    }


def test_its_page_has_every_row_by_state_a_page_at_a_time_and_leaves_as_a_file(lead, monkeypatch):
    monkeypatch.setattr(spreads, "PAGE_SIZE", 2)
    parent, members = cluster(lead, count=6)
    Case.objects.filter(pk=members[1].pk).update(is_legal_hold=True)
    decide(parent, lead)
    timers.fire_due_timers(at=AFTER)
    spreading.run_now(500)
    client = Client()
    client.force_login(lead)
    seen, url = set(), f"/c/{parent.ref}/spread/?state=done"
    while url:
        page = client.get(url).content.decode()
        seen |= set(re.findall(r'href="/c/(ESC-\d+)/"', page)) - {parent.ref}
        older = re.search(r'href="(\?[^"]+)" rel="next"', page)
        url = f"/c/{parent.ref}/spread/{older[1]}".replace("&amp;", "&") if older else ""

    assert seen == {member.ref for member in members} - {members[1].ref}
    left = client.get(f"/c/{parent.ref}/spread/?state=left_out").content.decode()
    assert members[1].ref in left
    assert members[0].ref not in left
    asked = client.get(f"/exports/new/?source=spread&case={parent.ref}&state=done").content.decode()
    assert "5 rows now" in asked


def test_undone_within_its_hold_it_reaches_nobody(lead):
    parent, members = cluster(lead)
    decision = decide(parent, lead)

    decisions.undo_decision(decision_id=decision.pk, by=lead, at=NOON)
    timers.fire_due_timers(at=AFTER)

    assert not Decision.objects.filter(case__in=members).exists()
    assert not Spread.objects.exists()


def test_a_member_taken_out_meanwhile_is_left_alone(lead, monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 1)
    parent, members = cluster(lead, count=2)
    decide(parent, lead)
    timers.fire_due_timers(at=AFTER)
    spreading.run_now(1)
    clusters.unmerge_case(case_id=members[1].pk, by=lead, at=AFTER)

    spreading.run_now(500)

    row = SpreadRow.objects.get(case=members[1])
    assert row.state == "left_out"
    assert "taken out" in row.why
    assert Case.objects.get(pk=members[0].pk).resolution == Resolution.MERGED


def test_the_panel_says_it_before_and_the_page_after(lead):
    parent, members = cluster(lead)
    Case.objects.filter(pk=members[1].pk).update(is_legal_hold=True)
    clause = make_version()
    client = Client()
    client.force_login(lead)

    before = client.post(f"/c/{parent.ref}/decide/beside/", {"verdict": "remove", "clause": clause.pk}).content.decode()
    nothing = client.get(f"/c/{parent.ref}/spread/")
    decide(parent, lead, clause)
    timers.fire_due_timers(at=AFTER)
    running = client.get(f"/c/{parent.ref}/spread/").content.decode()
    spreading.run_now(500)
    after = client.get(f"/c/{parent.ref}/spread/").content.decode()

    assert "3 merged cases get this decision." in before
    assert members[1].ref in before
    assert nothing.status_code == 404
    assert 'hx-trigger="every 2s"' in running
    assert 'hx-trigger="every 2s"' not in after
    assert "legal hold" in after
    stranger = Client()
    stranger.force_login(make_user(roles=["VL"], organization=members[0].organization))
    assert stranger.get(f"/c/{parent.ref}/spread/").status_code == 404
