"""Where people are reached: chats of persons and teams. Set, tried, removed; what a team's chat hears; how each fares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import can
from accounts.roles import Action
from audit import doorbell
from audit.models import Event
from audit.recording import record
from core import outward
from core.clock import db_now
from core.errors import FieldProblem, Invalid, NotPermitted, TooManyRequests
from core.ids import new_id
from escalations.models import Case
from notifications import events, rules
from notifications.channels import Outcome, Verdict
from notifications.channels.webhook import fernet
from notifications.lifecycle import CHAT, EventClass, Lane
from notifications.models import ChatRoute, Delivery, Way

TESTS, TESTS_WITHIN = 5, timedelta(minutes=10)  # of one way
RANG = f"deliver_{Lane.NOTIFY.value}"


def teams_of(by: User) -> QuerySet[Team]:
    """Teams whose chat `by` may set: those they lead, or all for whoever configures."""
    found = Team.objects.filter(is_active=True, organization_id=by.organization_id)
    return found if can(by, Action.CONFIG_EDIT) else found.filter(memberships__user=by, memberships__is_lead=True)


@transaction.atomic
def set_chat(
    *, by: User, at: datetime, form: str, url: str = "", team: Team | None = None, classes: Iterable[str] = ()
) -> ChatRoute:
    """Set the chat of `by`, or of a team with what it hears; without `url` the address stays. `at` aware UTC.

    Records `chat.set`. Raises `NotPermitted`, `Invalid` (an address that may not be used, or none yet).
    """
    _check_reach(by, team)
    url = url.strip()
    whose = {"team": team} if team is not None else {"user": by}
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    route = ChatRoute.objects.filter(**whose).first() or ChatRoute(
        organization_id=by.organization_id, created_at=at, **whose
    )
    problems = []
    if url:
        try:
            outward.check_url(url)
        except outward.UrlNotAllowed as error:
            problems.append(FieldProblem("/url", "url_not_allowed", str(error)))
    elif not route.encrypted:
        problems.append(FieldProblem("/url", "required", _("Give the address.")))
    wanted = sorted(set(classes))
    if form not in ChatRoute.Form.values:
        problems.append(FieldProblem("/form", "unknown_value", _("Choose one of the listed forms.")))
    if any(one not in EventClass.values for one in wanted):
        problems.append(FieldProblem("/classes", "unknown_value", _("Choose from the list.")))
    if problems:
        raise Invalid(errors=problems)
    if url:
        route.encrypted, route.host = fernet().encrypt(url.encode()).decode(), urlsplit(url).hostname or ""
        route.failing_since, route.last_success_at, route.last_error = None, None, ""
    route.form, route.classes = form, wanted if team is not None else []
    route.save()
    record(events.CHAT_SET, subject=route, by=by, at=at, data={"host": route.host, "team_id": route.team_id})
    return route


@transaction.atomic
def remove_chat(*, by: User, at: datetime, team: Team | None = None) -> None:
    """Forget the address; what waits for it is not sent. `at` aware UTC. Records `chat.removed`. Raises `NotPermitted`."""
    route = _locked_chat(by, team)
    if route is not None:
        record(events.CHAT_REMOVED, subject=route, by=by, at=at, data={"host": route.host, "team_id": route.team_id})
        route.delete()


@transaction.atomic
def try_chat(*, by: User, at: datetime, team: Team | None = None) -> Delivery:
    """Send a message that says it is a test. `at` aware UTC. Raises `NotPermitted`, `Invalid` (no chat), `TooManyRequests`."""
    route = _locked_chat(by, team)
    if route is None:
        raise Invalid(_("Set the chat first."), code="no_chat")
    return make_test(CHAT, route.ref, {"route": route.pk}, route.organization_id, at)


def tests_of(ref: str) -> QuerySet[Delivery]:
    """Tests of one way, by its `ref`, newest first."""
    return Delivery.objects.filter(dedup_key__startswith=f"test:{ref}:").order_by("-created_at", "-pk")


def make_test(
    channel: str, ref: str, payload: dict[str, int], organization_id: int, at: datetime, *, user: User | None = None
) -> Delivery:
    """Make a test delivery of the way `ref`, in the caller's transaction with the way locked. Raises `TooManyRequests`."""
    if tests_of(ref).filter(created_at__gt=at - TESTS_WITHIN).count() >= TESTS:
        detail = _("That was tried often enough: wait ten minutes.")
        raise TooManyRequests(detail, retry_after_s=int(TESTS_WITHIN.total_seconds()))
    token = new_id().hex
    made = Delivery.objects.create(
        organization_id=organization_id,
        lane=Lane.NOTIFY,
        channel=channel,
        user=user,
        payload={**payload, "test": token},
        dedup_key=f"test:{ref}:{token}",
        created_at=at,
        next_at=at,
    )
    doorbell.ring_after_commit(RANG)
    return made


# -- hearing -----------------------------------------------------------------------------------------------------------
def hear(event: Event) -> None:
    """Tell the chat of the team whose queue holds the case: the outbox's listener `team_chats`. A repeat changes nothing.

    Not of drills, of what a compartment guards, or of what is older than a day.
    """
    hear_many([event])


def hear_many(batch: Sequence[Event]) -> None:
    """`hear` for a batch: one query where no team has a chat, else two and one insert."""
    routes = list(ChatRoute.objects.filter(team__isnull=False).order_by("pk"))
    if not routes:
        return
    now = db_now()
    news = [
        (event, rule)
        for event in batch
        if event.subject_type == rules.CASE and not event.compartments and event.at >= now - rules.NEWS
        if (rule := rules.rule_of(event.kind, event.data)) is not None
    ]
    cases = Case.objects.filter(pk__in={event.subject_id for event, _ in news}, is_sandbox=False, compartments=[])
    team_of = dict(cases.values_list("pk", "queue__team_id"))
    made = [
        Delivery(
            organization_id=route.organization_id,
            lane=Lane.NOTIFY,
            channel=CHAT,
            event_class=rule.event_class,
            payload={"route": route.pk, "event": event.pk},
            dedup_key=f"chat:{event.pk}:{route.pk}",
            created_at=now,
            next_at=event.at,
        )
        for event, rule in news
        for route in routes
        if route.team_id == team_of.get(event.subject_id) and rule.event_class.value in route.classes
    ]
    if made:
        Delivery.objects.bulk_create(made, ignore_conflicts=True)
        doorbell.ring_after_commit(RANG)


# -- after a try -------------------------------------------------------------------------------------------------------
@transaction.atomic
def settled(delivery: Delivery, outcome: Outcome) -> None:
    """Note how a chat fares."""
    routes = ChatRoute.objects.select_for_update(of=("self",))
    route = (
        routes.filter(pk=delivery.payload["route"])
        if "route" in delivery.payload
        else routes.filter(user__deliveries=delivery)
    ).first()
    if route is not None:
        note(route, outcome)


def note(way: Way, outcome: Outcome) -> None:
    """Write a try's end into the way's health. In the caller's transaction, the row locked."""
    if outcome.verdict is Verdict.NOT_NEEDED:
        return
    if outcome.verdict is Verdict.ACCEPTED:
        way.last_success_at, way.failing_since, way.last_error = db_now(), None, ""
    else:
        way.failing_since, way.last_error = way.failing_since or db_now(), outcome.error[:500]
    way.save(update_fields=["last_success_at", "failing_since", "last_error"])


# -- small parts -------------------------------------------------------------------------------------------------------
def _check_reach(by: User, team: Team | None) -> None:
    if not by.is_internal or (team is not None and not teams_of(by).filter(pk=team.pk).exists()):
        raise NotPermitted(rule=Action.CONFIG_EDIT.value)


def _locked_chat(by: User, team: Team | None) -> ChatRoute | None:
    _check_reach(by, team)
    found = ChatRoute.objects.select_for_update(of=("self",))
    return (found.filter(team=team) if team is not None else found.filter(user=by)).first()
