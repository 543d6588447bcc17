from __future__ import annotations

import html
import json
import re
import shlex
from typing import Any

import pytest
from django.test import Client

from accounts.models import ServiceKey
from accounts.operations import keys
from accounts.roles import Role
from core.errors import DomainError
from escalations.api.documentation import CODES, VALUE_CODES
from escalations.models import Case
from tests.factories.people import NOON, make_user, make_vendor

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/developers/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def first_curl(text: str) -> str:
    return html.unescape(re.search(r'<pre tabindex="0" aria-label="Command line">(.*?)</pre>', text, re.S)[1])


def run(command: str) -> Any:
    """What curl would send, sent through Django."""
    words = shlex.split(command.replace("\\\n", " "))
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    address = next(word for word in words if word.startswith("http"))
    body = words[words.index("-d") + 1]
    path = "/" + address.split("/", 3)[3]
    return Client().post(path, body, content_type=headers.pop("Content-Type"), headers=headers)


def test_the_first_curl_holds_the_readers_own_sandbox_key_and_works_unchanged(client: Client) -> None:
    vendor = make_vendor()
    keys.ensure_sandbox_key(organization=make_vendor(), by=None, at=NOON)
    token = keys.ensure_sandbox_key(organization=vendor, by=None, at=NOON)
    client.force_login(make_user(organization=vendor, roles=(Role.VENDOR_SUBMITTER,)))

    command = first_curl(page(client))
    first, again = run(command), run(command)

    assert token in command
    assert first.status_code == 201, first.content
    assert Case.objects.get(ref=first.json()["ref"]).is_sandbox
    assert again.json() == first.json()
    assert Case.objects.count() == 1


def test_in_the_demo_anybody_gets_the_demo_vendors_sandbox_key(client: Client, settings: Any) -> None:
    settings.DEMO = True
    token = keys.ensure_sandbox_key(organization=make_vendor(), by=None, at=NOON)

    assert token in page(client)


def test_outside_the_demo_nobody_sees_anothers_key(client: Client) -> None:
    vendor = make_vendor()
    token = keys.ensure_sandbox_key(organization=vendor, by=None, at=NOON)
    stranger = make_user(organization=make_vendor(), roles=(Role.VENDOR_LEAD,))

    anonymous = page(client)
    client.force_login(stranger)
    other = page(client)
    client.force_login(make_user())
    internal = page(client)

    assert not any(token in text for text in (anonymous, other, internal))
    assert "data-copy" not in anonymous


def test_a_vendor_lead_makes_the_missing_sandbox_key_on_the_page(client: Client) -> None:
    vendor = make_vendor()
    client.force_login(make_user(organization=vendor, roles=(Role.VENDOR_LEAD,)))
    assert "/developers/sandbox-key/" in page(client)

    answer = client.post("/developers/sandbox-key/")

    assert answer.status_code == 302
    key = ServiceKey.objects.get(organization=vendor)
    assert key.is_sandbox
    assert key.prefix in page(client)


def test_a_vendor_submitter_may_not_make_keys(client: Client) -> None:
    vendor = make_vendor()
    client.force_login(make_user(organization=vendor, roles=(Role.VENDOR_SUBMITTER,)))

    assert "/developers/sandbox-key/" not in page(client)
    assert client.post("/developers/sandbox-key/").status_code == 403
    assert not ServiceKey.objects.exists()


def test_every_call_of_the_contract_has_a_command_line(client: Client) -> None:
    text = page(client, "/developers/reference/")

    for anchor in ("submit", "submit_batch", "read_submission", "events", "upload", "assign_case"):
        assert f'id="{anchor}"' in text


def test_every_code_an_error_may_carry_is_documented(client: Client) -> None:
    text = page(client, "/developers/errors/")

    assert all(f'id="{code}"' in text for code in CODES)
    assert all(f'id="value-{code}"' in text for code in VALUE_CODES)
    known = {kind.code for kind in _subclasses(DomainError) if kind.__module__.startswith(("core", "escalations.api"))}
    assert known <= CODES.keys()


def _subclasses(kind: type[DomainError]) -> set[type[DomainError]]:
    return {kind} | {found for child in kind.__subclasses__() for found in _subclasses(child)}


def test_the_contract_and_the_changelog_are_served(client: Client) -> None:
    contract = client.get("/developers/openapi.yaml")

    assert contract.headers["Content-Type"] == "application/yaml"
    assert contract.content.startswith(b"openapi: 3.1")
    assert "v1" in page(client, "/developers/changelog/")


def test_the_example_answer_is_json(client: Client) -> None:
    text = re.search(r'aria-label="Answer">(.*?)</pre>', page(client), re.S)[1]

    assert json.loads(html.unescape(text))["status"] == "new"
