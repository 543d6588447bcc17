from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization, ServiceKey, User
from accounts.operations import keys
from accounts.operations.organizations import create_organization, save_organization
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid
from tests.factories.people import internal_organization, make_key, make_user, make_vendor

pytestmark = pytest.mark.django_db
KEY = {"name": "CRM sync", "kind": "live", "scopes": ["submissions:write"], "expires_at": "", "allowed_networks": ""}


def signed_in(client, **options) -> User:
    user = make_user(**options)
    client.force_login(user)
    return user


READERS = {Role.ADMIN: 200, Role.AUDITOR: 200}
INTERNAL_ROLES = [
    Role.SPECIALIST,
    Role.SENIOR,
    Role.LEAD,
    Role.POLICY_EDITOR,
    Role.QUALITY,
    Role.LEGAL,
    Role.ADMIN,
    Role.AUDITOR,
    Role.READER,
]


@pytest.mark.parametrize("role", INTERNAL_ROLES)
def test_who_sees_organizations_and_who_makes_keys(client, role):
    vendor = make_vendor()
    signed_in(client, roles=[role])

    shown = client.get(f"/admin/vendors/{vendor.slug}/").status_code
    listed = client.get("/admin/vendors/").status_code
    made = client.post(f"/admin/vendors/{vendor.slug}/keys/new/", KEY).status_code
    added = client.post(
        "/admin/vendors/new/", {"kind": "vendor", "name": "Tern", "slug": "tern", "time_zone": "UTC"}
    ).status_code

    assert shown == listed == READERS.get(role, 403)
    assert made == (201 if role is Role.ADMIN else 403)
    assert added == (302 if role is Role.ADMIN else 403)
    assert ServiceKey.objects.exists() == (role is Role.ADMIN)


def test_a_vendor_lead_makes_keys_for_their_own_organization_and_finds_no_other(client):
    own, other = make_vendor(), make_vendor()
    key, _token = make_key(organization=other)
    signed_in(client, roles=[Role.VENDOR_LEAD], organization=own)

    assert client.get("/developers/keys/")["Location"] == "/portal/keys/"
    assert client.get(f"/admin/vendors/{own.slug}/")["Location"] == "/portal/keys/"
    assert client.get("/admin/vendors/")["Location"] == f"/admin/vendors/{own.slug}/"
    assert client.post(f"/admin/vendors/{own.slug}/keys/new/", KEY).status_code == 201
    for slug in (other.slug, internal_organization().slug, "no-such-place"):
        assert client.get(f"/admin/vendors/{slug}/").status_code == 404
        assert client.post(f"/admin/vendors/{slug}/keys/new/", KEY).status_code == 404
    # Another organization's key below one's own address is just as missing.
    assert client.post(f"/admin/vendors/{own.slug}/keys/{key.pk}/revoke/").status_code == 404
    assert client.post(f"/admin/vendors/{own.slug}/keys/999999999999999999999/revoke/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_vendor_lead_changes_no_organization_and_a_submitter_sees_no_keys(client):
    own = make_vendor()
    signed_in(client, roles=[Role.VENDOR_LEAD], organization=own)
    assert client.post(f"/admin/vendors/{own.slug}/change/", {"name": "X", "time_zone": "UTC"}).status_code == 403

    signed_in(client, roles=[Role.VENDOR_SUBMITTER], organization=own)
    assert client.get(f"/admin/vendors/{own.slug}/").status_code == 403
    assert client.get("/developers/keys/").status_code == 403


def test_the_developers_pages_lead_a_vendor_lead_to_their_keys_and_nobody_else(client):
    assert b"/developers/keys/" not in client.get("/developers/").content

    signed_in(client, roles=[Role.VENDOR_SUBMITTER], organization=make_vendor())
    assert b"/developers/keys/" not in client.get("/developers/").content

    signed_in(client, roles=[Role.VENDOR_LEAD], organization=make_vendor())
    assert b"/developers/keys/" in client.get("/developers/").content


def test_a_live_secret_is_shown_once_and_works(client):
    vendor = make_vendor()
    signed_in(client, roles=[Role.ADMIN])

    answer = client.post(f"/admin/vendors/{vendor.slug}/keys/new/", KEY | {"scopes": ["submissions:read"]})

    token = answer.context["made"].token
    assert token.encode() in answer.content
    assert "no-store" in answer["Cache-Control"]
    secret = token.split("_", 3)[3]  # which may hold a "_" itself
    assert secret.encode() not in client.get(f"/admin/vendors/{vendor.slug}/").content
    client.logout()
    called = client.get("/api/v1/submissions/", headers={"Authorization": f"Bearer {token}"})
    assert called.status_code == 200


def test_a_key_ends_on_the_day_asked_for_and_keeps_its_networks(client):
    vendor = make_vendor()
    signed_in(client, roles=[Role.ADMIN])
    last = timezone.localdate() + timedelta(days=20)

    client.post(
        f"/admin/vendors/{vendor.slug}/keys/new/",
        KEY | {"expires_at": last.isoformat(), "allowed_networks": "192.0.2.0/24\n2001:db8::/32"},
    )

    key = ServiceKey.objects.get()
    assert timezone.localtime(key.expires_at).date() == last
    assert key.allowed_networks == ["192.0.2.0/24", "2001:db8::/32"]
    assert not key.is_sandbox


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["cases:*"]}, "scopes"),
        ({"expires_at": "2020-01-01"}, "expires_at"),
        ({"expires_at": "2200-01-01"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"allowed_networks": "the office"}, "allowed_networks"),
        ({"kind": "golden"}, "kind"),
        ({"name": "with\x00null"}, "name"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused_by_its_field_with_what_was_typed(client, change, field):
    vendor = make_vendor()
    signed_in(client, roles=[Role.ADMIN])

    answer = client.post(f"/admin/vendors/{vendor.slug}/keys/new/", KEY | {"name": "Typed name"} | change)

    assert answer.status_code == 422
    assert field in answer.context["key_form"].errors
    if "name" not in change:
        assert b"Typed name" in answer.content
    assert not ServiceKey.objects.exists()


def test_rotating_keeps_the_old_key_for_the_time_chosen_and_revoking_ends_it(client):
    vendor = make_vendor()
    key, _token = make_key(organization=vendor)
    signed_in(client, roles=[Role.ADMIN])

    answer = client.post(f"/admin/vendors/{vendor.slug}/keys/{key.pk}/rotate/", {"overlap_hours": "24"})

    made = answer.context["made"].key
    key.refresh_from_db()
    assert answer.status_code == 201
    assert (made.replaces_id, made.scopes) == (key.pk, sorted(key.scopes))
    assert timedelta(hours=23) < key.expires_at - db_now() <= timedelta(hours=24)
    assert client.post(f"/admin/vendors/{vendor.slug}/keys/{key.pk}/revoke/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    again = client.post(f"/admin/vendors/{vendor.slug}/keys/{key.pk}/rotate/", {"overlap_hours": "24"})
    assert again.status_code == 422
    assert b"make a new one" in again.content


def test_an_administrator_adds_and_changes_an_organization(client):
    signed_in(client, roles=[Role.ADMIN])
    given = {"kind": "vendor", "name": "Tern Trust", "slug": "tern", "time_zone": "Europe/Berlin"}

    assert client.post("/admin/vendors/new/", given)["Location"] == "/admin/vendors/tern/"
    client.post("/admin/vendors/tern/change/", {"name": "Tern", "time_zone": "UTC"})

    made = Organization.objects.get(slug="tern")
    assert (made.name, made.time_zone, made.is_active) == ("Tern", "UTC", False)
    changed = Event.objects.get(kind="organization.changed")
    assert changed.data["fields"] == ["is_active", "name", "time_zone"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Tern!"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"name": " "}, "name"),
        ({"kind": "internal"}, "kind"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_an_organization_that_cannot_be_is_refused_by_its_field(client, change, field):
    make_vendor("taken")
    signed_in(client, roles=[Role.ADMIN])
    given = {"kind": "vendor", "name": "Tern", "slug": "tern", "time_zone": "UTC"}

    answer = client.post("/admin/vendors/new/", given | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Organization.objects.filter(slug="tern").exists()


def test_the_internal_organization_is_the_only_one_and_stays_active():
    internal = internal_organization()

    with pytest.raises(Invalid, match="one internal"):
        create_organization(kind=Organization.Kind.INTERNAL, name="Two", slug="two", by=None, at=db_now())
    with pytest.raises(Invalid, match="stays active"):
        save_organization(organization=internal, name="I", time_zone="UTC", is_active=False, by=None, at=db_now())


def test_a_sandbox_key_is_made_as_one_and_its_organization_finds_it_again(client):
    vendor = make_vendor()
    signed_in(client, roles=[Role.ADMIN])

    client.post(f"/admin/vendors/{vendor.slug}/keys/new/", KEY | {"kind": "sandbox"})

    assert ServiceKey.objects.get().is_sandbox
    assert keys.sandbox_token(vendor, at=db_now()).startswith("wf_test_")


def test_a_sandbox_keys_last_day_is_within_ten_years(client):
    vendor = make_vendor()
    signed_in(client, roles=[Role.ADMIN])

    for day in ("9999-12-31", "2124-01-01", "0001-01-01"):
        answer = client.post(f"/admin/vendors/{vendor.slug}/keys/new/", KEY | {"kind": "sandbox", "expires_at": day})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["expires_at"])
    assert not ServiceKey.objects.exists()
