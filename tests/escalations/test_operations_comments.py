"""Notes, replies and messages: who reads what and when, what stops which clock, what can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotFound, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus, ClockState, Metric
from escalations.models import Comment, Draft, Mention, SlaClock, SlaTimer
from escalations.operations import comments, drafts, timers, undo
from tests.factories.cases import make_case, make_internal_case, make_queue
from tests.factories.clocks import make_case_with_clocks, make_plan
from tests.factories.people import NOON, make_key, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(seconds=10)


def test_what_a_lapsed_claim_left_unfinished_is_taken_over_by_who_holds_the_case_now():
    ana, ben = make_user(name="Ana"), make_user(name="Ben")
    case = make_case(status=CaseStatus.IN_REVIEW, assignee=ben, claimed_at=NOON)
    for kind, body in ((Draft.Kind.DECISION, {"rationale": "Half a reason"}), (Draft.Kind.NOTE, {"body": "for me"})):
        drafts.save_draft(case=case, kind=kind, data=body, by=ana, at=NOON)

    assert [draft.user for draft in drafts.unfinished_by_others(case, ben)] == [ana]
    assert drafts.unfinished_by_others(case, make_user()) == []
    taken = drafts.take_over(case=case, by=ben, at=LATER)

    assert [(draft.kind, draft.data) for draft in taken] == [("decision", {"rationale": "Half a reason"})]
    assert Draft.objects.filter(case=case, user=ana).count() == 2
    assert drafts.take_over(case=case, by=ben, at=LATER) == []


def test_ones_own_draft_is_not_replaced_by_a_colleagues():
    ana, ben = make_user(name="Ana"), make_user(name="Ben")
    case = make_case(status=CaseStatus.IN_REVIEW, assignee=ben, claimed_at=NOON)
    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data={"rationale": "Theirs"}, by=ana, at=NOON)
    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data={"rationale": "Mine"}, by=ben, at=NOON)

    assert drafts.take_over(case=case, by=ben, at=LATER) == []
    assert Draft.objects.get(case=case, user=ben).data == {"rationale": "Mine"}


def kinds(case):
    return list(Event.objects.filter(subject_id=case.pk).order_by("id").values_list("kind", flat=True))


def test_a_note_is_read_by_the_team_alone():
    case = make_case()
    ana = make_user()

    written = comments.add_note(case_id=case.pk, body=" Same card as last week. ", by=ana, at=NOON)

    event = Event.objects.get(kind=events.COMMENT_ADDED)
    assert event.data["audience"] == "internal"
    assert written.comment.body == "Same card as last week."
    assert written.comment.visible_at == NOON
    case.refresh_from_db()
    assert "Same card" in case.internal_text
    assert "Same card" not in case.outward_text
    assert case.revision == 2


def test_a_reply_is_told_to_nobody_outside_before_its_undo_time_is_over():
    case = make_case()
    ana = make_user()

    comments.add_reply(case_id=case.pk, body="We look at it now.", by=ana, at=NOON)
    timers.fire_due_timers(at=LATER - timedelta(seconds=1))
    assert kinds(case) == [events.COMMENT_WRITTEN]

    timers.fire_due_timers(at=LATER)
    assert kinds(case) == [events.COMMENT_WRITTEN, events.COMMENT_ADDED]
    assert Event.objects.get(kind=events.COMMENT_ADDED).data["audience"] == "submitter"


def test_two_replies_inside_one_undo_time_are_both_sent_each_at_its_own_time():
    case = make_case()
    ana = make_user()

    comments.add_reply(case_id=case.pk, body="First.", by=ana, at=NOON)
    comments.add_reply(case_id=case.pk, body="Second.", by=ana, at=NOON + timedelta(seconds=4))
    timers.fire_due_timers(at=LATER)
    assert kinds(case).count(events.COMMENT_ADDED) == 1

    timers.fire_due_timers(at=LATER + timedelta(seconds=4))
    assert kinds(case).count(events.COMMENT_ADDED) == 2


def test_the_first_human_reply_stops_the_first_response_clock_when_it_is_sent():
    case = make_case_with_clocks()
    ana = make_user()

    comments.add_note(case_id=case.pk, body="A note answers nobody.", by=ana, at=NOON)
    comments.add_reply(case_id=case.pk, body="We look at it now.", by=ana, at=NOON)
    timers.fire_due_timers(at=LATER)

    clock = clock_of(case, Metric.FIRST_RESPONSE)
    assert (clock.state, clock.stopped_at) == (ClockState.MET, LATER)
    case.refresh_from_db()
    assert case.first_response_at == LATER


def test_a_message_after_the_first_reply_starts_the_next_response_clock_and_an_answer_stops_it():
    vendor = make_vendor()
    make_plan({"F": 3600, "N": 3600})
    case = make_case_with_clocks(organization=vendor)
    key, _secret = make_key(organization=vendor)
    ana = make_user()
    comments.message_from_submitter(case_id=case.pk, body="Any news?", by=key, at=NOON)
    assert clock_of(case, Metric.NEXT_RESPONSE) is None

    comments.add_reply(case_id=case.pk, body="Soon.", by=ana, at=NOON)
    timers.fire_due_timers(at=LATER)
    comments.message_from_submitter(case_id=case.pk, body="And now?", by=key, at=LATER)
    assert clock_of(case, Metric.NEXT_RESPONSE).state == ClockState.RUNNING

    comments.add_reply(case_id=case.pk, body="Done today.", by=ana, at=LATER)
    timers.fire_due_timers(at=LATER + timedelta(seconds=10))
    assert clock_of(case, Metric.NEXT_RESPONSE).state == ClockState.MET


def test_taking_a_reply_back_sends_nothing_and_keeps_the_text_as_a_draft():
    case = make_case()
    ana = make_user()
    written = comments.add_reply(case_id=case.pk, body="Wrong case.", by=ana, at=NOON)

    undo.undo(token=written.undo.token, by=ana, at=NOON + timedelta(seconds=5))
    timers.fire_due_timers(at=LATER)

    assert events.COMMENT_ADDED not in kinds(case)
    assert Draft.objects.get(user=ana, kind="reply").data == {"body": "Wrong case."}


def test_a_note_taken_back_is_found_by_no_search():
    case = make_case()
    ana = make_user()
    comments.add_note(case_id=case.pk, body="Kept words", by=ana, at=NOON)
    written = comments.add_note(case_id=case.pk, body="Secret words", by=ana, at=NOON)

    comments.retract(comment_id=written.comment.public_id, by=ana, at=NOON)

    case.refresh_from_db()
    assert case.internal_text == "Kept words"


def test_a_sent_reply_cannot_be_taken_back():
    ana = make_user()
    written = comments.add_reply(case_id=make_case().pk, body="Sent.", by=ana, at=NOON)

    with pytest.raises(Invalid):
        comments.retract(comment_id=written.comment.public_id, by=ana, at=LATER)


def test_nobody_takes_back_what_another_wrote():
    written = comments.add_note(case_id=make_case().pk, body="Mine.", by=make_user(), at=NOON)

    with pytest.raises(NotFound):
        comments.retract(comment_id=written.comment.public_id, by=make_user(), at=NOON)


def test_the_same_form_sent_twice_writes_once():
    case = make_case()
    ana = make_user()

    first = comments.add_note(case_id=case.pk, body="Once.", by=ana, at=NOON, form_token="t1")
    second = comments.add_note(case_id=case.pk, body="Once.", by=ana, at=NOON, form_token="t1")

    assert first.comment == second.comment
    assert second.undo == first.undo
    assert Comment.objects.count() == 1


def test_a_mention_grants_nothing_and_says_who_cannot_open_the_case():
    team, other = make_team(), make_team()
    case = make_case(queue=make_queue(team=team))
    ana = make_user(teams=[team])
    ben = make_user(name="Ben Okafor", teams=[team])
    zoe = make_user(name="Zoe Stranger", teams=[other])

    written = comments.add_note(
        case_id=case.pk, body="@ben.okafor and @zoe.stranger@example.test, mail me@ben.okafor", by=ana, at=NOON
    )

    assert set(Mention.objects.values_list("user", flat=True)) == {ben.pk, zoe.pk}
    assert written.without_access == [zoe]
    assert not type(case).objects.visible_to(zoe).filter(pk=case.pk).exists()


def test_a_vendors_people_cannot_be_mentioned():
    make_user(name="Eve Vendor", roles=[Role.VENDOR_LEAD], organization=make_vendor())

    comments.add_note(case_id=make_case().pk, body="@eve.vendor", by=make_user(), at=NOON)

    assert not Mention.objects.exists()


def test_an_answer_lets_a_waiting_case_go_on():
    vendor = make_vendor()
    ana = make_user()
    case = make_case(organization=vendor, assignee=ana)
    key, _secret = make_key(organization=vendor)
    comments.request_info(case_id=case.pk, question="Which ads?", by=ana, at=NOON)
    case.refresh_from_db()
    assert case.status == CaseStatus.WAITING

    comments.message_from_submitter(case_id=case.pk, body="These.", by=key, at=LATER)

    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    assert case.assignee == ana


def test_taking_a_question_back_goes_on_with_the_case():
    ana = make_user()
    case = make_case(assignee=ana)
    written = comments.request_info(case_id=case.pk, question="Which ads?", by=ana, at=NOON)

    undo.undo(token=written.undo.token, by=ana, at=NOON)

    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW


def test_another_organization_cannot_write_to_a_case():
    key, _secret = make_key()

    with pytest.raises(NotPermitted):
        comments.message_from_submitter(case_id=make_case().pk, body="Hello", by=key, at=NOON)


def test_a_vendor_writes_no_notes():
    vendor = make_vendor()
    eve = make_user(roles=[Role.VENDOR_LEAD], organization=vendor)

    with pytest.raises(NotPermitted):
        comments.add_note(case_id=make_case(organization=vendor).pk, body="Hello", by=eve, at=NOON)


def test_there_is_nobody_to_reply_to_on_a_case_of_our_own():
    with pytest.raises(Invalid) as refusal:
        comments.add_reply(case_id=make_internal_case().pk, body="Hello", by=make_user(), at=NOON)

    assert refusal.value.given_code == "no_submitter"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "required"),
        ("  \n ", "required"),
        ("\u200b\u2060", "required"),
        ("a\x00b", "nul_not_allowed"),
        ("x" * 100_001, "too_long"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_what_to_do(body, code):
    with pytest.raises(Invalid) as refusal:
        comments.add_note(case_id=make_case().pk, body=body, by=make_user(), at=NOON)

    assert refusal.value.errors[0].code == code
    assert not Comment.objects.exists()


def test_long_texts_of_many_different_words_can_still_be_searched():
    case = make_case()
    ana = make_user()

    for start in range(3):
        words = " ".join(f"w{start}{number}" for number in range(15_000))[:100_000]
        comments.add_note(case_id=case.pk, body=words, by=ana, at=NOON)

    assert Comment.objects.count() == 3


def test_a_note_changes_nothing_when_its_event_cannot_be_written(monkeypatch):
    case = make_case()

    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(comments, "record", fail)
    with pytest.raises(RuntimeError):
        comments.add_note(case_id=case.pk, body="Lost?", by=make_user(), at=NOON)

    assert not Comment.objects.exists()
    assert not SlaTimer.objects.exists()


def test_an_autosave_carried_out_late_takes_no_newer_words_back():
    case = make_case()
    ana = make_user()
    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data={"rationale": "My own words."}, by=ana, at=LATER)

    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data={"rationale": "What was drafted."}, by=ana, at=NOON)
    drafts.save_draft(case=case, kind=Draft.Kind.DECISION, data={}, by=ana, at=NOON)

    kept = Draft.objects.get(case=case, user=ana)
    assert (kept.data, kept.saved_at) == ({"rationale": "My own words."}, LATER)


def test_a_draft_is_kept_until_it_is_sent_or_emptied():
    case = make_case()
    ana = make_user()
    drafts.save_draft(case=case, kind=Draft.Kind.NOTE, data={"body": "Half a th"}, by=ana, at=NOON)
    drafts.save_draft(case=case, kind=Draft.Kind.NOTE, data={"body": "Half a thought"}, by=ana, at=LATER)
    assert Draft.objects.get().data == {"body": "Half a thought"}

    drafts.save_draft(case=case, kind=Draft.Kind.REPLY, data={"body": ""}, by=ana, at=LATER)
    comments.add_note(case_id=case.pk, body="Half a thought", by=ana, at=LATER)

    assert not Draft.objects.exists()


def clock_of(case, metric):
    return SlaClock.objects.filter(object_id=case.pk, metric=metric).order_by("-cycle").first()
