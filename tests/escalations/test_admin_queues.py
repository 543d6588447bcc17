from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.lifecycle import CaseStatus
from escalations.models import Queue
from escalations.operations.queues import QueueInput, save_queue
from escalations.operations.routing import RuleInput, publish_routing
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
FORM = {"name": "Ads EMEA", "slug": "ads-emea", "position": "3", "is_active": "on", "required_skills": "language:ES"}


def signed_in(client, role: Role) -> User:
    user = (
        make_user(roles=[role])
        if role not in (Role.VENDOR_LEAD,)
        else make_user(roles=[role], organization=make_vendor())
    )
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        (Role.SPECIALIST, 200, 403),
        (Role.SENIOR, 200, 403),
        (Role.LEAD, 200, 302),
        (Role.POLICY_EDITOR, 200, 403),
        (Role.QUALITY, 403, 403),
        (Role.LEGAL, 403, 403),
        (Role.ADMIN, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.READER, 403, 403),
        (Role.VENDOR_LEAD, 403, 403),
    ],
)
def test_who_reads_and_who_edits_queues(client, role, reads, edits):
    make_queue(is_default=True)
    signed_in(client, role)

    assert client.get("/admin/queues/").status_code == reads
    assert client.get("/admin/queues/general/").status_code == (200 if edits == 302 else 403)
    assert client.post("/admin/queues/new/", FORM).status_code == edits
    assert Queue.objects.filter(slug="ads-emea").exists() == (edits == 302)


def test_a_queue_is_added_with_its_team_and_skills_and_the_change_is_recorded(client):
    lead, team = signed_in(client, Role.LEAD), make_team("Ads Dublin")

    client.post("/admin/queues/new/", FORM | {"team": team.pk, "outward_name": "Advertising"})

    queue = Queue.objects.get(slug="ads-emea")
    assert (queue.team, queue.required_skills, queue.outward_name) == (team, ["language:es"], "Advertising")
    event = Event.objects.get(kind="queue.changed")
    assert event.actor_id == lead.pk
    assert "name" in event.data["fields"]


def test_saving_without_a_change_records_nothing(client):
    signed_in(client, Role.ADMIN)
    client.post("/admin/queues/new/", FORM)

    client.post("/admin/queues/ads-emea/", FORM)

    assert Event.objects.filter(kind="queue.changed").count() == 1


def test_the_default_queue_is_warned_of_while_it_holds_open_cases(client):
    signed_in(client, Role.LEAD)
    case = make_case(queue=make_queue(is_default=True))
    make_case(queue=make_queue(is_default=True), is_sandbox=True)

    assert client.get("/admin/queues/").context["unrouted"].open.number == 1

    case.status, case.closed_at, case.resolution = CaseStatus.CLOSED, db_now(), "no_violation"
    case.save()
    assert client.get("/admin/queues/").context["unrouted"] is None


def test_making_another_queue_the_default_takes_that_from_the_one_before(client):
    signed_in(client, Role.ADMIN)
    before = make_queue(is_default=True)

    client.post("/admin/queues/new/", FORM | {"is_default": "on"})

    assert list(Queue.objects.filter(is_default=True).values_list("slug", flat=True)) == ["ads-emea"]
    assert Event.objects.filter(kind="queue.changed", subject_id=before.pk).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"slug": "Ads EMEA"}, "slug"),
        ({"slug": "general"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"required_skills": "spanish"}, "required_skills"),
        ({"position": "-1"}, "position"),
        ({"position": "99999"}, "position"),
        ({"team": "999999"}, "team"),
        ({"is_active": "", "is_default": "on"}, "is_active"),
        ({"name": "x\x00y"}, "name"),
    ],
)
def test_a_queue_that_cannot_be_is_refused_by_its_field_and_what_was_typed_is_kept(client, change, field):
    make_queue(is_default=True)
    signed_in(client, Role.ADMIN)
    given = {name: value for name, value in (FORM | {"outward_name": "Typed"} | change).items() if value}

    answer = client.post("/admin/queues/new/", given)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert b"Typed" in answer.content
    assert Queue.objects.count() == 1


def test_a_team_of_a_vendor_owns_no_queue():
    from accounts.models import Team

    team = Team.objects.create(organization=make_vendor(), name="Outside", slug="outside")

    with pytest.raises(Invalid, match="no such active team"):
        save_queue(slug="x", values=QueueInput("X", team_id=team.pk), is_new=True, by=None, at=db_now())


def test_the_default_queue_and_one_that_rules_fill_stay_active():
    make_queue(is_default=True)
    make_queue(slug="ads")
    make_user(roles=[Role.ADMIN])
    publish_routing(rules=[RuleInput("Ads", "surface:ads", "ads")], by=None, at=db_now())

    for slug in ("general", "ads"):
        with pytest.raises(Invalid):
            save_queue(slug=slug, values=QueueInput("Q", is_active=False), is_new=False, by=None, at=db_now())
    publish_routing(rules=[], by=None, at=db_now())
    assert not save_queue(
        slug="ads", values=QueueInput("Q", is_active=False), is_new=False, by=None, at=db_now()
    ).is_active


def test_the_operation_refuses_a_specialist_and_an_unknown_queue():
    with pytest.raises(NotPermitted):
        save_queue(slug="x", values=QueueInput("X"), is_new=True, by=make_user(), at=db_now())
    with pytest.raises(Queue.DoesNotExist):
        save_queue(slug="x", values=QueueInput("X"), is_new=False, by=None, at=db_now())


def test_an_unknown_queue_is_missing(client):
    signed_in(client, Role.ADMIN)

    assert client.get("/admin/queues/nowhere/").status_code == 404
