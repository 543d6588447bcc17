"""Health, and the answers of the frame itself."""

from __future__ import annotations

import shutil
import sys
import time

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import defaults

from core import live, markup
from core.errors import is_away, is_no_room, no_room
from core.middleware import refuse, unavailable
from core.tenancy import ActorKind, bind

_MIGRATIONS: dict[str, bool] = {}


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve: database within 500 ms, migrations applied, disk more than 5 % free.

    Redis away is `degraded`, still ready: nothing that matters needs it.
    """
    problems: list[str] = []
    started = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if time.monotonic() - started > 0.5:
            problems.append("database slow")
        if not _MIGRATIONS.get("applied"):  # once applied they stay so for this release
            executor = MigrationExecutor(connection)
            _MIGRATIONS["applied"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
            if not _MIGRATIONS["applied"]:
                problems.append("migrations not applied")
    except Error:
        problems.append("database away")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(settings.DATA_DIR)
    if disk.free < disk.total * 0.05:
        problems.append("disk almost full")
    answer = {"ready": not problems, "problems": problems, "degraded": [] if live.is_reachable() else ["redis away"]}
    return JsonResponse(answer, status=503 if problems else 200)


# The newest beat, the oldest due timer and the oldest page that nobody took, in seconds; NULL where there is none.
_ENGINE = """
SELECT
  (SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM audit_enginebeat WHERE lane <> 'auditor'),
  (SELECT extract(epoch FROM clock_timestamp() - min(due_at)) FROM escalations_slatimer
   WHERE state = 'armed' AND due_at < clock_timestamp()),
  (SELECT extract(epoch FROM clock_timestamp() - min(next_at)) FROM notifications_delivery
   WHERE lane = 'page' AND state IN ('pending', 'leased') AND next_at < clock_timestamp())
"""
_OLDEST_S = {"newest_beat_age_s": 10.0, "oldest_due_timer_s": 10.0, "oldest_page_unsent_s": 15.0}


def engine_health(request: HttpRequest) -> HttpResponse:
    """Whether engines work: newest beat and oldest due timer at most 10 s old, oldest page unsent at most 15 s (R24)."""
    try:
        with transaction.atomic():
            bind(ActorKind.INTERNAL, organization_id=0)  # ages only: no row of anybody leaves
            with connection.cursor() as cursor:
                cursor.execute(_ENGINE)
                row = cursor.fetchone()
    except Error:
        return JsonResponse({"alive": False, "problem": "database away"}, status=503)
    ages = {name: None if age is None else float(age) for name, age in zip(_OLDEST_S, row, strict=True)}
    late = [name for name, most in _OLDEST_S.items() if (age := ages[name]) is not None and age > most]
    alive = ages["newest_beat_age_s"] is not None and not late
    return JsonResponse({"alive": alive, "late": late, **ages}, status=200 if alive else 503)


@login_required
def leave(request: HttpRequest) -> HttpResponse:
    """Name an outside address before it is opened; only links our own pages made lead here (`core.markup`)."""
    url = markup.left_for(request.GET.get("to", ""))
    response = render(request, "leave.html", {"url": url, "shown": markup.defanged(url)}, status=200 if url else 404)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The last answer to an error nobody caught. Django asks for it inside the `except`, also for errors of a middleware, which
    no other middleware sees: a database that is away is a 503 there, too (fault test F12)."""
    error = sys.exc_info()[1]
    if is_away(error):
        return unavailable(request)
    if is_no_room(error):  # while a form's file was put aside, before any view
        return refuse(request, no_room())
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another origin, or from before a new sign-in: say what to do."""
    return render(request, "403_csrf.html", {}, status=403)
