"""The weekly review with a vendor: frozen once, signed by both sides, corrected in a further edition, never changed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from reporting.models import CaseFact, Commitment, VendorWeek
from reporting.operations import weeks
from tests.escalations.test_views_queue import client_of
from tests.factories.people import make_user, make_vendor
from tests.factories.vendors import make_slump

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


@pytest.fixture
def at():
    return db_now()


def monday(at, *, ago=2):
    today = at.date()
    return today - timedelta(days=today.weekday() + 7 * ago)


def freeze(vendor, lead, at, **more):
    return weeks.freeze_week(vendor=vendor, starts_on=monday(at), zone=UTC, by=lead, at=at, **more)


def test_frozen_figures_are_signed_by_both_sides_and_a_correction_is_a_further_edition(lead, at):
    vendor, *_ = make_slump(at=at)
    theirs = make_user(organization=vendor, roles=[Role.VENDOR_LEAD])
    first = freeze(vendor, lead, at)
    assert first.figures["raw_volume"]["n"] == 140
    weeks.sign_week(week_id=first.pk, by=lead, at=at)
    signed = weeks.sign_week(week_id=first.pk, by=theirs, at=at)
    assert signed.is_signed
    with pytest.raises(NotPermitted):
        weeks.sign_week(week_id=first.pk, by=theirs, at=at)
    with pytest.raises(weeks.NothingToCorrect):
        freeze(vendor, lead, at, why="again")

    sent_back = CaseFact.objects.filter(organization=vendor, triage="invalid").order_by("-received_at")
    CaseFact.objects.filter(pk__in=[fact.pk for fact in sent_back[:60]]).update(triage="valid", reason="")
    with pytest.raises(Invalid):
        freeze(vendor, lead, at)
    second = freeze(vendor, lead, at, why="Disputes upheld")

    assert (second.edition, second.is_signed) == (2, False)
    assert second.figures["acceptance"]["numerator"] > first.figures["acceptance"]["numerator"]
    with pytest.raises(Invalid):
        weeks.sign_week(
            week_id=VendorWeek.objects.create(
                organization=vendor, starts_on=monday(at), zone="UTC", edition=9, figures={}, why="x", frozen_at=at
            ).pk
            - 1,
            by=lead,
            at=at,
        )
    kinds = list(Event.objects.filter(kind__startswith="vendor_week.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["vendor_week.frozen", "vendor_week.signed", "vendor_week.signed", "vendor_week.frozen"]


@pytest.mark.parametrize("change", ["figures = '{}'", "edition = 7", "signed_at = NULL, signed_by_id = NULL"])
def test_the_database_keeps_what_was_frozen_and_signed(lead, at, change):
    week = freeze(make_vendor(), lead, at)
    weeks.sign_week(week_id=week.pk, by=lead, at=at)

    with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE reporting_vendorweek SET {change}")


def test_only_whole_weeks_that_are_over_are_frozen_and_only_by_who_manages_vendors(lead, at):
    vendor = make_vendor()
    with pytest.raises(Invalid):
        weeks.freeze_week(vendor=vendor, starts_on=monday(at, ago=0), zone=UTC, by=lead, at=at)
    with pytest.raises(Invalid):
        weeks.freeze_week(vendor=vendor, starts_on=monday(at) + timedelta(days=1), zone=UTC, by=lead, at=at)
    with pytest.raises(NotPermitted):
        freeze(vendor, make_user(roles=[Role.SPECIALIST]), at)


def test_nobody_signs_or_sees_anothers_week(lead, at):
    week = freeze(make_vendor(), lead, at)
    stranger = make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD])
    submitter = make_user(organization=week.organization, roles=[Role.VENDOR_SUBMITTER])

    assert not VendorWeek.objects.visible_to(stranger).exists()
    for person in (stranger, submitter):
        with pytest.raises(NotPermitted):
            weeks.sign_week(week_id=week.pk, by=person, at=at)


def test_the_page_freezes_signs_and_writes_down_who_does_what(lead, at):
    vendor, *_ = make_slump(at=at)
    client, name = client_of(lead), f"{monday(at).isocalendar()[0]}-W{monday(at).isocalendar()[1]:02d}"
    page = reverse("reporting:vendor-review", args=[vendor.slug, name])

    def does(what, data):
        return client.post(reverse("reporting:vendor-review-act", args=[vendor.slug, name, what]), data)

    assert "night · es explains" in client.get(page).text
    assert does("freeze", {}).status_code == 302
    assert does("sign", {"id": VendorWeek.objects.get().pk}).status_code == 302
    assert "Signed for us by" in client.get(page).text
    refused = does("commit", {"text": "", "owner": "Northgate", "due_on": at.date().isoformat()})
    assert refused.status_code == 422
    assert (
        does(
            "commit", {"text": "Bring the field back", "owner": "Northgate", "due_on": at.date().isoformat()}
        ).status_code
        == 302
    )
    assert does("done", {"id": Commitment.objects.get().pk}).status_code == 302
    assert does("done", {"id": "x"}).status_code == 404
    assert does("dance", {}).status_code == 404
    assert does("freeze", {}).status_code == 422  # nothing has changed
    assert client.get(reverse("reporting:vendor-review", args=[vendor.slug, "2026-W99"])).status_code == 404
    assert "signed by us" in client.get(reverse("reporting:vendor-reviews", args=[vendor.slug])).text
