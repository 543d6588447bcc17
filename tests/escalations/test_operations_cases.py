"""Holding a case and the other verbs: who may, what changes, what is recorded, what two people at once come to."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import Q

from accounts.models import Skill
from audit import recording
from audit.models import Event, OutboxMessage
from core.errors import Invalid, NotFound, NotPermitted, StaleRevision
from escalations import events
from escalations.lifecycle import (
    CaseStatus,
    ClockState,
    InvalidReason,
    LinkKind,
    Resolution,
    Severity,
    TransitionNotAllowed,
)
from escalations.models import Case, CaseTag, Link, SlaClock, SlaTimer
from escalations.operations import cases, claims, clocks, ordering, timers, undo
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def kinds_of(case: Case) -> list[str]:
    found = Event.objects.filter(subject_type="escalations.case", subject_id=case.pk)
    return list(found.order_by("id").values_list("kind", flat=True))


def clock(case: Case, metric: str) -> SlaClock:
    return SlaClock.objects.filter(object_id=case.pk, metric=metric).latest("cycle")


def with_clocks(**fields) -> Case:
    case = make_case(**fields)
    clocks.start_for_case(case, at=case.received_at)
    case.save(update_fields=ordering.FIELDS)
    return case


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def queue(team):
    return make_queue(team=team)


@pytest.fixture
def ana(team):
    return make_user(name="Ana Silva", teams=[team])


@pytest.fixture
def tom(team):
    return make_user(name="Tom Berg", teams=[team])


@pytest.fixture
def lead():
    return make_user(name="Lea Lead", roles=["LD"])


class TestClaim:
    def test_gives_the_case_a_holder_a_lease_and_stops_the_acknowledge_clock(self, queue, ana):
        case = with_clocks(queue=queue)

        held = cases.claim_case(case_id=case.pk, by=ana, at=NOON + MINUTE)

        assert (held.status, held.assignee, held.lease_until) == (CaseStatus.IN_REVIEW, ana, NOON + 16 * MINUTE)
        assert held.revision == case.revision + 1
        assert clock(case, "A").state == ClockState.MET
        assert events.CASE_CLAIMED in kinds_of(case)
        assert SlaTimer.objects.get(object_id=case.pk, kind="lease", state="armed").due_at == NOON + 16 * MINUTE

    def test_tells_who_holds_it_and_since_when(self, queue, ana, tom):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)

        with pytest.raises(cases.AlreadyClaimed) as refused:
            cases.claim_case(case_id=case.pk, by=tom, at=NOON + MINUTE)

        assert (refused.value.holder, refused.value.since) == (ana, NOON)
        case.refresh_from_db()
        assert case.assignee == ana

    def test_of_ones_own_case_renews_the_lease_and_records_nothing(self, queue, ana):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)
        before = kinds_of(case)

        held = cases.claim_case(case_id=case.pk, by=ana, at=NOON + MINUTE)

        assert held.lease_until == NOON + 16 * MINUTE
        assert kinds_of(case) == before

    def test_takes_over_once_the_lease_is_over_though_its_timer_has_not_fired(self, queue, ana, tom):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)

        held = cases.claim_case(case_id=case.pk, by=tom, at=NOON + 15 * MINUTE)

        assert held.assignee == tom
        assert kinds_of(case) == [events.CASE_CLAIMED, events.CASE_RELEASED, events.CASE_CLAIMED]

    def test_is_not_for_people_of_other_queues(self, queue):
        case = make_case(queue=queue)

        with pytest.raises(NotPermitted):
            cases.claim_case(case_id=case.pk, by=make_user(), at=NOON)

    def test_is_refused_for_a_closed_case(self, queue, ana):
        case = make_case(queue=queue, status=CaseStatus.CLOSED)

        with pytest.raises(TransitionNotAllowed):
            cases.claim_case(case_id=case.pk, by=ana, at=NOON)

    def test_changes_nothing_when_its_event_cannot_be_written(self, queue, ana, monkeypatch):
        case = make_case(queue=queue)

        def fail(*_args, **_kwargs):
            raise IntegrityError("no")

        monkeypatch.setattr(recording, "write", fail)
        with pytest.raises(IntegrityError):
            cases.claim_case(case_id=case.pk, by=ana, at=NOON)

        case.refresh_from_db()
        assert case.status == CaseStatus.NEW
        assert not OutboxMessage.objects.filter(event__subject_id=case.pk).exists()


class TestClaimNext:
    def test_takes_the_case_that_comes_first_in_the_order(self, queue, ana):
        make_case(queue=queue, order_at=NOON + 2 * MINUTE)
        first = make_case(queue=queue, order_at=NOON + MINUTE)

        assert cases.claim_next(by=ana, at=NOON) == first

    def test_answers_none_where_nothing_waits(self, queue, ana, tom):
        make_case(queue=queue, assignee=tom)

        assert cases.claim_next(by=ana, at=NOON) is None

    @pytest.mark.parametrize(
        "fields",
        [
            {"snoozed_until": NOON + MINUTE},
            {"is_sandbox": True},
            {"status": CaseStatus.CLOSED},
            {"compartments": ["LAW_ENFORCEMENT"]},
            {"required_skills": ["policy:fraud"]},
            {"language": "vd"},
            {"harm": "graphic_violence"},
        ],
    )
    def test_passes_over_what_the_person_may_not_or_does_not_take(self, queue, ana, fields):
        ana.harm_opt_outs = ["graphic_violence"]
        Skill.objects.create(user=ana, kind="language", value="en")
        make_case(queue=queue, order_at=NOON, **fields)
        taken = make_case(queue=queue, order_at=NOON + MINUTE, language="en-GB")

        assert cases.claim_next(by=ana, at=NOON) == taken
        assert cases.claim_next(by=ana, at=NOON) is None

    def test_offers_a_case_at_risk_also_to_those_without_its_language(self, queue, ana):
        Skill.objects.create(user=ana, kind="language", value="en")
        urgent = make_case(queue=queue, language="vd", risk_at=NOON)

        assert cases.claim_next(by=ana, at=NOON) == urgent

    def test_never_offers_a_harm_that_was_opted_out_of_even_at_risk(self, queue, ana):
        ana.harm_opt_outs = ["graphic_violence"]
        make_case(queue=queue, harm="graphic_violence", risk_at=NOON)

        assert cases.claim_next(by=ana, at=NOON) is None

    def test_takes_what_others_look_at_only_when_there_is_nothing_else(self, queue, ana):
        viewed = make_case(queue=queue, order_at=NOON)
        other = make_case(queue=queue, order_at=NOON + MINUTE)

        assert cases.claim_next(by=ana, at=NOON, passing_over=[viewed.pk]) == other
        assert cases.claim_next(by=ana, at=NOON, passing_over=[viewed.pk]) == viewed

    def test_a_kept_statement_follows_the_clock_and_the_persons_skills(self, queue, ana):
        asleep = make_case(queue=queue, snoozed_until=NOON + MINUTE)
        skilled = make_case(queue=queue, required_skills=["policy:fraud"], order_at=NOON + 5 * MINUTE)

        assert cases.claim_next(by=ana, at=NOON) is None
        assert cases.claim_next(by=ana, at=NOON + MINUTE) == asleep
        assert cases.claim_next(by=ana, at=NOON + MINUTE) is None
        Skill.objects.create(user=ana, kind="policy", value="fraud")
        assert cases.claim_next(by=ana, at=NOON + MINUTE) == skilled

    def test_a_kept_statement_is_nobody_elses(self, queue, team, ana):
        case = make_case(queue=queue, submitted_by=ana)
        colleague = make_user(name="Tim Other", teams=[team])

        assert cases.claim_next(by=ana, at=NOON) is None
        assert cases.claim_next(by=make_user(teams=[make_team()]), at=NOON) is None
        assert cases.claim_next(by=colleague, at=NOON) == case

    def test_claiming_again_arms_the_lease_anew(self, queue, ana):
        case = make_case(queue=queue)
        cases.claim_next(by=ana, at=NOON)
        Case.objects.filter(pk=case.pk).update(status=CaseStatus.NEW, assignee=None, claimed_at=None, lease_until=None)

        cases.claim_next(by=ana, at=NOON + MINUTE)

        armed = SlaTimer.objects.filter(object_id=case.pk, kind="lease").order_by("epoch")
        assert [(timer.epoch, timer.state) for timer in armed] == [(1, "cancelled"), (2, "armed")]

    def test_answers_none_where_the_view_can_hold_nothing(self, queue, ana):
        make_case(queue=queue)

        assert cases.claim_next(by=ana, at=NOON, within=Q(pk__in=[])) is None

    def test_leaves_other_peoples_queues_alone(self, queue):
        make_case(queue=queue)

        assert cases.claim_next(by=make_user(teams=[make_team()]), at=NOON) is None

    def test_reaches_every_queue_for_a_lead(self, queue, lead):
        case = make_case(queue=queue)

        assert cases.claim_next(by=lead, at=NOON) == case

    def test_is_refused_to_roles_that_claim_nothing(self):
        with pytest.raises(NotPermitted):
            cases.claim_next(by=make_user(roles=["RO"]), at=NOON)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def race(self, *works):
        """Run every work in a thread with a connection of its own, started together; answers results or errors."""
        barrier, results = threading.Barrier(len(works)), [None] * len(works)

        def run(index, work):
            try:
                barrier.wait(timeout=10)
                results[index] = work()
            except Exception as error:
                results[index] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return results

    def test_two_people_claiming_one_case_never_both_win(self, queue, ana, tom):
        for _ in range(5):
            case = make_case(queue=queue)

            results = self.race(
                lambda case=case: cases.claim_case(case_id=case.pk, by=ana, at=NOON),
                lambda case=case: cases.claim_case(case_id=case.pk, by=tom, at=NOON),
            )

            won = [result for result in results if isinstance(result, Case)]
            lost = [result for result in results if isinstance(result, cases.AlreadyClaimed)]
            assert (len(won), len(lost)) == (1, 1), results
            case.refresh_from_db()
            assert lost[0].holder == case.assignee
            assert kinds_of(case).count(events.CASE_CLAIMED) == 1

    def test_next_best_gives_everyone_another_case_and_the_best_ones(self, queue, team):
        people = [make_user(teams=[team]) for _ in range(6)]
        waiting = [make_case(queue=queue, order_at=NOON + number * MINUTE) for number in range(8)]

        results = self.race(*[lambda who=who: cases.claim_next(by=who, at=NOON) for who in people])

        assert all(isinstance(result, Case) for result in results), results
        assert len({result.pk for result in results}) == 6
        # Nothing better was left than what was locked by the others: the six best are taken, whoever has which.
        assert {result.pk for result in results} == {case.pk for case in waiting[:6]}

    @staticmethod
    @contextmanager
    def locked(*held):
        """Somebody else holds these rows while the block runs."""
        ready, done = threading.Event(), threading.Event()

        def hold():
            with transaction.atomic():
                for case in held:
                    Case.objects.lock(case.pk)
                ready.set()
                done.wait(timeout=10)
            connections.close_all()

        holder = threading.Thread(target=hold)
        holder.start()
        try:
            assert ready.wait(timeout=10)
            yield
        finally:
            done.set()
            holder.join(timeout=10)

    def test_next_best_does_not_wait_for_a_locked_row(self, queue, ana, tom):
        best = make_case(queue=queue, order_at=NOON)
        second = make_case(queue=queue, order_at=NOON + MINUTE)

        with self.locked(best):
            assert cases.claim_next(by=ana, at=NOON) == second

    def test_next_best_looks_behind_the_first_of_each_queue_when_others_hold_them(self, queue, team, ana, monkeypatch):
        monkeypatch.setattr(claims, "_NEAR", 1)
        heads = [make_case(queue=where, order_at=NOON) for where in (queue, make_queue(team=team))]
        behind = make_case(queue=queue, order_at=NOON + MINUTE)

        with self.locked(*heads):
            assert cases.claim_next(by=ana, at=NOON) == behind


class TestReleaseAndLease:
    def test_release_puts_it_back_at_its_place(self, queue, ana):
        case = make_case(queue=queue, order_at=NOON + MINUTE)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)
        place = Case.objects.get(pk=case.pk).order_at

        back = cases.release_case(case_id=case.pk, by=ana, at=NOON + MINUTE)

        assert (back.status, back.assignee, back.lease_until, back.order_at) == (CaseStatus.NEW, None, None, place)
        assert not SlaTimer.objects.filter(object_id=case.pk, kind="lease", state="armed").exists()

    def test_release_of_anothers_case_is_for_leads(self, queue, ana, tom, lead):
        case = make_case(queue=queue, assignee=ana)

        with pytest.raises(NotPermitted):
            cases.release_case(case_id=case.pk, by=tom, at=NOON)
        assert cases.release_case(case_id=case.pk, by=lead, at=NOON).assignee is None

    def test_a_pass_for_wellness_is_recorded_without_a_name(self, queue, ana):
        case = make_case(queue=queue, assignee=ana)

        cases.release_case(case_id=case.pk, by=ana, at=NOON, cause="wellness")

        event = Event.objects.get(subject_id=case.pk, kind=events.CASE_RELEASED)
        assert (event.actor_id, event.actor_label, "before_id" in event.data) == (None, "", False)

    def test_the_lease_runs_out_without_input(self, queue, ana):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)

        assert timers.fire_due_timers(at=NOON + 14 * MINUTE) == 0
        assert timers.fire_due_timers(at=NOON + 15 * MINUTE) == 1

        case.refresh_from_db()
        assert (case.status, case.assignee) == (CaseStatus.NEW, None)
        assert Event.objects.get(subject_id=case.pk, kind=events.CASE_RELEASED).data["cause"] == "lease"

    def test_input_moves_the_end_of_the_lease_on(self, queue, ana):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)
        revision = Case.objects.get(pk=case.pk).revision
        cases.renew_lease(case_id=case.pk, by=ana, at=NOON + 10 * MINUTE)

        timers.fire_due_timers(at=NOON + 15 * MINUTE)
        case.refresh_from_db()
        assert (case.assignee, case.revision) == (ana, revision)

        timers.fire_due_timers(at=NOON + 25 * MINUTE)
        case.refresh_from_db()
        assert case.assignee is None

    def test_a_lease_is_not_renewed_by_somebody_who_lost_the_case(self, queue, ana, tom):
        case = make_case(queue=queue, assignee=tom)

        with pytest.raises(NotPermitted):
            cases.renew_lease(case_id=case.pk, by=ana, at=NOON)


class TestAssign:
    def test_a_lead_gives_a_case_to_a_person_who_holds_it_without_a_lease(self, queue, ana, lead):
        case = with_clocks(queue=queue)

        given = cases.assign_case(case_id=case.pk, assignee=ana, by=lead, at=NOON + MINUTE)

        assert (given.status, given.assignee, given.lease_until) == (CaseStatus.IN_REVIEW, ana, None)
        assert clock(case, "A").state == ClockState.MET

    def test_a_specialist_assigns_only_to_themselves(self, queue, ana, tom):
        case = make_case(queue=queue)

        with pytest.raises(NotPermitted):
            cases.assign_case(case_id=case.pk, assignee=tom, by=ana, at=NOON)
        assert cases.assign_case(case_id=case.pk, assignee=ana, by=ana, at=NOON).assignee == ana

    def test_nobody_gets_a_case_of_a_queue_they_do_not_work_in(self, queue, lead):
        case = make_case(queue=queue)

        with pytest.raises(Invalid) as refused:
            cases.assign_case(case_id=case.pk, assignee=make_user(name="Out Sider"), by=lead, at=NOON)

        assert "Out Sider" in refused.value.detail

    def test_a_case_that_changes_hands_keeps_its_state(self, queue, ana, tom, lead):
        case = make_case(queue=queue, assignee=ana, status=CaseStatus.WAITING)

        given = cases.assign_case(case_id=case.pk, assignee=tom, by=lead, at=NOON)

        assert (given.status, given.assignee) == (CaseStatus.WAITING, tom)
        assert Event.objects.get(subject_id=case.pk).data == {"assignee_id": tom.pk, "before_id": ana.pk}


class TestSeverity:
    def test_raising_pins_it_and_brings_the_case_forward(self, queue, ana):
        case = with_clocks(queue=queue, severity=Severity.S3)

        raised = cases.change_severity(
            case_id=case.pk, severity=Severity.S1, reason="Threat within hours", by=ana, at=NOON + MINUTE
        )

        assert (raised.severity, raised.severity_source, raised.severity_set_by) == (Severity.S1, "person", ana)
        assert raised.order_at < case.order_at
        assert clock(case, "R").target_s == 8 * 3600

    def test_lowering_needs_a_senior(self, queue, ana, lead):
        case = make_case(queue=queue, severity=Severity.S1)

        with pytest.raises(NotPermitted):
            cases.change_severity(case_id=case.pk, severity=Severity.S3, reason="Not so bad", by=ana, at=NOON)
        lowered = cases.change_severity(case_id=case.pk, severity=Severity.S3, reason="Not so bad", by=lead, at=NOON)
        assert lowered.severity == Severity.S3

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
    def test_needs_a_reason_of_one_line(self, queue, ana, reason):
        case = make_case(queue=queue)

        with pytest.raises(Invalid) as refused:
            cases.change_severity(case_id=case.pk, severity=Severity.S1, reason=reason, by=ana, at=NOON)

        assert refused.value.errors[0].pointer == "/reason"

    def test_is_refused_on_a_revision_that_is_gone(self, queue, ana):
        case = make_case(queue=queue)

        with pytest.raises(StaleRevision):
            cases.change_severity(case_id=case.pk, severity=Severity.S1, reason="Now", by=ana, at=NOON, revision=7)


class TestQueueSnoozeWait:
    def test_moving_releases_the_case_into_the_other_queue(self, queue, ana):
        case = make_case(queue=queue, assignee=ana)
        other = make_queue()

        moved = cases.move_to_queue(case_id=case.pk, queue_id=other.pk, by=ana, at=NOON)

        assert (moved.queue, moved.assignee, moved.status) == (other, None, CaseStatus.NEW)
        assert Event.objects.get(subject_id=case.pk, kind=events.CASE_MOVED).data["before_id"] == queue.pk

    def test_snooze_hides_and_wakes_by_its_timer_while_clocks_go_on(self, queue, ana):
        case = with_clocks(queue=queue)
        cases.snooze_case(case_id=case.pk, until=NOON + 60 * MINUTE, by=ana, at=NOON)

        assert not Case.objects.awake(at=NOON + 59 * MINUTE).exists()
        timers.fire_due_timers(at=NOON + 60 * MINUTE)

        case.refresh_from_db()
        assert case.snoozed_until is None
        assert clock(case, "R").state == ClockState.RUNNING
        assert kinds_of(case)[-1] == events.CASE_WOKEN

    @pytest.mark.parametrize(
        ("until", "wake_on"),
        [(None, ""), (NOON, ""), (NOON + timedelta(days=31), ""), (NOON + MINUTE, "moonrise")],
    )
    def test_snooze_refuses_no_end_the_past_and_the_far_future(self, queue, ana, until, wake_on):
        case = make_case(queue=queue)

        with pytest.raises(Invalid):
            cases.snooze_case(case_id=case.pk, until=until, wake_on=wake_on, by=ana, at=NOON)

    def test_waiting_for_the_submitter_pauses_the_resolve_clock_until_they_answer(self, queue, ana):
        case = with_clocks(queue=queue)
        cases.claim_case(case_id=case.pk, by=ana, at=NOON)

        waiting = cases.wait_for_submitter(case_id=case.pk, question="Which ad?", by=ana, at=NOON + MINUTE)
        assert (waiting.status, waiting.waiting_on, waiting.lease_until) == (CaseStatus.WAITING, "submitter", None)
        assert clock(case, "R").state == ClockState.PAUSED
        timers.fire_due_timers(at=NOON + 20 * MINUTE)  # no lease runs out meanwhile

        resumed = cases.resume_case(case_id=case.pk, by=None, at=NOON + 30 * MINUTE, cause="reply")
        assert (resumed.status, resumed.assignee) == (CaseStatus.IN_REVIEW, ana)
        assert resumed.lease_until == NOON + 45 * MINUTE
        assert clock(case, "R").state == ClockState.RUNNING

    def test_waiting_ends_at_its_cap(self, queue, ana):
        case = with_clocks(queue=queue, assignee=ana)
        cases.wait_for_submitter(case_id=case.pk, question="Which ad?", by=ana, at=NOON)

        timers.fire_due_timers(at=NOON + timedelta(days=5))

        case.refresh_from_db()
        assert case.status == CaseStatus.IN_REVIEW
        assert Event.objects.get(subject_id=case.pk, kind=events.CASE_RESUMED).data["cause"] == "time"

    def test_only_the_holder_asks(self, queue, ana, tom):
        case = make_case(queue=queue, assignee=tom)

        with pytest.raises(NotPermitted):
            cases.wait_for_submitter(case_id=case.pk, question="Which ad?", by=ana, at=NOON)


class TestTagsLinksLabels:
    def test_tags_are_put_on_and_taken_off_once(self, queue, ana):
        case = make_case(queue=queue)

        cases.tag_case(case_id=case.pk, add=["#Scam", "wave-3"], by=ana, at=NOON)
        cases.tag_case(case_id=case.pk, add=["scam"], remove=["wave-3", "absent"], by=ana, at=NOON)

        assert list(CaseTag.objects.filter(case=case).values_list("tag__name", flat=True)) == ["scam"]
        told = Event.objects.filter(subject_id=case.pk, kind=events.CASE_TAGGED).order_by("id")
        assert [event.data for event in told] == [
            {"added": ["scam", "wave-3"], "removed": []},
            {"added": [], "removed": ["wave-3"]},
        ]

    @pytest.mark.parametrize("tag", ["", "two words", "x" * 41, "<b>"])
    def test_a_bad_tag_is_named(self, queue, ana, tag):
        case = make_case(queue=queue)

        with pytest.raises(Invalid):
            cases.tag_case(case_id=case.pk, add=[tag], by=ana, at=NOON)

    def test_a_link_is_made_once_and_not_to_itself(self, queue, ana):
        case, other = make_case(queue=queue), make_case(queue=queue)

        for _ in range(2):
            cases.link_cases(case_id=case.pk, other_id=other.pk, kind=LinkKind.RELATED, by=ana, at=NOON)
        with pytest.raises(Invalid):
            cases.link_cases(case_id=case.pk, other_id=case.pk, kind=LinkKind.RELATED, by=ana, at=NOON)

        assert Link.objects.filter(case=case).count() == 1
        assert kinds_of(case) == [events.CASE_LINKED]

    def test_a_label_is_set_only_by_somebody_who_holds_it(self, queue, lead):
        case = make_case(queue=queue)
        cleared = make_user(roles=["LD"], compartments=["LAW_ENFORCEMENT"])

        with pytest.raises(Invalid):
            cases.set_compartments(case_id=case.pk, compartments=["LAW_ENFORCEMENT"], by=lead, at=NOON)
        labelled = cases.set_compartments(case_id=case.pk, compartments=["LAW_ENFORCEMENT"], by=cleared, at=NOON)
        assert labelled.compartments == ["LAW_ENFORCEMENT"]

    def test_a_boost_brings_forward_until_its_time_is_over(self, queue, lead):
        case = with_clocks(queue=queue)
        before = case.order_at

        boosted = cases.set_boost(case_id=case.pk, boost_s=3600, until=NOON + 60 * MINUTE, by=lead, at=NOON)
        assert boosted.order_at == before - 60 * MINUTE

        timers.fire_due_timers(at=NOON + 60 * MINUTE)
        case.refresh_from_db()
        assert (case.order_at, case.boost_s) == (before, 0)

    def test_editing_names_every_wrong_value(self, queue, ana):
        case = make_case(queue=queue)

        with pytest.raises(Invalid) as refused:
            cases.edit_case(case_id=case.pk, changes={"title": " ", "harm": "bad", "status": "closed"}, by=ana, at=NOON)

        assert {error.pointer for error in refused.value.errors} == {"/title", "/harm", "/status"}

    def test_editing_records_before_and_after(self, queue, ana):
        case = make_case(queue=queue, title="Old")

        cases.edit_case(case_id=case.pk, changes={"title": "New", "market": "IE"}, by=ana, at=NOON, revision=1)

        assert Event.objects.get(subject_id=case.pk).data == {"changes": {"title": ["Old", "New"]}}


class TestEnds:
    def test_invalid_answers_the_submitter_and_settles_the_clocks(self, queue, ana):
        case = with_clocks(queue=queue)

        closed = cases.mark_invalid(
            case_id=case.pk, reason=InvalidReason.MISSING_EVIDENCE, note="Add the landing page.", by=ana, at=NOON
        )

        assert (closed.status, closed.resolution) == (CaseStatus.CLOSED, Resolution.INVALID)
        assert {clock(case, metric).state for metric in "AFR"} == {ClockState.MET}
        told = Event.objects.get(subject_id=case.pk, kind=events.CASE_REJECTED)
        assert told.data == {"reason": "missing_evidence", "note": "Add the landing page."}
        assert not SlaTimer.objects.filter(object_id=case.pk, state="armed").exists()

    def test_invalid_needs_its_line(self, queue, ana):
        case = make_case(queue=queue)

        with pytest.raises(Invalid):
            cases.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note=" ", by=ana, at=NOON)

    def test_nobody_ends_a_colleagues_case(self, queue, ana, tom):
        case = make_case(queue=queue, assignee=tom)

        with pytest.raises(cases.AlreadyClaimed):
            cases.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note="A test.", by=ana, at=NOON)

    def test_a_duplicate_is_linked_and_its_clocks_end_without_a_verdict(self, queue, ana):
        case, other = with_clocks(queue=queue), make_case(queue=queue)

        cases.close_as_duplicate(case_id=case.pk, of_id=other.pk, by=ana, at=NOON)

        case.refresh_from_db()
        assert case.resolution == Resolution.DUPLICATE
        assert Link.objects.get(case=case).other == other
        assert clock(case, "R").state == ClockState.CANCELLED

    def test_a_vendor_withdraws_their_own_case_only(self, queue):
        case, vendor = make_case(queue=queue), make_vendor()
        stranger = make_user(roles=["VL"], organization=vendor)
        submitter = make_user(roles=["VL"], organization=case.organization)

        with pytest.raises(NotPermitted):
            cases.withdraw_case(case_id=case.pk, reason="", by=stranger, at=NOON)
        assert cases.withdraw_case(case_id=case.pk, reason="Solved", by=submitter, at=NOON).resolution == "withdrawn"

    def test_reopening_counts_goes_back_to_the_queue_and_goes_on_with_the_time_used(self, queue, ana):
        case = with_clocks(queue=queue)
        cases.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note="A test.", by=ana, at=NOON + 60 * MINUTE)

        again = cases.reopen_case(case_id=case.pk, reason="It was real", by=ana, at=NOON + 120 * MINUTE)

        assert (again.status, again.assignee, again.reopened_count) == (CaseStatus.NEW, None, 1)
        assert clock(case, "R").carried_s == 3600

    def test_reopening_needs_a_reason(self, queue, ana):
        case = make_case(queue=queue, status=CaseStatus.CLOSED)

        with pytest.raises(Invalid):
            cases.reopen_case(case_id=case.pk, reason="", by=ana, at=NOON)


class TestUndo:
    def test_is_used_once_by_its_doer_within_its_time(self, queue, ana, tom):
        case = make_case(queue=queue)
        cases.snooze_case(case_id=case.pk, until=NOON + 60 * MINUTE, by=ana, at=NOON)
        entry = undo.offer("case.snooze", by=ana, at=NOON, label="Snoozed", data={"case_id": case.pk})

        with pytest.raises(NotFound):
            undo.undo(token=entry.token, by=tom, at=NOON)
        undo.undo(token=entry.token, by=ana, at=NOON + timedelta(seconds=9))
        undo.undo(token=entry.token, by=ana, at=NOON + timedelta(seconds=9))

        case.refresh_from_db()
        assert case.snoozed_until is None
        assert kinds_of(case) == [events.CASE_SNOOZED, events.CASE_WOKEN]

    def test_is_refused_once_its_time_is_over(self, queue, ana):
        case = make_case(queue=queue)
        entry = undo.offer("case.snooze", by=ana, at=NOON, label="Snoozed", data={"case_id": case.pk})

        with pytest.raises(undo.UndoOver):
            undo.undo(token=entry.token, by=ana, at=NOON + timedelta(seconds=10))
