"""A chart taken along: a picture of what its reader sees, a part of a brief that every reader of briefs may see."""

from __future__ import annotations

import struct

import pytest
from django.test import Client

from accounts.roles import Role
from escalations.models import Case
from reporting.models import Brief
from reporting.operations import facts
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor
from tests.factories.reports import make_floor

pytestmark = pytest.mark.django_db
COLUMNS = "/reports/volume/ch-10/1"


def client_of(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def floor():
    return make_floor()


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD], compartments=["CHILD_SAFETY"])


def test_a_chart_is_a_picture_and_its_panel_offers_it(lead, floor):
    client = client_of(lead)

    panel = client.get("/reports/volume/ch-10/?range=13w").content.decode()
    answer = client.get(f"{COLUMNS}.png?range=13w")

    assert f"{COLUMNS}.png?range=13w" in panel
    assert f"{COLUMNS}/brief/?range=13w" in panel
    assert answer["Content-Type"] == "image/png"
    width, height = struct.unpack(">II", answer.content[16:24])
    assert width > 1000
    assert height > 300
    assert client.get("/reports/volume/ch-10/9.png").status_code == 404
    assert client.get(f"{COLUMNS}.png?range=oops").status_code == 422


def test_who_may_not_see_the_page_gets_no_picture_of_it(floor):
    for user, status in (
        (make_user(roles=[Role.PARTNER]), 403),
        (make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor("elsewhere")), 404),
    ):
        client = client_of(user)
        assert client.get(f"{COLUMNS}.png").status_code == status
        assert client.get(f"{COLUMNS}/brief/").status_code == status
    specialist = client_of(make_user(teams=[floor[0].queue.team]))
    assert specialist.get(f"{COLUMNS}.png").status_code == 200
    assert specialist.post(f"{COLUMNS}/brief/", {"brief": "new", "title": "Mine"}).status_code == 403
    assert not Brief.objects.exists()


def test_a_chart_begins_a_brief_without_what_its_writer_alone_may_see(lead, floor):
    make_case(compartments=["CHILD_SAFETY"], harm="child_safety")
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    client = client_of(lead)

    asked = client.get(f"{COLUMNS}/brief/").content.decode()
    refused = client.post(f"{COLUMNS}/brief/", {"brief": "new", "title": " "})
    made = client.post(f"{COLUMNS}/brief/", {"brief": "new", "title": "This week"})
    brief = Brief.objects.get()
    again = client.post(f"{COLUMNS}/brief/", {"brief": str(brief.pk)})

    assert '<svg class="ch' in asked
    assert refused.status_code == 422
    assert made["Location"] == f"/briefs/BRF-{brief.pk}/edit/"
    chart = next(block["chart"] for block in brief.blocks if block["kind"] == "chart")
    source = next(block["source"] for block in brief.blocks if block["kind"] == "chart")
    assert "<a " not in chart["svg"]
    assert "<svg" in chart["svg"]
    assert source["path"].startswith("/reports/volume/ch-10/")
    seen = client.get("/reports/volume/ch-10/").context["shown"].drawn.charts[0].table.rows[-1]
    kept = chart["rows"][-1]
    assert seen != kept  # one more case is counted on the page of who holds its label
    assert again.status_code == 422
    assert "already" in again.content.decode()
