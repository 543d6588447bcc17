"""Chat: what leaves and what does not, a person's and a team's, tries and their ends, the settings page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Team, User
from accounts.roles import Role
from audit import relay
from audit.models import Event
from audit.recording import record
from core.clock import db_now
from core.errors import Invalid, NotPermitted, TooManyRequests
from escalations import events
from escalations.models import Case, Queue
from escalations.operations import comments
from notifications import rules
from notifications.channels import short
from notifications.lifecycle import CHAT, DeliveryState, EventClass, Lane, Mode
from notifications.models import ChatRoute, Delivery, Preference
from notifications.operations import delivering, preferences, ways
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor
from tests.notifications.receivers import receiving

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def lead(team: Team) -> User:
    made = make_user(roles=[Role.LEAD], teams=[team], name="Lea Lind")
    Membership.objects.filter(user=made).update(is_lead=True)
    return made


def send_all() -> None:
    while relay.drain():
        pass
    Delivery.objects.filter(state=DeliveryState.PENDING).update(next_at=db_now())
    delivering.deliver_due(lane=Lane.NOTIFY, limit=500)


def of_chat() -> Delivery:
    return Delivery.objects.get(channel=CHAT)


def set_own(ana: User, url: str, form: str = "slack") -> ChatRoute:
    route = ways.set_chat(by=ana, at=db_now(), form=form, url=url)
    preferences.choose(by=ana, choices={(EventClass.MENTION, CHAT): Mode.NOW})
    return route


def mention(ana: User, lead: User, queue: Queue, **fields: Any) -> Case:
    case: Case = make_case(queue=queue, title="Secret words of a title", **fields)
    comments.add_note(case_id=case.pk, body=f"@{ana.email} secret words of a note", by=lead, at=db_now())
    return case


def test_a_chat_gets_number_severity_what_happened_and_a_link_and_nothing_else(ana, lead, queue, receiver, settings):
    set_own(ana, receiver.url)

    case = mention(ana, lead, queue, severity=1)
    send_all()

    [body] = receiver.bodies()
    assert set(body) == {"text"}
    assert body["text"].startswith(f"{case.ref} · S1 · Somebody ")
    assert body["text"].endswith(f"{settings.SITE_URL}/c/{case.ref}/")
    assert "secret" not in body["text"].lower()
    assert "Lea" not in body["text"]
    assert of_chat().state == DeliveryState.ACCEPTED
    assert ChatRoute.objects.get().last_success_at is not None


def test_of_a_restricted_case_it_says_only_which_kind_of_thing_happened():
    event = Event(
        kind=events.COMMENT_ADDED, subject_type=rules.CASE, subject_ref="ESC-7", compartments=["LEGAL_PRIVILEGED"]
    )

    said = short.of_event(event, event_class=EventClass.MENTION, severity=0)

    assert said.line == f"ESC-7 · S0 · {EventClass.MENTION.label}"


def test_what_its_receiver_may_no_longer_see_is_not_sent(ana, lead, queue, receiver):
    set_own(ana, receiver.url)
    mention(ana, lead, queue)
    while relay.drain():
        pass
    Membership.objects.filter(user=ana).delete()

    send_all()

    assert receiver.got == []
    assert of_chat().state == DeliveryState.CANCELLED


def test_without_a_chat_nothing_fails(ana, lead, queue):
    preferences.choose(by=ana, choices={(EventClass.MENTION, CHAT): Mode.NOW})
    mention(ana, lead, queue)

    send_all()

    assert of_chat().state == DeliveryState.CANCELLED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (429, DeliveryState.PENDING),
        (503, DeliveryState.PENDING),
        (404, DeliveryState.DEAD),
        (302, DeliveryState.DEAD),
        (500, DeliveryState.AMBIGUOUS),
        (504, DeliveryState.AMBIGUOUS),
        (0, DeliveryState.AMBIGUOUS),
    ],
)
def test_an_answer_decides_whether_it_is_tried_again_given_up_or_left_to_a_person(
    ana, lead, queue, receiver, status, state
):
    receiver.answers = [(status, {}, b"")]
    set_own(ana, receiver.url)
    mention(ana, lead, queue)

    send_all()

    assert len(receiver.got) == 1
    assert of_chat().state == state
    route = ChatRoute.objects.get()
    assert route.failing_since is not None
    assert route.last_error


def test_a_chat_that_cannot_be_reached_is_tried_again(ana, lead, queue, settings):
    with receiving(settings) as gone:
        pass
    set_own(ana, gone.url)
    mention(ana, lead, queue)

    send_all()

    assert of_chat().state == DeliveryState.PENDING


@pytest.mark.parametrize("url", ["http://example.org/x", "https://127.0.0.1/x", "https://localhost/x", "nonsense", ""])
def test_an_address_that_is_not_public_is_refused(ana, url):
    with pytest.raises(Invalid):
        ways.set_chat(by=ana, at=db_now(), form="slack", url=url)

    assert not ChatRoute.objects.exists()


def test_the_address_is_kept_encrypted_and_not_shown_again(ana, receiver):
    route = set_own(ana, receiver.url + "/s3cr3t")
    browser = Client()
    browser.force_login(ana, backend=BACKEND)

    html = browser.get("/notices/chat/").content.decode()

    assert "s3cr3t" not in html + route.encrypted
    assert "127.0.0.1" in html


def test_a_teams_chat_hears_of_its_own_queues_what_was_chosen_and_nothing_restricted(ana, lead, queue, team, receiver):
    ways.set_chat(by=lead, at=db_now(), team=team, form="json", url=receiver.url, classes=[EventClass.OUTCOME])
    own = make_case(queue=queue, severity=2)
    others = [make_case(queue=make_queue(team=make_team())), make_case(queue=queue, compartments=["LEGAL_PRIVILEGED"])]
    for case in [own, *others]:
        for kind in ("case.closed", "case.commented"):
            _record(kind, case, lead)

    send_all()
    again = len(receiver.got)
    send_all()

    assert [body["ref"] for body in receiver.bodies()] == [own.ref]
    assert receiver.bodies()[0]["severity"] == 2
    assert len(receiver.got) == again == 1


def _record(kind: str, case: Case, by: User) -> None:
    known = {"case.closed": events.CASE_CLOSED, "case.commented": events.COMMENT_ADDED}
    record(known[kind], subject=case, by=by, at=db_now(), data={"resolution": "acted", "mentions": []})


def test_only_who_leads_a_team_or_configures_sets_its_chat(ana, lead, team, receiver):
    with pytest.raises(NotPermitted):
        ways.set_chat(by=ana, at=db_now(), team=team, form="json", url=receiver.url)
    other = make_user(roles=[Role.LEAD], teams=[make_team()])
    with pytest.raises(NotPermitted):
        ways.try_chat(by=other, at=db_now(), team=team)
    ways.set_chat(by=make_user(roles=[Role.ADMIN]), at=db_now(), team=team, form="json", url=receiver.url)

    assert ChatRoute.objects.get().team == team


def test_a_test_is_sent_and_shown_and_has_a_limit(ana, receiver):
    set_own(ana, receiver.url)
    browser = Client()
    browser.force_login(ana, backend=BACKEND)

    assert browser.post("/notices/chat/", {"test": "1"}).status_code == 302
    send_all()

    assert "test" in receiver.bodies()[0]["text"]
    html = browser.get("/notices/chat/").content.decode()
    assert "Last tests" in html
    assert "It works" in html
    for _ in range(4):
        ways.try_chat(by=ana, at=db_now())
    with pytest.raises(TooManyRequests):
        ways.try_chat(by=ana, at=db_now())
    assert browser.post("/notices/chat/", {"test": "1"}).status_code == 302


def test_the_page_sets_refuses_with_a_sentence_and_removes(ana, receiver):
    browser = Client()
    browser.force_login(ana, backend=BACKEND)

    bad = browser.post("/notices/chat/", {"url": "https://10.0.0.1/x", "form": "slack"})
    none = browser.post("/notices/chat/", {"test": "1"})
    good = browser.post("/notices/chat/", {"url": receiver.url, "form": "slack"})

    assert bad.status_code == none.status_code == 422
    assert "not on the public internet" in bad.content.decode()
    assert "Set the chat first" in none.content.decode()
    assert good.status_code == 302
    assert browser.post("/notices/chat/", {"remove": "1"}).status_code == 302
    assert not ChatRoute.objects.exists()


def test_other_peoples_teams_and_vendors_find_nothing(ana, lead, team):
    browser = Client()
    browser.force_login(ana, backend=BACKEND)
    vendor = Client()
    vendor.force_login(make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD]), backend=BACKEND)
    leads = Client()
    leads.force_login(lead, backend=BACKEND)

    assert browser.get(f"/notices/chat/{team.slug}/").status_code == 404
    assert vendor.get("/notices/chat/").status_code == 404
    assert leads.get(f"/notices/chat/{team.slug}/").status_code == 200


def test_the_preferences_have_a_column_for_it(ana):
    browser = Client()
    browser.force_login(ana, backend=BACKEND)

    html = browser.get("/notices/").content.decode()

    assert 'name="mention:chat"' in html
    assert not Preference.objects.exists()
