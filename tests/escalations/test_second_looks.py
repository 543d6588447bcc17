"""Contested clauses: a share of their decisions is decided twice, the second time without the first (ux.md DEC-16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus, Verdict
from escalations.models import ContestedClause, SecondLook
from escalations.operations import decisions, second_looks, timers
from escalations.operations.decisions import Ruling
from escalations.operations.second_looks import LookOver
from notifications.models import Notification
from notifications.operations import fan_out
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(seconds=11)


@pytest.fixture
def lead():
    return make_user(roles=["LD"], name="Lea Lead")


@pytest.fixture
def clause(lead):
    version = make_version()
    second_looks.flag_clause(key=version.policy.key, share=100, why="Read in two ways.", by=lead, at=NOON)
    return version


def decided(clause, *, by=None, **fields):
    """A case decided by somebody under the clause, in effect; the second look that was drawn."""
    by = by or make_user()
    case = make_case(assignee=by, status=CaseStatus.IN_REVIEW, **fields)
    ruling = Ruling(verdict=Verdict.REMOVE, clause_id=clause.pk, elements=["target"], rationale="Only the first knows.")
    decisions.decide_case(case_id=case.pk, by=by, at=NOON, ruling=ruling)
    timers.fire_due_timers(at=AFTER)
    return case, by, SecondLook.objects.filter(case=case).first()


def answer(look, by, clause, verdict="remove"):
    return second_looks.answer_look(
        look_id=look.pk, verdict=verdict, clause_key=clause.policy.key, rationale="Seen anew.", by=by, at=AFTER
    )


def test_only_decisions_under_a_contested_clause_are_drawn_and_none_once_it_is_not(lead, clause):
    _case, _by, drawn = decided(clause)
    _case, _by, other = decided(make_version())
    second_looks.unflag_clause(key=clause.policy.key, by=lead, at=AFTER)
    _case, _by, later = decided(clause)
    _case, _by, practice = decided(clause, is_sandbox=True)

    assert drawn is not None
    assert (other, later, practice) == (None, None, None)


def test_the_share_decides_how_many_and_flagging_again_replaces_it(lead, clause):
    second_looks.flag_clause(key=clause.policy.key.lower(), share=1, why="Less now.", by=lead, at=NOON)

    assert list(ContestedClause.objects.filter(ended_at=None).values_list("share", flat=True)) == [1]
    assert ContestedClause.objects.count() == 2


@pytest.mark.parametrize(
    ("verdict", "same_clause", "state"),
    [("remove", True, "agrees"), ("no_violation", True, "differs"), ("remove", False, "differs")],
)
def test_verdict_and_clause_decide_whether_they_agree(clause, verdict, same_clause, state):
    _case, _by, look = decided(clause)

    done = answer(look, make_user(), clause if same_clause else make_version(), verdict)

    assert done.state == state


def test_the_first_never_looks_twice_not_even_past_python(clause):
    _case, by, look = decided(clause)

    with pytest.raises(NotPermitted):
        answer(look, by, clause)
    with pytest.raises(IntegrityError, match="second_look_by_another"), transaction.atomic():
        SecondLook.objects.filter(pk=look.pk).update(
            state="agrees", answered_by=by, answered_at=AFTER, verdict="remove"
        )


def test_it_is_answered_once_and_settled_by_a_third(lead, clause):
    case, by, look = decided(clause)
    second = make_user(roles=["IC"])
    answer(look, second, clause, "no_violation")

    with pytest.raises(LookOver):
        answer(look, make_user(), clause)
    with pytest.raises(NotPermitted):
        second_looks.settle_look(look_id=look.pk, first_stands=False, why="Mine.", by=second, at=AFTER)
    with pytest.raises(Invalid):
        second_looks.settle_look(look_id=look.pk, first_stands=True, why=" ", by=lead, at=AFTER)
    settled = second_looks.settle_look(look_id=look.pk, first_stands=True, why="It names him.", by=lead, at=AFTER)
    with pytest.raises(LookOver):
        second_looks.settle_look(look_id=look.pk, first_stands=True, why="Again.", by=lead, at=AFTER)

    assert (settled.state, settled.first_stands) == ("settled", True)
    assert Event.objects.filter(subject_id=case.pk, kind=events.SECOND_LOOK_SETTLED).count() == 1
    with pytest.raises(IntegrityError, match="second_look_settled_by_a_third"), transaction.atomic():
        SecondLook.objects.filter(pk=look.pk).update(settled_by=by)


def test_leads_hear_of_two_that_differ_and_of_none_that_agree(lead, clause):
    case, _by, look = decided(clause)
    other, _by, agreeing = decided(clause)
    answer(look, make_user(), clause, "no_violation")
    answer(agreeing, make_user(), clause)

    for event in Event.objects.filter(kind=events.SECOND_LOOK_ANSWERED):
        fan_out.fan_out(event)

    told = Notification.objects.filter(kind=events.SECOND_LOOK_ANSWERED)
    assert [(one.user, one.subject_id) for one in told] == [(lead, case.pk)]
    assert other.pk != case.pk


@pytest.mark.parametrize(("key", "share", "why"), [("XX-1", 10, "So."), ("", 0, ""), ("CS-ZZ-9.9", 101, "So.")])
def test_a_wrong_flag_is_refused(lead, key, share, why):
    with pytest.raises(Invalid):
        second_looks.flag_clause(key=key, share=share, why=why, by=lead, at=NOON)


@pytest.mark.parametrize(("role", "may"), [("LD", True), ("PE", True), ("SP", False), ("IC", False), ("QA", False)])
def test_who_flags_clauses(role, may):
    version, person = make_version(), make_user(roles=[role])

    if may:
        second_looks.flag_clause(key=version.policy.key, share=5, why="So.", by=person, at=NOON)
    else:
        with pytest.raises(NotPermitted):
            second_looks.flag_clause(key=version.policy.key, share=5, why="So.", by=person, at=NOON)


# -- Pages --------------------------------------------------------------------------------------------------------------
def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_the_second_reads_the_case_and_nothing_of_the_first(clause):
    case, by, look = decided(clause)
    second, url = make_user(), f"/second-looks/{look.public_id}/"
    client = signed_in(second)

    listed = client.get("/second-looks/").content.decode()
    page = client.get(url).content.decode()
    wrong = client.post(url, {"verdict": "remove", "clause": "nonsense", "rationale": "So."})
    done = client.post(url, {"verdict": "no_violation", "clause": clause.policy.key, "rationale": "A quotation."})

    assert case.title in listed
    for secret in ("Only the first knows.", by.display_name, clause.citation, case.ref):
        assert secret not in page
    assert (wrong.status_code, done.status_code) == (422, 302)
    assert SecondLook.objects.get().state == "differs"
    assert signed_in(by).get("/second-looks/").content.decode().count(case.title) == 0


def test_who_settles_reads_both(lead, clause):
    _case, _by, look = decided(clause)
    answer(look, make_user(), clause, "no_violation")
    url = f"/second-looks/{look.public_id}/"

    page = signed_in(lead).get(url).content.decode()
    done = signed_in(lead).post(url, {"stands": "second", "why": "It is a quotation."})

    assert "Only the first knows." in page
    assert "Seen anew." in page
    assert done.status_code == 302
    assert SecondLook.objects.get().first_stands is False


def test_nobody_else_finds_it(clause):
    _case, by, look = decided(clause, compartments=["CHILD_SAFETY"], by=make_user(compartments=["CHILD_SAFETY"]))
    url = f"/second-looks/{look.public_id}/"

    for person in (by, make_user(roles=["LD"]), make_user(roles=["VL"], organization=make_vendor())):
        assert signed_in(person).get(url).status_code == 404


def test_contested_clauses_are_flagged_and_taken_away_on_their_page(lead):
    version = make_version()
    client, url = signed_in(lead), "/second-looks/contested/"

    wrong = client.post(url, {"key": "nope", "share": "10", "why": "So."})
    client.post(url, {"key": version.policy.key, "share": "10", "why": "Read in two ways."})
    page = client.get(url).content.decode()
    read_only = signed_in(make_user()).get(url).content.decode()
    refused = signed_in(make_user()).post(url, {"drop": version.policy.key})
    client.post(url, {"drop": version.policy.key})

    assert wrong.status_code == 422
    assert "Read in two ways." in page
    assert 'name="share"' not in read_only
    assert refused.status_code == 403
    assert not ContestedClause.objects.filter(ended_at=None).exists()
