"""Service keys of the API: who is calling, whether the key may do this, and how often."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ServiceKey
from core.errors import NotPermitted, TooManyRequests
from core.tenancy import bind

KEY = re.compile(r"^wf_(live|test)_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$")
_FORM = "A key looks like wf_live_<12 characters>_<43 characters>: send `Authorization: Bearer <key>`."
_USED = timedelta(minutes=1)  # how often `last_used_at` is written


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
        key = ServiceKey.objects.select_related("organization").filter(prefix=prefix).first()
        digest = hashlib.sha256(secret.encode()).hexdigest()
        known = key.secret_sha256 if key is not None else "0" * 64
        at = request._request.at  # type: ignore[attr-defined]
        if (
            not hmac.compare_digest(digest, known)
            or key is None
            or key.is_sandbox != (kind == "test")
            or not key.is_usable(at=at)
            or not key.organization.is_active
        ):
            raise AuthenticationFailed("The key is not valid: it is unknown, revoked or expired.", code="key_invalid")
        check_network(key, request.META.get("REMOTE_ADDR", ""))
        bind(key.tenant_kind, organization_id=key.organization_id)
        _count(key, request)
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


# One statement that is also atomic: DRF's throttles are documented as no security measure (reliability.md).
_COUNT = """
INSERT INTO accounts_ratewindow AS w (subject, window_at, count) VALUES (%s, date_trunc('minute', %s::timestamptz), 1)
ON CONFLICT (subject, window_at) DO UPDATE SET count = w.count + 1 RETURNING count
"""


def _count(key: ServiceKey, request: Request) -> None:
    at = request._request.at  # type: ignore[attr-defined]
    limit = settings.API_REQUESTS_PER_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [f"key:{key.pk}", at])
        count: int = cursor.fetchone()[0]
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
