"""The log for auditors: what happened, and who looked at what."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.forms import LogForm
from accounts.models import ServiceKey, User
from accounts.permissions import check_can
from accounts.roles import Action, Reach
from audit import sealing
from audit.models import AccessRecord, ActorKind, Event
from core.clock import db_now
from core.htmx import render_part
from core.pagination import keyset

PAGE_SIZE = 100
M = TypeVar("M", bound=Model)
# What administrators see: their own field, not the cases (permissions.md, "Audit log").
ADMIN_KINDS = (
    "user.",
    "role.",
    "clearance.",
    "organization.",
    "team.",
    "service_key.",
    "queue.",
    "routing.",
    "sla_plan.",
    "calendar.",
)


def events_visible_to(viewer: User) -> QuerySet[Event]:
    """Events by the matrix: auditors all (content redacted on the screen), leads their cases, administrators their field,
    vendors' leads what their own people and keys did, others their own acts; of labelled cases, only with the labels.

    Row level security says the last for a request; an export is written by the engine, which reads all rows.
    """
    found = Event.objects.filter(compartments__contained_by=sorted(viewer.access.compartments))
    roles = viewer.access.roles
    if viewer.reach(Action.AUDIT_READ) is Reach.ALL:
        return found
    if not viewer.is_internal:
        return _by_their_own(found, viewer)
    if "AD" in roles:
        return _of_kinds(found)
    if viewer.access.sees_every_queue:
        return found.filter(subject_type__startswith="escalations.")
    return found.filter(actor_kind="person", actor_id=viewer.pk)


def _by_their_own(found: QuerySet[Event], viewer: User) -> QuerySet[Event]:
    """What the viewer's own people and keys did: the team's acts on their cases name staff, notes and reasons."""
    people = User.objects.filter(organization_id=viewer.organization_id).values("pk")
    keys = ServiceKey.objects.filter(organization_id=viewer.organization_id).values("pk")
    own = Q(actor_kind=ActorKind.PERSON, actor_id__in=people) | Q(actor_kind=ActorKind.KEY, actor_id__in=keys)
    return found.filter(own, organization_id=viewer.organization_id)


def _of_kinds(found: QuerySet[Event]) -> QuerySet[Event]:
    condition = Q()
    for prefix in ADMIN_KINDS:
        condition |= Q(kind__startswith=prefix)
    return found.filter(condition)


def access_visible_to(viewer: User) -> QuerySet[AccessRecord]:
    """Access records: for auditors, everybody's; for others, their own."""
    records = AccessRecord.objects.all()
    if viewer.reach(Action.AUDIT_READ) is Reach.ALL:
        return records
    return records.filter(actor_kind="person", actor_id=viewer.pk)


def narrowed(rows: QuerySet[M], form: LogForm, *, kind_field: str) -> QuerySet[M]:
    """The rows that pass a valid form."""
    values = form.cleaned_data
    if values["kind"]:
        rows = rows.filter(**{f"{kind_field}__startswith": values["kind"]})
    if values["subject"]:
        rows = rows.filter(subject_ref__iexact=values["subject"])
    if values["actor"]:
        rows = rows.filter(actor_label__icontains=values["actor"])
    if values["since"]:
        rows = rows.filter(at__gte=values["since"])
    if values["until"]:
        rows = rows.filter(at__lt=values["until"])
    return rows


@login_required
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Events, newest first; filters by kind, subject, actor and time."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.AUDIT_READ)
    return _page(request, events_visible_to(viewer), "log", kind_field="kind", seal=_seal_of("event", viewer))


@login_required
@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """Access records, newest first: for auditors, everybody's; for others, their own."""
    viewer = cast(User, request.user)
    check_can(viewer, Action.AUDIT_READ)
    return _page(request, access_visible_to(viewer), "access", kind_field="what", seal=_seal_of("access", viewer))


def _seal_of(log: str, viewer: User) -> sealing.Lag | None:
    """How far the log is sealed, for those who read all of it."""
    if viewer.reach(Action.AUDIT_READ) is not Reach.ALL:
        return None
    return next(lag for lag in sealing.lags() if lag.log == log)


def _page(
    request: HttpRequest, rows: QuerySet[Any], which: str, *, kind_field: str, seal: sealing.Lag | None
) -> HttpResponse:
    form = LogForm(request.GET or None)
    status = 200
    if form.is_bound and not form.is_valid():
        status, rows = 422, rows.none()
    elif form.is_bound:
        rows = narrowed(rows, form, kind_field=kind_field)
    query = request.GET.copy()
    cursor = query.pop("cursor", [""])[0]
    page = keyset(
        rows,
        ["at", "id"],
        cursor=str(cursor),
        limit=PAGE_SIZE,
        owner=f"{which}:{request.user.pk}:{query.urlencode()}",
        descending=True,
    )
    context = {
        "form": form,
        "rows": page.rows,
        "next": page.next,
        "previous": page.previous,
        "query": query.urlencode(),
        "which": which,
        "seal": seal,
        "seal_is_late": seal is not None and seal.is_alarming(db_now()),
    }
    return render_part(request, "accounts/log/list.html", "accounts/log/_rows.html", context, status=status)
