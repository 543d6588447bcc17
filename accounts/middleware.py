"""The tenant of a request, its second factor, its time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone, translation

from accounts.access import arrive, bind_user
from accounts.models import User
from core.clock import db_now

GetResponse = Callable[[HttpRequest], HttpResponse]
IDLE = timedelta(minutes=30)
_SEEN = "seen_at"
_OPEN = ("/static/", "/livez", "/readyz")


def tenant(get_response: GetResponse) -> GetResponse:
    """Open the request's one transaction, name its tenant to the database, and keep it only if the answer is below 500.

    Django turns exceptions into responses inside this middleware, so the status decides. An anonymous request names no
    tenant: whatever it reads of a tenant's table raises. A streaming answer gives its connections back first.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_OPEN):
            return get_response(request)
        with transaction.atomic():
            _arrive(request)
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if response.streaming:
            connections.close_all()
        return response

    return middleware


def _arrive(request: HttpRequest) -> None:
    is_page = not request.path.startswith("/api/")
    arrived = arrive(request.session) if is_page else None
    if arrived is not None:
        user, at = arrived
        request.user = user
    elif is_page and isinstance(request.user, User):
        user, at = request.user, bind_user(request.user)
    else:
        request.at = db_now()  # type: ignore[attr-defined]
        return
    request.at = at  # type: ignore[attr-defined]
    last = request.session.get(_SEEN)
    now_s = int(at.timestamp())
    if not user.organization.is_active or (last is not None and now_s - last > IDLE.total_seconds()):
        logout(request)
    elif last is None or now_s - last > 60:  # not a write per request
        request.session[_SEEN] = now_s
        UserSession.objects.create_from_request(request)  # where and when this session was last seen, for its owner


def second_factor(get_response: GetResponse) -> GetResponse:
    """Send people whose role needs a second factor to set one up before anything else."""
    from allauth.mfa.utils import is_mfa_enabled

    allowed = ("/accounts/", "/static/", "/livez", "/readyz")

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            settings.SECOND_FACTOR_ROLES
            and user.is_authenticated
            and not request.path.startswith(allowed)
            and user.access.roles & set(settings.SECOND_FACTOR_ROLES)
            and not is_mfa_enabled(user)
        ):
            return HttpResponseRedirect(resolve_url("mfa_index"))
        return get_response(request)

    return middleware


def time_zone(get_response: GetResponse) -> GetResponse:
    """Show times in the person's own zone and words in their language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return get_response(request)
        with timezone.override(ZoneInfo(user.time_zone)), translation.override(user.locale):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            return get_response(request)

    return middleware


_ASKS_WHO = frozenset({"account_login", "sign-in", "mfa_authenticate", "account_reauthenticate", "mfa_reauthenticate"})
_SIGNING_IN = ("/accounts/", "/portal/sign-in/")
_LOCKED_S = 15 * 60  # the window of settings.ACCOUNT_RATE_LIMITS["login_failed"]


def refused_sign_ins(get_response: GetResponse) -> GetResponse:
    """Give the sign-in library's refused forms the status they have (reliability.md, bad input B): it answers 200.

    401 where somebody was to prove who they are, 429 with the time to wait after too many wrong tries, 400 for a link that was
    used or is none, 422 for any other form.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        context = getattr(response, "context_data", None)
        if response.status_code != 200 or not context or not request.path.startswith(_SIGNING_IN):
            return response
        form = context.get("form")
        if context.get("token_fail"):
            response.status_code = 400
        elif request.method == "POST" and form is not None and form.errors:
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            match = request.resolver_match
            if "too_many_login_attempts" in codes:
                response.status_code = 429
                response.headers["Retry-After"] = str(_LOCKED_S)
            else:
                response.status_code = 401 if match is not None and match.url_name in _ASKS_WHO else 422
        return response

    return middleware
