"""Files over HTTP: counted while they stream, hashed, kept by their hash."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView
from core.errors import FieldProblem, Invalid
from core.shapes import Problems, unknown
from escalations.api import documentation as docs
from escalations.api.serializers import upload_out
from escalations.api.submissions import at_of, key_of
from escalations.operations.evidence_store import FileTooLarge
from escalations.operations.uploads import keep_upload

_AROUND = 64 * 1024  # bytes of a multipart body beside the file
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class LimitHandler(FileUploadHandler):
    """Stands before the handler that writes, and stops a file that grows past the limit."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > settings.UPLOAD_MAX_BYTES:
            raise too_large()
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        return None


def too_large() -> FileTooLarge:
    return FileTooLarge(_("A file may have %(most)d MB at most.") % {"most": settings.UPLOAD_MAX_BYTES >> 20})


class Uploads(ApiView):
    scopes = {"POST": "evidence:write"}
    parser_classes = [MultiPartParser]

    @docs.upload
    def post(self, request: Request) -> Response:
        plain = request._request
        declared = plain.META.get("CONTENT_LENGTH") or "0"
        if declared.isdigit() and int(declared) > settings.UPLOAD_MAX_BYTES + _AROUND:
            raise too_large()
        plain.upload_handlers.insert(0, LimitHandler(plain))
        try:
            data: Any = request.data
        except (FileTooLarge, OSError):  # too much of it, or no room: what was put aside goes at once
            for handler in plain.upload_handlers:
                handler.upload_interrupted()
            raise
        file, expected = _checked(data)
        upload = keep_upload(
            chunks=file.chunks(1 << 20),
            name=file.name or "",
            claimed_type=file.content_type or "",
            by=key_of(request),
            at=at_of(request),
            expected_sha256=expected,
        )
        return Response(upload_out(upload, max_bytes=settings.UPLOAD_MAX_BYTES), status=201)


def _checked(data: Any) -> tuple[UploadedFile[bytes], str]:
    problems: Problems = []
    known = ("file", "sha256")
    for name in data:
        if name not in known:
            problems.append(FieldProblem(f"/{name[:80]}", "unknown_field", unknown(name, known)))
        elif len(data.getlist(name)) > 1:
            problems.append(FieldProblem(f"/{name}", "repeated", "Send one file at a time."))
    file, expected = data.get("file"), data.get("sha256") or ""
    if not isinstance(file, UploadedFile):
        problems.append(FieldProblem("/file", "required", "Send the file in the part called file."))
    if not isinstance(expected, str) or (expected and not _SHA256.fullmatch(expected)):
        problems.append(FieldProblem("/sha256", "wrong_form", "Send 64 hex digits."))
    if problems:
        raise Invalid(errors=problems)
    return file, expected
