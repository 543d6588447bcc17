"""The pages about oneself that the sign-in library brings along."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from tests.factories.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ],
)
def test_the_librarys_pages_open_and_hold_nothing_the_content_policy_refuses(client, address):
    user = make_user()
    User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    answer = client.get(address, follow=True)
    if answer.request["PATH_INFO"] == "/accounts/reauthenticate/":
        answer = client.post(answer.request["PATH_INFO"], {"password": PASSWORD, "next": address}, follow=True)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == address
    assert ' style="' not in html
    assert ('src="data:' in html) == ("img-src 'self' data:" in answer.headers["Content-Security-Policy"])
