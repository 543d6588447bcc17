from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from accounts.models import ServiceKey
from accounts.operations import idempotency, keys
from accounts.roles import Role
from audit.models import Event
from core.errors import Invalid, NotPermitted
from tests.factories.people import NOON, internal_organization, make_user, make_vendor

pytestmark = pytest.mark.django_db


def make(**changes: Any) -> keys.NewKey:
    changes.setdefault("organization", make_vendor())
    return keys.create_key(
        **{"name": "Importer", "scopes": ["submissions:write"], "by": None, "at": NOON, **changes}  # type: ignore[arg-type]
    )


def test_a_live_secret_is_shown_once_and_kept_nowhere() -> None:
    made = make()

    row = ServiceKey.objects.values().get(pk=made.key.pk)
    secret = made.token.split("_", 3)[3]
    assert made.token.startswith(f"wf_live_{made.key.prefix}_")
    assert len(secret) == 43
    assert secret not in str(row)
    assert row["sandbox_secret"] == ""
    assert secret not in str(list(Event.objects.values()))


def test_a_vendors_live_key_ends_within_ninety_days() -> None:
    asked = make(expires_at=NOON + timedelta(days=1000)).key
    shorter = make(expires_at=NOON + timedelta(days=5)).key

    assert asked.expires_at == NOON + timedelta(days=90)
    assert shorter.expires_at == NOON + timedelta(days=5)


def test_a_sandbox_secret_is_kept_encrypted_and_shown_again_to_its_own_organization() -> None:
    vendor = make_vendor()
    made = make(organization=vendor, is_sandbox=True)

    secret = made.token.split("_", 3)[3]
    assert made.token.startswith("wf_test_")
    assert secret not in made.key.sandbox_secret
    assert keys.sandbox_token(vendor, at=NOON) == made.token
    assert keys.sandbox_token(make_vendor(), at=NOON) == ""


def test_an_encryption_key_can_be_rotated(settings: Any) -> None:
    vendor = make_vendor()
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    made = make(organization=vendor, is_sandbox=True)

    settings.FIELD_KEYS = [new, old]
    assert keys.sandbox_token(vendor, at=NOON) == made.token
    settings.FIELD_KEYS = [new]
    assert keys.sandbox_token(vendor, at=NOON) == ""


def test_the_sandbox_key_is_made_once() -> None:
    vendor = make_vendor()

    tokens = {keys.ensure_sandbox_key(organization=vendor, by=None, at=NOON) for _number in range(2)}

    assert len(tokens) == 1
    assert ServiceKey.objects.get().is_sandbox


def test_rotation_lets_both_keys_live_for_a_while() -> None:
    old = make(scopes=["submissions:read"], allowed_networks=["192.0.2.0/24"]).key

    made = keys.rotate_key(key=old, by=None, at=NOON)

    old.refresh_from_db()
    assert old.is_usable(at=NOON + timedelta(days=6))
    assert not old.is_usable(at=NOON + timedelta(days=8))
    assert (made.key.replaces, made.key.scopes, made.key.allowed_networks) == (old, old.scopes, old.allowed_networks)
    with pytest.raises(Invalid):
        keys.rotate_key(key=old, by=None, at=NOON + timedelta(days=8))


def test_a_revoked_key_is_over_at_once_and_its_secret_forgotten() -> None:
    made = make(is_sandbox=True)

    for _number in range(2):
        keys.revoke_key(key=made.key, by=None, at=NOON)

    made.key.refresh_from_db()
    assert not made.key.is_usable(at=NOON)
    assert made.key.sandbox_secret == ""
    assert Event.objects.filter(kind="service_key.revoked").count() == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["cases:*"]}, "/scopes"),
        ({"allowed_networks": ["everywhere"]}, "/allowed_networks"),
        ({"expires_at": NOON}, "/expires_at"),
    ],
)
def test_a_key_that_cannot_be_made(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(**changes)

    assert [problem.pointer for problem in refused.value.errors] == [pointer]
    assert not ServiceKey.objects.exists()


def test_internal_keys_may_have_scopes_over_cases() -> None:
    assert make(organization=internal_organization(), scopes=["cases:*"]).key.scopes == ["cases:*"]


@pytest.mark.parametrize(
    ("role", "own", "may"),
    [
        (Role.VENDOR_LEAD, True, True),
        (Role.VENDOR_LEAD, False, False),
        (Role.VENDOR_SUBMITTER, True, False),
        (Role.ADMIN, False, True),
        (Role.LEAD, False, False),
    ],
)
def test_who_makes_keys(role: Role, own: bool, may: bool) -> None:
    vendor = make_vendor()
    home = vendor if own else (make_vendor() if role is Role.VENDOR_LEAD else internal_organization())
    person = make_user(organization=home, roles=(role,))

    if may:
        make(organization=vendor, by=person)
        assert ServiceKey.objects.get().created_by == person
    else:
        with pytest.raises(NotPermitted):
            make(organization=vendor, by=person)
        assert not ServiceKey.objects.exists()


def test_an_answer_is_kept_for_its_time_and_then_forgotten() -> None:
    key = make().key
    idempotency.keep(by=key, route="r", key="k", body_sha256="s", status=201, answer=b"{}", at=NOON)

    kept = idempotency.forget_old(NOON + timedelta(days=8))
    replay = idempotency.begin(by=key, route="r", key="k", body_sha256="s")
    gone = idempotency.forget_old(NOON + timedelta(days=15))

    assert (kept, gone) == (0, 1)
    assert replay == idempotency.Replay(201, b"{}")
    assert idempotency.begin(by=key, route="r", key="k", body_sha256="other") is None
