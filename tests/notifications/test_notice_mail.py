"""Where the notice of a decision stands: queued, sent, delivered, failed; by e-mail too; sent again by a person (issue: Notices)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit import relay
from audit.models import Event
from core import mail
from core.clock import db_now
from core.errors import Invalid
from escalations import events
from escalations.lifecycle import TemplatePurpose, Verdict
from escalations.models import Case, InboundMail, NoticeDelivery, Queue
from escalations.operations import claims, clusters, decisions, inbound_mail, notices, replies, timers
from escalations.operations.decisions import Ruling
from escalations.selectors.notices import planned
from notifications.lifecycle import EMAIL, EventClass, Lane, Mode
from notifications.models import Preference
from notifications.operations import delivering
from tests.escalations.api_client import Caller
from tests.factories.cases import make_case, make_queue
from tests.factories.enforcement import LADDER, add_subject, confirm_all
from tests.factories.people import make_user, make_vendor
from tests.factories.policies import make_version
from tests.factories.submissions import submission_body
from tests.notifications.mail_server import Server
from tests.portal.people import send_in

pytestmark = pytest.mark.django_db
WORDS = "{{ reference }}: {{ decision }}."


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    running = Server()
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.MAIL_DOMAIN = "cases.example.test"
    yield running
    running.stop()


@pytest.fixture
def lea() -> User:
    return make_user(roles=[Role.LEAD], name="Lea Lind")


@pytest.fixture
def eve() -> User:
    vendor = make_vendor("cobalt")
    return make_user(organization=vendor, roles=[Role.VENDOR_SUBMITTER], email="eve@vendor.test", name="Eve Vend")


def worded(lead: User, *, submitter: str = WORDS, subject: str = "") -> None:
    at = db_now() - timedelta(days=1)
    for slug, purpose, body in (
        ("out", TemplatePurpose.SUBMITTER, submitter),
        ("you", TemplatePurpose.SUBJECT, subject),
    ):
        if body:
            verdicts = ("remove",)
            more = {"is_active": True, "is_new": True, "purpose": purpose, "verdicts": verdicts}
            replies.save_template(slug=slug, name=slug, by=lead, at=at, **more)
            replies.publish_wording(slug=slug, language="en", body=body, by=lead, at=at)


def decided(person: User, *, eve: User, at: datetime | None = None, **fields: Any) -> Case:
    """A case that `eve` submitted, decided and in force; what it asked of the platform is confirmed."""
    at = at or db_now() - timedelta(minutes=1)
    if not Queue.objects.filter(is_default=True).exists():
        make_queue(is_default=True)
    case = send_in(eve, at=at, **fields)
    add_subject(case, kind="post")
    Case.objects.filter(pk=case.pk).update(status="in_review", assignee=person, claimed_at=at)
    ruling = Ruling(
        verdict=Verdict.REMOVE,
        clause_id=make_version(ladder=LADDER | {"ads": LADDER["organic"]}).pk,
        elements=["target"],
        actions=["content_remove"],
        deviation="other",
        rationale="So.",
    )
    decision = decisions.decide_case(case_id=case.pk, by=person, at=at, ruling=ruling)
    timers.fire_of_case(case.pk, until=decision.hold_until)
    confirm_all(case)
    case.refresh_from_db()
    return case


def send() -> None:
    while relay.drain(500):
        pass
    delivering.deliver_due(lane=Lane.NOTIFY, limit=100)


def stands(case: Case) -> dict[str, str]:
    return {str(row.way): str(row.state) for row in NoticeDelivery.objects.filter(case=case)}


def portal_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page_of(case: Case, person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.get(f"/c/{case.ref}/").content.decode()


def test_a_notice_goes_out_once_by_e_mail_and_is_delivered_when_its_reader_opens_it(server, lea, eve):
    worded(lea, subject="About {{ subject }}.")
    case = decided(lea, eve=eve, external_ref="T-7")
    queued = stands(case)

    send()
    sent, html = stands(case), page_of(case, lea)
    opened = portal_of(eve).get(f"/portal/s/{case.ref}/")
    [got] = [one for one in server.got if one["To"] == eve.email]

    assert queued == {"page": "sent", "email": "queued"}
    assert sent == {"page": "sent", "email": "sent"}
    assert f"{case.ref} (T-7) was decided" in got["Subject"]
    assert f"{case.ref}: Violating: remove." in got.get_body(("plain",)).get_content()
    assert "Lea" not in str(got)
    assert 'id="notices"' in html
    assert "Eve Vend" in html
    assert "The platform, with “Remove content”" in html  # the person concerned hears through the action
    assert opened.status_code == 200
    assert stands(case) == {"page": "delivered", "email": "delivered"}
    assert Event.objects.filter(subject_id=case.pk, kind=events.NOTICE_DELIVERED).count() == 1
    assert "Notice of a decision" not in Client().get("/").content.decode()


def test_a_notice_that_fails_needs_a_person_who_has_it_sent_again_with_a_reason(server, lea, eve):
    worded(lea)
    server.answers.append("550 no such mailbox")
    case = decided(lea, eve=eve)
    client = Client()
    client.force_login(lea)

    send()
    row = NoticeDelivery.objects.get(case=case, way="email")
    outbox = client.get("/outbox/").content.decode()
    url = f"/outbox/notices/{row.public_id}/"
    wordless = client.post(url, {"reason": " "})
    again = client.post(url, {"reason": "They mended it."})
    waiting = stands(case)["email"]
    send()

    assert (row.state, "550" in row.error) == ("failed", True)
    assert case.ref in outbox
    assert url in outbox
    assert client.get(url).status_code == 200
    assert (wordless.status_code, again.status_code) == (422, 302)
    assert waiting == "queued"
    row.refresh_from_db()
    assert (row.state, row.tries, row.resent_by, row.resent_why) == ("sent", 1, lea, "They mended it.")
    assert len([one for one in server.got if one["To"] == eve.email]) == 1
    told = set(Event.objects.filter(subject_id=case.pk).values_list("kind", flat=True))
    assert {events.NOTICE_QUEUED, events.NOTICE_FAILED, events.NOTICE_RESENT, events.NOTICE_SENT} <= told


def test_a_case_closes_once_its_notice_has_left(server, lea, eve):
    worded(lea)
    case = decided(lea, eve=eve)

    with pytest.raises(IntegrityError, match="notices that have not left"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(status="closed", resolution="violating_removed", closed_at=db_now())
    before = page_of(case, lea)
    send()
    case.refresh_from_db()

    assert "1 not confirmed: the case closes after it" in before
    assert (case.status, case.resolution) == ("closed", "violating_removed")


def test_a_person_gives_a_notice_up_or_a_lead_closes_over_it_and_the_case_closes(server, lea, eve):
    worded(lea)
    server.answers += ["550 no such mailbox"] * 2
    given_up, over = decided(lea, eve=eve), decided(lea, eve=eve)
    client = Client()
    client.force_login(lea)
    send()
    row = NoticeDelivery.objects.get(case=given_up, way="email")
    open_still = set(Case.objects.filter(pk__in=(given_up.pk, over.pk)).values_list("status", flat=True))

    url = f"/outbox/notices/{row.public_id}/discard/"
    offered = url in client.get("/outbox/").content.decode()
    form, wordless = client.get(url), client.post(url, {"reason": " "})
    client.post(url, {"reason": "They were told by phone."})
    twice = client.post(url, {"reason": "Again."})
    client.post(f"/c/{over.ref}/close-over/", {"reason": "Their mailbox is gone for good."})
    closed = client.get("/outbox/?show=over").content.decode()

    assert open_still == {"decided"}
    assert offered
    assert (form.status_code, wordless.status_code, twice.status_code) == (200, 422, 409)
    row.refresh_from_db()
    assert (row.state, row.error, row.discarded_by) == ("not_needed", "They were told by phone.", lea)
    assert set(Case.objects.filter(pk__in=(given_up.pk, over.pk)).values_list("status", flat=True)) == {"closed"}
    assert over.ref in closed
    assert "Their mailbox is gone for good." in closed
    assert Event.objects.filter(subject_id=given_up.pk, kind=events.NOTICE_DISCARDED).count() == 1


def test_a_notice_that_was_given_up_goes_out_no_more(server, lea, eve):
    worded(lea)
    case = decided(lea, eve=eve)
    while relay.drain(500):
        pass
    notices.discard(
        delivery_id=NoticeDelivery.objects.get(case=case, way="email").pk, reason="So.", by=lea, at=db_now()
    )

    send()

    assert [one for one in server.got if "was decided" in one["Subject"]] == []
    assert stands(case)["email"] == "not_needed"


def bounce(to: str, *, action: str = "failed") -> InboundMail:
    """What another server answers to the envelope's sender, read by the engine."""
    raw = (
        "From: Mail Delivery System <mailer-daemon@vendor.test>\r\nSubject: Undelivered Mail\r\nAuto-Submitted: auto-replied\r\n"
        f"To: {to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.vendor.test\r\n\r\nFinal-Recipient: rfc822; eve@vendor.test\r\n"
        f"Action: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n"
    )
    kept = inbound_mail.receive(raw=raw.encode(), recipient=to, at=db_now())
    return inbound_mail.file_mail(mail_id=kept.pk, at=db_now())


def test_a_bounce_makes_the_very_notice_fail_and_nothing_else_does(server, settings, lea, eve):
    worded(lea)
    case = decided(lea, eve=eve)
    send()
    row = NoticeDelivery.objects.get(case=case, way="email")
    [got] = [one for one in server.got if one["To"] == eve.email]
    to = got["X-Envelope-From"]

    late = bounce(to, action="delayed")
    forged = bounce(to.replace("bounce+a", "bounce+b", 1))
    earlier = bounce(mail.bounce_address(delivery_id=row.pk, tries=row.tries + 1))
    gone = bounce(mail.bounce_address(delivery_id=row.pk + 9999, tries=0))
    unmoved = stands(case)["email"]
    filed = bounce(to)
    client = Client()
    client.force_login(lea)

    assert got["From"] == settings.DEFAULT_FROM_EMAIL
    assert (late.state, forged.reason, gone.reason) == ("ignored", "reply_address", "reply_address")
    assert (earlier.state, unmoved) == ("filed", "sent")
    row.refresh_from_db()
    assert (filed.state, filed.case_id) == ("filed", case.pk)
    assert (row.state, row.error) == ("failed", "smtp; 550 5.1.1 no such user")
    assert case.ref in client.get("/outbox/").content.decode()
    assert Event.objects.filter(subject_id=case.pk, kind=events.NOTICE_FAILED).count() == 1


def test_who_may_not_settle_hand_offs_or_see_the_case_sends_nothing_again(server, lea, eve):
    worded(lea)
    case = decided(lea, eve=eve)
    row = NoticeDelivery.objects.get(case=case, way="email")
    editor, without_label = make_user(roles=[Role.POLICY_EDITOR]), make_user(roles=[Role.SPECIALIST])
    Case.objects.filter(pk=case.pk).update(compartments=["LEGAL_PRIVILEGED"])
    urls = (f"/outbox/notices/{row.public_id}/", f"/outbox/notices/{row.public_id}/discard/")

    answers = {}
    for name, person in (("editor", editor), ("vendor", eve), ("label", without_label)):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        answers |= {(name, url): client.post(url, {"reason": "Mine."}).status_code for url in urls}

    assert {answers["label", url] for url in urls} == {404}
    assert set(answers.values()) <= {403, 404}, answers
    row.refresh_from_db()
    assert (row.tries, row.state) == (0, "queued")


def test_whoever_wants_no_such_mail_gets_none_and_the_case_says_so(server, lea, eve):
    worded(lea)
    Preference.objects.create(
        organization_id=eve.organization_id, user=eve, event_class=EventClass.OUTCOME, channel=EMAIL, mode=Mode.OFF
    )
    case = decided(lea, eve=eve)

    send()

    assert stands(case) == {"page": "sent", "email": "not_needed"}
    assert server.got == []


def test_imported_history_and_restricted_cases_send_no_words_by_mail(server, lea, eve):
    worded(lea)
    old = decided(lea, eve=eve, at=db_now() - timedelta(days=3))
    cleared = make_user(roles=[Role.LEAD], compartments=["LEGAL_PRIVILEGED"])
    secret = decided(cleared, eve=eve)
    Case.objects.filter(pk=secret.pk).update(harm="child_safety")

    send()

    assert stands(old) == {"page": "sent"}
    assert server.got
    assert all(f"{secret.ref}: Violating" not in str(one) and f"{old.ref}: V" not in str(one) for one in server.got)


def test_a_program_that_fetches_the_outcome_has_got_it(lea):
    vendor = make_vendor("drift")
    worded(lea)
    caller = Caller(organization=vendor)
    eve = make_user(organization=vendor, roles=[Role.VENDOR_SUBMITTER])
    ref = caller.post("submissions/", submission_body()).json()["ref"]
    case = Case.objects.get(ref=ref)
    Case.objects.filter(pk=case.pk).update(status="in_review", assignee=lea, claimed_at=db_now())
    case.refresh_from_db()
    if not case.subjects.exists():
        add_subject(case)
    ruling = Ruling(verdict=Verdict.REMOVE, clause_id=make_version(ladder=LADDER).pk, elements=["target"])
    decision = decisions.decide_case(case_id=case.pk, by=lea, at=db_now() - timedelta(minutes=1), ruling=ruling)
    timers.fire_of_case(case.pk, until=decision.hold_until)
    before = stands(case)

    found = caller.get(f"submissions/{ref}/").json()

    assert found["decision"]["notice"]["body"].startswith(ref)
    assert before["page"] == "sent"
    assert stands(case)["page"] == "delivered"
    assert eve.organization_id == case.organization_id


# -- A value that is missing ---------------------------------------------------------------------------------------------
def test_a_merged_case_without_a_value_holds_the_cluster_up_and_never_gets_braces(lea):

    worded(lea, submitter="{{ their_reference }}: {{ decision }}.")
    at = db_now() - timedelta(minutes=2)
    vendor = make_vendor("ember")
    cases = [make_case(organization=vendor, external_ref=name, at=at) for name in ("A-1", "A-2", "A-3")]
    merged = clusters.merge_cases(case_ids=[one.pk for one in cases], target_id=None, by=lea, at=at)
    parent = claims.claim_case(case_id=merged.parent.pk, by=lea, at=at)
    members = [one for one in cases if one.pk != parent.pk]
    for child in members:
        decisions.view_sample(parent=parent, child=child, by=lea, at=at)
    Case.objects.filter(pk=members[0].pk).update(external_ref="")
    ruling = Ruling(verdict=Verdict.REMOVE, clause_id=make_version(ladder=LADDER).pk, elements=["target"])

    with pytest.raises(Invalid) as refused:
        decisions.decide_case(case_id=parent.pk, by=lea, at=at, ruling=ruling)
    Case.objects.filter(pk=members[0].pk).update(external_ref="B-1")
    decision = decisions.decide_case(case_id=parent.pk, by=lea, at=at, ruling=ruling)
    Case.objects.filter(pk=members[0].pk).update(external_ref="")  # lost while it was held
    timers.fire_of_case(parent.pk, until=decision.hold_until)

    assert [problem.code for problem in refused.value.errors] == ["missing_variable"]
    told = {row.case_id: row.body for row in decision.notices_made.all()}
    assert set(told) == {parent.pk, members[1].pk}
    assert not any("{{" in body for body in told.values())
    withheld = Event.objects.get(kind=events.NOTICE_WITHHELD)
    assert (withheld.subject_id, withheld.data["missing"]) == (members[0].pk, ["their_reference"])
    assert planned(decision) == ["Notice of a decision to the submitter"]
