"""Teams and skills: their operations and their pages (ADM-1)."""

from __future__ import annotations

import pytest

from accounts import events
from accounts.models import Membership, Skill, Team
from accounts.operations import teams
from accounts.operations.teams import TeamInput
from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from tests.factories.cases import make_queue
from tests.factories.people import NOON, internal_organization, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user(roles=[Role.ADMIN], name="Ada Bell")


def test_a_team_is_made_with_a_short_name_of_its_own(admin):
    first = teams.save_team(team=None, values=TeamInput("Ads Dublin", hub="Dublin"), by=admin, at=NOON)
    Team.objects.filter(pk=first.pk).update(name="Other")
    second = teams.save_team(team=None, values=TeamInput("Ads Dublin"), by=admin, at=NOON)
    third = teams.save_team(team=None, values=TeamInput("New"), by=admin, at=NOON)

    assert (first.slug, second.slug) == ("ads-dublin", "ads-dublin-2")
    assert third.slug != "new"  # /admin/teams/new/ is a page
    assert Event.objects.filter(kind=events.TEAM_CHANGED).count() == 3


@pytest.mark.parametrize(
    "values",
    [
        TeamInput(""),
        TeamInput("x" * 81),
        TeamInput("Fine", hub="x" * 41),
        TeamInput("Fine", time_zone="Mars/Base"),
        TeamInput("taken"),
    ],
)
def test_bad_teams_are_refused(admin, values):
    make_team("Taken")

    with pytest.raises(Invalid):
        teams.save_team(team=None, values=values, by=admin, at=NOON)


@pytest.mark.parametrize("role", ["SP", "IC", "QA", "LG", "AU"])
def test_only_leads_and_administrators_keep_teams(role):
    with pytest.raises(NotPermitted):
        teams.save_team(team=None, values=TeamInput("Mine"), by=make_user(roles=[role]), at=NOON)


def test_a_team_with_queues_is_not_archived(admin):
    team = make_team("Busy")
    queue = make_queue(team=team)

    with pytest.raises(Invalid, match="another team"):
        teams.save_team(team=team, values=TeamInput("Busy", is_active=False), by=admin, at=NOON)
    queue.team = None
    queue.save()
    assert not teams.save_team(team=team, values=TeamInput("Busy", is_active=False), by=admin, at=NOON).is_active


def test_members_come_and_go_and_lead(admin):
    team, ana, bo = make_team("Crew"), make_user(name="Ana"), make_user(name="Bo")
    stranger = make_user(roles=["VS"], organization=make_vendor())

    teams.set_members(team=team, user_ids=[ana.pk, bo.pk, stranger.pk], lead_ids=[bo.pk], by=admin, at=NOON)
    teams.set_members(team=team, user_ids=[ana.pk], lead_ids=[ana.pk, bo.pk], by=admin, at=NOON)
    teams.set_members(team=team, user_ids=[ana.pk], lead_ids=[ana.pk], by=admin, at=NOON)

    assert list(Membership.objects.filter(team=team).values_list("user_id", "is_lead")) == [(ana.pk, True)]
    changes = list(Event.objects.filter(kind=events.TEAM_CHANGED).order_by("id").values_list("data", flat=True))
    assert [(change["came"], change["left"]) for change in changes] == [([ana.pk, bo.pk], []), ([], [bo.pk])]


def test_a_team_is_made_changed_and_filled_on_its_pages(client, admin):
    ana = make_user(name="Ana Ruiz")
    client.force_login(admin)

    made = client.post("/admin/teams/new/", {"name": "Ads Austin", "hub": "Austin", "time_zone": "America/Chicago"})
    bad = client.post("/admin/teams/ads-austin/", {"do": "team", "name": "", "time_zone": "UTC"})
    kept = client.post(
        "/admin/teams/ads-austin/", {"do": "team", "name": "Ads Texas", "time_zone": "UTC", "is_active": "on"}
    )
    filled = client.post("/admin/teams/ads-austin/", {"do": "members", "members": [ana.pk]})

    assert (made.status_code, bad.status_code, kept.status_code, filled.status_code) == (302, 422, 302, 302)
    page = client.get("/admin/teams/ads-austin/").content.decode()
    assert "Ads Texas" in page
    assert "Ana Ruiz" in page
    assert "Ads Texas" in client.get("/admin/teams/").content.decode()


def test_skills_say_who_holds_them(client, admin):
    Skill.objects.create(user=make_user(name="Ana Ruiz"), kind="language", value="es", level=4)
    client.force_login(admin)

    page = client.get("/admin/skills/").content.decode()

    assert "Language" in page
    assert "Ana Ruiz" in page


@pytest.mark.parametrize("path", ["/admin/teams/", "/admin/teams/new/", "/admin/skills/"])
def test_the_pages_are_for_those_who_keep_people(client, path):
    internal_organization()
    client.force_login(make_user())
    assert client.get(path).status_code == 403
    client.force_login(make_user(roles=["VL"], organization=make_vendor()))
    assert client.get(path).status_code in (403, 404)
