"""The fan-out's SQL for who sees a case, against `visible_to`, for every role and many cases."""

from __future__ import annotations

import itertools

import pytest

from accounts.models import User
from accounts.roles import Role
from audit import relay
from audit.recording import record
from core.clock import db_now
from escalations import events
from escalations.lifecycle import CaseStatus
from escalations.models import Case, Watch
from notifications.models import Notification
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user

pytestmark = pytest.mark.django_db
PERSONAL = [
    role for role in Role if role not in (Role.VENDOR_KEY, Role.INTERNAL_KEY, Role.VENDOR_SUBMITTER, Role.VENDOR_LEAD)
]


def test_who_is_told_is_exactly_who_may_see():
    mine, theirs = make_team(), make_team()
    queues = [make_queue(team=mine), make_queue(team=theirs), make_queue(is_default=True)]
    people = [
        make_user(roles=roles, teams=teams, compartments=labels)
        for roles in [[role] for role in PERSONAL] + [[Role.QUALITY, Role.SPECIALIST], []]
        for teams in ([], [mine])
        for labels in ([], ["LEGAL_PRIVILEGED"])
    ]
    at = db_now()
    cases = [
        make_case(queue=queue, status=status, compartments=labels)
        for queue, status, labels in itertools.product(
            queues,
            (CaseStatus.NEW, CaseStatus.CLOSED),
            ([], ["LEGAL_PRIVILEGED"], ["LEGAL_PRIVILEGED", "CHILD_SAFETY"]),
        )
    ]
    cases.append(make_case(queue=queues[1], assignee=people[0]))
    for case in cases:
        Watch.objects.bulk_create(
            [Watch(organization_id=case.organization_id, case=case, user=person, since_at=at) for person in people]
        )
        record(events.CASE_RESUMED, subject=case, by=None, at=at)
    while relay.drain(500):
        pass

    told = set(Notification.objects.values_list("user_id", "subject_id"))
    fresh = User.objects.select_related("organization").in_bulk([person.pk for person in people])
    visible = {
        (person.pk, pk)
        for person in fresh.values()
        for pk in Case.objects.visible_to(person)
        .filter(pk__in=[case.pk for case in cases])
        .values_list("pk", flat=True)
    }
    assert told == visible
    assert 0 < len(told) < len(people) * len(cases)
