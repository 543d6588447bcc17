"""Legal holds, the ask's wordings, and the audit tab: operations and pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audit.access import record_access
from audit.models import Event
from core.errors import Invalid, NotPermitted, StaleRevision
from escalations import events
from escalations.lifecycle import CaseStatus, InvalidReason, TransitionNotAllowed
from escalations.models import AskVersion, Case, CaseHold
from escalations.operations import asks, cases, holds
from escalations.operations.closing import UnderLegalHold
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def kinds_of(case):
    return list(Event.objects.filter(subject_id=case.pk).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def case():
    return make_case(ask="Please look at this account.")


@pytest.fixture
def legal():
    return make_user(roles=["LG"], name="Aiko Mori")


def held(case, legal):
    holds.set_legal_hold(case_id=case.pk, basis="Order 7", by=legal, at=NOON)
    case.refresh_from_db()
    return case


# -- Holding -----------------------------------------------------------------------------------------------------------
def test_the_legal_desk_sets_a_hold_once_with_its_basis(case, legal):
    for _ in range(2):
        holds.set_legal_hold(case_id=case.pk, basis=" Order  7 ", by=legal, at=NOON)

    case.refresh_from_db()
    assert case.is_legal_hold
    assert CaseHold.objects.get().basis == "Order 7"
    assert kinds_of(case) == [events.CASE_HELD]


@pytest.mark.parametrize("role", ["SP", "IC", "LD", "AU"])
def test_nobody_else_sets_one(case, role):
    with pytest.raises(NotPermitted):
        holds.set_legal_hold(case_id=case.pk, basis="Order 7", by=make_user(roles=[role]), at=NOON)


@pytest.mark.parametrize("basis", ["", "  ", "x" * 301])
def test_a_hold_needs_a_basis_of_one_line(case, legal, basis):
    with pytest.raises(Invalid):
        holds.set_legal_hold(case_id=case.pk, basis=basis, by=legal, at=NOON)


def test_a_lead_asks_for_one_and_nothing_else_changes(case):
    holds.ask_for_hold(case_id=case.pk, basis="Letter of the court", by=make_user(roles=["LD"]), at=NOON)

    case.refresh_from_db()
    assert not case.is_legal_hold
    assert kinds_of(case) == [events.CASE_HOLD_ASKED]
    with pytest.raises(NotPermitted):
        holds.ask_for_hold(case_id=case.pk, basis="Letter", by=make_user(), at=NOON)


def test_a_release_takes_two_people_of_the_desk(case, legal):
    held(case, legal)

    with pytest.raises(Invalid, match="propose it first"):
        holds.release_hold(case_id=case.pk, by=make_user(roles=["LG"]), at=NOON)
    holds.ask_release(case_id=case.pk, reason="Settled", by=legal, at=NOON)
    with pytest.raises(NotPermitted, match="second person"):
        holds.release_hold(case_id=case.pk, by=legal, at=NOON)
    holds.release_hold(case_id=case.pk, by=make_user(roles=["LG"]), at=NOON)

    case.refresh_from_db()
    assert not case.is_legal_hold
    assert kinds_of(case) == [events.CASE_HELD, events.CASE_HOLD_RELEASE_ASKED, events.CASE_HELD]


def test_the_database_refuses_one_person_as_both(case, legal):
    held(case, legal)
    holds.ask_release(case_id=case.pk, reason="Settled", by=legal, at=NOON)

    with pytest.raises(IntegrityError, match="case_hold_released_by_a_second_person"), transaction.atomic():
        CaseHold.objects.update(released_by=legal, released_at=NOON)


def test_a_case_released_can_be_held_again(case, legal):
    held(case, legal)
    holds.ask_release(case_id=case.pk, reason="Settled", by=legal, at=NOON)
    holds.release_hold(case_id=case.pk, by=make_user(roles=["LG"]), at=NOON)

    holds.set_legal_hold(case_id=case.pk, basis="Order 8", by=legal, at=NOON)

    assert CaseHold.objects.count() == 2
    assert Case.objects.get(pk=case.pk).is_legal_hold


def test_a_held_case_is_neither_sent_back_nor_closed_as_duplicate(case, legal):
    lead, other = make_user(roles=["LD"]), make_case()
    held(case, legal)

    with pytest.raises(UnderLegalHold):
        cases.mark_invalid(case_id=case.pk, reason=InvalidReason.TEST, note="A test", by=lead, at=NOON)
    with pytest.raises(UnderLegalHold):
        cases.close_as_duplicate(case_id=case.pk, of_id=other.pk, by=lead, at=NOON)

    case.refresh_from_db()
    assert case.status == CaseStatus.NEW


# -- The page's control ------------------------------------------------------------------------------------------------
def sign_in(client, **options):
    user = make_user(**options)
    client.force_login(user)
    return user


def test_the_page_offers_the_step_that_is_the_viewers(client, case, legal):
    client.force_login(legal)
    assert 'id="act-hold"' in client.get(f"/c/{case.ref}/").content.decode()
    held(case, legal)
    html = client.get(f"/c/{case.ref}/").content.decode()
    assert "Set by Aiko Mori: Order 7." in html
    assert "Propose the release" in html

    sign_in(client)
    specialist = client.get(f"/c/{case.ref}/").content.decode()
    assert "Order 7" in specialist
    assert "Propose the release" not in specialist
    assert 'id="act-hold"' not in specialist


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_hold_is_set_from_its_dialog(client, case, headers):
    sign_in(client, roles=["LG"])

    shown = client.get(f"/c/{case.ref}/hold/", headers=headers).content.decode()
    refused = client.post(f"/c/{case.ref}/hold/", {"basis": ""}, headers=headers)
    answer = client.post(f"/c/{case.ref}/hold/", {"basis": "Order 7"}, headers=headers)

    assert "Set a legal hold" in shown
    assert refused.status_code == 422
    assert answer.status_code in (200, 302)
    assert CaseHold.objects.get().basis == "Order 7"


def test_proposing_and_releasing_from_the_page(client, case, legal):
    held(case, legal)
    client.force_login(legal)
    client.post(f"/c/{case.ref}/hold/", {"reason": "Settled"})
    again = client.get(f"/c/{case.ref}/hold/").content.decode()
    assert "Propose to release the hold" in again  # the proposer cannot confirm

    sign_in(client, roles=["LG"])
    assert "Release the legal hold" in client.get(f"/c/{case.ref}/hold/").content.decode()
    client.post(f"/c/{case.ref}/hold/")

    assert not Case.objects.get(pk=case.pk).is_legal_hold


def test_who_may_do_nothing_about_holds_is_told_so(client, case):
    sign_in(client)

    assert client.get(f"/c/{case.ref}/hold/").status_code == 403


# -- Wordings ----------------------------------------------------------------------------------------------------------
def test_an_edited_ask_keeps_the_submitters_words(case):
    ana = make_user()

    asks.edit_ask(case_id=case.pk, text="Check the account’s payments.", reason="Clearer", by=ana, at=NOON)
    asks.edit_ask(case_id=case.pk, text="Check its payments.", reason="Shorter", by=ana, at=NOON)

    case.refresh_from_db()
    texts = list(AskVersion.objects.order_by("number").values_list("number", "text"))
    assert case.ask == "Check its payments."
    assert texts[0] == (1, "Please look at this account.")
    assert [number for number, _ in texts] == [1, 2, 3]
    assert Event.objects.filter(kind=events.CASE_EDITED).order_by("id").last().data["changes"] == {"ask": [2, 3]}


def test_the_first_words_are_still_found(client, case):
    asks.edit_ask(case_id=case.pk, text="Check its payments.", reason="Shorter", by=make_user(), at=NOON)
    sign_in(client)

    assert case.ref in client.get("/q/", {"q": "account is:open"}).content.decode()


def test_the_same_words_change_nothing(case):
    asks.edit_ask(case_id=case.pk, text=f" {case.ask} ", reason="None", by=make_user(), at=NOON)

    assert not AskVersion.objects.exists()
    assert kinds_of(case) == []


@pytest.mark.parametrize(("text", "reason"), [("", "Why"), ("Words", ""), ("x" * 20_001, "Why"), ("Words", "x" * 301)])
def test_bad_words_are_refused(case, text, reason):
    with pytest.raises(Invalid):
        asks.edit_ask(case_id=case.pk, text=text, reason=reason, by=make_user(), at=NOON)


def test_who_saw_an_older_wording_is_told(case):
    ana = make_user()
    asks.edit_ask(case_id=case.pk, text="Second", reason="Why", by=ana, at=NOON, seen=1)

    with pytest.raises(StaleRevision):
        asks.edit_ask(case_id=case.pk, text="Third", reason="Why", by=ana, at=NOON, seen=1)


def test_a_submitter_and_a_closed_case_have_no_new_wording(case):
    vendor = make_user(roles=["VL"], organization=case.organization)
    with pytest.raises(NotPermitted):
        asks.edit_ask(case_id=case.pk, text="Mine", reason="Why", by=vendor, at=NOON)
    closed = make_case(status=CaseStatus.CLOSED)
    with pytest.raises(TransitionNotAllowed):
        asks.edit_ask(case_id=closed.pk, text="Late", reason="Why", by=make_user(), at=NOON)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_ask_is_worded_anew_from_the_page_and_its_history_shows(client, case, headers):
    sign_in(client)
    url = f"/c/{case.ref}/wording/edit/"

    assert case.ask in client.get(url, headers=headers).content.decode()
    saved = client.post(url, {"text": "Shorter.", "reason": "Too long", "seen": 1}, headers=headers)
    stale = client.post(url, {"text": "Mine.", "reason": "Too long", "seen": 1}, headers=headers)

    assert saved.status_code in (200, 302)
    assert stale.status_code == 409
    assert "Shorter." in stale.content.decode()
    page = client.get(f"/c/{case.ref}/").content.decode()
    assert "Shorter." in page
    assert "verbatim original" in page
    history = client.get(f"/c/{case.ref}/wording/", headers=headers).content.decode()
    assert "As it came in, verbatim" in history
    assert "Please look at this account." in history


# -- The audit tab -----------------------------------------------------------------------------------------------------
@pytest.fixture
def story(case):
    """A note of Ana's, and a look of Bo's at the submitter's contact."""
    ana, bo = make_user(name="Ana Ruiz"), make_user(name="Bo Lind")
    cases.tag_case(case_id=case.pk, add=["wave"], by=ana, at=NOON)
    record_access(
        "pii.contact",
        subject=case,
        by=bo,
        at=NOON + timedelta(minutes=1),
        organization_id=case.organization_id,
        reason="Calling back",
    )
    return ana, bo


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("role", "sees"), [("LD", True), ("IC", True), ("LG", True)])
def test_leads_and_the_legal_desk_see_who_did_and_who_looked(client, case, story, role, sees):
    sign_in(client, roles=[role])

    html = client.get(f"/c/{case.ref}/audit/").content.decode()

    assert "case.tagged" in html
    assert "pii.contact" in html
    assert "Calling back" in html
    assert html.index("pii.contact") < html.index("case.tagged")  # newest first


@pytest.mark.django_db(transaction=True)
def test_a_specialist_sees_their_own_acts_and_looks_alone(client, case, story):
    client.force_login(story[0])

    html = client.get(f"/c/{case.ref}/audit/").content.decode()

    assert "case.tagged" in html
    assert "pii.contact" not in html
    assert "Your own acts and looks" in html


@pytest.mark.django_db(transaction=True)
def test_an_auditor_reads_codes_and_people_but_no_content(client, story, case):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOON, resolution="no_violation")
    sign_in(client, roles=["AU"])

    html = client.get(f"/c/{case.ref}/audit/").content.decode()

    assert "pii.contact" in html
    assert "Calling back" not in html
    assert "wave" not in html


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("shown", "has", "lacks"), [("acts", "case.tagged", "pii.contact"), ("looks", "pii.contact", "case.tagged")]
)
def test_acts_and_looks_alone(client, case, story, shown, has, lacks):
    sign_in(client, roles=["LD"])

    html = client.get(f"/c/{case.ref}/audit/", {"show": shown}).content.decode()

    assert has in html
    assert lacks not in html


def test_a_long_story_goes_on_and_loses_nothing(client, case):
    lead = sign_in(client, roles=["LD"])
    for number in range(130):
        cases.tag_case(
            case_id=case.pk,
            add=[f"t{number % 19}"],
            remove=[f"t{(number - 1) % 19}"],
            by=lead,
            at=NOON + timedelta(seconds=number // 2),
        )

    first = client.get(f"/c/{case.ref}/audit/")
    older = first.context["trail"].older
    second = client.get(f"/c/{case.ref}/audit/", {"before": older.isoformat()})

    assert (
        len(first.context["trail"].lines) + len(second.context["trail"].lines)
        == Event.objects.filter(subject_id=case.pk).count()
    )
    assert second.context["trail"].older is None


@pytest.mark.parametrize("before", ["", "yesterday", "2026-13-40", "2026-11-16T12:00:00"])
def test_a_bad_place_in_the_story_begins_at_the_newest(client, case, before):
    sign_in(client, roles=["LD"])

    assert client.get(f"/c/{case.ref}/audit/", {"before": before}).status_code == 200


def test_quality_sees_no_audit_tab(client, case):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOON, resolution="no_violation")
    sign_in(client, roles=[Role.QUALITY])

    assert client.get(f"/c/{case.ref}/audit/").status_code == 403
    assert 'id="go-audit"' not in client.get(f"/c/{case.ref}/").content.decode()
