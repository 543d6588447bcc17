"""Who is told of what: through real events, the outbox and the database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts import events as of_accounts
from accounts.models import Clearance
from accounts.roles import Role
from audit import relay
from audit.models import Event, Incident
from audit.recording import record
from core.clock import db_now
from escalations import events
from escalations.lifecycle import Severity
from escalations.operations import cases, claims, comments
from notifications import rules
from notifications.lifecycle import EMAIL, IN_APP, EventClass, Mode, Reason, Tab
from notifications.models import Delivery, DutyMember, Mute, Notification, Preference
from notifications.operations import duty_gaps
from notifications.operations.fan_out import fan_out, fan_out_many
from tests.factories.cases import make_case
from tests.factories.people import make_team, make_user
from tests.journeys.people import wait_until

pytestmark = pytest.mark.django_db


def drain() -> None:
    while relay.drain(500):
        pass


def told(user, **where) -> list[str]:
    return list(Notification.objects.filter(user=user, **where).order_by("pk").values_list("kind", flat=True))


def breach(case, *, kind=events.CLOCK_BREACHED, by=None, **data):
    at = db_now()
    record(kind, subject=case, by=by, at=at, data={"metric": "R", "breach_at": at.isoformat(), **data})
    drain()


def noon(monkeypatch, hours=True):
    """Leads are on shift all day long, or never."""
    monkeypatch.setattr(rules, "SHIFT_DAYS", (1, 2, 3, 4, 5, 6, 7))
    monkeypatch.setattr(rules, "SHIFT_FROM", time(0, 0))
    monkeypatch.setattr(rules, "SHIFT_UNTIL", time(23, 59, 59) if hours else time(0, 0))


def test_an_assignment_is_told_to_both_people_and_not_to_who_did_it(queue, ana, lead, team):
    ben = make_user(roles=[Role.SPECIALIST], teams=[team])
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())

    claims.assign_case(case_id=case.pk, assignee=ben, by=lead, at=db_now())
    drain()

    assert told(ben, reason=Reason.GIVEN, tab=Tab.NEEDS) == [events.CASE_ASSIGNED]
    assert told(ana, reason=Reason.TAKEN) == [events.CASE_ASSIGNED]
    assert told(lead) == []


def test_a_mention_is_told_to_whoever_may_see_the_case_and_to_nobody_else(queue, ana, lead, team):
    stranger = make_user(roles=[Role.SPECIALIST], teams=[make_team()])
    case = make_case(queue=queue)
    body = f"look @{ana.email} @{stranger.email}"

    comments.add_note(case_id=case.pk, body=body, by=lead, at=db_now())
    drain()

    assert told(ana, reason=Reason.MENTIONED, tab=Tab.NEEDS) == [events.COMMENT_ADDED]
    assert told(stranger) == []


def test_a_label_keeps_notices_from_whoever_lacks_it(queue, ana, lead):
    case = make_case(queue=queue, compartments=["LEGAL_PRIVILEGED"])
    at = db_now()
    Clearance.objects.create(
        user=lead, compartment="LEGAL_PRIVILEGED", granted_at=at, expires_at=at + timedelta(days=1)
    )
    for user in (ana, lead):
        cases.watch_case(case_id=case.pk, by=user, at=at)

    record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    drain()

    assert told(ana) == []
    assert told(lead) == [events.CASE_RESUMED]


def test_a_repeated_event_tells_nobody_twice(queue, ana):
    case = make_case(queue=queue)
    cases.watch_case(case_id=case.pk, by=ana, at=db_now())
    record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    drain()

    fan_out(Event.objects.get(kind=events.CASE_RESUMED))

    assert Notification.objects.filter(user=ana).count() == 1
    assert Delivery.objects.filter(user=ana).count() == 1


def test_a_miss_follows_the_person_then_the_lead_on_shift_then_the_duty_list(queue, ana, lead, monkeypatch):
    duty = make_user(roles=[Role.SENIOR])
    DutyMember.objects.create(user=duty, organization=duty.organization, added_at=db_now())
    case = make_case(queue=queue, severity=Severity.S3)

    noon(monkeypatch)
    breach(case, kind=events.CLOCK_WARNED, level=50)
    assert told(lead) == [events.CLOCK_WARNED]
    assert told(duty) == []

    noon(monkeypatch, hours=False)
    breach(case, kind=events.CLOCK_WARNED, level=75)
    assert told(lead) == [events.CLOCK_WARNED]
    assert told(duty) == [events.CLOCK_WARNED]

    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    breach(case, kind=events.CLOCK_WARNED, level=75)
    assert told(ana) == [events.CLOCK_WARNED]
    assert told(duty) == [events.CLOCK_WARNED]


def test_without_a_duty_list_a_miss_is_told_to_leads_off_shift_rather_than_nobody(queue, lead, monkeypatch):
    noon(monkeypatch, hours=False)

    breach(make_case(queue=queue))

    assert told(lead) == [events.CLOCK_BREACHED]


def test_a_miss_of_a_labelled_case_reaches_whoever_holds_its_labels(queue, lead):
    legal = make_user(roles=[Role.LEGAL], compartments=["LEGAL_PRIVILEGED"])

    breach(make_case(queue=queue, compartments=["LEGAL_PRIVILEGED"]))

    assert told(legal) == [events.CLOCK_BREACHED]
    assert told(lead) == []


def test_a_muted_case_is_silent_except_for_the_worst(queue, ana):
    for severity, expected in ((Severity.S3, []), (Severity.S0, [events.CLOCK_BREACHED])):
        case = make_case(queue=queue, severity=severity)
        claims.claim_case(case_id=case.pk, by=ana, at=db_now())
        Mute.objects.create(
            user=ana,
            organization=ana.organization,
            subject_type="escalations.case",
            subject_id=case.pk,
            created_at=db_now(),
        )

        breach(case)

        assert told(ana) == expected


def test_a_class_switched_off_in_the_inbox_is_kept_as_done_and_the_worst_still_shows(queue, ana):
    Preference.objects.create(
        user=ana, organization=ana.organization, event_class=EventClass.CLOCK_BREACH, channel=IN_APP, mode=Mode.OFF
    )
    for severity in (Severity.S3, Severity.S1):
        case = make_case(queue=queue, severity=severity)
        claims.claim_case(case_id=case.pk, by=ana, at=db_now())
        breach(case)

    done = {notice.severity: notice.done_at is None for notice in Notification.objects.filter(user=ana)}

    assert done == {1: True, 3: False}


def test_channels_follow_the_preference_and_the_default(queue, ana):
    case = make_case(queue=queue)
    cases.watch_case(case_id=case.pk, by=ana, at=db_now())
    record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    drain()
    assert list(Delivery.objects.values_list("channel", "mode", "lane")) == [(EMAIL, Mode.DIGEST, "bulk")]

    Preference.objects.create(
        user=ana, organization=ana.organization, event_class=EventClass.CASE_CHANGE, channel=EMAIL, mode=Mode.OFF
    )
    record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    drain()

    assert Notification.objects.filter(user=ana).count() == 2
    assert Delivery.objects.count() == 1


def test_more_of_the_same_object_joins_the_message_that_still_waits(queue, ana):
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    for _ in range(3):
        record(events.COMMENT_ADDED, subject=case, by=None, at=db_now(), data={"from_submitter": True})
    drain()

    [delivery] = Delivery.objects.filter(user=ana)
    assert delivery.is_gathering
    assert delivery.items.count() == 3


def test_a_burst_of_five_hundred_gives_ten_entries_and_one_summary_and_loses_nothing(queue, ana):
    at = db_now()
    for number in range(500):
        case = make_case(queue=queue, title=f"Case {number}")
        case.assignee, case.claimed_at, case.status = ana, at, "in_review"
        case.save(update_fields=["assignee", "claimed_at", "status"])
        record(events.CLOCK_BREACHED, subject=case, by=None, at=at, data={"metric": "R", "breach_at": at.isoformat()})
    drain()

    notices = Notification.objects.filter(user=ana)
    storms = set(notices.filter(bundle__startswith="storm:").values_list("bundle", flat=True))
    assert notices.count() == 500
    assert notices.exclude(bundle__startswith="storm:").count() == rules.STORM_AFTER
    assert len(storms) == 1
    deliveries = Delivery.objects.filter(user=ana)
    assert deliveries.count() == rules.STORM_AFTER + 1
    assert sum(delivery.items.count() for delivery in deliveries) == 500


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_make_one_storm(queue, ana):
    """What one has not committed the other cannot count, so it waits; and it counts also what happened after its own (fault F31)."""
    at = db_now()
    batches: list[list[Event]] = [[], []]
    for number in range(rules.STORM_AFTER * 2):
        case = make_case(queue=queue, title=f"Case {number}")
        case.assignee, case.claimed_at, case.status = ana, at, "in_review"
        case.save(update_fields=["assignee", "claimed_at", "status"])
        missed = at - timedelta(seconds=number)
        data = {"metric": "R", "breach_at": missed.isoformat()}
        event = record(events.CLOCK_BREACHED, subject=case, by=None, at=missed, data=data)
        batches[number // rules.STORM_AFTER].append(event)
    finished = threading.Event()

    def other_engine() -> None:
        try:
            with transaction.atomic():
                fan_out_many(batches[1])
        finally:
            finished.set()
            connections.close_all()

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return cursor.fetchone()[0] > 0

    thread = threading.Thread(target=other_engine)
    with transaction.atomic():
        fan_out_many(batches[0])
        thread.start()
        wait_until("the other engine to wait", lambda: waits() or finished.is_set())
    thread.join(30)

    notices = Notification.objects.filter(user=ana)
    assert notices.count() == 2 * rules.STORM_AFTER
    assert notices.values("bundle").distinct().count() == rules.STORM_AFTER + 1
    assert Delivery.objects.filter(user=ana).count() == rules.STORM_AFTER + 1


def test_closing_settles_what_asked_for_something(queue, ana, lead):
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    breach(case)
    assert Notification.objects.filter(user=ana, done_at__isnull=True).exists()

    record(events.CASE_CLOSED, subject=case, by=lead, at=db_now(), data={"resolution": "no_violation"})
    drain()

    assert not Notification.objects.filter(user=ana, tab=Tab.NEEDS, done_at__isnull=True).exists()


def test_a_note_taken_back_is_nobodys_news(queue, ana, lead):
    case = make_case(queue=queue)
    written = comments.add_note(case_id=case.pk, body=f"@{ana.email} look", by=lead, at=db_now())
    drain()

    comments.retract(comment_id=written.comment.public_id, by=lead, at=db_now())
    drain()

    assert Notification.objects.get(user=ana).done_at is not None


def test_new_labels_cover_old_notices(queue, ana, lead):
    case = make_case(queue=queue)
    cases.watch_case(case_id=case.pk, by=ana, at=db_now())
    record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    drain()

    record(events.CASE_LABELLED, subject=case, by=lead, at=db_now(), data={"before": [], "after": ["LEGAL_PRIVILEGED"]})
    drain()

    assert Notification.objects.get(user=ana, kind=events.CASE_RESUMED).compartments == ["LEGAL_PRIVILEGED"]


def test_practice_and_the_sandbox_tell_nobody(queue, ana):
    case = make_case(queue=queue, is_sandbox=True)
    cases.watch_case(case_id=case.pk, by=ana, at=db_now())

    breach(case)

    assert Notification.objects.count() == 0


def test_old_history_is_kept_in_the_inbox_and_sent_nowhere(queue, ana):
    case = make_case(queue=queue)
    claims.claim_case(case_id=case.pk, by=ana, at=db_now())
    record(
        events.COMMENT_ADDED,
        subject=case,
        by=None,
        at=db_now() - timedelta(days=3),
        data={"from_submitter": True},
    )
    drain()

    assert told(ana) == [events.COMMENT_ADDED]
    assert Delivery.objects.count() == 0


def test_trouble_with_a_case_is_told_to_whoever_may_see_it(ana, lead):
    admin = make_user(roles=[Role.ADMIN])
    record(events.TIMER_QUARANTINED, subject=make_case(), by=None, at=db_now(), data={"kind": "warn"})
    drain()

    assert told(lead) == [events.TIMER_QUARANTINED]
    assert told(admin) == []


def test_a_role_given_is_told_to_its_person(ana):
    admin = make_user(roles=[Role.ADMIN])
    record(of_accounts.ROLE_GRANTED, subject=ana, by=admin, at=db_now(), data={"role": "IC"})
    drain()

    assert told(ana) == [of_accounts.ROLE_GRANTED]


def test_one_event_costs_the_same_for_fifty_people_as_for_two(queue, team):
    def asked(people: int) -> int:
        case = make_case(queue=queue)
        for _ in range(people):
            cases.watch_case(case_id=case.pk, by=make_user(roles=[Role.SPECIALIST], teams=[team]), at=db_now())
        drain()
        record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
        event = Event.objects.filter(kind=events.CASE_RESUMED).latest("pk")
        with CaptureQueriesContext(connection) as queries:
            fan_out(event)
        assert Notification.objects.filter(event=event).count() == people
        return len(queries)

    assert asked(2) == asked(50)


def test_a_miss_that_nobody_may_hear_of_is_an_incident_without_a_word_of_the_case(queue, lead):
    case = make_case(queue=queue, compartments=["LEGAL_PRIVILEGED"], title="Secret")

    breach(case)
    breach(case)

    incident = Incident.objects.get()
    assert (incident.check_name, "clock.breached" in incident.detail) == ("nobody_to_tell", True)
    assert case.ref not in incident.detail
    assert not Notification.objects.filter(subject_ref=case.ref).exists()


def test_hours_without_anybody_responsible_are_told_a_day_ahead_and_once(lead, monkeypatch):
    noon(monkeypatch)
    monday = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert duty_gaps.gap_ahead(at=monday) is None
    lead.time_zone = "UTC"
    lead.save(update_fields=["time_zone"])
    monkeypatch.setattr(rules, "SHIFT_UNTIL", time(18, 0))

    assert duty_gaps.gap_ahead(at=monday) == duty_gaps.Gap(
        monday.replace(hour=18, minute=0), monday + timedelta(hours=13.5)
    )
    assert [duty_gaps.warn(at) for at in (monday, monday + timedelta(hours=2))] == [1, 0]
    drain()
    assert told(lead, kind="duty_list.gap_ahead") == ["duty_list.gap_ahead"]
    DutyMember.objects.create(user=lead, organization=lead.organization, added_at=monday)
    assert duty_gaps.warn(monday + timedelta(days=2)) == 0
