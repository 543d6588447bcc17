"""The pages under /help/ that belong to no app."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import keys
from core.context_processors import Page
from core.htmx import wants_part


@login_required
def keys_page(request: HttpRequest) -> HttpResponse:
    """Every key in force for the reader, from the registry: a page, and the `?` overlay for htmx."""
    sections = list(keys.overview(Page(request).key_settings))
    template = "help/_keys_dialog.html" if wants_part(request) else "help/keys.html"
    response = render(request, template, {"sections": sections})
    response.headers["Vary"] = "HX-Request"
    return response
