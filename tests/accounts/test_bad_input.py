"""The bad-input list of the design, part B (sign-in, session, tokens of people), one row each; keys are in the API's list."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.operations import people
from tests.factories.people import NOON, PASSWORD, make_user, make_vendor

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def with_password(**options) -> User:
    return make_user(password=PASSWORD, **options)


def signed_in(user: User) -> Client:
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert client.get("/settings/").status_code == 200
    return client


def is_out(client: Client) -> bool:
    return client.get("/settings/").status_code == 302


def words(answer) -> list[str]:
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


# -- B21, B22 ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "password",
    [
        pytest.param("", id="B21 empty"),
        pytest.param("   ", id="B21 blank"),
        pytest.param("a\x00b", id="B21 NUL"),
        pytest.param("x" * 1_000_000, id="B21 1 MB"),
        pytest.param("wrong", id="B22 wrong"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_password_that_is_none_signs_nobody_in(client, password, known):
    user = with_password(email="ana@example.test")

    answer = client.post(LOGIN, {"login": user.email if known else "nobody@example.test", "password": password})

    assert answer.status_code in (400, 401, 413)
    assert is_out(client)


@pytest.mark.parametrize("password", ["", "   ", "a\x00b"])
def test_an_empty_password_reaches_no_backend(client, password):
    user = with_password()

    with mock.patch("django.contrib.auth.authenticate") as asked, mock.patch.object(User, "check_password") as checked:
        client.post(LOGIN, {"login": user.email, "password": password})

    assert not asked.called
    assert not checked.called


@pytest.mark.parametrize("password", ["wrong", "ünïcödé 🔑"])
def test_an_unknown_person_gets_the_words_of_a_wrong_password_and_costs_a_hash(client, password):
    user = with_password()

    known = client.post(LOGIN, {"login": user.email, "password": password})
    with mock.patch("accounts.models.User.set_password", autospec=True) as hashed:
        unknown = client.post(LOGIN, {"login": "nobody@example.test", "password": password})

    assert words(known) == words(unknown) != []
    assert known.status_code == unknown.status_code == 401
    assert hashed.called  # Django's way to spend the same time where there is nobody


# -- B23, B24 ----------------------------------------------------------------------------------------------------------
def with_totp(user: User) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def half_way(user: User) -> Client:
    client = Client()
    answer = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    return client


def test_b23_the_sixth_wrong_code_waits(settings):
    user = with_password()
    secret = with_totp(user)
    wrong = "000000" if code_of(secret) != "000000" else "111111"
    for _turn in range(5):
        client = half_way(user)
        assert client.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 401

    answer = half_way(user).post("/accounts/2fa/authenticate/", {"code": code_of(secret)})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_b24_a_code_is_good_once():
    user = with_password()
    code = code_of(with_totp(user))
    first = half_way(user)
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302

    second = half_way(user)
    answer = second.post("/accounts/2fa/authenticate/", {"code": code})

    assert answer.status_code == 401
    assert not is_out(first)
    assert is_out(second)


# -- B25 ---------------------------------------------------------------------------------------------------------------
def log_out(user: User, client: Client) -> None:
    client.post("/accounts/logout/")


def disable(user: User, client: Client) -> None:
    people.deactivate_person(user=user, by=None, at=NOON)


def change_password(user: User, client: Client) -> None:
    user.set_password("another one of twelve")
    user.save()


@pytest.mark.parametrize("how", [log_out, disable, change_password])
def test_b25_a_session_that_ended_leads_to_the_sign_in_page_and_never_into_a_panel(how):
    user = with_password()
    client = signed_in(user)
    kept = client.cookies["session"].value
    how(user, client)
    client.cookies["session"] = kept

    page = client.get("/me/")
    part = client.get("/me/", headers={"HX-Request": "true"})

    assert (page.status_code, page["Location"]) == (302, "/accounts/login/?next=/me/")
    # The browser follows, sees where it came to, and asks to sign in beside the page (static/js/status.js): drafts stay.
    assert (part.status_code, part["Location"], part.content) == (302, "/accounts/login/?next=/me/", b"")


# -- B27, B28 ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("origin", [None, "https://evil.example"])
def test_b27_a_form_without_its_token_or_from_elsewhere_is_told_to_reload(origin):
    client = Client(enforce_csrf_checks=True)
    headers = {"Origin": origin} if origin else {}

    answer = client.post(LOGIN, {"login": "a@example.test", "password": "x"}, headers=headers)

    assert answer.status_code == 403
    assert "reload" in answer.content.decode().lower()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "\tjavascript:x"]
)
def test_b28_sign_in_leads_nowhere_else(client, target):
    user = with_password()

    answer = client.post(f"{LOGIN}?next={target}", {"login": user.email, "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert re.fullmatch(r"/[^/\\]*.*", answer["Location"])
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


# -- B29, B30 ----------------------------------------------------------------------------------------------------------
def reset_address(user: User) -> str:
    Client().post("/accounts/password/reset/", {"email": user.email})
    return re.search(r"(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body)).group(1)


def test_b29_a_reset_link_works_once():
    user = with_password()
    address = reset_address(user)
    client = Client()
    form = client.get(address, follow=True)
    wanted = {"password1": "a fresh one of many words", "password2": "a fresh one of many words"}
    assert client.post(form.request["PATH_INFO"], wanted).status_code == 302
    user.refresh_from_db()
    assert check_password(wanted["password1"], user.password)

    again = Client().get(address, follow=True)

    assert again.status_code == 400
    assert "password1" not in again.content.decode()


def test_b29_a_reset_link_of_somebody_else_or_made_up_is_none():
    ana, ben = with_password(), with_password()
    address = reset_address(ana)
    key = address.rstrip("/").rsplit("/", 1)[-1]
    theirs = key.split("-", 1)[1]

    swapped = Client().get(f"/accounts/password/reset/key/{ben.pk}-{theirs}/", follow=True)

    assert swapped.status_code in (400, 404)
    assert "password1" not in swapped.content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_asking_for_a_reset_answers_the_same_and_stops_after_three(client, known):
    user = with_password(email="ana@example.test")
    email = user.email if known else "nobody@example.test"

    answers = [client.post("/accounts/password/reset/", {"email": email}).status_code for _turn in range(5)]

    assert answers == [302, 302, 302, 429, 429]
    assert len([message for message in mail.outbox if "/password/reset/key/" in str(message.body)]) <= 3


def test_b30_an_address_of_another_organization_is_not_taken_over(client):
    vendor = make_vendor()
    make_user(email="eve@example.test", roles=["VS"], organization=vendor)
    client.force_login(make_user(roles=["VL"], organization=make_vendor()))
    assert client.get("/portal/people/").status_code == 200

    answer = client.post(
        "/portal/people/new/",
        {
            "email": "EVE@example.test",
            "display_name": "Eve",
            "time_zone": "UTC",
            "organization": vendor.pk,
            "role": "VS",
        },
    )

    assert answer.status_code in (400, 403, 422)
    assert User.objects.get(email__iexact="eve@example.test").organization == vendor
