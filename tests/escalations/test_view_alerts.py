"""Alerts of saved views: what is news, told once, with the rights of whom it is told to (QUE-12)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Event
from core.errors import Invalid, NotFound, NotPermitted
from escalations import events
from escalations.models import SavedView, ViewAlert
from escalations.operations import view_alerts
from escalations.operations.saved_views import save_view
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
Kind = ViewAlert.Kind
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana():
    return make_user(name="Ana Ruiz")


def view_of(person, text="is:open surface:ads", name="Ads"):
    return save_view(name=name, filter_text=text, audience=SavedView.Audience.PERSONAL, by=person, at=NOON)


def told():
    return [
        (event.data["kind"], event.data["count"], event.data["user_id"])
        for event in Event.objects.filter(kind=events.VIEW_ALERTED).order_by("id")
    ]


def test_a_case_that_enters_is_told_once(ana):
    make_case(surface="ads")
    view_alerts.set_alert(view=view_of(ana), kind=Kind.ENTERS, threshold=0, by=ana, at=NOON)

    view_alerts.check_due(NOON + MINUTE)
    assert told() == []  # what was there when it was set is no news
    make_case(surface="ads")
    make_case(surface="organic")
    for minute in (2, 3):
        view_alerts.check_due(NOON + minute * MINUTE)

    assert told() == [("enters", 1, ana.pk)]
    assert ViewAlert.objects.get().fired_at == NOON + 2 * MINUTE


def test_a_number_passed_is_told_when_it_is_passed_and_again_after_it_was_not(ana):
    view_alerts.set_alert(view=view_of(ana), kind=Kind.COUNT_OVER, threshold=1, by=ana, at=NOON)
    cases = [make_case(surface="ads") for _ in range(2)]

    view_alerts.check_due(NOON + MINUTE)
    view_alerts.check_due(NOON + 2 * MINUTE)
    assert told() == [("count_over", 2, ana.pk)]

    type(cases[0]).objects.filter(pk=cases[0].pk).update(surface="organic")
    view_alerts.check_due(NOON + 3 * MINUTE)
    type(cases[0]).objects.filter(pk=cases[0].pk).update(surface="ads")
    view_alerts.check_due(NOON + 4 * MINUTE)

    assert told() == [("count_over", 2, ana.pk)] * 2


def test_the_oldest_case_grows_too_old(ana):
    make_case(surface="ads", received_at=NOON)
    view_alerts.set_alert(view=view_of(ana), kind=Kind.OLDEST_OVER, threshold=120, by=ana, at=NOON)

    view_alerts.check_due(NOON + timedelta(hours=2))
    assert told() == []
    view_alerts.check_due(NOON + timedelta(hours=2, minutes=1))

    assert told() == [("oldest_over", 1, ana.pk)]  # the notice says how many cases the view holds


def test_nobody_is_told_of_what_they_may_not_see(ana):
    view_alerts.set_alert(view=view_of(ana), kind=Kind.ENTERS, threshold=0, by=ana, at=NOON)
    make_case(surface="ads", queue=make_queue(team=make_team()))
    make_case(surface="ads", compartments=["CHILD_SAFETY"])

    view_alerts.check_due(NOON + MINUTE)

    assert told() == []


def test_a_check_is_not_repeated_within_half_a_minute(ana):
    view_alerts.set_alert(view=view_of(ana), kind=Kind.COUNT_OVER, threshold=1, by=ana, at=NOON)
    view_alerts.check_due(NOON)
    before = ViewAlert.objects.get().checked_at

    view_alerts.check_due(NOON + timedelta(seconds=20))

    assert ViewAlert.objects.get().checked_at == before


@pytest.mark.parametrize("threshold", [0, -1, 10_001])
def test_a_number_is_needed_and_has_limits(ana, threshold):
    with pytest.raises(Invalid):
        view_alerts.set_alert(view=view_of(ana), kind=Kind.COUNT_OVER, threshold=threshold, by=ana, at=NOON)


def test_views_of_others_are_not_there_and_vendors_have_none(ana):
    view = view_of(ana)
    with pytest.raises(NotFound):
        view_alerts.set_alert(view=view, kind=Kind.ENTERS, threshold=0, by=make_user(), at=NOON)
    alert = view_alerts.set_alert(view=view, kind=Kind.ENTERS, threshold=0, by=ana, at=NOON)
    with pytest.raises(NotFound):
        view_alerts.remove_alert(alert_id=alert.pk, by=make_user())
    reader = make_user(roles=["AU"])
    SavedView.objects.filter(pk=view.pk).update(audience="shared")
    with pytest.raises(NotPermitted):
        view_alerts.set_alert(view=view, kind=Kind.ENTERS, threshold=0, by=reader, at=NOON)


def test_an_alert_is_set_read_and_removed_on_the_page(client, ana):
    view = view_of(ana)
    client.force_login(ana)

    refused = client.post("/me/alerts/", {"view": view.slug, "kind": "count_over", "threshold": ""})
    made = client.post("/me/alerts/", {"view": view.slug, "kind": "count_over", "threshold": "1"})
    for _ in range(2):
        make_case(surface="ads")
    view_alerts.check_due(NOON + MINUTE)

    assert (refused.status_code, made.status_code) == (422, 302)
    assert "News of your views" in client.get("/me/").content.decode()
    assert "2 cases" in client.get("/me/alerts/").content.decode()
    client.post("/me/alerts/seen/")
    assert "News of your views" not in client.get("/me/").content.decode()
    client.post(f"/me/alerts/{ViewAlert.objects.get().pk}/remove/")
    assert not ViewAlert.objects.exists()


def test_without_a_view_the_page_says_how_to_make_one(client, ana):
    client.force_login(ana)
    assert "Shift+S" in client.get("/me/alerts/").content.decode()


def test_a_vendor_has_no_such_page(client):
    client.force_login(make_user(roles=["VL"], organization=make_vendor()))
    assert client.get("/me/alerts/").status_code in (403, 404)
