"""Chat: a person's own incoming address, or a team's. What it carries is public id, severity, what happened and a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils.translation import gettext_lazy

from audit.models import Event
from escalations.models import Case
from notifications import rules
from notifications.channels import Outcome, not_needed, permanent, short
from notifications.channels.short import Short
from notifications.channels.webhook import fernet
from notifications.lifecycle import CHAT, Lane
from notifications.models import ChatRoute, Delivery
from notifications.operations.delivering import minutes


@dataclass(frozen=True)
class Post:
    """A message ready to leave."""

    url: str
    body: bytes


class Chat:
    """The channel. `payload` holds `route` where no person is told by their notices: with `event` for a team's, `test` for a try."""

    name, label = CHAT, gettext_lazy("Chat")
    is_personal, repeats_safely = True, False  # a chat shows both
    place = ""  # every delivery names its own
    lane = Lane.NOTIFY
    delays = minutes(0.25, 1, 5, 15, 60, 240)  # about five hours: later it is no chat

    def prepare(self, delivery: Delivery) -> Post | Outcome:
        """The message, in the person's language; a team's in the installation's."""
        route = _route(delivery)
        if route is None:
            return not_needed("No chat is set.")
        said = _said(delivery, route)
        if isinstance(said, Outcome):
            return said
        try:
            url = fernet().decrypt(route.encrypted.encode()).decode()
        except InvalidToken:  # its key of WATCHFLOOR_FIELD_KEYS is gone
            return permanent("The address can no longer be read: give it again.")
        # What is slow together is the chat's host; its breaker holds the tries that follow.
        delivery.destination = f"chat:{route.host}"[:120]
        Delivery.objects.filter(pk=delivery.pk).update(destination=delivery.destination)
        return Post(url, body_of(said, route.form))

    def send(self, message: Post, *, timeout_s: float) -> Outcome:
        """Post it. Chats know no key that would collapse two, so a silence is left to a person."""
        headers = {"Content-Type": "application/json", "User-Agent": f"{settings.PRODUCT_NAME}-chat/1"}
        return short.post("POST", message.url, headers=headers, body=message.body, timeout_s=timeout_s)[0]


def body_of(said: Short, form: str) -> bytes:
    """The message as the chat takes it."""
    if form == ChatRoute.Form.JSON:
        return orjson.dumps({"text": said.line, "ref": said.ref, "severity": said.severity, "url": said.url})
    text = f"{said.line}\n{said.url}"
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):  # Slack's own three; nothing else is markup's
        text = text.replace(sign, written)
    return orjson.dumps({"text": text})


def _route(delivery: Delivery) -> ChatRoute | None:
    routes = ChatRoute.objects.select_related("user__organization", "team")
    if "route" in delivery.payload:
        return routes.filter(pk=delivery.payload["route"]).first()
    return routes.filter(user__deliveries=delivery, user__is_active=True).first()


def _said(delivery: Delivery, route: ChatRoute) -> Short | Outcome:
    if "test" in delivery.payload:
        return short.of_test()
    if "event" in delivery.payload:
        return _of_team(Event.objects.get(pk=delivery.payload["event"]), route)
    if route.user is None:
        return not_needed("It names neither an event nor a test.")
    return short.of_delivery(delivery, route.user)


def _of_team(event: Event, route: ChatRoute) -> Short | Outcome:
    """A chat's readers are not known one by one: what a compartment guards is not told there, nor what left the team's queues."""
    case: Any = Case.objects.filter(pk=event.subject_id).select_related("queue").first()
    rule = rules.rule_of(event.kind, event.data)
    if case is None or rule is None or case.compartments or case.queue.team_id != route.team_id:
        return not_needed("It is no longer the team's to tell, or it became restricted.")
    return short.of_event(event, event_class=rule.event_class, severity=case.severity)
