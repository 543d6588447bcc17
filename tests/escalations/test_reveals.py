"""The budget of opening victims' identities: noticed at thirty an hour, stopped at a hundred."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import AccessRecord, Event
from core.errors import TooManyRequests
from escalations import events
from escalations.operations import reveals
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db


def look(person, count, at=NOON):
    AccessRecord.objects.bulk_create(
        AccessRecord(
            at=at,
            what="pii.victim",
            subject_type="escalations.caseentity",
            subject_id=number,
            actor_kind="person",
            actor_id=person.pk,
            organization_id=person.organization_id,
        )
        for number in range(count)
    )


def alarms():
    return Event.objects.filter(kind=events.IDENTITIES_MANY_OPENED).count()


def test_thirty_in_an_hour_are_told_once():
    ana = make_user()
    look(ana, 29)
    assert not reveals.notice_many(by=ana, at=NOON)
    look(ana, 1)

    assert reveals.notice_many(by=ana, at=NOON)
    look(ana, 5)
    assert not reveals.notice_many(by=ana, at=NOON + timedelta(minutes=1))

    assert alarms() == 1


def test_others_and_older_looks_do_not_count():
    ana = make_user()
    look(make_user(), 40)
    look(ana, 40, at=NOON - timedelta(minutes=61))

    assert not reveals.notice_many(by=ana, at=NOON)


def test_an_hour_later_it_is_told_again():
    ana = make_user()
    look(ana, 30)
    reveals.notice_many(by=ana, at=NOON)
    later = NOON + timedelta(minutes=61)
    look(ana, 30, at=later)

    assert reveals.notice_many(by=ana, at=later)
    assert alarms() == 2


def test_a_hundred_stop():
    ana = make_user()
    look(ana, 99)
    reveals.check_budget(by=ana, at=NOON)
    look(ana, 1)

    with pytest.raises(TooManyRequests):
        reveals.check_budget(by=ana, at=NOON)
