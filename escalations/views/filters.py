"""The filter bar's own answers, and the page that explains the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from accounts.models import User
from core.filters.parser import MAX_CHARACTERS, MAX_DEPTH, MAX_TERMS
from core.filters.registry import Field, Shape
from core.filters.tree import Marker
from core.filters.values import Choice
from core.htmx import wants_part
from core.types import AtRequest
from escalations.filters.box import filter_box, recent_filters, with_code
from escalations.filters.compiling import compile_filter
from escalations.filters.completing import offers
from escalations.filters.context import CaseContext, context_for
from escalations.filters.fields import CASES


@login_required
@require_GET
def complete(request: HttpRequest) -> HttpResponse:
    """What may be typed at `cursor` of `q` (FIL-1): fields or values with counts, then recent and saved filters; without scripts the
    page about the language."""
    if not wants_part(request):
        return HttpResponseRedirect(reverse("escalations:filter-help"))
    text = request.GET.get("q", "")[: MAX_CHARACTERS + 1]
    cursor = _whole_number(request.GET.get("cursor"), otherwise=len(text))
    recent = recent_filters(request.session)
    found = offers(text, cursor, viewer=_viewer(request), at=cast("AtRequest", request).at, recent=recent)
    return render(request, "escalations/filters/_offers.html", {"offers": found})


@login_required
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """What `q` comes to: its times in words, or (422) what is wrong with it and where (FIL-2); without scripts the list, which says
    the same."""
    if not wants_part(request):
        return HttpResponseRedirect(f"{reverse('escalations:queue')}?{urlencode({'q': request.GET.get('q', '')})}")
    compiled = compile_filter(request.GET.get("q", ""), viewer=_viewer(request), at=cast("AtRequest", request).at)
    status = 200 if compiled.is_valid else 422
    return render(request, "escalations/filters/_filternotes.html", {"box": filter_box(compiled)}, status=status)


@dataclass(frozen=True)
class FieldHelp:
    """A row of the help page."""

    name: str
    aliases: tuple[str, ...]
    label: str | Promise
    takes: SafeString
    examples: tuple[str, ...]


@login_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """The language, printed from the table of fields this reader may use."""
    context = context_for(_viewer(request), at=cast("AtRequest", request).at)
    shapes: list[tuple[str, tuple[Shape, ...]]] = [
        ("sort", CASES.sorts),
        ("group", CASES.groups),
        ("cols", CASES.columns),
    ]
    limits = {"characters": MAX_CHARACTERS, "depth": MAX_DEPTH, "terms": MAX_TERMS}
    return render(
        request, "escalations/filters/help.html", {"groups": _groups(context), "shapes": shapes, "limits": limits}
    )


def _groups(context: CaseContext) -> list[tuple[str | Promise, list[FieldHelp]]]:
    groups = []
    for group, label in CASES.group_labels.items():
        usable = [field for field in CASES.fields if field.group == group and field.may_use(context)]
        rows = [
            FieldHelp(
                field.name,
                field.aliases,
                field.label,
                with_code(_takes(field)),
                field.examples,
            )
            for field in usable
        ]
        if rows:
            groups.append((label, rows))
    return groups


def _takes(field: Field[CaseContext]) -> str:
    """What may follow the colon; of a fixed set every word, where a message would list the first few."""
    words = [*field.kind.words] if isinstance(field.kind, Choice) else []
    special = [marker.value for marker in Marker if marker in field.markers]
    listed = ", ".join(f"`{word}`" for word in [*words, *special])
    return listed if words else "; ".join(part for part in (field.kind.expects, listed) if part)


def _viewer(request: HttpRequest) -> User:
    return cast("User", request.user)


def _whole_number(text: str | None, *, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else otherwise
