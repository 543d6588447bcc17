"""Invariant 4 attacked: no decision without a clause@version that was effective at that time (domain.md).

By raw SQL, by races of a decision with a publication or a withdrawal, at the effective instant itself, and by random interleavings of
writing, publishing, scheduling, withdrawing, deciding and the passing of time.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.roles import Role
from core.clock import db_now
from core.errors import DomainError, Invalid
from escalations.lifecycle import Verdict
from escalations.models import Decision
from escalations.operations.decisions import Ruling, decide_case
from policies.lifecycle import VersionState
from policies.models import PolicyVersion
from policies.operations import drafts, publishing
from policies.operations.reading import acknowledge_version
from policies.wording import wording_of
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor
from tests.factories.policies import make_policy, make_version

# A thousand takes more than a minute: set INTERLEAVINGS=1000 for this file (docs/faults.md).
INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "50"))
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def make_decision(version: PolicyVersion, at: Any, **fields: Any) -> Decision:
    case = make_case(at=at)
    return Decision.objects.create(
        organization_id=case.organization_id,
        case=case,
        verdict="remove",
        clause=version,
        elements=["target"],
        decided_by=fields.pop("by", None) or make_user(),
        decided_at=at,
        hold_until=at,
        **fields,
    )


def violations() -> int:
    """Decisions, by their main or a further clause, under a wording that did not hold when they were made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM escalations_decision d JOIN policies_policyversion v ON v.id = d.clause_id"
            " WHERE v.effective IS NULL OR NOT v.effective @> d.decided_at"
        )
        main = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM escalations_decision d JOIN escalations_decision_secondary_clauses s ON s.decision_id = d.id"
            " JOIN policies_policyversion v ON v.id = s.policyversion_id WHERE v.effective IS NULL OR NOT v.effective @> d.decided_at"
        )
        return int(main) + int(cursor.fetchone()[0])


# -- Raw SQL -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("offset", [-TICK, DAY, DAY + TICK, 100 * DAY])
def test_a_decision_outside_the_validity_of_its_clause_is_refused(offset):
    version = make_version(start=NOON, end=NOON + DAY)

    with pytest.raises(IntegrityError, match="not effective"), transaction.atomic():
        make_decision(version, NOON + offset)
    make_decision(version, NOON)
    make_decision(version, NOON + DAY - TICK)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "review", "legal"])
def test_nobody_decides_by_a_draft_even_past_python(state):
    version = make_version(state=state)

    with pytest.raises(IntegrityError, match="not effective"), transaction.atomic():
        make_decision(version, NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "effective = tstzrange(lower(effective), %(cut)s)",
        "effective = tstzrange(%(cut)s, NULL)",
        "effective = tstzrange(lower(effective), lower(effective) + interval '1 second')",
        "effective = NULL, state = 'draft'",
    ],
)
def test_no_validity_is_cut_away_from_under_a_decision(change):
    version = make_version(start=NOON - 100 * DAY)
    make_decision(version, NOON)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE policies_policyversion SET {change} WHERE id = %(id)s",
            {"cut": NOON if "lower" in change else NOON + DAY, "id": version.pk},
        )
    assert violations() == 0


@pytest.mark.django_db
def test_a_further_clause_is_held_to_the_same():
    version, other = make_version(start=NOON), make_version(start=NOON, end=NOON + DAY)
    decision = make_decision(version, NOON + 2 * DAY)

    with pytest.raises(IntegrityError, match="further clause"), transaction.atomic():
        decision.secondary_clauses.add(other)
    earlier = make_decision(version, NOON)
    earlier.secondary_clauses.add(other)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE policies_policyversion SET effective = tstzrange(lower(effective) + interval '1 hour', upper(effective))"
            " WHERE id = %s",
            [other.pk],
        )


@pytest.mark.django_db
def test_the_time_of_a_decision_cannot_be_moved_out_of_its_clauses_validity():
    version = make_version(start=NOON, end=NOON + DAY)
    decision = make_decision(version, NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(decided_at=NOON + 2 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(clause=make_version(start=NOON + DAY))


# -- The instant itself ------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_at_the_effective_instant_the_new_wording_binds_and_just_before_it_the_old():
    start = NOON + 4000 * DAY
    old = make_version(start=NOON, end=start, policy=make_policy())
    new = make_version(policy=old.policy, number=2, state="scheduled", start=start)

    for version, at, holds in (
        (old, start - TICK, True),
        (old, start, False),
        (new, start - TICK, False),
        (new, start, True),
    ):
        if holds:
            make_decision(version, at)
        else:
            with pytest.raises(IntegrityError, match="not effective"), transaction.atomic():
                make_decision(version, at)


@pytest.mark.django_db
def test_publishing_at_once_begins_after_the_last_decision_however_close():
    old = make_version(start=NOON - 9 * DAY)
    editor, second = make_user(roles=[Role.POLICY_EDITOR]), make_user(roles=[Role.LEAD])
    draft = drafts.start_draft(policy_id=old.policy_id, by=editor, at=NOON)
    wording = replace(wording_of(draft), rule="Another.", changed_note="x")
    draft = drafts.edit_draft(version_id=draft.pk, wording=wording, revision=1, by=editor, at=NOON)
    drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)
    make_decision(old, NOON + timedelta(seconds=3))  # its request came later than ours, and was faster

    published = publishing.publish_version(version_id=draft.pk, by=second, at=NOON)

    assert published.effective_from == NOON + timedelta(seconds=3) + TICK
    assert violations() == 0


# -- Races -------------------------------------------------------------------------------------------------------------
def _at_once(*works: Any) -> list[Any]:
    """What each answered or raised; all begin together, each on a connection of its own."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int) -> None:
        barrier.wait(30)
        try:
            found[number] = works[number]()
        except Exception as error:
            found[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_number", range(5))
def test_of_a_decision_and_a_publication_at_once_neither_overtakes_the_other(round_number):
    old = make_version(start=db_now() - 9 * DAY)
    editor, second, decider = make_user(roles=[Role.POLICY_EDITOR]), make_user(roles=[Role.LEAD]), make_user()
    now = db_now()
    draft = drafts.start_draft(policy_id=old.policy_id, by=editor, at=now)
    wording = replace(wording_of(draft), rule="Another.", changed_note="x")
    draft = drafts.edit_draft(version_id=draft.pk, wording=wording, revision=1, by=editor, at=now)
    drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=now)
    cases = [make_case(at=now) for _each in range(4)]

    def decide(case: Any) -> Any:
        at = db_now()
        return Decision.objects.create(
            organization_id=case.organization_id, case=case, verdict="remove", clause=old, elements=["target"], decided_by=decider, decided_at=at, hold_until=at,
        )  # fmt: skip

    answers = _at_once(
        *[lambda case=case: decide(case) for case in cases],
        lambda: publishing.publish_version(version_id=draft.pk, by=second, at=db_now()),
    )

    assert isinstance(answers[-1], PolicyVersion), answers[-1]
    assert all(isinstance(answer, (Decision, IntegrityError)) for answer in answers[:-1])
    assert violations() == 0


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_waited_for_a_publication_sees_it():
    old = make_version(start=db_now() - 9 * DAY)
    case, decider = make_case(), make_user()
    ready, answers = threading.Event(), []

    def decide() -> None:
        at = db_now() + timedelta(seconds=5)  # later than the end that the other transaction is giving
        ready.set()
        try:
            Decision.objects.create(
                organization_id=case.organization_id, case=case, verdict="remove", clause=old, elements=["target"], decided_by=decider, decided_at=at, hold_until=at,
            )  # fmt: skip
            answers.append("decided")
        except IntegrityError as error:
            answers.append(str(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=decide)
    with transaction.atomic():
        PolicyVersion.objects.filter(pk=old.pk).update(effective=DateTimeTZRange(old.effective_from, db_now()))
        thread.start()
        assert ready.wait(20)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not _waits():
            threading.Event().wait(0.02)
        assert answers == []
    thread.join(30)

    assert "not effective" in answers[0]
    assert violations() == 0


def _waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


# -- Any order of things -----------------------------------------------------------------------------------------------
class Library(RuleBasedStateMachine):
    """Two clauses, two editors and a lead, a decider, and a clock that only goes forward. Every refusal is one of ours."""

    numbers = itertools.count(1)

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.savepoint()
        self.at = NOON + 4000 * DAY  # in the future of the database: what is scheduled is not bound for it yet
        self.editor, self.second = PEOPLE["editor"], PEOPLE["second"]
        self.policies = [make_version(start=self.at - 9 * DAY).policy for _each in range(2)]
        self.decided: list[tuple[int, Any]] = []

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    def _try(self, work: Any) -> Any:
        try:
            with transaction.atomic():
                return work()
        except DomainError as error:
            return error

    def _open(self, index: int, *states: str) -> PolicyVersion | None:
        return self.policies[index].versions.filter(state__in=states).order_by("-number").first()

    @rule(index=st.integers(0, 1), market=st.sampled_from(["", "IE"]))
    def write(self, index: int, market: str) -> None:
        found = self._try(
            lambda: drafts.start_draft(policy_id=self.policies[index].pk, by=self.editor, at=self.at, market=market)
        )
        if isinstance(found, PolicyVersion):
            wording = replace(wording_of(found), rule=f"Rule {next(self.numbers)}.", changed_note="x")
            found = drafts.edit_draft(
                version_id=found.pk, wording=wording, revision=found.revision, by=self.editor, at=self.at
            )
            drafts.send_to_review(version_id=found.pk, revision=found.revision, by=self.editor, at=self.at)

    @rule(index=st.integers(0, 1), hours=st.sampled_from([None, 1, 5, 30]), ends=st.sampled_from([None, 2, 40]))
    def publish(self, index: int, hours: int | None, ends: int | None) -> None:
        version = self._open(index, "review")
        if version is not None:
            start = self.at + timedelta(hours=hours) if hours else None
            end = (start or self.at) + timedelta(hours=ends) if ends else None
            self._try(
                lambda: publishing.publish_version(
                    version_id=version.pk, by=self.second, at=self.at, starts_at=start, ends_at=end
                )
            )

    @rule(index=st.integers(0, 1))
    def withdraw(self, index: int) -> None:
        version = self._open(index, "scheduled")
        if version is not None:
            found = self._try(lambda: publishing.withdraw_version(version_id=version.pk, by=self.second, at=self.at))
            if isinstance(found, PolicyVersion):
                self._try(
                    lambda: drafts.send_to_review(
                        version_id=found.pk, revision=found.revision, by=self.editor, at=self.at
                    )
                )

    @rule(index=st.integers(0, 1))
    def retire(self, index: int) -> None:
        version = self._open(index, "effective")
        if version is not None:
            self._try(lambda: publishing.retire_version(version_id=version.pk, by=self.second, at=self.at))

    @rule(index=st.integers(0, 1), nth=st.integers(0, 6), market=st.sampled_from(["IE", "FR"]))
    def decide(self, index: int, nth: int, market: str) -> None:
        versions = list(self.policies[index].versions.order_by("number"))
        version = versions[nth % len(versions)]
        case = make_case(
            at=self.at, organization=PEOPLE["vendor"], queue=PEOPLE["queue"], assignee=PEOPLE["decider"], market=market
        )
        ruling = Ruling(verdict=Verdict.REMOVE, clause_id=version.pk, elements=["target"], rationale="Plain.")
        found = self._try(lambda: decide_case(case_id=case.pk, by=PEOPLE["decider"], at=self.at, ruling=ruling))
        if isinstance(found, Decision):
            self.decided.append((found.pk, found.clause_id))
            assert version.holds_at(self.at)
        else:
            assert not version.holds_at(self.at) or version.market not in ("", market), found

    @rule(minutes=st.sampled_from([1, 59, 60, 61, 300, 1800, 3000]))
    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @precondition(lambda self: hasattr(self, "policies"))
    @invariant()
    def every_decision_stands_under_what_held(self) -> None:
        assert violations() == 0
        kept = dict(Decision.objects.filter(pk__in=[pk for pk, _clause in self.decided]).values_list("pk", "clause_id"))
        assert kept == dict(self.decided)
        for policy in self.policies:
            for market in ("", "IE"):
                holding = PolicyVersion.objects.effective(at=self.at).filter(policy=policy, market=market)
                assert holding.count() <= 1
            assert (
                policy.versions.filter(
                    state__in=(VersionState.DRAFT, VersionState.REVIEW, VersionState.LEGAL), market=""
                ).count()
                <= 1
            )


PEOPLE: dict[str, Any] = {}


@pytest.mark.django_db
def test_random_orders_of_publishing_and_deciding_keep_the_invariant():
    team = make_team()
    PEOPLE.update(
        editor=make_user(roles=[Role.POLICY_EDITOR]),
        second=make_user(roles=[Role.LEAD]),
        decider=make_user(teams=[team]),
        vendor=make_vendor(),
        queue=make_queue(team=team),
    )

    run_state_machine_as_test(
        Library,
        settings=settings(
            max_examples=INTERLEAVINGS,
            stateful_step_count=6,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@pytest.mark.django_db
def test_nobody_decides_by_a_version_that_they_were_asked_to_read_and_have_not():
    team = make_team()
    decider = make_user(teams=[team])
    version = make_version(needs_acknowledgement=True)
    case = make_case(queue=make_queue(team=team), assignee=decider)
    ruling = Ruling(verdict=Verdict.REMOVE, clause_id=version.pk, elements=["target"], rationale="Plain.")

    with pytest.raises(Invalid, match="CS-ZZ-"):
        decide_case(case_id=case.pk, by=decider, at=NOON, ruling=ruling)
    acknowledge_version(version_id=version.pk, by=decider, at=NOON)

    assert decide_case(case_id=case.pk, by=decider, at=NOON, ruling=ruling).clause == version
