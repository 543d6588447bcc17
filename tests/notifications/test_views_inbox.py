"""The inbox over HTTP: tabs, filters, acts and their undo, what is hidden, and how it holds 10,000 notices."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.roles import Role
from audit import relay
from audit.models import Event
from audit.recording import record
from core.clock import db_now
from escalations import events
from escalations.models import UndoEntry, Watch
from escalations.operations import cases, comments
from notifications.lifecycle import Tab
from notifications.models import Mute, Notification
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/?tab=needs"}


@pytest.fixture
def client(ana):
    signed_in = Client()
    signed_in.force_login(ana, backend=BACKEND)
    return signed_in


def mention(ana, lead, queue, **fields):
    case = make_case(queue=queue, **fields)
    comments.add_note(case_id=case.pk, body=f"@{ana.email} look", by=lead, at=db_now())
    while relay.drain(500):
        pass
    return case, Notification.objects.get(user=ana, subject_id=case.pk)


def html_of(client, path="/inbox/", **more):
    answer = client.get(path, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_entry_says_what_why_and_how_to_stop_it(client, ana, lead, queue):
    case, _notice = mention(ana, lead, queue, title="Coordinated scam ring")

    html = html_of(client)

    assert case.ref in html
    assert "Coordinated scam ring" in html
    assert "Lea Lind wrote a note on" in html
    assert "You got this because you were mentioned." in html
    assert "switch off" in html


def test_the_badge_counts_what_needs_the_person_and_nothing_else(client, ana, lead, queue):
    mention(ana, lead, queue)
    watched = make_case(queue=queue)
    cases.watch_case(case_id=watched.pk, by=ana, at=db_now())
    record(events.CASE_RESUMED, subject=watched, by=None, at=db_now())
    while relay.drain(500):
        pass

    badge = html_of(client, "/inbox/badge/")

    assert ">1</span>" in badge
    assert "rail-count-inbox" in html_of(client, "/inbox/?tab=watching")
    assert watched.ref in html_of(client, "/inbox/?tab=watching")
    assert watched.ref not in html_of(client)


def test_done_takes_an_entry_away_and_undo_brings_it_back(client, ana, lead, queue):
    _case, notice = mention(ana, lead, queue)

    answer = client.post(f"/inbox/{notice.public_id}/done/")
    assert answer.status_code == 302
    assert "Nothing needs you." in html_of(client)
    token = UndoEntry.objects.get(user=ana, action="notice.done").token
    client.post(f"/undo/{token}/")

    notice.refresh_from_db()
    assert notice.done_at is None


def test_a_list_gets_the_row_taken_out_with_a_toast(client, ana, lead, queue):
    _case, notice = mention(ana, lead, queue)
    mention(ana, lead, queue)

    answer = client.post(f"/inbox/{notice.public_id}/done/", headers=HTMX | {"HX-Target": f"r-{notice.public_id}"})

    assert answer.headers["HX-Reswap"] == "delete"
    assert "/undo/" in answer.content.decode()


def test_done_all_of_an_entry_leaves_others(client, ana, lead, queue):
    case, notice = mention(ana, lead, queue)
    comments.add_note(case_id=case.pk, body=f"@{ana.email} again", by=lead, at=db_now())
    mention(ana, lead, queue)
    while relay.drain(500):
        pass

    client.post(f"/inbox/{notice.public_id}/done-all/")

    assert Notification.objects.filter(user=ana, done_at__isnull=False).count() == 2
    assert Notification.objects.filter(user=ana, done_at__isnull=True).count() == 1


def test_done_with_one_notice_answers_the_table_with_what_is_left_of_its_entry(client, ana, lead, queue):
    case, first = mention(ana, lead, queue)
    comments.add_note(case_id=case.pk, body=f"@{ana.email} again", by=lead, at=db_now())
    while relay.drain(500):
        pass
    newest = Notification.objects.filter(user=ana).latest("pk")

    answer = client.post(f"/inbox/{newest.public_id}/done/", headers=HTMX | {"HX-Target": f"r-{newest.public_id}"})

    assert answer.headers["HX-Retarget"] == "#rows"
    assert f"r-{first.public_id}" in answer.content.decode()


def test_later_hides_it_until_then(client, ana, lead, queue):
    case, notice = mention(ana, lead, queue)
    assert "In an hour" in html_of(client, f"/inbox/{notice.public_id}/snooze/")

    client.post(f"/inbox/{notice.public_id}/snooze/", {"until": "tomorrow"})

    notice.refresh_from_db()
    assert timedelta(0) < notice.snoozed_until - db_now() < timedelta(hours=48)
    assert case.ref not in html_of(client)
    assert case.ref in html_of(client, "/inbox/?state=snoozed")
    client.post(f"/inbox/{notice.public_id}/back/")
    assert case.ref in html_of(client)


def test_a_bad_choice_of_later_is_refused_with_words(client, ana, lead, queue):
    _case, notice = mention(ana, lead, queue)

    answer = client.post(f"/inbox/{notice.public_id}/snooze/", {"until": "never"})

    assert answer.status_code == 422


def test_opening_marks_it_read_and_leads_to_the_case(client, ana, lead, queue):
    case, notice = mention(ana, lead, queue)

    answer = client.get(f"/inbox/{notice.public_id}/open/")

    notice.refresh_from_db()
    assert answer.headers["Location"] == f"/c/{case.ref}/"
    assert notice.read_at is not None


def test_a_watcher_stops_with_one_press(client, ana, queue):
    case = make_case(queue=queue)
    cases.watch_case(case_id=case.pk, by=ana, at=db_now())
    record(events.CASE_RESUMED, subject=case, by=None, at=db_now())
    while relay.drain(500):
        pass
    notice = Notification.objects.get(user=ana)
    assert "Stop watching" in html_of(client, "/inbox/?tab=watching")

    client.post(f"/inbox/{notice.public_id}/unwatch/")

    assert not Watch.objects.filter(user=ana).exists()


def test_muting_is_listed_in_settings_and_can_be_ended_there(client, ana, lead, queue):
    case, notice = mention(ana, lead, queue)
    client.post(f"/inbox/{notice.public_id}/mute/")
    assert case.ref in html_of(client, "/notices/")

    client.post(f"/notices/unmute/{Mute.objects.get().pk}/")

    assert not Mute.objects.exists()


def test_a_case_that_is_hidden_since_loses_its_words_and_can_still_be_done(client, ana, lead, queue, team):
    case, notice = mention(ana, lead, queue, title="Secret title")
    Membership.objects.filter(user=ana).delete()

    html = html_of(client)

    assert "Secret title" not in html
    assert case.ref not in html
    assert "something you can no longer open" in html
    client.post(f"/inbox/{notice.public_id}/done/")
    notice.refresh_from_db()
    assert notice.done_at is not None


def test_another_persons_notice_is_the_same_404_as_none(client, ana, lead, queue):
    _case, notice = mention(ana, lead, queue)
    other = Client()
    other.force_login(lead, backend=BACKEND)

    for path in ("done", "done-all", "back", "mute", "unwatch", "snooze"):
        answer = other.post(f"/inbox/{notice.public_id}/{path}/", {"until": "hour"})
        assert answer.status_code == 404, path
    for path in ("row", "more", "open", "snooze"):
        assert other.get(f"/inbox/{notice.public_id}/{path}/").status_code == 404, path


def test_a_vendors_person_finds_no_inbox():
    vendor = make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD])
    client = Client()
    client.force_login(vendor, backend=BACKEND)

    for path in ("/inbox/", "/inbox/badge/", "/notices/", "/admin/deliveries/", "/admin/duty/", "/admin/kept-mail/"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "query",
    [
        "tab=nope",
        "state=%00",
        "kind=x",
        "q=%25%00",
        "before=1~x~y",
        "before=0~2026-01-01T00:00:00~1",
        "before=" + "9" * 90,
    ],
)
def test_an_address_that_makes_no_sense_shows_the_inbox(client, query):
    assert client.get(f"/inbox/?{query}").status_code == 200


def test_filters_narrow_and_their_emptiness_says_so(client, ana, lead, queue):
    case, _notice = mention(ana, lead, queue)

    assert case.ref in html_of(client, f"/inbox/?q={case.ref[4:8]}")
    assert case.ref in html_of(client, "/inbox/?kind=mention")
    assert "No notice matches." in html_of(client, "/inbox/?kind=policy")
    assert "Nothing is done here yet." in html_of(client, "/inbox/?state=done")


def many(ana, queue, count):
    """`count` notices over a tenth as many cases, straight into the table."""
    at = db_now()
    made = [make_case(queue=queue, title=f"Case {number}") for number in range(count // 10)]
    rows = []
    for number in range(count):
        case = made[number % len(made)]
        event = Event(kind=events.CLOCK_BREACHED, at=at, subject_type="escalations.case", subject_id=case.pk,
                      subject_ref=case.ref, actor_kind="system", organization_id=case.organization_id,
                      data={"metric": "R", "breach_at": at.isoformat()})  # fmt: skip
        rows.append((event, case, at - timedelta(seconds=number)))
    Event.objects.bulk_create([event for event, _case, _at in rows], batch_size=1000)
    Notification.objects.bulk_create(
        [
            Notification(organization=ana.organization, user=ana, event=event, kind=event.kind, event_class="clock_breach",
                         reason="assignee", tab=Tab.NEEDS, subject_type=event.subject_type, subject_id=case.pk,
                         subject_ref=case.ref, bundle=f"escalations.case:{case.pk}", severity=3, created_at=when)
            for event, case, when in rows
        ],
        batch_size=1000,
    )  # fmt: skip


def test_ten_thousand_notices_are_paged_through_without_losing_an_entry(client, ana, queue):
    many(ana, queue, 10_000)
    seen, path = [], "/inbox/"
    for _ in range(30):
        html = html_of(client, path)
        seen += re.findall(r'<span class="mono">(ESC-\d+)</span>', html)
        older = re.search(r'href="(\?[^"]*before=[^"]*)" rel="next"', html)
        if older is None:
            break
        path = "/inbox/" + older[1].replace("&amp;", "&")

    assert len(seen) == len(set(seen)) == 1000
    assert "99+" in html_of(client, "/inbox/badge/")
    client.post("/inbox/done/", {"tab": "needs"})
    assert "Nothing needs you." in html_of(client)


def test_the_page_asks_the_database_as_often_for_many_entries_as_for_two(client, ana, lead, queue):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            html_of(client)
        return len(queries)

    mention(ana, lead, queue)
    mention(ana, lead, queue)
    asked()
    few = asked()
    for _ in range(10):
        mention(ana, lead, queue)
    asked()

    assert asked() == few
