"""The case file as a PDF: asked for on a page that says what is in it, made on the spot, recorded before a byte leaves."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from audit.access import record_access
from core.types import AtRequest
from escalations.selectors.case import find_case
from reporting import documents
from reporting.documents.case_file import case_file_document
from reporting.operations.exports import base64_of
from reporting.selectors import case_files
from reporting.views.briefs import CouldNotPrint


class CaseFileForm(forms.Form):
    """Whether shielded pictures are in it, and why."""

    with_pictures = forms.BooleanField(label=gettext_lazy("With pictures, shielded"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Needed for pictures. It is printed in the file and kept in the log."),
    )

    def clean(self) -> dict[str, Any]:
        """Pictures need a reason."""
        given: dict[str, Any] = super().clean() or {}
        given["reason"] = " ".join(given.get("reason", "").split())
        if given.get("with_pictures") and len(given["reason"]) < 5:
            self.add_error("reason", _("Say why the pictures are needed, in a few words."))
        return given


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def case_file(request: HttpRequest) -> HttpResponse:
    """What the file of a case (`case`) holds (GET); the PDF (POST), for who sees the case and takes rows out.

    Raises `NotPermitted`, `CouldNotPrint`; a hidden case is a 404.
    """
    viewer, at = cast("User", request.user), cast("AtRequest", request).at
    found = find_case(viewer, request.GET.get("case", "").replace("\x00", "")[:64])
    case_files.check_can_take(viewer, found)
    there = case_files.drawable(found, viewer=viewer)
    form = CaseFileForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        context = {"case": found, "form": form, "pictures": len(there)}
        return render(request, "reporting/case_files/new.html", context, status=422 if form.is_bound else 200)
    pictures = there if form.cleaned_data["with_pictures"] else []
    why = form.cleaned_data["reason"]
    with timezone.override(viewer.time_zone):
        file = case_files.case_file_of(found, viewer=viewer, at=at, pictures=pictures, why=why if pictures else "")
        try:
            made = documents.render(case_file_document(file), paper=documents.paper_of(viewer.time_zone))
        except documents.NotPrinted as error:
            raise CouldNotPrint(
                _("The PDF could not be made. Try again; if it stays so, tell an administrator.")
            ) from error
    sha256 = hashlib.sha256(made.content).hexdigest()
    about = {"name": file.name, "sha256": sha256, "pictures": [one.number for one in pictures]}
    for subject in (found, *pictures):
        record_access(
            "export.case_file",
            subject=subject,
            by=viewer,
            at=at,
            organization_id=found.organization_id,
            reason=why,
            data=about,
        )
    response = HttpResponse(made.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name.replace("@", "-")}.pdf"'
    response.headers["Repr-Digest"] = f"sha-256=:{base64_of(sha256)}:"
    return response
