from __future__ import annotations

from datetime import UTC

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.access import arrive
from accounts.models import User
from accounts.roles import Role
from audit.recording import record
from tests.factories.people import NOON, PASSWORD, make_user, make_vendor

pytestmark = pytest.mark.django_db


def signed_in(client, **options) -> User:
    user = make_user(**options)
    client.force_login(user)
    return user


def test_sign_in_by_email_and_password(client):
    make_user(email="ana@example.test", password=PASSWORD)

    answer = client.post("/accounts/login/", {"login": "ANA@example.test", "password": PASSWORD})

    assert answer.status_code == 302
    assert client.get("/settings/").status_code == 200


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(client):
    make_user(email="ana@example.test", password=PASSWORD)

    known = client.post("/accounts/login/", {"login": "ana@example.test", "password": "wrong"})
    unknown = client.post("/accounts/login/", {"login": "bob@example.test", "password": "wrong"})

    def words(answer):
        return [str(error) for error in answer.context["form"].non_field_errors()]

    assert words(known) == words(unknown) != []


@pytest.mark.django_db(transaction=True)
def test_the_sixth_wrong_password_locks_the_account_and_says_so(client):
    make_user(email="ana@example.test", password=PASSWORD)
    for _turn in range(5):
        client.post("/accounts/login/", {"login": "ana@example.test", "password": "wrong"})

    answer = client.post("/accounts/login/", {"login": "ana@example.test", "password": PASSWORD})

    assert answer.status_code in (200, 403, 429)
    assert client.get("/settings/").status_code == 302


def test_nobody_signs_up(client):
    assert b"password1" not in client.get("/accounts/signup/").content


@pytest.mark.parametrize("section", ["profile", "display", "keys", "work", "security"])
def test_every_section_of_the_settings_opens(client, section):
    signed_in(client)

    assert client.get(f"/settings/{section}/").status_code == 200


def test_the_frame_says_the_time_in_utc_also_before_a_script_runs(client):
    far = signed_in(client)
    User.objects.filter(pk=far.pk).update(time_zone="Asia/Singapore")

    page = client.get("/settings/")

    utc = page.context["page"].at.astimezone(UTC)
    assert f'<span data-part="utc">{utc:%H:%M}Z</span>' in page.text


def test_settings_are_saved_and_a_bad_zone_is_refused_with_what_was_typed(client):
    user = signed_in(client)
    good = {"display_name": "Ana B", "time_zone": "Europe/Dublin", "hour12": "0", "week_starts_on": "1", "locale": "en"}

    assert client.post("/settings/profile/", good).status_code == 302
    bad = client.post("/settings/profile/", good | {"time_zone": "Mars/Olympus", "display_name": "Kept"})

    user.refresh_from_db()
    assert (user.display_name, user.time_zone) == ("Ana B", "Europe/Dublin")
    assert bad.status_code == 422
    assert b"Kept" in bad.content


def test_a_key_that_clashes_is_refused_by_its_field(client):
    signed_in(client)

    answer = client.post("/settings/keys/", {"single_keys": "on", "key:anywhere.palette": "Mod+t"})

    assert answer.status_code == 422


def test_an_administrator_sees_people_and_a_specialist_is_told_the_rule(client):
    signed_in(client, roles=[Role.ADMIN])
    assert client.get("/admin/people/").status_code == 200

    signed_in(client, roles=[Role.SPECIALIST])
    refused = client.get("/admin/people/")

    assert refused.status_code == 403
    assert b"people.edit" in refused.content


def test_a_person_of_another_organization_is_missing_for_a_vendor_lead(client):
    stranger = make_user(roles=[], organization=make_vendor())
    signed_in(client, roles=[Role.VENDOR_LEAD], organization=make_vendor())

    other = client.get(f"/admin/people/{stranger.pk}/")
    gone = client.get("/admin/people/999999999/")

    assert other.status_code == gone.status_code == 404


def test_a_vendor_lead_reads_what_their_own_people_did_and_nothing_of_the_team(client):
    vendor = make_vendor()
    eve = signed_in(client, roles=[Role.VENDOR_LEAD], organization=vendor)
    staff = make_user()
    record("user.changed", subject=eve, by=eve, at=NOON)
    record("user.changed", subject=eve, by=staff, at=NOON, data={"reason": "a word of the team"})
    record("user.changed", subject=eve, by=None, at=NOON)

    led = client.get("/admin/log/")
    rows = client.get("/portal/people/log/").context["rows"]

    assert led["Location"] == "/portal/people/log/"
    assert [row.actor_id for row in rows] == [eve.pk]


def test_an_auditor_filters_the_log_and_pages_by_cursor(client):
    auditor = signed_in(client, roles=[Role.AUDITOR])
    for _turn in range(120):
        record("user.changed", subject=auditor, by=auditor, at=NOON)

    first = client.get("/admin/log/", {"kind": "user."})
    second = client.get("/admin/log/", {"kind": "user.", "cursor": first.context["next"]})

    assert len(first.context["rows"]) == 100
    assert len(second.context["rows"]) == 20
    assert client.get("/admin/log/", {"cursor": "made up"}).status_code == 400
    assert client.get("/admin/log/", {"since": "yesterday-ish"}).status_code == 422


def test_who_reads_all_of_the_log_sees_how_far_it_is_sealed(client):
    user = signed_in(client, roles=[Role.AUDITOR])
    record("user.changed", subject=user, by=user, at=NOON)
    late = client.get("/admin/log/")
    assert late.context["seal"].waiting_since is not None
    assert b"No head is signed" in late.content

    signed_in(client, roles=[Role.ADMIN])
    assert client.get("/admin/log/").context["seal"] is None


def test_a_second_factor_is_forced_on_the_roles_of_the_setting(client, settings):
    settings.SECOND_FACTOR_ROLES = ["AD"]
    signed_in(client, roles=[Role.ADMIN])

    answer = client.get("/admin/people/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")


def test_a_page_reads_session_person_organization_and_rights_in_two_queries(client):
    signed_in(client)
    client.get("/settings/keys/")

    with CaptureQueriesContext(connection) as captured:
        client.get("/settings/keys/")

    reads = [query["sql"] for query in captured.captured_queries if "accounts_" in query["sql"]]
    assert len([text for text in reads if "accounts_organization" in text or "accounts_user" in text]) == 1
    assert "app.org" in reads[0]


@pytest.mark.parametrize("lost", ["password", "account", "backend"])
def test_a_session_that_is_no_longer_good_names_no_tenant(client, lost):
    user = signed_in(client)
    session = client.session
    if lost == "password":
        user.set_password("another one of twelve")
        user.save()
    elif lost == "account":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        session[BACKEND_SESSION_KEY] = "no.such.Backend"

    with transaction.atomic():
        with connection.cursor() as cursor:  # the tenant of the test itself
            cursor.execute("SELECT set_config('app.org', '', true), set_config('app.actor_kind', '', true)")
        assert arrive(session) is None
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.org', true), current_setting('app.actor_kind', true)")
            bound = cursor.fetchone()

    assert not any(bound)
    if lost == "backend":
        session.save()
    assert client.get("/settings/keys/").status_code == 302


def test_an_act_that_does_not_exist_on_a_person_is_not_called_saved(client):
    signed_in(client, roles=[Role.ADMIN])
    person = make_user()

    assert client.post(f"/admin/people/{person.pk}/roles/", {"role": "LD"}).status_code == 404
