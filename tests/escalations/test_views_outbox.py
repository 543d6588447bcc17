"""The outbox and the case's strip: what stands there for whom, and what is done there with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from escalations.lifecycle import CaseStatus
from escalations.models import Case, EnforcementAction
from escalations.operations import handing_over
from escalations.selectors import enforcement as selectors
from tests.factories.cases import make_queue
from tests.factories.enforcement import LADDER, decide, make_action, make_entity, make_subject_case
from tests.factories.people import NOON, make_team, make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.django_db
OUTBOX = "/outbox/"
HTMX = {"HX-Request": "true"}


def refused(action, why="The account is gone."):
    handing_over.answer(action_id=action.pk, accepted=False, foreign_id="", reason=why, by=None, at=NOON)
    return action


@pytest.fixture
def lead(client):
    person = make_user(roles=[Role.LEAD])
    client.force_login(person)
    return person


def test_an_empty_outbox_says_what_will_come_here(client, lead):
    answer = client.get(OUTBOX)

    assert answer.status_code == 200
    assert "Nothing needs a person." in answer.content.decode()


def test_what_was_refused_stands_there_with_its_reason_and_what_may_be_done(client, lead):
    action = refused(make_action())

    page = client.get(OUTBOX).content.decode()

    assert "The account is gone." in page
    assert action.case.ref in page
    assert action.entity.key not in page  # a subject's identity is opened on the case, not listed here
    for act in ("retry", "done", "withdraw"):
        assert reverse("escalations:outbox-act", args=[action.public_id, act]) in page


def test_what_is_queued_for_long_is_stuck_and_what_is_fresh_is_on_its_way(client, lead):
    old, fresh = make_action(), make_action()
    EnforcementAction.objects.filter(pk=fresh.pk)
    at = NOON + timedelta(minutes=5)

    assert list(selectors.outbox(lead, show="needs", at=at)) == []
    assert set(selectors.outbox(lead, show="way", at=at)) == {old, fresh}
    assert set(selectors.outbox(lead, show="needs", at=NOON + timedelta(minutes=16))) == {old, fresh}


@pytest.mark.parametrize(
    "query", ["?show=way", "?show=over", "?show=done", "?type=content_remove", "?platform=orbit", "?ref=ESC-1"]
)
def test_each_tab_and_filter_opens_as_a_page_and_as_a_part(client, lead, query):
    refused(make_action())

    page, part = client.get(OUTBOX + query), client.get(OUTBOX + query, headers=HTMX)

    assert (page.status_code, part.status_code) == (200, 200)
    assert part.content.decode().lstrip().startswith('<section id="outbox"')


@pytest.mark.parametrize("query", ["?show=odd", "?type=odd", "?ref=" + "x" * 30])
def test_odd_filters_are_refused_in_words(client, lead, query):
    assert client.get(OUTBOX + query).status_code == 422


def test_a_broken_cursor_is_a_400(client, lead):
    assert client.get(OUTBOX + "?cursor=x").status_code == 400


def test_sending_again_from_the_outbox(client, lead):
    action = refused(make_action())
    url = reverse("escalations:outbox-act", args=[action.public_id, "retry"])

    shown, empty = client.get(url, headers=HTMX), client.post(url, {"reason": " "})
    sent = client.post(url, {"reason": "It is back."})

    action.refresh_from_db()
    assert (shown.status_code, empty.status_code, sent.status_code) == (200, 422, 302)
    assert (action.state, action.resolved_why) == ("queued", "It is back.")


def test_an_act_that_comes_too_late_says_so(client, lead):
    action = refused(make_action())
    handing_over.answer(action_id=action.pk, accepted=True, foreign_id="p", reason="", by=None, at=NOON)

    answer = client.post(reverse("escalations:outbox-act", args=[action.public_id, "retry"]), {"reason": "Go."})

    assert answer.status_code == 409
    assert "nothing to try again" in answer.content.decode()


def test_saying_that_it_is_done_closes_the_case_and_goes_back_to_it(client, lead):
    action = refused(make_action())
    url = reverse("escalations:outbox-act", args=[action.public_id, "done"]) + "?from=case"

    answer = client.post(url, {"reason": "Seen.", "foreign_id": "mod-9"})

    assert answer.url == f"/c/{action.case.ref}/"
    assert Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED


def test_the_cases_page_shows_what_it_waits_for(client, lead):
    action = refused(make_action())

    page = client.get(f"/c/{action.case.ref}/").content.decode()
    part = client.get(f"/c/{action.case.ref}/hand-offs/", headers=HTMX).content.decode()

    for shown in (page, part):
        assert "1 not confirmed" in shown
        assert "The account is gone." in shown
        assert f"/c/{action.case.ref}/close-over/" in shown


def test_a_lead_closes_over_from_the_page(client, lead):
    action = refused(make_action())
    url = f"/c/{action.case.ref}/close-over/"

    form, answer = client.get(url), client.post(url, {"reason": "The account is gone."})

    assert (form.status_code, answer.status_code) == (200, 302)
    assert Case.objects.get(pk=action.case_id).status == CaseStatus.CLOSED
    assert action.case.ref in client.get(OUTBOX + "?show=over").content.decode()
    assert client.post(url, {"reason": "Again."}).status_code in (403, 409)


def test_limiting_a_case_until_it_is_decided(client, lead):
    case, _person, _account, _post = make_subject_case(person=lead)
    url = f"/c/{case.ref}/mitigate/"

    form = client.get(url, headers=HTMX)
    odd = client.post(url, {"type": "account_disable", "hours": "24", "reason": "Why."})
    where = client.post(url, {"type": "content_demote", "hours": "24", "reason": "Why.", "markets": "Germany"})
    answer = client.post(url, {"type": "content_demote", "hours": "24", "reason": "It spreads.", "markets": "de, at"})

    action = EnforcementAction.objects.get(case=case)
    assert (form.status_code, odd.status_code, where.status_code, answer.status_code) == (200, 422, 422, 302)
    assert (action.source, action.markets) == ("mitigation", ["AT", "DE"])


def test_the_rails_number_counts_what_needs_somebody(client, lead):
    refused(make_action())

    assert ">1<" in client.get("/outbox/badge/").content.decode()


# -- Who sees what -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.QUALITY, Role.ADMIN, Role.READER, Role.PARTNER])
def test_who_has_no_outbox(client, role):
    action = refused(make_action())
    client.force_login(make_user(roles=[role]))

    assert client.get(OUTBOX).status_code == 403
    assert client.get(reverse("escalations:outbox-act", args=[action.public_id, "retry"])).status_code == 403


@pytest.mark.parametrize("role", [Role.VENDOR_LEAD, Role.VENDOR_SUBMITTER])
def test_a_vendor_has_none_and_learns_nothing(client, role):
    vendor = make_vendor()
    action = refused(make_action(organization=vendor))
    client.force_login(make_user(organization=vendor, roles=[role]))

    for url in (
        OUTBOX,
        f"/c/{action.case.ref}/hand-offs/",
        reverse("escalations:outbox-act", args=[action.public_id, "retry"]),
    ):
        answer = client.get(url)
        assert answer.status_code in (302, 403, 404)
        assert "The account is gone." not in answer.content.decode()


def test_a_specialist_sees_their_own_queues_alone(client):
    team = make_team()
    mine = refused(make_action(queue=make_queue(team=team)), "Mine.")
    theirs = refused(make_action(queue=make_queue(team=make_team())), "Theirs.")
    client.force_login(make_user(teams=[team]))

    page = client.get(OUTBOX).content.decode()

    assert "Mine." in page
    assert "Theirs." not in page
    assert client.get(reverse("escalations:outbox-act", args=[mine.public_id, "retry"])).status_code == 200
    assert client.get(reverse("escalations:outbox-act", args=[theirs.public_id, "retry"])).status_code == 404


def test_a_restricted_case_is_not_there_for_whoever_lacks_its_label(client, lead):
    action = refused(make_action())
    Case.objects.filter(pk=action.case_id).update(compartments=["LAW_ENFORCEMENT"])

    assert action.case.ref not in client.get(OUTBOX).content.decode()
    assert client.get(f"/c/{action.case.ref}/hand-offs/").status_code == 404


# -- Before submit -----------------------------------------------------------------------------------------------------
def test_the_outlook_says_from_where_to_where_what_follows_and_what_is_next():
    case, person, account, _post = make_subject_case()
    clause = make_version(ladder=LADDER, strike_weight=2)
    decide(case, person, actions=("content_remove", "strike"), clause=clause)
    other, _person, _account, _post = make_subject_case()

    found = selectors.strike_outlook(account, clause, "organic", NOON + timedelta(days=1))
    fresh = selectors.outlooks_of(other, clause, NOON)[0]

    assert (found.now, found.then, found.reached, found.next_at) == (2, 4, 3, 5)
    assert [action.label for action in found.follows] == ["Block a feature, 7 days"]
    assert found.line == "Strikes 2 → 4: Block a feature, 7 days; next at 5: Suspend account, 30 days"
    assert (fresh.now, fresh.then) == (0, 2)


def test_strikes_stop_counting_after_their_window_and_other_surfaces_do_not_count():
    case, person, account, _post = make_subject_case()
    clause = make_version(ladder=LADDER)
    decide(case, person, actions=("content_remove", "strike"), clause=clause)

    assert selectors.strike_outlook(account, clause, "organic", NOON + timedelta(days=364)).now == 1
    assert selectors.strike_outlook(account, clause, "organic", NOON + timedelta(days=366)).now == 0
    assert selectors.strike_outlook(account, clause, "ads", NOON + timedelta(days=1)).now == 0


def test_a_clause_without_strikes_says_so():
    clause = make_version(ladder=LADDER, strike_weight=0)

    assert selectors.strike_outlook(make_entity(), clause, "organic", NOON).line == "This clause gives no strikes."


def test_the_dry_run_counts_by_action_and_says_whom_notices_reach():
    case, _person, _account, _post = make_subject_case(language="es")

    found = selectors.dry_run(case, ["content_remove", "feature_block:7"], NOON)

    assert found.text == "Remove content: 1 post, Block a feature, 7 days: 1 account, notify 1 account in es"
    assert selectors.dry_run(case, [], NOON).text == "Nothing goes to the platform."
