"""Notes on the time line: who writes them, on which charts they stand, which come by themselves."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.models import SlaPlanVersion
from reporting import events, pages
from reporting.models import Annotation
from reporting.operations.annotations import AnnotationInput, add_annotation, change_annotation, remove_annotation
from reporting.selectors import annotations as time_line
from tests.factories.cases import make_queue
from tests.factories.people import make_team, make_user, make_vendor
from tests.factories.reports import make_floor
from tests.reporting.test_pages import ask_of, client_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


def note(by, text="Mail was down", **fields):
    at = db_now()
    values = AnnotationInput(**({"kind": "outage", "text": text, "starts_at": at - 3 * DAY} | fields))
    return add_annotation(values=values, by=by, at=at)


def texts(viewer, *, by_people=True):
    at = db_now()
    found = time_line.during(viewer=viewer, start=at - 30 * DAY, end=at, zone=ZoneInfo("UTC"))
    return [one.text for one in found if one.is_automatic is not by_people]


def test_a_note_is_added_changed_and_taken_off_and_the_log_says_so(lead):
    made = note(lead)
    values = AnnotationInput(kind="tool", text="  Mail   was slow ", starts_at=db_now() - DAY)

    change_annotation(annotation_id=made.pk, values=values, by=lead, at=db_now())
    assert texts(lead) == ["Mail was slow"]
    remove_annotation(annotation_id=made.pk, by=lead, at=db_now())
    remove_annotation(annotation_id=made.pk, by=lead, at=db_now())

    assert texts(lead) == []
    kinds = Event.objects.filter(kind__startswith="annotation.").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [events.ANNOTATION_ADDED, events.ANNOTATION_CHANGED, events.ANNOTATION_REMOVED]


@pytest.mark.parametrize(
    ("role", "everywhere", "own_queue"),
    [
        (Role.LEAD, True, True),
        (Role.QUALITY, True, True),
        (Role.POLICY_EDITOR, True, True),
        (Role.LEGAL, True, True),
        (Role.SENIOR, False, True),
        (Role.SPECIALIST, False, False),
        (Role.AUDITOR, False, False),
        (Role.READER, False, False),
        (Role.ADMIN, False, False),
    ],
)
def test_who_writes_notes(role, everywhere, own_queue):
    team = make_team()
    person = make_user(roles=[role], teams=[team])

    for allowed, queue in ((everywhere, None), (own_queue, make_queue(team=team)), (everywhere, make_queue())):
        if allowed:
            assert note(person, queue=queue).pk
        else:
            with pytest.raises(NotPermitted):
                note(person, queue=queue)


def test_a_note_is_changed_by_its_author_or_a_lead_alone(lead):
    author, other = make_user(roles=[Role.QUALITY]), make_user(roles=[Role.QUALITY])
    made = note(author)

    with pytest.raises(NotPermitted):
        remove_annotation(annotation_id=made.pk, by=other, at=db_now())

    remove_annotation(annotation_id=made.pk, by=lead, at=db_now())


def test_notes_about_others_stay_off_a_narrowed_page(lead):
    vendor, other = make_vendor(), make_vendor()
    note(lead, "About everything")
    note(lead, "About one vendor", vendor=vendor)

    ask = ask_of(lead, q=f"vendor:{other.slug}", range="28d")

    about = lambda ask: [one.text for one in ask.annotations(ask.window("28d")) if not one.is_automatic]  # noqa: E731
    assert about(ask) == ["About everything"]
    ask = ask_of(lead, q=f"vendor:{vendor.slug}", range="28d")
    assert len(about(ask)) == 2


def test_a_new_edition_of_a_plan_stands_there_by_itself(lead):
    version = SlaPlanVersion.objects.order_by("-number").first()
    new = SlaPlanVersion.objects.create(plan=version.plan, number=version.number + 1, published_at=db_now() - DAY)

    assert any(text.endswith(f"version {new.number}") for text in texts(lead, by_people=False))


def test_a_note_stands_on_the_chart_of_its_time(lead):
    make_floor()
    note(lead, "<b>Mail & more</b>")

    fragment = client_of(lead).get(reverse("reporting:panel", args=["sla", "ch-6"])).content.decode()

    assert "&lt;b&gt;Mail &amp; more&lt;/b&gt;" in fragment
    assert "<b>Mail" not in fragment
    assert 'class="ch-flag"' in fragment


def test_the_form_points_at_what_is_wrong_and_goes_back_to_its_report(lead):
    client = client_of(lead)
    url = reverse("reporting:annotation-new")
    good = {"text": "Strike at the vendor", "kind": "vendor", "starts_at_0": "2026-11-20", "starts_at_1": "10:00"}

    bad = client.post(url, {"text": "", "kind": "x", "starts_at_0": "then"})
    far = client.post(url, good | {"starts_at_0": "1999-01-01"})
    done = client.post(url, good | {"next": "/reports/sla/?range=7d"})
    away = client.post(url, good | {"next": "https://evil.example/"})

    assert (bad.status_code, far.status_code) == (422, 422)
    assert done["Location"] == "/reports/sla/?range=7d"
    assert away["Location"] == reverse("reporting:annotations")
    assert Annotation.objects.count() == 2


def test_a_note_of_another_organization_or_a_removed_one_is_not_found(lead):
    made = note(lead)
    vendor = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())
    url = reverse("reporting:annotation", args=[made.public_id])

    assert client_of(vendor).get(url).status_code in (302, 404)
    assert client_of(make_user(roles=[Role.AUDITOR])).get(url).status_code == 200
    assert client_of(make_user(roles=[Role.AUDITOR])).post(url, {}).status_code == 403
    client_of(lead).post(reverse("reporting:annotation-remove", args=[made.public_id]))
    assert client_of(lead).get(url).status_code == 404


def test_notes_that_say_nothing_or_end_before_they_begin_are_refused_by_operation_and_database(lead):
    at = db_now()

    with pytest.raises(Invalid):
        note(lead, " ")
    with pytest.raises(Invalid):
        note(lead, ends_at=at - 9 * DAY)
    with pytest.raises(Invalid):
        note(lead, vendor=make_vendor(), queue=make_queue())
    made = note(lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Annotation.objects.filter(pk=made.pk).update(ends_at=made.starts_at)


def test_every_page_registered_has_a_question_and_its_panels_a_title():
    for page in pages.pages():
        assert str(page.question).endswith("?"), page.key
        assert all(str(panel.title) for panel in page.panels)
