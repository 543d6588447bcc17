"""One act on many cases: few in the request, more as a job, above a count two people; each case has its result, and undo."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from audit.models import Event
from core.errors import Invalid, NotPermitted
from escalations import events
from escalations.lifecycle import BulkRowState, BulkState, InvalidReason
from escalations.models import BulkAct, BulkRow, Case, CaseTag, UndoEntry
from escalations.operations import acts, approvals, bulk, cases, undo
from escalations.operations.approvals import RuleInput
from tests.escalations.test_intake_races import all_at_once
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor
from tests.live import LiveProcess

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
TAG = {"add": ["wave"], "remove": []}
HOUR = timedelta(hours=1)


@pytest.fixture
def lead():
    return make_user(roles=["LD"], name="Lea Lead")


@pytest.fixture
def second():
    return make_user(roles=["LD"], name="Sam Second")


@pytest.fixture
def queue():
    return make_queue(slug="wave", team=make_team("wave"))


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def some(queue, count):
    return [make_case(queue=queue) for _number in range(count)]


def ask(chosen, by, act="tag", values=TAG, note="A wave of copies"):
    chosen = list(Case.objects.filter(pk__in=[case.pk for case in chosen]).select_related("queue", "organization"))
    return bulk.ask(chosen, act, values, label="Changed the tags", note=note, by=by, at=timezone.now())


def tagged():
    return set(CaseTag.objects.filter(tag__name="wave").values_list("case_id", flat=True))


def states(asked):
    return sorted(asked.rows.values_list("state", flat=True))


@pytest.fixture
def few(monkeypatch):
    """The counts of the real thing, small: 3 in a request, 5 alone, 2 at a time."""
    monkeypatch.setattr(bulk, "IN_THE_REQUEST", 3)
    monkeypatch.setattr(bulk, "ALONE_AT_MOST", 5)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)


class TestInTheRequest:
    def test_every_case_has_its_result_and_the_toast_leads_there(self, queue, lead):
        free, closed = some(queue, 2)
        cases.mark_invalid(case_id=closed.pk, reason=InvalidReason.TEST, note="A test.", by=lead, at=timezone.now())

        answer = client_of(lead).post("/q/act/tag/", {"keys": f"{free.ref} {closed.ref}", "add": "wave"}, headers=HX)

        done = BulkAct.objects.get()
        assert f"/bulk/{done.public_id}/" in answer.content.decode()
        assert (done.state, done.total, done.done, done.left_out) == (BulkState.ENDED, 2, 1, 1)
        page = client_of(lead).get(f"/bulk/{done.public_id}/?state=left_out").content.decode()
        assert closed.ref in page
        assert "It is closed." in page
        assert free.ref not in page
        assert tagged() == {free.pk}

    def test_undo_by_the_toast_or_by_the_page_is_one_undo(self, queue, lead):
        chosen = some(queue, 2)
        client_of(lead).post("/q/act/tag/", {"keys": [case.ref for case in chosen], "add": "wave"}, headers=HX)
        done, entry = BulkAct.objects.get(), UndoEntry.objects.get()

        client_of(lead).post(f"/bulk/{done.public_id}/", {"do": "undo"})
        undo.undo(token=entry.token, by=lead, at=timezone.now())

        done.refresh_from_db()
        assert (done.state, done.undone, tagged()) == (BulkState.UNDONE, 2, set())
        assert Event.objects.filter(kind=events.BULK_UNDONE).count() == 1

    def test_nothing_is_left_behind_where_nothing_could_be_done(self, queue, lead):
        chosen = some(queue, 2)
        for case in chosen:
            cases.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note="A test.", by=lead, at=timezone.now())

        answer = client_of(lead).post("/q/act/tag/", {"keys": [case.ref for case in chosen], "add": "wave"}, headers=HX)

        assert answer.status_code == 422
        assert "It is closed." in answer.content.decode()
        assert not BulkAct.objects.exists()


@pytest.mark.usefixtures("few")
class TestAsAJob:
    def test_runs_by_itself_piece_by_piece_and_tells_its_asker(self, queue, lead):
        chosen = some(queue, 5)

        answer = client_of(lead).post("/q/act/tag/", {"keys": [case.ref for case in chosen], "add": "wave"}, headers=HX)

        asked = BulkAct.objects.get()
        assert answer["HX-Redirect"] == f"/bulk/{asked.public_id}/"
        page = client_of(lead).get(f"/bulk/{asked.public_id}/").content.decode()
        assert 'hx-trigger="every 2s"' in page
        assert ">wave<" in page
        assert tagged() == set()
        assert bulk.run_now(1) == 2
        assert len(tagged()) == 2
        bulk.run_now(100)
        asked.refresh_from_db()
        assert (asked.state, asked.done, tagged()) == (BulkState.ENDED, 5, {case.pk for case in chosen})
        assert Event.objects.get(kind=events.BULK_ENDED).data["done"] == 5
        assert bulk.run_now(100) == 0

    def test_a_case_that_changed_since_or_may_no_longer_be_seen_is_left_out_with_its_reason(self, queue, lead):
        chosen = some(queue, 4)
        asked = ask(chosen, lead)
        cases.mark_invalid(case_id=chosen[0].pk, reason=InvalidReason.TEST, note="A test.", by=lead, at=timezone.now())
        Case.objects.filter(pk=chosen[1].pk).update(compartments=["LAW_ENFORCEMENT"])

        bulk.run_now(100)

        rows = {row.case_id: row for row in asked.rows.all()}
        assert rows[chosen[0].pk].why == "It is closed."
        assert "may not see it any more" in rows[chosen[1].pk].why
        assert tagged() == {chosen[2].pk, chosen[3].pk}
        page = client_of(lead).get(f"/bulk/{asked.public_id}/").content.decode()
        assert chosen[1].ref not in page
        assert "1 case that you may not see." in page

    def test_stops_where_its_asker_has_no_account_any_more(self, queue, lead):
        asked = ask(some(queue, 4), lead)
        type(lead).objects.filter(pk=lead.pk).update(is_active=False)

        bulk.run_now(100)

        assert states(asked) == ["left_out"] * 4
        assert tagged() == set()

    def test_what_is_gone_is_a_reason_and_what_nobody_foresaw_holds_up_no_other_act(self, queue, lead):
        gone = ask(some(queue, 4), lead, act="move", values={"queue_id": 0, "reason": "A wave"})
        broken, sound = ask(some(queue, 4), lead, values={}), ask(chosen := some(queue, 4), lead)

        with pytest.raises(KeyError):
            bulk.run_now(100)

        assert set(gone.rows.values_list("state", "why")) == {("left_out", "What it needs is no longer there.")}
        assert states(broken) == ["waiting"] * 4
        assert states(sound) == ["done"] * 4
        assert tagged() == {case.pk for case in chosen}

    def test_a_piece_that_dies_is_done_again_and_none_twice(self, queue, lead, monkeypatch):
        asked = ask(some(queue, 5), lead)
        bulk.run_now(1)
        real, seen = acts.ACTS["tag"].do, []

        def dies(case, values, by, at):
            step = real(case, values, by, at)
            seen.append(case.pk)
            if len(seen) == 2:
                raise RuntimeError("the machine went away")
            return step

        with monkeypatch.context() as patched:
            patched.setitem(acts.ACTS, "tag", acts.Act(acts.ACTS["tag"].why_not, dies))
            with pytest.raises(RuntimeError):
                bulk.run_now(100)
        assert len(tagged()) == 2

        bulk.run_now(100)

        asked.refresh_from_db()
        assert (asked.state, asked.done, len(tagged())) == (BulkState.ENDED, 5, 5)
        assert CaseTag.objects.count() == 5
        assert Event.objects.filter(kind=events.CASE_TAGGED).count() == 5

    def test_its_results_leave_as_a_file_for_whoever_may_see_them(self, queue, lead):
        asked = ask(some(queue, 4), lead)
        bulk.run_now(100)
        wanted = {"source": "bulk", "bulk": str(asked.public_id), "format": "csv"}

        page = client_of(lead).get("/exports/new/", wanted).content.decode()
        posted = client_of(lead).post("/exports/new/", wanted)
        stranger = client_of(make_user(roles=["LG"], organization=make_vendor())).post("/exports/new/", wanted)

        assert "4 rows now" in page
        assert posted.status_code == 302
        assert Event.objects.get(kind="export.asked").data["source"] == "bulk"
        assert stranger.status_code in (403, 404)

    def test_stop_leaves_the_rest_as_it_was(self, queue, lead):
        asked = ask(some(queue, 5), lead)
        bulk.run_now(1)

        answer = client_of(lead).post(f"/bulk/{asked.public_id}/", {"do": "stop"})

        asked.refresh_from_db()
        assert answer.status_code == 302
        assert (asked.state, asked.done, asked.left_out, len(tagged())) == (BulkState.ENDED, 2, 3, 2)
        assert "Lea Lead stopped it." in asked.rows.filter(state="left_out").first().why

    def test_undo_of_many_is_a_job_too_and_leaves_alone_what_somebody_changed(self, queue, lead, second):
        chosen = some(queue, 5)
        there = make_queue(slug="there", team=make_team("there"))
        asked = ask(chosen, lead, "move", {"queue_id": there.pk, "reason": "Theirs"})
        bulk.run_now(100)
        cases.assign_case(case_id=chosen[0].pk, assignee=second, by=second, at=timezone.now())

        bulk.take_back(bulk_id=asked.pk, by=lead, at=timezone.now())
        assert Case.objects.filter(queue=there).count() == 5
        bulk.run_now(100)

        asked.refresh_from_db()
        assert (asked.state, asked.undone) == (BulkState.UNDONE, 4)
        assert asked.rows.get(state=BulkRowState.KEPT).case == chosen[0]
        assert list(Case.objects.filter(queue=there)) == [chosen[0]]

    def test_undo_ends_with_its_hold_and_is_its_doers_alone(self, queue, lead, second):
        asked = ask(some(queue, 4), lead)
        bulk.run_now(100)

        with pytest.raises(NotPermitted):
            bulk.take_back(bulk_id=asked.pk, by=second, at=timezone.now())
        with pytest.raises(undo.UndoOver):
            bulk.take_back(bulk_id=asked.pk, by=lead, at=timezone.now() + bulk.HOLD)

    def test_specialists_change_no_worse_than_s2_in_bulk(self, queue):
        ana = make_user(roles=["SP"], teams=[queue.team])
        worst, *rest = some(queue, 4)
        Case.objects.filter(pk=worst.pk).update(severity=1)

        asked = ask([worst, *rest], ana)

        assert asked.rows.get(state="left_out").why == "S0 and S1 are changed one at a time."

    def test_vendors_and_readers_do_not(self, queue):
        chosen = some(queue, 2)
        for role in ("QA", "PE"):
            with pytest.raises(NotPermitted):
                bulk.plan(chosen, "tag", by=make_user(roles=[role]))


@pytest.mark.usefixtures("few")
class TestTwoPeople:
    def test_above_the_count_nothing_happens_until_somebody_else_says_yes(self, queue, lead, second):
        chosen, client = some(queue, 6), client_of(lead)
        keys = {"keys": " ".join(case.ref for case in chosen), "add": "wave"}
        assert "always need two people" in client.get("/q/act/tag/", keys, headers=HX).content.decode()
        assert "whoever confirms it reads this" in client.post("/q/act/tag/", keys, headers=HX).content.decode()
        client.post("/q/act/tag/", keys | {"note_to_second": "One campaign"}, headers=HX)
        asked = BulkAct.objects.get()
        bulk.run_now(100)
        assert (asked.state, tagged()) == (BulkState.ASKED, set())
        assert "You asked for this" in client.post(f"/bulk/{asked.public_id}/", {"do": "yes"}).content.decode()

        listed = client_of(second).get("/approvals/").content.decode()
        assert f"/bulk/{asked.public_id}/" in listed
        assert "One campaign" in listed
        assert client_of(second).post(f"/bulk/{asked.public_id}/", {"do": "yes"}).status_code == 302
        bulk.run_now(100)

        asked.refresh_from_db()
        assert (asked.state, asked.answered_by, len(tagged())) == (BulkState.ENDED, second, 6)

    def test_a_refusal_needs_a_reason_and_does_nothing(self, queue, lead, second):
        asked, client = ask(some(queue, 6), lead), client_of(second)

        assert client.post(f"/bulk/{asked.public_id}/", {"do": "no"}).status_code == 422
        client.post(f"/bulk/{asked.public_id}/", {"do": "no", "reason": "Half of them are news"})
        bulk.run_now(100)

        asked.refresh_from_db()
        assert (asked.state, tagged()) == (BulkState.REFUSED, set())
        assert "Half of them are news" in client_of(lead).get(f"/bulk/{asked.public_id}/").content.decode()
        assert client.post(f"/bulk/{asked.public_id}/", {"do": "yes"}).status_code == 409

    def test_a_published_rule_asks_earlier_and_names_who(self, queue, lead, second):
        rule = RuleInput(name="Three or more", count_over=2, roles=("LG",), expires_s=3600)
        approvals.publish_rules(rules=[rule], note="", by=lead, at=NOON)
        chosen = some(queue, 3)

        asked = ask(chosen, lead)

        assert asked.rule.name == "Three or more"
        assert asked.expires_at - asked.asked_at == HOUR
        with pytest.raises(NotPermitted):
            bulk.answer(bulk_id=asked.pk, is_yes=True, reason="", by=second, at=timezone.now())
        bulk.answer(bulk_id=asked.pk, is_yes=True, reason="", by=make_user(roles=["LG"]), at=timezone.now())

    def test_rules_about_verdicts_or_actions_are_no_rules_about_many(self, queue, lead):
        rule = RuleInput(name="Removals", verdicts=("remove",), count_over=1, expires_s=3600)
        approvals.publish_rules(rules=[rule], note="", by=lead, at=NOON)

        assert bulk.need_of(some(queue, 3)) is None

    def test_what_nobody_answers_expires_and_its_asker_hears(self, queue, lead, few):
        asked = ask(some(queue, 6), lead)
        BulkAct.objects.filter(pk=asked.pk).update(asked_at=timezone.now() - 2 * HOUR, expires_at=timezone.now() - HOUR)

        bulk.run_now(100)

        asked.refresh_from_db()
        assert (asked.state, tagged()) == (BulkState.EXPIRED, set())
        assert Event.objects.filter(kind=events.BULK_EXPIRED).count() == 1

    def test_a_note_is_needed(self, queue, lead):
        with pytest.raises(Invalid, match="what it is for"):
            ask(some(queue, 6), lead, note=" ")

    def test_another_organizations_or_roles_people_find_nothing(self, queue, lead):
        asked = ask(some(queue, 6), lead)
        vendor = make_vendor()
        strangers = [make_user(roles=["SP"]), make_user(roles=["VL"], organization=vendor), make_user(roles=["AU"])]

        assert [client_of(user).get(f"/bulk/{asked.public_id}/").status_code for user in strangers] == [404, 404, 404]

    def test_the_database_refuses_its_asker_and_a_run_without_an_answer(self, queue, lead):
        asked = ask(some(queue, 6), lead)
        for broken in ({"answered_by": lead, "answered_at": timezone.now()}, {"state": "running", "expires_at": NOON}):
            with pytest.raises(IntegrityError), transaction.atomic():
                BulkAct.objects.filter(pk=asked.pk).update(**broken)

    def test_a_selection_of_hundreds_costs_no_query_for_each(self, queue, lead, django_assert_max_num_queries):
        chosen = some(queue, 40)
        with django_assert_max_num_queries(12):
            ask(chosen, lead)


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_change_each_case_once(few):
    lead, queue = make_user(roles=["LD"]), make_queue(slug="wave")
    asked = ask(some(queue, 5), lead)

    all_at_once(*[lambda: bulk.run_now(100)] * 2)
    bulk.run_now(100)

    asked.refresh_from_db()
    assert (asked.state, asked.done) == (BulkState.ENDED, 5)
    assert Event.objects.filter(kind=events.CASE_TAGGED).count() == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_kill_9_in_the_middle_of_it_changes_no_case_twice_and_forgets_none(database_clone, monkeypatch):
    asked = ask(some(make_queue(slug="wave"), 51), make_user(roles=["LD"]))
    program = "import django; django.setup(); from escalations.operations import bulk; bulk.run_now(500)"
    for passing in (30, 15):  # in the second piece of twenty, then in the one that comes again
        monkeypatch.setenv("WF_FAULT", f"event_written:kill9:{passing}")
        assert LiveProcess(f"bulk-{passing}", ["-c", program], database_clone).wait(60) == -signal.SIGKILL
    assert len(tagged()) == BulkRow.objects.filter(state=BulkRowState.DONE).count() == 20

    bulk.run_now(500)

    asked.refresh_from_db()
    assert (asked.state, asked.done, len(tagged())) == (BulkState.ENDED, 51, 51)
    assert Event.objects.filter(kind=events.CASE_TAGGED).count() == 51
