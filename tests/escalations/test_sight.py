"""What a stream may tell whom: `Sight` answers as `visible_to` does."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.roles import Role
from audit.models import Event
from escalations import events, handlers
from escalations.models import Case, Submission
from escalations.sight import sight_of
from tests.escalations.api_client import Caller
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db
READ = (
    "organization_id",
    "submitted_by_id",
    "queue_id",
    "assignee_id",
    "compartments",
    "is_open",
    "is_practice_for_id",
)


def audience(case: Case) -> dict:
    return handlers.audience_of(Case.objects.values(*READ).get(pk=case.pk), Event(kind=events.CASE_EDITED))


def test_a_signal_reaches_exactly_those_who_see_the_case():
    team, trainee, vendor = make_team(), make_user(), make_vendor()
    viewers = [
        make_user(teams=[team]),
        make_user(),
        trainee,
        make_user(roles=[Role.LEAD]),
        make_user(roles=[Role.LEGAL], compartments=["CHILD_SAFETY"]),
        make_user(roles=[Role.VENDOR_LEAD], organization=vendor),
        make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor()),
        make_user(roles=[Role.READER]),
    ]
    general = make_queue(is_default=True)
    cases = [
        make_case(organization=vendor, queue=make_queue(team=team)),
        make_case(organization=vendor, queue=general, compartments=["CHILD_SAFETY"]),
        make_case(queue=general, is_practice_for=trainee, is_sandbox=True),
        make_case(queue=general),
    ]
    trainee.practice_state = {"step": "claim"}
    trainee.save(update_fields=["practice_state"])

    for viewer in viewers:
        sight = sight_of(viewer)
        for case in cases:
            seen = Case.objects.visible_to(viewer).filter(pk=case.pk).exists()
            if not viewer.is_internal and case.compartments:
                seen = False  # a restricted case is hidden from its vendor by row level security, which tests pass by
            assert sight.sees(audience(case)) == seen, (viewer.access.roles, case.title)


@pytest.mark.parametrize("lead", [True, False])
def test_submissions_are_their_own_organizations_even_where_the_database_would_show_all(lead):
    """Row level security says the same; each must hold without the other."""
    callers = [Caller(), Caller()]
    for caller in callers:
        assert caller.post("submissions/", submission_body()).status_code == 201
    own, other = (Submission.objects.get(key=caller.key) for caller in callers)
    person = make_user(
        roles=[Role.VENDOR_LEAD if lead else Role.VENDOR_SUBMITTER], organization=callers[0].key.organization
    )
    if not lead:
        Submission.objects.filter(pk=own.pk).update(person=person)
        Submission.objects.filter(pk=other.pk).update(person=person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM escalations_submission")
        assert cursor.fetchone()[0] == 2  # this connection sees both

    assert set(Submission.objects.visible_to(callers[0].key)) == {own}
    assert set(Submission.objects.visible_to(person)) == {own}
