"""The live server and the browser that other tests rely on."""

from __future__ import annotations

import socket
import urllib.request

import pytest
from django.db import transaction

from accounts.models import Organization


def test_the_live_server_answers_from_the_tests_database(live_url):
    with transaction.atomic():
        Organization.objects.create(kind="vendor", name="Canary", slug="canary")

    with urllib.request.urlopen(f"{live_url}/readyz", timeout=30) as answer:
        assert answer.status == 200


@pytest.mark.browser
@pytest.mark.parametrize("attempt", [1, 2])
def test_a_page_opens_in_the_browser(page, attempt):
    answer = page.goto("/livez")

    assert answer is not None
    assert answer.status == 200


def test_the_network_is_closed():
    with socket.socket() as caller, pytest.raises(ConnectionRefusedError, match="do not talk to the network"):
        caller.connect(("192.0.2.1", 80))
