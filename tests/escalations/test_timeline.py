"""The timeline's words and folds, and where the time of a case went."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Event
from audit.recording import record
from escalations import events
from escalations.operations import comments
from escalations.selectors import timeline
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_key, make_user, make_vendor

MINUTE = timedelta(minutes=1)


def spent(*turns, until=60):
    rows = [(kind, NOON + at * MINUTE, data) for kind, at, data in turns]
    shares = timeline.time_spent(NOON, rows, until=NOON + until * MINUTE)
    return {share.kind: int(share.spent / MINUTE) for share in shares}


def test_a_case_nobody_took_was_unclaimed_all_the_time():
    assert spent() == {"unclaimed": 60}


@pytest.mark.parametrize(
    ("turns", "shares"),
    [
        ([(events.CASE_CLAIMED, 47, {})], {"unclaimed": 47, "working": 13}),
        ([(events.CASE_CLAIMED, 10, {}), (events.CASE_RELEASED, 20, {})], {"unclaimed": 50, "working": 10}),
        (
            [
                (events.CASE_CLAIMED, 10, {}),
                (events.CASE_WAITING, 20, {"on": "submitter"}),
                (events.CASE_RESUMED, 50, {}),
            ],
            {"unclaimed": 10, "working": 20, "submitter": 30},
        ),
        (
            [(events.CASE_ASSIGNED, 0, {}), (events.CASE_WAITING, 30, {"on": "consult"})],
            {"working": 30, "consult": 30},
        ),
        (
            [(events.CASE_CLAIMED, 0, {}), (events.DECISION_MADE, 58, {}), (events.CASE_CLOSED, 59, {})],
            {"working": 58, "hold": 1},
        ),
        (
            [(events.CASE_CLAIMED, 0, {}), (events.CASE_CLOSED, 10, {}), (events.CASE_REOPENED, 40, {})],
            {"working": 10, "unclaimed": 20},
        ),
    ],
)
def test_time_is_counted_by_what_stood_between(turns, shares):
    assert spent(*turns) == shares


def test_the_bar_is_as_wide_as_all_of_the_time():
    shares = timeline.time_spent(NOON, [(events.CASE_CLAIMED, NOON + 30 * MINUTE, {})], until=NOON + 60 * MINUTE)

    assert [share.width for share in shares] == [123.0, 123.0]
    assert [share.x for share in shares] == [0.0, 124.0]
    assert [share.words for share in shares] == ["30m", "30m"]


@pytest.mark.django_db
def test_automatic_updates_in_a_row_are_one_line_and_breaches_stand_alone():
    case = make_case()
    ana = make_user()
    for kind in (events.CASE_ROUTED, events.CASE_WOKEN, events.CLOCK_WARNED, events.CLOCK_BREACHED, events.CASE_WOKEN):
        record(kind, subject=case, by=None, at=NOON, data={"metric": "F", "queue_id": case.queue_id})

    lines = timeline.timeline_of(case, viewer=ana, at=NOON).lines

    assert isinstance(lines[0], timeline.Noise)
    assert lines[0].label == "3 automatic updates"
    assert [line.text for line in lines[1:]] == ["First response is overdue", "Back from snooze"]


@pytest.mark.django_db
def test_the_newest_two_hundred_are_shown_and_the_rest_is_a_step_away():
    case = make_case()
    ana = make_user()
    for number in range(203):
        record(events.CASE_TAGGED, subject=case, by=ana, at=NOON, data={"added": [f"t{number}"], "removed": []})

    newest = timeline.timeline_of(case, viewer=ana, at=NOON)
    rest = timeline.timeline_of(case, viewer=ana, at=NOON, before=newest.older)

    assert [line.text for line in rest.lines] == ["tagged +t0", "tagged +t1", "tagged +t2"]
    assert (newest.lines[0].text, newest.lines[-1].text) == ("tagged +t3", "tagged +t202")
    assert rest.older == 0


@pytest.mark.django_db
def test_a_vendors_key_is_called_by_its_organization_and_the_reader_is_you():
    vendor = make_vendor("northgate")
    key, _secret = make_key(organization=vendor)
    case = make_case(organization=vendor)
    ana = make_user(name="Ana Bell")
    comments.message_from_submitter(case_id=case.pk, body="Any news?", by=key, at=NOON)
    comments.add_note(case_id=case.pk, body="Soon", by=ana, at=NOON)

    told = [line.who for line in timeline.timeline_of(case, viewer=ana, at=NOON).lines]
    document = [line.who for line in timeline.timeline_of(case, viewer=ana, at=NOON, is_document=True).lines]

    assert told == ["Northgate", "You"]
    assert document == ["Northgate", "Ana Bell"]


@pytest.mark.django_db
def test_every_kind_of_event_this_app_records_about_a_case_has_words_of_its_own():
    case = make_case()
    told_elsewhere = {events.COMMENT_ADDED, events.COMMENT_WRITTEN, *timeline.NOT_TOLD}
    kinds = {
        value
        for name, value in vars(events).items()
        if name.isupper()
        and isinstance(value, str)
        and value.startswith(("case.", "evidence.", "decision.", "comment."))
    }
    for kind in kinds - told_elsewhere:
        record(kind, subject=case, by=None, at=NOON, data={})
    assert Event.objects.count()

    missing = kinds - told_elsewhere - set(timeline._TELLERS)

    assert missing == set()
    timeline.timeline_of(case, viewer=make_user(), at=NOON)
