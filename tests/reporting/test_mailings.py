"""Briefs by e-mail: each reader one copy, by their own clock and rights, through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import RoleGrant, User
from accounts.roles import Role
from audit.models import Event
from core.breakers import Destinations
from core.clock import db_now
from core.errors import NotFound
from notifications.lifecycle import DeliveryState, Lane
from notifications.models import Delivery
from notifications.operations import delivering
from policies.models import Gap
from reporting import events
from reporting.blocks import Block
from reporting.lifecycle import BlockKind, MailingState, SkipReason
from reporting.models import BriefVersion, Mailing
from reporting.operations import briefs, mailings
from tests.factories.people import make_user
from tests.notifications.mail_server import Server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(delivering, "PLACES", Destinations(parallel=2))
    monkeypatch.setattr(delivering, "_known", set())
    running = Server()
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    yield running
    running.stop()


@pytest.fixture
def noor() -> User:
    return make_user(roles=[Role.READER], name="Noor Haddad")


@pytest.fixture
def ana() -> User:
    return make_user(roles=[Role.SENIOR], name="Ana Reyes")


def deliver() -> None:
    """Send what waits, as the engine does."""
    delivering.claim_of(Lane.NOTIFY)(100)


def sent(by: User, *extra: Block, classification: str = "internal") -> BriefVersion:
    at, lea = db_now(), make_user(roles=[Role.LEAD])
    brief = briefs.start_brief(
        kind="weekly",
        title="Week 47",
        surface="",
        classification=classification,
        language="en",
        by=by,
        at=at,
        blocks=[Block("aaaa0001", BlockKind.BLUF, text="We are back on target."), *extra],
    )
    briefs.submit(brief_id=brief.pk, revision=1, by=by, at=at)
    briefs.approve(brief_id=brief.pk, number=1, by=lea, at=at)
    return briefs.send(brief_id=brief.pk, by=by, at=at)


def subscribed(*people: User, is_forward_safe: bool = True) -> None:
    for person in people:
        briefs.subscribe(surface="", cadence="at_once", is_forward_safe=is_forward_safe, by=person, at=db_now())


def test_a_brief_arrives_once_with_its_pdf_and_names_no_guarded_object(server: Server, ana: User, noor: User) -> None:
    gap = Gap.objects.create(question="May we?", source_ref="ESC-1", opened_by=ana, opened_at=db_now())
    subscribed(noor)
    subscribed(ana, is_forward_safe=False)
    sent(ana, briefs.gap_block(gap_id=gap.pk, by=ana, at=db_now()))

    assert mailings.run_due() == 2
    assert mailings.run_due() == 0
    deliver()
    deliver()

    got = {str(mail["To"]): mail for mail in server.got}
    assert len(server.got) == 2
    text = got[noor.email].get_body(("plain",)).get_content()
    assert "We are back on target." in text
    assert "May we?" in text
    assert gap.ref not in text
    assert gap.ref in got[ana.email].get_body(("plain",)).get_content()
    [file] = list(got[noor.email].iter_attachments())
    assert file.get_content_type() == "application/pdf"
    assert file.get_content().startswith(b"%PDF-")
    assert Event.objects.filter(kind=events.MAILING_MADE).count() == 2


def test_who_may_not_read_it_at_that_moment_gets_nothing(server: Server, ana: User) -> None:
    closed, lost, later, gone = (make_user(roles=[Role.READER], name=f"Reader {n}") for n in range(4))
    subscribed(closed, lost, later, gone)
    sent(ana)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    RoleGrant.objects.filter(user=lost).update(role=Role.SPECIALIST)

    mailings.run_due()
    RoleGrant.objects.filter(user=later).update(role=Role.SPECIALIST)  # between making and sending
    User.objects.filter(pk=gone.pk).update(is_active=False)
    deliver()

    assert server.got == []
    skipped = dict(Mailing.objects.filter(state=MailingState.SKIPPED).values_list("user_id", "skipped_for"))
    assert skipped == {closed.pk: SkipReason.CLOSED, lost.pk: SkipReason.NOT_ALLOWED}


def test_rights_that_changed_before_it_left_have_it_made_anew(server: Server, ana: User, noor: User) -> None:
    subscribed(noor)
    sent(ana)
    mailings.run_due()
    RoleGrant.objects.filter(user=noor).update(role=Role.LEAD)

    deliver()
    assert server.got == []
    assert mailings.run_due() == 1
    deliver()

    assert [str(mail["To"]) for mail in server.got] == [noor.email]


def test_what_may_not_travel_is_only_linked(server: Server, ana: User, noor: User) -> None:
    subscribed(noor)
    version = sent(ana, classification="strictly")

    mailings.run_due()
    deliver()

    [got] = server.got
    text = got.get_body(("plain",)).get_content()
    assert "back on target" not in f"{text} {got['Subject']}"
    assert version.get_absolute_url() in text
    assert list(got.iter_attachments()) == []


def test_a_withdrawn_or_overtaken_brief_is_not_sent(server: Server, ana: User, noor: User) -> None:
    subscribed(noor)
    version = sent(ana)
    mailings.run_due()
    briefs.withdraw(brief_id=version.brief_id, by=ana, at=db_now())
    sent(ana)
    BriefVersion.objects.filter(superseded_at=None).exclude(pk=version.pk).update(superseded_at=db_now())

    mailings.run_due()
    deliver()

    assert server.got == []
    assert Mailing.objects.filter(skipped_for=SkipReason.OVERTAKEN).count() == 1


def test_a_failure_is_tried_again_then_told_and_sent_again_by_hand(
    server: Server, ana: User, noor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(noor)
    sent(ana)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no paper")

    with monkeypatch.context() as patched:
        patched.setattr(mailings, "render", broken)
        for _turn in range(3):
            assert mailings.run_due() == 1
            Mailing.objects.update(next_at=db_now() - timedelta(seconds=1))
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.last_error) == (MailingState.FAILED, "RuntimeError: no paper")
    assert Event.objects.get(kind=events.MAILING_FAILED).data["user_id"] == ana.pk

    with pytest.raises(NotFound):
        mailings.retry(mailing_id=mailing.pk, by=noor, at=db_now())
    mailings.retry(mailing_id=mailing.pk, by=ana, at=db_now())
    mailings.run_due()
    deliver()
    assert len(server.got) == 1
    with pytest.raises(mailings.NothingFailed):
        mailings.retry(mailing_id=mailing.pk, by=ana, at=db_now())
    Delivery.objects.update(state=DeliveryState.DEAD)
    assert mailings.has_failed(Mailing.objects.get())


def test_files_are_forgotten_and_the_log_stays(ana: User, noor: User) -> None:
    subscribed(noor)
    sent(ana)
    mailings.run_due()

    mailings.forget_old(db_now() + timedelta(days=13))
    assert Mailing.objects.get().content is not None
    mailings.forget_old(db_now() + timedelta(days=15))
    assert Mailing.objects.get().content is None
