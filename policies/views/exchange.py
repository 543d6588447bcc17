"""The library as files: the whole of it down, files up again, tried first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from policies import permissions
from policies.operations.exchange import UPLOAD_BYTES, BadArchive, export_library, files_of_zip, import_library
from policies.views.reading import reader


@login_required
@require_http_methods(["GET", "POST"])
def exchange(request: HttpRequest) -> HttpResponse:
    """Both ways. An upload is tried (`do=try`) or brought in (`do=import`); a refused file keeps all of them out."""
    user, at = reader(request)
    permissions.check_can_read_drafts(user)
    context: dict[str, Any] = {"may_import": permissions.can_draft(user), "most_mb": UPLOAD_BYTES // 1_000_000}
    if request.method == "GET":
        return render(request, "policies/exchange/page.html", context)
    permissions.check_can_draft(user)
    upload = request.FILES.get("file")
    if upload is None or upload.size is None or upload.size > UPLOAD_BYTES:
        context["problem"] = _("Choose a zip of at most %(n)d MB.") % {"n": UPLOAD_BYTES // 1_000_000}
        return render(request, "policies/exchange/page.html", context, status=422)
    try:
        files = files_of_zip(upload.read())
    except BadArchive as error:
        context["problem"] = error.detail
        return render(request, "policies/exchange/page.html", context, status=422)
    report = import_library(files=files, by=user, at=at, is_dry=request.POST.get("do") != "import")
    context["report"] = report
    if not report.is_dry and not report.refused:
        messages.success(request, _("Imported. The drafts wait to be reviewed."))
    return render(request, "policies/exchange/page.html", context, status=422 if report.refused else 200)


@login_required
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """The whole library as a zip of Markdown files."""
    user, at = reader(request)
    response = HttpResponse(export_library(by=user, at=at), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="policies-{at:%Y-%m-%d}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
