"""Lists of those who look after people, vendors and the running of the product: the log, who looked, people, teams, deliveries, mail."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models import Case as DbCase
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Left
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import LogForm
from accounts.models import Membership, Organization, RoleGrant, Team, User
from accounts.permissions import can
from accounts.roles import Action
from accounts.views.log import access_visible_to, events_visible_to, narrowed
from accounts.views.organizations import organization_rows
from accounts.views.people import people_found
from accounts.views.teams import team_rows
from audit import stuck
from audit.models import AccessRecord, Event
from escalations.models import Case, InboundMail
from escalations.views.admin_mail import MailFilter, mails_found
from notifications import rules
from notifications.forms import filters_of
from notifications.lifecycle import WEBHOOK
from notifications.models import Delivery, Notification, ServiceNotice, WebhookEndpoint
from notifications.operations import webhooks
from notifications.views.admin import deliveries_shown
from reporting import rights
from reporting.exports import Column, Holds, Params
from reporting.sources.listing import Field, Joined, Listing, problem, text_of

_W, _T, _N, _AT, _YN = Holds.WORD, Holds.TEXT, Holds.INTEGER, Holds.TIME, Holds.YES_NO
_INBOX = ("tab", "q", "kind", "state")
_LOG = ("kind", "subject", "actor", "since", "until")


class _Details(Func):
    """What an event carries as the log's page prints it: a name and sixty characters of each value."""

    template = (
        "(SELECT string_agg(one.key || ': ' || left(one.value, 60), '; ') FROM jsonb_each_text(%(expressions)s) AS one)"
    )


def _may(*actions: Action, needs_rows: bool = True) -> Callable[[User], bool]:
    """Who reads the list (any of the actions) and takes rows out; an auditor takes out what auditors read."""
    takes = rights.can_export if needs_rows else rights.may_take_records

    def may(viewer: User) -> bool:
        return viewer.is_internal and takes(viewer) and any(can(viewer, action) for action in actions)

    return may


# -- The log ------------------------------------------------------------------------------------------------------------
def _log_form(params: Params, viewer: User) -> LogForm:
    with timezone.override(viewer.time_zone):
        form = LogForm({name: text_of(params, name) for name in _LOG})
        form.is_valid()
    return form


def _check_log(params: Params, viewer: User, at: datetime) -> None:
    for name, errors in _log_form(params, viewer).errors.items():
        raise problem(name, str(errors[0]))


def _log(params: Params, viewer: User, at: datetime) -> QuerySet[Event]:
    form = _log_form(params, viewer)
    return narrowed(events_visible_to(viewer), form, kind_field="kind") if form.is_valid() else Event.objects.none()


def _access(params: Params, viewer: User, at: datetime) -> QuerySet[AccessRecord]:
    form = _log_form(params, viewer)
    return (
        narrowed(access_visible_to(viewer), form, kind_field="what") if form.is_valid() else AccessRecord.objects.none()
    )


LOG = Listing(
    key="log",
    title=_("Log"),
    may=_may(Action.AUDIT_READ, needs_rows=False),
    rows=_log,
    check=_check_log,
    takes=_LOG,
    fields=[
        (Column("number", _N, _("Its number in the log.")), "pk"),
        (Column("at_utc", _AT, _("When it happened.")), "at"),
        (Column("what", _W, _("What happened.")), "kind"),
        (Column("about", _T, _("What it is about.")), "subject_ref"),
        (Column("about_type", _W, _("What kind of thing that is.")), "subject_type"),
        (Column("who", _T, _("Who did it; empty: the system.")), "actor_label"),
        (Column("who_kind", _W, _("A person, a key, or the system.")), "actor_kind"),
        (Column("details", _T, _("What the log’s page says of it: names, and sixty characters of each value.")), _Details(F("data"), output_field=TextField())),
        (Column("request", _T, _("The request it came with.")), "request_id"),
    ],
)  # fmt: skip
ACCESS = Listing(
    key="access",
    title=_("Access log"),
    may=_may(Action.AUDIT_READ, needs_rows=False),
    rows=_access,
    check=_check_log,
    takes=_LOG,
    fields=[
        (Column("number", _N, _("Its number in the log.")), "pk"),
        (Column("at_utc", _AT, _("When somebody looked, or was refused.")), "at"),
        (Column("what", _W, _("What was opened.")), "what"),
        (Column("about", _T, _("What it is about.")), "subject_ref"),
        (Column("about_type", _W, _("What kind of thing that is.")), "subject_type"),
        (Column("who", _T, _("Who looked; empty: the system.")), "actor_label"),
        (Column("who_kind", _W, _("A person, a key, or the system.")), "actor_kind"),
        (Column("reason", _T, _("The reason that was given.")), "reason"),
        (Column("request", _T, _("The request it came with.")), "request_id"),
    ],
)  # fmt: skip


# -- People and organizations ---------------------------------------------------------------------------------------------
def _people(params: Params, viewer: User, at: datetime) -> QuerySet[User]:
    return people_found(viewer, text_of(params, "q")[:100])


def _teams(params: Params, viewer: User, at: datetime) -> QuerySet[Team]:
    return team_rows()


def _organizations(params: Params, viewer: User, at: datetime) -> QuerySet[Organization]:
    return organization_rows(viewer, at=at)


def _of_person(rows: QuerySet[Any], name: str) -> Joined:
    return Joined(rows.filter(user=OuterRef("pk")).order_by(name).values(name))


PEOPLE = Listing(
    key="people",
    title=_("People"),
    may=_may(Action.PEOPLE_EDIT),
    rows=_people,
    takes=("q",),
    fields=[
        (Column("name", _T, _("What they are called here.")), "display_name"),
        (Column("email", _T, _("What they sign in with.")), "email"),
        (Column("organization", _T, _("Whose people they are.")), "organization__name"),
        (Column("roles", _T, _("The letters of their roles.")), _of_person(RoleGrant.objects.all(), "role")),
        (Column("teams", _T, _("Their teams.")), _of_person(Membership.objects.all(), "team__name")),
        (Column("time_zone", _T, _("Where their day is.")), "time_zone"),
        (Column("active", _YN, _("Whether they may sign in.")), "is_active"),
        (Column("added_at_utc", _AT, _("When they were added.")), "created_at"),
    ],
)  # fmt: skip
TEAMS = Listing(
    key="teams",
    title=_("Teams"),
    may=_may(Action.PEOPLE_EDIT),
    rows=_teams,
    fields=[
        (Column("name", _T, _("What the team is called.")), "name"),
        (Column("hub", _T, _("Where it sits.")), "hub"),
        (Column("function", _T, _("What it does.")), "function"),
        (Column("time_zone", _T, _("Where its day is.")), "time_zone"),
        (Column("people", _N, _("How many active people are in it.")), "size"),
        (Column("active", _YN, _("Whether it still works; archived ones do not.")), "is_active"),
    ],
)  # fmt: skip
ORGANIZATIONS = Listing(
    key="organizations",
    title=_("Vendors and keys"),
    may=_may(Action.KEYS_READ, needs_rows=False),
    rows=_organizations,
    fields=[
        (Column("name", _T, _("What the organization is called.")), "name"),
        (Column("short_name", _T, _("Its name in addresses.")), "slug"),
        (Column("kind", _W, _("Ours, a vendor or a partner.")), "kind"),
        (Column("time_zone", _T, _("Where its day is.")), "time_zone"),
        (Column("active", _YN, _("Whether its people and keys may come in.")), "is_active"),
        (Column("people", _N, _("How many active people it has.")), "people_count"),
        (Column("live_keys", _N, _("How many keys of it work.")), "live_count"),
        (Column("sandbox_keys", _N, _("How many sandbox keys of it work.")), "sandbox_count"),
    ],
)  # fmt: skip


# -- What was sent ----------------------------------------------------------------------------------------------------------
def _endpoints(params: Params, viewer: User, at: datetime) -> QuerySet[WebhookEndpoint]:
    found = webhooks.visible_to(viewer)
    slug = text_of(params, "organization")
    return found.filter(organization__slug=slug) if slug else found


def _messages(params: Params, viewer: User, at: datetime) -> QuerySet[Delivery]:
    """What was sent to one endpoint; nothing to one that the viewer does not see. Uses index: delivery_by_destination."""
    key = text_of(params, "endpoint")
    found = webhooks.visible_to(viewer).filter(public_id=key) if _is_id(key) else None
    endpoint = found.first() if found is not None else None
    number = Cast(KeyTextTransform("event", "payload"), BigIntegerField())
    sent = Delivery.objects.filter(channel=WEBHOOK).annotate(event_number=number)
    return sent.filter(destination=endpoint.destination) if endpoint is not None else sent.none()


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _of_event(name: str) -> Subquery:
    return Subquery(Event.objects.filter(pk=OuterRef("event_number")).values(name)[:1])


def _deliveries(params: Params, viewer: User, at: datetime) -> QuerySet[Delivery]:
    return deliveries_shown(viewer, text_of(params, "show", "undecided"))


_SENT: list[Field] = [
    (Column("made_at_utc", _AT, _("When the message was made.")), "created_at"),
    (Column("state", _W, _("Where it stands.")), "state"),
    (Column("tries", _N, _("How often it was tried.")), "attempts"),
    (Column("sent_at_utc", _AT, _("When the other side took it.")), "sent_at"),
    (Column("said", _T, _("What the last failure said.")), "last_error"),
    (Column("message_id", _T, _("Its own id, the same at every try.")), Cast("public_id", TextField())),
]
ENDPOINTS = Listing(
    key="webhooks",
    title=_("Webhooks"),
    may=_may(Action.KEYS_READ, needs_rows=False),
    rows=_endpoints,
    takes=("organization",),
    fields=[
        (Column("organization", _T, _("Whose endpoint it is.")), "organization__name"),
        (Column("address", _T, _("Where it is, its first eighty characters.")), Left("url", 80)),
        (Column("description", _T, _("What it is for.")), "description"),
        (Column("hears", _T, _("The events it hears; empty: all.")), Joined("kinds")),
        (Column("body", _W, _("Thin or full.")), "body"),
        (Column("sandbox", _YN, _("Whether it hears practice submissions.")), "is_sandbox"),
        (Column("state", _W, _("Active or paused.")), "state"),
        (Column("failing_since_utc", _AT, _("The first failure after the last success.")), "failing_since"),
        (Column("last_success_utc", _AT, _("When a message last arrived.")), "last_success_at"),
        (Column("made_at_utc", _AT, _("When it was made.")), "created_at"),
    ],
)  # fmt: skip
MESSAGES = Listing(
    key="webhook-messages",
    title=_("Messages of a webhook"),
    may=_may(Action.KEYS_READ, needs_rows=False),
    rows=_messages,
    takes=("endpoint",),
    fields=[
        (Column("event", _W, _("What happened; empty: a test.")), _of_event("kind")),
        (Column("about", _T, _("What it is about.")), _of_event("subject_ref")),
        *_SENT,
    ],
)
DELIVERIES = Listing(
    key="deliveries",
    title=_("Deliveries"),
    may=_may(Action.CONFIG_READ, needs_rows=False),
    rows=_deliveries,
    takes=("show",),
    defaults={"show": "undecided"},
    fields=[
        (Column("channel", _W, _("How it goes out.")), "channel"),
        (Column("class", _W, _("Which class of notices it belongs to.")), "event_class"),
        (Column("to", _T, _("The person, or the server or endpoint.")), Coalesce("user__display_name", "destination")),
        *_SENT,
    ],
)


# -- Mail that came in, stuck work, one's own notices, notices to vendors ---------------------------------------------------
def _mail_form(params: Params) -> MailFilter:
    given = {name: text_of(params, name) for name in ("state", "sender") if name in params}
    return MailFilter(given or {"state": "quarantined"})


def _check_mail(params: Params, viewer: User, at: datetime) -> None:
    for name, errors in _mail_form(params).errors.items():
        raise problem(name, str(errors[0]))


def _mails(params: Params, viewer: User, at: datetime) -> QuerySet[InboundMail]:
    return mails_found(_mail_form(params)).annotate(
        seen_case=Subquery(Case.objects.visible_to(viewer).filter(pk=OuterRef("case_id")).values("ref")[:1]),
        # The words of what is filed, or answers a case, are that case's: the list does not print them, either.
        own_subject=DbCase(When(Q(case__isnull=True) & ~Q(recipient__startswith="reply+"), then=F("subject"))),
    )


def _stuck(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    for row in stuck.rows(rights.ALONE_AT_MOST):
        label = stuck.SOURCES[row.source].label
        yield [str(label), row.what, row.about, row.reason, row.attempts, row.since]


def _notices(params: Params, viewer: User, at: datetime) -> QuerySet[Notification]:
    """The viewer's own that the page's filters find; of a case they see no more, without its reference."""
    filters = filters_of({name: text_of(params, name) for name in _INBOX})[0]
    own = Notification.objects.visible_to(viewer).filter(
        compartments__contained_by=sorted(viewer.access.compartments), tab=filters.tab
    )
    if filters.event_class:
        own = own.filter(event_class=filters.event_class)
    if filters.text:
        own = own.filter(subject_ref__icontains=filters.text)
    if filters.state == "done":
        own = own.filter(done_at__isnull=False)
    elif filters.state == "snoozed":
        own = own.filter(done_at__isnull=True, snoozed_until__gt=at)
    else:
        own = own.waiting(at=at)
    if filters.state == "unread":
        own = own.filter(read_at__isnull=True)
    seen = Exists(Case.objects.visible_to(viewer).filter(pk=OuterRef("subject_id")))
    return own.annotate(
        about=DbCase(When(~Q(subject_type=rules.CASE) | seen, then=F("subject_ref")), output_field=TextField())
    )


def _service_notices(params: Params, viewer: User, at: datetime) -> QuerySet[ServiceNotice]:
    return ServiceNotice.objects.all()


MAILS = Listing(
    key="mails",
    title=_("Mail that came in"),
    may=_may(Action.ROUTING_EDIT),
    rows=_mails,
    check=_check_mail,
    takes=("state", "sender"),
    fields=[
        (Column("received_at_utc", _AT, _("When it came in.")), "received_at"),
        (Column("from", _T, _("Whom it says it is from.")), "sender"),
        (Column("to", _T, _("Where it was sent.")), "recipient"),
        (Column("subject", _T, _("Its subject; empty where it belongs to a case.")), "own_subject"),
        (Column("state", _W, _("What became of it.")), "state"),
        (Column("why", _W, _("Why it was set aside.")), "reason"),
        (Column("case", _T, _("The case it is filed on, where you see that.")), "seen_case"),
        (Column("settled_at_utc", _AT, _("When that was decided.")), "settled_at"),
    ],
)  # fmt: skip
STUCK = Listing(
    key="stuck",
    title=_("Stuck work"),
    may=_may(Action.CONFIG_READ, needs_rows=False),
    lines=_stuck,
    columns=[
        Column("kind", _T, _("What kind of work it is.")),
        Column("what", _T, _("What was to be done.")),
        Column("about", _T, _("What it is about.")),
        Column("error", _T, _("The class of its last error.")),
        Column("tries", _N, _("How often it was tried.")),
        Column("since_utc", _AT, _("Since when it waits.")),
    ],
)
INBOX = Listing(
    key="inbox",
    title=_("Inbox"),
    may=rights.can_take_own,
    rows=_notices,
    takes=_INBOX,
    defaults={"tab": "needs", "state": "open"},
    fields=[
        (Column("at_utc", _AT, _("When you were told.")), "created_at"),
        (Column("what", _W, _("What happened.")), "kind"),
        (Column("class", _W, _("Which class of notices it belongs to.")), "event_class"),
        (Column("about", _T, _("What it is about.")), "about"),
        (Column("severity", _N, _("How bad: 0 (worst) to 4.")), "severity"),
        (Column("why", _W, _("Why you were told.")), "reason"),
        (Column("read_at_utc", _AT, _("When you opened it.")), "read_at"),
        (Column("done_at_utc", _AT, _("When you were done with it.")), "done_at"),
    ],
)  # fmt: skip
SERVICE_NOTICES = Listing(
    key="vendor-notices",
    title=_("Notices to vendors"),
    may=_may(Action.ROUTING_READ),
    rows=_service_notices,
    fields=[
        (Column("title", _T, _("What it is called.")), "title"),
        (Column("text", _T, _("What vendors read.")), "body"),
        (Column("from_utc", _AT, _("From when they read it.")), "starts_at"),
        (Column("until_utc", _AT, _("Until when; empty: until it is taken down.")), "ends_at"),
        (Column("made_by", _T, _("Who wrote it.")), "made_by__display_name"),
    ],
)  # fmt: skip
ALL = (
    LOG, ACCESS, PEOPLE, TEAMS, ORGANIZATIONS, ENDPOINTS, MESSAGES, DELIVERIES, MAILS, STUCK, INBOX, SERVICE_NOTICES,
)  # fmt: skip
