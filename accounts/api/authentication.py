"""Service keys of the API: who is calling, whether the key may do this, and how often."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Organization, ServiceKey
from core.errors import NotPermitted, TooManyRequests

KEY = re.compile(r"^wf_(live|test)_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$")
_FORM = "A key looks like wf_live_<12 characters>_<43 characters>: send `Authorization: Bearer <key>`."
_USED = timedelta(minutes=1)  # how often `last_used_at` is written
SHARDS = 32  # rows a key's requests of one minute are counted in, by database session


class ServiceKeyAuthentication(BaseAuthentication):
    """Reads `Authorization: Bearer wf_…`, binds the transaction to the key's organization, counts the request.

    A 401 says what is wrong with the key's form, never whether it exists.
    """

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def authenticate(self, request: Request) -> tuple[ServiceKey, None]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            raise AuthenticationFailed(f"No key was sent. {_FORM}", code="key_missing")
        match = KEY.match(token.strip())
        if scheme.lower() != "bearer" or match is None:
            raise AuthenticationFailed(_FORM, code="key_malformed")
        kind, prefix, secret = match.groups()
        at = request._request.at  # type: ignore[attr-defined]
        key, used = _load(prefix, hashlib.sha256(secret.encode()).hexdigest(), is_sandbox=kind == "test", at=at)
        if key is None:
            raise AuthenticationFailed("The key is not valid: it is unknown, revoked or expired.", code="key_invalid")
        check_network(key, request.META.get("REMOTE_ADDR", ""))
        _check_rate(used, request)
        if key.last_used_at is None or at - key.last_used_at > _USED:
            ServiceKey.objects.filter(pk=key.pk).update(last_used_at=at)
        return key, None


def check_network(key: ServiceKey, address: str) -> None:
    """Raises `AuthenticationFailed` where the key is bound to networks and the caller is in none."""
    if not key.allowed_networks:
        return
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        raise AuthenticationFailed("This key may not be used from your address.", code="key_network") from None
    if not any(caller in ipaddress.ip_network(network, strict=False) for network in key.allowed_networks):
        raise AuthenticationFailed("This key may not be used from your address.", code="key_network")


# Every call pays this, so it is one round trip: find the key that is good, name the tenant, count the request. An unknown
# or ended key names no tenant and counts nothing. The count is atomic here: DRF's throttles are documented as no
# security measure (reliability.md). Each session adds to a row of its own, so that requests of one key do not wait for each
# other's commit; what stands in others' open transactions is not seen, so at most as many requests pass over the limit as
# are under way at once.
_LOAD = """
WITH good AS (
  SELECT k.id, k.organization_id, k.name, k.prefix, k.is_sandbox, k.scopes, k.allowed_networks, k.created_at, k.expires_at,
    k.last_used_at, o.kind, o.name AS organization_name, o.slug
  FROM accounts_servicekey k JOIN accounts_organization o ON o.id = k.organization_id
  WHERE k.prefix = %(prefix)s AND k.secret_sha256 = %(digest)s AND k.is_sandbox = %(sandbox)s AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > %(at)s) AND o.is_active
), counted AS (
  INSERT INTO accounts_ratewindow AS w (subject, window_at, shard, count)
  SELECT 'key:' || id, date_trunc('minute', %(at)s::timestamptz), pg_backend_pid() %% {shards}, 1 FROM good
  ON CONFLICT (subject, window_at, shard) DO UPDATE SET count = w.count + 1 RETURNING count
), elsewhere AS (
  SELECT coalesce(sum(w.count), 0) AS count FROM good JOIN accounts_ratewindow w ON w.subject = 'key:' || good.id
  WHERE w.window_at = date_trunc('minute', %(at)s::timestamptz) AND w.shard <> pg_backend_pid() %% {shards}
)
SELECT good.*, counted.count + elsewhere.count,
  set_config('app.actor_kind', CASE WHEN kind = 'internal' THEN 'internal' ELSE 'vendor' END, true),
  set_config('app.org', organization_id::text, true), set_config('app.compartments', '{}', true)
FROM good, counted, elsewhere
""".replace("{shards}", str(SHARDS))


def _load(prefix: str, digest: str, *, is_sandbox: bool, at: datetime) -> tuple[ServiceKey | None, int]:
    """The usable key with this prefix and hash of its secret, and how many requests it sent in this minute."""
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, {"prefix": prefix, "digest": digest, "sandbox": is_sandbox, "at": at})
        row = cursor.fetchone()
    if row is None:
        return None, 0
    organization = Organization(id=row[1], kind=row[10], name=row[11], slug=row[12], is_active=True)
    key = ServiceKey(
        id=row[0],
        organization=organization,
        name=row[2],
        prefix=row[3],
        is_sandbox=row[4],
        scopes=row[5],
        allowed_networks=row[6],
        created_at=row[7],
        expires_at=row[8],
        last_used_at=row[9],
    )
    for found in (key, organization):
        found._state.adding, found._state.db = False, "default"
    return key, int(row[13])


def _check_rate(count: int, request: Request) -> None:
    at = request._request.at  # type: ignore[attr-defined]
    limit = settings.API_REQUESTS_PER_MINUTE
    reset_s = 60 - at.second
    request._request.rate = (limit, max(0, limit - count), reset_s)  # type: ignore[attr-defined]
    if count > limit:
        raise TooManyRequests(
            f"This key may send {limit} requests a minute: try again in {reset_s} s.", retry_after_s=reset_s
        )


class HasScope(BasePermission):
    """The view names the scope it needs (`scope = "submissions:write"`, or `scopes = {"POST": …}`)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        needed = str(getattr(view, "scopes", {}).get(method) or getattr(view, "scope", ""))
        key: object = request.user
        if not needed or not isinstance(key, ServiceKey):
            return False
        family = needed.split(":")[0]
        if needed not in key.scopes and f"{family}:*" not in key.scopes:
            raise NotPermitted(
                f"The key lacks the scope {needed}: ask your lead for a key that has it.", code="scope_missing"
            )
        return True
