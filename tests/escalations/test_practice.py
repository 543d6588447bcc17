"""The practice lane: real pages, invented cases, seen by nobody else and counted nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from core.errors import Invalid, NotPermitted
from escalations.filters import compile_filter
from escalations.lifecycle import Verdict
from escalations.models import Case, SlaClock
from escalations.operations import claims, decisions, practice
from escalations.operations.decisions import Ruling
from escalations.selectors import practice as selectors
from escalations.selectors import queue as queue_selectors
from escalations.selectors.mine import my_work
from policies.models import Gap, PolicyVersion
from policies.operations.library import load_library
from tests.factories.cases import NOON, make_case, make_queue
from tests.factories.people import make_team, make_user

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(days=3650)


@pytest.fixture
def person():
    user = make_user()
    load_library(at=NOON, by=None)
    return user


def steps(person, recent=()):
    found = selectors.practice_of(person, recent=recent, key_settings={})
    return [lesson.is_done for lesson in found.lessons]


def decide(case, person):
    clause = PolicyVersion.objects.effective(at=AT).filter(policy__key=case.suspected_policy).first()
    ruling = Ruling(verdict=Verdict.REMOVE, clause_id=clause.pk, elements=[item["key"] for item in clause.elements])
    return decisions.decide_case(case_id=case.pk, by=person, at=AT, ruling=ruling)


def test_next_best_gives_practice_cases_while_practising_and_real_ones_afterwards(person):
    real = make_case(queue=make_queue(is_default=True))
    practice.begin(by=person, at=AT)

    first = claims.claim_next(by=person, at=AT)
    assert first.is_practice_for_id == person.pk

    practice.end(by=person, at=AT, state=practice.SKIPPED)
    assert claims.claim_next(by=person, at=AT) == real


def test_each_step_is_told_by_what_the_person_did(person):
    practice.begin(by=person, at=AT, filters=["lang:es"])
    assert steps(person, ["lang:es"]) == [False, False, False, False]

    case = claims.claim_next(by=person, at=AT)
    assert steps(person, ["is:open", "lang:es"]) == [True, False, False, False]

    decision = decide(case, person)
    assert steps(person, ["sev:1", "lang:es"]) == [True, True, True, False]

    decisions.undo_decision(decision_id=decision.pk, by=person, at=AT)
    assert steps(person, ["sev:1", "lang:es"]) == [True, True, True, True]


def test_practice_is_in_no_list_and_no_figure_not_even_ones_own(person):
    practice.begin(by=person, at=AT)
    case = claims.claim_next(by=person, at=AT)
    decide(case, person)

    for text in ("is:open", "is:closed", "is:sandbox", f"ref:{case.ref}"):
        compiled = compile_filter(text, viewer=person, at=AT)
        assert not queue_selectors.in_list(compiled, viewer=person, at=AT).exists()
        assert queue_selectors.facts_of(compiled, viewer=person, at=AT).matching.number == 0
    work = my_work(person, at=AT, since=AT - timedelta(days=1))
    assert work.is_empty
    assert work.decided_today == 0
    assert not SlaClock.objects.exists()


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMIN, Role.SPECIALIST])
def test_nobody_else_sees_them(person, role):
    practice.begin(by=person, at=AT)
    other = make_user(roles=[role])

    assert not Case.objects.visible_to(other).exists()
    assert claims.claim_next(by=make_user(), at=AT) is None


def test_no_rule_fits_in_practice_opens_no_gap(person):
    practice.begin(by=person, at=AT)
    case = claims.claim_next(by=person, at=AT)
    ruling = Ruling(verdict=Verdict.POLICY_GAP, rationale="Nothing in the library speaks of this.")

    decision = decisions.decide_case(case_id=case.pk, by=person, at=AT, ruling=ruling)

    assert decision.gap is None
    assert not Gap.objects.exists()


def test_beginning_again_gives_five_fresh_cases(person):
    practice.begin(by=person, at=AT)
    before = set(claims.practice_of(person).values_list("pk", flat=True))
    practice.begin(by=person, at=AT)

    after = set(claims.practice_of(person).values_list("pk", flat=True))
    assert len(before) == len(after) == 5
    assert not before & after


def test_practice_needs_the_clauses_it_cites():
    with pytest.raises(Invalid):
        practice.begin(by=make_user(), at=AT)


def test_who_decides_nothing_does_not_practise(person, client):
    auditor = make_user(roles=[Role.AUDITOR])
    client.force_login(auditor)

    assert client.get("/practice/").status_code == 404
    with pytest.raises(NotPermitted):
        practice.begin(by=auditor, at=AT)


def test_the_bar_is_offered_in_the_demo_until_declined(person, client, settings):
    client.force_login(person)
    assert b"practice_banner" not in client.get("/me/").content
    settings.DEMO = True
    assert b'value="begin"' in client.get("/me/").content

    client.post("/practice/", {"do": "skip"})

    assert b"practice_banner" not in client.get("/me/").content


def test_the_bar_shows_the_step_and_its_keys(person, client):
    make_team()
    client.force_login(person)
    client.post("/practice/", {"do": "begin"})

    bar = client.get("/practice/bar/").content.decode()

    assert "Practice 1 of 4" in bar
    assert '<kbd class="lit">n</kbd>' in bar
