"""Administration of queues (ADM-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import can, check_can
from accounts.roles import Action
from accounts.views.people import show_error
from core.errors import DomainError
from core.types import AtRequest
from escalations.filters.limits import Count
from escalations.forms.admin_queues import QueueForm
from escalations.models import Case, Queue
from escalations.operations.queues import save_queue

__all__ = ["edit", "new", "queue_list"]

COUNTED_TO = 500


@dataclass(frozen=True)
class Row:
    """A queue with how many open cases it holds, counted to 500."""

    queue: Queue
    open: Count


def asker(request: HttpRequest, action: Action) -> tuple[User, datetime]:
    """Who asks and when; raises `NotPermitted` unless their role allows `action`."""
    viewer = cast("User", request.user)
    check_can(viewer, action)
    return viewer, cast("AtRequest", request).at


@login_required
@require_GET
def queue_list(request: HttpRequest) -> HttpResponse:
    """Every queue in its place; the default one is warned of while it holds anything."""
    viewer, _at = asker(request, Action.ROUTING_READ)
    held = Case.objects.open().real().order_by().values_list("queue").annotate(number=models.Count("pk"))
    numbers = dict(held)
    rows = [
        Row(queue, Count(min(numbers.get(queue.pk, 0), COUNTED_TO), is_capped=numbers.get(queue.pk, 0) > COUNTED_TO))
        for queue in Queue.objects.select_related("team").order_by("-is_active", "position", "name", "id")
    ]
    context = {
        "rows": rows,
        "unrouted": next((row for row in rows if row.queue.is_default and row.open.number), None),
        "may_edit": can(viewer, Action.ROUTING_EDIT),
        "here": "queues",
    }
    return render(request, "escalations/admin/queues.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a queue."""
    asker(request, Action.ROUTING_EDIT)
    form = QueueForm(request.POST or None)
    return _saved(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a queue."""
    asker(request, Action.ROUTING_EDIT)
    queue = get_object_or_404(Queue, slug=slug)
    return _saved(request, QueueForm(request.POST or None, queue=queue), queue)


def _saved(request: HttpRequest, form: QueueForm, queue: Queue | None) -> HttpResponse:
    viewer, at = asker(request, Action.ROUTING_EDIT)
    if request.method == "POST" and form.is_valid():
        slug = queue.slug if queue else form.cleaned_data["slug"].strip()
        try:
            saved = save_queue(slug=slug, values=form.values(), is_new=queue is None, by=viewer, at=at)
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
            return redirect("escalations:admin-queues")
    status = 422 if form.errors else 200
    return render(
        request, "escalations/admin/queue.html", {"form": form, "queue": queue, "here": "queues"}, status=status
    )
