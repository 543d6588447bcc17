"""Alerts of saved views (QUE-12): set by a person, checked by the engine with that person's own rights.

An alert that fires records `view.alerted`, which the inbox tells its person; it fires again only after the view was below its
mark in between, or for cases that entered since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core import engine
from core.errors import FieldProblem, Invalid, NotFound
from escalations import events
from escalations.filters.compiling import compile_filter
from escalations.models import SavedView, ViewAlert
from escalations.operations.saved_views import may_see

PER_PERSON = 20
MOST = 10_000  # cases, or minutes of age (a week)
ENTERS_AT_MOST = 500  # a view that larger is no news when one more enters
EVERY_S = 60
BATCH = 100
Kind = ViewAlert.Kind


@transaction.atomic
def set_alert(*, view: SavedView, kind: ViewAlert.Kind, threshold: int, by: User, at: datetime) -> ViewAlert:
    """Be told when a case enters the view, when it holds more than `threshold` cases, or its oldest is older than so many minutes.

    `at` is aware UTC. What the view holds now is no news. The same kind again replaces its threshold. Raises `NotFound`,
    `NotPermitted`, `Invalid` (threshold, too many alerts, a view too large for `enters`, or one whose filter has a fault).
    """
    check_can(by, Action.VIEW_SAVE)
    if not may_see(view, by):
        raise NotFound(_("There is no such view."))
    if kind is Kind.ENTERS:
        threshold = 0
    elif not 1 <= threshold <= MOST:
        detail = _("Choose a number from 1 to %(most)d.") % {"most": MOST}
        raise Invalid(errors=[FieldProblem("/threshold", "out_of_range", detail)])
    alert = ViewAlert.objects.filter(view=view, user=by, kind=kind).first()
    if alert is None:
        if ViewAlert.objects.filter(user=by).count() >= PER_PERSON:
            raise Invalid(_("You have twenty alerts: remove one you no longer need."), code="too_many")
        alert = ViewAlert(view=view, user=by, kind=kind, created_at=at)
    alert.threshold, alert.is_over, alert.fired_at, alert.seen_at = threshold, False, None, None
    if kind is Kind.ENTERS:
        ids = _ids(view, by, at)
        if len(ids) > ENTERS_AT_MOST:
            detail = _("This view holds more than %(most)d cases: narrow it, or be told of a number instead.")
            raise Invalid(
                errors=[FieldProblem("/kind", "too_large", detail % {"most": ENTERS_AT_MOST})], code="too_large"
            )
        alert.known_ids = ids
    alert.checked_at = None if kind is not Kind.ENTERS else at
    alert.save()
    return alert


@transaction.atomic
def remove_alert(*, alert_id: int, by: User) -> None:
    """No longer be told. Raises `NotFound` for another person's."""
    if not ViewAlert.objects.filter(pk=alert_id, user=by).delete()[0]:
        raise NotFound(_("There is no such alert."))


def mark_seen(*, by: User, at: datetime) -> int:
    """The person has read what fired; answers how many. `at` is aware UTC."""
    return ViewAlert.objects.filter(user=by, fired_at__isnull=False).update(seen_at=at)


def check_due(at: datetime) -> int:
    """Check the alerts that have waited longest, at most a hundred; answers how many fired. The engine's job, every minute.

    Each is locked while it is checked, so that two engines never tell the same thing twice. `at` is aware UTC.
    """
    stale = ViewAlert.objects.filter(user__is_active=True).exclude(checked_at__gt=at - timedelta(seconds=EVERY_S / 2))
    # Uses index: view_alert_by_check
    due = stale.order_by(F("checked_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:BATCH]
    return sum(_check(alert_id, at) for alert_id in list(due))


@transaction.atomic
def _check(alert_id: int, at: datetime) -> bool:
    engine.progress()  # a hundred filters one after the other
    alerts = ViewAlert.objects.select_for_update(of=("self",), skip_locked=True)
    alert = alerts.select_related("view", "user__organization").filter(pk=alert_id).first()
    if alert is None:
        return False
    alert.checked_at = at
    count = _look(alert, at) if may_see(alert.view, alert.user) else 0
    if count:
        alert.count, alert.fired_at, alert.seen_at = count, at, None
        data = {
            "user_id": alert.user_id,
            "alert": alert.pk,
            "kind": alert.kind,
            "count": len(_ids(alert.view, alert.user, at)) if alert.kind == Kind.OLDEST_OVER else count,
            "threshold": alert.threshold,
            "name": alert.view.name,
        }
        organization_id = alert.user.organization_id
        record(events.VIEW_ALERTED, subject=alert.view, by=None, at=at, organization_id=organization_id, data=data)
    alert.save(update_fields=["checked_at", "count", "fired_at", "seen_at", "is_over", "known_ids"])
    return bool(count)


def _look(alert: ViewAlert, at: datetime) -> int:
    """What there is to tell: how many cases entered, or the number that passed the mark just now; 0 for no news."""
    compiled = compile_filter(alert.view.filter_text, viewer=alert.user, at=at)
    if not compiled.is_valid:  # a word of the filter went away: the queue says so when the view is opened
        return 0
    if alert.kind == Kind.ENTERS:
        ids = _ids(alert.view, alert.user, at)
        entered = set(ids) - set(alert.known_ids)
        alert.known_ids = ids[: ENTERS_AT_MOST + 1]
        return 0 if len(ids) > ENTERS_AT_MOST else len(entered)
    if alert.kind == Kind.COUNT_OVER:
        number = compiled.cases().order_by()[: MOST + 1].count()
        is_over = number > alert.threshold
    else:
        oldest = compiled.cases().order_by("received_at", "pk").values_list("received_at", flat=True).first()
        number = int((at - oldest).total_seconds() // 60) if oldest is not None else 0
        is_over = number > alert.threshold
    is_news, alert.is_over = is_over and not alert.is_over, is_over
    return number if is_news else 0


def _ids(view: SavedView, viewer: User, at: datetime) -> list[int]:
    found = compile_filter(view.filter_text, viewer=viewer, at=at).raise_for_errors().cases()
    return list(found.order_by("pk").values_list("pk", flat=True)[: ENTERS_AT_MOST + 1])
